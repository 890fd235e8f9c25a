"""Pupils: who they are, whether a transcript can be made, and who would sign it (B1, B3, D1, D2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Self
from uuid import UUID

import strawberry

from hocba import words
from hocba.actions import creation, incomplete
from hocba.domain.readiness import Gap, Missing, Place
from hocba.domain.record import Summary as YearSummary
from hocba.domain.record import TranscriptRecord
from hocba.domain.values import SchoolYear, Slot, Status, Step
from hocba.schema.context import Info, asking_of
from hocba.schema.docs import describe
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import global_id, local_id, local_ids, maybe_id
from hocba.schema.moments import year_read
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.results import SubjectResult, Summary
from hocba.schema.selection import asks
from hocba.store.reads import students as reads
from hocba.store.reads.pages import Page
from hocba.store.records import load_records


@describe
@strawberry.type
class Profile:
    """What only those see who need it: ADMIN, MANAGER, the homeroom teacher, the leader (B1).

    :ivar personal_id: Số định danh cá nhân.
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
    """

    code: Gap
    field: str
    message: str
    where: Place
    where_label: str

    @classmethod
    def of(cls, missing: Missing, language: words.Lang) -> Self:
        """Put it into words."""
        return cls(
            code=missing.code,
            field=missing.field,
            message=words.sentence(missing, language),
            where=missing.where,
            where_label=words.label(missing.where, language),
        )


@describe
@strawberry.type
class Readiness:
    """Whether a transcript can be made: Chưa đủ điều kiện tạo học bạ số.

    :ivar ready: Whether it can be made now.
    :ivar missing: What is missing.
    """

    ready: bool
    missing: list[MissingData]
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
    :ivar profile: The rest of the personal page; null to those who do not need it.
    :ivar transcript: The live transcript of the year; null is Chưa tạo học bạ.
    :ivar readiness: Whether one can be made; null to those who could not make it.
    :ivar results: The year page A.
    :ivar summary: The year page B.
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
    profile: Profile | None
    transcript: StudentTranscript | None
    readiness: Readiness | None
    results: list[SubjectResult]
    summary: Summary | None

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
            profile=_profile(row.private) if row.private else None,
            transcript=_transcript(row.transcript, language) if row.transcript else None,
            readiness=None,
            results=[],
            summary=None,
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
    """

    step: Step
    step_label: str
    person_id: strawberry.ID | None
    name: str
    title: str
    subjects: list[str]

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
        )


@describe
@strawberry.type
class SigningPlan:
    """Who would sign what on one pupil's transcript (D2).

    :ivar student_id: The pupil.
    :ivar slots: The signatures, in the order of the plan.
    :ivar missing: What is missing before it can be made.
    """

    student_id: strawberry.ID
    slots: list[PlannedSlot]
    missing: list[MissingData]
    refusal: Refusal | None


@describe
@strawberry.input
class StudentFilter:
    """Which pupils are wanted.

    :ivar school_year: Năm học; the year of the request when left out.
    :ivar class_id: Only of this class.
    :ivar grade: Khối.
    :ivar name: Part of a name; accents do not matter.
    :ivar personal_id: Số định danh cá nhân, whole.
    :ivar code: Mã học sinh.
    :ivar has_transcript: false is Chưa tạo học bạ.
    :ivar status: The status of the live transcript.
    :ivar ready: false is Chưa đủ điều kiện tạo học bạ số: who has no live transcript and lacks something;
        true is who has none and lacks nothing.  Needs a class or a grade beside it.
    """

    school_year: str | None = None
    class_id: strawberry.ID | None = None
    grade: int | None = None
    name: str | None = None
    personal_id: str | None = None
    code: str | None = None
    has_transcript: bool | None = None
    status: Status | None = None
    ready: bool | None = None

    def read(self, info: Info, *, ids: Sequence[UUID] | None = None) -> reads.StudentFilter:
        """The filter of the store."""
        return reads.StudentFilter(
            year=year_read(info, self.school_year),
            class_id=local_id("Class", self.class_id) if self.class_id else None,
            grade=self.grade,
            name=self.name or "",
            personal_id=self.personal_id or "",
            code=self.code or "",
            has_transcript=self.has_transcript,
            status=self.status,
            ids=ids,
        )

    async def narrowed(self, info: Info) -> reads.StudentFilter:
        """As ``read``, with the question whether pupils are ready answered.

        :raises BadUserInputError: when it is asked of a whole school.
        """
        wanted = self.read(info)
        if self.ready is None:
            return wanted
        if wanted.class_id is None and wanted.grade is None:
            raise BadUserInputError("`ready` needs a class or a grade beside it")
        return await incomplete.narrowed(asking_of(info).actor, wanted, ready=self.ready)


