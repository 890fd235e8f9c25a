"""Import a workbook (B6; guide II.1): preview, or take it.

An ADMIN or MANAGER of the school names a file he has uploaded.  It is read, every cell and row is
judged, and what it would change is worked out in memory.  With ``dry_run`` that is all.  Else, when
nothing is an ERROR, everything is written in one transaction; one error, and nothing is.  Either way the
import itself is kept: the report row by row, and the workbook with its errors to download.

The same file a second time says *unchanged* throughout.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions import uploads
from hocba.actions.import_checks import check
from hocba.actions.import_merge import merge
from hocba.actions.import_rows import Merge, RowOutcome
from hocba.documents import workbooks
from hocba.documents.workbooks import Problem, Severity, SheetKey, Sheets
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import Level, Role, SchoolYear, is_school_year
from hocba.store import ids, school
from hocba.store.models import ImportRow
from hocba.store.school import SchoolData

KEPT = 1000
"""Problems that a report lists; the error workbook has them all, and the counts are of all."""

_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReport:
    """What became of one sheet.

    :ivar read: rows that say something.
    :ivar errors: rows with an error, or that name a row with one.
    :ivar refused: rows left out because a live transcript holds their data.
    :ivar rows: for each outcome, the rows as ``(first, last)`` ranges.
    """

    sheet: SheetKey
    read: int
    created: int
    updated: int
    unchanged: int
    refused: int
    errors: int
    rows: Mapping[RowOutcome, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import said and did.

    :ivar committed: whether anything could be written; never in a dry run.
    :ivar problems: the first thousand, in the order of the sheets.
    :ivar problem_count: how many there are by severity.
    :ivar has_error_workbook: whether there is one to download.
    """

    id: UUID
    year: SchoolYear
    dry_run: bool
    committed: bool
    sheets: tuple[SheetReport, ...]
    problems: tuple[Problem, ...]
    problem_count: Mapping[Severity, int]
    has_error_workbook: bool

    def as_dict(self) -> dict[str, Any]:
        """The report in plain values, as its row keeps it."""
        return {
            "year": self.year,
            "dry_run": self.dry_run,
            "committed": self.committed,
            "sheets": [_sheet_as_dict(each) for each in self.sheets],
            "problems": [problem.as_dict() for problem in self.problems],
            "problem_count": {severity.value: count for severity, count in self.problem_count.items()},
        }


async def import_workbook(
    actor: Actor, upload_id: UUID, *, year: SchoolYear, dry_run: bool, now: datetime
) -> ImportReport:
    """Take the workbook ``upload_id`` into the actor's school and ``year``, or say what it would do.

    :raises Refusal: NOT_PERMITTED; FILE_UNKNOWN for a file that is not his or is gone;
        FILE_TOO_LARGE, FILE_NOT_READABLE; INVALID_VALUE for the year or a level without template.
    """
    actor.must_hold(Role.ADMIN, Role.MANAGER)
    _must_be_year(year)
    upload = await uploads.own(actor, upload_id, now=now)
    levels = await school.levels_of(actor.school)
    if not levels:
        raise Refusal(Code.NOT_FOUND)
    level = levels[0]
    sheets = await asyncio.to_thread(workbooks.read, upload.content, level)
    job = _Job(actor=actor, sheets=sheets, level=level, year=year, dry_run=dry_run, now=now, upload=upload_id)
    report, problems = await _attempt(job) if dry_run else await _in_one_transaction(job)
    if problems:
        marked = await asyncio.to_thread(workbooks.error_workbook, upload.content, problems, level)
        await ImportRow.filter(id=report.id).update(error_workbook=marked)
    return report


