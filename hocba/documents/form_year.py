"""The two year pages of the form, written out: the subjects (A) and the year's results (B)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hocba.documents.facts import Content
from hocba.domain.record import Levels, Mark, SubjectResult, Summary
from hocba.domain.values import Level

LEVELS = {Level.THCS: ("TRUNG HỌC CƠ SỞ", "THCS"), Level.THPT: ("TRUNG HỌC PHỔ THÔNG", "THPT")}
"""The levels that have this form (TT 22/2021): its title, and the suffix of the register number."""

_LAST_GRADES = {Level.THCS: 9, Level.THPT: 12}


def mark(value: Mark) -> str:
    """A mark as the form prints it: ``8,5``, ``10,0``, ``Đ``, or nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        digits = format(value, "f")
        return (digits if "." in digits else f"{digits}.0").replace(".", ",")
    return value


def row(content: Content, result: SubjectResult, signs: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """One line of page A: marks, comment, and the teacher with his signature when he has signed."""
    slot = content.row_slots.get(result.subject, "")
    teacher = next((row.name for row in content.plan if row.key == slot), "")
    exempt = "Miễn" if result.exempt else ""
    return {
        "subject": result.name,
        "term1": mark(result.term1) or exempt,
        "term2": mark(result.term2) or exempt,
        "year": mark(result.year) or exempt,
        "again": mark(result.reassessed),
        "comment": result.comment,
        "teacher": teacher,
        "sign": signs.get(slot),
    }


def summary(content: Content) -> dict[str, Any]:
    """Page B."""
    facts = content.summary
    assert isinstance(facts, Summary)
    return {
        "conduct": _levels(facts.conduct),
        "learning": _levels(facts.learning),
        "absences": "" if facts.absences is None else str(facts.absences),
        **_promotion(content, facts),
        "completed": _completed(content, facts),
        "certificates": "; ".join(facts.certificates),
        "contests": "; ".join(facts.contests),
        "awards": facts.awards,
        "comment": facts.homeroom_comment,
        "summer_comment": facts.summer_comment,
        "approval": facts.principal_approval,
    }


def _levels(levels: Levels) -> dict[str, str]:
    return {name: getattr(levels, name) or "" for name in ("term1", "term2", "year", "after")}


def _promotion(content: Content, summary: Summary) -> dict[str, str]:
    """Which of the three lines is written on: at once, after re-assessment or summer training, not."""
    lines = {"promoted": "", "promoted_after": "", "not_promoted": ""}
    summer = bool(summary.learning.after or summary.conduct.after)
    again = summer or any(result.reassessed is not None for result in content.results)
    if summary.promoted:
        last = content.grade == _LAST_GRADES[content.school.level]
        line = "promoted_after" if again else "promoted"
        lines[line] = "" if last else f"Lớp {content.grade + 1}"
    elif summary.promoted is False:
        lines["not_promoted"] = f"Ở lại lớp {content.grade}"
    return lines


def _completed(content: Content, summary: Summary) -> str:
    completed = summary.completed_level
    if completed is None:
        return ""
    level = LEVELS[content.school.level][0].lower()
    return f"{'Hoàn thành' if completed else 'Không hoàn thành'} chương trình {level}"
