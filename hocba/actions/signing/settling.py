"""Settle: answers become signatures.

Every raw value is verified against the registered certificate, outside any transaction.  Then, in
one transaction for at most 50 items: the rows are locked in the order of their ids, the facts and
the rights are loaded again (the world may have moved while the person looked for his token), the
rules decide again, and signature, event and item are written together.  Whatever the rules refuse
is left out with its code, and stops nothing else.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions import certificate_checks
from hocba.actions.certificate_checks import Checked
from hocba.actions.house import House
from hocba.actions.signing import closing
from hocba.actions.signing.sealing import HASH_BYTES
from hocba.documents import seal as pades
from hocba.documents import signing as xml
from hocba.documents.algorithms import default_for
from hocba.documents.certificates import Certificate
from hocba.documents.signing import WrongSignature
from hocba.domain.accounts import Account
from hocba.domain.errors import Code, Refusal
from hocba.domain.events import Event
from hocba.domain.people import Actor
from hocba.domain.signing import CHUNK, LIFETIME, ItemState, Purpose
from hocba.domain.transcript import Transcript, seal, sign
from hocba.domain.values import Step
from hocba.store import ids, signers, signing_items, signing_requests, transcripts
from hocba.store.models import DocumentRow
from hocba.store.signing_items import Item
from hocba.store.signing_requests import Asked
from hocba.store.transcripts import NewSignature, StaleTranscriptError

RETRIES = 3
"""How often a batch is tried again when somebody else was quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Whose answers are settled, and with what."""

    request: Asked
    certificate: Certificate

    @property
    def account(self) -> Account:
        """The account that was asked for its signature."""
        return self.request.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """An answer that the certificate's key gave.

    :ivar value: the signature in XMLDSig's form, or the sealed PDF.
    """

    item: Item
    value: bytes = field(repr=False)


@dataclass(slots=True)
class _Batch:
    """What one transaction writes."""

    changes: list[tuple[Transcript, Event]] = field(default_factory=list)
    signatures: list[NewSignature] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)
    done: list[UUID] = field(default_factory=list)
    refused: dict[UUID, str] = field(default_factory=dict)


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
    verified, wrong = await _judged(whose.certificate, items)
    await signing_items.refuse(wrong, among=(ItemState.ANSWERED,))
    refused = await _out_of_time(house, whose, [each.item for each in verified])
    for _ in range(RETRIES):
        try:
            return await _write(house, whose, verified, refused)
        except (StaleTranscriptError, IntegrityError):
            continue
    try:
        await _write(house, whose, verified, refused)
    except (StaleTranscriptError, IntegrityError):
        stale = {each.item.id: Code.STALE.value for each in verified}
        await signing_items.refuse(stale, among=(ItemState.ANSWERED,))


async def _judged(certificate: Certificate, items: Sequence[Item]) -> tuple[list[Verified], dict[UUID, str]]:
    """As ``_verify``; seals in a thread.  What 50 slots take is less than 5 ms."""
    if any(item.purpose is Purpose.SEAL for item in items):
        return await asyncio.to_thread(_verify, certificate, items)
    return _verify(certificate, items)


def _verify(certificate: Certificate, items: Sequence[Item]) -> tuple[list[Verified], dict[UUID, str]]:
    verified, wrong = [], {}
    for item in items:
        try:
            verified.append(Verified(item=item, value=_completed(certificate, item)))
        except WrongSignature:
            wrong[item.id] = Code.SIGNATURE_WRONG.value
    return verified, wrong


def _completed(certificate: Certificate, item: Item) -> bytes:
    assert item.answer is not None
    assert item.tbs is not None
    if item.purpose is Purpose.SEAL:
        assert item.prepared is not None
        return pades.complete_seal(item.prepared[HASH_BYTES:], item.answer)
    return xml.complete(item.tbs, certificate, item.answer)


async def _out_of_time(house: House, whose: Settlement, items: Sequence[Item]) -> dict[UUID, str]:
    """Items whose account or certificate did not count when they were prepared."""
    account, refused = whose.account, dict[UUID, str]()
    checked = await certificate_checks.of_account(house, account, whose.certificate)
    for item in items:
        assert item.prepared_until is not None
        try:
            _must_count(account, checked, item.prepared_until - LIFETIME, item)
        except Refusal as refusal:
            refused[item.id] = refusal.code.value
    return refused


def _must_count(account: Account, checked: Checked, prepared_at: datetime, item: Item) -> None:
    # A seal follows the school's signature, also when the certificate was replaced in between.
    if item.purpose is not Purpose.SEAL and not account.approved_at(prepared_at):
        raise Refusal(Code.ACCOUNT_NOT_APPROVED)
    assert item.signing_time is not None
    checked.must_hold(at=item.signing_time)


async def _write(
    house: House, whose: Settlement, verified: Sequence[Verified], refused: dict[UUID, str]
) -> None:
    request, now = whose.request, house.clock()
    async with in_transaction():
        still = await signing_items.lock([each.item.id for each in verified], ItemState.ANSWERED)
        facts: dict[UUID, Transcript] = {
            each.id: each
            for each in await transcripts.load([each.item.object_id for each in verified], lock=True)
        }
        actor = await signers.reload(request.person, request.school, now=now)
        batch = _Batch(refused={item: code for item, code in refused.items() if item in still})
        for each in verified:
            if each.item.id in still and each.item.id not in refused:
                _add(batch, whose, actor, facts.get(each.item.object_id), each)
        if batch.changes:
            assert actor is not None
            await transcripts.save(
                batch.changes, by=actor.id, at=now, signatures=batch.signatures, locked=True
            )
        if batch.documents:
            await DocumentRow.bulk_create(batch.documents)
        await signing_items.finish(batch.done)
        await signing_items.refuse(batch.refused)


def _add(
    batch: _Batch, whose: Settlement, actor: Actor | None, transcript: Transcript | None, verified: Verified
) -> None:
    """Let the rules decide on one answer, and put it where it belongs."""
    item = verified.item
    try:
        if item.purpose is Purpose.SEAL:
            _add_seal(batch, *_found(actor, transcript), verified)
        else:
            _add_signature(batch, whose, *_found(actor, transcript), verified)
    except Refusal as refusal:
        batch.refused[item.id] = refusal.code.value
    else:
        batch.done.append(item.id)


def _found(actor: Actor | None, transcript: Transcript | None) -> tuple[Actor, Transcript]:
    """:raises Refusal: NOT_FOUND, NOT_PERMITTED when one of them is gone."""
    if transcript is None:
        raise Refusal(Code.NOT_FOUND)
    if actor is None:
        raise Refusal(Code.NOT_PERMITTED)
    return actor, transcript


def _add_signature(
    batch: _Batch, whose: Settlement, actor: Actor, transcript: Transcript, verified: Verified
) -> None:
    item, step = verified.item, whose.request.step
    assert step is not None
    assert item.signing_time is not None
    event = sign(transcript, actor, step, certificate=whose.account.fingerprint)
    if event.slot != item.slot_key:
        raise Refusal(Code.NOT_A_SIGNER, step=step.value)
    batch.changes.append((transcript, event))
    batch.signatures.append(
        NewSignature(
            transcript=transcript.id,
            slot_key=item.slot_key,
            person=actor.id,
            certificate_id=whose.account.certificate_id,
            signing_time=item.signing_time,
            algorithm=default_for(whose.certificate.key),
            value=verified.value,
        )
    )


def _add_seal(batch: _Batch, actor: Actor, transcript: Transcript, verified: Verified) -> None:
    assert verified.item.prepared is not None
    hashed = sha256(verified.value).hexdigest()
    event = seal(transcript, actor, pdf_sha256=hashed, xml_sha256=verified.item.prepared[:HASH_BYTES].hex())
    batch.changes.append((transcript, event))
    batch.documents.append(
        DocumentRow(id=ids.new(), transcript_id=transcript.id, sha256=hashed, content=verified.value)
    )
