"""Cells to values and back: one ``Kind`` for each way a column is written.

People type freely, so reading is generous about form (``8,5`` and ``8.5``; ``Tốt`` and ``T``;
dates as dates or as text; numbers that stand for codes) and strict about meaning.  Text becomes
NFC with single spaces; what begins with ``= + - @`` is text like any other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from hocba.documents.workbooks.problems import ProblemCode
from hocba.domain import entries
from hocba.domain.names import search_key

Cell = str | int | float | bool | date | None
"""What a spreadsheet's cell can hold."""

Shown = str | int | Decimal | date | None
"""What we write into a cell."""


class Unfit(ValueError):  # noqa: N818 -- a value, caught by the reader at once
    """A cell does not fit its column.

    :ivar kept: the value to go on with all the same; ``None`` for the column's empty value.
    """

    def __init__(self, code: ProblemCode, *, kept: Any = None, **facts: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.kept = kept
        self.facts: Mapping[str, Any] = facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a column is read and written.

    :ivar parse: from a cell that is not empty; raises ``Unfit``.
    :ivar show: the cell to write for a value.
    :ivar empty: the value of an empty cell.
    :ivar choices: what the template offers in a list.
    :ivar format: ``text``, ``date`` or ``general``.
    """

    parse: Callable[[Cell], Any]
    show: Callable[[Any], Shown]
    empty: Any = ""
    choices: tuple[str, ...] = ()
    format: str = "text"


def fold(text: str) -> str:
    """``text`` without case, accents, spaces and punctuation: for comparing headers and choices."""
    return _folded(text) if len(text) <= _SHORT else _folded.__wrapped__(text)


def as_text(cell: Cell | Shown) -> str:
    """A cell as the text a person sees: whole numbers without ``.0``, dates day first, one line."""
    if isinstance(cell, str) and len(cell) <= _SHORT:
        return _one_line(cell)
    return " ".join(_typed(cell).split())


def is_empty(cell: Cell) -> bool:
    """Whether a cell holds nothing that can be seen."""
    if not isinstance(cell, str):
        return cell is None
    seen = cell.strip()
    return not seen or (not seen.isprintable() and not as_text(seen))


_SHORT = 60
"""Characters of a text that is likely to come again: a mark, a subject, a name.  It is worked on once, and
all rows that say it share it: a school's results are 65,000 rows."""


@lru_cache(8192)
def _folded(text: str) -> str:
    return "".join(char for char in search_key(text) if char.isalnum())


@lru_cache(8192)
def _one_line(text: str) -> str:
    return " ".join(_typed(text).split())


_ESCAPED = re.compile(r"_x000[Dd]_")


def _typed(cell: Cell | Shown) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "Có" if cell else "Không"
        case float() if cell.is_integer():
            return str(int(cell))
        case float():
            return str(round(cell, 6))
        case date():
            return f"{cell:%d/%m/%Y}"
        case _:
            return entries.bare(_ESCAPED.sub("", str(cell)))


def _clean(text: str, limit: int) -> str:
    if entries.steers(text.replace("\n", "")):
        raise Unfit(ProblemCode.CHARACTER_NOT_ALLOWED)
    if len(text) > limit:
        raise Unfit(ProblemCode.TOO_LONG, limit=limit)
    return text


def text(limit: int, *choices: str) -> Kind:
    """One line of text; ``choices`` are offered, others accepted."""
    return Kind(parse=lambda cell: _clean(as_text(cell), limit), show=str, choices=choices)


def paragraph(limit: int) -> Kind:
    """Text whose line breaks stay."""

    def parse(cell: Cell) -> str:
        lines = (" ".join(line.split()) for line in _typed(cell).splitlines())
        return _clean("\n".join(line for line in lines if line), limit)

    return Kind(parse=parse, show=str)


def personal_id() -> Kind:
    """Twelve digits (NĐ 137/2015 Đ13).  A number cell has lost its leading zeros: they come back."""

    def parse(cell: Cell) -> str:
        digits = as_text(cell).replace(" ", "").lstrip("'")
        if isinstance(cell, int | float) and not isinstance(cell, bool) and len(digits) in (10, 11):
            whole = digits.zfill(12)
            raise Unfit(ProblemCode.PERSONAL_ID_PADDED, kept=whole, value=whole)
        if not re.fullmatch(r"[0-9]{12}", digits):
            raise Unfit(ProblemCode.PERSONAL_ID_INVALID)
        return digits

    return Kind(parse=parse, show=str)


def username() -> Kind:
    """A user name: plain lower case."""

    def parse(cell: Cell) -> str:
        name = as_text(cell).casefold()
        if not re.fullmatch(r"[a-z0-9._@-]{3,100}", name):
            raise Unfit(ProblemCode.USERNAME_INVALID)
        return name

    return Kind(parse=parse, show=str)


def whole(first: int, last: int) -> Kind:
    """A whole number between two bounds; zeros after a point or comma are passed over."""

    def parse(cell: Cell) -> int:
        found = re.fullmatch(r"([0-9]{1,9})(?:[.,]0{1,9})?", as_text(cell))
        if found is None or not first <= int(found[1]) <= last:
            raise Unfit(ProblemCode.NUMBER_INVALID, first=first, last=last)
        return int(found[1])

    return Kind(parse=parse, show=lambda value: value, empty=None, format="general")


def measure(first: int, last: int, unit: str) -> Kind:
    """A number with one decimal between two bounds, of a unit: ``cm``, ``kg``."""

    def parse(cell: Cell) -> Decimal:
        must_be_rounded(cell, first, last)
        found = as_decimal(cell)
        if found is None or not first <= found <= last:
            raise Unfit(ProblemCode.MEASURE_INVALID, first=first, last=last, unit=unit)
        return found

    return Kind(parse=parse, show=lambda value: value, empty=None, format="general")


def as_decimal(cell: Cell) -> Decimal | None:
    """A number with at most one decimal, after a point or a comma; ``None`` for anything else."""
    return None if isinstance(cell, bool | date) else _decimal(as_text(cell))


def must_be_rounded(cell: Cell, first: int, last: int) -> None:
    """Say of a number cell with more decimals what Excel shows in its place, and what it holds.

    A formula's 7.666… looks like 7.7 in a cell that shows one decimal.  It is for the school to round: a
    result is never changed in silence.

    :raises Unfit: NOT_ROUNDED.
    """
    if not isinstance(cell, float) or as_decimal(cell) is not None or not first <= cell <= last:
        return
    shown = Decimal(repr(cell)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    raise Unfit(ProblemCode.NOT_ROUNDED, stored=as_text(cell), shown=str(shown))


@lru_cache(8192)
def _decimal(text: str) -> Decimal | None:
    found = re.fullmatch(r"([0-9]{1,9})(?:[.,]([0-9])0{0,9})?", text)
    return Decimal(f"{found[1]}.{found[2] or 0}") if found else None


def choice(*, empty: Any, **values: Any) -> Kind:
    """One of a few words; the first spelling of each value is the one that is written.

    :param values: word (with ``_`` for a space) to value.
    """
    words = {word.replace("_", " "): value for word, value in values.items()}
    by_fold = {fold(word): value for word, value in words.items()}
    written: dict[Any, str] = {}
    for word, value in words.items():
        written.setdefault(value, word)
    offered = tuple(written.values())

    def parse(cell: Cell) -> Any:
        key = fold(as_text(cell))
        if key not in by_fold:
            raise Unfit(ProblemCode.CHOICE_INVALID, choices=", ".join(offered))
        return by_fold[key]

    return Kind(parse=parse, show=lambda value: written.get(value, ""), empty=empty, choices=offered)


def tick() -> Kind:
    """A cross for yes, nothing for no."""
    return choice(
        empty=False, x=True, có=True, yes=True, **{"1": True, "không": False, "no": False, "0": False}
    )


def yes_no() -> Kind:
    """*Có* or *Không*; empty when nobody has said."""
    return choice(empty=None, Có=True, Không=False, x=True, **{"1": True, "0": False})
