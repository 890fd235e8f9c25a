"""Verify whole files: 13 signatures with certificates, plan, shape and order (goals 3 and 4).

The limit is 13 raw RSA verifications.  The peers check less: signatures and digests, no plan, no
schema of the profile, no path; xmlsec and signxml are given the certificates, loaded.  The files are
those of a class, one after the other, as in a school's archive.
"""

from collections.abc import Callable, Iterator

from benchmarks import judges
from benchmarks.documents import FIRST, PKCS1, PREHASHED, files, key_of, papers, trust
from benchmarks.measure import Case, each_in_turn, side_by_side
from benchmarks.peers import by_signxml, by_xmlsec
from benchmarks.peers.keys import peer_key
from benchmarks.report import Goal, Line
from hocba.documents.judge import second_opinion
from hocba.documents.verify import Outcome, verify_xml

MEASURE = "verify: a transcript's file with 13 signatures, 26 KB of data"
MILLION = "verify: one million transcripts"
CORES = 2


def lines() -> Iterator[Line]:
    """The lines of this group."""
    for file in (files()[0], files()[-1]):
        judges.judge_xml(file, papers()[0].plan)
    spent = side_by_side(_cases())
    ours = spent["hocba"]
    yield Line(measure=MEASURE, who="limit: 13 raw RSA-2048 verifications", value=spent["limit"])
    yield Line(
        measure=MEASURE,
        who="hocba: verdict",
        value=ours,
        ratio=spent.ratio("hocba", "limit"),
        of="as long as the limit",
        goal=Goal("≤", 8),
    )
    yield Line(measure=MEASURE, who="hocba: verdict", value=ours, goal=Goal("≤", 3))
    yield Line(measure=MEASURE, who="hocba: second judge", value=spent["judge"], goal=Goal("≤", 20))
    for name, goal in (("python-xmlsec", 10), ("signxml", 40)):
        yield Line(
            measure=MEASURE,
            who=name,
            value=spent[name],
            ratio=spent.ratio(name, "hocba"),
            of="as long as hocba's verdict",
            goal=Goal("≥", goal),
        )
    minutes = ours * 1e6 / 60_000 / CORES
    yield Line(
        measure=MILLION,
        who="hocba: on two cores, from the above",
        value=minutes,
        unit="min",
        goal=Goal("≤", 30),
    )


def _cases() -> dict[str, Case]:
    plan, trusted = papers()[0].plan, trust()
    certificates = [peer_key(slot).certificate for slot in plan]

    def verify(file: bytes) -> None:
        if (outcome := verify_xml(file, trust=trusted).outcome) is not Outcome.PASSED:
            raise judges.NotAcceptedError(f"our own verdict is {outcome}")

    def judge(file: bytes) -> None:
        if problems := second_opinion(file):
            raise judges.NotAcceptedError(f"the second judge says {problems}")

    return {
        "limit": Case(_raw()),
        "hocba": Case(each_in_turn(files(), verify)),
        "judge": Case(each_in_turn(files(), judge)),
        "python-xmlsec": Case(each_in_turn(files(), lambda file: by_xmlsec.verify(file, plan))),
        "signxml": Case(
            each_in_turn(files(), lambda file: by_signxml.verify(file, plan, certificates, FIRST))
        ),
    }


def _raw() -> Callable[[], None]:
    digest = bytes(32)
    keys = [key_of(slot) for slot in papers()[0].plan]
    pairs = [(key.key.public_key(), key.sign(digest)) for key in keys]

    def verify() -> None:
        for public, raw in pairs:
            public.verify(raw, digest, PKCS1, PREHASHED)

    return verify
