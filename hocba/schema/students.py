"""Pupils: who they are, whether a transcript can be made, and who would sign it (B1, B3, D1, D2)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import strawberry

from hocba import words
from hocba.actions import creation, incomplete
from hocba.domain.access import AccessKind
from hocba.domain.record import Summary as YearSummary
from hocba.domain.record import TranscriptRecord
from hocba.domain.values import Level, SchoolYear, Status
from hocba.schema.context import Info, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import local_id, local_ids
from hocba.schema.moments import year_read
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.primary_results import PrimarySummary
from hocba.schema.refusals import Refusal
from hocba.schema.results import HistoryRow, SubjectResult, Summary
from hocba.schema.selection import asks
from hocba.schema.student_types import MissingData, PlannedSlot, Readiness, SigningPlan, Student
from hocba.store.reads import students as reads
from hocba.store.reads.pages import Page, Slice
from hocba.store.records import load_records


@describe
@strawberry.input
class StudentFilter:
    """Which pupils are wanted.

    :ivar school_year: Năm học; the year of the request when left out.
    :ivar class_id: Only of this class.
    :ivar level: Cấp học; when it is left out, the level chosen at sign-in, if one was.
    :ivar grade: Khối.
    :ivar name: Part of a name; accents do not matter.
    :ivar personal_id: Số định danh cá nhân, whole.
    :ivar code: Mã học sinh.
    :ivar has_transcript: false is Chưa tạo học bạ.
    :ivar status: The status of the live transcript.
    :ivar left: true is who was in a class and is no longer, see removeStudents; the others otherwise.
    :ivar ready: false is Chưa đủ điều kiện tạo học bạ số: who has no live transcript and lacks something;
        true is who has none and lacks nothing.  Needs a class or a grade beside it.
    """

    school_year: str | None = None
    class_id: strawberry.ID | None = None
    level: Level | None = None
    grade: int | None = None
    name: str | None = None
    personal_id: str | None = None
    code: str | None = None
    has_transcript: bool | None = None
    status: Status | None = None
    left: bool | None = None
    ready: bool | None = None

    def read(self, info: Info, *, ids: Sequence[UUID] | None = None) -> reads.StudentFilter:
        """The filter of the store; whoever is asked for by his id is found also when he has left."""
        return reads.StudentFilter(
            year=year_read(info, self.school_year),
            class_id=local_id("Class", self.class_id) if self.class_id else None,
            level=self.level or (asking_of(info).level if ids is None and not self.class_id else None),
            grade=self.grade,
            name=self.name or "",
            personal_id=self.personal_id or "",
            code=self.code or "",
            has_transcript=self.has_transcript,
            status=self.status,
            ids=ids,
            left=None if ids is not None else bool(self.left),
        )

    async def page(self, info: Info, page: Page, *, transcripts: bool) -> Slice[reads.Student]:
        """The pupils that it finds.  :raises BadUserInputError: when a whole school is to be judged."""
        actor, wanted = asking_of(info).actor, self.read(info)
        if self.ready is None:
            return await reads.students(actor, wanted, page, transcripts=transcripts)
        self._must_be_narrow()
        return await incomplete.page(actor, wanted, page, ready=self.ready, transcripts=transcripts)

    async def ids(self, info: Info, limit: int) -> list[UUID]:
        """The first so many of them.  :raises BadUserInputError: when a whole school is to be judged."""
        actor, wanted = asking_of(info).actor, self.read(info)
        if self.ready is None:
            return await reads.ids(actor, wanted, limit)
        self._must_be_narrow()
        return await incomplete.ids(actor, wanted, limit, ready=self.ready)

    def _must_be_narrow(self) -> None:
        if self.class_id is None and self.grade is None:
            raise BadUserInputError("`ready` needs a class or a grade beside it")


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
        wanted, page = filter or StudentFilter(), page_of(info, first, after, last, before)
        found = await wanted.page(info, page, transcripts=asks(info, "edges.node.transcript"))
        year = year_read(info, wanted.school_year)
        return connection(found.of(await _shaped(info, found.rows, year, "edges.node.")), lambda row: row)

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
        planned = await creation.plan(
            asking.actor, local_ids("Student", student_ids, limit=100), year, now=now_of(info)
        )
        return [
            SigningPlan(
                student_id=shown_id,
                slots=[PlannedSlot.of(slot, language) for slot in each.slots],
                missing=[MissingData.of(gap, language) for gap in each.missing],
                warnings=[MissingData.of(gap, language) for gap in each.warnings],
                refusal=Refusal.maybe(each.refusal, language),
            )
            for shown_id, each in zip(student_ids, planned, strict=True)
        ]


_FROM_RECORD = ("results", "summary", "primarySummary", "history")


async def _shaped(info: Info, rows: Sequence[reads.Student], year: str, prefix: str) -> list[Student]:
    """The pupils with what was asked for about them, fetched for all at once."""
    ids = [row.id for row in rows]
    if asks(info, f"{prefix}profile"):
        info.context.shows(AccessKind.STUDENT, [row.id for row in rows if row.private])
    if asks(info, *(f"{prefix}{name}" for name in _FROM_RECORD)):
        info.context.shows(AccessKind.STUDENT, ids)
    records: Mapping[UUID, TranscriptRecord] = {}
    planned: Mapping[UUID, creation.Planned] = {}
    if ids and asks(info, *(f"{prefix}{name}" for name in _FROM_RECORD)):
        records = dict((await load_records(ids, SchoolYear(year))).items())
    if ids and asks(info, f"{prefix}readiness"):
        reviews = await creation.plan(asking_of(info).actor, ids, SchoolYear(year), now=now_of(info))
        planned = {each.student_id: each for each in reviews}
    shown = [Student.plain(row, info.context.language) for row in rows]
    for student, row in zip(shown, rows, strict=True):
        if record := records.get(row.id):
            student.results = [SubjectResult.of(each) for each in record.results]
            student.history = [HistoryRow.of(each) for each in record.history]
            if isinstance(record.summary, YearSummary):
                student.summary = Summary.of(record.summary)
            else:
                student.primary_summary = PrimarySummary.of(record.summary, record.grade, record.year)
        if review := planned.get(row.id):
            student.readiness = _readiness(review, info.context.language)
    return shown


def _readiness(planned: creation.Planned, language: words.Lang) -> Readiness:
    return Readiness(
        ready=planned.refusal is None,
        missing=[MissingData.of(gap, language) for gap in planned.missing],
        warnings=[MissingData.of(gap, language) for gap in planned.warnings],
        refusal=Refusal.maybe(planned.refusal, language),
    )
