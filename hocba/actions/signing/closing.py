"""End a request when nothing in it moves any more."""

from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions.house import House
from hocba.domain.errors import Code
from hocba.domain.signing import ItemState, Purpose
from hocba.domain.values import Step
from hocba.store import signing_items, signing_requests
from hocba.store.models import SigningItemRow

_FAILED = (ItemState.REFUSED, ItemState.EXPIRED, ItemState.CANCELLED)


async def close(house: House, request_id: UUID, *, reason: str = "") -> None:
    """End the request if no item of it moves: EXPIRED when a retry is called for, else FINISHED."""
    async with in_transaction():
        if await signing_requests.lock(request_id) is Step.ISSUE:
            await _end_orphans(request_id)
        await signing_requests.close(request_id, reason=reason, at=house.clock())
    house.notices.tell(request_id)


async def expire(house: House, request_id: UUID) -> None:
    """End whatever nobody has answered for; it may be retried."""
    await signing_items.end(request_id, ItemState.EXPIRED, Code.ITEM_EXPIRED, among=signing_items.UNANSWERED)
    await close(house, request_id)


async def refuse_rest(house: House, request_id: UUID, code: Code) -> None:
    """End whatever nobody has answered for, for one reason."""
    await signing_items.end(request_id, ItemState.REFUSED, code, among=signing_items.UNANSWERED)
    await close(house, request_id, reason=code.value)


async def _end_orphans(request_id: UUID) -> None:
    """A seal whose transcript the school did not sign ends as that signature did."""
    failed = await SigningItemRow.filter(
        request_id=request_id, purpose=Purpose.SLOT, state__in=_FAILED
    ).values("object_id", "state", "code")
    for state, code in {(row["state"], row["code"]) for row in failed}:
        objects = [row["object_id"] for row in failed if (row["state"], row["code"]) == (state, code)]
        await SigningItemRow.filter(
            request_id=request_id, purpose=Purpose.SEAL, state=ItemState.OPEN, object_id__in=objects
        ).update(state=state, code=code, **signing_items.FINAL)
