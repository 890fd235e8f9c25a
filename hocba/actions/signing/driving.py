"""Drive a remote signer: sign in, and give it one order after the other until all is signed.

Runs as a task of the process that took the secrets, which live nowhere else and go with it.  No
transaction, thread or worker waits meanwhile.  If the process dies the sweep ends what nobody had
answered for, and one retry with the secrets does it.
"""

import logging
from datetime import timedelta
from uuid import UUID

from hocba.actions import notices
from hocba.actions.calling import CallFailedError, call
from hocba.actions.house import House
from hocba.actions.signing import asking, closing, lease, orders, taking
from hocba.actions.signing.checks import Secrets
from hocba.domain.accounts import Account
from hocba.domain.errors import Refusal
from hocba.domain.signing import CHUNK, ItemState, RequestState
from hocba.plugin_api import Login, Signer
from hocba.store import certificates
from hocba.store.models import SigningItemRow, SigningRequestRow
from hocba.store.signing_items import Item

log = logging.getLogger(__name__)

LOOK = timedelta(seconds=1)
"""How often the rows are looked at while a job asks the vendor, perhaps in another process."""


async def drive(house: House, request_id: UUID, secrets: Secrets) -> None:
    """Have everything in a request signed.  This process holds its lease."""
    async with lease.kept(house, request_id):
        request = await SigningRequestRow.get(id=request_id)
        account = await certificates.account(request.account_id)
        assert account is not None
        try:
            signer = house.plugins.signer(request.signer_key)
            login = await call(signer.sign_in(secrets), at_most=house.limits.sign_in)
            await _rounds(house, request, account, signer, login)
        except (CallFailedError, Refusal) as failed:
            await closing.refuse_rest(house, request_id, failed.code)
        else:
            if not (await _state(request_id)).closed:
                await closing.close(house, request_id)


async def _rounds(
    house: House, request: SigningRequestRow, account: Account, signer: Signer, login: Login
) -> None:
    limit = min(CHUNK, signer.capabilities.max_batch)
    while items := await asking.next_round(house, request, account, limit=limit):
        house.notices.tell(request.id)
        await orders.give(house, request, account, signer, login, items)
        if not await _answered(house, request.id, items):
            return


async def _answered(house: House, request_id: UUID, items: list[Item]) -> bool:
    """Wait until these items have ended; whether to go on with the next."""
    with house.notices.waiting(request_id) as news:
        while (state := await _state(request_id)) is RequestState.WAITING:
            if not await SigningItemRow.filter(id__in=[item.id for item in items], active=True).exists():
                # The vendor is done; the request is ours again.
                await SigningRequestRow.filter(id=request_id, state=state).update(
                    state=RequestState.WORKING, expires_at=None
                )
                break
            await notices.moved(news, at_most=LOOK)
    if state not in lease.DRIVEN:
        return False
    return await _goes_on(house, request_id, items)


async def _goes_on(house: House, request_id: UUID, items: list[Item]) -> bool:
    """Nobody is asked again who said no to everything, or who did not answer in time."""
    ended = await SigningItemRow.filter(id__in=[item.id for item in items]).values_list("state", "code")
    states = [(str(state), str(code)) for state, code in ended]
    if any(state == ItemState.EXPIRED for state, _ in states):
        await closing.expire(house, request_id)
        return False
    if code := taking.one_reason(states):
        await closing.refuse_rest(house, request_id, code)
        return False
    return True


async def _state(request_id: UUID) -> RequestState:
    return RequestState((await SigningRequestRow.get(id=request_id).values("state"))["state"])
