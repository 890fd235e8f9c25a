"""Pupils, their results, and their transcript of a year (B1, B3, D1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import GRADES, ClassId, Level, Status
from hocba.store.models import ClassRow, EnrolmentRow, StudentRow, TranscriptRow
from hocba.store.reads import scope, sql
from hocba.store.reads.exactly import exactly, named
from hocba.store.reads.pages import Order, Page, Slice, take

BY_NAME = Order(columns=("sort_key", "id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFilter:
    """Which pupils are wanted.  ``year`` always: a pupil is in a class of a year.

    :ivar has_transcript: ``False`` is *Chưa tạo học bạ*.
    :ivar status: the status of his live transcript of that year.
    :ivar left: ``False``: who is in a class; ``True``: who is in none any more; ``None``: both.
    """

    year: str
    class_id: UUID | None = None
    level: Level | None = None
    grade: int | None = None
    name: str = ""
    personal_id: str = ""
    code: str = ""
    has_transcript: bool | None = None
    status: Status | None = None
    ids: Sequence[UUID] | None = None
    left: bool | None = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """What only those see who need it: ADMIN, MANAGER, his homeroom teacher and leader."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTranscript:
    """A pupil's transcript of the year, if there is a live one."""

    id: UUID
    status: Status
    lookup_code: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """A pupil in a class of one school year.

    :ivar left_on: from when he is in it no longer.
    """

    id: UUID
    code: str
    full_name: str
    birth_date: date | None
    sex: str
    class_id: UUID
    class_name: str
    grade: int
    year: str
    left_on: date | None
    private: Private | None = field(repr=False)
    transcript: LiveTranscript | None


_PUBLIC = ("id", "code", "full_name", "birth_date", "sex")
_PRIVATE = (
    "personal_id",
    "record_number",
    "ethnicity",
    "nationality",
    "birthplace",
    "home_town",
    "address",
    "policy_group",
    "father",
    "father_occupation",
    "mother",
    "mother_occupation",
    "guardian",
    "guardian_occupation",
    "register_number",
)


async def students(
    actor: Actor, wanted: StudentFilter, page: Page, *, transcripts: bool = False
) -> Slice[Student]:
    """A page of pupils, by name in Vietnamese order.  Three statements, four with transcripts."""
    query = StudentRow.filter(scope.students(actor, wanted.year)).filter(_filter(wanted))
    rows = await take(query, BY_NAME, page, (*_PUBLIC, *_PRIVATE))
    ids = [row["id"] for row in rows.rows]
    enrolled = await _classes(ids, wanted.year)
    live = await _live(ids, wanted.year) if transcripts else {}
    return rows.map(
        lambda row: Student(
            **{name: row[name] for name in _PUBLIC},
            class_id=(class_ := enrolled[row["id"]])["id"],
            class_name=class_["name"],
            grade=class_["grade"],
            year=wanted.year,
            left_on=class_["left_on"],
            private=Private(**{name: row[name] for name in _PRIVATE})
            if _needs(actor, class_["id"])
            else None,
            transcript=live.get(row["id"]),
        )
    )


async def ids(actor: Actor, wanted: StudentFilter, limit: int) -> list[UUID]:
    """The pupils that a bulk operation named by a filter.  One statement."""
    query = StudentRow.filter(scope.students(actor, wanted.year)).filter(_filter(wanted))
    found = await query.order_by("sort_key", "id").limit(limit).values_list("id", flat=True)
    return list(found)  # type: ignore[arg-type]


async def places(actor: Actor, wanted: StudentFilter, page: Page) -> Slice[UUID]:
    """As ``students``, but only who, and where in the list.  One statement."""
    query = StudentRow.filter(scope.students(actor, wanted.year)).filter(_filter(wanted))
    return (await take(query, BY_NAME, page, ("id",))).map(lambda row: row["id"])


async def shared_ids(students: Sequence[UUID], year: str) -> frozenset[str]:
    """Personal ids of these pupils that another pupil of the school has that year.  One statement."""
    rows = await sql.select(
        "SELECT DISTINCT a.personal_id FROM student a JOIN student b ON b.school_id = a.school_id"
        " AND b.personal_id = a.personal_id AND b.id <> a.id"
        " JOIN enrolment e ON e.student_id = b.id AND e.year = :year AND e.left_on IS NULL"
        " WHERE a.id IN (:students...) AND a.personal_id <> ''",
        students=list(students),
        year=year,
    )
    return frozenset(row["personal_id"] for row in rows)


def _needs(actor: Actor, class_id: UUID) -> bool:
    return actor.may_in(Permission.PROFILE_VIEW, actor.school, ClassId(class_id))


def _filter(wanted: StudentFilter) -> Q:
    enrolled = EnrolmentRow.filter(year=wanted.year)
    if wanted.left is not None:
        enrolled = enrolled.filter(left_on__isnull=not wanted.left)
    if wanted.class_id:
        enrolled = enrolled.filter(class_id=wanted.class_id)
    if wanted.grade is not None:
        of_grade = ClassRow.filter(grade=wanted.grade, year=wanted.year).values("id")
        enrolled = enrolled.filter(class_id__in=Subquery(of_grade))
    if wanted.level is not None:
        of_level = ClassRow.filter(grade__in=list(GRADES[wanted.level]), year=wanted.year).values("id")
        enrolled = enrolled.filter(class_id__in=Subquery(of_level))
    found = Q(id__in=Subquery(enrolled.values("student_id")))
    if wanted.name:
        found &= named(StudentRow, wanted.name)
    if wanted.personal_id:
        found &= exactly(StudentRow, "personal_id", wanted.personal_id)
    if wanted.code:
        found &= exactly(StudentRow, "code", wanted.code)
    if wanted.ids is not None:
        found &= Q(id__in=list(wanted.ids))
    return found & _by_transcript(wanted)


def _by_transcript(wanted: StudentFilter) -> Q:
    live = TranscriptRow.filter(year=wanted.year, live=True)
    if wanted.status is not None:
        live = live.filter(status=wanted.status)
    having = Q(id__in=Subquery(live.values("student_id")))
    if wanted.has_transcript is False:
        return ~having
    return having if wanted.has_transcript or wanted.status is not None else Q()


async def _classes(students: Sequence[UUID], year: str) -> dict[UUID, dict[str, Any]]:
    if not students:
        return {}
    enrolled = await EnrolmentRow.filter(student_id__in=list(students), year=year).values(
        "student_id", "class_id", "left_on"
    )
    wanted = {row["class_id"] for row in enrolled}
    classes = {
        row["id"]: row for row in await ClassRow.filter(id__in=list(wanted)).values("id", "name", "grade")
    }
    return {row["student_id"]: classes[row["class_id"]] | {"left_on": row["left_on"]} for row in enrolled}


async def _live(students: Sequence[UUID], year: str) -> dict[UUID, LiveTranscript]:
    if not students:
        return {}
    rows = await TranscriptRow.filter(student_id__in=list(students), year=year, live=True).values(
        "id", "student_id", "status", "lookup_code"
    )
    return {
        row["student_id"]: LiveTranscript(
            id=row["id"], status=Status(row["status"]), lookup_code=row["lookup_code"]
        )
        for row in rows
    }
