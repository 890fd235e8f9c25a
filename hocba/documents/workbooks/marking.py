"""The error workbook: the school's own rows again, with what is wrong beside them.

Every sheet of the template comes back as it was, cell by cell, with one column more, *Lỗi*: all
sentences for the row.  Cells with an error are red, with a warning yellow, rows left out orange.  What
concerns the whole file stands on a sheet of its own; hidden sheets and those that are not the template's
are left out.

Mended, it can be imported as it is: reading passes over *Lỗi*.
"""

import io
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from hocba.documents.workbooks.cells import Cell, as_text, fold
from hocba.documents.workbooks.columns import ERROR_HEADER, Table
from hocba.documents.workbooks.opening import RawSheet, open_workbook
from hocba.documents.workbooks.problems import Problem, Severity, SheetKey
from hocba.documents.workbooks.reading import find_header
from hocba.documents.workbooks.sheets import tables
from hocba.domain.values import Level

_FILE_SHEET = "Lỗi của tệp"
COLOURS = {Severity.ERROR: "#FFC7CE", Severity.REFUSED: "#F8CBAD", Severity.WARNING: "#FFEB9C"}
"""Background of a cell by what its problem does; the first that applies wins."""

_LONGEST = 32_000
"""Characters that fit into one cell."""

_Looks = Mapping[Severity | None, Mapping[str, Any]]
"""For each colour, the formats of text, dates and numbers."""


def error_workbook(original: bytes, problems: Sequence[Problem], levels: Collection[Level]) -> bytes:
    """``original`` with its problems written and coloured in.

    :raises Refusal: as ``read``.
    """
    by_title = {fold(table.title): table for table in tables(levels).values()}
    by_sheet: dict[SheetKey | None, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_sheet[problem.sheet].append(problem)
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"constant_memory": True, "strings_to_formulas": False}) as book:
        looks = _looks(book)
        _write_file_problems(book, by_sheet[None])
        for raw in open_workbook(original):
            if not raw.hidden and (table := by_title.pop(fold(raw.title), None)):
                _write_sheet(book.add_worksheet(table.title), raw, table, by_sheet[table.key], looks)
    return memory.getvalue()


def _looks(book: xlsxwriter.Workbook) -> _Looks:
    names = ("@", "dd/mm/yyyy", "General")
    colours: dict[Severity | None, dict[str, str]] = {None: {}}
    colours |= {severity: {"bg_color": COLOURS[severity]} for severity in Severity}
    return {
        severity: {name: book.add_format({**colour, "num_format": name}) for name in names}
        for severity, colour in colours.items()
    }


def _write_file_problems(book: xlsxwriter.Workbook, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    sheet = book.add_worksheet(_FILE_SHEET)
    for row, problem in enumerate(problems):
        sheet.write_string(row, 0, problem.sentence())


def _write_sheet(
    sheet: Worksheet, raw: RawSheet, table: Table, problems: Sequence[Problem], looks: _Looks
) -> None:
    header = find_header(table, raw.rows)
    places = header.places if header else {}
    head = header.row if header else 0
    lost = _error_column(raw, head) if problems else None
    found = _by_row(problems)
    for index, cells in enumerate(raw.rows):
        marks = _marks(found.get(index, ()), places)
        for place, cell in enumerate(cells):
            if place != lost:
                _write_cell(sheet, (index, place), cell, looks[marks.get(place)], marked=place in marks)
        for place in set(marks) - set(range(len(cells))):
            sheet.write_blank(index, place, None, looks[marks[place]]["@"])
        if lost is not None:
            _write_sentences(sheet, index, lost, found.get(index, ()), is_head=index == head)


def _by_row(problems: Sequence[Problem]) -> Mapping[int, Sequence[Problem]]:
    rows: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        rows[problem.row - 1].append(problem)
    return rows


def _error_column(raw: RawSheet, head: int) -> int:
    """Where *Lỗi* goes: where it stood before, else after the last column."""
    titles = [fold(as_text(cell)) for cell in raw.rows[head]] if raw.rows else []
    if fold(ERROR_HEADER) in titles:
        return titles.index(fold(ERROR_HEADER))
    return max((len(row) for row in raw.rows), default=0)


def _marks(problems: Sequence[Problem], places: Mapping[str, int]) -> Mapping[int, Severity]:
    """The colour of each cell of a row; a problem of the whole row colours its first column."""
    order = tuple(Severity)
    marks: dict[int, Severity] = {}
    for problem in problems:
        place = places.get(problem.header, min(places.values(), default=0))
        marks[place] = min(marks.get(place, problem.severity), problem.severity, key=order.index)
    return marks


def _write_sentences(
    sheet: Worksheet, row: int, place: int, problems: Sequence[Problem], *, is_head: bool
) -> None:
    sentences = [
        f"{problem.header}: {problem.sentence()}" if problem.header else problem.sentence()
        for problem in problems
    ]
    if text := "; ".join([ERROR_HEADER] * is_head + sentences):
        sheet.write_string(row, place, text[:_LONGEST])


def _write_cell(
    sheet: Worksheet, at: tuple[int, int], cell: Cell, looks: Mapping[str, Any], *, marked: bool
) -> None:
    match cell:
        case None | "":
            if marked:
                sheet.write_blank(*at, None, looks["@"])
        case bool():
            sheet.write_boolean(*at, cell, looks["General"])
        case int() | float():
            sheet.write_number(*at, cell, looks["General"])
        case date():
            sheet.write_datetime(*at, cell, looks["dd/mm/yyyy"])
        case _:
            sheet.write_string(*at, cell, looks["@"])
