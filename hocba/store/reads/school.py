"""The school itself: years, classes, assignments, what is printed (B1-B5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count

from hocba.domain.people import Actor
from hocba.domain.values import GRADES, Level, Ownership, Profile, SchoolId, SchoolYear, Term
from hocba.store.enrolments import there
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    PersonRow,
    PrintConfigurationRow,
    SchoolRow,
)
from hocba.store.reads import scope
from hocba.store.reads.exactly import exactly, may_hold
from hocba.store.reads.organisations import Schools
from hocba.store.reads.pages import Order, Page, Slice, take
from hocba.store.record_rows import levels, profile

BY_NAME = Order(columns=("grade", "name", "id"))
BY_CODE = Order(columns=("code", "id"))
BY_SUBJECT = Order(columns=("class_id", "subject", "term", "id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school."""

    id: UUID
    code: str
    name: str
    levels: tuple[Level, ...]
    department: str
    commune: str
    province: str
    identity: str
    ownership: Ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolFilter:
    """Which schools are wanted."""

    code: str = ""
    level: Level | None = None
    ownership: Ownership | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """Somebody, as a list names him."""

    id: UUID
    full_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class of one school year."""

    id: UUID
    name: str
    grade: int
    year: str
    homeroom: PersonName | None
    leader: PersonName | None
    confirmed_at: datetime | None
    confirmed_by: PersonName | None
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who teaches a subject of a class in a term."""

    id: UUID
    class_id: UUID
    class_name: str
    subject: str
    term: Term
    person: PersonName


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """*Cấu hình in học bạ* of a school year (7.4.5).

    :ivar primary_profile: how primary transcripts are written; ``None`` in a school without primary classes.
    """

    year: str
    place: str
    written_on: date
    primary_profile: Profile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFilter:
    """Which classes are wanted."""

    year: str | None = None
    level: Level | None = None
    grade: int | None = None
    ids: Sequence[UUID] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPlace:
    """Where a class belongs."""

    school: SchoolId
    year: SchoolYear
    name: str


_SCHOOL = ("id", "code", "name", "levels", "department", "commune", "province", "identity", "ownership")
_CLASS = ("id", "name", "grade", "year", "homeroom_id", "leader_id", "confirmed_at", "confirmed_by")


async def school(id: SchoolId) -> School | None:
    """One school.  One statement."""
    rows = await SchoolRow.filter(id=id).values(*_SCHOOL)
    return _school(rows[0]) if rows else None


async def schools(ids: Sequence[UUID]) -> list[School]:
    """These schools, by code.  One statement."""
    rows = await SchoolRow.filter(id__in=list(ids)).order_by("code").values(*_SCHOOL)
    return [_school(row) for row in rows]


def _school(row: Mapping[str, Any]) -> School:
    return School(**{**row, "levels": levels(row), "ownership": Ownership(row["ownership"])})


async def below(area: Schools, wanted: SchoolFilter, page: Page) -> Slice[School]:
    """The schools of ``area``, by code.  One statement."""
    found = area.of("id")
    if wanted.code:
        found &= exactly(SchoolRow, "code", wanted.code)
    if wanted.level:
        found &= (
            Q(levels=wanted.level)
            | Q(levels__startswith=f"{wanted.level},")
            | Q(levels__endswith=f",{wanted.level}")
            | Q(levels__contains=f",{wanted.level},")
        )
    if wanted.ownership:
        found &= Q(ownership=wanted.ownership)
    rows = await take(SchoolRow.filter(found), BY_CODE, page, _SCHOOL)
    return rows.map(_school)


async def class_place(id: UUID) -> ClassPlace | None:
    """Where a class belongs, whoever asks.  One statement."""
    rows = await ClassRow.filter(id=id).values("school_id", "year", "name")
    if not rows:
        return None
    row = rows[0]
    return ClassPlace(school=SchoolId(row["school_id"]), year=SchoolYear(row["year"]), name=row["name"])


async def years(school: SchoolId) -> list[str]:
    """The school years that have classes, latest first.  One statement."""
    found = (
        await ClassRow.filter(school_id=school).distinct().order_by("-year").values_list("year", flat=True)
    )
    return [str(year) for year in found]


