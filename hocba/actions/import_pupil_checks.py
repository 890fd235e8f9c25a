"""What a pupil's rows must be: pure, over what was read and loaded.

A subject is one of the grade; a row stands on the sheet of the pupil's level; a mark fits the kind of its
subject (TT 22/2021 Đ5.3, TT 27/2020 Đ7.1).  Besides, what a person should look at: two who may be one, ids
that do not fit or are not there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hocba.actions.import_known import Known, is_primary, not_of_grade, once, pupil, twice
from hocba.documents.workbooks import Problem, ProblemCode, SheetKey, Sheets
from hocba.documents.workbooks.cells import fold
from hocba.documents.workbooks.lines import PrimaryResultLine, ResultLine, StudentLine
from hocba.documents.workbooks.lists import ethnic_groups
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from hocba.domain.assessment import rule_set, tt22
from hocba.domain.curriculum import Subject, last_grade, level_of
from hocba.domain.identity import agrees
from hocba.domain.record import Kind, Mark
from hocba.domain.regulations.policies import Tt22Policy

_MARKS = ("term1", "term2", "year", "reassessed")
_OTHER = {
    SheetKey.RESULTS: SheetKey.PRIMARY_RESULTS,
    SheetKey.SUMMARIES: SheetKey.PRIMARY_SUMMARIES,
    SheetKey.PRIMARY_RESULTS: SheetKey.RESULTS,
    SheetKey.PRIMARY_SUMMARIES: SheetKey.SUMMARIES,
}
"""Where a row belongs when the pupil is of the other level."""

_BEGINS = 5
"""A pupil's age in the year in which grade 1 begins, less the grade."""

_EARLY, _LATE = 2, 10
"""Years before and after the usual age: beyond them somebody mistyped."""

_PRIMARY = (SheetKey.PRIMARY_RESULTS, SheetKey.PRIMARY_SUMMARIES)


