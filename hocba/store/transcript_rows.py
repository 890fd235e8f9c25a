"""The two-way door between a transcript's rows and its facts.  No statement is made here."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from hocba.domain.events import (
    CancelProposed,
    CancelRefused,
    Completed,
    Created,
    Event,
    Reopened,
    SignatureAdded,
)
from hocba.domain.names import search_key, sort_key
from hocba.domain.transcript import Transcript
from hocba.domain.values import (
    ClassId,
    PersonId,
    SchoolId,
    SchoolYear,
    Slot,
    SlotKey,
    StudentId,
    TranscriptId,
)
from hocba.store import ids
from hocba.store.events import Happened
from hocba.store.models import SlotRow, TranscriptRow
from hocba.store.reads import sql

AGGREGATE = "transcript"
"""What the history calls us."""

_KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in get_args(Event)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTranscript:
    """A transcript to be written for the first time.

    :ivar content: the canonical signed data, packed (``pack``).
    :ivar content_sha256: hash of the data before packing, hex.
    """

    facts: Transcript
    student: StudentId
    year: SchoolYear
    lookup_code: UUID
    replaces: TranscriptId | None
    profile: str
    student_name: str
    personal_id: str
    content: bytes
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignature:
    """A signature to be written.

    :ivar person: who operated the key.
    :ivar value: in XMLDSig's form.
    """

    transcript: TranscriptId
    slot_key: SlotKey
    person: PersonId
    certificate_id: UUID
    signing_time: datetime
    algorithm: str
    value: bytes = field(repr=False)


def pack(data: bytes) -> bytes:
    """``data`` as it is stored."""
    return zlib.compress(data)


def slot(row: Mapping[str, Any]) -> Slot:
    """A slot of the signing plan."""
    return Slot(
        key=SlotKey(row["key"]),
        step=row["step"],
        signer=row["person_id"],
        name=row["name"],
        identity=row["identity"],
        title=row["title"],
        subjects=tuple(row["subjects"]),
        basis=row["basis"],
    )


def facts_of(row: Mapping[str, Any], slots: tuple[Slot, ...]) -> Transcript:
    """The facts of a transcript, from its row and its plan.

    :param row: ``signed`` holds the keys of the slots that have signatures, with commas between.
    """
    signed = row["signed"].split(",") if row["signed"] else ()
    return Transcript(
        id=TranscriptId(sql.id_(row["id"])),
        school=SchoolId(sql.id_(row["school_id"])),
        class_=ClassId(sql.id_(row["class_id"])),
        version=row["version"],
        slots=slots,
        signed=frozenset(map(SlotKey, signed)),
        sealed=bool(row["sealed"]),
        proposed_by=PersonId(sql.id_(row["proposed_by"])) if row["proposed_by"] else None,
        completed=row["completed_at"] is not None,
        cancelled=row["live"] is None,
    )


def columns(after: Transcript, event: Event) -> dict[str, Any]:
    """What ``event`` changes in the row, given the facts after it; ``xml_sha256`` apart."""
    changed: dict[str, Any] = {"version": after.version, "open_step": after.open_step}
    if isinstance(event, SignatureAdded):
        # The seal is still to come, whoever signed: what stays is not written, nor its indexes.
        return changed
    changed |= {
        "status": after.status,
        "live": None if after.cancelled else True,
        "sealed": after.sealed,
        "proposed_by": after.proposed_by,
    }
    match event:
        case CancelProposed(reason=reason):
            changed["proposal"] = reason
        case CancelRefused():
            changed["proposal"] = ""
        case Completed(at=at):
            changed["completed_at"] = at
        case Reopened():
            changed["completed_at"] = None
        case _:
            pass
    return changed


def new_row(new: NewTranscript, by: PersonId, at: datetime) -> TranscriptRow:
    """The row of a new transcript."""
    facts = new.facts
    return TranscriptRow(
        id=facts.id,
        school_id=facts.school,
        class_id=facts.class_,
        student_id=new.student,
        year=new.year,
        version=facts.version,
        status=facts.status,
        open_step=facts.open_step,
        lookup_code=new.lookup_code,
        replaces_id=new.replaces,
        profile=new.profile,
        student_name=new.student_name,
        sort_key=sort_key(new.student_name),
        search_key=search_key(new.student_name),
        personal_id=new.personal_id,
        content=new.content,
        content_sha256=new.content_sha256,
        created_by=by,
        created_at=at,
    )


def slot_rows(facts: Transcript) -> list[SlotRow]:
    """The rows of its signing plan."""
    return [
        SlotRow(
            id=ids.new(),
            transcript_id=facts.id,
            position=position,
            key=slot.key,
            step=slot.step,
            person_id=slot.signer,
            name=slot.name,
            identity=slot.identity,
            title=slot.title,
            subjects=list(slot.subjects),
            basis=slot.basis,
        )
        for position, slot in enumerate(facts.slots)
    ]


SIGNATURE = (
    "id",
    "transcript_id",
    "slot_key",
    "person_id",
    "certificate_id",
    "signing_time",
    "algorithm",
    "value",
)
"""The columns of a signature, in the order of ``signature_row``."""


def signature_row(new: NewSignature) -> tuple[Any, ...]:
    """The row of a new signature."""
    return (
        ids.new(),
        new.transcript,
        new.slot_key,
        new.person,
        new.certificate_id,
        new.signing_time,
        new.algorithm,
        new.value,
    )


def created(new: NewTranscript, by: PersonId, at: datetime) -> Happened:
    """That it was made."""
    return happened(new.facts, Created(new.replaces), by, at)


def happened(after: Transcript, event: Event | Created, by: PersonId, at: datetime) -> Happened:
    """``event``, which ``by`` caused; its version is that of the facts after it."""
    return Happened(
        aggregate=AGGREGATE,
        aggregate_id=after.id,
        version=after.version,
        event=event,
        by=by,
        school=after.school,
        at=at,
    )


def event_of(kind: str, data: Mapping[str, Any]) -> Event:
    """The event that is stored under ``kind``."""
    if kind == Completed.__name__:
        return Completed(at=datetime.fromisoformat(data["at"]))
    event: Event = _KINDS[kind](**data)
    return event
