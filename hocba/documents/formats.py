"""How single values are written in a transcript, and read back.

Each format is a pair of functions; the field table of a profile says which field has which.
Null is never written: the element is left out (CV 2088, appendix 1).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from unicodedata import is_normalized, normalize
from uuid import UUID

from hocba.domain.record import Kind, Mark
from hocba.domain.values import VIETNAM, Level, Profile, SchoolYear

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", re.ASCII)
_DATE = re.compile(r"\d\d/\d\d/\d{4}", re.ASCII)
_SCORE = re.compile(r"\d{1,2}\.\d{1,4}", re.ASCII)
_DECIMAL = re.compile(r"(0|[1-9]\d{0,5})(\.\d{0,3}[1-9])?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_NUMBER = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)
_LEVELS = {Level.TH: "02", Level.THCS: "03", Level.THPT: "04"}


def moment(value: datetime) -> str:
    """``2026-06-01T08:00:00+07:00``: Vietnamese time, whole seconds.

    :raises ValueError: for a time without a zone.
    """
    if value.tzinfo is None:
        raise ValueError("a time without a zone")
    return value.astimezone(VIETNAM).isoformat(timespec="seconds")


def read_moment(value: str) -> datetime:
    """:raises ValueError: unless it is exactly what ``moment`` writes."""
    if not _MOMENT.fullmatch(value):
        raise ValueError("not a moment")
    return datetime.fromisoformat(value)


def day(value: date) -> str:
    """``31/05/2026``, as the official examples write days."""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def read_day(value: str) -> date:
    """:raises ValueError: unless it is exactly what ``day`` writes."""
    if not _DATE.fullmatch(value):
        raise ValueError("not a day")
    return date(int(value[6:]), int(value[3:5]), int(value[:2]))


def mark(value: Mark) -> str:
    """A score with a point and 1 to 4 decimals, or the level's letters; nothing for nothing.

    :raises ValueError: as ``decimal``.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return nfc(value)
    whole, _, decimals = decimal(value).partition(".")
    return f"{whole}.{decimals or '0'}"


def decimal(value: Decimal) -> str:
    """A number with a point and as few decimals as it needs, at most four (CV 2088, appendix 1).

    :raises ValueError: for one with more decimals, or one that is no number.
    """
    if not value.is_finite():
        raise ValueError("a score is a number")
    written = f"{value:f}"
    whole, _, decimals = written.partition(".")
    decimals = decimals.rstrip("0")
    if len(decimals) > 4:  # noqa: PLR2004 -- CV 2088, appendix 1
        raise ValueError(f"more than four decimals: {written}")
    return f"{whole}.{decimals}" if decimals else whole


def read_decimal(value: str) -> Decimal:
    """:raises ValueError: unless it is exactly what ``decimal`` writes of a number that is not negative."""
    if not _DECIMAL.fullmatch(value):
        raise ValueError("not a number")
    return Decimal(value)


def read_mark(value: str) -> Mark:
    """A score when it looks like one, else a level."""
    return Decimal(value) if _SCORE.fullmatch(value) else value


def read_number(value: str) -> int:
    """:raises ValueError: unless it is a plain number of at most four digits."""
    if not _NUMBER.fullmatch(value):
        raise ValueError("not a number")
    return int(value)


def nfc(value: str) -> str:
    """The text in normal form C, the only one that documents hold."""
    return value if value.isascii() or is_normalized("NFC", value) else normalize("NFC", value)


def read_first_year(value: str) -> SchoolYear:
    """``2025`` is 2025-2026.  :raises ValueError: for anything but a year."""
    if not _YEAR.fullmatch(value):
        raise ValueError("not a year")
    return SchoolYear(f"{value}-{int(value) + 1:04d}")


@dataclass(frozen=True, slots=True)
class Format:
    """How values of one kind are written and read.  An empty string stands for "left out"."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


def words(said: Mapping[Any, str]) -> Format:
    """Values of a short list, each written as its word; others are a ValueError both ways."""

    def looked_up(of: Mapping[Any, Any], wanted: Any) -> Any:
        if wanted not in of:
            raise ValueError("not a value of the list")
        return of[wanted]

    return Format(partial(looked_up, said), partial(looked_up, {word: each for each, word in said.items()}))


TEXT = Format(nfc, str)
DAY = Format(day, read_day)
MOMENT = Format(moment, read_moment)
CODE = Format(str, UUID)
NUMBER = Format(str, read_number)
DECIMAL = Format(decimal, read_decimal)
FLAG = words({True: "true", False: "false"})
BIT = words({True: "1", False: "0"})
MARKED = Format(lambda value: "true" if value else "", FLAG.read)
"""A flag that is written only when it is set."""
MARK = Format(mark, read_mark)
LEVEL = words(_LEVELS)
PROFILE = Format(str, Profile)
GRADE = Format(lambda grade: f"{grade:02d}", int)
KIND = Format(lambda kind: kind.value, Kind)
FIRST_YEAR = Format(lambda year: year[:4], read_first_year)
"""The number of a school year is the year in which it begins."""

# Primary schools say levels as words in the XML and as letters on paper (TT 27/2020 Đ7, Đ9).
SUBJECT_LEVEL = words({"T": "Hoàn thành tốt", "H": "Hoàn thành", "C": "Chưa hoàn thành"})
TRAIT_LEVEL = words({"T": "Tốt", "Đ": "Đạt", "C": "Cần cố gắng"})
OVERALL = words(
    {
        "HTXS": "Hoàn thành xuất sắc",
        "HTT": "Hoàn thành tốt",
        "HT": "Hoàn thành",
        "CHT": "Chưa hoàn thành",
    }
)
