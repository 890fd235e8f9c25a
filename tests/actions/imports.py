"""Imports in tests: a workbook brought in, and what the report says of it."""

from hocba.actions.import_report import ImportReport
from hocba.actions.importing import import_workbook
from hocba.documents.workbooks import ProblemCode, SheetKey
from hocba.domain.people import Actor
from tests.schools import NOW, YEAR, upload


async def bring(actor: Actor, content: bytes, *, dry_run: bool = False) -> ImportReport:
    """Upload and import."""
    file = await upload(actor, content)
    return await import_workbook(actor, file, year=YEAR, dry_run=dry_run, now=NOW)


def said(report: ImportReport) -> list[tuple[str, int, str, ProblemCode]]:
    """Where and what, for every problem."""
    return [
        (problem.sheet.value if problem.sheet else "", problem.row, problem.header, problem.code)
        for problem in report.problems
    ]


def sheet(report: ImportReport, key: SheetKey) -> tuple[int, int, int, int, int, int]:
    """Read, created, updated, unchanged, refused, errors."""
    found = next(each for each in report.sheets if each.sheet is key)
    return (found.read, found.created, found.updated, found.unchanged, found.refused, found.errors)
