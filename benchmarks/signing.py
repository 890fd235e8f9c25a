"""One signer and a class of 45: XAdES signatures with a key in software (goal 1).

The limit is the raw RSA signature; the product also verifies each answer that it gets, so a second
limit is raw signature and verification together.  Ours keeps a signature as a row of its own; the
peers parse the file, sign and write the file again, as their users must for each signature.
"""

from collections.abc import Iterator, Mapping, Sequence

from benchmarks import judges
from benchmarks.documents import PKCS1, PREHASHED, key_of, papers, signatures, time_of, without
from benchmarks.measure import Case, Spent, side_by_side
from benchmarks.peers import by_signxml, by_xmlsec
from benchmarks.report import Goal, Line
from hocba.documents import signing
from hocba.documents.signing import Prepared, SlotSignature
from hocba.domain.values import SlotKey

MEASURE = "sign: the school's signature onto 12 others, each transcript of a class of 45"
GROWTH = "sign: the tenth teacher's signature, each transcript of a class of 45"
_LAST, _TENTH = 12, 9


class Class:
    """One slot of every transcript of the class, ready to be signed; ``others`` have signed before."""

    def __init__(self, place: int, *, others: int) -> None:
        self.slot, self.time = papers()[0].plan[place], time_of(place)
        self.key = key_of(self.slot)
        self.papers = papers()
        self.digests = [signing.digests(paper.data) for paper in self.papers]
        self.signed: list[Mapping[SlotKey, bytes]] = [
            {each.slot_key: each.value for each in of_one[:others]} for of_one in signatures()
        ]

    def prepare(self) -> list[Prepared]:
        """What is to be signed, for everybody."""
        return [
            signing.prepare(self.slot.key, paper.plan, digests, signed, self.key.certificate, self.time)
            for paper, digests, signed in zip(self.papers, self.digests, self.signed, strict=True)
        ]

    def sign(self) -> list[tuple[bytes, bytes]]:
        """What was signed, and the raw signatures."""
        return [(prepared.tbs, self.key.sign(prepared.digest)) for prepared in self.prepare()]

    def complete(self, signed: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """The values, each verified."""
        return [signing.complete(tbs, self.key.certificate, raw) for tbs, raw in signed]


def lines() -> Iterator[Line]:
    """The lines of this group."""
    last = Class(_LAST, others=_LAST)
    _judge(last)
    spent = side_by_side(_limits(last) | _ours(last) | _peers(last))
    yield Line(measure=MEASURE, who="limit: raw RSA-2048 sign", value=spent["sign"])
    yield _of_limit("hocba: prepare, sign", spent, "signed", "sign")
    both = spent["sign"] + spent["verify"]
    yield Line(measure=MEASURE, who="limit: raw RSA-2048 sign and verify", value=both)
    yield _of_limit("hocba: prepare, sign, complete", spent, "whole", "sign", "verify")
    yield Line(measure=MEASURE, who="hocba: prepare, complete", value=spent["alone"], goal=Goal("≤", 0.1))
    for name, goal in (("signxml, PEM each time", 0), ("signxml, key kept", 7), ("python-xmlsec", 5)):
        yield Line(
            measure=MEASURE,
            who=name,
            value=spent[name],
            ratio=spent.ratio(name, "whole"),
            of="as long as hocba",
            goal=Goal("≥", goal) if goal else None,
        )
    yield from _growth()


def _of_limit(who: str, spent: Spent, name: str, *limits: str) -> Line:
    rate = 1 / spent.ratio(name, *limits)
    return Line(
        measure=MEASURE, who=who, value=spent[name], ratio=rate, of="of the limit's rate", goal=Goal("≥", 0.9)
    )


def _limits(last: Class) -> dict[str, Case]:
    digest, public, count = last.prepare()[0].digest, last.key.key.public_key(), len(last.papers)
    raw = last.key.sign(digest)
    return {
        "sign": Case(lambda: [last.key.sign(digest) for _ in range(count)], of=count),
        "verify": Case(
            lambda: [public.verify(raw, digest, PKCS1, PREHASHED) for _ in range(count)], of=count
        ),
    }


def _ours(last: Class) -> dict[str, Case]:
    answered, count = last.sign(), len(last.papers)
    return {
        "signed": Case(last.sign, of=count),
        "whole": Case(lambda: last.complete(last.sign()), of=count),
        "alone": Case(lambda: (last.prepare(), last.complete(answered)), of=count),
    }


def _peers(last: Class) -> dict[str, Case]:
    paper, slot, key = last.papers[0], last.slot, last.key.certificate
    before = without(paper, signatures()[0], slot.key)

    def sign_with_signxml(*, load: bool) -> bytes:
        return by_signxml.sign(before, paper.plan, slot, load=load)

    def sign_with_xmlsec() -> bytes:
        return by_xmlsec.sign(before, paper.plan, slot, key, last.time)

    for made in (sign_with_signxml(load=True), sign_with_signxml(load=False), sign_with_xmlsec()):
        judges.judge_xml(made, paper.plan)
    return {
        "signxml, PEM each time": Case(lambda: sign_with_signxml(load=True)),
        "signxml, key kept": Case(lambda: sign_with_signxml(load=False)),
        "python-xmlsec": Case(sign_with_xmlsec),
    }


def _judge(last: Class) -> None:
    """The first and the last file of the class, with what was just signed in them, before xmlsec."""
    values = last.complete(last.sign())
    for number in (0, len(values) - 1):
        paper = last.papers[number]
        made = SlotSignature(
            slot_key=last.slot.key,
            certificate=last.key.certificate,
            signing_time=last.time,
            value=values[number],
        )
        file = signing.assemble(paper.data, paper.plan, (*signatures()[number][:_LAST], made))
        judges.judge_xml(file, paper.plan)


def _growth() -> Iterator[Line]:
    """The tenth teacher covers no other teacher: how many have signed must not matter."""
    alone, after = Class(_TENTH, others=0), Class(_TENTH, others=_TENTH)
    count = len(alone.papers)
    spent = side_by_side({"alone": Case(alone.sign, of=count), "after": Case(after.sign, of=count)})
    yield Line(measure=GROWTH, who="hocba: nobody has signed before", value=spent["alone"])
    yield Line(
        measure=GROWTH,
        who="hocba: nine have signed before",
        value=spent["after"],
        ratio=spent.ratio("after", "alone"),
        of="as long",
        goal=Goal("≤", 1.05),
    )
