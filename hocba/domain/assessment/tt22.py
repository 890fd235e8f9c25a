"""TT 22/2021/TT-BGDĐT: what follows from a secondary pupil's marks.

Functions of marks and of the circular's numbers (``Tt22Policy``); they know no record and change nothing.
Marks are ``Decimal``, subjects assessed by comment carry Đ or CĐ, levels are T > K > Đ > CĐ.

======  =======  ==================================================================================
TR-2    Đ9.1b    the year's score is (I + 2·II) / 3 of the rounded term scores, half up to a tenth
TR-4    Đ9.1a    the year of a subject assessed by comment is that of term II
TR-5    Đ9.2     T: no CĐ, all ≥ 6.5, at least 6 ≥ 8.0; K: no CĐ, all ≥ 5.0, at least 6 ≥ 6.5;
                 Đ: at most one CĐ, none < 3.5, at least 6 ≥ 5.0; else CĐ
TR-6    Đ9.3     two levels or more below T or K because of one subject alone: one level up
TR-7    Đ8.2b    the year's conduct by the table of both terms
TR-8    Đ12.1    moves up: conduct and learning from Đ on, at most 45 absences
TR-10   Đ14      CĐ and scores below 5.0 may be assessed again
TR-11   Đ15.1a   Học sinh Xuất sắc: both T, at least 6 scores ≥ 9.0; Học sinh Giỏi: both T
======  =======  ==================================================================================
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from hocba.domain.record import Mark
from hocba.domain.regulations.letters import YEAR_LEVELS
from hocba.domain.regulations.policies import Tt22Policy

_GOOD, _FAIR, _PASS, _FAIL = YEAR_LEVELS
_HEIGHT = {level: height for height, level in enumerate(reversed(YEAR_LEVELS))}
_TENTH = Decimal("0.1")
_FAR = 2  # levels


def year_mark(policy: Tt22Policy, term1: Mark, term2: Mark) -> Mark:
    """A subject's year from its terms (TR-2, TR-4); nothing when a term is missing."""
    if isinstance(term1, Decimal) and isinstance(term2, Decimal):
        weight = policy.term2_weight
        return ((term1 + weight * term2) / (1 + weight)).quantize(_TENTH, ROUND_HALF_UP)
    return term2 if isinstance(term2, str) else None


def learning(policy: Tt22Policy, marks: Sequence[Mark]) -> str | None:
    """*Kết quả học tập* of a term or a year (TR-5, TR-6); nothing without scores.

    :param marks: one of each subject that counts, none missing.
    """
    level = unadjusted(policy, marks)
    if level is None or _HEIGHT[level] > _HEIGHT[_PASS]:
        return level
    if _HEIGHT[_best_without_one(policy, marks)] - _HEIGHT[level] < _FAR:
        return level
    return YEAR_LEVELS[YEAR_LEVELS.index(level) - 1]


def unadjusted(policy: Tt22Policy, marks: Sequence[Mark], *, enough: int | None = None) -> str | None:
    """*Kết quả học tập* by TR-5 alone.

    :param enough: how many scores must reach the higher bound; without it, as many as the policy says.
    """
    scores = [mark for mark in marks if isinstance(mark, Decimal)]
    if not scores:
        return None
    enough = policy.enough if enough is None else enough
    failed, lowest = sum(mark == _FAIL for mark in marks), min(scores)

    def reach(bound: Decimal) -> bool:
        return sum(score >= bound for score in scores) >= enough

    if not failed and lowest >= policy.good_lowest and reach(policy.good_high):
        return _GOOD
    if not failed and lowest >= policy.fair_lowest and reach(policy.fair_high):
        return _FAIR
    if failed <= policy.pass_failed and lowest >= policy.pass_lowest and reach(policy.pass_high):
        return _PASS
    return _FAIL


def _best_without_one(policy: Tt22Policy, marks: Sequence[Mark]) -> str:
    """The best level there would be with one subject set aside, whichever it is (TR-6).

    Whether a score that is set aside still counts among the at least 6 is not verified: a policy.
    """
    found = []
    for index, mark in enumerate(marks):
        spared = policy.set_aside_counts and isinstance(mark, Decimal)
        rest = [*marks[:index], *marks[index + 1 :]]
        found.append(unadjusted(policy, rest, enough=policy.enough - spared) or _FAIL)
    return max(found, key=_HEIGHT.__getitem__)


def conduct(policy: Tt22Policy, term1: str, term2: str) -> str:
    """*Kết quả rèn luyện* of the year from the terms (TR-7)."""
    return policy.conduct[term1][term2]


def moves_up(policy: Tt22Policy, learning_level: str, conduct_level: str, absences: int) -> bool:
    """Whether a pupil moves up (TR-8).

    :param learning_level: of the year, after re-assessment if there was one; ``conduct_level`` likewise.
    :param absences: sessions, with and without leave.
    """
    return _FAIL not in (learning_level, conduct_level) and absences <= policy.most_absences


def may_be_reassessed(policy: Tt22Policy, year: Mark) -> bool:
    """Whether a subject with this year's mark is assessed again in summer (TR-10)."""
    return year == _FAIL or (isinstance(year, Decimal) and year < policy.reassess_below)


def titles(
    policy: Tt22Policy, learning_level: str | None, conduct_level: str | None, year: Sequence[Mark]
) -> tuple[str, ...]:
    """The titles that a year gives, the best first (TR-11); re-assessment never gives one."""
    if (learning_level, conduct_level) != (_GOOD, _GOOD):
        return ()
    excellent = sum(isinstance(mark, Decimal) and mark >= policy.title_high for mark in year)
    if excellent >= policy.title_enough:
        return policy.excellent_title, policy.good_title
    return (policy.good_title,)
