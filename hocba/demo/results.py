"""An invented pupil's year: marks, levels, comments, all of them possible by TT 22/2021."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from hocba.demo import phrases
from hocba.documents.workbooks.lines import ResultLine, SummaryLine
from hocba.domain.assessment import tt22
from hocba.domain.curriculum import Subject
from hocba.domain.record import Kind, Mark
from hocba.domain.regulations.policies import Tt22Policy

_LOWEST, _HIGHEST = 20, 100  # tenths of a point
_FINAL_GRADE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One pupil's results and summary."""

    results: tuple[ResultLine, ...]
    summary: SummaryLine


def make_year(
    chance: Random,
    policy: Tt22Policy,
    *,
    student: str,
    full_name: str,
    grade: int,
    subjects: Sequence[Subject],
    first_row: int,
    row: int,
) -> Year:
    """The year of one pupil.

    :param first_row: the row of his first result; ``row`` that of his summary.
    """
    ability = min(max(chance.gauss(76, 13), 35), 97)
    exempt = {"NN2"} if chance.random() < 1 / 150 else set()
    results = tuple(
        _result(chance, policy, subject, ability, exempt=subject.code in exempt) for subject in subjects
    )
    learnt = {moment: _learning(policy, _marks(results, moment)) for moment in ("term1", "term2", "year")}
    behaved = _conduct(chance, policy, ability)
    results, after = _reassess(chance, policy, results, learnt["year"], behaved["year"])
    named = tuple(_named(line, student, full_name, first_row + index) for index, line in enumerate(results))
    summary = _summary(chance, policy, learnt, behaved, after=after, results=results, grade=grade)
    return Year(
        results=named,
        summary=SummaryLine(row=row, student=student, full_name=full_name, **summary),
    )


def _result(
    chance: Random, policy: Tt22Policy, subject: Subject, ability: float, *, exempt: bool
) -> ResultLine:
    if exempt:
        return ResultLine(row=0, student="", subject=subject.code, exempt=True, comment="Được miễn học.")
    leaning = chance.gauss(0, 6)
    term1 = _mark(chance, subject.kind, ability + leaning)
    term2 = _mark(chance, subject.kind, ability + leaning + 2)
    year = tt22.year_mark(policy, term1, term2)
    return ResultLine(
        row=0,
        student="",
        subject=subject.code,
        term1=term1,
        term2=term2,
        year=year,
        comment=phrases.on_subject(chance, subject.code, year),
    )


def _mark(chance: Random, kind: Kind, expected: float) -> Mark:
    if kind is Kind.COMMENT:
        return "CĐ" if expected < 48 and chance.random() < 1 / 10 else "Đ"  # noqa: PLR2004 -- a weak pupil
    tenths = round(chance.gauss(expected, 4))
    return Decimal(min(max(tenths, _LOWEST), _HIGHEST)).scaleb(-1)


def _marks(results: Sequence[ResultLine], moment: str) -> list[Mark]:
    return [getattr(line, moment) for line in results if not line.exempt]


def _learning(policy: Tt22Policy, marks: Sequence[Mark]) -> str:
    level = tt22.learning(policy, marks)
    assert level is not None  # the form has scored subjects
    return level


def _conduct(chance: Random, policy: Tt22Policy, ability: float) -> dict[str, str]:
    good, fair = 90 + (ability > 60) * 6, 98  # noqa: PLR2004 -- shares in a hundred
    levels = []
    for _ in range(2):
        thrown = chance.randrange(100)
        poor = "CĐ" if chance.random() < 1 / 8 else "Đ"
        levels.append("T" if thrown < good else "K" if thrown < fair else poor)
    term1, term2 = levels
    return {"term1": term1, "term2": term2, "year": tt22.conduct(policy, term1, term2)}


def _reassess(
    chance: Random, policy: Tt22Policy, results: tuple[ResultLine, ...], learnt: str, behaved: str
) -> tuple[tuple[ResultLine, ...], str]:
    """Summer assessment of what failed, where conduct allows it (Đ14), and the level after it."""
    if learnt != "CĐ" or behaved == "CĐ":
        return results, ""
    again = tuple(
        _again(chance, line) if tt22.may_be_reassessed(policy, line.year) else line for line in results
    )
    return again, _learning(policy, [line.reassessed or line.year for line in again if not line.exempt])


def _again(chance: Random, line: ResultLine) -> ResultLine:
    passed = chance.random() < 9 / 10
    if isinstance(line.year, str):
        mark: Mark = "Đ" if passed else "CĐ"
    else:
        mark = Decimal(chance.randrange(50, 66) if passed else chance.randrange(30, 50)).scaleb(-1)
    return ResultLine(
        row=0,
        student="",
        subject=line.subject,
        term1=line.term1,
        term2=line.term2,
        year=line.year,
        reassessed=mark,
        comment=line.comment,
    )


def _named(line: ResultLine, student: str, full_name: str, row: int) -> ResultLine:
    return ResultLine(
        row=row,
        student=student,
        full_name=full_name,
        subject=line.subject,
        term1=line.term1,
        term2=line.term2,
        year=line.year,
        reassessed=line.reassessed,
        comment=line.comment,
        exempt=line.exempt,
    )


def _summary(
    chance: Random,
    policy: Tt22Policy,
    learnt: Mapping[str, str],
    behaved: Mapping[str, str],
    *,
    after: str,
    results: Sequence[ResultLine],
    grade: int,
) -> dict[str, Any]:
    trained = "Đ" if behaved["year"] == "CĐ" and chance.random() < 4 / 5 else ""
    absences = min(int(chance.expovariate(1 / 4)), 60)
    moves_up = tt22.moves_up(policy, after or learnt["year"], trained or behaved["year"], absences)
    titles = tt22.titles(policy, learnt["year"], behaved["year"], _marks(results, "year"))
    award = titles[0] if titles else ""
    return {
        **{f"learning_{moment}": level for moment, level in learnt.items()},
        **{f"conduct_{moment}": level for moment, level in behaved.items()},
        "learning_after": after,
        "conduct_after": trained,
        "absences": absences,
        "promoted": moves_up,
        "completed_level": moves_up if grade == _FINAL_GRADE else None,
        "certificates": _now_and_then(chance, phrases.CERTIFICATES, award, 1 / 12),
        "contests": _now_and_then(chance, phrases.CONTESTS, award, 1 / 6),
        "awards": award,
        "homeroom_comment": phrases.on_year(chance, learnt["year"]),
        "summer_comment": chance.choice(phrases.SUMMER) if trained else "",
    }


def _now_and_then(chance: Random, choices: Sequence[str], award: str, share: float) -> str:
    """Something for a few of those who have an award."""
    return chance.choice(choices) if award and chance.random() < share else ""
