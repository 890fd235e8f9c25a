"""What a transcript of a grade holds: the rows of the form, in the order of the form.

The curriculum is data with a version: each table says from which school year it holds, and the
newest one that has begun is taken.  A later circular adds a table and changes no code.

Source: general education curriculum 2018 (TT 32/2018, amended by TT 20/2021, TT 13/2022 and
TT 17/2025), kinds of assessment by TT 22/2021 Đ5.3 and TT 27/2020 Đ7.  The row order of the lower
secondary form is the printed one; that of the upper secondary form is our own.
"""

from dataclasses import dataclass

from hocba.domain.errors import Code, Refusal
from hocba.domain.record import Kind
from hocba.domain.values import Level, SchoolYear

GRADES = {Level.TH: range(1, 6), Level.THCS: range(6, 10), Level.THPT: range(10, 13)}
"""The grades of each level, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One row of the form.

    :ivar code: our stable code; portals map it to theirs.
    :ivar optional: a transcript without the row is complete.
    :ivar elective: one of those of which ``electives`` says how many a pupil takes; always optional.
    """

    code: str
    name: str
    kind: Kind
    optional: bool = False
    elective: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    level: Level
    grades: range
    since: SchoolYear
    rows: tuple[Subject, ...]
    electives: int = 0


def _row(code: str, name: str, kind: Kind, *marks: str) -> Subject:
    optional, elective = "optional" in marks, "elective" in marks
    return Subject(code=code, name=name, kind=kind, optional=optional or elective, elective=elective)


_SCORE, _COMMENT = Kind.SCORE, Kind.COMMENT

_PRIMARY_CORE = (
    _row("TV", "Tiếng Việt", _SCORE),
    _row("TOAN", "Toán", _SCORE),
)
_PRIMARY_REST = (
    _row("GDTC", "Giáo dục thể chất", _COMMENT),
    _row("AMNHAC", "Nghệ thuật (Âm nhạc)", _COMMENT),
    _row("MITHUAT", "Nghệ thuật (Mĩ thuật)", _COMMENT),
    _row("HDTN", "Hoạt động trải nghiệm", _COMMENT),
    _row("TDT", "Tiếng dân tộc", _COMMENT, "optional"),
)
_LANGUAGE = _row("NN1", "Ngoại ngữ 1", _SCORE)
_ETHICS = _row("DAODUC", "Đạo đức", _COMMENT)
_SURROUNDINGS = _row("TNXH", "Tự nhiên và Xã hội", _COMMENT)
_TECHNOLOGY = (
    _row("TIN", "Tin học và Công nghệ (Tin học)", _SCORE),
    _row("CN", "Tin học và Công nghệ (Công nghệ)", _SCORE),
)
_PRIMARY_1_2 = (
    *_PRIMARY_CORE,
    _row("NN1", "Ngoại ngữ 1", _COMMENT, "optional"),
    _ETHICS,
    _SURROUNDINGS,
    *_PRIMARY_REST,
)
_PRIMARY_3 = (*_PRIMARY_CORE, _LANGUAGE, *_TECHNOLOGY, _ETHICS, _SURROUNDINGS, *_PRIMARY_REST)
_PRIMARY_4_5 = (
    *_PRIMARY_CORE,
    _LANGUAGE,
    _row("LSDL", "Lịch sử và Địa lí", _SCORE),
    _row("KH", "Khoa học", _SCORE),
    *_TECHNOLOGY,
    _ETHICS,
    *_PRIMARY_REST,
)
_LOWER_SECONDARY = (
    _row("TOAN", "Toán", _SCORE),
    _row("LSDL", "Lịch sử và Địa lí", _SCORE),
    _row("KHTN", "Khoa học tự nhiên", _SCORE),
    _row("TIN", "Tin học", _SCORE),
    _row("NGUVAN", "Ngữ văn", _SCORE),
    _row("NN1", "Ngoại ngữ 1", _SCORE),
    _row("GDCD", "Giáo dục công dân", _SCORE),
    _row("CN", "Công nghệ", _SCORE),
    _row("GDTC", "Giáo dục thể chất", _COMMENT),
    _row("NT", "Nghệ thuật", _COMMENT),
    _row("NN2", "Ngoại ngữ 2", _SCORE, "optional"),
    _row("NDGDDP", "Nội dung giáo dục của địa phương", _COMMENT),
    _row("HDTNHN", "Hoạt động trải nghiệm, hướng nghiệp", _COMMENT),
)
_UPPER_SECONDARY = (
    _row("NGUVAN", "Ngữ văn", _SCORE),
    _row("TOAN", "Toán", _SCORE),
    _row("NN1", "Ngoại ngữ 1", _SCORE),
    _row("LICHSU", "Lịch sử", _SCORE),
    _row("DIALI", "Địa lí", _SCORE, "elective"),
    _row("GDKTPL", "Giáo dục kinh tế và pháp luật", _SCORE, "elective"),
    _row("VATLI", "Vật lí", _SCORE, "elective"),
    _row("HOAHOC", "Hóa học", _SCORE, "elective"),
    _row("SINHHOC", "Sinh học", _SCORE, "elective"),
    _row("CN", "Công nghệ", _SCORE, "elective"),
    _row("TIN", "Tin học", _SCORE, "elective"),
    _row("AMNHAC", "Âm nhạc", _COMMENT, "elective"),
    _row("MITHUAT", "Mĩ thuật", _COMMENT, "elective"),
    _row("GDQPAN", "Giáo dục quốc phòng và an ninh", _SCORE),
    _row("GDTC", "Giáo dục thể chất", _COMMENT),
    _row("NN2", "Ngoại ngữ 2", _SCORE, "optional"),
    _row("TDTTS", "Tiếng dân tộc thiểu số", _SCORE, "optional"),
    _row("NDGDDP", "Nội dung giáo dục của địa phương", _COMMENT),
    _row("HDTNHN", "Hoạt động trải nghiệm, hướng nghiệp", _COMMENT),
)


