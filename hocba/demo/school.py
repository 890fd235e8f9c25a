"""An invented lower secondary school, complete enough that every transcript of it can be created.

The same seed gives the same school, to the byte of its workbook.  All persons, numbers and addresses are
made up; any likeness to real ones is chance.

>>> school = make_school(seed=7)
>>> len(school.students), len(school.classes)
(160, 4)
"""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from hocba.demo.names import People
from hocba.demo.results import make_year
from hocba.demo.staffing import make_staffing
from hocba.documents import workbooks
from hocba.documents.workbooks import SheetKey
from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    PrintingLine,
    ResultLine,
    StaffLine,
    StudentLine,
    SummaryLine,
)
from hocba.domain.assessment import rule_set
from hocba.domain.curriculum import GRADES, subjects
from hocba.domain.record import SchoolFacts
from hocba.domain.regulations.policies import Tt22Policy
from hocba.domain.values import Level, SchoolYear

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
_PLACE = "Phường An Hải"
_CITY = "Thành phố Đà Nẵng"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSchool:
    """A school year as the lines of its workbook."""

    school: SchoolFacts
    year: SchoolYear
    staff: tuple[StaffLine, ...]
    classes: tuple[ClassLine, ...]
    students: tuple[StudentLine, ...]
    assignments: tuple[AssignmentLine, ...]
    results: tuple[ResultLine, ...]
    summaries: tuple[SummaryLine, ...]
    printing: tuple[PrintingLine, ...]

    def lines(self) -> dict[SheetKey, tuple[Any, ...]]:
        """The lines of each sheet that it fills."""
        return {key: getattr(self, key.value) for key in SheetKey if hasattr(self, key.value)}


def make_school(*, seed: int, classes: int = 4, students: int = 160, year: str = "2025-2026") -> DemoSchool:
    """A school of grades 6 to 9 with ``students`` spread evenly over ``classes``.

    Pure: 160 pupils take a fraction of a second, 2,000 a few seconds.
    """
    chance = Random(seed)
    people = People(chance)
    school_year = SchoolYear(year)
    staffing = make_staffing(chance, people, _class_names(classes))
    pupils = tuple(
        _pupil(chance, people, staffing.classes[index * classes // students], index, int(year[:4]))
        for index in range(students)
    )
    results: list[ResultLine] = []
    summaries: list[SummaryLine] = []
    grades = {line.name: line.grade or 0 for line in staffing.classes}
    for pupil in pupils:
        grade = grades[pupil.class_name]
        done = make_year(
            chance,
            _policy(grade, school_year),
            student=pupil.code,
            full_name=pupil.full_name,
            grade=grade,
            subjects=subjects(Level.THCS, grade, school_year),
            first_row=len(results) + _FIRST_ROW,
            row=pupil.row,
        )
        results += done.results
        summaries.append(done.summary)
    written = PrintingLine(row=_FIRST_ROW, place=_PLACE, written_on=date(int(year[5:]), 5, 29))
    return DemoSchool(
        school=_facts(),
        year=school_year,
        staff=staffing.staff,
        classes=staffing.classes,
        students=pupils,
        assignments=staffing.assignments,
        results=tuple(results),
        summaries=tuple(summaries),
        printing=(written,),
    )


def _policy(grade: int, year: SchoolYear) -> Tt22Policy:
    rules = rule_set(grade, year)
    assert rules
    assert isinstance(rules.policy, Tt22Policy)
    return rules.policy


def workbook(school: DemoSchool) -> bytes:
    """The school as the workbook it would upload."""
    return workbooks.fill((school.school.level,), school.year, school.lines())


def _facts() -> SchoolFacts:
    return SchoolFacts(
        code="48499001",
        name="Trường THCS Hướng Dương",
        level=Level.THCS,
        department_code="48",
        department="Sở Giáo dục và Đào tạo thành phố Đà Nẵng",
        commune=_PLACE,
        province=_CITY,
        identity="MST:0499999001",
    )


def _class_names(classes: int) -> list[tuple[str, int]]:
    """Names and grades, the grades filled evenly: 6A1, 6A2, …, 9A11."""
    grades = GRADES[Level.THCS]
    share, rest = divmod(classes, len(grades))
    return [
        (f"{grade}A{number}", grade)
        for index, grade in enumerate(grades)
        for number in range(1, share + (index < rest) + 1)
    ]


def _pupil(chance: Random, people: People, class_: ClassLine, index: int, start: int) -> StudentLine:
    sex = "Nữ" if index % 2 else "Nam"
    born = people.birthday(start - 5 - (class_.grade or 0))
    province, birthplace = people.province()
    father, mother = people.grown_up("Nam"), people.grown_up("Nữ")
    guardian = people.grown_up("Nữ") if chance.random() < 1 / 40 else ""
    return StudentLine(
        row=index + _FIRST_ROW,
        code=f"48{start % 100:02d}{index + 1:06d}",
        full_name=people.child(sex, father),
        class_name=class_.name,
        birth_date=born,
        sex=sex,
        personal_id=people.personal_id(province, sex, born),
        register_number=f"{index + 1:04d}/THCS",
        birthplace=birthplace,
        home_town=people.province()[1],
        address=f"{chance.randrange(1, 400)} {chance.choice(_STREETS)}, {_PLACE}, {_CITY}",
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
