"""What belongs to a pupil, row by row: results, the year as a whole, years elsewhere, exceptions.

All of it is frozen while he has a live transcript of the year (B5): a row that says anything new is then
refused.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from hocba.actions.import_rows import Given, Merge, RowOutcome, columns, put
from hocba.documents.workbooks import SheetKey
from hocba.documents.workbooks.columns import PART
from hocba.documents.workbooks.lines import (
    EarlierYearLine,
    OverrideLine,
    PrimaryResultLine,
    PrimarySummaryLine,
    ResultLine,
    SummaryLine,
)
from hocba.domain.record import Mark
from hocba.domain.values import StudentId
from hocba.store.editing import EditedTable, Row

_MARKS = ("term1", "term2", "year", "reassessed")
_NO_RESULT = {**dict.fromkeys((*_MARKS, "test", "comment"), ""), "exempt": False}
_LEVELS = tuple(
    f"{what}_{moment}" for what in ("learning", "conduct") for moment in ("term1", "term2", "year", "after")
)
_WORDS = (
    "certificates",
    "contests",
    "awards",
    "homeroom_comment",
    "summer_comment",
    "principal_approval",
)
_FACTS = ("absences", "promoted", "completed_level")
_PRIMARY_WORDS = (
    "overall",
    "qualities_comment",
    "general_abilities_comment",
    "specific_abilities_comment",
    "completion",
    "awards",
    "sudden_awards",
    "homeroom_comment",
)
_PRIMARY_FACTS = (
    "absences_with_leave",
    "absences_without_leave",
    "promoted",
    "completed_grade",
    "completed_level",
)
_MEASURES = ("height", "weight")
_TRAITS = ("qualities", "abilities")


def _result(work: Merge, line: ResultLine, given: Given) -> RowOutcome:
    values = columns(line, given, ("comment", "exempt"))
    values |= {name: _stored(getattr(line, name)) for name in _MARKS if name in given}
    return _of_enrolment(
        work, work.data.results, line, values, _NO_RESULT, key=("subject",), part=f"result.{line.subject}"
    )


def _primary_result(work: Merge, line: PrimaryResultLine, given: Given) -> RowOutcome:
    values = columns(line, given, ("comment", "exempt"))
    if "level" in given:
        values["year"] = line.level
    if "test" in given:
        values["test"] = "" if line.test is None else str(line.test)
    return _of_enrolment(
        work, work.data.results, line, values, _NO_RESULT, key=("subject",), part=f"result.{line.subject}"
    )


def _summary(work: Merge, line: SummaryLine, given: Given) -> RowOutcome:
    values = columns(line, given, (*_LEVELS, *_FACTS, *_WORDS, "unassessed"))
    blank = {**dict.fromkeys((*_LEVELS, *_WORDS), ""), **dict.fromkeys(_FACTS), "unassessed": False}
    return _of_enrolment(work, work.data.summaries, line, values, blank, part="summary")


def _primary_summary(work: Merge, line: PrimarySummaryLine, given: Given) -> RowOutcome:
    values = columns(line, given, (*_PRIMARY_WORDS, *_PRIMARY_FACTS, "unassessed"))
    values |= {name: _stored(getattr(line, name)) for name in _MEASURES if name in given}
    enrolment = _enrolment(work, line.student)
    known = work.data.primary.get(enrolment["id"]) if enrolment else None
    for name in _TRAITS:
        values |= _traits(name, line, given, known)
    blank: dict[str, Any] = {
        **dict.fromkeys((*_PRIMARY_WORDS, *_MEASURES), ""),
        **dict.fromkeys(_PRIMARY_FACTS),
        **{name: {} for name in _TRAITS},
        "unassessed": False,
    }
    return _of_enrolment(work, work.data.primary, line, values, blank, part="primary_summary")


def _traits(name: str, line: PrimarySummaryLine, given: Given, known: Row | None) -> dict[str, Any]:
    """The mapping of qualities or abilities: what has no column here stays as it was."""
    said = {field.partition(PART)[2] for field in given if field.startswith(name + PART)}
    if not said:
        return {}
    kept = {code: level for code, level in (known[name] if known else {}).items() if code not in said}
    return {name: kept | dict(getattr(line, name))}


def _override(work: Merge, line: OverrideLine, given: Given) -> RowOutcome:
    values = columns(line, given, ("reason",))
    return _of_enrolment(
        work, work.data.overrides, line, values, {}, key=("rule",), part=f"override.{line.rule}"
    )


def _earlier_year(work: Merge, line: EarlierYearLine, given: Given) -> RowOutcome:
    student = work.data.students.get(line.student)
    if student is None:
        return RowOutcome.FAILED
    values = columns(line, given, ("class_name", "school_name", "since"))
    blank = {"student_id": student["id"], "year": line.year, "since": None}
    key = (student["id"], line.year)
    part = f"earlier_year.{line.year}"
    return _unless_held(work, student["id"], work.data.earlier, key, values=values, blank=blank, part=part)


def _stored(mark: Mark) -> str:
    """A mark or measure as its column holds it: ``8.5``, ``10.0``, ``CĐ``, or nothing."""
    return f"{mark:.1f}" if isinstance(mark, Decimal) else mark or ""


def _enrolment(work: Merge, code: str) -> Row | None:
    student = work.data.students.get(code)
    return work.data.enrolments.get(student["id"]) if student else None


def _of_enrolment(
    work: Merge,
    table: EditedTable[Any],
    line: Any,
    values: Mapping[str, Any],
    blank: Mapping[str, Any],
    *,
    part: str,
    key: tuple[str, ...] = (),
) -> RowOutcome:
    """A row of a pupil's year.

    :param key: what tells this row from the others of his year.
    """
    enrolment = _enrolment(work, line.student)
    if enrolment is None:
        return RowOutcome.FAILED
    named = {name: getattr(line, name) for name in key}
    whole = {"enrolment_id": enrolment["id"], **named, **blank}
    place = (enrolment["id"], *named.values()) if named else enrolment["id"]
    return _unless_held(work, enrolment["student_id"], table, place, values=values, blank=whole, part=part)


def _unless_held(
    work: Merge,
    student: UUID,
    table: EditedTable[Any],
    key: Any,
    *,
    values: Mapping[str, Any],
    blank: Mapping[str, Any],
    part: str,
) -> RowOutcome:
    """Write it, unless a live transcript of the pupil holds what it would change."""
    if student in work.data.live and table.differences(key, values) != {}:
        return work.refuse(StudentId(student))
    return put(work, table, key, values, blank, of=("student", student), part=part)


STEPS: Mapping[SheetKey, Callable[[Merge, Any, Given], RowOutcome]] = {
    SheetKey.RESULTS: _result,
    SheetKey.SUMMARIES: _summary,
    SheetKey.PRIMARY_RESULTS: _primary_result,
    SheetKey.PRIMARY_SUMMARIES: _primary_summary,
    SheetKey.EARLIER_YEARS: _earlier_year,
    SheetKey.OVERRIDES: _override,
}
"""How each sheet's lines are taken."""
