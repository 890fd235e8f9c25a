"""An invented school in the database, with people who import into it and files they upload."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from hocba.demo.school import DemoSchool, make_school
from hocba.documents import workbooks
from hocba.documents.workbooks import SheetKey
from hocba.domain.people import Actor
from hocba.domain.permissions import ADMINISTRATION
from hocba.domain.values import Level, PersonId, Role, SchoolId, SchoolYear, Status, Step
from hocba.store import ids
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EarlierYearRow,
    EnrolmentRow,
    EventRow,
    ImportRow,
    OverrideRow,
    PersonRow,
    PrimarySummaryRow,
    PrintConfigurationRow,
    ResultRow,
    RoleGrantRow,
    SchoolRow,
    StudentRow,
    SummaryRow,
    TranscriptRow,
    UploadRow,
    UserRow,
)

YEAR = SchoolYear("2025-2026")
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
DATA = (
    PersonRow,
    UserRow,
    RoleGrantRow,
    ClassRow,
    AssignmentRow,
    StudentRow,
    EnrolmentRow,
    ResultRow,
    SummaryRow,
    PrimarySummaryRow,
    EarlierYearRow,
    OverrideRow,
    PrintConfigurationRow,
    EventRow,
)
"""Every table that an import may write, but for its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """A school that exists, and its administrator."""

    id: SchoolId
    admin: Actor


@cache
def small() -> DemoSchool:
    """Twelve pupils in four classes."""
    return make_school(seed=5, classes=4, students=12)


def filled(school: DemoSchool, **sheets: Any) -> bytes:
    """The school's workbook with some sheets' lines replaced."""
    lines = school.lines() | {SheetKey(name): given for name, given in sheets.items()}
    return workbooks.fill(school.levels, school.year, lines)


def only(levels: Collection[Level] = (Level.THCS,), **sheets: Any) -> bytes:
    """A workbook in which only some sheets have rows."""
    return workbooks.fill(levels, YEAR, {SheetKey(name): given for name, given in sheets.items()})


def changed(lines: Any, index: int, **values: Any) -> tuple[Any, ...]:
    """``lines`` with one of them changed."""
    return tuple(replace(line, **values) if place == index else line for place, line in enumerate(lines))


async def make_place(school: DemoSchool | None = None, levels: Collection[Level] = ()) -> Place:
    """The school of ``small``, empty but for its administrator; with other levels when they are said."""
    of = school or small()
    facts = of.school
    id_ = SchoolId(ids.new())
    own = {field.name for field in fields(facts)} - {"code", "level"}
    named = {name: getattr(facts, name) for name in own}
    await SchoolRow.create(id=id_, code=str(uuid4())[:20], levels=",".join(levels or of.levels), **named)
    return Place(id_, user(id_, Role.ADMIN))


def user(school: SchoolId, *roles: Role) -> Actor:
    """Somebody of a school; no row says so.  A MANAGER has the administration delegated to him."""
    delegated = ADMINISTRATION if Role.MANAGER in roles else frozenset()
    return Actor(id=PersonId(ids.new()), school=school, roles=frozenset(roles), delegated=delegated)


async def upload(actor: Actor, content: bytes, *, at: datetime = NOW) -> UUID:
    """A file that ``actor`` has sent."""
    row = await UploadRow.create(
        id=ids.new(),
        person_id=actor.id,
        name="truong.xlsx",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=at,
    )
    return row.id


async def counts() -> dict[str, int]:
    """How many rows each table has, and how many imports there were."""
    return {model.__name__: await model.all().count() for model in (*DATA, ImportRow)}


async def make_live(place: Place, student: StudentRow) -> None:
    """A live transcript for a pupil, as far as the import can see one."""
    enrolment = await EnrolmentRow.get(student_id=student.id)
    await TranscriptRow.create(
        id=ids.new(),
        school_id=place.id,
        class_id=enrolment.class_id,
        student_id=student.id,
        year=YEAR,
        status=Status.AWAITING_SIGNATURES,
        open_step=Step.SUBJECT_TEACHERS,
        lookup_code=uuid4(),
        profile="hocba-2.0",
        student_name=student.full_name,
        sort_key=student.sort_key,
        search_key=student.search_key,
        personal_id=student.personal_id,
        content=b"",
        content_sha256="0" * 64,
        created_by=place.admin.id,
        created_at=NOW,
    )
