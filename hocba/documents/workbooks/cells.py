"""Cells to values and back: one ``Kind`` for each way a column is written.

People type freely, so reading is generous about form (``8,5`` and ``8.5``; ``Tốt`` and ``T``;
dates as dates or as text; numbers that stand for codes) and strict about meaning.  Text becomes
NFC with single spaces; what begins with ``= + - @`` is text like any other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hocba.documents.workbooks.problems import ProblemCode
from hocba.domain import entries
from hocba.domain.names import search_key
from hocba.domain.record import Mark
from hocba.domain.values import Term

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
    return "".join(char for char in search_key(text) if char.isalnum())


def as_text(cell: Cell) -> str:
    """A cell as the text a person sees: whole numbers without ``.0``, dates day first, one line."""
    return " ".join(_typed(cell).split())


def is_empty(cell: Cell) -> bool:
    """Whether a cell holds nothing but spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


_ESCAPED = re.compile(r"_x000[Dd]_")


def _typed(cell: Cell) -> str:
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


_DAY_FORMS = (
    (re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"), (3, 2, 1)),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), (1, 2, 3)),
)


def day() -> Kind:
    """A date: a date cell, or text as ``dd/mm/yyyy`` or ISO; from 1900 to 2100."""

    def parse(cell: Cell) -> date:
        found = cell.date() if isinstance(cell, datetime) else cell
        if not isinstance(found, date):
            found = _day_of(as_text(cell))
        if found is None or not entries.is_day(found):
            raise Unfit(ProblemCode.DATE_INVALID)
        return found

    return Kind(parse=parse, show=lambda value: value, empty=None, format="date")


def _day_of(written: str) -> date | None:
    for form, order in _DAY_FORMS:
        if found := form.fullmatch(written):
            year, month, day_ = (int(found.group(group)) for group in order)
            try:
                return date(year, month, day_)
            except ValueError:
                return None
    return None


def whole(first: int, last: int) -> Kind:
    """A whole number between two bounds."""

    def parse(cell: Cell) -> int:
        digits = as_text(cell)
        if not re.fullmatch(r"[0-9]{1,9}", digits) or not first <= int(digits) <= last:
            raise Unfit(ProblemCode.NUMBER_INVALID, first=first, last=last)
        return int(digits)

    return Kind(parse=parse, show=lambda value: value, empty=None, format="general")


_PASSED = {"d": "Đ", "dat": "Đ", "cd": "CĐ", "chuadat": "CĐ"}
_LEVELS = _PASSED | {"t": "T", "tot": "T", "k": "K", "kha": "K"}


def level() -> Kind:
    """A level of learning or conduct: T, K, Đ, CĐ (TT 22/2021 Đ8, Đ9), or its word."""

    def parse(cell: Cell) -> str:
        if found := _LEVELS.get(fold(as_text(cell))):
            return found
        raise Unfit(ProblemCode.LEVEL_INVALID)

    return Kind(parse=parse, show=str, choices=("T", "K", "Đ", "CĐ"))


def mark() -> Kind:
    """A score with one decimal from 0 to 10, or Đ, CĐ (TT 22/2021 Đ5.3)."""

    def parse(cell: Cell) -> Mark:
        written = as_text(cell)
        if found := _PASSED.get(fold(written)):
            return found
        try:
            score = Decimal(written.replace(",", "."))
        except InvalidOperation:
            raise Unfit(ProblemCode.MARK_INVALID) from None
        if isinstance(cell, bool | date) or not score.is_finite():
            raise Unfit(ProblemCode.MARK_INVALID)
        if not 0 <= score <= 10 or score != round(score, 1):  # noqa: PLR2004 -- the scale
            raise Unfit(ProblemCode.MARK_INVALID)
        return round(score, 1)

    return Kind(parse=parse, show=lambda value: value, empty=None, format="general")


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


def terms() -> Kind:
    """*I*, *II* or *Cả năm* (both)."""
    first, second, both = (Term.I,), (Term.II,), (Term.I, Term.II)
    return choice(
        empty=(),
        I=first,
        II=second,
        Cả_năm=both,
        HK_I=first,
        HK_II=second,
        HK_1=first,
        HK_2=second,
        học_kì_I=first,
        học_kì_II=second,
        học_kì_1=first,
        học_kì_2=second,
        học_kỳ_1=first,
        học_kỳ_2=second,
        CN=both,
        **{"1": first, "2": second},
    )


def subject(codes: Mapping[str, str], names: Mapping[str, str]) -> Kind:
    """A subject by its name or code.

    :param codes: folded name or code to code.
    :param names: code to the name that is written.
    """

    def parse(cell: Cell) -> str:
        if found := codes.get(fold(as_text(cell))):
            return found
        raise Unfit(ProblemCode.SUBJECT_UNKNOWN)

    return Kind(parse=parse, show=lambda code: names.get(code, code), choices=tuple(names.values()))
