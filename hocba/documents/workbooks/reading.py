"""A workbook's cells to lines, and the list of what is wrong with them.

Sheets and headers are found by their folded words, so accents, case, spaces, line breaks and the
asterisk of a required column do not matter; the header may stand in any of the first ten rows.  A
sheet that is not there is left alone; a column that is not there leaves its field alone.  Rows that a
filter hides are read like any other; a hidden sheet is left out, and said so.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hocba.documents.workbooks.cells import Cell, Unfit, as_text, fold, is_empty
from hocba.documents.workbooks.columns import ERROR_HEADER, PART, Column, Table
from hocba.documents.workbooks.lines import Sheets
from hocba.documents.workbooks.opening import RawSheet, open_workbook
from hocba.documents.workbooks.problems import SHOWN, Problem, ProblemCode, SheetKey
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from hocba.domain.values import Level

GUIDE = "Hướng dẫn"
"""The template's first sheet, passed over."""

LISTS = "Danh mục"
"""The template's last sheet: what its lists offer, passed over."""

_HEADER_ROWS = 10
_REPEATED = 2
"""Cells that a row has in common with the header above when it is a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where a sheet's header stands, and which column is where.

    :ivar row: index of its last row, from 0.
    :ivar places: column of the template to its index in the file.
    """

    row: int
    places: Mapping[str, int]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]


def read(content: bytes, levels: Collection[Level]) -> Sheets:
    """Every row of the workbook of a school with these levels, typed, with all problems of single cells.

    :raises Refusal: FILE_TOO_LARGE, FILE_NOT_READABLE.
    """
    by_title = {fold(table.title): table for table in tables(levels).values()}
    passed_over = {fold(GUIDE), fold(LISTS)}
    lines: dict[str, Any] = {}
    given: dict[SheetKey, frozenset[str]] = {}
    problems: list[Problem] = []
    sheets = open_workbook(content)
    while sheets:
        raw = sheets.pop(0)  # what was read makes room
        title = fold(raw.title)
        if title in passed_over or (raw.hidden and title not in by_title):
            continue
        if raw.hidden or title not in by_title:
            code = ProblemCode.SHEET_HIDDEN if raw.hidden else ProblemCode.SHEET_UNKNOWN
            problems.append(_of_file(code, name=raw.title[:SHOWN]))
            continue
        table = by_title.pop(title)
        lines[table.key.value], given[table.key] = _sheet(table, raw, problems)
    if not given:
        problems.append(_of_file(ProblemCode.NO_KNOWN_SHEET))
    return Sheets(**lines, given=given, problems=tuple(problems))


def find_header(table: Table, rows: Sequence[Sequence[Cell]]) -> Header | None:
    """The row among the first ten that names most of the table's columns; ``None`` if none names any."""
    known = {fold(column.header): column.header for column in table.columns}
    counts = [sum(fold(as_text(cell)) in known for cell in row) for row in rows[:_HEADER_ROWS]]
    if not counts or not max(counts):
        return None
    row = counts.index(max(counts))
    places: dict[str, int] = {}
    unknown, twice = [], []
    for index, cell in enumerate(rows[row]):
        key = fold(as_text(cell))
        if key not in known:
            unknown += [as_text(cell)] if key and key != fold(ERROR_HEADER) else []
        elif known[key] in places:
            twice.append(known[key])
        else:
            places[known[key]] = index
    last = row + _repeated(rows[row], rows[row + 1 : _HEADER_ROWS])
    return Header(row=last, places=places, unknown=tuple(unknown), twice=tuple(twice))


