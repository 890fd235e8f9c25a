"""What the pupils of a class lack before their transcripts can be made (D1): the list and its workbook.

A pupil with a live transcript lacks nothing, and one pupil's gaps hide nobody else's.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from hocba import words
from hocba.documents.workbooks import MissingLine, missing_workbook
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.readiness import Missing, missing
from hocba.domain.record import TranscriptRecord
from hocba.domain.values import ClassId, SchoolYear
from hocba.store.reads import actors, students
from hocba.store.reads.actors import Grant, Holder
from hocba.store.reads.school import ClassPlace, class_place
from hocba.store.reads.students import StudentFilter
from hocba.store.records import load_records
from hocba.store.standings import load_standings

MOST = 2000
"""Pupils that are judged at once: a large school."""


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


async def narrowed(actor: Actor, wanted: StudentFilter, *, ready: bool) -> StudentFilter:
    """The same pupils, but only those without a live transcript who lack nothing (or: something).

    Only of classes whose transcripts ``actor`` may make; at most ``MOST`` are judged.
    """
    without = await students.ids(actor, replace(wanted, has_transcript=False), MOST)
    standings = await load_standings(without, SchoolYear(wanted.year))
    kept = [
        id_
        for id_, standing in standings.items()
        if actor.may_in(Permission.MISSING_DATA_VIEW, standing.school, standing.class_)
    ]
    lacking = {each.student for each in await unready(kept, SchoolYear(wanted.year))}
    return replace(wanted, ids=[id_ for id_ in kept if (id_ in lacking) is not ready])


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
    found = await unready(await _pupils(actor, class_id, place), place.year)
    lines = [_line(place, each, gap, language) for each in found for gap in each.gaps]
    headers = _HEADERS[language]
    return place.name, await asyncio.to_thread(missing_workbook, place.name, headers, lines)


async def _pupils(actor: Actor, class_id: ClassId, place: ClassPlace) -> list[UUID]:
    return await students.ids(actor, StudentFilter(year=place.year, class_id=class_id), MOST)


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
