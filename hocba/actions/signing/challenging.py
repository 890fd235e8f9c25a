"""Ask whoever registers a certificate to prove that he holds its key."""

from collections.abc import Collection
from uuid import UUID

from hocba.actions.house import House
from hocba.actions.signing.begin import going, set_going
from hocba.actions.signing.checks import Means, Secrets
from hocba.domain.accounts import Account
from hocba.domain.people import Actor
from hocba.domain.signing import OPEN_REQUESTS, ItemState, Purpose
from hocba.plugin_api import Signer
from hocba.store import ids
from hocba.store.models import SigningItemRow, SigningRequestRow


async def intend(house: House, actor: Actor, account: Account, signer: Signer) -> UUID:
    """The request and its one item, in the transaction that writes the account.  :returns: the request."""
    request = await SigningRequestRow.create(
        id=ids.new(),
        school_id=actor.school,
        person_id=actor.id,
        account_id=account.id,
        signer_key=account.signer_key,
        purpose=Purpose.CHALLENGE,
        created_at=house.clock(),
        **going(house, signer),
    )
    await SigningItemRow.create(
        id=ids.new(),
        request_id=request.id,
        position=0,
        purpose=Purpose.CHALLENGE,
        object_id=account.id,
        slot_key="",
        state=ItemState.OPEN,
    )
    return request.id


async def ask(house: House, request_id: UUID, account: Account, signer: Signer, secrets: Secrets) -> None:
    """Call the vendor, or leave the challenge to the agent."""
    await set_going(house, request_id, Means(account=account, signer=signer, refusal=None), secrets)


async def asked(account_ids: Collection[UUID]) -> UUID | None:
    """The request that still asks for the proof of one of these accounts."""
    rows = SigningRequestRow.filter(
        account_id__in=list(account_ids), purpose=Purpose.CHALLENGE, state__in=OPEN_REQUESTS
    )
    found = await rows.first()
    return found.id if found else None
