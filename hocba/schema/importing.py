"""Workbooks: the template, and taking one (B6)."""

import strawberry

from hocba.actions import importing as actions
from hocba.actions import links
from hocba.actions.people import NO_YEAR
from hocba.domain import errors
from hocba.schema.context import Info, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import local_id
from hocba.schema.import_report import ImportReport
from hocba.schema.moments import year_read, year_written
from hocba.schema.refusals import Refusal
from hocba.store.reads import school as reads


@describe
@strawberry.input
class ImportWorkbookInput:
    """Take a workbook, or see what it would do (B6).

    :ivar upload_id: From POST /files.
    :ivar dry_run: Only say what it would do.
    :ivar school_year: Năm học; the year of the request when left out.
    :ivar reason: Why; the histories of what changes keep it.
    """

    upload_id: strawberry.ID
    dry_run: bool = False
    school_year: str | None = None
    reason: str | None = None


@describe
@strawberry.type
class ImportWorkbookPayload:
    """What the import said.

    :ivar report: The report.
    """

    report: ImportReport | None
    refusal: Refusal | None


@describe
@strawberry.type
class ImportQueries:
    """Reading templates."""

    @strawberry.field
    async def workbook_template(self, info: Info, school_year: str | None = None) -> str | None:
        """Where to download the empty workbook of the school's levels, within a quarter of an hour (B6).

        :param school_year: Năm học; the year of the request when left out.
        """
        asking = asking_of(info)
        found = await reads.school(asking.actor.school)
        if found is None:
            return None
        year = year_read(info, school_year)
        if year == NO_YEAR:
            raise BadUserInputError("this school has no year yet: name one")
        name = f"{'.'.join(found.levels)}-{year}"
        link = links.Link(kind="template", id=name, person=asking.actor.id)
        return links.make(info.context.house, link, now=now_of(info))


@describe
@strawberry.type
class ImportMutations:
    """Taking workbooks."""

    @strawberry.mutation
    async def import_workbook(self, info: Info, input: ImportWorkbookInput) -> ImportWorkbookPayload:
        """Take a workbook, or see what it would do: idempotent, row by row (B6)."""
        asking = asking_of(info)
        try:
            report = await actions.import_workbook(
                asking.actor,
                local_id("Upload", input.upload_id),
                year=year_written(info, input.school_year),
                dry_run=input.dry_run,
                now=now_of(info),
                reason=input.reason or "",
            )
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return ImportWorkbookPayload(report=None, refusal=said)
        return ImportWorkbookPayload(report=ImportReport.of(info, report), refusal=None)
