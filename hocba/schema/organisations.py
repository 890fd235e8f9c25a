"""Authorities, and the schools below them: for whoever acts for one."""

from typing import Self

import strawberry

from hocba import words
from hocba.domain.organisations import OrganisationKind
from hocba.domain.values import Level, Ownership
from hocba.schema.context import Info, asking_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, local_id
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.school import School
from hocba.store.reads import organisations as reads
from hocba.store.reads import school as schools


@describe
@strawberry.type
class Organisation:
    """An authority: Bộ, Sở, Phòng, or UBND cấp xã.

    :ivar code: Its code.
    :ivar name: Its name.
    :ivar kind: What it is.
    :ivar kind_label: What users call that.
    :ivar parent_id: The authority right above it, among those that are listed; null for one's own.
    :ivar schools: How many schools stand right below it today.
    """

    id: strawberry.ID
    code: str
    name: str
    kind: OrganisationKind
    kind_label: str
    parent_id: strawberry.ID | None
    schools: int

    @classmethod
    def of(cls, row: reads.Below, language: words.Lang) -> Self:
        """From its row."""
        own = row.organisation
        return cls(
            id=global_id("Organisation", own.id),
            code=own.code,
            name=own.name,
            kind=own.kind,
            kind_label=words.label(own.kind, language),
            parent_id=global_id("Organisation", row.parent) if row.parent else None,
            schools=row.schools,
        )


@describe
@strawberry.input
class SupervisedSchoolFilter:
    """Which of the schools are wanted.

    :ivar organisation_id: Only those below this authority, which must be one's own or below it.
    :ivar code: Mã trường, whole.
    :ivar level: Only with this level.
    :ivar ownership: Only public, or only private ones.
    """

    organisation_id: strawberry.ID | None = None
    code: str | None = None
    level: Level | None = None
    ownership: Ownership | None = None

    def read(self) -> schools.SchoolFilter:
        """The filter of the store."""
        return schools.SchoolFilter(code=self.code or "", level=self.level, ownership=self.ownership)


@describe
@strawberry.type
class OrganisationQueries:
    """Reading who stands above whom."""

    @strawberry.field
    async def organisations(self, info: Info) -> list[Organisation]:
        """The authorities for which one acts and those below them today, from the top; none to others."""
        asking = asking_of(info)
        rows = await reads.tree(asking.organisations, asking.day)
        return [Organisation.of(row, info.context.language) for row in rows]

    @strawberry.field
    async def supervised_schools(
        self,
        info: Info,
        *,
        filter: SupervisedSchoolFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[School]:
        """The schools below the authorities for which one acts, today, by code; none to others."""
        asking, given = asking_of(info), filter or SupervisedSchoolFilter()
        below = asking.supervised
        if given.organisation_id is not None:
            wanted = local_id("Organisation", given.organisation_id)
            known = await reads.tree(asking.organisations, asking.day)
            own = [row.organisation.id for row in known if row.organisation.id == wanted]
            below = reads.Schools(day=asking.day, organisations=own)
        rows = await schools.below(below, given.read(), page_of(info, first, after, last, before))
        return connection(rows, lambda row: School.of(row, info))
