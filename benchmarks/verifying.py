"""Verify whole files: 13 signatures with certificates, plan, shape and order (goals 3 and 4).

The limit is 13 raw RSA verifications.  The peers look at references, digests and signatures, with the
certificates given to them; what of ours does the same is measured by itself, beside the whole verdict,
which also has schema, plan, paths, identities and times.  The files are those of a class, one after
the other, as in an archive.
"""

from collections.abc import Callable, Iterator, Mapping

from benchmarks import judges
from benchmarks.documents import FIRST, PKCS1, PREHASHED, files, key_of, papers, trust
from benchmarks.measure import Case, Spent, each_in_turn, side_by_side
from benchmarks.peers import by_signxml, by_xmlsec
from benchmarks.peers.keys import peer_key
from benchmarks.report import Goal, Line
from hocba.documents import profile
from hocba.documents.judge import second_opinion
from hocba.documents.parsing import parse
from hocba.documents.planning import signed_slots
from hocba.documents.reading import read_plan
from hocba.documents.signature_check import File, Parts, certificate_of, check_signature
from hocba.documents.verify import Outcome, verify_xml

MEASURE = "verify: a transcript's file with 13 signatures, 26 KB of data"
MILLION = "verify: one million transcripts"
CORES = 2


def lines() -> Iterator[Line]:
    """The lines of this group."""
    for file in (files()[0], files()[-1]):
        judges.judge_xml(file, papers()[0].plan)
    spent = side_by_side(_cases())
    yield Line(measure=MEASURE, who="limit: 13 raw RSA-2048 verifications", value=spent["limit"])
    yield Line(
        measure=MEASURE,
        who="hocba: references, digests and signatures, as the peers",
        value=spent["core"],
        ratio=spent.ratio("core", "limit"),
        of="as long as the limit",
        goal=Goal("≤", 8),
    )
    yield from _peers(spent, "core", "as long as that", {"python-xmlsec": 10, "signxml": 40})
    yield Line(measure=MEASURE, who="hocba: verdict", value=spent["hocba"], goal=Goal("≤", 3))
    yield from _peers(spent, "hocba", "as long as the verdict", {})
    yield Line(measure=MEASURE, who="hocba: second judge", value=spent["judge"], goal=Goal("≤", 20))
    minutes = spent["hocba"] * 1e6 / 60_000 / CORES
    yield Line(
        measure=MILLION,
        who="hocba: on two cores, from the above",
        value=minutes,
        unit="min",
        goal=Goal("≤", 30),
    )


def _peers(spent: Spent, ours: str, of: str, goals: Mapping[str, float]) -> Iterator[Line]:
    for name in ("python-xmlsec", "signxml"):
        goal = Goal("≥", goals[name]) if name in goals else None
        yield Line(
            measure=MEASURE, who=name, value=spent[name], ratio=spent.ratio(name, ours), of=of, goal=goal
        )


def _signatures(file: bytes) -> None:
    """What the peers do, with ours: parse, find, hash, verify."""
    root = parse(file)
    shape = profile.of_file(root)
    assert shape is not None
    plan = read_plan(root[0], shape)
    table = root[0].iterfind("TONG_KET/BANG_DIEM/DIEM_TONG_KET")
    slots = {slot.key: slot for slot in signed_slots(root)}
    given = File(data=root[0], rows={row[0].text or "": row for row in table}, slots=slots, plan=plan)
    for row in plan:
        parts = Parts.of(row.key, slots[row.key].element, slots[row.key].signature)
        certificate = certificate_of(parts)
        if certificate is None or any(check_signature(parts, row, given, certificate)):
            raise judges.NotAcceptedError(f"our own verifier refuses {row.key}")


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
        "core": Case(each_in_turn(files(), _signatures)),
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
