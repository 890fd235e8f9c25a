"""Look at every request that still moves, and wake or end what has gone quiet.

Runs at start and every few seconds, in as many processes as there are.  Rows are the truth and
bells may be lost: everything that a bell would have woken is found here again.
"""

from datetime import datetime

from tortoise.expressions import Q

from hocba.actions.house import House
from hocba.actions.signing import closing, lease, settling
from hocba.domain.signing import OPEN_REQUESTS, ItemState, RequestState
from hocba.store.models import AgentPairingRow, SigningItemRow, SigningRequestRow


async def sweep(house: House) -> None:
    """Once over everything that moves."""
    now = house.clock()
    await _reopen_items(now)
    moving = set(await SigningItemRow.filter(active=True).values_list("request_id", flat=True))
    answered = SigningItemRow.filter(state=ItemState.ANSWERED)
    for request_id in {row["request_id"] for row in await answered.values("request_id")}:
        house.ring("settle", request_id)
    for request in await SigningRequestRow.filter(state__in=OPEN_REQUESTS).order_by("id"):
        await _look_at(house, request, now, moves=request.id in moving)
    await AgentPairingRow.filter(expires_at__lt=now).delete()


async def _reopen_items(now: datetime) -> None:
    """What the agent, or nobody, has had for too long is prepared again when it is next asked for."""
    old = SigningItemRow.filter(prepared_until__lt=now)
    waiting = SigningRequestRow.filter(
        state=RequestState.WAITING, resume__isnull=True, lease_until__isnull=True
    )
    anew = {"state": ItemState.OPEN, "tbs": None, "prepared": None, "prepared_until": None}
    await old.filter(state=ItemState.PREPARED).update(**anew)
    requests = await waiting.values_list("id", flat=True)
    if requests:
        await old.filter(state=ItemState.ASKED, request_id__in=requests).update(**anew)


async def _look_at(house: House, request: SigningRequestRow, now: datetime, *, moves: bool) -> None:
    parked = request.state == RequestState.WAITING and request.resume is not None
    if parked and request.poll_after is not None and request.poll_after <= now:
        house.ring("poll_signing", request.id)
    elif _abandoned(house, request, now):
        await _take_over(house, request, now)
    elif not parked and request.expires_at is not None and request.expires_at <= now:
        await closing.expire(house, request.id)
    elif not moves:
        await closing.close(house, request.id)


def _abandoned(house: House, request: SigningRequestRow, now: datetime) -> bool:
    """Whether a process should be driving it, and none is."""
    if request.state not in lease.DRIVEN or request.resume is not None:
        return False
    if request.lease_until is not None:
        return request.lease_until < now
    # Without a lease an agent is waited for, or the driver is gone.  A plugin that is not known
    # here may be known to another process: what waits for it is left alone.
    signer = house.plugins.signers.get(request.signer_key)
    return request.state == RequestState.WORKING or (signer is not None and not signer.capabilities.pushed)


async def _take_over(house: House, request: SigningRequestRow, now: datetime) -> None:
    """Settle what was answered; the rest needs the person's secret, and with it a retry."""
    quiet = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    mine = await SigningRequestRow.filter(quiet, id=request.id, state=request.state).update(
        lease_owner=house.owner, lease_until=now + house.limits.lease
    )
    if mine:
        await settling.settle(house, request.id)
        await closing.expire(house, request.id)
