"""Reads a spreadsheet in a process of its own: standard input to standard output.

Run as a script by ``opening``; it imports nothing of ours.  A file can make a native reader
allocate far more than its own size (one long shared string shown in every cell; a lone cell in
the last row and column), and no check of the ZIP sees that.  So the reader gets bounded memory and
time, and whatever happens to it happens to nobody else.

The answer is JSON: ``[[title, [[cell, …], …]], …]``; a date is a list with one ISO string.
"""

import datetime as dt
import io
import resource
import sys
from typing import Any

import orjson
import python_calamine

MEMORY = 768 * 1024 * 1024
"""Bytes of address space.  2,000 pupils with 13 subjects need about a third of it."""

SECONDS = 30
"""Seconds of processor time."""

MAX_ROWS = 60_000
MAX_COLUMNS = 100
MAX_SHEETS = 40
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


def _rows(sheet: python_calamine.CalamineSheet) -> list[list[Any]]:
    if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
        raise ValueError
    return [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


def _read(content: bytes) -> list[tuple[str, list[list[Any]]]]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    if len(book.sheet_names) > MAX_SHEETS:
        raise ValueError
    sheets = []
    text = 0
    for name in book.sheet_names:
        rows = _rows(book.get_sheet_by_name(name))
        text += sum(len(cell) for row in rows for cell in row if isinstance(cell, str))
        if text > MAX_TEXT:
            raise ValueError
        sheets.append((name, rows))
    return sheets


def main() -> int:
    """Read one file; exit status 1 says that it cannot be read."""
    _bound()
    try:
        answer = orjson.dumps(_read(sys.stdin.buffer.read()))
    except Exception:  # noqa: BLE001 -- whatever is wrong with it, the file cannot be read
        return 1
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