async def take(
    actor: Actor, sheets: Sheets, *, year: SchoolYear, dry_run: bool, now: datetime
) -> ImportReport:
    """The same for rows that came another way than as a file; no import is kept, only the history.

    :raises Refusal: NOT_PERMITTED; INVALID_VALUE for the year or a level without template.
    """
    actor.must_hold(Role.ADMIN, Role.MANAGER)
    _must_be_year(year)
    levels = await school.levels_of(actor.school)
    if not levels:
        raise Refusal(Code.NOT_FOUND)
    level = levels[0]
    job = _Job(actor=actor, sheets=sheets, level=level, year=year, dry_run=dry_run, now=now, upload=None)
    report, _ = await _attempt(job) if dry_run else await _in_one_transaction(job)
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One import, whatever its rows came from."""

    actor: Actor
    sheets: Sheets
    level: Level
    year: SchoolYear
    dry_run: bool
    now: datetime
    upload: UUID | None


def _must_be_year(year: SchoolYear) -> None:
    if not is_school_year(year):
        raise Refusal(Code.INVALID_VALUE, field="year", value=year)


async def _in_one_transaction(job: _Job) -> tuple[ImportReport, tuple[Problem, ...]]:
    """Try again when somebody else wrote the same rows meanwhile.

    :raises Refusal: STALE when that does not end.
    """
    for _ in range(_TRIES):
        try:
            async with in_transaction():
                await school.lock(job.actor.school)
                return await _attempt(job)
        except IntegrityError:
            continue
    raise Refusal(Code.STALE)


async def _attempt(job: _Job) -> tuple[ImportReport, tuple[Problem, ...]]:
    names = {line.username for line in job.sheets.staff if line.username}
    data = await school.load(job.actor.school, job.year, job.level, usernames=names, now=job.now)
    work, problems = await asyncio.to_thread(_work_out, job, data)
    committed = not job.dry_run and all(each.severity is not Severity.ERROR for each in problems)
    if committed:
        await school.save(data)
        await school.record(work.changes(), by=job.actor.id, at=job.now)
    report = _report(job, work, problems, committed=committed)
    if job.upload:
        await _keep(job, report)
    return report, problems


def _work_out(job: _Job, data: SchoolData) -> tuple[Merge, tuple[Problem, ...]]:
    """Judge the rows and bring the good ones into ``data``; a second of work for a big school."""
    found = (*job.sheets.problems, *check(job.sheets, data, job.actor))
    work = merge(replace(job.sheets, problems=found), data, job.actor, source=ids.new(), now=job.now)
    order = list(SheetKey)
    problems = sorted(
        (*found, *work.problems), key=lambda each: (order.index(each.sheet) if each.sheet else -1, each.row)
    )
    return work, tuple(problems)


def _report(job: _Job, work: Merge, problems: Sequence[Problem], *, committed: bool) -> ImportReport:
    count = Counter(problem.severity for problem in problems)
    return ImportReport(
        id=work.source,
        year=job.year,
        dry_run=job.dry_run,
        committed=committed,
        sheets=tuple(
            _sheet_report(sheet, work.outcomes[sheet]) for sheet in SheetKey if sheet in job.sheets.given
        ),
        problems=tuple(problems[:KEPT]),
        problem_count={severity: count[severity] for severity in Severity},
        has_error_workbook=bool(problems) and job.upload is not None,
    )


def _sheet_report(sheet: SheetKey, outcomes: Mapping[int, RowOutcome]) -> SheetReport:
    count = Counter(outcomes.values())
    return SheetReport(
        sheet=sheet,
        read=len(outcomes),
        created=count[RowOutcome.CREATED],
        updated=count[RowOutcome.UPDATED],
        unchanged=count[RowOutcome.UNCHANGED],
        refused=count[RowOutcome.REFUSED],
        errors=count[RowOutcome.FAILED],
        rows={
            outcome: _ranges(row for row, found in outcomes.items() if found is outcome) for outcome in count
        },
    )


def _ranges(rows: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Ascending row numbers as ranges: 2, 3, 4, 9 are (2, 4), (9, 9)."""
    ranges: list[tuple[int, int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    return tuple(ranges)


def _sheet_as_dict(sheet: SheetReport) -> dict[str, Any]:
    counts = ("read", "created", "updated", "unchanged", "refused", "errors")
    rows = {outcome.value: [list(each) for each in ranges] for outcome, ranges in sheet.rows.items()}
    return {"sheet": sheet.sheet.value, **{name: getattr(sheet, name) for name in counts}, "rows": rows}


async def _keep(job: _Job, report: ImportReport) -> None:
    await ImportRow.create(
        id=report.id,
        school_id=job.actor.school,
        person_id=job.actor.id,
        upload_id=job.upload,
        year=job.year,
        dry_run=job.dry_run,
        committed=report.committed,
        report=report.as_dict(),
        error_workbook=None,
        created_at=job.now,
    )
