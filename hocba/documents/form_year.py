"""The year pages of the secondary form (TT 22/2021): the subjects (A) and the year's results (B)."""

from collections.abc import Mapping
from typing import Any

from hocba.documents.facts import Content
from hocba.documents.form_marks import LEVELS, mark, teacher, unassessed, waived
from hocba.domain.curriculum import last_grade
from hocba.domain.record import Levels, SubjectResult, Summary


def row(content: Content, result: SubjectResult, signs: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """One line of page A: marks, comment, and the teacher with his signature when he has signed."""
    exempt = waived(content, result)
    return {
        "key": f"{content.year} {result.subject}",
        "subject": result.name,
        "term1": mark(result.term1) or exempt,
        "term2": mark(result.term2) or exempt,
        "year": mark(result.year) or exempt,
        "again": mark(result.reassessed),
        "comment": result.comment,
        **teacher(content, result, signs),
    }


def summary(content: Content, facts: Summary) -> dict[str, Any]:
    """Page B."""
    return {
        "conduct": _levels(content, facts.conduct),
        "learning": _levels(content, facts.learning),
        "unassessed": unassessed(content),
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


def _levels(content: Content, levels: Levels) -> dict[str, str]:
    """The moments that everybody has say when they were not assessed."""
    exempt = waived(content)
    moments = {name: getattr(levels, name) or exempt for name in ("term1", "term2", "year")}
    return moments | {"after": levels.after or ""}


def _promotion(content: Content, facts: Summary) -> dict[str, str]:
    """Which of the three lines is written on: at once, after re-assessment or summer training, not."""
    lines = {"promoted": "", "promoted_after": "", "not_promoted": ""}
    summer = bool(facts.learning.after or facts.conduct.after)
    again = summer or any(result.reassessed is not None for result in content.results)
    if facts.promoted:
        last = content.grade == last_grade(content.school.level)
        line = "promoted_after" if again else "promoted"
        lines[line] = "" if last else f"Lớp {content.grade + 1}"
    elif facts.promoted is False:
        lines["not_promoted"] = f"Ở lại lớp {content.grade}"
    return lines


def _completed(content: Content, facts: Summary) -> str:
    if facts.completed_level is None:
        return ""
    level = LEVELS[content.school.level][0].lower()
    return f"{'Hoàn thành' if facts.completed_level else 'Không hoàn thành'} chương trình {level}"
