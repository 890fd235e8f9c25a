"""Rows of a workbook into a school's data: what is new, what changes, what stays, what may not change.

Pure but for the tables in memory that it edits (``hocba.store.editing``).  Rows are found by what
the school calls them, so the same workbook a second time changes nothing.  Nothing is ever deleted,
and no role is withdrawn.  A pupil's data is frozen while he has a live transcript of the year (B5):
such a row is refused if it says anything new, and the others go on; so is a row of a pupil who was taken
out of his class, for nobody comes back in silence.  How one row is written, and its
change remembered, is ``hocba.actions.import_rows``; what belongs to a pupil's year is
``hocba.actions.import_pupil_rows``.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hocba.actions import import_pupil_rows
from hocba.actions.import_checks import GRANTED
from hocba.actions.import_rows import Given, Merge, RowOutcome, columns, heaviest, put
from hocba.documents.workbooks import ProblemCode, Severity, SheetKey, Sheets
from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    PrintingLine,
    StaffLine,
    StudentLine,
)
from hocba.domain.names import search_key, sort_key
from hocba.domain.people import Actor
from hocba.store.school import SchoolData

Step = Callable[[Merge, Any, Given], RowOutcome]


def merge(
    sheets: Sheets, data: SchoolData, actor: Actor, *, source: UUID, now: datetime, reason: str = ""
) -> Merge:
    """Bring every row without an error into ``data``.

    :param sheets: with all problems in it, also those between rows.
    :param reason: why, for the histories.
    """
    work = Merge(data=data, actor=actor, source=source, now=now, reason=reason)
    errors = [problem for problem in sheets.problems if problem.severity is Severity.ERROR]
    failed = {(problem.sheet, problem.row) for problem in errors}
    left_out = {(each.sheet, each.row) for each in sheets.problems if each.severity is Severity.REFUSED}
    broken = {problem.sheet for problem in errors if problem.code is ProblemCode.COLUMN_MISSING}
    for sheet, step in _STEPS.items():
        for line in sheets.lines(sheet):
            work.begin(sheet, line)
            is_failed = sheet in broken or (sheet, line.row) in failed
            if is_failed:
                outcome = RowOutcome.FAILED
            elif (sheet, line.row) in left_out:
                outcome = RowOutcome.REFUSED
            else:
                outcome = step(work, line, sheets.given_in(sheet, line.row))
            work.outcomes[sheet][line.row] = outcome
    return work


def _staff(work: Merge, line: StaffLine, given: Given) -> RowOutcome:
    values = columns(line, given, ("full_name", "personal_id", "title", "left_on"))
    values["sort_key"] = sort_key(line.full_name)
    blank = {"school_id": work.data.id, "code": line.code, "personal_id": "", "title": "", "left_on": None}
    done = put(work, work.data.people, line.code, values, blank, of="person")
    person = work.data.people.rows[line.code]["id"]
    return heaviest(done, _user(work, line, person), *_grants(work, line, person))


def _user(work: Merge, line: StaffLine, person: UUID) -> RowOutcome:
    """How he signs in.  The password is set elsewhere; who has a name keeps it when the cell is empty."""
    if not line.username:
        return RowOutcome.UNCHANGED
    blank = {"person_id": person, "password_hash": None, "active": True, "failures": 0, "locked_until": None}
    values = {"username": line.username}
    return put(work, work.data.users, person, values, blank, of=("person", person), part="user")


def _grants(work: Merge, line: StaffLine, person: UUID) -> list[RowOutcome]:
    blank = {"granted_by": work.actor.id, "valid_from": work.now, "valid_to": None}
    done = []
    for name, role in GRANTED.items():
        if getattr(line, name):
            whole = {"person_id": person, "school_id": work.data.id, "role": role, **blank}
            part = f"grant.{role.value}"
            done.append(
                put(work, work.data.grants, (person, role), {}, whole, of=("person", person), part=part)
            )
    return done


def _class(work: Merge, line: ClassLine, given: Given) -> RowOutcome:
    values = columns(line, given, ("grade", "homeroom_basis", "leader_basis"))
    for name in ("homeroom", "leader"):
        if name in given:
            person = work.data.people.get(getattr(line, name))
            if getattr(line, name) and not person:
                return RowOutcome.FAILED
            values[f"{name}_id"] = person["id"] if person else None
    row = work.data.classes.get(line.name)
    if row and row["grade"] != (grade := values.get("grade", row["grade"])):
        held = [student for student, live in work.data.live.items() if live.class_id == row["id"]]
        if held:
            return work.refuse(*held)
        if row["confirmed_at"]:
            return work.leave_out(ProblemCode.CLASS_CONFIRMED)
        work.warn("grade", ProblemCode.GRADE_CHANGED, old=row["grade"], new=grade)
    blank = {
        "school_id": work.data.id,
        "year": work.data.year,
        "name": line.name,
        **dict.fromkeys(("homeroom_id", "leader_id", "confirmed_at", "confirmed_by")),
        **dict.fromkeys(("homeroom_basis", "leader_basis"), ""),
    }
    return put(work, work.data.classes, line.name, values, blank, of="class")


_PROFILE = (
    "full_name",
    "birth_date",
    "sex",
    "personal_id",
    "register_number",
    "record_number",
    "birthplace",
    "home_town",
    "address",
    "ethnicity",
    "nationality",
    "policy_group",
    "father",
    "father_occupation",
    "mother",
    "mother_occupation",
    "guardian",
    "guardian_occupation",
)


def _student(work: Merge, line: StudentLine, given: Given) -> RowOutcome:
    class_ = work.data.classes.get(line.class_name)
    if class_ is None:
        return RowOutcome.FAILED
    profile = columns(line, given, _PROFILE)
    profile |= {"sort_key": sort_key(line.full_name), "search_key": search_key(line.full_name)}
    place = {"class_id": class_["id"], **columns(line, given, ("since",))}
    known = work.data.students.get(line.code)
    if known and known["id"] in work.data.live:
        same = not work.data.students.differences(line.code, profile)
        stays = work.data.enrolments.differences(known["id"], place) == {}
        return RowOutcome.UNCHANGED if same and stays else work.refuse(known["id"])
    blank = {"school_id": work.data.id, "code": line.code, **dict.fromkeys(_PROFILE, ""), "birth_date": None}
    done = put(work, work.data.students, line.code, profile, blank, of="student")
    student = work.data.students.rows[line.code]["id"]
    seat = {"student_id": student, "year": work.data.year, "since": None}
    of = ("student", student)
    return heaviest(done, put(work, work.data.enrolments, student, place, seat, of=of, part="enrolment"))


def _assignment(work: Merge, line: AssignmentLine, given: Given) -> RowOutcome:
    class_, person = work.data.classes.get(line.class_name), work.data.people.get(line.staff)
    if not class_ or not person:
        return RowOutcome.FAILED
    done = []
    for term in line.terms:
        key = (class_["id"], line.subject, term)
        blank = {"class_id": class_["id"], "subject": line.subject, "term": term, "basis": ""}
        part = f"assignment.{line.subject}.{term.value}"
        values = {"person_id": person["id"], **columns(line, given, ("basis",))}
        done.append(
            put(work, work.data.assignments, key, values, blank, of=("class", class_["id"]), part=part)
        )
    return heaviest(*done)


def _printing(work: Merge, line: PrintingLine, given: Given) -> RowOutcome:
    values = columns(line, given, ("place", "written_on", "primary_profile"))
    blank = {"school_id": work.data.id, "year": work.data.year, "primary_profile": ""}
    return put(work, work.data.printing, work.data.year, values, blank, of="print_configuration")


_STEPS: Mapping[SheetKey, Step] = {
    SheetKey.STAFF: _staff,
    SheetKey.CLASSES: _class,
    SheetKey.STUDENTS: _student,
    SheetKey.ASSIGNMENTS: _assignment,
    **import_pupil_rows.STEPS,
    SheetKey.PRINTING: _printing,
}
"""How each sheet's lines are taken, in the order in which they are."""
