"""Ask a vendor how a parked order is going, and take what it tells by itself.

Safe to do any number of times: whoever asks first moves ``poll_after``, and the others find
nothing due.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from hocba.actions.calling import CallFailedError, call
from hocba.actions.house import House
from hocba.actions.signing import closing, orders
from hocba.domain.errors import Refusal
from hocba.domain.signing import RequestState
from hocba.plugin_api import Outcome, Signer
from hocba.secrets import SecretsError
from hocba.store.models import SigningRequestRow

SLOWEST = timedelta(minutes=1)
"""The longest pause between two questions."""


async def poll(house: House, request_id: UUID) -> datetime | None:
    """Ask, if it is time to.  :returns: when to ask next; ``None`` when nobody needs to."""
    request = await SigningRequestRow.get_or_none(id=request_id)
    if request is None or not _parked(request):
        return None
    now = house.clock()
    assert request.poll_after is not None
    if request.poll_after > now:
        return request.poll_after
    claimed = await SigningRequestRow.filter(id=request_id, poll_after=request.poll_after).update(
        poll_after=now + SLOWEST
    )
    if claimed:
        await _ask(house, request)
    return await _next(request_id)


async def deliver(house: House, signer_key: str, headers: Mapping[str, str], body: bytes) -> None:
    """A vendor calls by itself (``POST /hooks/<plugin>``).

    :raises Refusal: SIGNER_UNKNOWN; SIGNER_UNAVAILABLE when the call is not genuine.
    """
    signer = house.plugins.signer(signer_key)
    try:
        outcomes = await call(signer.callback(headers, body), at_most=house.limits.sign_in)
    except CallFailedError as failed:
        raise failed.refusal() from None
    for transaction, outcome in outcomes.items():
        request_id = orders.request_of(transaction)
        request = await SigningRequestRow.get_or_none(id=request_id, signer_key=signer_key)
        if request is not None and _parked(request):
            await orders.take(house, request.id, outcome)


def _parked(request: SigningRequestRow) -> bool:
    return request.state == RequestState.WAITING and request.resume is not None


async def _ask(house: House, request: SigningRequestRow) -> None:
    try:
        signer = house.plugins.signer(request.signer_key)
        outcome = await _answer(house, signer, request)
    except (CallFailedError, Refusal, SecretsError):
        await _later(house, request)
        outcome = None
    if outcome is not None:
        await orders.take(house, request.id, outcome)
    if request.expires_at is not None and request.expires_at <= house.clock():
        await _give_up(house, request)


async def _answer(house: House, signer: Signer, request: SigningRequestRow) -> Outcome:
    assert request.resume is not None
    resume = house.secrets.decrypt(bytes(request.resume), about=request.id.bytes)
    return await call(signer.poll(resume), at_most=house.limits.sign_in)


async def _later(house: House, request: SigningRequestRow) -> None:
    """The longer a vendor has been silent, the longer it is left alone."""
    silent = house.clock() - request.changed_at
    pause = min(max(silent / 2, house.limits.pause), SLOWEST)
    await SigningRequestRow.filter(id=request.id, resume__isnull=False).update(
        poll_after=house.clock() + pause
    )


async def _give_up(house: House, request: SigningRequestRow) -> None:
    """The order has expired at the vendor; what it had not answered for may be retried."""
    expired = await SigningRequestRow.filter(
        id=request.id, state=RequestState.WAITING, expires_at__lte=house.clock()
    ).exists()
    if expired:
        await closing.expire(house, request.id)


async def _next(request_id: UUID) -> datetime | None:
    found = await SigningRequestRow.filter(
        id=request_id, state=RequestState.WAITING, resume__isnull=False
    ).values_list("poll_after", flat=True)
    return found[0] if found and isinstance(found[0], datetime) else None
