"""How single values are written in a transcript, and read back.

Each format is a pair of functions; the field table of a profile says which field has which.
Null is never written: the element is left out (CV 2088, appendix 1).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from unicodedata import is_normalized, normalize
from uuid import UUID

from hocba.domain.record import Mark
from hocba.domain.values import Level

VIETNAM = timezone(timedelta(hours=7))
"""Vietnam has had one offset, and no summer time, since 1975."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", re.ASCII)
_DATE = re.compile(r"\d\d/\d\d/\d{4}", re.ASCII)
_SCORE = re.compile(r"\d{1,2}\.\d{1,4}", re.ASCII)
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

    :raises ValueError: for a score with more than four decimals, or one that is no number.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return nfc(value)
    if not value.is_finite():
        raise ValueError("a score is a number")
    written = f"{value:f}"
    whole, _, decimals = written.partition(".")
    decimals = decimals.rstrip("0") or "0"
    if len(decimals) > 4:  # noqa: PLR2004 -- CV 2088, appendix 1
        raise ValueError(f"more than four decimals: {written}")
    return f"{whole}.{decimals}"


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


def _read_flag(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError("neither true nor false")
    return value == "true"


def _read_level(value: str) -> Level:
    return next(level for level, code in _LEVELS.items() if code == value)


@dataclass(frozen=True, slots=True)
class Format:
    """How values of one kind are written and read.  An empty string stands for "left out"."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


TEXT = Format(nfc, str)
DAY = Format(day, read_day)
MOMENT = Format(moment, read_moment)
CODE = Format(str, UUID)
NUMBER = Format(str, read_number)
FLAG = Format(lambda value: "true" if value else "false", _read_flag)
MARKED = Format(lambda value: "true" if value else "", _read_flag)
"""A flag that is written only when it is set."""
MARK = Format(mark, read_mark)
LEVEL = Format(_LEVELS.__getitem__, _read_level)
GRADE = Format(lambda grade: f"{grade:02d}", int)
KIND = Format(lambda kind: kind.value, str)
FIRST_YEAR = Format(lambda year: year[:4], str)
"""The number of a school year is the year in which it begins."""
