"""Invented pupils: their personal pages, and what is special about a few of them.

At each level one pupil came from another school, one is assessed again, one is exempt from a subject.
Besides, as many as are asked for have no personal id yet, so that no transcript can be made of them.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import Enum, auto
from random import Random

from hocba.demo.names import People
from hocba.demo.programmes import Programme
from hocba.documents.workbooks.lines import EarlierYearLine, StudentLine
from hocba.domain.curriculum import GRADES
from hocba.domain.values import Level

PLACE = "Phường An Hải"
CITY = "Thành phố Đà Nẵng"

_FIRST_ROW = 2  # below the header
_STREETS = (
    "Nguyễn Công Trứ",
    "Ngô Quyền",
    "Trần Hưng Đạo",
    "Lê Hữu Trác",
    "Phạm Cự Lượng",
    "Dương Đình Nghệ",
    "Hồ Nghinh",
    "Võ Văn Kiệt",
)
_JOBS = (
    "Nông dân",
    "Công nhân",
    "Buôn bán",
    "Giáo viên",
    "Lái xe",
    "Thợ may",
    "Ngư dân",
    "Nội trợ",
    "Kế toán",
    "Bác sĩ",
)
_MINORITIES = ("Cơ-tu", "Hoa", "Chăm", "Tày", "Mường", "Ê-đê", "Gié-Triêng")
_POLICIES = ("Con thương binh", "Hộ nghèo", "Hộ cận nghèo")
_ELSEWHERE = {
    Level.TH: "Trường Tiểu học Hoa Phượng, Tỉnh Quảng Nam",
    Level.THCS: "Trường THCS Hoa Phượng, Tỉnh Quảng Nam",
    Level.THPT: "Trường THPT Hoa Phượng, Tỉnh Quảng Nam",
}


class Fate(Enum):
    """What is special about a pupil's year."""

    USUAL = auto()
    TRANSFERRED = auto()  # he spent the earlier years of the level elsewhere
    REASSESSED = auto()  # he failed, and was assessed again
    EXEMPT = auto()  # a disabled pupil, exempt from one subject


def fates(count: int) -> tuple[Fate, ...]:
    """The fates of a level's pupils: the last one came from elsewhere, two others if there are as many."""
    found = [Fate.USUAL] * count
    found[0] = Fate.REASSESSED
    found[count // 2] = Fate.EXEMPT
    found[-1] = Fate.TRANSFERRED
    return tuple(found)


def make_pupils(
    chance: Random,
    people: People,
    programmes: Sequence[Programme],
    *,
    count: int,
    without_id: int,
    start: int,
) -> tuple[StudentLine, ...]:
    """The personal pages of a school.

    :param count: pupils, spread evenly over the classes in their order.
    :param without_id: how many more each level has in its last class, who have no personal id.
    :param start: the calendar year in which the school year begins.
    """
    wanted = [(programmes[index * len(programmes) // count], True) for index in range(count)]
    last = {programme.level: programme for programme in programmes}
    wanted += [(programme, False) for programme in last.values() for _ in range(without_id)]
    return tuple(
        _pupil(chance, people, programme, index, start, has_id=has_id)
        for index, (programme, has_id) in enumerate(wanted)
    )


def _pupil(
    chance: Random, people: People, programme: Programme, index: int, start: int, *, has_id: bool
) -> StudentLine:
    sex = "Nữ" if index % 2 else "Nam"
    born = people.birthday(start - 5 - programme.grade)
    province, birthplace = people.province()
    father, mother = people.grown_up("Nam"), people.grown_up("Nữ")
    guardian = people.grown_up("Nữ") if chance.random() < 1 / 40 else ""
    return StudentLine(
        row=index + _FIRST_ROW,
        code=f"48{start % 100:02d}{index + 1:06d}",
        full_name=people.child(sex, father),
        class_name=programme.name,
        birth_date=born,
        sex=sex,
        personal_id=people.personal_id(province, sex, born) if has_id else "",
        register_number=f"{index + 1:04d}/{programme.level.upper()}",
        birthplace=birthplace,
        home_town=people.province()[1],
        address=f"{chance.randrange(1, 400)} {chance.choice(_STREETS)}, {PLACE}, {CITY}",
        ethnicity=chance.choice(_MINORITIES) if chance.random() < 1 / 20 else "Kinh",
        nationality="Việt Nam",
        policy_group=chance.choice(_POLICIES) if chance.random() < 1 / 25 else "",
        father=father,
        father_occupation=chance.choice(_JOBS),
        mother=mother,
        mother_occupation=chance.choice(_JOBS),
        guardian=guardian,
        guardian_occupation=chance.choice(_JOBS) if guardian else "",
        since=date(start, 9, 5),
    )


def earlier_years(pupil: StudentLine, programme: Programme, start: int) -> Iterator[EarlierYearLine]:
    """The years of this level that a pupil spent in another school; ``row`` is not set."""
    for grade in GRADES[programme.level]:
        if grade >= programme.grade:
            return
        year = start - (programme.grade - grade)
        yield EarlierYearLine(
            row=0,
            student=pupil.code,
            full_name=pupil.full_name,
            year=f"{year}-{year + 1}",
            class_name=f"{grade}B",
            school_name=_ELSEWHERE[programme.level],
            since=date(year, 9, 5),
        )