@describe
@strawberry.type
class StudentQueries:
    """Reading pupils."""

    @strawberry.field
    async def students(
        self,
        info: Info,
        *,
        filter: StudentFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Student]:
        """The pupils that one may read, by name in Vietnamese order."""
        wanted = await (filter or StudentFilter()).narrowed(info)
        page = page_of(info, first, after, last, before)
        found = await reads.students(
            asking_of(info).actor, wanted, page, transcripts=asks(info, "edges.node.transcript")
        )
        return connection(
            found.of(await _shaped(info, found.rows, wanted.year, "edges.node.")), lambda row: row
        )

    @strawberry.field
    async def student(self, info: Info, id: strawberry.ID, school_year: str | None = None) -> Student | None:
        """One pupil in one school year.

        :param school_year: Năm học; the year of the request when left out.
        """
        wanted = StudentFilter(school_year=school_year).read(info, ids=[local_id("Student", id)])
        found = await reads.students(asking_of(info).actor, wanted, Page(size=1), transcripts=True)
        shaped = await _shaped(info, found.rows, wanted.year, "")
        return shaped[0] if shaped else None

    @strawberry.field
    async def signing_plan(
        self, info: Info, student_ids: list[strawberry.ID], school_year: str | None = None
    ) -> list[SigningPlan]:
        """Who would sign what, before anything is made.

        :param student_ids: The pupils, at most 100.
        :param school_year: Năm học; the year of the request when left out.
        """
        asking, language = asking_of(info), info.context.language
        year = year_read(info, school_year)
        planned = await creation.plan(asking.actor, local_ids("Student", student_ids, limit=100), year)
        return [
            SigningPlan(
                student_id=shown_id,
                slots=[PlannedSlot.of(slot, language) for slot in each.slots],
                missing=[MissingData.of(gap, language) for gap in each.missing],
                refusal=Refusal.maybe(each.refusal, language),
            )
            for shown_id, each in zip(student_ids, planned, strict=True)
        ]


async def _shaped(info: Info, rows: Sequence[reads.Student], year: str, prefix: str) -> list[Student]:
    """The pupils with what was asked for about them, fetched for all at once."""
    ids = [row.id for row in rows]
    records: Mapping[UUID, TranscriptRecord] = {}
    planned: Mapping[UUID, creation.Planned] = {}
    if ids and asks(info, f"{prefix}results", f"{prefix}summary"):
        records = dict((await load_records(ids, SchoolYear(year))).items())
    if ids and asks(info, f"{prefix}readiness"):
        reviews = await creation.plan(asking_of(info).actor, ids, SchoolYear(year))
        planned = {each.student_id: each for each in reviews}
    shown = [Student.plain(row, info.context.language) for row in rows]
    for student, row in zip(shown, rows, strict=True):
        if record := records.get(row.id):
            student.results = [SubjectResult.of(each) for each in record.results]
            if isinstance(record.summary, YearSummary):
                student.summary = Summary.of(record.summary)
        if review := planned.get(row.id):
            student.readiness = _readiness(review, info.context.language)
    return shown


def _profile(private: reads.Private) -> Profile:
    return Profile(**{name: getattr(private, name) for name in reads.Private.__slots__})


def _transcript(live: reads.LiveTranscript, language: words.Lang) -> StudentTranscript:
    return StudentTranscript(
        id=global_id("Transcript", live.id),
        status=live.status,
        status_label=words.label(live.status, language),
        lookup_code=str(live.lookup_code),
    )


def _readiness(planned: creation.Planned, language: words.Lang) -> Readiness:
    return Readiness(
        ready=planned.refusal is None,
        missing=[MissingData.of(gap, language) for gap in planned.missing],
        refusal=Refusal.maybe(planned.refusal, language),
    )
