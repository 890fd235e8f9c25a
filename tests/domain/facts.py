"""Facts for the tests of the domain: a small class, its people, a record that is ready."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hocba.domain.curriculum import TraitGroup, form, subjects, traits
from hocba.domain.people import Actor
from hocba.domain.permissions import ADMINISTRATION
from hocba.domain.record import (
    HistoryRow,
    Kind,
    Levels,
    PrimarySummary,
    Printing,
    Relative,
    SchoolFacts,
    Signatory,
    StudentFacts,
    SubjectResult,
    Summary,
    TranscriptRecord,
)
from hocba.domain.transcript import Transcript
from hocba.domain.values import (
    ClassId,
    Level,
    PersonId,
    Role,
    SchoolId,
    SchoolYear,
    Slot,
    SlotKey,
    Step,
    TranscriptId,
)

YEAR = SchoolYear("2025-2026")
SCHOOL = SchoolId(uuid4())
CLASS = ClassId(uuid4())


def actor(*roles: Role, **scope: Any) -> Actor:
    return Actor(**{"id": PersonId(uuid4()), "school": SCHOOL, "roles": frozenset(roles)} | scope)


OWN = frozenset({CLASS})
ADMIN, OTHER_ADMIN = actor(Role.ADMIN), actor(Role.ADMIN)
MATHS = actor(Role.SUBJECT_TEACHER, taught=OWN)
MUSIC = actor(Role.SUBJECT_TEACHER, taught=OWN)
HOMEROOM = actor(Role.SUBJECT_TEACHER, Role.HOMEROOM_TEACHER, taught=OWN, homeroom=OWN)
LEADER = actor(Role.LEADER, led=OWN)
ISSUER = actor(Role.ISSUER)
MANAGER = actor(Role.MANAGER, delegated=ADMINISTRATION)
STRANGER = actor(Role.SUBJECT_TEACHER)
FOREIGN_ADMIN = actor(Role.ADMIN, school=SchoolId(uuid4()))
EVERYBODY = (
    ADMIN,
    OTHER_ADMIN,
    MATHS,
    MUSIC,
    HOMEROOM,
    LEADER,
    ISSUER,
    MANAGER,
    STRANGER,
    FOREIGN_ADMIN,
)


def slot(key: str, step: Step, who: Actor | None) -> Slot:
    return Slot(key=SlotKey(key), step=step, signer=who.id if who else None, name=key, identity="")


SLOTS = (
    slot("gvbm-1", Step.SUBJECT_TEACHERS, MATHS),
    slot("gvbm-2", Step.SUBJECT_TEACHERS, MUSIC),
    slot("gvcn", Step.HOMEROOM_TEACHER, HOMEROOM),
    slot("cbql", Step.LEADER, LEADER),
    slot("ky-phat-hanh", Step.ISSUE, None),
)


def transcript(*signed: str, **given: Any) -> Transcript:
    """A transcript whose slots named in ``signed`` are filled."""
    facts: dict[str, Any] = {
        "id": TranscriptId(uuid4()),
        "school": SCHOOL,
        "class_": CLASS,
        "version": len(signed),
        "slots": SLOTS,
        "signed": frozenset(signed),
    }
    return Transcript(**facts | given)


ALL = tuple(each.key for each in SLOTS)


def signatory(number: int) -> Signatory:
    return Signatory(
        person=PersonId(uuid4()), name=f"Giáo viên {number}", personal_id=f"{number:012d}", title="Giáo viên"
    )


def row(code: str, **given: Any) -> SubjectResult:
    form = {subject.code: subject for level in Level for subject in _form(level)}
    kind = form[code].kind
    mark = Decimal("8.5") if kind is Kind.SCORE else "Đ"
    facts: dict[str, Any] = {
        "subject": code,
        "name": form[code].name,
        "kind": kind,
        "term1": mark,
        "term2": mark,
        "year": mark,
        "comment": "Có tiến bộ.",
    }
    return SubjectResult(**facts | given)


def _form(level: Level) -> tuple[Any, ...]:
    grade = {Level.TH: 5, Level.THCS: 6, Level.THPT: 10}[level]
    return subjects(level, grade, YEAR)


def record(**given: Any) -> TranscriptRecord:
    """The record of grade 6 with nothing missing: every subject but the optional one."""
    codes = [subject.code for subject in subjects(Level.THCS, 6, YEAR) if not subject.optional]
    levels = Levels(term1="T", term2="T", year="T")
    facts: dict[str, Any] = {
        "year": YEAR,
        "grade": 6,
        "class_name": "6A1",
        "school": SchoolFacts(
            code="01001",
            name="Trường THCS Hoa Sen",
            level=Level.THCS,
            department_code="01",
            department="Sở GDĐT Hà Nội",
            commune="Phường Ba Đình",
            province="Hà Nội",
            identity="MST:0100000001",
        ),
        "student": StudentFacts(
            full_name="Trần Văn An",
            code="HS1",
            personal_id="001214000001",
            birth_date=date(2014, 3, 8),
            sex="Nam",
            birthplace="Hà Nội",
            address="Hà Nội",
            ethnicity="Kinh",
            mother=Relative(name="Lê Thị Mẹ"),
            register_number="1/THCS",
        ),
        "history": (HistoryRow(year=YEAR, class_name="6A1", school_name="Trường THCS Hoa Sen"),),
        "results": tuple(row(code) for code in codes),
        "summary": Summary(
            learning=levels,
            conduct=levels,
            absences=0,
            promoted=True,
            awards="Học sinh Giỏi",
            homeroom_comment="Chăm ngoan.",
        ),
        "printing": Printing(place="Hà Nội", written_on=date(2026, 5, 29)),
        "teachers": {code: signatory(number) for number, code in enumerate(codes)},
        "homeroom": signatory(90),
        "leader": signatory(91),
    }
    return TranscriptRecord(**facts | given)


def primary_row(code: str, grade: int = 5, **given: Any) -> SubjectResult:
    subject = form(Level.TH, grade, YEAR)[code]
    facts: dict[str, Any] = {
        "subject": code,
        "name": subject.name,
        "kind": subject.kind,
        "year": "T",
        "test": Decimal(9) if subject.test else None,
        "comment": "Có tiến bộ.",
    }
    return SubjectResult(**facts | given)


def primary_summary(grade: int = 5, **given: Any) -> PrimarySummary:
    """The best year of a primary pupil."""
    known = traits(grade, YEAR).values()
    facts: dict[str, Any] = {
        "overall": "HTXS",
        "qualities": {each.code: "T" for each in known if each.group is TraitGroup.QUALITY},
        "abilities": {each.code: "T" for each in known if each.group is not TraitGroup.QUALITY},
        "qualities_comment": "Ngoan.",
        "general_abilities_comment": "Tự giác.",
        "specific_abilities_comment": "Tính toán nhanh.",
        "absences_with_leave": 1,
        "absences_without_leave": 0,
        "height": Decimal("131.5"),
        "weight": Decimal(29),
        "promoted": True,
        "completed_grade": True,
        "completed_level": True if grade == 5 else None,
        "awards": "Học sinh Xuất sắc" if given.get("overall", "HTXS") == "HTXS" else "",
        "homeroom_comment": "Chăm ngoan.",
    }
    return PrimarySummary(**facts | given)


def primary(grade: int = 5, **given: Any) -> TranscriptRecord:
    """The record of a primary pupil with nothing missing."""
    rows = [each.code for each in subjects(Level.TH, grade, YEAR) if not each.optional]
    secondary = record()
    facts: dict[str, Any] = {
        "grade": grade,
        "class_name": f"{grade}A",
        "school": replace(secondary.school, name="Trường Tiểu học Hoa Sen", level=Level.TH),
        "student": replace(secondary.student, home_town="Hà Nội", nationality="Việt Nam"),
        "history": (
            HistoryRow(
                year=YEAR,
                class_name=f"{grade}A",
                school_name="Trường Tiểu học Hoa Sen",
                since=date(2025, 9, 5),
            ),
        ),
        "results": tuple(primary_row(code, grade) for code in rows),
        "summary": primary_summary(grade),
        "teachers": {},
    }
    return record(**facts | given)


def with_primary_row(code: str, **given: Any) -> TranscriptRecord:
    """The primary record, one row of it changed."""
    rows = primary().results
    return primary(results=tuple(replace(each, **given) if each.subject == code else each for each in rows))


def with_primary_summary(**given: Any) -> TranscriptRecord:
    """The primary record, its summary changed."""
    return primary(summary=primary_summary(**given))


def with_student(**given: Any) -> TranscriptRecord:
    return record(student=replace(record().student, **given))


def with_school(**given: Any) -> TranscriptRecord:
    return record(school=replace(record().school, **given))


def with_summary(**given: Any) -> TranscriptRecord:
    return record(summary=replace(record().summary, **given))


def with_row(code: str, **given: Any) -> TranscriptRecord:
    """The record, one row of it changed."""
    rows = record().results
    return record(results=tuple(replace(each, **given) if each.subject == code else each for each in rows))
