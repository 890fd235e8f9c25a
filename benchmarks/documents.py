"""The documents that everything is measured on: whole transcripts of one class, signed 13 times.

Each has about ``DATA_BYTES`` of signed data, the size that the goals were set for; the invented
school's own remarks, several in a row, bring it there.  Ten subject teachers, the homeroom teacher, the
leader and the school sign, all with RSA-2048.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from uuid import NAMESPACE_OID, UUID, uuid5

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from benchmarks.records import records
from hocba.documents import content, signing
from hocba.documents.certificates import Certificate
from hocba.documents.formats import VIETNAM
from hocba.documents.signing import SlotSignature
from hocba.domain.plan import signing_plan
from hocba.domain.record import TranscriptRecord
from hocba.domain.values import Slot, SlotKey
from hocba.testing.pki import Holder, Pki, make_pki
from hocba.trust import Trust

DATA_BYTES = 26_000
CREATED = datetime(2026, 5, 25, 9, 30, tzinfo=VIETNAM)
FIRST = datetime(2026, 6, 1, 8, 0, tzinfo=VIETNAM)
"""When the first signature is made; each of the others a minute later."""

PKCS1, PREHASHED = padding.PKCS1v15(), Prehashed(hashes.SHA256())


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One pupil's transcript before anybody has signed."""

    record: TranscriptRecord
    plan: tuple[Slot, ...]
    lookup: UUID
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A signer: his certificate, as the product knows it, and his key."""

    certificate: Certificate
    key: rsa.RSAPrivateKey

    def sign(self, digest: bytes) -> bytes:
        """The raw signature of a digest: what a token does."""
        return self.key.sign(digest, PKCS1, PREHASHED)


@cache
def papers() -> tuple[Paper, ...]:
    """The class of 45."""
    plain = [_paper(record).data for record in records(1)]
    longer = [_paper(record).data for record in records(2)]
    each = (sum(map(len, longer)) - sum(map(len, plain))) / len(plain)
    missing = DATA_BYTES - sum(map(len, plain)) / len(plain)
    return tuple(map(_paper, records(1 + round(missing / each))))


def _paper(record: TranscriptRecord) -> Paper:
    plan, lookup = signing_plan(record), uuid5(NAMESPACE_OID, record.student.code)
    data = content.build(record, plan, lookup_code=lookup, created_at=CREATED)
    return Paper(record=record, plan=plan, lookup=lookup, data=data)


@cache
def pki() -> Pki:
    """Certificates for everybody in the plan of the class."""
    *people, last = papers()[0].plan
    holders = {slot.identity: _holder(slot) for slot in people}
    return make_pki([*holders.values(), replace(_holder(last), organisation=True)], at=CREATED)


def _holder(slot: Slot) -> Holder:
    return Holder(label=slot.identity, name=slot.name, identity=slot.identity)


@cache
def key_of(slot: Slot) -> Key:
    """The key that signs ``slot``."""
    issued = pki().holders[slot.identity]
    assert isinstance(issued.key, rsa.RSAPrivateKey)
    return Key(certificate=Certificate.load(issued.der), key=issued.key)


def trust() -> Trust:
    """Whom a verifier trusts: nothing is remembered in it yet."""
    return Trust(roots=(pki().root.certificate,), intermediates=(pki().issuing.certificate,))


def time_of(place: int) -> datetime:
    """When the slot at ``place`` of a plan is signed."""
    return FIRST + timedelta(minutes=place)


def sign_all(paper: Paper) -> tuple[SlotSignature, ...]:
    """All signatures of the plan, one after the other."""
    digests, values = signing.digests(paper.data), dict[SlotKey, bytes]()
    made: list[SlotSignature] = []
    for place, slot in enumerate(paper.plan):
        key, time = key_of(slot), time_of(place)
        prepared = signing.prepare(slot.key, paper.plan, digests, values, key.certificate, time)
        value = signing.complete(prepared.tbs, key.certificate, key.sign(prepared.digest))
        values[slot.key] = value
        made.append(
            SlotSignature(slot_key=slot.key, certificate=key.certificate, signing_time=time, value=value)
        )
    return tuple(made)


@cache
def signatures() -> tuple[tuple[SlotSignature, ...], ...]:
    """All signatures of each pupil of the class."""
    return tuple(map(sign_all, papers()))


@cache
def files() -> tuple[bytes, ...]:
    """The whole files of the class."""
    return tuple(
        signing.assemble(paper.data, paper.plan, signed)
        for paper, signed in zip(papers(), signatures(), strict=True)
    )


@cache
def ordinary() -> tuple[tuple[Paper, bytes], ...]:
    """The class with one remark in a row, as most teachers write, and the whole files."""
    plain = [_paper(record) for record in records(1)]
    return tuple((paper, signing.assemble(paper.data, paper.plan, sign_all(paper))) for paper in plain)


def without(paper: Paper, signed: Sequence[SlotSignature], key: str) -> bytes:
    """A file as it was before the slot ``key`` signed: what a peer is given."""
    before = []
    for each in signed:
        if each.slot_key == key:
            break
        before.append(each)
    return signing.assemble(paper.data, paper.plan, before)
