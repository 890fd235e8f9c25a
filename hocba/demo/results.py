"""An invented secondary pupil's year: marks, levels, comments, all of them possible by TT 22/2021."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

from hocba.demo import phrases
from hocba.demo.programmes import Programme
from hocba.demo.pupils import Fate
from hocba.documents.workbooks.lines import ResultLine, StudentLine, SummaryLine
from hocba.domain.assessment import tt22
from hocba.domain.curriculum import Subject
from hocba.domain.record import Kind, Mark
from hocba.domain.regulations.policies import Tt22Policy

_LOWEST, _HIGHEST = 20, 100  # tenths of a point
_FAILED = (22, 35)
"""Tenths of a point with which a subject fails the year."""

_EXEMPT = "NN1"
_WEAK = ("TOAN", "NN1")
"""Two subjects: one alone would not fail the year (Đ9.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One pupil's results and summary.  No line has its row yet."""

    results: tuple[ResultLine, ...]
    summary: SummaryLine


def make_year(
    chance: Random,
    policy: Tt22Policy,
    *,
    pupil: StudentLine,
    programme: Programme,
    fate: Fate,
) -> Year:
    """The year of one pupil."""
    ability = min(max(chance.gauss(76, 13), 35), 97)
    exempt = {"NN2"} if chance.random() < 1 / 150 else set()
    exempt |= {_EXEMPT} if fate is Fate.EXEMPT else set()
    weak = _WEAK if fate is Fate.REASSESSED else ()
    results = tuple(
        _exempt(pupil, subject)
        if subject.code in exempt
        else _result(chance, policy, pupil, subject, ability, is_weak=subject.code in weak)
        for subject in programme.taken(chance)
    )
    learnt = {moment: _learning(policy, _marks(results, moment)) for moment in ("term1", "term2", "year")}
    behaved = _behaviour(policy, "K", "K") if weak else _conduct(chance, policy, ability)
    results, after = _reassess(chance, policy, results, learnt["year"], behaved["year"])
    facts = _summary(chance, policy, learnt, behaved, after=after, results=results, is_last=programme.is_last)
    return Year(
        results=results, summary=SummaryLine(row=0, student=pupil.code, full_name=pupil.full_name, **facts)
    )


def _exempt(pupil: StudentLine, subject: Subject) -> ResultLine:
    return ResultLine(
        row=0,
        student=pupil.code,
        full_name=pupil.full_name,
        subject=subject.code,
        exempt=True,
        comment="Được miễn học.",
    )


def _result(
    chance: Random,
    policy: Tt22Policy,
    pupil: StudentLine,
    subject: Subject,
    ability: float,
    *,
    is_weak: bool,
) -> ResultLine:
    leaning = chance.gauss(0, 6)
    term1 = _mark(chance, subject.kind, ability + leaning, is_weak=is_weak)
    term2 = _mark(chance, subject.kind, ability + leaning + 2, is_weak=is_weak)
    year = tt22.year_mark(policy, term1, term2)
    return ResultLine(
        row=0,
        student=pupil.code,
        full_name=pupil.full_name,
        subject=subject.code,
        term1=term1,
        term2=term2,
        year=year,
        comment=phrases.on_subject(chance, subject.code, year),
    )


def _mark(chance: Random, kind: Kind, expected: float, *, is_weak: bool) -> Mark:
    if kind is Kind.COMMENT:
        return "CĐ" if expected < 48 and chance.random() < 1 / 10 else "Đ"  # noqa: PLR2004 -- a weak pupil
    tenths = chance.randrange(*_FAILED) if is_weak else round(chance.gauss(expected, 4))
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
    return _behaviour(policy, *levels)


def _behaviour(policy: Tt22Policy, term1: str, term2: str) -> dict[str, str]:
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
    return replace(line, reassessed=mark)


def _summary(
    chance: Random,
    policy: Tt22Policy,
    learnt: Mapping[str, str],
    behaved: Mapping[str, str],
    *,
    after: str,
    results: Sequence[ResultLine],
    is_last: bool,
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
        "completed_level": moves_up if is_last else None,
        "certificates": _now_and_then(chance, phrases.CERTIFICATES, award, 1 / 12),
        "contests": _now_and_then(chance, phrases.CONTESTS, award, 1 / 6),
        "awards": award,
        "homeroom_comment": phrases.on_year(chance, learnt["year"]),
        "summer_comment": chance.choice(phrases.SUMMER) if trained else "",
    }


def _now_and_then(chance: Random, choices: Sequence[str], award: str, share: float) -> str:
    """Something for a few of those who have an award."""
    return chance.choice(choices) if award and chance.random() < share else ""
