"""The school: years, assignments, what is printed (B2, B4)."""

from datetime import date
from typing import Self

import strawberry

from hocba import words
from hocba.domain.values import Level, Ownership, Profile, Term
from hocba.schema.classes import PersonName
from hocba.schema.context import Info, actor_of, asking_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, local_id
from hocba.schema.moments import year_read
from hocba.schema.pages import Connection, connection, page_of
from hocba.store.reads import school as reads


@describe
@strawberry.type
class School:
    """A school.

    :ivar code: Mã trường.
    :ivar name: Tên trường.
    :ivar levels: Cấp học; a school may have several.
    :ivar level_labels: What users call them.
    :ivar department: Sở GDĐT.
    :ivar commune: Xã/Phường/Đặc khu.
    :ivar province: Tỉnh/Thành phố.
    :ivar identity: The organisation id that its certificate must carry: MST:…
    :ivar ownership: Whether it is a public school: whose roots its seal is checked against depends on it.
    :ivar ownership_label: What users call that.
    """

    id: strawberry.ID
    code: str
    name: str
    levels: list[Level]
    level_labels: list[str]
    department: str
    commune: str
    province: str
    identity: str
    ownership: Ownership
    ownership_label: str

    @classmethod
    def of(cls, row: reads.School, info: Info) -> Self:
        """From its row."""
        return cls(
            id=global_id("School", row.id),
            code=row.code,
            name=row.name,
            levels=list(row.levels),
            level_labels=[words.label(level, info.context.language) for level in row.levels],
            department=row.department,
            commune=row.commune,
            province=row.province,
            identity=row.identity,
            ownership=row.ownership,
            ownership_label=words.label(row.ownership, info.context.language),
        )


@describe
@strawberry.type
class Assignment:
    """Who teaches a subject of a class in a term.

    :ivar class_id: The class.
    :ivar class_name: Its name.
    :ivar subject: The subject's code.
    :ivar term: Học kì.
    :ivar term_label: What users call the term.
    :ivar person: The teacher.
    """

    id: strawberry.ID
    class_id: strawberry.ID
    class_name: str
    subject: str
    term: Term
    term_label: str
    person: PersonName


@describe
@strawberry.type
class PrintConfiguration:
    """Cấu hình in học bạ of a school year (7.4.5).

    :ivar school_year: Năm học.
    :ivar place: Địa danh.
    :ivar written_on: The date written on the transcripts.
    :ivar primary_profile: How primary transcripts are written; null in a school without primary classes.
    """

    school_year: str
    place: str
    written_on: date
    primary_profile: Profile | None

    @classmethod
    def of(cls, row: reads.Printing) -> Self:
        """From its row."""
        return cls(
            school_year=row.year,
            place=row.place,
            written_on=row.written_on,
            primary_profile=row.primary_profile,
        )


@describe
@strawberry.input
class AssignmentFilter:
    """Which assignments are wanted.

    :ivar school_year: Năm học; the year of the request when left out.
    :ivar class_id: Only of this class.
    :ivar person_id: Only of this teacher.
    """

    school_year: str | None = None
    class_id: strawberry.ID | None = None
    person_id: strawberry.ID | None = None


@describe
@strawberry.type
class SchoolQueries:
    """Reading the school."""

    @strawberry.field
    async def school(self, info: Info) -> School | None:
        """The school of this request."""
        row = await reads.school(actor_of(info).school)
        return School.of(row, info) if row else None

    @strawberry.field
    async def schools(self, info: Info) -> list[School]:
        """The schools in which one may do anything."""
        return [School.of(row, info) for row in await reads.schools(asking_of(info).schools)]

    @strawberry.field
    async def school_years(self, info: Info) -> list[str]:
        """The school years that have classes, latest first."""
        return await reads.years(actor_of(info).school)

    @strawberry.field
    async def assignments(
        self,
        info: Info,
        *,
        filter: AssignmentFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Assignment]:
        """Who teaches what, in the classes that one may read."""
        asking, given = asking_of(info), filter or AssignmentFilter()
        rows = await reads.assignments(
            asking.actor,
            page_of(info, first, after, last, before),
            year=year_read(info, given.school_year),
            class_id=local_id("Class", given.class_id) if given.class_id else None,
            person_id=local_id("Person", given.person_id) if given.person_id else None,
        )
        language = info.context.language
        return connection(rows, lambda row: _assignment(row, language))

    @strawberry.field
    async def print_configuration(
        self, info: Info, school_year: str | None = None
    ) -> PrintConfiguration | None:
        """What is printed on the transcripts of a year.

        :param school_year: Năm học; the year of the request when left out.
        """
        asking = asking_of(info)
        row = await reads.printing(asking.actor.school, year_read(info, school_year))
        return PrintConfiguration.of(row) if row else None


def _assignment(row: reads.Assignment, language: words.Lang) -> Assignment:
    return Assignment(
        id=global_id("Assignment", row.id),
        class_id=global_id("Class", row.class_id),
        class_name=row.class_name,
        subject=row.subject,
        term=row.term,
        term_label=words.label(row.term, language),
        person=PersonName(id=global_id("Person", row.person.id), full_name=row.person.full_name),
    )
