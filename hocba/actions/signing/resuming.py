"""Go on with a request: after a vendor wanted more, after a failure; or give it up."""

from collections.abc import Collection
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions.calling import CallFailedError, call
from hocba.actions.house import House
from hocba.actions.outcomes import Result, done, refused, unchanged
from hocba.actions.signing import checks, closing
from hocba.actions.signing.begin import Begun, going, set_going
from hocba.actions.signing.checks import Means, Secrets
from hocba.actions.signing.works import work_of
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.signing import OPEN_REQUESTS, ItemState, RequestState, may_retry
from hocba.plugin_api import SecretName, Signer
from hocba.store import certificates, signing_items, signing_requests
from hocba.store.models import SigningItemRow, SigningRequestRow
from hocba.store.signing_items import Item

NEEDS = (RequestState.NEEDS_SECRET, RequestState.NEEDS_LOGIN)


async def continue_signing(house: House, actor: Actor, request_id: UUID, secrets: Secrets) -> None:
    """Go on when the vendor wanted a secret or a sign-in at its page.

    :param secrets: all that the signer asks for, and what it wanted besides: nothing was kept.
    :raises Refusal: NOT_FOUND, REQUEST_CLOSED, SECRET_REQUIRED, and as ``begin``.
    """
    request = await own(actor, request_id)
    means = await _means(house, actor, request, secrets)
    if request.state == RequestState.NEEDS_SECRET:
        checks.must_have(secrets, tuple(SecretName(name) for name in request.reason.split(",") if name))
    taken = await SigningRequestRow.filter(id=request_id, state__in=NEEDS).update(
        **going(house, _signer(means))
    )
    if not taken:
        raise Refusal(Code.REQUEST_CLOSED)
    await set_going(house, request_id, means, secrets)


async def retry(house: House, actor: Actor, request_id: UUID, secrets: Secrets) -> Begun:
    """Ask again for what expired, or was refused for a reason outside the rules.

    :raises Refusal: NOT_FOUND, NOTHING_TO_RETRY, REQUEST_CLOSED once cancelled, and as ``begin``.
    """
    request = await own(actor, request_id)
    if request.state == RequestState.CANCELLED:
        raise Refusal(Code.REQUEST_CLOSED)
    means = await _means(house, actor, request, secrets)
    try:
        results = await _reopen(house, request_id, means)
    except IntegrityError:
        # Somebody began anew for one of them at this very moment; now it is seen.
        results = await _reopen(house, request_id, means)
    await set_going(house, request_id, means, secrets)
    return Begun(request_id=request_id, results=results)


async def cancel(house: House, actor: Actor, request_id: UUID) -> None:
    """Wait no longer.  What was answered before stays signed.

    :raises Refusal: NOT_FOUND; REQUEST_CLOSED when it had ended by itself.
    """
    request = await own(actor, request_id)
    if request.state == RequestState.CANCELLED:
        return
    async with in_transaction():
        await SigningRequestRow.filter(id=request_id).select_for_update().get()
        stopped = await SigningRequestRow.filter(
            id=request_id, state__in=[state for state in RequestState if not state.closed]
        ).update(state=RequestState.CANCELLED, changed_at=house.clock(), **signing_requests.AT_REST)
        await signing_items.end(request_id, ItemState.CANCELLED, "", among=signing_items.UNANSWERED)
    if not stopped:
        raise Refusal(Code.REQUEST_CLOSED)
    house.notices.tell(request_id)
    _let_go(house, request)


async def stop(house: House, account_ids: Collection[UUID], code: Code) -> None:
    """End every open request that would sign with one of these accounts."""
    rows = SigningRequestRow.filter(account_id__in=list(account_ids), state__in=OPEN_REQUESTS)
    for request in await rows.order_by("id") if account_ids else ():
        await closing.refuse_rest(house, request.id, code)
        _let_go(house, request)


async def login_url(house: House, actor: Actor, request_id: UUID) -> str | None:
    """The vendor's page where the person must sign in first, if the request waits for that.

    :raises Refusal: NOT_FOUND.
    """
    request = await own(actor, request_id)
    if request.state != RequestState.NEEDS_LOGIN or request.resume is None:
        return None
    return house.secrets.decrypt(bytes(request.resume), about=request_id.bytes).decode()


async def own(actor: Actor, request_id: UUID) -> SigningRequestRow:
    """The actor's own request.  :raises Refusal: NOT_FOUND for anybody else's."""
    request = await SigningRequestRow.get_or_none(id=request_id, person_id=actor.id, school_id=actor.school)
    if request is None:
        raise Refusal(Code.NOT_FOUND)
    return request


async def _means(house: House, actor: Actor, request: SigningRequestRow, secrets: Secrets) -> Means:
    """:raises Refusal: as ``begin`` refuses each transcript."""
    account = await certificates.account(request.account_id)
    assert account is not None
    # Items are looked at again when they are prepared: a replaced account gets seals alone.
    work_of(request.purpose).usable(account, actor, request.step)
    signer = await checks.ready(house, actor, account, secrets)
    return Means(account=account, signer=signer, refusal=None)


async def _reopen(house: House, request_id: UUID, means: Means) -> list[Result]:
    async with in_transaction():
        request = await SigningRequestRow.filter(id=request_id).select_for_update().get()
        items = await signing_items.load(request_id)
        again = [item for item in items if may_retry(item.state, item.code)]
        if not RequestState(request.state).closed or not again:
            raise Refusal(Code.NOTHING_TO_RETRY)
        elsewhere = await signing_items.moving(
            {item.object_id: item.slot_key for item in again}, work_of(request.purpose).items
        )
        ids = [item.id for item in again if item.object_id not in elsewhere]
        await SigningItemRow.filter(id__in=ids).update(
            state=ItemState.OPEN, active=True, code="", signing_time=None, prepared_until=None
        )
        await SigningRequestRow.filter(id=request_id).update(**going(house, _signer(means)))
    return _results(request_id, items, set(ids), elsewhere)


def _signer(means: Means) -> Signer:
    assert means.signer is not None
    return means.signer


def _results(
    request_id: UUID, items: Collection[Item], again: set[UUID], elsewhere: dict[UUID, UUID]
) -> list[Result]:
    """One result per transcript, or other object, of the request."""
    results: dict[UUID, Result] = {}
    for item in items:
        known = results.get(item.object_id)
        if item.id in again:
            results[item.object_id] = done(item.object_id, made=request_id)
        elif item.object_id in elsewhere:
            results[item.object_id] = unchanged(item.object_id, made=elsewhere[item.object_id])
        elif item.state is ItemState.REFUSED:
            results[item.object_id] = refused(item.object_id, Refusal(Code(item.code)))
        elif known is None:
            results[item.object_id] = unchanged(item.object_id, made=request_id)
    return list(results.values())


def _let_go(house: House, request: SigningRequestRow) -> None:
    """The vendor whose order waited for the person is told that nobody waits any more."""
    if request.resume is not None and request.state == RequestState.WAITING:
        resume = house.secrets.decrypt(bytes(request.resume), about=request.id.bytes)
        house.tasks.start(_tell_vendor(house, request.signer_key, resume), name=f"cancel {request.id}")


async def _tell_vendor(house: House, signer_key: str, resume: bytes) -> None:
    """Best effort: the phone stops asking."""
    try:
        signer = house.plugins.signer(signer_key)
        await call(signer.cancel(resume), at_most=house.limits.sign_in)
    except (CallFailedError, Refusal):
        return
