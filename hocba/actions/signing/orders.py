"""Give a signer one order, and make something of its outcome."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from tortoise.queryset import QuerySet

from hocba.actions.calling import CallFailedError, call
from hocba.actions.house import House
from hocba.actions.signing import asking, settling, taking
from hocba.actions.signing.works import work_of
from hocba.domain.accounts import Account
from hocba.domain.signing import LIFETIME, ItemState, RequestState
from hocba.plugin_api import Item as Ask
from hocba.plugin_api import Login, LoginUrl, Needs, Order, Outcome, Pending, Signer
from hocba.store.models import SigningItemRow, SigningRequestRow
from hocba.store.signing_items import Item

SETTLED_TRANSACTION = 16
"""Hex digits of the hash of what is signed that make a transaction's name, after the request's."""


def transaction(request_id: UUID, items: Sequence[Ask]) -> str:
    """The name of an order at the vendor: the same bytes of the same request have the same name."""
    hashed = sha256(b"".join(item.digest for item in items))
    return f"{request_id.hex}-{hashed.hexdigest()[:SETTLED_TRANSACTION]}"


def request_of(transaction: str) -> UUID | None:
    """Which request an order belongs to, by its name."""
    try:
        return UUID(transaction.partition("-")[0])
    except ValueError:
        return None


async def give(  # noqa: PLR0917 -- an order is these five things
    house: House,
    request: SigningRequestRow,
    account: Account,
    signer: Signer,
    login: Login,
    items: Sequence[Item],
) -> None:
    """Ask for these items' signatures and take what comes of it.

    :raises CallFailedError: when the vendor did not answer, however often it was asked.
    """
    asks = await asking.asks(request, items)
    order = Order(
        transaction=transaction(request.id, asks),
        key=account.vendor_reference,
        certificate=account.certificate,
        description=work_of(request.purpose).description(len(asks)),
        items=asks,
    )
    outcome = await _start(house, signer, order, login)
    await take(house, request.id, outcome, parked=False)


async def _start(house: House, signer: Signer, order: Order, login: Login) -> Outcome:
    pause = house.limits.pause
    for left in reversed(range(house.limits.tries)):
        try:
            return await call(signer.start(order, login), at_most=house.limits.order)
        except CallFailedError as failed:
            if not (failed.again and left):
                raise
            await asyncio.sleep(pause.total_seconds())
            pause *= 2
    raise AssertionError("the last try returns or raises")


async def take(house: House, request_id: UUID, outcome: Outcome, *, parked: bool = True) -> None:
    """Write an outcome down, settle what was signed, and say what the rest waits for.

    :param parked: whether the order had waited for the person, and now may wait no longer.
    """
    await taking.write_outcome(request_id, outcome)
    match outcome.rest:
        case Pending():
            await _park(house, request_id, outcome.rest)
        case Needs(secrets=secrets):
            names = ",".join(name.value for name in secrets)
            await _hand_back(house, request_id, RequestState.NEEDS_SECRET, names)
        case LoginUrl(url=url):
            page = house.secrets.encrypt(url.encode(), about=request_id.bytes)
            await _hand_back(house, request_id, RequestState.NEEDS_LOGIN, "", page)
        case None if parked:
            await SigningRequestRow.filter(id=request_id).update(resume=None, poll_after=None)
    await settling.settle(house, request_id)
    if isinstance(outcome.rest, Pending):
        house.ring("poll_signing", request_id)


async def _park(house: House, request_id: UUID, pending: Pending) -> None:
    """The vendor waits for the person: keep, encrypted, what it takes to ask again."""
    await _open(request_id).update(
        state=RequestState.WAITING,
        resume=house.secrets.encrypt(pending.resume, about=request_id.bytes),
        poll_after=house.clock() + pending.poll_after,
        expires_at=pending.expires_at,
        changed_at=house.clock(),
    )


async def _hand_back(
    house: House, request_id: UUID, state: RequestState, reason: str, page: bytes | None = None
) -> None:
    """The person must do something first; what was prepared stays good for its quarter of an hour."""
    await _open(request_id).update(
        state=state,
        reason=reason,
        resume=page,
        poll_after=None,
        expires_at=house.clock() + LIFETIME,
        changed_at=house.clock(),
    )
    await SigningItemRow.filter(request_id=request_id, state=ItemState.ASKED).update(state=ItemState.PREPARED)


def _open(request_id: UUID) -> QuerySet[SigningRequestRow]:
    return SigningRequestRow.filter(id=request_id, state__in=(RequestState.WORKING, RequestState.WAITING))
