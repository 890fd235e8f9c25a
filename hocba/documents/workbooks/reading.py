"""A workbook's cells to lines, and the list of what is wrong with them.

Sheets and headers are found by their folded words, so accents, case, spaces and the asterisk of a
required column do not matter; the header may stand in any of the first ten rows.  A sheet that is
not there is left alone; a column that is not there leaves its field alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hocba.documents.workbooks.cells import Cell, Unfit, as_text, fold, is_empty
from hocba.documents.workbooks.columns import ERROR_HEADER, Column, Table, tables
from hocba.documents.workbooks.lines import Sheets
from hocba.documents.workbooks.opening import RawSheet, open_workbook
from hocba.documents.workbooks.problems import SHOWN, Problem, ProblemCode, SheetKey
from hocba.domain.values import Level

GUIDE = "Hướng dẫn"
"""The template's first sheet, passed over."""

LISTS = "Danh mục"
"""The template's last sheet: what its lists offer, passed over."""

_HEADER_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where a sheet's header stands, and which column is where.

    :ivar row: index of the row, from 0.
    :ivar places: column of the template to its index in the file.
    """

    row: int
    places: Mapping[str, int]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]


def read(content: bytes, level: Level = Level.THCS) -> Sheets:
    """Every row of a workbook, typed, with all problems of single cells.

    :raises Refusal: FILE_TOO_LARGE, FILE_NOT_READABLE; INVALID_VALUE for a level without template.
    """
    by_title = {fold(table.title): table for table in tables(level).values()}
    passed_over = {fold(GUIDE), fold(LISTS)}
    lines: dict[str, tuple[Any, ...]] = {}
    given: dict[SheetKey, frozenset[str]] = {}
    problems: list[Problem] = []
    for raw in open_workbook(content):
        table = by_title.pop(fold(raw.title), None)
        if table is None:
            if fold(raw.title) not in passed_over:
                problems.append(_of_file(ProblemCode.SHEET_UNKNOWN, name=raw.title[:SHOWN]))
            continue
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
    return Header(row=row, places=places, unknown=tuple(unknown), twice=tuple(twice))


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
    values = {column.field: column.kind.empty for column in table.columns}
    for column, index in columns:
        cell = row[index] if index < len(row) else None
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
    return table.line(row=number, **values)


def _value(column: Column, cell: Cell) -> Any:
    if not is_empty(cell):
        return column.kind.parse(cell)
    if column.required:
        raise Unfit(ProblemCode.REQUIRED)
    return column.kind.empty
