"""An invented school, complete enough that every transcript of it can be created.

It has one level or several (trường liên cấp).  The same seed gives the same school, to the byte of its
workbook.  All persons, numbers and addresses are made up; any likeness to real ones is chance.

>>> school = make_school(seed=7)
>>> len(school.students), len(school.classes)
(160, 4)
>>> [line.grade for line in make_school(seed=7, levels=(Level.TH, Level.THPT), classes=8).classes]
[1, 2, 3, 4, 5, 10, 11, 12]
"""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from hocba.demo.names import People
from hocba.demo.programmes import programmes
from hocba.demo.pupils import CITY, PLACE, make_pupils
from hocba.demo.staffing import make_staffing
from hocba.demo.years import make_years
from hocba.documents import workbooks
from hocba.documents.workbooks import SheetKey
from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    EarlierYearLine,
    OverrideLine,
    PrimaryResultLine,
    PrimarySummaryLine,
    PrintingLine,
    ResultLine,
    StaffLine,
    StudentLine,
    SummaryLine,
)
from hocba.domain.record import SchoolFacts
from hocba.domain.values import Level, SchoolYear

_FIRST_ROW = 2  # below the header
_NAMES = {
    (Level.TH,): "Trường Tiểu học Hướng Dương",
    (Level.THCS,): "Trường THCS Hướng Dương",
    (Level.THPT,): "Trường THPT Hướng Dương",
    (Level.TH, Level.THCS): "Trường TH và THCS Hướng Dương",
    (Level.THCS, Level.THPT): "Trường THCS và THPT Hướng Dương",
}
_OF_ALL_LEVELS = "Trường TH, THCS và THPT Hướng Dương"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSchool:
    """A school year as the lines of its workbook.

    :ivar school: the school, as the transcripts of its first level name it.
    """

    school: SchoolFacts
    levels: tuple[Level, ...]
    year: SchoolYear
    staff: tuple[StaffLine, ...]
    classes: tuple[ClassLine, ...]
    students: tuple[StudentLine, ...]
    assignments: tuple[AssignmentLine, ...]
    results: tuple[ResultLine, ...]
    summaries: tuple[SummaryLine, ...]
    primary_results: tuple[PrimaryResultLine, ...]
    primary_summaries: tuple[PrimarySummaryLine, ...]
    earlier_years: tuple[EarlierYearLine, ...]
    overrides: tuple[OverrideLine, ...]
    printing: tuple[PrintingLine, ...]

    def lines(self) -> dict[SheetKey, tuple[Any, ...]]:
        """The lines of each sheet that has some."""
        return {key: lines for key in SheetKey if (lines := getattr(self, key.value))}

    @property
    def eligible(self) -> tuple[StudentLine, ...]:
        """The pupils who have a personal id."""
        return tuple(line for line in self.students if line.personal_id)


def make_school(
    *,
    seed: int,
    classes: int = 4,
    students: int = 160,
    year: str = "2025-2026",
    levels: tuple[Level, ...] = (Level.THCS,),
    without_id: int = 0,
) -> DemoSchool:
    """A school with ``students`` spread evenly over ``classes``, and these over the grades of its levels.

    Pure: 160 pupils take a fraction of a second, 2,000 a few seconds.

    :param levels: ascending; with several, at least as many classes.
    :param without_id: how many more pupils each level has who have no personal id yet.
    """
    chance = Random(seed)
    people = People(chance)
    school_year = SchoolYear(year)
    planned = programmes(levels, classes, school_year)
    staffing = make_staffing(chance, people, planned)
    start = int(year[:4])
    pupils = make_pupils(chance, people, planned, count=students, without_id=without_id, start=start)
    years = make_years(chance, planned, pupils, school_year)
    written = PrintingLine(row=_FIRST_ROW, place=PLACE, written_on=date(start + 1, 5, 29))
    return DemoSchool(
        school=_facts(levels),
        levels=levels,
        year=school_year,
        staff=staffing.staff,
        classes=staffing.classes,
        students=pupils,
        assignments=staffing.assignments,
        printing=(written,),
        **years.numbered(),
    )


def workbook(school: DemoSchool) -> bytes:
    """The school as the workbook it would upload."""
    return workbooks.fill(school.levels, school.year, school.lines())


def _facts(levels: tuple[Level, ...]) -> SchoolFacts:
    return SchoolFacts(
        code="48499001",
        name=_NAMES.get(levels, _OF_ALL_LEVELS),
        level=levels[0],
        department_code="48",
        department="Sở Giáo dục và Đào tạo thành phố Đà Nẵng",
        commune=PLACE,
        province=CITY,
        identity="MST:0499999001",
    )
