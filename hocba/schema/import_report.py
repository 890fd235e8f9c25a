"""What an import said, as clients read it."""

from typing import Self

import strawberry

from hocba import words
from hocba.actions import import_report as reports
from hocba.actions import links
from hocba.actions.import_rows import RowChange
from hocba.documents.workbooks import Problem, ProblemCode, Severity, SheetKey
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from hocba.domain import errors
from hocba.domain.errors import Code
from hocba.domain.values import Status
from hocba.schema.context import Info, actor_of, now_of
from hocba.schema.docs import describe, describe_enum
from hocba.schema.ids import global_id
from hocba.schema.refusals import Refusal
from hocba.words import Lang

describe_enum(
    SheetKey,
    "A sheet of the workbook.",
    {key: table.title for key, table in tables(ALL_LEVELS).items()},
    name="ImportSheet",
)
describe_enum(
    Severity,
    "What a problem does to its row.",
    {
        Severity.ERROR: "The row cannot be taken.",
        Severity.REFUSED: "The row is left out: a live transcript holds its data.",
        Severity.WARNING: "The row is taken.",
    },
    name="ImportSeverity",
)
describe_enum(
    ProblemCode,
    "What is wrong in a workbook, or in a row.",
    {code: code.value.replace("_", " ").capitalize() + "." for code in ProblemCode},
    name="ImportProblemCode",
)
_SENT = frozenset({Status.SUBMITTED, Status.ACCEPTED, Status.RECALL_PENDING})
"""What the portal has, or is about to have: it is recalled before it is cancelled."""


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

    @classmethod
    def of(cls, problem: Problem, language: Lang) -> Self:
        """In one language."""
        return cls(
            sheet=problem.sheet,
            row=problem.row,
            column=problem.header,
            code=problem.code,
            severity=problem.severity,
            message=problem.sentence(language),
        )


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
class ImportChange:
    """A value that a row replaces.

    :ivar sheet: The sheet.
    :ivar row: As the spreadsheet counts, from 1.
    :ivar column: The column's header in the template.
    :ivar of: The code of the pupil or person, or the name of the class.
    :ivar old: What it was, as a cell shows it; empty for nothing.
    :ivar new: What it is then.
    """

    sheet: SheetKey
    row: int
    column: str
    of: str
    old: str
    new: str

    @classmethod
    def of_change(cls, change: RowChange) -> Self:
        """As it is."""
        return cls(
            sheet=change.sheet,
            row=change.row,
            column=change.column,
            of=change.of,
            old=change.old,
            new=change.new,
        )


@describe
@strawberry.type
class ImportHeldPupil:
    """A pupil whose live transcript stands in the way of rows, or keeps what they changed.

    :ivar student_id: The pupil.
    :ivar code: Mã học sinh.
    :ivar full_name: Họ và tên.
    :ivar class_name: Lớp.
    :ivar transcript_id: The transcript that would have to be cancelled first.
    :ivar status: Where it is.
    :ivar status_label: What users call that.
    :ivar rows: How many rows.
    :ivar refusal: What stands in the way, and what would help.
    """

    student_id: strawberry.ID
    code: str
    full_name: str
    class_name: str
    transcript_id: strawberry.ID
    status: Status
    status_label: str
    rows: int
    refusal: Refusal

    @classmethod
    def of(cls, pupil: reports.HeldPupil, language: Lang) -> Self:
        """In one language."""
        code = Code.RECALL_FIRST if pupil.status in _SENT else Code.FROZEN_DATA
        return cls(
            student_id=global_id("Student", pupil.student),
            code=pupil.code,
            full_name=pupil.full_name,
            class_name=pupil.class_name,
            transcript_id=global_id("Transcript", pupil.transcript),
            status=pupil.status,
            status_label=words.label(pupil.status, language),
            rows=pupil.rows,
            refusal=Refusal.of(errors.Refusal(code), language),
        )


@describe
@strawberry.type
class ImportReport:
    """What an import said and did.

    :ivar school_year: Năm học.
    :ivar dry_run: Whether it only said what it would do.
    :ivar committed: Whether anything was written.
    :ivar sheets: Sheet by sheet.
    :ivar problems: The first thousand, in the order of the sheets.
    :ivar problem_count: How many there are.
    :ivar changes: The first thousand values that rows replace.
    :ivar change_count: How many there are.
    :ivar held_pupils: The first thousand pupils whose live transcript stands in the way, by name.
    :ivar held_pupil_count: How many there are.
    :ivar outdated_pupils: The first thousand pupils whose live transcript keeps what rows changed of staff,
        of who signs for a class, or of the print configuration, by name.
    :ivar outdated_pupil_count: How many there are.
    :ivar error_workbook_url: The workbook with a column Lỗi, for a quarter of an hour.
    """

    id: strawberry.ID
    school_year: str
    dry_run: bool
    committed: bool
    sheets: list[ImportSheetReport]
    problems: list[ImportProblem]
    problem_count: int
    changes: list[ImportChange]
    change_count: int
    held_pupils: list[ImportHeldPupil]
    held_pupil_count: int
    outdated_pupils: list[ImportHeldPupil]
    outdated_pupil_count: int
    error_workbook_url: str | None

    @classmethod
    def of(cls, info: Info, report: reports.ImportReport) -> Self:
        """In the request's language, with a link for whoever asks."""
        language = info.context.language
        return cls(
            id=global_id("Import", report.id),
            school_year=report.year,
            dry_run=report.dry_run,
            committed=report.committed,
            sheets=[_sheet(each) for each in report.sheets],
            problems=[ImportProblem.of(each, language) for each in report.problems],
            problem_count=sum(report.problem_count.values()),
            changes=[ImportChange.of_change(each) for each in report.changes],
            change_count=report.change_count,
            held_pupils=[ImportHeldPupil.of(each, language) for each in report.held],
            held_pupil_count=report.held_count,
            outdated_pupils=[ImportHeldPupil.of(each, language) for each in report.outdated],
            outdated_pupil_count=report.outdated_count,
            error_workbook_url=_error_workbook(info, report),
        )


def _sheet(report: reports.SheetReport) -> ImportSheetReport:
    return ImportSheetReport(
        sheet=report.sheet,
        read=report.read,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        refused=report.refused,
        errors=report.errors,
    )


def _error_workbook(info: Info, report: reports.ImportReport) -> str | None:
    if not report.has_error_workbook:
        return None
    link = links.Link(kind="import-errors", id=report.id.hex, person=actor_of(info).id)
    return links.make(info.context.house, link, now=now_of(info))