def _repeated(header: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> int:
    """How many rows below repeat the header: its cells are merged over them."""
    for number, row in enumerate(below):
        same = sum(not is_empty(cell) and cell == above for cell, above in zip(row, header, strict=False))
        if same < _REPEATED:
            return number
    return len(below)


def _of_file(code: ProblemCode, **facts: Any) -> Problem:
    return Problem(sheet=None, row=0, code=code, facts=facts)


def _sheet(table: Table, raw: RawSheet, problems: list[Problem]) -> tuple[tuple[Any, ...], frozenset[str]]:
    header = find_header(table, raw.rows)
    if header is None:
        if any(not is_empty(cell) for row in raw.rows for cell in row):
            problems += _missing(table, frozenset(), 1)
        return (), frozenset()
    problems += _header_problems(table, header)
    columns = [
        (column, header.places[column.header]) for column in table.columns if column.header in header.places
    ]
    body = enumerate(raw.rows[header.row + 1 :], start=header.row + 2)
    lines = tuple(
        _line(table, number, row, columns, problems)
        for number, row in body
        if any(index < len(row) and not is_empty(row[index]) for _, index in columns)
    )
    return lines, frozenset(column.field for column, _ in columns)


def _header_problems(table: Table, header: Header) -> Iterator[Problem]:
    at = header.row + 1
    yield from _missing(table, frozenset(header.places), at)
    for code, names in (
        (ProblemCode.COLUMN_UNKNOWN, header.unknown),
        (ProblemCode.COLUMN_TWICE, header.twice),
    ):
        for name in names:
            yield Problem(sheet=table.key, row=at, code=code, facts={"name": name[:SHOWN]})


def _missing(table: Table, present: frozenset[str], row: int) -> Iterator[Problem]:
    for column in table.columns:
        if column.required and column.header not in present:
            yield Problem(
                sheet=table.key, row=row, code=ProblemCode.COLUMN_MISSING, facts={"name": column.header}
            )


def _line(
    table: Table,
    number: int,
    row: Sequence[Cell],
    columns: Sequence[tuple[Column, int]],
    problems: list[Problem],
) -> Any:
    cells = ((column, row[index] if index < len(row) else None) for column, index in columns)
    return line_of(table, number, cells, problems)


def line_of(table: Table, number: int, cells: Iterable[tuple[Column, Cell]], problems: list[Problem]) -> Any:
    """The line of some cells of a row; what is wrong with them is added to ``problems``."""
    values = {column.field: column.kind.empty for column in table.columns}
    for column, cell in cells:
        try:
            values[column.field] = _value(column, cell)
        except Unfit as unfit:
            if unfit.kept is not None:
                values[column.field] = unfit.kept
            problems.append(
                Problem(
                    sheet=table.key,
                    row=number,
                    code=unfit.code,
                    header=column.header,
                    value=as_text(cell)[:SHOWN],
                    facts=unfit.facts,
                )
            )
    return table.make(number, values)


def _value(column: Column, cell: Cell) -> Any:
    if not is_empty(cell):
        return column.kind.parse(cell)
    if column.required and not column.emptied:
        raise Unfit(ProblemCode.REQUIRED)
    return column.kind.empty


def rows_of(rows: Sequence[tuple[SheetKey, Mapping[str, Cell]]]) -> Sheets:
    """Rows that came without a workbook, as if they stood on its sheets, counted from 1 over all of them.

    :param rows: of each its sheet, and field to cell; what a row does not name is not given.
    """
    problems: list[Problem] = []
    lines: dict[str, tuple[Any, ...]] = {}
    given: dict[SheetKey, frozenset[str]] = {}
    given_rows: dict[tuple[SheetKey, int], frozenset[str]] = {}
    for number, (sheet, row) in enumerate(rows, start=1):
        table = tables(ALL_LEVELS)[sheet]
        line = line_of(table, number, _cells(table, number, row, problems), problems)
        lines[sheet.value] = (*lines.get(sheet.value, ()), line)
        given_rows[sheet, number] = frozenset(row)
        given[sheet] = given.get(sheet, frozenset()) | frozenset(row)
    every: dict[str, Any] = lines
    return Sheets(**every, given=given, given_rows=given_rows, problems=tuple(problems))


def _cells(
    table: Table, number: int, row: Mapping[str, Cell], problems: list[Problem]
) -> list[tuple[Column, Cell]]:
    """The columns that the row names, and those that it must; what the table has not is a problem."""
    known = {column.field: column for column in table.columns}
    for field_ in row:
        if field_ not in known and not is_empty(row[field_]):
            name, _, part = field_.partition(PART)
            code = ProblemCode.TRAIT_UNKNOWN if part else ProblemCode.NOT_OF_LEVEL
            facts = {"name": (part or name)[:SHOWN], "field": field_}
            problems.append(Problem(sheet=table.key, row=number, code=code, facts=facts))
    return [(each, row.get(each.field)) for each in table.columns if each.required or each.field in row]
