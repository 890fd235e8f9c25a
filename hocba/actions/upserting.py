"""School data row by row, as a client sends it (B6): the workbook's sheets without a workbook.

The cells of a row are what the same columns would hold, so one reader judges both.  A bad row never stops
the others, what a live transcript holds is refused, and the same rows a second time are UNCHANGED.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hocba.actions.import_rows import RowOutcome, whose
from hocba.actions.import_run import Done, Job, levels_of, run
from hocba.documents import workbooks
from hocba.documents.workbooks import Problem, SheetKey, Sheets
from hocba.documents.workbooks.cells import Cell, as_text
from hocba.domain import entries
from hocba.domain.people import Actor
from hocba.domain.values import GRADES, Level, SchoolYear
from hocba.store import school


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of one row.

    :ivar id: the pupil, class or person that it is about, if there is one.
    :ivar problems: what is wrong with it, warnings too.
    """

    outcome: RowOutcome
    id: UUID | None
    problems: tuple[Problem, ...]


Rows = Sequence[tuple[SheetKey, Mapping[str, Cell]]]


async def upsert(
    actor: Actor,
    sheet: SheetKey,
    rows: Sequence[Mapping[str, Cell]],
    *,
    year: SchoolYear,
    now: datetime,
    reason: str = "",
) -> list[RowResult]:
    """Make or change what each row says, in the actor's school and ``year``.

    :param rows: field of the sheet's line to cell; a field that is not there is left alone.  Of
        *Kết quả* in the words of secondary schools: a primary pupil's level is his ``year``.
    :param reason: why; the histories of what changes keep it.
    :returns: a result for each row, in the order given; problems count rows from 1.
    :raises Refusal: NOT_PERMITTED; INVALID_VALUE for the year or the reason; CHARACTER_NOT_ALLOWED; STALE.
    """
    levels = await levels_of(actor, year)
    why = entries.reason(reason, required=False)
    placed: Rows = [(sheet, row) for row in rows]
    if sheet is SheetKey.RESULTS and Level.TH in levels:
        placed = await _by_level(actor, rows, year)
    sheets = await asyncio.to_thread(workbooks.rows_of, placed)
    job = Job(actor=actor, sheets=sheets, levels=levels, year=year, now=now, row_by_row=True, reason=why)
    done = await run(job)
    return [_result(done, sheets, key, number) for number, (key, _) in enumerate(placed, start=1)]


async def _by_level(actor: Actor, rows: Sequence[Mapping[str, Cell]], year: SchoolYear) -> Rows:
    """Each row on the sheet of its pupil's level."""
    codes = {as_text(row.get("student")) for row in rows}
    grades = await school.grades_of(actor.school, year, codes)
    primary = {code for code, grade in grades.items() if grade in GRADES[Level.TH]}
    return [
        (SheetKey.PRIMARY_RESULTS, {_PRIMARY.get(field, field): cell for field, cell in row.items()})
        if as_text(row.get("student")) in primary
        else (SheetKey.RESULTS, row)
        for row in rows
    ]


_PRIMARY = {"year": "level"}
"""What *Kết quả tiểu học* calls a field of *Kết quả*."""


def _result(done: Done, sheets: Sheets, sheet: SheetKey, row: int) -> RowResult:
    line = next(line for line in sheets.lines(sheet) if line.row == row)
    return RowResult(
        outcome=done.work.outcomes[sheet][row],
        id=_thing(done, sheet, whose(line)),
        problems=tuple(each for each in done.problems if each.row == row),
    )


def _thing(done: Done, sheet: SheetKey, code: str) -> UUID | None:
    data = done.work.data
    match sheet:
        case SheetKey.STAFF:
            found = data.people.get(code)
        case SheetKey.CLASSES | SheetKey.ASSIGNMENTS:
            found = data.classes.get(code)
        case _:
            found = data.students.get(code)
    return found["id"] if found else None
