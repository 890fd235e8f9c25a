"""What a workbook's rows must be to each other and to the school: pure, over what was read and loaded.

The single cells were judged when the file was read.  Here: no row twice; classes, staff and pupils
that rows name exist, in the file or in the school; a subject is one of the grade; a mark fits the kind
of its subject (TT 22/2021 Đ5.3); one responsible teacher for a subject, class and term; who may set
user names and roles.  Besides, things that a person should look at.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hocba.documents.workbooks import Problem, ProblemCode, SheetKey, Sheets
from hocba.documents.workbooks.cells import as_text, fold
from hocba.documents.workbooks.columns import tables
from hocba.documents.workbooks.lines import ClassLine, ResultLine, StaffLine, StudentLine, SummaryLine
from hocba.documents.workbooks.lists import ethnic_groups
from hocba.domain.curriculum import Subject, last_grade, subjects
from hocba.domain.errors import Refusal
from hocba.domain.identity import agrees
from hocba.domain.people import Actor
from hocba.domain.record import Kind, Mark
from hocba.domain.values import Level, PersonId, Role, SchoolYear
from hocba.store.school import SchoolData

GRANTED = {"admin": Role.ADMIN, "manager": Role.MANAGER, "issuer": Role.ISSUER}
"""The columns of *Nhân sự* that grant a role."""

_MARKS = ("term1", "term2", "year", "reassessed")
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What rows may name: the school's and the file's together."""

    data: SchoolData
    staff: frozenset[str]
    grades: Mapping[str, int | None]
    names: Mapping[str, str]
    class_of: Mapping[str, str]
    programmes: Mapping[int, Mapping[str, Subject]]

    def problem(self, sheet: SheetKey, line: Any, field: str, code: ProblemCode, **facts: Any) -> Problem:
        value = getattr(line, field)
        return Problem(
            sheet=sheet,
            row=line.row,
            code=code,
            header=tables(self.data.level)[sheet].column(field).header,
            value=as_text(str(value)) if isinstance(value, str | int | Decimal) else "",
            facts=facts,
        )


def check(sheets: Sheets, data: SchoolData, actor: Actor) -> list[Problem]:
    """Everything that is wrong between the rows, sheet by sheet."""
    known = _known(sheets, data)
    return [
        *_check_staff(sheets, known, actor),
        *_check_classes(sheets, known),
        *_check_students(sheets, known),
        *_check_assignments(sheets, known),
        *_check_results(sheets, known),
        *_check_summaries(sheets, known),
        *_twice(known, SheetKey.PRINTING, sheets.printing, "place", lambda _: True),
    ]


def _known(sheets: Sheets, data: SchoolData) -> _Known:
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
    return _Known(
        data=data,
        staff=frozenset(data.people.rows) | {line.code for line in sheets.staff},
        grades=grades,
        names=names | {line.code: line.full_name for line in sheets.students},
        class_of=class_of,
        programmes=_programmes(data.level, data.year, {grade for grade in grades.values() if grade}),
    )


def _programmes(level: Level, year: SchoolYear, grades: Iterable[int]) -> dict[int, Mapping[str, Subject]]:
    found: dict[int, Mapping[str, Subject]] = {}
    for grade in grades:
        try:
            found[grade] = {subject.code: subject for subject in subjects(level, grade, year)}
        except Refusal:
            continue  # the class is told so
    return found


def _twice(
    known: _Known,
    sheet: SheetKey,
    lines: Sequence[Any],
    field: str,
    key: Callable[[Any], Hashable],
    *,
    code: ProblemCode = ProblemCode.DUPLICATE,
) -> Iterator[Problem]:
    first: dict[Hashable, int] = {}
    for line in lines:
        name = key(line)
        if name and first.setdefault(name, line.row) != line.row:
            yield known.problem(sheet, line, field, code, first=first[name])


