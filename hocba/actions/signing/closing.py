"""End a request when nothing in it moves any more."""

from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions.house import House
from hocba.domain.errors import Code
from hocba.domain.signing import ItemState, Purpose, RequestState
from hocba.domain.values import Step
from hocba.store import signing_items
from hocba.store.models import SigningItemRow, SigningRequestRow

AT_REST = {"resume": None, "poll_after": None, "expires_at": None, "lease_owner": "", "lease_until": None}
"""What a request that has ended is left with."""

_FAILED = (ItemState.REFUSED, ItemState.EXPIRED, ItemState.CANCELLED)


async def close(house: House, request_id: UUID, *, reason: str = "") -> None:
    """End the request if no item of it moves: EXPIRED when a retry is called for, else FINISHED."""
    async with in_transaction():
        request = await SigningRequestRow.filter(id=request_id).select_for_update().get()
        if request.step is Step.ISSUE:
            await _end_orphans(request_id)
        states = set(await _states(request_id))
        if not RequestState(request.state).closed and states.isdisjoint(signing_items.ACTIVE):
            await SigningRequestRow.filter(id=request_id).update(
                state=RequestState.EXPIRED if ItemState.EXPIRED in states else RequestState.FINISHED,
                reason=reason or request.reason,
                changed_at=house.clock(),
                **AT_REST,
            )
    house.notices.tell(request_id)


async def expire(house: House, request_id: UUID) -> None:
    """End whatever nobody has answered for; it may be retried."""
    await signing_items.end(request_id, ItemState.EXPIRED, Code.ITEM_EXPIRED, among=signing_items.UNANSWERED)
    await close(house, request_id)


async def refuse_rest(house: House, request_id: UUID, code: Code) -> None:
    """End whatever nobody has answered for, for one reason."""
    await signing_items.end(request_id, ItemState.REFUSED, code, among=signing_items.UNANSWERED)
    await close(house, request_id, reason=code.value)


async def _states(request_id: UUID) -> list[ItemState]:
    states = await SigningItemRow.filter(request_id=request_id).distinct().values_list("state", flat=True)
    return [ItemState(str(state)) for state in states]


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
