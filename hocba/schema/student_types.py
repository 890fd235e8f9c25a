"""Pupils as clients see them: who they are, what is missing, who would sign (B1, B3, D1, D2)."""

from datetime import date
from typing import Self

import strawberry

from hocba import words
from hocba.domain.readiness import Gap, Missing, Place
from hocba.domain.values import Slot, Status, Step
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, maybe_id
from hocba.schema.primary_results import PrimarySummary
from hocba.schema.refusals import Refusal
from hocba.schema.results import HistoryRow, SubjectResult, Summary
from hocba.store.reads import students as reads


@describe
@strawberry.type
class Profile:
    """What only those see who need it: ADMIN, MANAGER, the homeroom teacher, the leader (B1).

    :ivar personal_id: Số định danh cá nhân.
    :ivar record_number: Mã số hồ sơ học tập suốt đời, once it is given out.
    :ivar ethnicity: Dân tộc.
    :ivar nationality: Quốc tịch.
    :ivar birthplace: Nơi sinh.
    :ivar home_town: Quê quán.
    :ivar address: Chỗ ở hiện tại.
    :ivar policy_group: Đối tượng chính sách.
    :ivar father: Họ và tên cha.
    :ivar father_occupation: Nghề nghiệp của cha.
    :ivar mother: Họ và tên mẹ.
    :ivar mother_occupation: Nghề nghiệp của mẹ.
    :ivar guardian: Họ và tên người giám hộ.
    :ivar guardian_occupation: Nghề nghiệp của người giám hộ.
    :ivar register_number: Số đăng bộ.
    """

    personal_id: str
    record_number: str
    ethnicity: str
    nationality: str
    birthplace: str
    home_town: str
    address: str
    policy_group: str
    father: str
    father_occupation: str
    mother: str
    mother_occupation: str
    guardian: str
    guardian_occupation: str
    register_number: str


@describe
@strawberry.type
class MissingData:
    """One thing that is missing: Thông tin cần bổ sung.

    :ivar code: What kind of data.
    :ivar field: The field, such as student.birthplace.
    :ivar message: The sentence to show.
    :ivar where: Where it is mended.
    :ivar where_label: What users call that place.
    :ivar rule: The rule of the circular that says otherwise, such as TR-8; an override names it. Null where
        no rule is concerned.
    """

    code: Gap
    field: str
    message: str
    where: Place
    where_label: str
    rule: str | None

    @classmethod
    def of(cls, missing: Missing, language: words.Lang) -> Self:
        """Put it into words."""
        return cls(
            code=missing.code,
            field=missing.field,
            message=words.sentence(missing, language),
            where=missing.where,
            where_label=words.label(missing.where, language),
            rule=missing.sentence_facts.get("rule"),
        )


@describe
@strawberry.type
class Readiness:
    """Whether a transcript can be made: Chưa đủ điều kiện tạo học bạ số.

    :ivar ready: Whether it can be made now.
    :ivar missing: What is missing.
    :ivar warnings: What somebody should look at; it keeps nothing from being made.
    """

    ready: bool
    missing: list[MissingData]
    warnings: list[MissingData]
    refusal: Refusal | None


@describe
@strawberry.type
class StudentTranscript:
    """The pupil's live transcript of the year.

    :ivar status: Where it is.
    :ivar status_label: What users call that.
    :ivar lookup_code: Mã tra cứu.
    """

    id: strawberry.ID
    status: Status
    status_label: str
    lookup_code: str


@describe
@strawberry.type
class Student:
    """A pupil in a class of one school year.

    :ivar code: Mã học sinh.
    :ivar full_name: Họ và tên.
    :ivar birth_date: Ngày sinh.
    :ivar sex: Giới tính.
    :ivar class_id: The class.
    :ivar class_name: Lớp.
    :ivar grade: Khối.
    :ivar school_year: Năm học.
    :ivar left_on: From when he is in the class no longer, see removeStudents; null while he is in it.
    :ivar profile: The rest of the personal page; null to those who do not need it.
    :ivar transcript: The live transcript of the year; null is Chưa tạo học bạ.
    :ivar readiness: Whether one can be made; null to those who could not make it.
    :ivar results: The marks.
    :ivar summary: The year as a whole, of a secondary pupil.
    :ivar primary_summary: The year as a whole, of a primary pupil.
    :ivar history: Quá trình học tập: this year and all before it, here and elsewhere.
    """

    id: strawberry.ID
    code: str
    full_name: str
    birth_date: date | None
    sex: str
    class_id: strawberry.ID
    class_name: str
    grade: int
    school_year: str
    left_on: date | None
    profile: Profile | None
    transcript: StudentTranscript | None
    readiness: Readiness | None
    results: list[SubjectResult]
    summary: Summary | None
    primary_summary: PrimarySummary | None
    history: list[HistoryRow]

    @classmethod
    def plain(cls, row: reads.Student, language: words.Lang) -> Self:
        """From its row alone."""
        return cls(
            id=global_id("Student", row.id),
            code=row.code,
            full_name=row.full_name,
            birth_date=row.birth_date,
            sex=row.sex,
            class_id=global_id("Class", row.class_id),
            class_name=row.class_name,
            grade=row.grade,
            school_year=row.year,
            left_on=row.left_on,
            profile=_profile(row.private) if row.private else None,
            transcript=_transcript(row.transcript, language) if row.transcript else None,
            readiness=None,
            results=[],
            summary=None,
            primary_summary=None,
            history=[],
        )


@describe
@strawberry.type
class PlannedSlot:
    """A signature that the transcript will need.

    :ivar step: At which step.
    :ivar step_label: What users call the step.
    :ivar person_id: Who signs; null for the school's own signature.
    :ivar name: Who signs, by name.
    :ivar title: The position that is printed.
    :ivar subjects: Codes of the subjects that the signature stands for.
    :ivar basis: The decision by which he signs for somebody who can sign no more; empty otherwise.
    """

    step: Step
    step_label: str
    person_id: strawberry.ID | None
    name: str
    title: str
    subjects: list[str]
    basis: str

    @classmethod
    def of(cls, slot: Slot, language: words.Lang) -> Self:
        """From the domain's slot."""
        return cls(
            step=slot.step,
            step_label=words.label(slot.step, language),
            person_id=maybe_id("Person", slot.signer),
            name=slot.name,
            title=slot.title,
            subjects=list(slot.subjects),
            basis=slot.basis,
        )


@describe
@strawberry.type
class SigningPlan:
    """Who would sign what on one pupil's transcript (D2).

    :ivar student_id: The pupil.
    :ivar slots: The signatures, in the order of the plan.
    :ivar missing: What is missing before it can be made.
    :ivar warnings: What somebody should look at; it keeps nothing from being made.
    """

    student_id: strawberry.ID
    slots: list[PlannedSlot]
    missing: list[MissingData]
    warnings: list[MissingData]
    refusal: Refusal | None


def _profile(private: reads.Private) -> Profile:
    return Profile(**{name: getattr(private, name) for name in reads.Private.__slots__})


def _transcript(live: reads.LiveTranscript, language: words.Lang) -> StudentTranscript:
    return StudentTranscript(
        id=global_id("Transcript", live.id),
        status=live.status,
        status_label=words.label(live.status, language),
        lookup_code=str(live.lookup_code),
    )