def _check_staff(sheets: Sheets, known: _Known, actor: Actor) -> Iterator[Problem]:
    sheet, lines = SheetKey.STAFF, sheets.staff
    yield from _twice(known, sheet, lines, "code", lambda line: line.code)
    yield from _twice(known, sheet, lines, "username", lambda line: line.username)
    yield from _twice(
        known, sheet, lines, "personal_id", lambda line: line.personal_id, code=ProblemCode.PERSONAL_ID_TWICE
    )
    holders = {row["username"]: person for person, row in known.data.users.rows.items()}
    for line in lines:
        person = known.data.people.get(line.code)
        id_ = person["id"] if person else None
        if line.username and holders.get(line.username, id_) != id_:
            yield known.problem(sheet, line, "username", ProblemCode.USERNAME_TAKEN)
        yield from _check_rights(known, line, id_, actor)


def _check_rights(known: _Known, line: StaffLine, person: PersonId | None, actor: Actor) -> Iterator[Problem]:
    """User names and roles are an ADMIN's; nobody gives himself the right to issue (permissions 9, 29)."""
    user = known.data.users.get(person) if person else None
    is_admin = actor.has(Role.ADMIN)
    if line.username and not is_admin and line.username != (user or {}).get("username"):
        yield known.problem(SheetKey.STAFF, line, "username", ProblemCode.ADMIN_ONLY)
    for field, role in GRANTED.items():
        if not getattr(line, field) or (person and known.data.grants.get((person, role))):
            continue
        if not is_admin:
            yield known.problem(SheetKey.STAFF, line, field, ProblemCode.ADMIN_ONLY)
        elif role is Role.ISSUER and person == actor.id:
            yield known.problem(SheetKey.STAFF, line, field, ProblemCode.NOT_TO_ONESELF)


def _check_classes(sheets: Sheets, known: _Known) -> Iterator[Problem]:
    sheet = SheetKey.CLASSES
    yield from _twice(known, sheet, sheets.classes, "name", lambda line: line.name)
    for line in sheets.classes:
        if line.grade is not None and line.grade not in known.programmes:
            yield known.problem(sheet, line, "grade", ProblemCode.GRADE_INVALID, grade=line.grade)
        yield from _unknown_staff(known, sheet, line, "homeroom")
        yield from _unknown_staff(known, sheet, line, "leader")


def _unknown_staff(known: _Known, sheet: SheetKey, line: ClassLine | Any, field: str) -> Iterator[Problem]:
    code = getattr(line, field)
    if code and code not in known.staff:
        yield known.problem(sheet, line, field, ProblemCode.STAFF_UNKNOWN)


def _check_students(sheets: Sheets, known: _Known) -> Iterator[Problem]:
    sheet = SheetKey.STUDENTS
    yield from _twice(known, sheet, sheets.students, "code", lambda line: line.code)
    holders = {
        row["personal_id"]: code for code, row in known.data.students.rows.items() if row["personal_id"]
    }
    groups = frozenset(map(fold, ethnic_groups()))
    for line in sheets.students:
        if line.class_name and line.class_name not in known.grades:
            yield known.problem(sheet, line, "class_name", ProblemCode.CLASS_UNKNOWN)
        if line.personal_id and holders.setdefault(line.personal_id, line.code) != line.code:
            yield known.problem(sheet, line, "personal_id", ProblemCode.PERSONAL_ID_TWICE)
        if not _fits(line):
            yield known.problem(sheet, line, "personal_id", ProblemCode.PERSONAL_ID_DIFFERS)
        if line.ethnicity and fold(line.ethnicity) not in groups:
            yield known.problem(sheet, line, "ethnicity", ProblemCode.ETHNICITY_UNKNOWN)


def _fits(line: StudentLine) -> bool:
    """Whether the personal id says the same sex and year of birth."""
    if not line.personal_id or line.birth_date is None:
        return True
    return agrees(line.personal_id, line.sex, line.birth_date)


