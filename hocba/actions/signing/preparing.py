"""Prepare slots: the exact bytes that a person signs.

Prepared when the signer is ready to take them, at most 50 at once, with the clock of that moment:
signing time = max(now, the latest time it covers).  What the rules no longer permit is refused
here, before a person is asked for his PIN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import certificate_checks
from hocba.actions.house import House
from hocba.actions.signing import digests
from hocba.actions.signing.digests import Digests
from hocba.documents import signing as xml
from hocba.documents.certificates import Certificate
from hocba.domain.accounts import Account
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.signing import LIFETIME, ItemState
from hocba.domain.transcript import Transcript, own_slot
from hocba.domain.values import SlotKey, Step
from hocba.store import papers, signers, signing_items, transcripts
from hocba.store.models import SigningRequestRow
from hocba.store.papers import Signature
from hocba.store.signing_items import Item, Made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One slot to prepare, with all that goes into it."""

    item: Item
    transcript: Transcript
    digests: Digests
    signatures: Sequence[Signature]


async def prepare(
    house: House, request: SigningRequestRow, account: Account, items: Sequence[Item]
) -> list[Item]:
    """Prepare open slot items and hand them out: ASKED from here on.

    What may not be signed any more is refused, and what somebody else took is left out.
    """
    certificate = Certificate.load(account.certificate)
    if not await may_be_used(house, account, certificate, items):
        return []
    actor = await signers.reload(request.person_id, request.school_id, now=house.clock())
    assert request.step is not None
    wanted, refused = await _wanted(items, actor, request.step)
    now = house.clock()
    made = _make(wanted, certificate, now)  # a millisecond for 50: a thread would cost as much
    until = now + LIFETIME
    return as_asked(items, await store(items, made, refused, ItemState.ASKED, until=until), until)


async def may_be_used(
    house: House, account: Account, certificate: Certificate, items: Sequence[Item]
) -> bool:
    """Whether the certificate holds now, as far as is known; else open ``items`` are refused for it."""
    checked = await certificate_checks.of_account(house, account, certificate)
    try:
        checked.must_hold(at=house.clock())
    except Refusal as refusal:
        no = dict.fromkeys((item.id for item in items), refusal.code.value)
        await signing_items.refuse(no, among=(ItemState.OPEN,))
        return False
    return True


async def store(
    items: Sequence[Item],
    made: Sequence[Made],
    refused: Mapping[UUID, str],
    state: ItemState,
    *,
    until: datetime,
) -> list[Made]:
    """Write what was made of open ``items``, unless somebody was quicker; what was written."""
    async with in_transaction():
        still = await signing_items.lock([item.id for item in items], ItemState.OPEN)
        written = [each for each in made if each.item in still]
        await signing_items.write_made(written, state, until=until)
        await signing_items.refuse({item: code for item, code in refused.items() if item in still})
    return written


def as_asked(items: Sequence[Item], written: Sequence[Made], until: datetime) -> list[Item]:
    """Those of ``items`` that were written, as they are now."""
    made = {each.item: each for each in written}
    return [
        replace(
            item,
            state=ItemState.ASKED,
            tbs=made[item.id].tbs,
            signing_time=made[item.id].signing_time,
            prepared_until=until,
        )
        for item in items
        if item.id in made
    ]


async def _wanted(
    items: Sequence[Item], actor: Actor | None, step: Step
) -> tuple[list[_Wanted], dict[UUID, str]]:
    ids = [item.object_id for item in items]
    facts: dict[UUID, Transcript] = {transcript.id: transcript for transcript in await transcripts.load(ids)}
    found = await digests.of(ids)
    signed = await papers.signatures(ids) if step is not Step.SUBJECT_TEACHERS else {}
    wanted, refused = [], {}
    for item in items:
        try:
            transcript = may_sign(facts.get(item.object_id), actor, step, item.slot_key)
        except Refusal as refusal:
            refused[item.id] = refusal.code.value
        else:
            wanted.append(
                _Wanted(
                    item=item,
                    transcript=transcript,
                    digests=found[item.object_id],
                    signatures=signed.get(item.object_id, ()),
                )
            )
    return wanted, refused


def may_sign(transcript: Transcript | None, actor: Actor | None, step: Step, slot: SlotKey) -> Transcript:
    """The transcript, when ``actor`` may fill ``slot`` now.

    :raises Refusal: as ``own_slot``; NOT_PERMITTED for somebody who is no signer any more.
    """
    if transcript is None:
        raise Refusal(Code.NOT_FOUND)
    if actor is None:
        raise Refusal(Code.NOT_PERMITTED)
    if own_slot(transcript, actor, step).key != slot:
        raise Refusal(Code.NOT_A_SIGNER, step=step.value)
    if slot in transcript.signed:
        raise Refusal(Code.ALREADY_SIGNED, step=step.value)
    return transcript


def _make(wanted: Sequence[_Wanted], certificate: Certificate, now: datetime) -> list[Made]:
    return [_made(each, certificate, now.replace(microsecond=0)) for each in wanted]


def _made(wanted: _Wanted, certificate: Certificate, now: datetime) -> Made:
    time = max([now, *(signature.signing_time for signature in wanted.signatures)])
    prepared = xml.prepare(
        wanted.item.slot_key,
        wanted.transcript.slots,
        wanted.digests,
        {signature.slot_key: signature.value for signature in wanted.signatures},
        certificate,
        time,
    )
    return Made(item=wanted.item.id, signing_time=time, tbs=prepared.tbs)
