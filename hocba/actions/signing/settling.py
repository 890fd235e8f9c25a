"""Settle: answers become signatures.

Every raw value is verified against the registered certificate, outside any transaction.  Then, in
one transaction for at most 50 items: the rows are locked in the order of their ids, the facts and
the rights are loaded again (the world may have moved while the person looked for his token), the
rules decide again, and signature, event and item are written together.  Whatever the rules refuse
is left out with its code, and stops nothing else.

What an answer comes to depends on the purpose (``works``).
"""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions import certificate_checks
from hocba.actions.house import House
from hocba.actions.signing import closing
from hocba.actions.signing.work import Settlement, Verified, Work
from hocba.actions.signing.works import work_of
from hocba.documents.certificates import Certificate
from hocba.documents.signing import WrongSignature
from hocba.domain.errors import Code, Refusal
from hocba.domain.signing import CHUNK, ItemState, Purpose
from hocba.domain.values import Step
from hocba.store import signers, signing_items, signing_requests
from hocba.store.signing_items import Item
from hocba.store.transcripts import StaleTranscriptError

RETRIES = 3
"""How often a batch is tried again when somebody else was quicker."""


async def settle(house: House, request_id: UUID) -> None:
    """Settle every answer that is written down.  Doing it twice does nothing twice."""
    request = await signing_requests.asked(request_id)
    if request is None:
        return
    whose = Settlement(request=request, certificate=Certificate.load(request.account.certificate))
    sealed = False
    more = True
    while more and (items := await _answered(request_id)):
        await _settle(house, whose, items)
        sealed = sealed or any(item.purpose is Purpose.SLOT for item in items)
        more = len(items) == CHUNK
    await closing.close(house, request_id)
    if sealed and request.step is Step.ISSUE and house.is_pushed(request.account.signer_key):
        # Whoever drives a remote signer renders the seals himself.
        house.ring("prepare_seals", request_id)


async def _answered(request_id: UUID) -> list[Item]:
    bytes_ = ("tbs", "prepared", "answer")
    return await signing_items.load(request_id, *bytes_, limit=CHUNK, states=[ItemState.ANSWERED])


async def _settle(house: House, whose: Settlement, items: Sequence[Item]) -> None:
    work = work_of(whose.request.purpose)
    verified, wrong = await _judged(work, whose.certificate, items)
    await signing_items.refuse(wrong, among=(ItemState.ANSWERED,))
    refused = await _out_of_time(house, whose, [each.item for each in verified])
    for _ in range(RETRIES):
        try:
            return await _write(house, work, whose, verified, refused)
        except (StaleTranscriptError, IntegrityError):
            continue
    try:
        await _write(house, work, whose, verified, refused)
    except (StaleTranscriptError, IntegrityError):
        stale = {each.item.id: Code.STALE.value for each in verified}
        await signing_items.refuse(stale, among=(ItemState.ANSWERED,))


async def _judged(
    work: Work, certificate: Certificate, items: Sequence[Item]
) -> tuple[list[Verified], dict[UUID, str]]:
    """As ``_verify``; seals in a thread.  What 50 slots take is less than 5 ms."""
    if any(item.purpose is Purpose.SEAL for item in items):
        return await asyncio.to_thread(_verify, work, certificate, items)
    return _verify(work, certificate, items)


def _verify(
    work: Work, certificate: Certificate, items: Sequence[Item]
) -> tuple[list[Verified], dict[UUID, str]]:
    verified, wrong = [], {}
    for item in items:
        try:
            verified.append(Verified(item=item, value=work.complete(certificate, item)))
        except WrongSignature:
            wrong[item.id] = Code.SIGNATURE_WRONG.value
    return verified, wrong


async def _out_of_time(house: House, whose: Settlement, items: Sequence[Item]) -> dict[UUID, str]:
    """Items whose certificate did not hold at the signing time."""
    account, refused = whose.account, dict[UUID, str]()
    checked = await certificate_checks.of_account(house, account, whose.certificate)
    for item in items:
        assert item.signing_time is not None
        try:
            checked.must_hold(at=item.signing_time)
        except Refusal as refusal:
            refused[item.id] = refusal.code.value
    return refused


async def _write(
    house: House, work: Work, whose: Settlement, verified: Sequence[Verified], refused: Mapping[UUID, str]
) -> None:
    request = whose.request
    async with in_transaction():
        still = await signing_items.lock([each.item.id for each in verified], ItemState.ANSWERED)
        actor = await signers.reload(request.person, request.school, now=house.clock())
        good = [each for each in verified if each.item.id in still and each.item.id not in refused]
        codes = {item: code for item, code in refused.items() if item in still}
        if good:
            codes |= await work.write(house, whose, actor, good)
        await signing_items.finish([each.item.id for each in good if each.item.id not in codes])
        await signing_items.refuse(codes)
