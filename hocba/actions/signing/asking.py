"""Choose what a signer is asked for next, and hand it to him.

Seals that are ready come before slots that are not: the school signs up to 50 transcripts, seals
them, and goes on with the next 50.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions.house import House
from hocba.actions.signing import sealing
from hocba.actions.signing.works import work_of
from hocba.domain.accounts import Account
from hocba.domain.signing import CHUNK, ItemState, Purpose
from hocba.domain.values import Step
from hocba.plugin_api import Item as Ask
from hocba.plugin_api import ItemKind
from hocba.store import signing_items
from hocba.store.models import SigningItemRow, SigningRequestRow
from hocba.store.signing_items import Item

MARGIN = timedelta(minutes=1)
"""Prepared bytes with less than this to live are not handed out any more."""

KINDS = {Purpose.SLOT: ItemKind.XADES, Purpose.SEAL: ItemKind.PADES, Purpose.CHALLENGE: ItemKind.CHALLENGE}


async def next_round(
    house: House, request: SigningRequestRow, account: Account, *, limit: int = CHUNK
) -> list[Item]:
    """What the signer is asked for now, ASKED from here on; nothing when all is done.

    Seals are rendered on the way, which takes its time.
    """
    while True:
        if items := await ready(house, request.id):
            return await hand_out(items[:limit])
        if request.step is Step.ISSUE and await sealing.prepare_some(house, request.id):
            continue
        return await prepared(house, request, account, limit=limit)


async def prepared(
    house: House, request: SigningRequestRow, account: Account, *, limit: int = CHUNK
) -> list[Item]:
    """The next open items that may be signed, prepared now; nothing when none is left."""
    work = work_of(request.purpose)
    opened = partial(signing_items.load, request.id, purpose=work.items[0], states=[ItemState.OPEN])
    while items := await opened(limit=limit):
        if asked := await work.prepare(house, request, account, items):
            return asked
    return []


async def ready(house: House, request_id: UUID) -> list[Item]:
    """Prepared items that live long enough to be signed: seals if there are any, else slots."""
    fresh = house.clock() + MARGIN
    items = await signing_items.load(request_id, "tbs", states=[ItemState.PREPARED], fresh=fresh)
    return [item for item in items if item.purpose is Purpose.SEAL] or items


async def hand_out(items: Sequence[Item]) -> list[Item]:
    """Move prepared items to ASKED; those that somebody else took meanwhile are left out."""
    async with in_transaction():
        still = await signing_items.lock([item.id for item in items], ItemState.PREPARED)
        await SigningItemRow.filter(id__in=still).update(state=ItemState.ASKED)
    return [item for item in items if item.id in still]


async def asks(request: SigningRequestRow, items: Sequence[Item]) -> list[Ask]:
    """The items as a signer sees them."""
    titles = await work_of(request.purpose).titles(items)
    return [_ask(item, titles[item.id]) for item in items]


def _ask(item: Item, title: str) -> Ask:
    assert item.tbs is not None
    return Ask(
        reference=str(item.id),
        tbs=item.tbs,
        digest=sha256(item.tbs).digest(),
        kind=KINDS[item.purpose],
        title=title,
    )
