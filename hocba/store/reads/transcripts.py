"""Transcripts with their slots, signatures and certificates: three statements, whatever is asked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import GRADES, Level, Status, Step
from hocba.store.models import ClassRow, DocumentRow, SignatureRow, SlotRow, TranscriptRow
from hocba.store.reads import scope, sql
from hocba.store.reads.exactly import exactly, named
from hocba.store.reads.pages import Order, Page, Slice, take

BY_NAME = Order(columns=("sort_key", "id"))
NEWEST = Order(columns=("created_at", "id"), descending=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFilter:
    """Which transcripts are wanted.

    :ivar live: ``False`` is *Đã hủy*; ``None`` is both.
    """

    year: str | None = None
    class_id: UUID | None = None
    level: Level | None = None
    grade: int | None = None
    statuses: Sequence[Status] = ()
    open_step: Step | None = None
    name: str = ""
    personal_id: str = ""
    lookup_code: UUID | None = None
    student_id: UUID | None = None
    live: bool | None = None
    ids: Sequence[UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate behind a signature."""

    fingerprint: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that is there."""

    signed_at: datetime
    certificate: Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A signature that is needed, and the signature once it is there."""

    key: str
    step: Step
    person_id: UUID | None
    name: str
    title: str
    subjects: tuple[str, ...]
    basis: str
    signature: Signature | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A transcript, as lists and screens show it."""

    id: UUID
    class_id: UUID
    class_name: str
    grade: int
    student_id: UUID
    student_name: str
    personal_id: str = field(repr=False)
    year: str
    version: int
    status: Status
    open_step: Step | None
    lookup_code: UUID
    profile: str
    sealed: bool
    proposed_by: UUID | None
    proposal: str
    completed_at: datetime | None
    created_at: datetime
    content_sha256: str
    xml_sha256: str | None
    slots: tuple[Slot, ...]


_COLUMNS = (
    "id",
    "class_id",
    "student_id",
    "student_name",
    "personal_id",
    "year",
    "version",
    "status",
    "open_step",
    "lookup_code",
    "profile",
    "sealed",
    "proposed_by",
    "proposal",
    "completed_at",
    "created_at",
    "content_sha256",
    "xml_sha256",
)


async def transcripts(
    actor: Actor, wanted: TranscriptFilter, page: Page, *, order: Order = BY_NAME, slots: bool = False
) -> Slice[Transcript]:
    """A page of transcripts.  Two statements, three with their slots and signatures."""
    query = TranscriptRow.filter(scope.transcripts(actor)).filter(_filter(wanted))
    return await _with(await take(query, order, page, _COLUMNS), slots=slots)


async def signable(
    actor: Actor, step: Step, wanted: TranscriptFilter, page: Page, *, slots: bool = False
) -> Slice[Transcript]:
    """What waits for the actor's signature at ``step`` (D5-D7).  Two statements, three with slots."""
    query = (
        TranscriptRow.filter(scope.transcripts(actor)).filter(_filter(wanted)).filter(_waiting(actor, step))
    )
    return await _with(await take(query, BY_NAME, page, _COLUMNS), slots=slots)


async def ids(
    actor: Actor, wanted: TranscriptFilter, limit: int, *, signable_at: Step | None = None
) -> list[UUID]:
    """The transcripts that a bulk operation named by a filter, by name.  One statement."""
    query = TranscriptRow.filter(scope.transcripts(actor)).filter(_filter(wanted))
    if signable_at is not None:
        query = query.filter(_waiting(actor, signable_at))
    return list(await query.order_by("sort_key", "id").limit(limit).values_list("id", flat=True))  # type: ignore[arg-type]


async def by_ids(actor: Actor, ids: Sequence[UUID], *, slots: bool = False) -> dict[UUID, Transcript]:
    """Those of these transcripts that ``actor`` may read.  Two statements, three with slots."""
    found = await transcripts(actor, TranscriptFilter(ids=ids), Page(size=max(len(ids), 1)), slots=slots)
    return {row.id: row for row in found.rows}