def _check_assignments(sheets: Sheets, known: _Known) -> Iterator[Problem]:
    sheet = SheetKey.ASSIGNMENTS
    first: dict[Hashable, Any] = {}
    for line in sheets.assignments:
        if line.class_name and line.class_name not in known.grades:
            yield known.problem(sheet, line, "class_name", ProblemCode.CLASS_UNKNOWN)
        yield from _unknown_staff(known, sheet, line, "staff")
        yield from _not_of_grade(known, sheet, line, line.class_name)
        cells = [first.setdefault((line.class_name, line.subject, term), line) for term in line.terms]
        earlier = next((other for other in cells if other is not line), None)
        if earlier and line.class_name and line.subject:
            same = earlier.staff == line.staff
            code = ProblemCode.DUPLICATE if same else ProblemCode.TWO_TEACHERS
            yield known.problem(sheet, line, "staff", code, first=earlier.row)


def _not_of_grade(known: _Known, sheet: SheetKey, line: Any, class_name: str | None) -> Iterator[Problem]:
    grade = known.grades.get(class_name or "")
    programme = known.programmes.get(grade or 0)
    if line.subject and programme is not None and line.subject not in programme:
        yield known.problem(sheet, line, "subject", ProblemCode.SUBJECT_NOT_OF_GRADE, grade=grade)


def _check_results(sheets: Sheets, known: _Known) -> Iterator[Problem]:
    sheet, lines = SheetKey.RESULTS, sheets.results
    yield from _twice(
        known,
        sheet,
        lines,
        "subject",
        lambda line: (line.student, line.subject) if line.student and line.subject else None,
    )
    for line in lines:
        yield from _check_pupil(known, sheet, line)
        class_name = known.class_of.get(line.student)
        yield from _not_of_grade(known, sheet, line, class_name)
        programme = known.programmes.get(known.grades.get(class_name or "") or 0, {})
        if subject := programme.get(line.subject):
            yield from _check_marks(known, line, subject)


def _check_pupil(known: _Known, sheet: SheetKey, line: ResultLine | SummaryLine) -> Iterator[Problem]:
    if not line.student:
        return
    if line.student not in known.names:
        yield known.problem(sheet, line, "student", ProblemCode.STUDENT_UNKNOWN)
        return
    if line.student not in known.class_of:
        yield known.problem(sheet, line, "student", ProblemCode.STUDENT_NOT_ENROLLED)
    name = known.names[line.student]
    if line.full_name and name and line.full_name != name and fold(line.full_name) != fold(name):
        yield known.problem(sheet, line, "full_name", ProblemCode.NAME_DIFFERS, name=name)


def _check_marks(known: _Known, line: ResultLine, subject: Subject) -> Iterator[Problem]:
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
    expected = _year(line)
    if fits and None not in (expected, line.year) and expected != line.year:
        yield known.problem(sheet, line, "year", ProblemCode.YEAR_MARK_DIFFERS, expected=expected)


def _year(line: ResultLine) -> Mark:
    """The year's result from the terms (TT 22/2021 Đ9.1): (I + 2·II) / 3 half up, or that of term II."""
    if isinstance(line.term1, Decimal) and isinstance(line.term2, Decimal):
        return ((line.term1 + 2 * line.term2) / 3).quantize(_TENTH, ROUND_HALF_UP)
    return line.term2 if isinstance(line.term2, str) else None


def _check_summaries(sheets: Sheets, known: _Known) -> Iterator[Problem]:
    sheet = SheetKey.SUMMARIES
    yield from _twice(known, sheet, sheets.summaries, "student", lambda line: line.student)
    for line in sheets.summaries:
        yield from _check_pupil(known, sheet, line)
        grade = known.grades.get(known.class_of.get(line.student, ""))
        if line.completed_level is not None and grade and grade != last_grade(known.data.level):
            yield known.problem(sheet, line, "completed_level", ProblemCode.COMPLETION_NOT_EXPECTED)
