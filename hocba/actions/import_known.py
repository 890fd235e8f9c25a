"""What an import's rows may name: the school's people, classes and pupils, and the file's own, together."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hocba.actions.import_rows import whose
from hocba.documents.workbooks import Problem, ProblemCode, Severity, SheetKey, Sheets
from hocba.documents.workbooks.cells import as_text, fold
from hocba.documents.workbooks.sheets import column_of
from hocba.domain.curriculum import GRADES, Subject, form, level_of
from hocba.domain.values import Level, SchoolYear
from hocba.store.school import SchoolData


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What rows may name.

    :ivar grades: class -> grade.
    :ivar names: pupil -> full name.
    :ivar class_of: pupil -> class of the year.
    :ivar programmes: grade of the school -> its subjects.
    :ivar failed: cells that were wrong when they were read.
    """

    data: SchoolData
    staff: frozenset[str]
    grades: Mapping[str, int | None]
    names: Mapping[str, str]
    class_of: Mapping[str, str]
    programmes: Mapping[int, Mapping[str, Subject]]
    failed: frozenset[tuple[SheetKey | None, int, str]]

    def problem(self, sheet: SheetKey, line: Any, field: str, code: ProblemCode, **facts: Any) -> Problem:
        """Something wrong with what a line says in one field."""
        value = getattr(line, field)
        return Problem(
            sheet=sheet,
            row=line.row,
            code=code,
            header=column_of(sheet, field).header,
            value=as_text(str(value)) if isinstance(value, str | int | Decimal) else "",
            facts=facts,
        )

    def has_left(self, student: str) -> bool:
        """Whether the pupil was in a class of the year and is no longer."""
        row = self.data.students.get(student)
        return row is not None and row["id"] in self.data.left

    def is_wrong(self, sheet: SheetKey, line: Any, field: str) -> bool:
        """Whether a cell was wrong when it was read."""
        return (sheet, line.row, column_of(sheet, field).header) in self.failed

    def grade_of(self, student: str) -> int | None:
        """The grade of a pupil's class, when the school has such a grade."""
        grade = self.grades.get(self.class_of.get(student, ""))
        return grade if grade in self.programmes else None


def known(sheets: Sheets, data: SchoolData) -> Known:
    """What these rows may name."""
    grades: dict[str, int | None] = {name: row["grade"] for name, row in data.classes.rows.items()}
    if "grade" in sheets.given.get(SheetKey.CLASSES, ()):
        grades |= {line.name: line.grade for line in sheets.classes}
    class_names = {row["id"]: name for name, row in data.classes.rows.items()}
    class_of = {
        code: class_names[enrolment["class_id"]]
        for code, row in data.students.rows.items()
        if (enrolment := data.enrolments.get(row["id"]))
    }
    class_of |= {line.code: line.class_name for line in sheets.students if line.class_name}
    names = {code: row["full_name"] for code, row in data.students.rows.items()}
    errors = (each for each in sheets.problems if each.severity is Severity.ERROR)
    return Known(
        data=data,
        staff=frozenset(data.people.rows) | {line.code for line in sheets.staff},
        grades=grades,
        names=names | {line.code: line.full_name for line in sheets.students},
        class_of=class_of,
        programmes=_programmes(data.levels, data.year),
        failed=frozenset((each.sheet, each.row, each.header) for each in errors),
    )


def _programmes(levels: Iterable[Level], year: SchoolYear) -> dict[int, Mapping[str, Subject]]:
    every = {grade: form(level, grade, year) for level in levels for grade in GRADES[level]}
    return {grade: subjects for grade, subjects in every.items() if subjects}


def twice(
    known: Known,
    sheet: SheetKey,
    lines: Sequence[Any],
    field: str,
    key: Callable[[Any], Hashable],
    *,
    code: ProblemCode = ProblemCode.DUPLICATE,
) -> Iterator[Problem]:
    """Rows whose key a row before them has; an empty key is none."""
    first: dict[Hashable, Any] = {}
    for line in lines:
        name = key(line)
        earlier = first.setdefault(name, line) if name else line
        if earlier is not line:
            yield known.problem(sheet, line, field, code, first=earlier.row, name=whose(earlier))


def not_of_grade(known: Known, sheet: SheetKey, line: Any, grade: int | None) -> Iterator[Problem]:
    """A subject that the grade does not have."""
    programme = known.programmes.get(grade or 0)
    if line.subject and programme is not None and line.subject not in programme:
        yield known.problem(sheet, line, "subject", ProblemCode.SUBJECT_NOT_OF_GRADE, grade=grade)


def is_primary(grade: int) -> bool:
    """Whether TT 27/2020 assesses the grade."""
    return level_of(grade) is Level.TH


def pupil(known: Known, sheet: SheetKey, line: Any) -> Iterator[Problem]:
    """A row's pupil: that there is one, and, where a name stands beside his code, that it is his."""
    if not line.student:
        return
    if line.student not in known.names:
        yield known.problem(sheet, line, "student", ProblemCode.STUDENT_UNKNOWN)
        return
    if known.has_left(line.student) and sheet is not SheetKey.EARLIER_YEARS:
        yield known.problem(sheet, line, "student", ProblemCode.STUDENT_LEFT)
    elif line.student not in known.class_of and sheet is not SheetKey.EARLIER_YEARS:
        yield known.problem(sheet, line, "student", ProblemCode.STUDENT_NOT_ENROLLED)
    name = known.names[line.student]
    if line.full_name and name and line.full_name != name and fold(line.full_name) != fold(name):
        yield known.problem(sheet, line, "full_name", ProblemCode.NAME_DIFFERS, name=name)


def once(known: Known, sheet: SheetKey, lines: tuple[Any, ...], field: str) -> Iterator[Problem]:
    """Of each pupil one row for each subject, year or rule."""
    yield from twice(
        known,
        sheet,
        lines,
        field,
        lambda line: (line.student, getattr(line, field)) if line.student and getattr(line, field) else None,
    )
