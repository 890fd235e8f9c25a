"""Jobs for paired computers: take one, answer, decline.

An agent's token is bound to one person.  It reaches this person's own open requests, and of those
only the ones whose registered certificate lies on the agent's tokens.  Values are judged one by
one: a wrong one refuses its own item, nothing is overwritten, and the same answer again changes
nothing.
"""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from hocba.actions import job_token
from hocba.actions.house import House
from hocba.actions.outcomes import Result, done, in_order, refused, unchanged
from hocba.actions.pairing import (
    Agent,
    Claimed,
    Computer,
    Pairing,
    agents,
    begin_pairing,
    claim_pairing,
    confirm_pairing,
    look_up_pairing,
    revoke_agent,
)
from hocba.actions.signing import asking, closing, preparing, settling, taking
from hocba.documents import signing as xml
from hocba.documents.certificates import Certificate
from hocba.domain.accounts import Account
from hocba.domain.errors import Code, Refusal
from hocba.domain.signing import CHUNK, ItemState, Purpose, RequestState
from hocba.domain.values import PersonId, Slot, Step
from hocba.plugin_api import Item as Ask
from hocba.store import certificates, papers, signing_items, transcripts
from hocba.store.models import AgentRow, SigningRequestRow, UserRow
from hocba.store.signing_items import Item

__all__ = [
    "Agent",
    "AgentActor",
    "AgentItem",
    "AgentJob",
    "Claimed",
    "Computer",
    "Pairing",
    "agent_of",
    "agents",
    "answer",
    "begin_pairing",
    "claim_pairing",
    "confirm_pairing",
    "decline",
    "look_up_pairing",
    "revoke_agent",
    "take_job",
]

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when an agent last asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentActor:
    """An agent that showed its token."""

    id: UUID
    person: PersonId
    certificates: frozenset[str]
    """Fingerprints of what its tokens hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentItem:
    """One thing to sign, with what the agent shows of it.

    :ivar kind: XADES, PADES or CHALLENGE.
    :ivar evidence: the canonical bytes behind the first Reference, for XADES.
    """

    reference: str
    kind: str
    tbs: bytes = field(repr=False)
    evidence: bytes | None = field(repr=False)
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJob:
    """What an agent is to sign now.  ``job`` is the server's word for it, a JWS."""

    request_id: UUID
    job: str = field(repr=False)
    items: tuple[AgentItem, ...]


async def agent_of(house: House, token: str) -> AgentActor | None:
    """The agent with this token, unless it was revoked or its person may not sign in any more."""
    row = await AgentRow.get_or_none(token_hash__in=house.secrets.peppers(token), revoked_at__isnull=True)
    if row is None or await UserRow.filter(person_id=row.person_id, active=False).exists():
        return None
    now = house.clock()
    if row.seen_at < now - SEEN_EVERY:
        await AgentRow.filter(id=row.id).update(seen_at=now)
    held = [Certificate.load(base64.b64decode(each)).fingerprint for each in row.certificates]
    return AgentActor(id=row.id, person=PersonId(row.person_id), certificates=frozenset(held))


async def take_job(house: House, agent: AgentActor) -> AgentJob | None:
    """The next thing to sign, prepared for it now; ``None`` when there is nothing.

    An agent that asks again before it has answered lost its job, and gets the same one.
    """
    requests = SigningRequestRow.filter(
        person_id=agent.person, state=RequestState.WAITING, resume__isnull=True
    )
    for request in await requests.order_by("id"):
        account = await certificates.account(request.account_id)
        if account is None or account.fingerprint not in agent.certificates or not _pushed(house, request):
            continue
        if items := await _next(house, agent, request, account):
            return await _job(house, request, account, items)
        await closing.close(house, request.id)
    return None


async def answer(
    house: House,
    agent: AgentActor,
    request_id: UUID,
    values: Mapping[UUID, bytes],
    *,
    refusals: Mapping[UUID, Code] | None = None,
) -> list[Result]:
    """Raw signatures, and for some items why there is none.  One result per item, in that order."""
    reasons = {item: code.value for item, code in (refusals or {}).items()}
    named = [*values, *reasons]
    request = await SigningRequestRow.get_or_none(id=request_id, person_id=agent.person)
    if request is None or not _pushed(house, request):
        return in_order(named, {})
    before = {item.id: item for item in await signing_items.load(request_id, "answer", id__in=named)}
    news = {item.id for item in before.values() if _awaited(house, item)}
    await taking.write(
        request_id,
        {item: value for item, value in values.items() if item in news},
        {item: code for item, code in reasons.items() if item in news},
        silent=False,
    )
    await settling.settle(house, request_id)
    after = {item.id: item for item in await signing_items.load(request_id, id__in=named)}
    results = {
        item: _result(before[item], after[item], values.get(item), fresh=item in news) for item in before
    }
    return in_order(named, results)


