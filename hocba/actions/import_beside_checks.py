"""What stands beside a pupil's results: a year elsewhere lies behind, a rule is one of the grade's circular.

A row of theirs is taken back by emptying it; one that is not there cannot be.
"""

from collections.abc import Hashable, Iterator
from typing import Any

from hocba.actions.import_known import Known, once, pupil
from hocba.documents.workbooks import Problem, ProblemCode, SheetKey, Sheets
from hocba.domain.assessment import rule_set
from hocba.domain.regulations.rules import FIXED
from hocba.store.editing import EditedTable

_ELSEWHERE = ("class_name", "school_name", "since")


def check(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """Everything that is wrong with the rows beside results, sheet by sheet."""
    yield from _earlier_years(sheets, known)
    yield from _overrides(sheets, known)


def _earlier_years(sheets: Sheets, known: Known) -> Iterator[Problem]:
    sheet, year = SheetKey.EARLIER_YEARS, known.data.year
    yield from once(known, sheet, sheets.earlier_years, "year")
    for line in sheets.earlier_years:
        yield from pupil(known, sheet, line)
        if line.year >= year:
            yield known.problem(sheet, line, "year", ProblemCode.YEAR_NOT_EARLIER, year=year)
        student = known.data.students.get(line.student)
        emptied = not any(getattr(line, name) for name in _ELSEWHERE)
        if not (emptied and student and _is_there(known.data.earlier, (student["id"], line.year))):
            yield from _required(known, sheet, line, ("class_name", "school_name"))


def _overrides(sheets: Sheets, known: Known) -> Iterator[Problem]:
    sheet = SheetKey.OVERRIDES
    yield from once(known, sheet, sheets.overrides, "rule")
    for line in sheets.overrides:
        yield from pupil(known, sheet, line)
        student = known.data.students.get(line.student)
        enrolment = known.data.enrolments.get(student["id"]) if student else None
        if enrolment and not line.reason and _is_there(known.data.overrides, (enrolment["id"], line.rule)):
            continue
        yield from _required(known, sheet, line, ("reason",))
        yield from _rule(known, line)


def _is_there(table: EditedTable[Any], key: Hashable) -> bool:
    return table.get(key) is not None


def _required(known: Known, sheet: SheetKey, line: Any, fields: tuple[str, ...]) -> Iterator[Problem]:
    for field in fields:
        if not getattr(line, field) and not known.is_wrong(sheet, line, field):
            yield known.problem(sheet, line, field, ProblemCode.REQUIRED)


def _rule(known: Known, line: Any) -> Iterator[Problem]:
    """A rule of the grade's circular against which a reason may stand."""
    grade = known.grade_of(line.student)
    if not line.rule or grade is None:
        return
    rules = rule_set(grade, known.data.year)
    of_grade = rules.articles if rules else {}
    if line.rule in of_grade and line.rule not in FIXED:
        return
    code = ProblemCode.RULE_FIXED if line.rule in of_grade else ProblemCode.RULE_NOT_OF_GRADE
    choices = ", ".join(rule for rule in of_grade if rule not in FIXED)
    yield known.problem(SheetKey.OVERRIDES, line, "rule", code, grade=grade, choices=choices)
