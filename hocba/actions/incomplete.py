"""What the pupils of a class lack before their transcripts can be made (D1): the list and its workbook.

A pupil with a live transcript lacks nothing, and one pupil's gaps hide nobody else's.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from hocba import words
from hocba.documents.workbooks import MissingLine, missing_workbook
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.readiness import Missing, missing
from hocba.domain.record import TranscriptRecord
from hocba.domain.values import ClassId, SchoolYear, StudentId
from hocba.store.reads import actors, students
from hocba.store.reads.actors import Grant, Holder
from hocba.store.reads.pages import Page, Slice
from hocba.store.reads.school import ClassPlace, class_place
from hocba.store.reads.students import Student, StudentFilter
from hocba.store.records import load_records
from hocba.store.standings import load_standings

CHUNK = 200
"""Pupils that are judged at once: memory does not grow with the school."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """A pupil of whom something is missing."""

    student: UUID
    record: TranscriptRecord
    gaps: tuple[Missing, ...]


async def unready(student_ids: Sequence[UUID], year: SchoolYear) -> list[Incomplete]:
    """Those without a live transcript who lack something, in the order given."""
    standings = await load_standings(student_ids, year)
    records = await load_records(student_ids, year)
    without = [
        (student, record, standing.confirmed)
        for student, record in records.items()
        if (standing := standings[student]).live is None
    ]
    judged = await asyncio.to_thread(_judged, without)
    return [judged[student] for student in student_ids if student in judged]


def _judged(pupils: Sequence[tuple[UUID, TranscriptRecord, bool]]) -> dict[UUID, Incomplete]:
    return {
        student: Incomplete(student=student, record=record, gaps=gaps)
        for student, record, confirmed in pupils
        if (gaps := tuple(missing(record, confirmed=confirmed)))
    }


async def page(
    actor: Actor, wanted: StudentFilter, page: Page, *, ready: bool, transcripts: bool = False
) -> Slice[Student]:
    """A page of those without a live transcript who lack nothing (or: something), by name.

    Only of classes whose transcripts ``actor`` may make.  As many are judged as the page needs; all of them
    when the total is wanted.
    """
    found: list[UUID] = []
    whole = page.count and page.after is page.before is None
    async for kept in _judging(actor, wanted, page, ready=ready):
        found += kept
        if len(found) > page.size and not whole:
            break
    total = len(found) if whole else await _count(actor, wanted, ready=ready) if page.count else None
    more, chosen = len(found) > page.size, found[: page.size]
    shown = replace(wanted, ids=chosen)
    rows = await students.students(actor, shown, Page(size=page.size), transcripts=transcripts)
    return replace(
        rows,
        has_next=more if not page.backward else page.before is not None,
        has_previous=more if page.backward else page.after is not None,
        total=total,
    )


async def ids(actor: Actor, wanted: StudentFilter, limit: int, *, ready: bool) -> list[UUID]:
    """The first so many of the same pupils."""
    found: list[UUID] = []
    async for kept in _judging(actor, wanted, Page(size=limit), ready=ready):
        found += kept
        if len(found) >= limit:
            break
    return found[:limit]


async def _count(actor: Actor, wanted: StudentFilter, *, ready: bool) -> int:
    return sum([len(kept) async for kept in _judging(actor, wanted, Page(size=0), ready=ready)])


async def _judging(
    actor: Actor, wanted: StudentFilter, within: Page, *, ready: bool
) -> AsyncIterator[list[UUID]]:
    """Those of a list who are wanted, a chunk at a time."""
    async for pupils in _chunks(actor, replace(wanted, has_transcript=False), within):
        yield await _kept(actor, pupils, SchoolYear(wanted.year), ready=ready)


async def _chunks(actor: Actor, wanted: StudentFilter, within: Page) -> AsyncIterator[list[UUID]]:
    """The pupils of a list from where ``within`` begins, ``CHUNK`` at a time."""
    at, more = replace(within, size=CHUNK, count=False), True
    while more:
        found = await students.places(actor, wanted, at)
        yield list(reversed(found.rows) if at.backward else found.rows)
        more = found.has_previous if at.backward else found.has_next
        if more and at.backward:
            at = replace(at, before=found.keys[0])
        elif more:
            at = replace(at, after=found.keys[-1])


async def _kept(actor: Actor, pupils: Sequence[UUID], year: SchoolYear, *, ready: bool) -> list[UUID]:
    standings = await load_standings(pupils, year)
    mine = [
        id_
        for id_ in pupils
        if (standing := standings.get(StudentId(id_)))
        and actor.may_in(Permission.MISSING_DATA_VIEW, standing.school, standing.class_)
    ]
    lacking = {each.student for each in await unready(mine, year)}
    return [id_ for id_ in mine if (id_ in lacking) is not ready]


async def workbook(
    holder: Holder, grants: Sequence[Grant], class_id: ClassId, language: words.Lang
) -> tuple[str, bytes]:
    """The class's name, and the workbook of what its pupils lack.

    :raises Refusal: NOT_FOUND, NOT_PERMITTED for who may not make the class's transcripts.
    """
    place = await class_place(class_id)
    if place is None:
        raise Refusal(Code.NOT_FOUND)
    actor = await actors.actor(holder, place.school, place.year, grants)
    if not actor.may_in(Permission.TRANSCRIPT_VIEW, place.school, class_id):
        raise Refusal(Code.NOT_FOUND)
    if not actor.may_in(Permission.MISSING_DATA_VIEW, place.school, class_id):
        raise Refusal(Code.NOT_PERMITTED, needs=Permission.MISSING_DATA_VIEW.value)
    lines: list[MissingLine] = []
    async for pupils in _chunks(actor, StudentFilter(year=place.year, class_id=class_id), Page(size=CHUNK)):
        found = await unready(pupils, place.year)
        lines += [_line(place, each, gap, language) for each in found for gap in each.gaps]
    headers = _HEADERS[language]
    return place.name, await asyncio.to_thread(missing_workbook, place.name, headers, lines)


def _line(place: ClassPlace, of: Incomplete, gap: Missing, language: words.Lang) -> MissingLine:
    return MissingLine(
        class_name=place.name,
        code=of.record.student.code,
        full_name=of.record.student.full_name,
        field=words.field_label(gap.field, language),
        sentence=words.sentence(gap, language),
        place=words.label(gap.where, language),
    )


_HEADERS: dict[words.Lang, MissingLine] = {
    "vi": MissingLine(
        class_name="Lớp",
        code="Mã học sinh",
        full_name="Họ và tên",
        field="Trường dữ liệu",
        sentence="Thông tin cần bổ sung",
        place="Nơi bổ sung",
    ),
    "en": MissingLine(
        class_name="Class",
        code="Student code",
        full_name="Full name",
        field="Field",
        sentence="What is missing",
        place="Where it is mended",
    ),
}
