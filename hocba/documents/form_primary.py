"""The year pages of the primary form (TT 27/2020, appendix 1).

Levels stand in letters, as on paper, and a legend says them in words; the overall result is written
out.  A quality or ability that was not assessed keeps its line, as on the printed form; of a pupil who is
not assessed at all (TT 27/2020 Đ8) it says *Miễn*.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from hocba.documents.facts import Content
from hocba.documents.form_marks import mark, number, teacher, unassessed, waived
from hocba.domain import codes
from hocba.domain.curriculum import TraitGroup, last_grade, traits
from hocba.domain.record import PrimarySummary, SubjectResult

_DONE = {True: "Hoàn thành", False: "Chưa hoàn thành"}


def row(content: Content, result: SubjectResult, signs: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """One subject: the level reached, the mark of the periodic test, the comment."""
    return {
        "key": f"{content.year} {result.subject}",
        "subject": result.name,
        "level": mark(result.year) or waived(content, result),
        "test": number(result.test),
        "comment": result.comment,
        **teacher(content, result, signs),
    }


def summary(content: Content, facts: PrimarySummary) -> dict[str, Any]:
    """Everything of the year but the subjects."""
    group = partial(_group, content)
    return {
        "height": _measure(facts.height, "cm"),
        "weight": _measure(facts.weight, "kg"),
        "absences_with_leave": _count(facts.absences_with_leave),
        "absences_without_leave": _count(facts.absences_without_leave),
        "subject_levels": _legend("th-subject-levels"),
        "trait_levels": _legend("th-trait-levels"),
        "qualities": group(TraitGroup.QUALITY, facts.qualities, facts.qualities_comment),
        "general": group(TraitGroup.GENERAL, facts.abilities, facts.general_abilities_comment),
        "specific": group(TraitGroup.SPECIFIC, facts.abilities, facts.specific_abilities_comment),
        "overall": codes.word("th-overall", facts.overall) or unassessed(content),
        "awards": facts.awards,
        "sudden_awards": facts.sudden_awards,
        "completion": facts.completion or _completion(content, facts),
        "comment": facts.homeroom_comment,
    }


def _group(content: Content, group: TraitGroup, levels: Mapping[str, str], comment: str) -> dict[str, Any]:
    form = traits(content.grade, content.year)
    names = {code: trait.name for code, trait in form.items() if trait.group is group}
    if group is not TraitGroup.GENERAL:  # what the form of that year does not know is shown all the same
        names |= {code: code for code in levels if code not in form}
    exempt = waived(content)
    rows = [{"name": name, "level": levels.get(code) or exempt} for code, name in names.items()]
    return {"rows": rows, "comment": comment}


def _legend(list_: str) -> str:
    return "; ".join(f"{entry.code}: {entry.name}" for entry in codes.entries(list_))


def _measure(value: Decimal | None, unit: str) -> str:
    return "" if value is None else f"{number(value)} {unit}"


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def _completion(content: Content, facts: PrimarySummary) -> str:
    """Item 6 when nobody worded it: the programme, then whether he goes up (4.1 TH-6)."""
    grade, last = content.grade, content.grade == last_grade(content.school.level)
    if last and facts.completed_level is not None:
        return f"{_DONE[facts.completed_level]} chương trình tiểu học."
    said = []
    if facts.completed_grade is not None:
        said.append(f"{_DONE[facts.completed_grade]} chương trình lớp {grade}")
    if facts.promoted is not None and not last:
        said.append(f"Được lên lớp {grade + 1}" if facts.promoted else "Chưa được lên lớp")
    return "; ".join(said) + "." if said else ""
