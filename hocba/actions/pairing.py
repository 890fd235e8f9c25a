"""Pair a teacher's computer: it shows a code, the signed-in teacher confirms it.

::

    agent    begin_pairing  ──> code (shown), device code (kept)
    teacher  look_up_pairing, confirm_pairing(code): sees the computer's name and address first
    agent    claim_pairing(device code) ──> its own token, once

The code has 8 characters of 32, lives for ten minutes and is used once; after five wrong ones a
person and an address wait.  Codes and tokens are in the database as keyed hashes only.
"""

import base64
import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tortoise.transactions import in_transaction

from hocba.actions import throttle
from hocba.actions.house import House
from hocba.documents.certificates import Certificate, UnreadableCertificateError
from hocba.domain.errors import Code, Refusal
from hocba.domain.names import tidy
from hocba.domain.people import Actor
from hocba.domain.values import PersonId, SchoolId
from hocba.store import histories, ids
from hocba.store.models import AgentPairingRow, AgentRow, PersonRow

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 and 1: they are mistaken for each other."""

CODE_LENGTH = 8
LIFETIME = timedelta(minutes=10)
MAX_AGENTS = 5
"""Agents a person may have."""

MAX_OPEN = 20
"""Pairings under way from one address: a school has one address for all its computers."""

MAX_CERTIFICATES = 20
MAX_NAME = 100
MAX_ADDRESS = 60
TOKEN_PREFIX = "ha_"  # noqa: S105 -- tells an agent's token from a session's


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A pairing that began.  Both codes are shown here and never again."""

    code: str = field(repr=False)
    device_code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Computer:
    """What asks to be paired, as it says of itself, and from where it asked."""

    name: str
    address: str
    certificates: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A paired computer; ``paired_at`` is ``None`` until it has fetched its token."""

    id: UUID
    name: str
    certificates: tuple[Certificate, ...]
    paired_at: datetime | None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What the agent keeps: its token, and the server's public job key (raw Ed25519)."""

    token: str = field(repr=False)
    job_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPaired:
    """A computer may fetch the signing jobs of ``person`` from now on."""

    person: UUID
    certificates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRevoked:
    """The computer gets nothing more."""

    person: UUID


async def begin_pairing(house: House, name: str, address: str, certificates: Sequence[bytes]) -> Pairing:
    """A computer asks to be paired.

    :param certificates: DER of those that its tokens hold.
    :raises Refusal: INVALID_VALUE, TOO_MANY_ATTEMPTS.
    """
    shown = _shown(name)
    _must_be_certificates(certificates)
    now = house.clock()
    if await AgentPairingRow.filter(address=address[:MAX_ADDRESS], expires_at__gt=now).count() >= MAX_OPEN:
        raise Refusal(Code.TOO_MANY_ATTEMPTS)
    code = "".join(random.choice(ALPHABET) for _ in range(CODE_LENGTH))
    device_code = random.token_urlsafe(32)
    await AgentPairingRow.create(
        id=ids.new(),
        code_hash=house.secrets.pepper(code),
        device_hash=house.secrets.pepper(device_code),
        name=shown,
        address=address[:MAX_ADDRESS],
        certificates=[base64.b64encode(der).decode() for der in certificates],
        expires_at=now + LIFETIME,
    )
    return Pairing(code=code, device_code=device_code, expires_at=now + LIFETIME)


async def look_up_pairing(house: House, actor: Actor, code: str, *, address: str = "") -> Computer:
    """Which computer shows ``code``: to be looked at before it is confirmed.

    :raises Refusal: PAIRING_UNKNOWN, PAIRING_EXPIRED, TOO_MANY_ATTEMPTS.
    """
    row = await _find(house, actor, code, address)
    return Computer(name=row.name, address=row.address, certificates=_certificates(row.certificates))


async def confirm_pairing(house: House, actor: Actor, code: str, *, address: str = "") -> Agent:
    """The computer that shows ``code`` may fetch the actor's signing jobs from now on.

    :param address: from where the actor confirms; wrong guesses are counted for it too.
    :raises Refusal: as ``look_up_pairing``, and TOO_MANY_AGENTS.
    """
    row = await _find(house, actor, code, address)
    async with in_transaction():
        await _must_have_room(actor.id, house.clock())
        confirmed = await AgentPairingRow.filter(id=row.id, confirmed_by__isnull=True).update(
            confirmed_by=actor.id
        )
    if not confirmed:
        raise Refusal(Code.PAIRING_UNKNOWN)
    return Agent(id=row.id, name=row.name, certificates=_certificates(row.certificates), paired_at=None)


