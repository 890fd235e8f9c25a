"""A transcript signed by everybody of its plan, with the keys of the test infrastructure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from hocba.documents import content, signing
from hocba.documents.signing import SlotSignature
from hocba.domain.values import VIETNAM, Slot, SlotKey, Step
from tests.documents import samples
from tests.pki import Holder, pki

FIRST = datetime(2026, 6, 1, 8, 0, tzinfo=VIETNAM)


@dataclass(frozen=True)
class Signed:
    """The parts of a file."""

    data: bytes
    plan: tuple[Slot, ...]
    signatures: tuple[SlotSignature, ...]

    @property
    def xml(self) -> bytes:
        return signing.assemble(self.data, self.plan, self.signatures)

    def of(self, key: str) -> SlotSignature:
        return next(s for s in self.signatures if s.slot_key == key)


def holder_of(slot: Slot) -> Holder:
    return pki().school if slot.step is Step.ISSUE else pki().person(slot.identity)


def sign(
    data: bytes,
    plan: Sequence[Slot],
    *,
    holders: Mapping[str, Holder] | None = None,
    times: Mapping[str, datetime] | None = None,
    until: int | None = None,
) -> tuple[SlotSignature, ...]:
    """Every slot's signature, a minute apart; ``holders`` and ``times`` by slot key."""
    hashes, made = signing.digests(data), {}
    for i, slot in enumerate(plan[:until]):
        holder = (holders or {}).get(slot.key) or holder_of(slot)
        time = (times or {}).get(slot.key) or FIRST + timedelta(minutes=i)
        values = {key: signature.value for key, signature in made.items()}
        prepared = signing.prepare(slot.key, plan, hashes, values, holder.certificate, time)
        value = signing.complete(prepared.tbs, holder.certificate, holder.sign(prepared.tbs))
        made[SlotKey(slot.key)] = SlotSignature(
            slot_key=slot.key, certificate=holder.certificate, signing_time=time, value=value
        )
    return tuple(made.values())


def transcript(
    *, plan: tuple[Slot, ...] | None = None, record: Mapping[str, object] | None = None, **how: object
) -> Signed:
    """A transcript of the samples, signed."""
    plan = plan or samples.plan()
    data = content.build(
        samples.record(**(record or {})), plan, lookup_code=samples.LOOKUP, created_at=samples.CREATED
    )
    return Signed(data, plan, sign(data, plan, **how))


@cache
def whole() -> Signed:
    """The sample with all 13 signatures."""
    return transcript()


@cache
def small() -> Signed:
    """The sample with one teacher: four signatures."""
    return transcript(plan=samples.short_plan())
