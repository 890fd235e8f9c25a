"""A lease: this process drives a request, and says so every few seconds.

Whoever dies stops saying so, and the sweep ends what he drove.  Whoever loses his lease, because
he was silent too long or because the request was cancelled, is stopped.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

from tortoise.queryset import QuerySet

from hocba.actions.house import House
from hocba.domain.signing import RequestState
from hocba.store.models import SigningRequestRow

DRIVEN = (RequestState.WORKING, RequestState.WAITING)
"""The states in which a process may hold a request; waiting, for the vendor's phone."""


@contextlib.asynccontextmanager
async def kept(house: House, request_id: UUID) -> AsyncIterator[None]:
    """Hold the lease that was written with the request; stop the holder when it is lost."""
    holder = asyncio.current_task()
    assert holder is not None
    beat = asyncio.create_task(_beat(house, request_id, holder))
    try:
        yield
    finally:
        beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beat
        await _own(house, request_id).update(lease_owner="", lease_until=None)


async def _beat(house: House, request_id: UUID, holder: asyncio.Task[None]) -> None:
    while True:
        await asyncio.sleep(house.limits.lease.total_seconds() / 3)
        until = house.clock() + house.limits.lease
        if not await _own(house, request_id).filter(state__in=DRIVEN).update(lease_until=until):
            holder.cancel()
            return


def _own(house: House, request_id: UUID) -> QuerySet[SigningRequestRow]:
    return SigningRequestRow.filter(id=request_id, lease_owner=house.owner)
