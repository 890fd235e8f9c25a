"""Signing transcripts: the slots of the plan, and the school's seals."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from hocba.actions.house import House
from hocba.actions.signing import checks, preparing
from hocba.actions.signing.sealing import HASH_BYTES
from hocba.actions.signing.work import Settlement, Verified, Work
from hocba.documents import seal as pades
from hocba.documents import signing as xml
from hocba.documents.algorithms import default_for
from hocba.documents.certificates import Certificate
from hocba.domain.accounts import Account, AccountState
from hocba.domain.errors import Code, Refusal
from hocba.domain.events import Event
from hocba.domain.people import Actor
from hocba.domain.signing import LIFETIME, Purpose
from hocba.domain.transcript import Transcript, seal, sign
from hocba.domain.values import Slot
from hocba.store import certificates, ids, papers, transcripts
from hocba.store.models import DocumentRow
from hocba.store.signing_items import Item
from hocba.store.transcripts import NewSignature


@dataclass(slots=True)
class _Batch:
    """What one transaction writes."""

    changes: list[tuple[Transcript, Event]] = field(default_factory=list)
    signatures: list[NewSignature] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)
    refused: dict[UUID, str] = field(default_factory=dict)


async def _titles(items: Sequence[Item]) -> Mapping[UUID, str]:
    found = await papers.titles({item.object_id for item in items})
    return {
        item.id: f"Con dấu: {title}" if item.purpose is Purpose.SEAL else title
        for item in items
        if (title := found[item.object_id])
    }


async def _evidence(items: Sequence[Item]) -> Mapping[UUID, bytes]:
    """What stands behind the first Reference of each slot."""
    slots = [item for item in items if item.purpose is Purpose.SLOT]
    found = await papers.load(item.object_id for item in slots)
    plans: dict[UUID, tuple[Slot, ...]] = {each.id: each.slots for each in await transcripts.load(found)}

    def cut() -> dict[UUID, bytes]:
        return {
            item.id: xml.evidence(found[item.object_id].data, item.slot_key, plans[item.object_id])
            for item in slots
        }

    return await asyncio.to_thread(cut)


def _complete(certificate: Certificate, item: Item) -> bytes:
    assert item.answer is not None
    assert item.tbs is not None
    if item.purpose is Purpose.SEAL:
        assert item.prepared is not None
        return pades.complete_seal(item.prepared[HASH_BYTES:], item.answer)
    return xml.complete(item.tbs, certificate, item.answer)


async def _write(
    house: House, whose: Settlement, actor: Actor | None, verified: Sequence[Verified]
) -> Mapping[UUID, str]:
    """The account stays as it is until signature, event and document are there."""
    account = await certificates.account(whose.account.id, keep=True)
    assert account is not None
    objects = [each.item.object_id for each in verified]
    facts: dict[UUID, Transcript] = {each.id: each for each in await transcripts.load(objects, lock=True)}
    batch = _Batch()
    for each in verified:
        _add(batch, whose, account, actor, facts.get(each.item.object_id), each)
    if batch.changes:
        assert actor is not None
        await transcripts.save(
            batch.changes, by=actor.id, at=house.clock(), signatures=batch.signatures, locked=True
        )
    if batch.documents:
        await DocumentRow.bulk_create(batch.documents)
    return batch.refused


def _add(  # noqa: PLR0917 -- each is a different thing
    batch: _Batch,
    whose: Settlement,
    account: Account,
    actor: Actor | None,
    transcript: Transcript | None,
    verified: Verified,
) -> None:
    """Let the rules decide on one answer, and put it where it belongs."""
    item = verified.item
    try:
        _must_count(account, item)
        if item.purpose is Purpose.SEAL:
            _add_seal(batch, *_found(actor, transcript), verified)
        else:
            _add_signature(batch, whose, *_found(actor, transcript), verified)
    except Refusal as refusal:
        batch.refused[item.id] = refusal.code.value


def _must_count(account: Account, item: Item) -> None:
    """The account counted when the item was prepared, and was not withdrawn since.

    A seal follows the school's signature, also when the certificate was replaced in between.
    """
    assert item.prepared_until is not None
    replaced = account.state is AccountState.CLOSED and item.purpose is Purpose.SEAL
    withdrawn = account.state is AccountState.WITHDRAWN
    if withdrawn or not (replaced or account.approved_at(_prepared_at(item))):
        raise Refusal(Code.ACCOUNT_NOT_APPROVED, state=account.state)


def _prepared_at(item: Item) -> datetime:
    assert item.prepared_until is not None
    return item.prepared_until - LIFETIME


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


TRANSCRIPTS = Work(
    items=(Purpose.SLOT, Purpose.SEAL),
    usable=checks.usable_or_replaced,
    prepare=preparing.prepare,
    titles=_titles,
    description=lambda count: f"Ký {count} học bạ",
    evidence=_evidence,
    complete=_complete,
    write=_write,
)
