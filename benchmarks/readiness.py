"""What is missing before transcripts can be made, the rules of the circular among it: a school of 2,000."""

from collections.abc import Callable, Iterator
from itertools import cycle, islice

from benchmarks.measure import Case, side_by_side
from benchmarks.records import records
from benchmarks.report import Goal, Line
from hocba.domain.readiness import review

MEASURE = "readiness: every check and rule of a pupil's year"
_FEW, _MANY = 200, 2_000
_SECONDS = 5


def lines() -> Iterator[Line]:
    """The lines of this group."""
    known = records()

    def of(count: int) -> Callable[[], object]:
        return lambda: [review(record) for record in islice(cycle(known), count)]

    spent = side_by_side({"few": Case(of(_FEW)), "many": Case(of(_MANY))}, rounds=3, seconds=0)
    yield Line(
        measure=MEASURE,
        who=f"hocba: {_MANY:,} records",
        value=spent["many"] / 1000,
        unit="s",
        goal=Goal("≤", _SECONDS),
    )
    yield Line(
        measure=MEASURE,
        who="hocba: ten times as many",
        value=spent["many"],
        ratio=spent.ratio("many", "few"),
        of="as long",
        goal=Goal("≤", 10.5),
    )
