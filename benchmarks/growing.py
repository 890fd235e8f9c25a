"""Ten times as many take ten times as long: transcripts made, signed and verified."""

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from typing import TypeVar

from benchmarks.documents import CREATED, Paper, files, papers, sign_all, trust
from benchmarks.measure import Case, side_by_side
from benchmarks.report import Goal, Line
from hocba.documents import content
from hocba.documents.verify import verify_xml

MEASURE = "growth: ten times as many transcripts"
_TEN = 10
_Thing = TypeVar("_Thing")


def lines() -> Iterator[Line]:
    """The lines of this group."""
    trusted = trust()
    yield from _pair("made (XML)", papers(), 20, _build)
    yield from _pair("signed 13 times", papers(), 4, sign_all)
    yield from _pair("verified", files(), 10, lambda file: verify_xml(file, trust=trusted))


def _pair(done: str, things: Sequence[_Thing], few: int, do: Callable[[_Thing], object]) -> Iterator[Line]:
    def all_of(count: int) -> Callable[[], object]:
        return lambda: [do(thing) for thing in islice(cycle(things), count)]

    spent = side_by_side({"few": Case(all_of(few)), "many": Case(all_of(few * _TEN))}, rounds=9, seconds=0)
    yield Line(measure=MEASURE, who=f"hocba: {few} {done}", value=spent["few"])
    yield Line(
        measure=MEASURE,
        who=f"hocba: {few * _TEN} {done}",
        value=spent["many"],
        ratio=spent.ratio("many", "few"),
        of="as long",
        goal=Goal("≤", 10.5),
    )


def _build(paper: Paper) -> bytes:
    return content.build(paper.record, paper.plan, lookup_code=paper.lookup, created_at=CREATED)
