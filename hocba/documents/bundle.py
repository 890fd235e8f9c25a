"""Many documents as one ZIP, streamed: what is in memory is one document at a time.

The last file is ``manifest.json``: path, size and SHA-256 of every other, so that whoever gets
the bundle can check it with nothing but the bundle.  The same entries give the same bytes.

Names are Vietnamese and stay so (UTF-8 flag, NFC).  A path that would leave the folder it is
unpacked in, or that Windows cannot write, is refused when its ``Entry`` is made, before the
first byte goes out; a path that came before gets a number, upper and lower case being the same.
"""

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import orjson

MANIFEST = "manifest.json"
"""The name of the last file."""

MAX_PATH = 240
"""Characters of a path."""

MAX_MANIFEST = 64 * 1024 * 1024
"""Bytes of a manifest that ``check`` reads: some 400,000 files."""

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_PIECE = 1 << 16
_PACKED = frozenset({".pdf", ".zip", ".xlsx"})
_EPOCH = (1980, 1, 1, 0, 0, 0)


class UnsafePathError(ValueError):
    """The path could write outside of where it is unpacked, or nowhere at all."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a bundle.

    :ivar path: relative, with ``/``; NFC.
    :raises UnsafePathError: when made with a path that may not be in a bundle.
    """

    path: str
    content: bytes

    def __post_init__(self) -> None:
        safe = 0 < len(self.path) <= MAX_PATH and unicodedata.is_normalized("NFC", self.path)
        if not safe or self.path == MANIFEST or not all(map(_is_safe, self.path.split("/"))):
            raise UnsafePathError(f"not a path for a bundle: {self.path!r}")


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    size: int
    sha256: str


def safe_name(text: str) -> str:
    """``text`` as one part of a path: what no file system takes becomes ``_``."""
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text)).strip(" .")[:80].rstrip(" .")
    return name if _is_safe(name) else f"_{name}"


async def stream(entries: AsyncIterator[Entry]) -> AsyncIterator[bytes]:
    """The ZIP of ``entries`` and their manifest, piece by piece.

    An error of ``entries`` ends the stream before the central directory: the receiver has
    no ZIP that could be taken for a whole one.
    """
    outlet = _Outlet()
    archive = ZipFile(cast("BinaryIO", outlet), "w", ZIP_DEFLATED)
    rows: list[_Row] = []
    taken: set[str] = {MANIFEST}
    async for entry in entries:
        path = _untaken(entry.path, taken)
        await asyncio.to_thread(_write, archive, path, entry.content)
        rows.append(_Row(path, len(entry.content), sha256(entry.content).hexdigest()))
        yield outlet.drain()
    _write(archive, MANIFEST, _manifest(rows))
    archive.close()
    yield outlet.drain()


def check(archive: BinaryIO) -> tuple[str, ...]:
    """What is wrong with a bundle, as sentences for a log; nothing when it agrees with its manifest."""
    try:
        with ZipFile(archive) as bundle:
            return tuple(_disagreements(bundle))
    except (BadZipFile, KeyError, ValueError, TypeError, NotImplementedError, EOFError, OSError) as error:
        return (f"not a readable bundle: {type(error).__name__}",)


class _Outlet:
    """What ``ZipFile`` writes into: unseekable, emptied after each entry."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is kept back."""

    def drain(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def _write(archive: ZipFile, path: str, content: bytes) -> None:
    info = ZipInfo(path, date_time=_EPOCH)
    info.create_system, info.external_attr = 3, 0o644 << 16
    packed = PurePosixPath(path).suffix in _PACKED
    archive.writestr(info, content, compress_type=ZIP_DEFLATED, compresslevel=1 if packed else 6)


def _manifest(rows: list[_Row]) -> bytes:
    return orjson.dumps({"algorithm": "sha256", "files": rows}, option=orjson.OPT_INDENT_2)


def _untaken(path: str, taken: set[str]) -> str:
    """``path``, or with the first free number before its suffix."""
    pure, chosen, number = PurePosixPath(path), path, 2
    while chosen.casefold() in taken:
        chosen = str(pure.with_name(f"{pure.stem} ({number}){pure.suffix}"))
        number += 1
    taken.add(chosen.casefold())
    return chosen


def _is_safe(part: str) -> bool:
    reserved = not part or _FORBIDDEN.search(part) or _RESERVED.fullmatch(part)
    return not reserved and part == part.strip(" ") and not part.endswith(".")


def _disagreements(bundle: ZipFile) -> list[str]:
    names = Counter(bundle.namelist())
    if bundle.getinfo(MANIFEST).file_size > MAX_MANIFEST:
        return ["the manifest is too large"]
    rows = {row["path"]: row for row in orjson.loads(bundle.read(MANIFEST))["files"]}
    found = [f"not in the manifest: {name}" for name in names if name not in rows and name != MANIFEST]
    found += [f"twice in the bundle: {name}" for name, times in names.items() if times > 1]
    for path, row in rows.items():
        if path not in names:
            found.append(f"missing: {path}")
        elif _digest(bundle, path, row["size"]) != (row["size"], row["sha256"]):
            found.append(f"changed: {path}")
    return found


def _digest(bundle: ZipFile, path: str, limit: int) -> tuple[int, str]:
    """Size and SHA-256, reading no further than one piece past ``limit``."""
    size, hashed = 0, sha256()
    with bundle.open(path) as file:
        while size <= limit and (piece := file.read(_PIECE)):
            size += len(piece)
            hashed.update(piece)
    return size, hashed.hexdigest()