async def claim_pairing(house: House, device_code: str) -> Claimed | None:
    """The agent's token, once; ``None`` until somebody has confirmed.

    :raises Refusal: PAIRING_UNKNOWN, PAIRING_EXPIRED.
    """
    row = await AgentPairingRow.get_or_none(device_hash__in=house.secrets.peppers(device_code))
    if row is None or row.used_at is not None:
        raise Refusal(Code.PAIRING_UNKNOWN)
    now = house.clock()
    if row.expires_at <= now:
        raise Refusal(Code.PAIRING_EXPIRED)
    if row.confirmed_by is None:
        return None
    token = TOKEN_PREFIX + random.token_urlsafe(32)
    async with in_transaction():
        if not await AgentPairingRow.filter(id=row.id, used_at__isnull=True).update(used_at=now):
            raise Refusal(Code.PAIRING_UNKNOWN)
        await AgentRow.create(
            id=row.id,
            person_id=row.confirmed_by,
            name=row.name,
            token_hash=house.secrets.pepper(token),
            certificates=row.certificates,
            paired_at=now,
            seen_at=now,
        )
        await _write_down(row, now)
    public = house.secrets.job_signing_key.public_key()
    return Claimed(token=token, job_key=public.public_bytes(Encoding.Raw, PublicFormat.Raw))


async def agents(actor: Actor) -> list[Agent]:
    """The actor's paired computers, newest first."""
    rows = await AgentRow.filter(person_id=actor.id, revoked_at__isnull=True).order_by("-paired_at")
    return [
        Agent(
            id=row.id,
            name=row.name,
            certificates=_certificates(row.certificates),
            paired_at=row.paired_at,
            seen_at=row.seen_at,
        )
        for row in rows
    ]


async def held(actor: Actor) -> dict[str, Certificate]:
    """What the tokens of the actor's computers held when they were paired, by fingerprint."""
    return {each.fingerprint: each for agent in await agents(actor) for each in agent.certificates}


async def revoke_agent(house: House, actor: Actor, agent_id: UUID) -> bool:
    """The computer gets nothing more; ``False`` when that was so already.

    :raises Refusal: NOT_FOUND for anybody else's.
    """
    if not await AgentRow.filter(id=agent_id, person_id=actor.id).exists():
        raise Refusal(Code.NOT_FOUND)
    now, revoked = house.clock(), AgentRevoked(person=actor.id)
    async with in_transaction():
        was_paired = await AgentRow.filter(id=agent_id, revoked_at__isnull=True).update(revoked_at=now)
        if was_paired:
            await histories.add("agent", agent_id, revoked, by=actor.id, school=actor.school, at=now)
    return bool(was_paired)


async def _write_down(row: AgentPairingRow, now: datetime) -> None:
    """That the computer was paired, by whoever confirmed it."""
    assert row.confirmed_by
    person = await PersonRow.get(id=row.confirmed_by)
    paired = AgentPaired(person=person.id, certificates=len(row.certificates))
    school = SchoolId(person.school_id)
    await histories.add("agent", row.id, paired, by=PersonId(person.id), school=school, at=now)


async def _find(house: House, actor: Actor, code: str, address: str) -> AgentPairingRow:
    guessers = [throttle.Guesser(throttle.PAIRING, f"person {actor.id}")]
    guessers += [throttle.from_address(throttle.PAIRING_ADDRESS, address)] if address else []
    await throttle.reserve(house, *guessers)
    typed = "".join(code.upper().replace("-", "").split())
    row = await AgentPairingRow.get_or_none(code_hash__in=house.secrets.peppers(typed))
    if row is None or row.confirmed_by is not None:
        raise Refusal(Code.PAIRING_UNKNOWN)
    await throttle.right(house, *guessers)
    if row.expires_at <= house.clock():
        raise Refusal(Code.PAIRING_EXPIRED)
    return row


async def _must_have_room(person: UUID, now: datetime) -> None:
    """:raises Refusal: TOO_MANY_AGENTS, counting those that have not fetched their token yet."""
    # The person's row is locked, so that two confirmations do not both see the last place.
    await PersonRow.filter(id=person).select_for_update().first()
    paired = await AgentRow.filter(person_id=person, revoked_at__isnull=True).count()
    coming = await AgentPairingRow.filter(
        confirmed_by=person, used_at__isnull=True, expires_at__gt=now
    ).count()
    if paired + coming >= MAX_AGENTS:
        raise Refusal(Code.TOO_MANY_AGENTS, limit=MAX_AGENTS)


def _shown(name: str) -> str:
    """A computer's name as it is shown: one line of printable text."""
    shown = tidy("".join(sign if sign.isprintable() else " " for sign in name))
    if not shown or len(shown) > MAX_NAME:
        raise Refusal(Code.INVALID_VALUE, field="name", limit=MAX_NAME)
    return shown


def _must_be_certificates(certificates: Sequence[bytes]) -> None:
    if len(certificates) > MAX_CERTIFICATES:
        raise Refusal(Code.INVALID_VALUE, field="certificates", limit=MAX_CERTIFICATES)
    try:
        for der in certificates:
            Certificate.load(der)
    except UnreadableCertificateError:
        raise Refusal(Code.INVALID_VALUE, field="certificates") from None


def _certificates(stored: Sequence[str]) -> tuple[Certificate, ...]:
    return tuple(Certificate.load(base64.b64decode(each)) for each in stored)
