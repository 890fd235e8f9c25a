"""The one typeface of the printed form: Libertinus Serif, shipped with its licence (OFL 1.1).

The form is set with these files and nothing else, neither the system's fonts nor a fallback:
what a machine has installed must not change a document.  A character that the typeface
lacks would stop a PDF/A from being made, so the form asks ``printable`` for what can be
shown; the XML, which is the original, keeps every character.
"""

import struct
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

FAMILY = "Libertinus Serif"
"""The family's name, as typst and CSS ask for it."""

DIRECTORY = Path(str(files("hocba.documents").joinpath("assets", "fonts")))
"""Where the font files and OFL.txt lie."""

FACES = tuple(sorted(path.name for path in DIRECTORY.glob("*.otf")))
"""Regular, bold, italic.  No bold italic: that face has neither ơ nor ư."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands on the page for a character that the typeface does not have."""

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def printable(text: str) -> str:
    """``text`` in NFC with every character that cannot be shown replaced; control characters fall away."""
    text = unicodedata.normalize("NFC", text)
    if _unproblematic().issuperset(text):  # nearly always; looking at each character takes its time
        return text
    known = common_characters()
    kept = (character for character in text if _shown(character))
    return "".join(character if ord(character) in known else REPLACEMENT for character in kept)


@cache
def common_characters() -> frozenset[int]:
    """The code points that all four faces have."""
    faces = [characters((DIRECTORY / name).read_bytes()) for name in FACES]
    return frozenset.intersection(*faces)


@cache
def _unproblematic() -> frozenset[str]:
    """The characters that ``printable`` leaves as they are."""
    return frozenset(filter(_shown, map(chr, common_characters())))


def characters(font: bytes) -> frozenset[int]:
    """The code points that an OpenType font maps to a glyph (its ``cmap``, formats 4 and 12)."""
    start = _table(font, b"cmap")
    count = struct.unpack_from(">H", font, start + 2)[0]
    found: set[int] = set()
    for record in range(count):
        offset = start + struct.unpack_from(">I", font, start + 4 + 8 * record + 4)[0]
        form = struct.unpack_from(">H", font, offset)[0]
        if form == 4:  # noqa: PLR2004 -- the format's number
            found |= _segments(font, offset)
        elif form == 12:  # noqa: PLR2004
            found |= _groups(font, offset)
    return frozenset(found)


def _shown(character: str) -> bool:
    return character == "\n" or unicodedata.category(character) not in _INVISIBLE


def _table(font: bytes, tag: bytes) -> int:
    for index in range(struct.unpack_from(">H", font, 4)[0]):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"the font has no table {tag!r}")


def _segments(font: bytes, offset: int) -> set[int]:
    count = struct.unpack_from(">H", font, offset + 6)[0] // 2
    ends, starts = offset + 14, offset + 16 + 2 * count
    deltas, ranges = starts + 2 * count, starts + 4 * count
    found: set[int] = set()
    for index in range(count):
        end, start, delta, reach = (
            struct.unpack_from(">H", font, at + 2 * index)[0] for at in (ends, starts, deltas, ranges)
        )
        for code in range(start, end + 1):
            glyph = code
            if reach:
                glyph = struct.unpack_from(">H", font, ranges + 2 * index + reach + 2 * (code - start))[0]
            if glyph and (glyph + delta) % 65536 and code != 0xFFFF:  # noqa: PLR2004
                found.add(code)
    return found


def _groups(font: bytes, offset: int) -> set[int]:
    count = struct.unpack_from(">I", font, offset + 12)[0]
    found: set[int] = set()
    for index in range(count):
        first, last, _ = struct.unpack_from(">III", font, offset + 16 + 12 * index)
        found.update(range(first, last + 1))
    return found
