"""An invented primary pupil's year: levels, tests and comments that fit each other by TT 27/2020."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from hocba.demo import primary_phrases as phrases
from hocba.demo.programmes import Programme
from hocba.demo.pupils import Fate
from hocba.documents.workbooks.lines import OverrideLine, PrimaryResultLine, PrimarySummaryLine, StudentLine
from hocba.domain.assessment import tt27
from hocba.domain.curriculum import Subject, Trait, TraitGroup
from hocba.domain.regulations.policies import Tt27Policy
from hocba.domain.regulations.rules import Rule

_EXEMPT = "AMNHAC"
_RETAKEN = "TOAN"
_WEAK = 38.0
"""The ability of a pupil who will not complete the grade, as few do."""

_SUBJECT_BOUNDS = ((75, "T"), (45, "H"), (0, "C"))
_TRAIT_BOUNDS = ((70, "T"), (40, "Đ"), (0, "C"))
"""From how many points in a hundred a level is given."""

_GROUPS = {
    TraitGroup.QUALITY: ("qualities", "qualities_comment"),
    TraitGroup.GENERAL: ("abilities", "general_abilities_comment"),
    TraitGroup.SPECIFIC: ("abilities", "specific_abilities_comment"),
}
"""Where the levels of a group stand, and the comment on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryYear:
    """One pupil's results and summary, and what stands against a rule.  No line has its row yet."""

    results: tuple[PrimaryResultLine, ...]
    summary: PrimarySummaryLine
    overrides: tuple[OverrideLine, ...]


def make_primary_year(
    chance: Random,
    policy: Tt27Policy,
    *,
    pupil: StudentLine,
    programme: Programme,
    fate: Fate,
) -> PrimaryYear:
    """The year of one pupil."""
    ability = min(max(chance.gauss(84, 11), 45), 99) if chance.random() > 1 / 50 else _WEAK
    subjects = programme.taken(chance)
    results = tuple(_result(chance, pupil, subject, ability, fate) for subject in subjects)
    levels = [(trait, _level(_TRAIT_BOUNDS, chance.gauss(ability + 8, 5))) for trait in programme.traits]
    counted = {subject.code for subject in subjects if policy.optional_counts or not subject.optional}
    rows = [line for line in results if line.subject in counted and not line.exempt]
    tests = [Decimal(line.test) for line in rows if line.test is not None]
    overall = tt27.overall(policy, [line.level for line in rows], [level for _, level in levels], tests)
    completed = tt27.completes(overall)
    promoted = completed or (not programme.is_last and chance.random() < 1 / 2)
    summary = PrimarySummaryLine(
        row=0,
        student=pupil.code,
        full_name=pupil.full_name,
        overall=overall,
        **_traits(chance, levels),
        **_body(chance, programme.grade),
        promoted=promoted,
        completed_grade=completed,
        completed_level=completed if programme.is_last else None,
        completion=phrases.completion(
            programme.grade, completed=completed, promoted=promoted, is_last=programme.is_last
        ),
        awards=_award(chance, policy, overall),
        sudden_awards=chance.choice(phrases.SUDDEN) if chance.random() < 1 / 15 else "",
        homeroom_comment=phrases.on_year(chance, overall),
    )
    overrides = (_decided(pupil),) if promoted and not completed else ()
    return PrimaryYear(results=results, summary=summary, overrides=overrides)


def _level(bounds: Sequence[tuple[int, str]], points: float) -> str:
    return next((level for bound, level in bounds if points >= bound), bounds[-1][1])


def _result(
    chance: Random, pupil: StudentLine, subject: Subject, ability: float, fate: Fate
) -> PrimaryResultLine:
    if fate is Fate.EXEMPT and subject.code == _EXEMPT:
        return PrimaryResultLine(
            row=0,
            student=pupil.code,
            full_name=pupil.full_name,
            subject=subject.code,
            exempt=True,
            comment="Được miễn theo kế hoạch cá nhân.",
        )
    again = fate is Fate.REASSESSED and subject.code == _RETAKEN
    points = 55.0 if again else min(max(chance.gauss(ability + 3, 5), 20), 100)
    level = _level(_SUBJECT_BOUNDS, points)
    comment = phrases.on_subject(chance, subject.code, level)
    return PrimaryResultLine(
        row=0,
        student=pupil.code,
        full_name=pupil.full_name,
        subject=subject.code,
        level=level,
        test=round(points / 10) if subject.test else None,
        comment=f"{phrases.RETAKEN} {comment}" if again else comment,
    )


def _traits(chance: Random, levels: Sequence[tuple[Trait, str]]) -> dict[str, Any]:
    """The levels by code, and a comment on each group."""
    found: dict[str, Any] = {"qualities": {}, "abilities": {}}
    for group, (field, comment) in _GROUPS.items():
        own = {trait.code: level for trait, level in levels if trait.group is group}
        found[field] |= own
        found[comment] = phrases.on_traits(chance, group, own.values())
    return found


def _body(chance: Random, grade: int) -> dict[str, Any]:
    """Height, weight, and the days that he was away."""
    height = chance.gauss(110 + 6 * grade, 5)
    return {
        "height": Decimal(round(height)),
        "weight": Decimal(round(height * height * chance.gauss(15.8, 1.5) / 1000)).scaleb(-1),
        "absences_with_leave": min(int(chance.expovariate(1 / 3)), 30),
        "absences_without_leave": int(chance.random() < 1 / 10),
    }


def _award(chance: Random, policy: Tt27Policy, overall: str) -> str:
    """The title that the result gives; the second one only to whom the class recognises."""
    title = tt27.title(policy, overall)
    if title == policy.outstanding_title and chance.random() < 1 / 3:
        return ""
    return title or ""


def _decided(pupil: StudentLine) -> OverrideLine:
    return OverrideLine(
        row=0, student=pupil.code, full_name=pupil.full_name, rule=Rule.TH_6.value, reason=phrases.DECIDED
    )
