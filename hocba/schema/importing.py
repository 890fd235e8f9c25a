"""Workbooks: the template, taking one, and what it said (B6)."""

import strawberry

from hocba.actions import importing as actions
from hocba.actions import links
from hocba.actions.people import NO_YEAR
from hocba.documents.workbooks import Problem, ProblemCode, Severity, SheetKey
from hocba.domain import errors
from hocba.domain.values import Level
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.docs import describe, describe_enum
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import global_id, local_id
from hocba.schema.moments import year_read, year_written
from hocba.schema.refusals import Refusal
from hocba.store.reads import school as reads

describe_enum(
    SheetKey,
    "A sheet of the workbook.",
    dict(
        zip(
            SheetKey,
            ("Nhân sự", "Lớp", "Học sinh", "Phân công", "Kết quả", "Tổng kết", "Cấu hình in"),
            strict=True,
        )
    ),
    name="ImportSheet",
)
describe_enum(
    Severity,
    "What a problem does to its row.",
    dict(
        zip(
            Severity,
            (
                "The row cannot be taken.",
                "The row is left out: a live transcript holds its data.",
                "The row is taken.",
            ),
            strict=True,
        )
    ),
    name="ImportSeverity",
)
describe_enum(
    ProblemCode,
    "What is wrong in a workbook.",
    {code: code.value.replace("_", " ").capitalize() + "." for code in ProblemCode},
    name="ImportProblemCode",
)


@describe
@strawberry.type
class ImportProblem:
    """One thing wrong at one place of the workbook.

    :ivar sheet: The sheet; null for what concerns the whole file.
    :ivar row: As the spreadsheet counts, from 1.
    :ivar column: The column's header in the template; empty for the whole row.
    :ivar code: What is wrong.
    :ivar severity: What it does to its row.
    :ivar message: The sentence to show.
    """

    sheet: SheetKey | None
    row: int
    column: str
    code: ProblemCode
    severity: Severity
    message: str


@describe
@strawberry.type
class ImportSheetReport:
    """What became of one sheet.

    :ivar sheet: The sheet.
    :ivar read: Rows that say something.
    :ivar created: Rows that are new.
    :ivar updated: Rows that changed something.
    :ivar unchanged: Rows that were so already.
    :ivar refused: Rows left out because a live transcript holds their data.
    :ivar errors: Rows with an error.
    """

    sheet: SheetKey
    read: int
    created: int
    updated: int
    unchanged: int
    refused: int
    errors: int


@describe
@strawberry.type
class ImportReport:
    """What an import said and did.

    :ivar school_year: Năm học.
    :ivar dry_run: Whether it only said what it would do.
    :ivar committed: Whether anything was written.
    :ivar sheets: Sheet by sheet.
    :ivar problems: The first thousand, in the order of the sheets.
    :ivar error_workbook_url: The workbook with a column Lỗi, for a quarter of an hour.
    """

    id: strawberry.ID
    school_year: str
    dry_run: bool
    committed: bool
    sheets: list[ImportSheetReport]
    problems: list[ImportProblem]
    error_workbook_url: str | None


@describe
@strawberry.input
class ImportWorkbookInput:
    """Take a workbook, or see what it would do (B6).

    :ivar upload_id: From POST /files.
    :ivar dry_run: Only say what it would do.
    :ivar school_year: Năm học; the year of the request when left out.
    """

    upload_id: strawberry.ID
    dry_run: bool = False
    school_year: str | None = None


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
        """Where to download the empty workbook of the school's level, within a quarter of an hour (B6).

        :param school_year: Năm học; the year of the request when left out.
        """
        asking = asking_of(info)
        found = await reads.school(asking.actor.school)
        if found is None or found.levels[0] is Level.TH:
            return None
        year = year_read(info, school_year)
        if year == NO_YEAR:
            raise BadUserInputError("this school has no year yet: name one")
        name = f"{found.levels[0].value}-{year}"
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
            )
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return ImportWorkbookPayload(report=None, refusal=said)
        return ImportWorkbookPayload(report=_report(info, report), refusal=None)


def _report(info: Info, report: actions.ImportReport) -> ImportReport:
    url = None
    if report.has_error_workbook:
        link = links.Link(kind="import-errors", id=report.id.hex, person=actor_of(info).id)
        url = links.make(info.context.house, link, now=now_of(info))
    return ImportReport(
        id=global_id("Import", report.id),
        school_year=report.year,
        dry_run=report.dry_run,
        committed=report.committed,
        sheets=[
            ImportSheetReport(
                sheet=each.sheet,
                read=each.read,
                created=each.created,
                updated=each.updated,
                unchanged=each.unchanged,
                refused=each.refused,
                errors=each.errors,
            )
            for each in report.sheets
        ],
        problems=[_problem(each, info.context.language) for each in report.problems],
        error_workbook_url=url,
    )


def _problem(problem: Problem, language: str) -> ImportProblem:
    return ImportProblem(
        sheet=problem.sheet,
        row=problem.row,
        column=problem.header,
        code=problem.code,
        severity=problem.severity,
        message=problem.sentence(language),
    )
