"""Prepare seals: the PDF that shows a signed transcript, ready for the school's second signature.

Nothing legal leaves on the word of our own code alone: before the seal is prepared, the assembled
XML is judged by signxml as well.  When the judges disagree nothing is issued, and an alarm says so.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import assembling
from hocba.actions.house import House
from hocba.actions.signing.preparing import may_be_used, store
from hocba.documents import content, form, judge, seal
from hocba.documents.certificates import Certificate
from hocba.domain.accounts import Account
from hocba.domain.errors import Code
from hocba.domain.signing import LIFETIME, ItemState, Purpose, RequestState
from hocba.domain.transcript import Transcript
from hocba.store import certificates, papers, signing_items, transcripts
from hocba.store.models import SigningRequestRow
from hocba.store.papers import Paper, Signature
from hocba.store.signing_items import Item, Made

log = logging.getLogger(__name__)

BATCH = 10
"""Seals that one worker takes at a time: others have some too, and the first are ready soon."""

HASH_BYTES = 32
"""A prepared seal begins with the SHA-256 of the XML that its PDF shows; the rest is its state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One seal to prepare, with all that goes into it."""

    item: Item
    transcript: Transcript
    paper: Paper
    signatures: Sequence[Signature]


async def prepare_some(house: House, request_id: UUID) -> int:
    """Prepare some seals of a request whose transcripts the school has signed.

    Some 80 ms of CPU each, in a thread.  Whoever comes meanwhile takes others: none is rendered twice.

    :returns: how many were prepared or refused.
    """
    request = await SigningRequestRow.get_or_none(id=request_id)
    if request is None or RequestState(request.state).closed:
        return 0
    account = await certificates.account(request.account_id)
    assert account is not None
    items = await _claimed(house, request_id)
    if items:
        await _prepare(house, account, items)
        house.notices.tell(request_id)
    return len(items)


async def _claimed(house: House, request_id: UUID) -> list[Item]:
    """Ripe seals that are ours from here on."""
    now = house.clock()
    async with in_transaction():
        ripe = [item.id for item in await _ripe(request_id, now)]
        ours = await signing_items.lock(ripe, ItemState.OPEN) if ripe else set()
        # Asked again under the lock: somebody may have taken them while we waited for it.
        items = [item for item in await _ripe(request_id, now) if item.id in ours] if ours else []
        await signing_items.claim([item.id for item in items], until=now + house.limits.lease)
    return items


async def _ripe(request_id: UUID, now: datetime) -> list[Item]:
    """Open seal items whose transcripts lack nothing but the seal, and that nobody renders now."""
    items = await signing_items.load(request_id, purpose=Purpose.SEAL, states=[ItemState.OPEN])
    slots = await signing_items.load(
        request_id,
        purpose=Purpose.SLOT,
        states=[*signing_items.ACTIVE, ItemState.REFUSED, ItemState.EXPIRED],
    )
    unsigned = {item.object_id for item in slots}
    free = [item for item in items if item.prepared_until is None or item.prepared_until < now]
    return [item for item in free if item.object_id not in unsigned][:BATCH]


async def _prepare(house: House, account: Account, items: Sequence[Item]) -> None:
    certificate = Certificate.load(account.certificate)
    if not await may_be_used(house, account, certificate, items):
        return
    wanted, refused = await _wanted(items)
    made, disagreed = await asyncio.to_thread(_make, wanted, certificate, house.clock())
    await store(items, made, refused | disagreed, ItemState.PREPARED, until=house.clock() + LIFETIME)


async def _wanted(items: Sequence[Item]) -> tuple[list[_Wanted], dict[UUID, str]]:
    ids = [item.object_id for item in items]
    facts: dict[UUID, Transcript] = {transcript.id: transcript for transcript in await transcripts.load(ids)}
    found = await papers.load(ids)
    signed = await papers.signatures(ids)
    wanted, refused = [], {}
    for item in items:
        transcript = facts[item.object_id]
        if transcript.missing:
            refused[item.id] = Code.NOT_FULLY_SIGNED.value
            continue
        wanted.append(
            _Wanted(
                item=item,
                transcript=transcript,
                paper=found[item.object_id],
                signatures=signed[item.object_id],
            )
        )
    return wanted, refused


def _make(
    wanted: Sequence[_Wanted], certificate: Certificate, now: datetime
) -> tuple[list[Made], dict[UUID, str]]:
    made, disagreed = [], {}
    for each in wanted:
        document = assembling.whole(each.paper.data, each.transcript.slots, each.signatures)
        if problems := judge.second_opinion(document):
            # The words of the judge name elements and algorithms, never a person.
            log.critical("judges disagree on transcript %s: %s", each.transcript.id, "; ".join(problems))
            disagreed[each.item.id] = Code.JUDGES_DISAGREE.value
        else:
            made.append(_made(each, document, certificate, now.replace(microsecond=0)))
    return made, disagreed


def _made(wanted: _Wanted, document: bytes, certificate: Certificate, now: datetime) -> Made:
    time = max([now, *(signature.signing_time for signature in wanted.signatures)])
    pdf = form.render(
        content.read(wanted.paper.data),
        assembling.shown(wanted.transcript.slots, wanted.signatures),
        xml=document,
        at=time,
    )
    prepared = seal.prepare_seal(pdf, certificate, time)
    return Made(
        item=wanted.item.id,
        signing_time=time,
        tbs=prepared.tbs,
        prepared=sha256(document).digest() + prepared.state,
    )
