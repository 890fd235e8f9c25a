"""What follows from a pupil's marks by TT 22/2021, so that invented results are possible ones.

Marks are ``Decimal``, never floats; comment subjects carry Đ or CĐ.  Levels are T > K > Đ > CĐ.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from hocba.domain.record import Mark

LEVELS = ("CĐ", "Đ", "K", "T")
"""From the lowest to the highest."""

_TENTH = Decimal("0.1")
_ENOUGH = 6  # subjects that must reach the higher score
_MOST_ABSENCES = 45
_PASS = Decimal("5.0")

_CONDUCT: Mapping[str, Mapping[str, str]] = {
    "T": {"T": "T", "K": "K", "Đ": "K", "CĐ": "CĐ"},
    "K": {"T": "T", "K": "K", "Đ": "Đ", "CĐ": "CĐ"},
    "Đ": {"T": "K", "K": "K", "Đ": "Đ", "CĐ": "CĐ"},
    "CĐ": {"T": "K", "K": "Đ", "Đ": "Đ", "CĐ": "CĐ"},
}


def year_mark(term1: Mark, term2: Mark) -> Mark:
    """A subject's year: (I + 2·II) / 3 rounded half up to a tenth; for comments, term II (Đ9.1)."""
    if isinstance(term1, Decimal) and isinstance(term2, Decimal):
        return ((term1 + 2 * term2) / 3).quantize(_TENTH, ROUND_HALF_UP)
    return term2


def learning(marks: Sequence[Mark]) -> str:
    """*Kết quả học tập* of a term or year (Đ9.2), raised by one where a single subject spoils it (Đ9.3)."""
    level = LEVELS.index(_learning(marks))
    if level >= LEVELS.index("K"):
        return LEVELS[level]
    without = (_learning([*marks[:index], *marks[index + 1 :]]) for index in range(len(marks)))
    best = max(map(LEVELS.index, without))
    return LEVELS[level + 1 if best - level > 1 else level]


def _learning(marks: Sequence[Mark]) -> str:
    scores = [mark for mark in marks if isinstance(mark, Decimal)]
    failed = sum(mark == "CĐ" for mark in marks)
    for level, lowest, high in (("T", Decimal("6.5"), 8), ("K", Decimal("5.0"), Decimal("6.5"))):
        if not failed and min(scores) >= lowest and sum(score >= high for score in scores) >= _ENOUGH:
            return level
    passed = sum(score >= _PASS for score in scores) >= _ENOUGH and min(scores) >= Decimal("3.5")
    return "Đ" if failed <= 1 and passed else "CĐ"


def conduct(term1: str, term2: str) -> str:
    """*Kết quả rèn luyện* of the year from the terms (Đ8.2b)."""
    return _CONDUCT[term1][term2]


def promoted(learning_level: str, conduct_level: str, absences: int) -> bool:
    """Whether a pupil moves up (Đ12.1)."""
    return "CĐ" not in (learning_level, conduct_level) and absences <= _MOST_ABSENCES


def title(learning_level: str, conduct_level: str, year: Sequence[Mark]) -> str:
    """The title of the year, or nothing (Đ15.1a)."""
    if (learning_level, conduct_level) != ("T", "T"):
        return ""
    excellent = sum(isinstance(mark, Decimal) and mark >= Decimal("9.0") for mark in year)
    return "Học sinh Xuất sắc" if excellent >= _ENOUGH else "Học sinh Giỏi"


def to_reassess(mark: Mark) -> bool:
    """Whether a subject may be assessed again in summer (Đ14)."""
    return mark == "CĐ" or (isinstance(mark, Decimal) and mark < _PASS)
