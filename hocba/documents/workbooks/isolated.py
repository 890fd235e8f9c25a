"""Reads a spreadsheet in a process of its own: standard input to standard output.

Run as a script by ``opening``; it imports nothing of ours.  A file can make a native reader
allocate far more than its own size (one long shared string shown in every cell; a lone cell in
the last row and column), and no check of the ZIP sees that.  So the reader gets bounded memory and
time, and whatever happens to it happens to nobody else.

The answer is JSON: ``[[title, hidden, [[cell, …], …]], …]``; a date is a list with one ISO string.  A
cell that is merged over several rows stands in each of them that says anything besides.
"""

import datetime as dt
import io
import resource
import sys
from typing import Any

import orjson
import python_calamine

MEMORY = 512 * 1024 * 1024
"""Bytes of address space.  5,000 pupils with 13 subjects are read with 150 MB."""

SECONDS = 30
"""Seconds of processor time."""

MAX_SHEETS = 40
MAX_CELLS = 2_000_000
"""Cells of all sheets together, empty ones between A1 and the last one included."""

MAX_TEXT = 48 * 1024 * 1024
"""Characters in all cells together."""


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cell(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return [value.date().isoformat()]
    if isinstance(value, dt.date):
        return [value.isoformat()]
    if isinstance(value, str | int | float):
        return value
    return str(value)


def _cells(sheet: python_calamine.CalamineSheet) -> int:
    row, column = sheet.end or (-1, -1)
    return (row + 1) * (column + 1)


def _fill_down(rows: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    says = [any(cell != "" for cell in row) for row in rows]
    for (top, left), (bottom, _) in merged:
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if says[row]:
                rows[row][left] = rows[top][left]


def read_cells(content: bytes) -> list[tuple[str, bool, list[list[Any]]]]:
    """The title of every sheet, whether it is hidden, and its rows, from A1 on; charts are left out.

    :raises ValueError: when there are too many sheets, cells or characters.
    """
    book = python_calamine.load_workbook(io.BytesIO(content))
    if len(book.sheet_names) > MAX_SHEETS:
        raise ValueError
    sheets = []
    cells = text = 0
    for about in book.sheets_metadata:
        if about.typ is not python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(about.name)
        cells += _cells(sheet)
        if cells > MAX_CELLS:
            raise ValueError
        rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        _fill_down(rows, sheet.merged_cell_ranges or [])
        text += sum(len(cell) for row in rows for cell in row if isinstance(cell, str))
        if text > MAX_TEXT:
            raise ValueError
        sheets.append((about.name, about.visible is not python_calamine.SheetVisibleEnum.Visible, rows))
    return sheets


def main() -> int:
    """Read one file; exit status 1 says that it cannot be read."""
    _bound()
    try:
        answer = orjson.dumps(read_cells(sys.stdin.buffer.read()))
    except Exception:  # noqa: BLE001 -- whatever is wrong with it, the file cannot be read
        return 1
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
