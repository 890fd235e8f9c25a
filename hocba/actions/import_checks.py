"""What a workbook's rows must be to each other and to the school: pure, over what was read and loaded.

The single cells were judged when the file was read.  Here: no row twice; classes, staff and pupils
that rows name exist, in the file or in the school; one responsible teacher for a subject, class and
term; who may set user names and roles.  What a pupil's rows must be is ``hocba.actions.import_pupil_checks``
and, for years elsewhere and reasons against rules, ``hocba.actions.import_beside_checks``.
"""

from collections.abc import Hashable, Iterator
from typing import Any

from hocba.actions import import_beside_checks, import_pupil_checks
from hocba.actions.import_known import Known, known, not_of_grade, twice
from hocba.documents.workbooks import Problem, ProblemCode, SheetKey, Sheets
from hocba.documents.workbooks.lines import StaffLine
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import PersonId, Role
from hocba.store.school import SchoolData

GRANTED = {"admin": Role.ADMIN, "manager": Role.MANAGER, "issuer": Role.ISSUER}
"""The columns of *Nhân sự* that grant a role."""


def check(sheets: Sheets, data: SchoolData, actor: Actor) -> list[Problem]:
    """Everything that is wrong between the rows, sheet by sheet."""
    found = known(sheets, data)
    return [
        *_staff(sheets, found, actor),
        *_classes(sheets, found),
        *_assignments(sheets, found),
        *import_pupil_checks.check(sheets, found),
        *import_beside_checks.check(sheets, found),
        *twice(found, SheetKey.PRINTING, sheets.printing, "place", lambda _: True),
    ]


def _staff(sheets: Sheets, known: Known, actor: Actor) -> Iterator[Problem]:
    sheet, lines = SheetKey.STAFF, sheets.staff
    yield from twice(known, sheet, lines, "code", lambda line: line.code)
    yield from twice(known, sheet, lines, "username", lambda line: line.username)
    yield from twice(
        known, sheet, lines, "personal_id", lambda line: line.personal_id, code=ProblemCode.PERSONAL_ID_TWICE
    )
    holders = {row["username"]: person for person, row in known.data.users.rows.items()}
    for line in lines:
        person = known.data.people.get(line.code)
        id_ = person["id"] if person else None
        if line.username and holders.get(line.username, id_) != id_:
            yield known.problem(sheet, line, "username", ProblemCode.USERNAME_TAKEN)
        yield from _rights(known, line, id_, actor)


def _rights(known: Known, line: StaffLine, person: PersonId | None, actor: Actor) -> Iterator[Problem]:
    """User names and roles are for who manages users; nobody gives himself the right to issue."""
    username = (known.data.users.get(person) or {}).get("username") if person else None
    if line.username and line.username != username and not actor.may(Permission.USER_MANAGE):
        yield known.problem(SheetKey.STAFF, line, "username", ProblemCode.ADMIN_ONLY)
    for field, role in GRANTED.items():
        if not getattr(line, field) or (person and known.data.grants.get((person, role))):
            continue
        if not actor.may(Permission.ISSUE_RIGHT_GRANT if role is Role.ISSUER else Permission.ROLE_GRANT):
            yield known.problem(SheetKey.STAFF, line, field, ProblemCode.ADMIN_ONLY)
        elif role is Role.ISSUER and person == actor.id:
            yield known.problem(SheetKey.STAFF, line, field, ProblemCode.NOT_TO_ONESELF)


def _classes(sheets: Sheets, known: Known) -> Iterator[Problem]:
    sheet = SheetKey.CLASSES
    yield from twice(known, sheet, sheets.classes, "name", lambda line: line.name)
    for line in sheets.classes:
        if line.grade is not None and line.grade not in known.programmes:
            yield known.problem(sheet, line, "grade", ProblemCode.GRADE_INVALID, grade=line.grade)
        yield from _unknown_staff(known, sheet, line, "homeroom")
        yield from _unknown_staff(known, sheet, line, "leader")


def _assignments(sheets: Sheets, known: Known) -> Iterator[Problem]:
    sheet = SheetKey.ASSIGNMENTS
    first: dict[Hashable, Any] = {}
    for line in sheets.assignments:
        if line.class_name and line.class_name not in known.grades:
            yield known.problem(sheet, line, "class_name", ProblemCode.CLASS_UNKNOWN)
        yield from _unknown_staff(known, sheet, line, "staff")
        yield from not_of_grade(known, sheet, line, known.grades.get(line.class_name))
        cells = [first.setdefault((line.class_name, line.subject, term), line) for term in line.terms]
        earlier = next((other for other in cells if other is not line), None)
        if earlier and line.class_name and line.subject:
            same = earlier.staff == line.staff
            code = ProblemCode.DUPLICATE if same else ProblemCode.TWO_TEACHERS
            yield known.problem(sheet, line, "staff", code, first=earlier.row)


def _unknown_staff(known: Known, sheet: SheetKey, line: Any, field: str) -> Iterator[Problem]:
    code = getattr(line, field)
    if code and code not in known.staff:
        yield known.problem(sheet, line, field, ProblemCode.STAFF_UNKNOWN)
