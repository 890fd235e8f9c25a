"""Classes of a school year: who keeps them, how far they have come, what their pupils lack (B5, D1, D14)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from hocba import words
from hocba.actions import links
from hocba.domain.permissions import Permission
from hocba.domain.values import ClassId, Level
from hocba.schema.context import Info, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, local_ids
from hocba.schema.moments import year_read
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.progress import StatusCount
from hocba.schema.selection import asks
from hocba.store.reads import progress as counts
from hocba.store.reads import school as reads
from hocba.store.reads.pages import Slice


@describe
@strawberry.type
class PersonName:
    """Somebody, as a list names him.

    :ivar full_name: Họ và tên.
    """

    id: strawberry.ID
    full_name: str

    @classmethod
    def maybe(cls, row: reads.PersonName | None) -> Self | None:
        """From a row that may be missing."""
        return cls(id=global_id("Person", row.id), full_name=row.full_name) if row else None


@describe
@strawberry.type
class YearEnd:
    """The year-end confirmation of a class (5.9.4): creation needs it.

    :ivar confirmed_at: When; null while it is not confirmed.
    :ivar confirmed_by: By whom.
    """

    confirmed_at: datetime | None
    confirmed_by: PersonName | None


@describe
@strawberry.type
class ClassProgress:
    """How far the transcripts of a class have come (D1, D14).

    :ivar without_transcript: Pupils without a live one: Chưa tạo học bạ.
    :ivar by_status: Live transcripts by status.
    """

    without_transcript: int
    by_status: list[StatusCount]

    @classmethod
    def of(cls, found: counts.Counts, language: words.Lang) -> Self:
        """From what was counted."""
        return cls(
            without_transcript=found.students - sum(found.by_status.values()),
            by_status=StatusCount.of_live(found.by_status, language),
        )


@describe
@strawberry.type
class Class:
    """A class of one school year.

    :ivar name: Lớp.
    :ivar grade: Khối.
    :ivar school_year: Năm học.
    :ivar homeroom_teacher: Giáo viên chủ nhiệm.
    :ivar leader: The leader who signs for this class (7.4.5).
    :ivar year_end: Whether the year is confirmed.
    :ivar size: How many pupils it has.
    :ivar progress: How far its transcripts have come; null inside the answer of a mutation.
    :ivar missing_data_url: Tải thông tin thiếu: a workbook of what its pupils lack, good for a quarter
        of an hour; null to those who could not make its transcripts.
    """

    id: strawberry.ID
    name: str
    grade: int
    school_year: str
    homeroom_teacher: PersonName | None
    leader: PersonName | None
    year_end: YearEnd
    size: int
    progress: ClassProgress | None = None
    missing_data_url: str | None = None

    @classmethod
    def of(cls, row: reads.Class) -> Self:
        """From its row."""
        return cls(
            id=global_id("Class", row.id),
            name=row.name,
            grade=row.grade,
            school_year=row.year,
            homeroom_teacher=PersonName.maybe(row.homeroom),
            leader=PersonName.maybe(row.leader),
            year_end=YearEnd(confirmed_at=row.confirmed_at, confirmed_by=PersonName.maybe(row.confirmed_by)),
            size=row.size or 0,
        )


@describe
@strawberry.input
class ClassFilter:
    """Which classes are wanted.

    :ivar school_year: Năm học; the year of the request when left out.
    :ivar level: Cấp học; when it is left out, the level chosen at sign-in, if one was.
    :ivar grade: Khối.
    :ivar name: Part of the name.
    :ivar ids: Only these.
    """

    school_year: str | None = None
    level: Level | None = None
    grade: int | None = None
    name: str | None = None
    ids: list[strawberry.ID] | None = None


@describe
@strawberry.type
class ClassQueries:
    """Reading classes."""

    @strawberry.field
    async def classes(
        self,
        info: Info,
        *,
        filter: ClassFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Class]:
        """The classes that one may read, by grade and name."""
        asking, given = asking_of(info), filter or ClassFilter()
        rows = await reads.classes(
            asking.actor,
            reads.ClassFilter(
                year=year_read(info, given.school_year),
                level=given.level or (asking.level if given.ids is None else None),
                grade=given.grade,
                name=given.name or "",
                ids=None if given.ids is None else local_ids("Class", given.ids),
            ),
            page_of(info, first, after, last, before),
            people=asks(info, *(f"edges.node.{name}" for name in ("homeroomTeacher", "leader", "yearEnd"))),
            sizes=asks(info, "edges.node.size"),
        )
        counted = await _progress(info, rows)
        return connection(rows, lambda row: _shaped(info, row, counted))


async def _progress(info: Info, rows: Slice[reads.Class]) -> Mapping[UUID, counts.Counts]:
    """How far these classes have come, when that was asked for."""
    if not asks(info, "edges.node.progress"):
        return {}
    return await counts.of_classes([row.id for row in rows.rows])


def _shaped(info: Info, row: reads.Class, counted: Mapping[UUID, counts.Counts]) -> Class:
    shown = Class.of(row)
    if found := counted.get(row.id):
        shown.progress = ClassProgress.of(found, info.context.language)
    if asks(info, "edges.node.missingDataUrl"):
        shown.missing_data_url = _missing_data_url(info, row.id)
    return shown


def _missing_data_url(info: Info, class_id: UUID) -> str | None:
    actor = asking_of(info).actor
    if not actor.may_in(Permission.MISSING_DATA_VIEW, actor.school, ClassId(class_id)):
        return None
    link = links.Link(kind=f"missing-{info.context.language}", id=str(class_id), person=actor.id)
    return links.make(info.context.house, link, now=now_of(info))