async def pdf_hashes(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Transcript -> SHA-256 of its sealed PDF.  One statement."""
    rows = await DocumentRow.filter(transcript_id__in=list(ids)).values("transcript_id", "sha256")
    return {row["transcript_id"]: row["sha256"] for row in rows}


def _waiting(actor: Actor, step: Step) -> Q:
    open_ = Q(status=Status.AWAITING_SIGNATURES, open_step=step)
    if step is Step.ISSUE:  # the slot is the school's: whoever has the issue right operates its key
        return open_ if actor.may(Permission.TRANSCRIPT_ISSUE) else Q(id__in=[])
    mine = SlotRow.filter(person_id=actor.id, step=step).values("transcript_id")
    # The subject teachers' step has many slots: his own must still be empty.
    done = SignatureRow.filter(person_id=actor.id, slot_key__startswith="gvbm").values("transcript_id")
    found = open_ & Q(id__in=Subquery(mine))
    return found & ~Q(id__in=Subquery(done)) if step is Step.SUBJECT_TEACHERS else found


def _filter(wanted: TranscriptFilter) -> Q:
    equal: dict[str, Any] = {
        "year": wanted.year,
        "class_id": wanted.class_id,
        "open_step": wanted.open_step,
        "lookup_code": wanted.lookup_code,
        "student_id": wanted.student_id,
    }
    found = Q(**{column: value for column, value in equal.items() if value is not None})
    if wanted.personal_id:
        found &= exactly(TranscriptRow, "personal_id", wanted.personal_id)
    if wanted.level is not None:
        of_level = ClassRow.filter(grade__in=list(GRADES[wanted.level])).values("id")
        found &= Q(class_id__in=Subquery(of_level))
    if wanted.grade is not None:
        found &= Q(class_id__in=Subquery(ClassRow.filter(grade=wanted.grade).values("id")))
    if wanted.statuses:
        found &= Q(status__in=list(wanted.statuses))
    if wanted.name:
        found &= named(TranscriptRow, wanted.name)
    if wanted.live is not None:
        found &= Q(live=True) if wanted.live else Q(live__isnull=True)
    if wanted.ids is not None:
        found &= Q(id__in=list(wanted.ids))
    return found


async def _with(page: Slice[Mapping[str, Any]], *, slots: bool) -> Slice[Transcript]:
    class_ids = {row["class_id"] for row in page.rows}
    classes = {
        row["id"]: row for row in await ClassRow.filter(id__in=list(class_ids)).values("id", "name", "grade")
    }
    found = await _slots([row["id"] for row in page.rows]) if slots else {}
    return page.map(
        lambda row: Transcript(
            **{name: row[name] for name in _COLUMNS},
            class_name=classes[row["class_id"]]["name"],
            grade=classes[row["class_id"]]["grade"],
            slots=tuple(found.get(row["id"], ())),
        )
    )


async def _slots(ids: Sequence[UUID]) -> dict[UUID, list[Slot]]:
    if not ids:
        return {}
    rows = await sql.select(
        "SELECT slot.transcript_id, slot.key, slot.step, slot.person_id, slot.name, slot.title,"
        " slot.subjects, slot.basis, g.signing_time,"
        " c.fingerprint, c.subject, c.issuer, c.not_before, c.not_after"
        " FROM slot LEFT JOIN signature g ON g.transcript_id = slot.transcript_id AND g.slot_key = slot.key"
        " LEFT JOIN certificate c ON c.id = g.certificate_id"
        " WHERE slot.transcript_id IN (:ids...) ORDER BY slot.transcript_id, slot.position",
        ids=ids,
    )
    certificates: dict[str, Certificate] = {}
    found: defaultdict[UUID, list[Slot]] = defaultdict(list)
    for row in rows:
        found[sql.id_(row["transcript_id"])].append(_slot(row, certificates))
    return found


def _slot(row: Mapping[str, Any], certificates: dict[str, Certificate]) -> Slot:
    return Slot(
        key=row["key"],
        step=Step(row["step"]),
        person_id=sql.id_(row["person_id"]) if row["person_id"] else None,
        name=row["name"],
        title=row["title"],
        subjects=sql.texts(row["subjects"]),
        basis=row["basis"],
        signature=_signature(row, certificates) if row["signing_time"] else None,
    )


def _signature(row: Mapping[str, Any], certificates: dict[str, Certificate]) -> Signature:
    certificate = certificates.get(row["fingerprint"])
    if certificate is None:
        certificate = Certificate(
            fingerprint=row["fingerprint"],
            subject=row["subject"],
            issuer=row["issuer"],
            not_before=sql.time(row["not_before"]),
            not_after=sql.time(row["not_after"]),
        )
        certificates[certificate.fingerprint] = certificate
    return Signature(signed_at=sql.time(row["signing_time"]), certificate=certificate)
