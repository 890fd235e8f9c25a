"""What a paired computer is given to sign: the items, their evidence, and the server's word for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import job_token
from hocba.actions.house import House
from hocba.actions.signing import asking, closing
from hocba.actions.signing.works import work_of
from hocba.domain.accounts import Account
from hocba.domain.signing import CHUNK, ItemState, RequestState
from hocba.domain.values import PersonId, Step
from hocba.plugin_api import Item as Ask
from hocba.store import certificates, signing_items, signing_requests
from hocba.store.models import SigningRequestRow
from hocba.store.signing_items import Item


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


async def take_job(house: House, agent: AgentActor) -> AgentJob | None:
    """The next thing to sign, prepared for it now; ``None`` when there is nothing.

    An agent that asks again before it has answered lost its job, and gets the same one.
    """
    requests = SigningRequestRow.filter(
        person_id=agent.person, state=RequestState.WAITING, resume__isnull=True
    )
    for request in await requests.order_by("id"):
        account = await certificates.account(request.account_id)
        if (
            account is None
            or account.fingerprint not in agent.certificates
            or not house.is_pushed(request.signer_key)
        ):
            continue
        if items := await _next(house, agent, request, account):
            return await _job(house, request, account, items)
        await closing.close(house, request.id)
    return None


async def _next(house: House, agent: AgentActor, request: SigningRequestRow, account: Account) -> list[Item]:
    """Items for this agent: those it has, else seals that are ready, else what is open."""
    holder = f"agent:{agent.id.hex}"
    if request.lease_owner == holder and (lost := await _lost(house, request.id)):
        return lost
    async with in_transaction():
        # Together: were the items out and nobody known to have them, they would wait until they run out.
        await signing_requests.lock(request.id)
        if items := await _handed_out(house, request, account):
            await SigningRequestRow.filter(id=request.id).update(lease_owner=holder)
    if not items and request.step is Step.ISSUE:
        # Seals that are still being rendered are in a later job.
        house.ring("prepare_seals", request.id)
    return items


async def _handed_out(house: House, request: SigningRequestRow, account: Account) -> list[Item]:
    if items := await asking.ready(house, request.id):
        return await asking.hand_out(items[:CHUNK])
    return await asking.prepared(house, request, account)


async def _lost(house: House, request_id: UUID) -> list[Item]:
    fresh = house.clock() + asking.MARGIN
    return await signing_items.load(request_id, "tbs", states=[ItemState.ASKED], fresh=fresh, limit=CHUNK)


async def _job(
    house: House, request: SigningRequestRow, account: Account, items: Sequence[Item]
) -> AgentJob | None:
    work = work_of(request.purpose)
    asks = await asking.asks(request, items)
    evidence = await work.evidence(items)
    job = job_token.sign(
        house.secrets.job_signing_key,
        house.clock(),
        _until(items),
        str(request.id),
        work.description(len(items)),
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
