"""Begin to sign: decide what may be signed, and write down what will be asked for.

Nothing is prepared and nobody is asked here.  The request and its items are the intent; a second
``begin`` for the same object answers UNCHANGED with the first request, because only one item for
a (purpose, object, slot) may move at a time.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions.house import House
from hocba.actions.outcomes import Result, done, in_order, refused, unchanged
from hocba.actions.signing import checks, driving
from hocba.actions.signing.checks import Means, Secrets
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.signing import ItemState, Purpose, RequestState
from hocba.domain.transcript import Transcript
from hocba.domain.values import SlotKey, Step, TranscriptId
from hocba.plugin_api import Signer
from hocba.store import certificates, ids, papers, signing_items, transcripts
from hocba.store.models import SigningItemRow, SigningRequestRow
from hocba.store.signing_requests import AT_REST

AGENT_WAITS = timedelta(hours=12)
"""How long a request waits for a person's own computer: a working day, not the next week."""

TRIES = 3
"""How often two that begin at the same moment are told apart before one is sent away."""

_Slot = tuple[Transcript, SlotKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What ``begin`` and ``retry`` did.

    :ivar request_id: the request, when there is one that moves now.
    :ivar results: one per transcript asked for; ``made`` is the request it is in.
    """

    request_id: UUID | None
    results: list[Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """Who asks for whose signature where, and how."""

    actor: Actor
    asked: Sequence[UUID]
    step: Step
    means: Means
    key: str | None


async def begin(  # noqa: PLR0917 -- in the order in which one says them
    house: House,
    actor: Actor,
    transcript_ids: Sequence[UUID],
    step: Step,
    account_id: UUID,
    secrets: Secrets,
    *,
    idempotency_key: str | None = None,
) -> Begun:
    """Ask for the actor's signature on these transcripts at ``step`` (D5-D7).

    A transcript that the school has signed but not sealed gets its seal alone.  A remote signer is
    called beside the caller, in this process: the secrets go no further.
    """
    account = await certificates.account(account_id)
    means = await checks.means(house, actor, account, step, secrets)
    wish = _Wish(actor=actor, asked=transcript_ids, step=step, means=means, key=idempotency_key)
    begun, fresh = await _written(house, wish)
    if fresh and begun.request_id:
        await set_going(house, begun.request_id, means, secrets)
    return begun


async def set_going(house: House, request_id: UUID, means: Means, secrets: Secrets) -> None:
    """Call the vendor, or leave the request to the agent."""
    assert means.signer is not None
    if means.signer.capabilities.pushed:
        house.ring("prepare_seals", request_id)
    else:
        house.tasks.start(driving.drive(house, request_id, secrets), name=f"signing {request_id}")
    house.notices.tell(request_id)


async def _written(house: House, wish: _Wish) -> tuple[Begun, bool]:
    """As ``_write``, again when somebody began for the same object at the same moment."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(IntegrityError):
            return await _write(house, wish)
    return await _write(house, wish)


async def _write(house: House, wish: _Wish) -> tuple[Begun, bool]:
    """The intent, in one transaction; whether anything new was written."""
    async with in_transaction():
        if earlier := await _earlier(wish):
            return await _again(earlier, wish.asked), False
        slots, results = await _judge(wish)
        wanted = {each: key for each, (_, key) in slots.items()}
        moving = await signing_items.moving(wanted, [Purpose.SLOT, Purpose.SEAL])
        for object_id, request in moving.items():
            slots.pop(object_id)
            results[object_id] = unchanged(object_id, made=request)
        if not slots:
            return Begun(request_id=_only(results), results=in_order(wish.asked, results)), False
        request_id = await _create(house, wish, slots)
    results |= {asked: done(asked, made=request_id) for asked in slots}
    return Begun(request_id=request_id, results=in_order(wish.asked, results)), True


async def _earlier(wish: _Wish) -> UUID | None:
    """The request that the same person made with the same key."""
    if not wish.key:
        return None
    found = await SigningRequestRow.get_or_none(person_id=wish.actor.id, idempotency_key=wish.key)
    return found.id if found else None


async def _judge(wish: _Wish) -> tuple[dict[UUID, _Slot], dict[UUID, Result]]:
    """What may be asked for, in the order asked, and what is refused."""
    asked = list(dict.fromkeys(wish.asked))
    facts = {transcript.id: transcript for transcript in await transcripts.load(asked)}
    years = await papers.years(facts)
    issued = await _issued(facts.values()) if wish.step is Step.ISSUE else {}
    slots: dict[UUID, _Slot] = {}
    results: dict[UUID, Result] = {}
    for each in asked:
        if (transcript := facts.get(TranscriptId(each))) is None:
            continue
        try:
            key = checks.slot_for(transcript, wish.actor, wish.step, wish.means, years[each], issued)
        except Refusal as refusal:
            results[each] = refused(each, refusal)
        else:
            slots[each] = transcript, key
    return slots, results


async def _issued(facts: Iterable[Transcript]) -> dict[UUID, UUID]:
    """Transcript -> certificate of the school's signature, where only the seal is missing."""
    issue = {t.id: s.key for t in facts if not t.missing for s in t.slots if s.step is Step.ISSUE}
    found = await papers.signatures(issue) if issue else {}
    return {
        transcript: signature.certificate_id
        for transcript, key in issue.items()
        for signature in found[transcript]
        if signature.slot_key == key
    }


async def _create(house: House, wish: _Wish, slots: Mapping[UUID, _Slot]) -> UUID:
    """The request and its items: the slots, then the seals."""
    account, signer = wish.means.account, wish.means.signer
    assert account is not None
    assert signer is not None
    request = await SigningRequestRow.create(
        id=ids.new(),
        school_id=wish.actor.school,
        person_id=wish.actor.id,
        account_id=account.id,
        signer_key=account.signer_key,
        purpose=Purpose.SLOT,
        step=wish.step,
        idempotency_key=wish.key or None,
        created_at=house.clock(),
        **going(house, signer),
    )
    await SigningItemRow.bulk_create(_items(request.id, wish.step, slots))
    return request.id


def going(house: House, signer: Signer) -> dict[str, Any]:
    """What a request is set to when its signer is about to be asked."""
    now = house.clock()
    if signer.capabilities.pushed:
        waits = {"state": RequestState.WAITING, "expires_at": now + AGENT_WAITS}
        return {**AT_REST, **waits, "reason": "", "changed_at": now}
    lease = {"lease_owner": house.owner, "lease_until": now + house.limits.lease}
    return {**AT_REST, **lease, "state": RequestState.WORKING, "reason": "", "changed_at": now}


def _items(request_id: UUID, step: Step, slots: Mapping[UUID, _Slot]) -> list[SigningItemRow]:
    wanted = [
        (Purpose.SLOT, transcript.id, slot)
        for transcript, slot in slots.values()
        if slot not in transcript.signed
    ]
    if step is Step.ISSUE:
        wanted += [(Purpose.SEAL, transcript.id, slot) for transcript, slot in slots.values()]
    return [
        SigningItemRow(
            id=ids.new(),
            request_id=request_id,
            position=position,
            purpose=purpose,
            object_id=object_id,
            slot_key=slot,
            state=ItemState.OPEN,
        )
        for position, (purpose, object_id, slot) in enumerate(wanted)
    ]


async def _again(request_id: UUID, asked: Sequence[UUID]) -> Begun:
    """The same key a second time: what was begun then is all that was begun."""
    begun = set(await SigningItemRow.filter(request_id=request_id).values_list("object_id", flat=True))
    results = [
        unchanged(each, made=request_id) if each in begun else refused(each, Refusal(Code.REQUEST_CLOSED))
        for each in asked
    ]
    return Begun(request_id=request_id, results=results)


def _only(results: Mapping[UUID, Result]) -> UUID | None:
    """The one request that everything is in already, if it is one."""
    made = {result.made for result in results.values() if result.made}
    return made.pop() if len(made) == 1 else None