def check(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """Everything that is wrong with the rows about pupils, sheet by sheet."""
    yield from _students(sheets, known)
    yield from _results(sheets, known)
    yield from _summaries(sheets, known, SheetKey.SUMMARIES)
    yield from _primary_results(sheets, known)
    yield from _summaries(sheets, known, SheetKey.PRIMARY_SUMMARIES)


def _students(sheets: Sheets, known: Known) -> Iterator[Problem]:
    sheet = SheetKey.STUDENTS
    yield from twice(known, sheet, sheets.students, "code", lambda line: line.code)
    holders, groups = _Holders(known), frozenset(map(fold, ethnic_groups()))
    for line in sheets.students:
        if line.class_name and line.class_name not in known.grades:
            yield known.problem(sheet, line, "class_name", ProblemCode.CLASS_UNKNOWN)
        if known.has_left(line.code):
            yield known.problem(sheet, line, "code", ProblemCode.STUDENT_LEFT)
            continue
        yield from holders.claim(line)
        if line.personal_id and line.birth_date and not agrees(line.personal_id, line.sex, line.birth_date):
            yield known.problem(sheet, line, "personal_id", ProblemCode.PERSONAL_ID_DIFFERS)
        yield from _birth_year(known, line)
        if not line.personal_id and "personal_id" in sheets.given_in(sheet, line.row):
            yield from _without_id(known, line)
        if line.ethnicity and fold(line.ethnicity) not in groups:
            yield known.problem(sheet, line, "ethnicity", ProblemCode.ETHNICITY_UNKNOWN)


def _birth_year(known: Known, line: StudentLine) -> Iterator[Problem]:
    """Grade 1 begins in the year in which a pupil is six; a few come earlier, more come later."""
    grade = known.grades.get(line.class_name)
    if line.birth_date is None or not grade:
        return
    late = int(known.data.year[:4]) - line.birth_date.year - grade - _BEGINS
    if not -_EARLY <= late <= _LATE:
        facts = {"found": line.birth_date.year, "grade": grade, "year": known.data.year}
        code = ProblemCode.BIRTH_YEAR_UNLIKELY
        yield known.problem(SheetKey.STUDENTS, line, "birth_date", code, **facts)


def _without_id(known: Known, line: StudentLine) -> Iterator[Problem]:
    """He is taken all the same: he only cannot have a transcript yet.  A wrong id was named already."""
    if not known.is_wrong(SheetKey.STUDENTS, line, "personal_id"):
        yield known.problem(SheetKey.STUDENTS, line, "personal_id", ProblemCode.PERSONAL_ID_ABSENT)


class _Holders:
    """Who has which id, record number, and name with birth date: the school's pupils, then the file's."""

    def __init__(self, known: Known) -> None:
        rows = {
            code: row for code, row in known.data.students.rows.items() if row["id"] not in known.data.left
        }
        self._known = known
        self._ids = {row["personal_id"]: code for code, row in rows.items()}
        self._numbers = {row["record_number"]: code for code, row in rows.items()}
        self._people = {
            (row["full_name"].casefold(), row["birth_date"]): code
            for code, row in rows.items()
            if row["birth_date"]
        }

    def claim(self, line: StudentLine) -> Iterator[Problem]:
        """What of this pupil's somebody else has."""
        person = (line.full_name.casefold(), line.birth_date) if line.full_name and line.birth_date else None
        for of, key, field, code in (
            (self._ids, line.personal_id, "personal_id", ProblemCode.PERSONAL_ID_TWICE),
            (self._numbers, line.record_number, "record_number", ProblemCode.RECORD_NUMBER_TWICE),
            (self._people, person, "full_name", ProblemCode.PUPIL_TWICE),
        ):
            holder = _holder(of, key, line.code)
            if holder != line.code:
                yield self._known.problem(SheetKey.STUDENTS, line, field, code, name=holder)


def _holder(of: dict[Any, str], key: Any, code: str) -> str:
    return of.setdefault(key, code) if key and code else code


def _of_other_level(known: Known, sheet: SheetKey, line: Any) -> Problem | None:
    grade = known.grade_of(line.student)
    if grade is None or is_primary(grade) == (sheet in _PRIMARY):
        return None
    name = tables(ALL_LEVELS)[_OTHER[sheet]].title
    return known.problem(sheet, line, "student", ProblemCode.OTHER_SHEET, grade=grade, name=name)


def _programme(known: Known, line: Any) -> Mapping[str, Subject]:
    return known.programmes.get(known.grade_of(line.student) or 0, {})


def _results(sheets: Sheets, known: Known) -> Iterator[Problem]:
    sheet = SheetKey.RESULTS
    yield from once(known, sheet, sheets.results, "subject")
    for line in sheets.results:
        yield from pupil(known, sheet, line)
        if misplaced := _of_other_level(known, sheet, line):
            yield misplaced
            continue
        if not _is_taken_back(known, line, (*_MARKS, "comment", "exempt")):
            yield from not_of_grade(known, sheet, line, known.grade_of(line.student))
        if subject := _programme(known, line).get(line.subject):
            yield from _marks(known, line, subject)


def _is_taken_back(known: Known, line: Any, says: tuple[str, ...]) -> bool:
    """Whether it empties a row that is there: of a pupil who was in a class of another grade before."""
    pupil = known.data.students.get(line.student)
    enrolment = known.data.enrolments.get(pupil["id"]) if pupil else None
    if enrolment is None or known.data.results.get((enrolment["id"], line.subject)) is None:
        return False
    return not any(getattr(line, name) not in (None, "", False) for name in says)


def _marks(known: Known, line: ResultLine, subject: Subject) -> Iterator[Problem]:
    sheet = SheetKey.RESULTS
    given = [(field, value) for field in _MARKS if (value := getattr(line, field)) is not None]
    if line.exempt and given:
        yield known.problem(sheet, line, "exempt", ProblemCode.EXEMPT_WITH_MARKS)
        return
    fits = True
    for field, value in given:
        if subject.kind is Kind.SCORE and isinstance(value, str):
            yield known.problem(sheet, line, field, ProblemCode.MARK_NOT_A_SCORE)
            fits = False
        if subject.kind is Kind.COMMENT and not isinstance(value, str):
            yield known.problem(sheet, line, field, ProblemCode.MARK_NOT_A_LEVEL)
            fits = False
    expected = _year(known, line) if fits else None
    if None not in (expected, line.year) and expected != line.year:
        yield known.problem(sheet, line, "year", ProblemCode.YEAR_MARK_DIFFERS, expected=expected)


def _year(known: Known, line: ResultLine) -> Mark:
    """The year's result from the terms (TR-2, TR-4), where the grade is assessed by TT 22/2021."""
    rules = rule_set(known.grade_of(line.student) or 0, known.data.year)
    if rules is None or not isinstance(rules.policy, Tt22Policy):
        return None
    return tt22.year_mark(rules.policy, line.term1, line.term2)


def _primary_results(sheets: Sheets, known: Known) -> Iterator[Problem]:
    sheet = SheetKey.PRIMARY_RESULTS
    yield from once(known, sheet, sheets.primary_results, "subject")
    for line in sheets.primary_results:
        yield from pupil(known, sheet, line)
        if misplaced := _of_other_level(known, sheet, line):
            yield misplaced
            continue
        if not _is_taken_back(known, line, ("level", "test", "comment", "exempt")):
            yield from not_of_grade(known, sheet, line, known.grade_of(line.student))
        if subject := _programme(known, line).get(line.subject):
            yield from _test(known, line, subject)


def _test(known: Known, line: PrimaryResultLine, subject: Subject) -> Iterator[Problem]:
    """TT 27/2020 Đ7.1: which subjects of a grade have a test at the end of the year."""
    sheet = SheetKey.PRIMARY_RESULTS
    if line.exempt and (line.level or line.test is not None):
        yield known.problem(sheet, line, "exempt", ProblemCode.EXEMPT_WITH_MARKS)
    elif line.test is not None and not subject.test:
        grade = known.grade_of(line.student)
        yield known.problem(sheet, line, "test", ProblemCode.TEST_NOT_EXPECTED, grade=grade)


def _summaries(sheets: Sheets, known: Known, sheet: SheetKey) -> Iterator[Problem]:
    lines = sheets.lines(sheet)
    yield from twice(known, sheet, lines, "student", lambda line: line.student)
    for line in lines:
        yield from pupil(known, sheet, line)
        if misplaced := _of_other_level(known, sheet, line):
            yield misplaced
            continue
        grade = known.grade_of(line.student)
        if line.completed_level is not None and grade and grade != last_grade(level_of(grade)):
            yield known.problem(sheet, line, "completed_level", ProblemCode.COMPLETION_NOT_EXPECTED)
