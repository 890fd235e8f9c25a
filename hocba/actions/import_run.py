"""Rows into a school, whatever they came from: judged, worked out in memory, written in one transaction.

Of a workbook everything is taken or nothing: one error, and nothing is.  Rows that came by the API are
taken row by row: a bad one is left out and the others go on.  Either way what a live transcript holds is
left alone, and the same rows a second time change nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions import import_outdated, import_signers
from hocba.actions.import_checks import check
from hocba.actions.import_codes import OF_PUPILS, complete, incomplete
from hocba.actions.import_merge import merge
from hocba.actions.import_rows import Merge
from hocba.documents.workbooks import Problem, Severity, SheetKey, Sheets
from hocba.domain import entries
from hocba.domain.errors import Code, Refusal
from hocba.domain.names import search_key
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import Level, SchoolYear
from hocba.store import ids, school
from hocba.store.school import Pupils, SchoolData

_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be brought into whose school.

    :ivar row_by_row: take what is right, also when other rows are wrong.
    :ivar reason: why, for the histories of what changes.
    """

    actor: Actor
    sheets: Sheets
    levels: tuple[Level, ...]
    year: SchoolYear
    now: datetime
    dry_run: bool = False
    row_by_row: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of it.

    :ivar problems: all of them, in the order of the sheets.
    :ivar committed: whether anything could be written; never in a dry run.
    """

    work: Merge
    problems: tuple[Problem, ...]
    committed: bool


Keep = Callable[[Done], Awaitable[None]]
"""Writes down what came of a job, in the transaction in which it came."""


async def levels_of(actor: Actor, year: SchoolYear) -> tuple[Level, ...]:
    """The levels of the school into which somebody wants to bring rows, when he may.

    :raises Refusal: NOT_PERMITTED; INVALID_VALUE for the year; NOT_FOUND without a school.
    """
    actor.must(Permission.SCHOOL_DATA_WRITE)
    entries.school_year(year)
    levels = await school.levels_of(actor.school)
    if not levels:
        raise Refusal(Code.NOT_FOUND)
    return levels


async def run(job: Job, keep: Keep | None = None) -> Done:
    """Do it, or say what it would do.  Tried again when somebody else wrote the same rows meanwhile.

    :raises Refusal: STALE when that does not end.
    """
    if job.dry_run:
        return await _attempt(job, keep)
    for _ in range(_TRIES):
        try:
            async with in_transaction():
                await school.lock(job.actor.school)
                return await _attempt(job, keep)
        except IntegrityError:
            continue
    raise Refusal(Code.STALE)


async def _attempt(job: Job, keep: Keep | None) -> Done:
    data = await school.load(
        job.actor.school,
        job.year,
        job.levels,
        usernames={line.username for line in job.sheets.staff if line.username},
        pupils=_pupils(job.sheets) if job.row_by_row else None,
        now=job.now,
    )
    done = await asyncio.to_thread(_work_out, job, data)
    done = replace(done, problems=_in_order([*done.problems, *await import_outdated.find(done.work)]))
    if done.committed:
        await school.save(data)
        await school.record(done.work.events(), by=job.actor.id, school=job.actor.school, at=job.now)
    if keep:
        await keep(done)
    return done


def _pupils(sheets: Sheets) -> Pupils:
    """Whom the rows name: of a few rows nobody else is loaded."""
    others = (line for sheet in OF_PUPILS for line in sheets.lines(sheet))
    lines = sheets.students
    return Pupils(
        codes=frozenset(line.code for line in lines) | {line.student for line in others},
        personal_ids=frozenset(line.personal_id for line in lines) - {""},
        record_numbers=frozenset(line.record_number for line in lines) - {""},
        search_keys=frozenset(search_key(line.full_name) for line in lines) - {""},
    )


def _work_out(job: Job, data: SchoolData) -> Done:
    """Judge the rows and bring the good ones into ``data``; seconds of work for a big school."""
    sheets = (incomplete if job.row_by_row else complete)(job.sheets, data)
    found = (*sheets.problems, *check(sheets, data, job.actor))
    work = merge(
        replace(sheets, problems=found), data, job.actor, source=ids.new(), now=job.now, reason=job.reason
    )
    problems = (*found, *work.problems, *import_signers.check(sheets, data))
    taken = job.row_by_row or all(each.severity is not Severity.ERROR for each in problems)
    return Done(work=work, problems=problems, committed=taken and not job.dry_run)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    order = {sheet: place for place, sheet in enumerate(SheetKey)}
    return tuple(sorted(problems, key=lambda each: (order[each.sheet] if each.sheet else -1, each.row)))
