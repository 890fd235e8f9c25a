"""From the rows of the school's data to the facts of a record.  No statement is made here."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from hocba.domain.curriculum import GRADES, Subject, ever_taught, subjects
from hocba.domain.errors import Refusal
from hocba.domain.record import (
    PROFILES,
    UNKNOWN_DATE,
    HistoryRow,
    Kind,
    Levels,
    Mark,
    PrimarySummary,
    Printing,
    Relative,
    SchoolFacts,
    Signatory,
    StudentFacts,
    SubjectResult,
    Summary,
)
from hocba.domain.values import Level, PersonId, Profile, SchoolYear

Row = Mapping[str, Any]
"""A row as ``values()`` gives it."""

EMPTY_SUMMARY = Summary(learning=Levels(), conduct=Levels())
"""The year of a pupil for whom nothing is entered yet."""

_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?", re.ASCII)
_SCHOOL = ("code", "name", "department_code", "department", "commune", "province", "identity")
_STUDENT = (
    "full_name",
    "code",
    "personal_id",
    "sex",
    "birthplace",
    "home_town",
    "address",
    "ethnicity",
    "nationality",
    "policy_group",
    "register_number",
)
_RESULT = {
    True: ("year", "test", "comment", "exempt"),
    False: ("term1", "term2", "year", "reassessed", "comment", "exempt"),
}
"""What a row of results says of a primary pupil, and of a secondary one.  The rows of whoever came from the
other level still have its columns; they are nothing of his transcript.
"""
_SUMMARY = (
    "absences",
    "promoted",
    "completed_level",
    "awards",
    "homeroom_comment",
    "summer_comment",
    "principal_approval",
    "unassessed",
)
_PRIMARY = (
    "qualities",
    "abilities",
    "qualities_comment",
    "general_abilities_comment",
    "specific_abilities_comment",
    "absences_with_leave",
    "absences_without_leave",
    "promoted",
    "completed_grade",
    "completed_level",
    "completion",
    "awards",
    "sudden_awards",
    "homeroom_comment",
    "unassessed",
)


def levels(school: Row) -> tuple[Level, ...]:
    """The levels that a school has, ascending."""
    return tuple(map(Level, school["levels"].split(",")))


def level(school: Row, grade: int) -> Level:
    """The level of a class of ``grade``; one of the school's own, also when it has no such grade."""
    own = levels(school)
    return next((each for each in own if grade in GRADES[each]), own[0])


def school(row: Row, level: Level) -> SchoolFacts:
    """The school, as the transcripts of ``level`` name it."""
    return SchoolFacts(level=level, **{name: row[name] for name in _SCHOOL})


def printing(row: Row) -> Printing:
    """What is written on the transcripts of a year."""
    return Printing(place=row["place"], written_on=row["written_on"])


def profile(printing: Row | None, level: Level) -> Profile:
    """How a level's documents of a year are written: as its print configuration chooses, else as usual."""
    chosen = printing["primary_profile"] if printing and level is Level.TH else ""
    return Profile(chosen) if chosen else PROFILES[level]


def earlier(row: Row) -> HistoryRow:
    """A year elsewhere."""
    return HistoryRow(
        year=SchoolYear(row["year"]),
        class_name=row["class_name"],
        school_name=row["school_name"],
        since=row["since"],
    )


def student(row: Row) -> StudentFacts:
    """The personal page."""
    return StudentFacts(
        **{name: row[name] for name in _STUDENT},
        birth_date=row["birth_date"] or UNKNOWN_DATE,
        father=_relative(row, "father"),
        mother=_relative(row, "mother"),
        guardian=_relative(row, "guardian"),
    )


def signatory(row: Row) -> Signatory:
    """A person who signs."""
    return Signatory(
        person=PersonId(row["id"]),
        name=row["full_name"],
        personal_id=row["personal_id"],
        title=row["title"],
        left_on=row["left_on"],
    )


def summary(row: Row) -> Summary:
    """The year as a whole."""
    return Summary(
        learning=_levels(row, "learning"),
        conduct=_levels(row, "conduct"),
        certificates=_lines(row["certificates"]),
        contests=_lines(row["contests"]),
        **{name: row[name] for name in _SUMMARY},
    )


def primary_summary(row: Row) -> PrimarySummary:
    """A primary pupil's year as a whole."""
    return PrimarySummary(
        overall=row["overall"] or None,
        height=_number(row["height"]),
        weight=_number(row["weight"]),
        **{name: row[name] for name in _PRIMARY},
    )


def results(rows: Iterable[Row], level: Level, grade: int, year: SchoolYear) -> tuple[SubjectResult, ...]:
    """The year page A, in the order of the form; what the form does not know comes last.

    Rows are never deleted: one in which the level's columns say nothing, of a subject that not everybody of
    the grade has, is no row.  That is how a choice entered by mistake is taken back, and what is left of
    another grade.
    """
    form, own = _form(level, grade, year), _RESULT[level is Level.TH]
    order = {code: position for position, code in enumerate(form)}
    meant = (row for row in rows if _is_demanded(form.get(row["subject"])) or any(row[name] for name in own))
    ordered = sorted(meant, key=lambda row: (order.get(row["subject"], len(order)), row["subject"]))
    return tuple(_result(row, form.get(row["subject"]), own) for row in ordered)


def mark(text: str) -> Mark:
    """A mark as it is stored: a number with point or comma, a letter, or nothing."""
    if _NUMBER.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return text or None


def _is_demanded(subject: Subject | None) -> bool:
    return subject is not None and not subject.optional


def _result(row: Row, subject: Subject | None, own: Collection[str]) -> SubjectResult:
    """One row, of which the level has the columns ``own``."""
    said = {name: row[name] for name in ("term1", "term2", "year", "reassessed", "test") if name in own}
    return SubjectResult(
        subject=row["subject"],
        name=subject.name if subject else _elsewhere().get(row["subject"], row["subject"]),
        kind=subject.kind if subject else Kind.COMMENT,
        term1=mark(said.get("term1", "")),
        term2=mark(said.get("term2", "")),
        year=mark(row["year"]),
        reassessed=mark(said.get("reassessed", "")),
        test=_number(said.get("test", "")),
        comment=row["comment"],
        exempt=row["exempt"],
    )


@cache
def _elsewhere() -> Mapping[str, str]:
    """What subjects are called that another grade, level or year has."""
    return {code: subject.name for level in Level for code, subject in ever_taught(level).items()}


@cache
def _form(level: Level, grade: int, year: SchoolYear) -> Mapping[str, Subject]:
    try:
        return {subject.code: subject for subject in subjects(level, grade, year)}
    except Refusal:  # a grade that the level does not have: readiness says so
        return {}


def _number(text: str) -> Decimal | None:
    found = mark(text)
    return found if isinstance(found, Decimal) else None


def _relative(row: Row, who: str) -> Relative:
    return Relative(name=row[who], occupation=row[f"{who}_occupation"])


def _levels(row: Row, prefix: str) -> Levels:
    return Levels(**{name: row[f"{prefix}_{name}"] or None for name in ("term1", "term2", "year", "after")})


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