async def classes(
    actor: Actor, wanted: ClassFilter, page: Page, *, people: bool = False, sizes: bool = False
) -> Slice[Class]:
    """The classes that ``actor`` may read.  One statement; one each for their people and sizes."""
    query = ClassRow.filter(scope.classes(actor)).filter(_class_filter(wanted))
    rows = await take(query, BY_NAME, page, _CLASS)
    named = await _names(rows.rows, "homeroom_id", "leader_id", "confirmed_by") if people else {}
    counted = await _sizes([row["id"] for row in rows.rows]) if sizes else {}
    return rows.map(
        lambda row: Class(
            id=row["id"],
            name=row["name"],
            grade=row["grade"],
            year=row["year"],
            homeroom=named.get(row["homeroom_id"]),
            leader=named.get(row["leader_id"]),
            confirmed_at=row["confirmed_at"],
            confirmed_by=named.get(row["confirmed_by"]),
            size=counted.get(row["id"], 0),
        )
    )


async def assignments(
    actor: Actor, page: Page, *, year: str, class_id: UUID | None = None, person_id: UUID | None = None
) -> Slice[Assignment]:
    """Who teaches what in the classes that ``actor`` may read.  Three statements."""
    seen = ClassRow.filter(scope.classes(actor), year=year)
    query = AssignmentRow.filter(class_id__in=Subquery(seen.values("id")))
    if class_id:
        query = query.filter(class_id=class_id)
    if person_id:
        query = query.filter(person_id=person_id)
    rows = await take(query, BY_SUBJECT, page, ("id", "class_id", "subject", "term", "person_id"))
    named = await _names(rows.rows, "person_id")
    of = [row["class_id"] for row in rows.rows]
    called = (
        {row["id"]: row["name"] for row in await ClassRow.filter(id__in=of).values("id", "name")}
        if of
        else {}
    )
    return rows.map(
        lambda row: Assignment(
            id=row["id"],
            class_id=row["class_id"],
            class_name=called[row["class_id"]],
            subject=row["subject"],
            term=Term(row["term"]),
            person=named.get(row["person_id"]) or PersonName(id=row["person_id"], full_name=""),
        )
    )


async def school_levels(school: SchoolId) -> tuple[Level, ...]:
    """The levels that a school has, ascending.  One statement."""
    rows = await SchoolRow.filter(id=school).values("levels")
    return levels(rows[0]) if rows else ()


async def printing(school: SchoolId, year: str) -> Printing | None:
    """What is printed on the transcripts of a year.  Two statements."""
    rows = await PrintConfigurationRow.filter(school_id=school, year=year).values(
        "year", "place", "written_on", "primary_profile"
    )
    if not rows:
        return None
    primary = Level.TH in await school_levels(school)
    chosen = profile(rows[0], Level.TH) if primary else None
    return Printing(**(rows[0] | {"primary_profile": chosen}))


def _class_filter(wanted: ClassFilter) -> Q:
    found = Q()
    if wanted.year is not None:
        found &= Q(year=wanted.year)
    if wanted.grade is not None:
        found &= Q(grade=wanted.grade)
    if wanted.level is not None:
        found &= Q(grade__in=list(GRADES[wanted.level]))
    if wanted.ids is not None:
        found &= Q(id__in=list(wanted.ids))
    if wanted.name:
        held = may_hold(ClassRow, "name", wanted.name)
        found &= Q(name__icontains=wanted.name) if held else Q(id__in=[])
    return found


async def _names(rows: Sequence[object], *columns: str) -> dict[object, PersonName]:
    ids = {row[column] for row in rows for column in columns} - {None}  # type: ignore[index]
    found = await PersonRow.filter(id__in=list(ids)).values("id", "full_name") if ids else []
    return {row["id"]: PersonName(**row) for row in found}


async def _sizes(ids: Sequence[UUID]) -> dict[UUID, int]:
    counted = there(class_id__in=list(ids)).group_by("class_id").annotate(size=Count("id"))
    return {row["class_id"]: row["size"] for row in await counted.values("class_id", "size")} if ids else {}
