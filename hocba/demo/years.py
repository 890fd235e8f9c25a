"""The years of all pupils of an invented school, as the lines of its sheets."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any

from hocba.demo.primary_results import make_primary_year
from hocba.demo.programmes import Programme
from hocba.demo.pupils import Fate, earlier_years, fates
from hocba.demo.results import make_year
from hocba.documents.workbooks.lines import (
    EarlierYearLine,
    OverrideLine,
    PrimaryResultLine,
    PrimarySummaryLine,
    ResultLine,
    StudentLine,
    SummaryLine,
)
from hocba.domain.assessment import rule_set
from hocba.domain.regulations.policies import Policy, Tt22Policy, Tt27Policy
from hocba.domain.values import SchoolYear

_FIRST_ROW = 2  # below the header


@dataclass(frozen=True, slots=True)
class Years:
    """The sheets about pupils' years, while they are filled."""

    results: list[ResultLine] = field(default_factory=list)
    summaries: list[SummaryLine] = field(default_factory=list)
    primary_results: list[PrimaryResultLine] = field(default_factory=list)
    primary_summaries: list[PrimarySummaryLine] = field(default_factory=list)
    earlier_years: list[EarlierYearLine] = field(default_factory=list)
    overrides: list[OverrideLine] = field(default_factory=list)

    def numbered(self) -> dict[str, tuple[Any, ...]]:
        """The lines of each sheet, each with its row."""
        return {
            sheet.name: tuple(
                replace(line, row=row) for row, line in enumerate(getattr(self, sheet.name), start=_FIRST_ROW)
            )
            for sheet in fields(self)
        }


def make_years(
    chance: Random, programmes: Sequence[Programme], pupils: Sequence[StudentLine], year: SchoolYear
) -> Years:
    """A year for each pupil; at each level a few are special."""
    years = Years()
    by_name = {programme.name: programme for programme in programmes}
    for level in dict.fromkeys(programme.level for programme in programmes):
        own = [pupil for pupil in pupils if by_name[pupil.class_name].level is level]
        eligible = [pupil.code for pupil in own if pupil.personal_id]
        special = dict(zip(eligible, fates(len(eligible)), strict=True))
        for pupil in own:
            programme, fate = by_name[pupil.class_name], special.get(pupil.code, Fate.USUAL)
            rules = rule_set(programme.grade, year)
            assert rules
            if fate is Fate.TRANSFERRED:
                years.earlier_years.extend(earlier_years(pupil, programme, int(year[:4])))
            _add_year(years, chance, rules.policy, pupil=pupil, programme=programme, fate=fate)
    return years


def _add_year(
    years: Years,
    chance: Random,
    policy: Policy | None,
    *,
    pupil: StudentLine,
    programme: Programme,
    fate: Fate,
) -> None:
    match policy:
        case Tt27Policy():
            primary = make_primary_year(chance, policy, pupil=pupil, programme=programme, fate=fate)
            years.primary_results.extend(primary.results)
            years.primary_summaries.append(primary.summary)
            years.overrides.extend(primary.overrides)
        case Tt22Policy():
            secondary = make_year(chance, policy, pupil=pupil, programme=programme, fate=fate)
            years.results.extend(secondary.results)
            years.summaries.append(secondary.summary)