async def decline(house: House, agent: AgentActor, request_id: UUID, code: Code) -> bool:
    """Nothing more of this request is signed: the person said no, or his token did.

    :returns: whether anything was still open.
    :raises Refusal: NOT_FOUND for anybody else's request.
    """
    request = await SigningRequestRow.get_or_none(id=request_id, person_id=agent.person)
    if request is None or not _pushed(house, request):
        raise Refusal(Code.NOT_FOUND)
    if RequestState(request.state).closed:
        return False
    await closing.refuse_rest(house, request_id, code)
    return True


def _pushed(house: House, request: SigningRequestRow) -> bool:
    signer = house.plugins.signers.get(request.signer_key)
    return signer is not None and signer.capabilities.pushed


async def _next(house: House, agent: AgentActor, request: SigningRequestRow, account: Account) -> list[Item]:
    """Items for this agent: those it has, else seals that are ready, else the next slots."""
    holder = f"agent:{agent.id.hex}"
    if request.lease_owner == holder and (lost := await _lost(house, request.id)):
        return lost
    items = await asking.ready(house, request.id)
    items = await asking.hand_out(items[:CHUNK]) if items else await _slots(house, request, account)
    if items:
        await SigningRequestRow.filter(id=request.id).update(lease_owner=holder)
    elif request.step is Step.ISSUE:
        # Seals that are still being rendered are in a later job.
        house.ring("prepare_seals", request.id)
    return items


async def _slots(house: House, request: SigningRequestRow, account: Account) -> list[Item]:
    while slots := await signing_items.load(
        request.id, purpose=Purpose.SLOT, state=ItemState.OPEN, limit=CHUNK
    ):
        if items := await preparing.prepare(house, request, account, slots):
            return items
    return []


async def _lost(house: House, request_id: UUID) -> list[Item]:
    fresh = house.clock() + asking.MARGIN
    return await signing_items.load(
        request_id, "tbs", state=ItemState.ASKED, prepared_until__gt=fresh, limit=CHUNK
    )


async def _job(
    house: House, request: SigningRequestRow, account: Account, items: Sequence[Item]
) -> AgentJob | None:
    asks = await asking.asks(items)
    evidence = await _evidence(items)
    job = job_token.sign(
        house.secrets.job_signing_key,
        house.clock(),
        _until(items),
        str(request.id),
        f"Ký {len(items)} học bạ",
        account.fingerprint,
        [ask.tbs for ask in asks],
    )
    return AgentJob(
        request_id=request.id,
        job=job,
        items=tuple(_agent_item(ask, evidence.get(item.id)) for ask, item in zip(asks, items, strict=True)),
    )


def _until(items: Sequence[Item]) -> datetime:
    return min(item.prepared_until for item in items if item.prepared_until is not None)


def _agent_item(ask: Ask, evidence: bytes | None) -> AgentItem:
    return AgentItem(
        reference=ask.reference, kind=ask.kind.name, tbs=ask.tbs, evidence=evidence, title=ask.title
    )


async def _evidence(items: Sequence[Item]) -> dict[UUID, bytes]:
    """Item -> the canonical bytes behind its first Reference."""
    slots = [item for item in items if item.purpose is Purpose.SLOT]
    found = await papers.load(item.object_id for item in slots)
    plans: dict[UUID, tuple[Slot, ...]] = {each.id: each.slots for each in await transcripts.load(found)}

    def cut() -> dict[UUID, bytes]:
        return {
            item.id: xml.evidence(found[item.object_id].data, item.slot_key, plans[item.object_id])
            for item in slots
        }

    return await asyncio.to_thread(cut)


def _awaited(house: House, item: Item) -> bool:
    """Whether an answer for ``item`` is still taken: it was asked for, and not too long ago."""
    if item.state is not ItemState.ASKED or item.prepared_until is None:
        return False
    return house.clock() <= item.prepared_until


def _result(before: Item, after: Item, value: bytes | None, *, fresh: bool) -> Result:
    """What became of one answer."""
    if after.state is ItemState.DONE:
        return done(after.id) if fresh else unchanged(after.id)
    if fresh and value is None:
        return done(after.id)
    if before.answer is not None and before.answer == value:
        return unchanged(after.id)
    match after.state:
        case ItemState.REFUSED if after.code:
            why = Code(after.code)
        case ItemState.CANCELLED:
            why = Code.REQUEST_CLOSED
        case ItemState.OPEN | ItemState.PREPARED | ItemState.ASKED | ItemState.EXPIRED:
            why = Code.ITEM_EXPIRED
        case _:
            why = Code.ITEM_CLOSED
    return refused(after.id, Refusal(why))
