"""From bytes to cells, whatever the bytes are.

Two doors stand before the native reader.  The first looks at the file from outside: its size, that
it is a workbook, and for ``.xlsx`` (a ZIP) how many entries it has and what they come to unpacked,
counted by unpacking them and not by what the ZIP says of itself.  The second is a process of its
own with bounded memory and time (``isolated``).

Limits, from measurement: a school of 5,000 pupils with 13 subjects each is 28 MB unpacked as we write
it, and up to twice that once another program has saved it (without shared strings, or with every cell
styled); packed it is 3 MB.  80 MB unpacked let the largest schools in, and what that can become in the
reader's memory is bounded by its own limit.
"""

import io
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from hocba.documents.workbooks import isolated
from hocba.documents.workbooks.cells import Cell
from hocba.domain.errors import Code, Refusal

MAX_PACKED = 20 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 120

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1024 * 1024
_WALL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet as it stands: its title and its rows of cells, from A1 on."""

    title: str
    hidden: bool
    rows: list[list[Cell]]


def open_workbook(content: bytes) -> list[RawSheet]:
    """The sheets of an ``.xlsx`` or ``.xls`` file.

    :raises Refusal: FILE_TOO_LARGE, FILE_NOT_READABLE.
    """
    if len(content) > MAX_PACKED:
        raise Refusal(Code.FILE_TOO_LARGE, limit=MAX_PACKED)
    if content.startswith(_ZIP):
        _check_zip(content)
    elif not content.startswith(_OLE):
        raise Refusal(Code.FILE_NOT_READABLE)
    return [RawSheet(title, hidden, _with_dates(rows)) for title, hidden, rows in _read_apart(content)]


def _check_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or "xl/workbook.xml" not in archive.namelist():
                raise Refusal(Code.FILE_NOT_READABLE)
            _must_fit(sum(entry.file_size for entry in entries), len(content))
            for entry in entries:
                _unpack(archive, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise Refusal(Code.FILE_NOT_READABLE) from error


def _must_fit(unpacked: int, packed: int) -> None:
    if unpacked > MAX_UNPACKED:
        raise Refusal(Code.FILE_TOO_LARGE, limit=MAX_UNPACKED)
    if unpacked > MAX_RATIO * packed:
        raise Refusal(Code.FILE_NOT_READABLE)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read an entry to its end: its checksum fails when its size is not the one that was counted."""
    with archive.open(entry) as unpacked:
        while unpacked.read(_CHUNK):
            pass


def _read_apart(content: bytes) -> list[tuple[str, bool, list[list[Any]]]]:
    try:
        done = subprocess.run(  # noqa: S603 -- our own script, and the file is only its input
            [sys.executable, "-I", str(Path(isolated.__file__))],
            input=content,
            capture_output=True,
            timeout=_WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refusal(Code.FILE_NOT_READABLE) from error
    if done.returncode != 0:
        raise Refusal(Code.FILE_NOT_READABLE)
    sheets: list[tuple[str, bool, list[list[Any]]]] = orjson.loads(done.stdout)
    return sheets


def _with_dates(rows: list[list[Any]]) -> list[list[Cell]]:
    """The same rows, in place: there may be many."""
    for row in rows:
        for place, cell in enumerate(row):
            if isinstance(cell, list):
                row[place] = date.fromisoformat(cell[0])
    return rows
