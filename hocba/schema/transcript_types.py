"""A transcript as clients see it: plain attributes, filled by whoever fetched it."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from hocba import words
from hocba.domain.values import Level, Status, Step
from hocba.schema.context import Info, asking_of
from hocba.schema.docs import describe
from hocba.schema.enums import FileKind
from hocba.schema.events import Event
from hocba.schema.ids import global_id, local_id, local_ids, maybe_id
from hocba.schema.moments import named_year
from hocba.schema.refusals import Refusal
from hocba.store.reads import transcripts as reads


@describe
@strawberry.type
class Certificate:
    """The certificate behind a signature.

    :ivar fingerprint: SHA-256 of the certificate, hex.
    :ivar subject: Whose it is (RFC 4514).
    :ivar issuer: Who issued it (RFC 4514).
    :ivar not_before: From when it is valid.
    :ivar not_after: Until when it is valid.
    """

    fingerprint: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime


@describe
@strawberry.type
class Signature:
    """A signature that is there.

    :ivar key: Its slot.
    :ivar step: At which step.
    :ivar role: The role as the document writes it: GVBM, GVCN, CBQL, KY_PHAT_HANH.
    :ivar signer: Who signed, by name.
    :ivar signed_at: The signing time.
    :ivar certificate: The certificate.
    """

    key: str
    step: Step
    role: str
    signer: str
    signed_at: datetime
    certificate: Certificate


@describe
@strawberry.type
class Slot:
    """A signature that the transcript needs; its signing plan is frozen at creation.

    :ivar key: Names the slot inside the transcript.
    :ivar step: At which step.
    :ivar step_label: What users call the step.
    :ivar person_id: Who signs; null for the school's own signature.
    :ivar name: Who signs, by name.
    :ivar title: The position that is printed.
    :ivar subjects: Codes of the subjects that the signature stands for.
    :ivar basis: The decision by which he signs for somebody who can sign no more; empty otherwise.
    :ivar signed_at: When it was signed; null while it is missing.
    """

    key: str
    step: Step
    step_label: str
    person_id: strawberry.ID | None
    name: str
    title: str
    subjects: list[str]
    basis: str
    signed_at: datetime | None


@describe
@strawberry.type
class TranscriptFile:
    """A file of the transcript.

    :ivar kind: XML, PDF or HTML.
    :ivar url: Where to download it within a quarter of an hour, as the same person.
    :ivar sha256: Of the sealed PDF and its XML, hex; null while more may be signed.
    """

    kind: FileKind
    url: str
    sha256: str | None


@describe
@strawberry.type
class CanSign:
    """Whether whoever asks may sign now.

    :ivar ok: Whether.
    :ivar step: At which step.
    """

    ok: bool
    step: Step | None
    refusal: Refusal | None


@describe
@strawberry.type
class Transcript:
    """One pupil's transcript for one school year: học bạ.

    :ivar student_id: The pupil.
    :ivar student_name: Họ và tên học sinh, as it stands in the signed data.
    :ivar class_id: The class.
    :ivar class_name: Lớp.
    :ivar grade: Khối.
    :ivar school_year: Năm học.
    :ivar version: How many events it has had; for expectedVersion.
    :ivar status: Where it is.
    :ivar status_label: What users call that: Chờ ký, Trả lại, …
    :ivar open_step: The step that is open for signing.
    :ivar open_step_label: What users call the step.
    :ivar lookup_code: Mã tra cứu.
    :ivar profile: The document's format.
    :ivar sealed: Whether the school's seal is on the PDF.
    :ivar proposal: Why it was handed back, while it is.
    :ivar completed_at: Ngày xác nhận hoàn thành.
    :ivar created_at: When it was made.
    :ivar content_sha256: Of the signed data, hex.
    :ivar content: The signed data as XML; asked for one transcript only; null to those who may not see the
        pupil's profile.
    :ivar html: The transcript as people read it; asked for one transcript only; without what is personal for
        those who may not see the pupil's profile.
    :ivar slots: The signing plan.
    :ivar signatures: The signatures that are there.
    :ivar events: What has happened, oldest first.
    :ivar files: What can be downloaded; empty when it was returned or cancelled; only the page for people,
        without what is personal, for those who may not see the pupil's profile.
    :ivar can_sign: Whether whoever asks may sign now.
    :ivar blockers: What the transcript waits for: a step and a name, or a sentence; empty when for nothing.
    :ivar next_actors: Who moves next, by name or role.
    """

    id: strawberry.ID
    student_id: strawberry.ID
    student_name: str
    class_id: strawberry.ID
    class_name: str
    grade: int
    school_year: str
    version: int
    status: Status
    status_label: str
    open_step: Step | None
    open_step_label: str | None
    lookup_code: str
    profile: str
    sealed: bool
    proposal: str | None
    completed_at: datetime | None
    created_at: datetime
    content_sha256: str
    content: str | None
    html: str | None
    slots: list[Slot]
    signatures: list[Signature]
    events: list[Event]
    files: list[TranscriptFile]
    can_sign: CanSign | None
    blockers: list[str]
    next_actors: list[str]

    @classmethod
    def of(cls, row: reads.Transcript, language: words.Lang) -> Self:
        """From its row; what takes more than the row is put in afterwards."""
        certificates: dict[str, Certificate] = {}
        return cls(
            id=global_id("Transcript", row.id),
            student_id=global_id("Student", row.student_id),
            student_name=row.student_name,
            class_id=global_id("Class", row.class_id),
            class_name=row.class_name,
            grade=row.grade,
            school_year=row.year,
            version=row.version,
            status=row.status,
            status_label=words.label(row.status, language),
            open_step=row.open_step,
            open_step_label=words.label(row.open_step, language) if row.open_step else None,
            lookup_code=str(row.lookup_code),
            profile=row.profile,
            sealed=row.sealed,
            proposal=row.proposal or None,
            completed_at=row.completed_at,
            created_at=row.created_at,
            content_sha256=row.content_sha256,
            content=None,
            html=None,
            slots=[_slot(slot, language) for slot in row.slots],
            signatures=[
                _signature(slot, slot.signature, certificates) for slot in row.slots if slot.signature
            ],
            events=[],
            files=[],
            can_sign=None,
            blockers=[],
            next_actors=[],
        )


@describe
@strawberry.input
class TranscriptFilter:
    """Which transcripts are wanted.

    :ivar school_year: Năm học.
    :ivar class_id: Only of this class.
    :ivar level: Cấp học; when it is left out, the level chosen at sign-in, if one was.
    :ivar grade: Khối.
    :ivar status: Only with one of these.
    :ivar open_step: Only those that wait at this step.
    :ivar name: Part of a pupil's name; accents do not matter.
    :ivar personal_id: Số định danh cá nhân, whole.
    :ivar lookup_code: Mã tra cứu, whole.
    :ivar student_id: Only this pupil's.
    :ivar live: true without the cancelled ones, false only those.
    :ivar ids: Only these.
    """

    school_year: str | None = None
    class_id: strawberry.ID | None = None
    level: Level | None = None
    grade: int | None = None
    status: list[Status] | None = None
    open_step: Step | None = None
    name: str | None = None
    personal_id: str | None = None
    lookup_code: str | None = None
    student_id: strawberry.ID | None = None
    live: bool | None = None
    ids: list[strawberry.ID] | None = None

    def read(self, info: Info) -> reads.TranscriptFilter:
        """The filter of the store; what is named by itself is found at any level."""
        named = self.ids is not None or self.class_id or self.student_id or self.lookup_code
        return reads.TranscriptFilter(
            year=named_year(self.school_year),
            class_id=local_id("Class", self.class_id) if self.class_id else None,
            level=self.level or (None if named else asking_of(info).level),
            grade=self.grade,
            statuses=tuple(self.status or ()),
            open_step=self.open_step,
            name=self.name or "",
            personal_id=self.personal_id or "",
            lookup_code=_uuid(self.lookup_code) if self.lookup_code else None,
            student_id=local_id("Student", self.student_id) if self.student_id else None,
            live=self.live,
            ids=None if self.ids is None else local_ids("Transcript", self.ids),
        )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody's look-up code


def _slot(slot: reads.Slot, language: words.Lang) -> Slot:
    return Slot(
        key=slot.key,
        step=slot.step,
        step_label=words.label(slot.step, language),
        person_id=maybe_id("Person", slot.person_id),
        name=slot.name,
        title=slot.title,
        subjects=list(slot.subjects),
        basis=slot.basis,
        signed_at=slot.signature.signed_at if slot.signature else None,
    )


def _signature(
    slot: reads.Slot, signature: reads.Signature, certificates: dict[str, Certificate]
) -> Signature:
    held = signature.certificate
    certificate = certificates.setdefault(
        held.fingerprint,
        Certificate(
            fingerprint=held.fingerprint,
            subject=held.subject,
            issuer=held.issuer,
            not_before=held.not_before,
            not_after=held.not_after,
        ),
    )
    return Signature(
        key=slot.key,
        step=slot.step,
        role=slot.step.slot_role,
        signer=slot.name,
        signed_at=signature.signed_at,
        certificate=certificate,
    )
