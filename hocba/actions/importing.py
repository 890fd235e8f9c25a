"""Import a workbook (B6; guide II.1): preview, or take it.

An ADMIN or MANAGER of the school names a file he has uploaded.  It is read, every cell and row is
judged, and what it would change is worked out in memory.  With ``dry_run`` that is all.  Else, when
nothing is an ERROR, everything is written in one transaction; one error, and nothing is.  Either way the
import itself is kept: the report row by row, and the workbook with its errors to download.

The same file a second time says *unchanged* throughout.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from hocba.actions import uploads
from hocba.actions.import_report import ImportReport, report_of
from hocba.actions.import_run import Done, Job, levels_of, run
from hocba.documents import workbooks
from hocba.documents.workbooks import Problem
from hocba.domain import entries
from hocba.domain.people import Actor
from hocba.domain.values import SchoolYear
from hocba.store import histories
from hocba.store.models import ImportRow


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookImported:
    """A workbook was taken in; how many rows of it made or changed something."""

    year: SchoolYear
    created: int
    updated: int
    refused: int


async def import_workbook(
    actor: Actor, upload_id: UUID, *, year: SchoolYear, dry_run: bool, now: datetime, reason: str = ""
) -> ImportReport:
    """Take the workbook ``upload_id`` into the actor's school and ``year``, or say what it would do.

    :param reason: why; the histories of what changes keep it.
    :raises Refusal: NOT_PERMITTED; FILE_UNKNOWN for a file that is not his or is gone;
        FILE_TOO_LARGE, FILE_NOT_READABLE; INVALID_VALUE for the year or the reason;
        CHARACTER_NOT_ALLOWED; STALE.
    """
    levels = await levels_of(actor, year)
    why = entries.reason(reason, required=False)
    upload = await uploads.own(actor, upload_id, now=now)
    sheets = await asyncio.to_thread(workbooks.read, upload.content, levels)
    job = Job(actor=actor, sheets=sheets, levels=levels, year=year, now=now, dry_run=dry_run, reason=why)
    del sheets
    report, problems = await _taken(job, upload_id)
    del job  # a big school's rows make room for the workbook with its errors
    if problems:
        marked = await asyncio.to_thread(workbooks.error_workbook, upload.content, problems, levels)
        await ImportRow.filter(id=report.id).update(error_workbook=marked)
    return report


async def _taken(job: Job, upload: UUID) -> tuple[ImportReport, tuple[Problem, ...]]:
    done = await run(job, partial(_keep, job, upload))
    return report_of(job, done), done.problems


async def _keep(job: Job, upload: UUID, done: Done) -> None:
    report = report_of(job, done)
    await ImportRow.create(
        id=report.id,
        school_id=job.actor.school,
        person_id=job.actor.id,
        upload_id=upload,
        year=job.year,
        dry_run=job.dry_run,
        committed=report.committed,
        report=report.as_dict(),
        error_workbook=None,
        created_at=job.now,
    )
    changed = sum(sheet.created + sheet.updated for sheet in report.sheets)
    if report.committed and changed:
        taken = WorkbookImported(
            year=job.year,
            created=sum(sheet.created for sheet in report.sheets),
            updated=sum(sheet.updated for sheet in report.sheets),
            refused=sum(sheet.refused for sheet in report.sheets),
        )
        by = job.actor
        await histories.add("import", report.id, taken, by=by.id, school=by.school, at=job.now)
