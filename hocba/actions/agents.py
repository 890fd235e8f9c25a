"""Jobs for paired computers: take one, answer, decline.

An agent's token is bound to one person.  It reaches this person's own open requests, and of those
only the ones whose registered certificate lies on the agent's tokens.  Values are judged one by
one: a wrong one refuses its own item, nothing is overwritten, and the same answer again changes
nothing.
"""

import base64
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from hocba.actions.agent_jobs import AgentActor, AgentItem, AgentJob, take_job
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
from hocba.actions.signing import closing, settling, taking
from hocba.documents.certificates import Certificate
from hocba.domain.errors import Code, Refusal
from hocba.domain.signing import ItemState, RequestState
from hocba.domain.values import PersonId
from hocba.store import signing_items
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
    if request is None or not house.is_pushed(request.signer_key):
        return in_order(named, {})
    before = {item.id: item for item in await signing_items.load(request_id, "answer", only=named)}
    news = {item.id for item in before.values() if _awaited(house, item)}
    await taking.write(
        request_id,
        {item: value for item, value in values.items() if item in news},
        {item: code for item, code in reasons.items() if item in news},
        silent=False,
    )
    await settling.settle(house, request_id)
    after = {item.id: item for item in await signing_items.load(request_id, only=named)}
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
    if request is None or not house.is_pushed(request.signer_key):
        raise Refusal(Code.NOT_FOUND)
    if RequestState(request.state).closed:
        return False
    await closing.refuse_rest(house, request_id, code)
    return True


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