def _table(first: int, last: int, since: str, rows: tuple[Subject, ...], *, electives: int = 0) -> _Table:
    level = next(level for level, grades in GRADES.items() if first in grades)
    grades = range(first, last + 1)
    return _Table(level=level, grades=grades, since=SchoolYear(since), rows=rows, electives=electives)


_TABLES = (
    # The years in which each grade took the curriculum 2018 up (TT 27/2020 Đ2, TT 22/2021 Đ21.1).
    _table(1, 1, "2020-2021", _PRIMARY_1_2),
    _table(2, 2, "2021-2022", _PRIMARY_1_2),
    _table(3, 3, "2022-2023", _PRIMARY_3),
    _table(4, 4, "2023-2024", _PRIMARY_4_5),
    _table(5, 5, "2024-2025", _PRIMARY_4_5),
    _table(6, 6, "2021-2022", _LOWER_SECONDARY),
    _table(7, 7, "2022-2023", _LOWER_SECONDARY),
    _table(8, 8, "2023-2024", _LOWER_SECONDARY),
    _table(9, 9, "2024-2025", _LOWER_SECONDARY),
    _table(10, 10, "2022-2023", _UPPER_SECONDARY, electives=4),
    _table(11, 11, "2023-2024", _UPPER_SECONDARY, electives=4),
    _table(12, 12, "2024-2025", _UPPER_SECONDARY, electives=4),
)


def subjects(level: Level, grade: int, year: SchoolYear) -> tuple[Subject, ...]:
    """The rows of a grade's form in a school year, in the form's order.

    :raises Refusal: INVALID_VALUE when the level has no such grade or no curriculum that year.
    """
    return _newest(level, grade, year).rows


def electives(level: Level, grade: int, year: SchoolYear) -> int:
    """How many of the elective subjects each pupil takes (upper secondary: 4).

    :raises Refusal: as ``subjects``.
    """
    return _newest(level, grade, year).electives


def last_grade(level: Level) -> int:
    """The grade whose transcripts say whether the level was completed (5, 9, 12)."""
    return GRADES[level][-1]


def _newest(level: Level, grade: int, year: SchoolYear) -> _Table:
    begun = [t for t in _TABLES if t.level is level and grade in t.grades and t.since <= year]
    if not begun:
        raise Refusal(Code.INVALID_VALUE, field="grade", value=grade)
    return max(begun, key=lambda table: table.since)
