"""The numbers and words that the rules of each circular ask for.

A policy is the typed form of a ``[rules.policy.<name>]`` table: a name or a type that does not fit is an
error when the table is read.  Numbers are whole or ``Decimal``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hocba.domain.regulations.rules import SCOPES, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Tt27Policy:
    """TT 27/2020, primary schools.

    :ivar excellent_test: the lowest test mark with *Hoàn thành xuất sắc*; ``good_test`` and
        ``pass_test`` likewise.
    :ivar optional_counts: an optional subject that the pupil takes counts among all subjects.
    """

    excellent_test: int
    good_test: int
    pass_test: int
    optional_counts: bool
    excellent_title: str
    outstanding_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tt22Policy:
    """TT 22/2021, secondary schools.

    :ivar term2_weight: how often term II counts in the year's score.
    :ivar good_lowest: *Tốt*: no score below it, and ``enough`` scores from ``good_high`` on; ``fair_…``
        (*Khá*) and ``pass_…`` (*Đạt*) likewise.
    :ivar pass_failed: how many comment subjects may be *Chưa đạt* with *Đạt*.
    :ivar set_aside_counts: the one subject that is set aside (Đ9.3) still counts among ``enough``.
    :ivar optional_counts: an optional subject that the pupil takes counts among the subjects.
    :ivar conduct: term I -> term II -> the year.
    :ivar most_absences: sessions of a year with which a pupil still moves up.
    :ivar completed_as_promoted: the last grade completes the level on the same conditions.
    :ivar reassess_below: a year's score below it may be assessed again.
    :ivar title_high: ``title_enough`` scores from here on make *Học sinh Xuất sắc*.
    :ivar abolished_titles: titles that no longer exist.
    :ivar practical: subjects of whose practical part a pupil may be exempt; their theory is assessed.
    """

    term2_weight: int
    good_lowest: Decimal
    good_high: Decimal
    fair_lowest: Decimal
    fair_high: Decimal
    pass_lowest: Decimal
    pass_high: Decimal
    pass_failed: int
    enough: int
    set_aside_counts: bool
    optional_counts: bool
    conduct: Mapping[str, Mapping[str, str]]
    most_absences: int
    completed_as_promoted: bool
    reassess_below: Decimal
    title_high: Decimal
    title_enough: int
    excellent_title: str
    good_title: str
    abolished_titles: tuple[str, ...]
    practical: tuple[str, ...]


Policy = Tt27Policy | Tt22Policy

POLICIES: Mapping[str, type[Policy]] = {"tt27": Tt27Policy, "tt22": Tt22Policy}
"""The rule sets that we have rules for, by the name in ``[rules.policy.<name>]``."""

RULES: Mapping[type[Policy], frozenset[Rule]] = {
    Tt27Policy: frozenset(rule for rule in Rule if rule.startswith("TH-")) - SCOPES,
    Tt22Policy: frozenset(rule for rule in Rule if rule.startswith("TR-")) - SCOPES,
}
"""The rules of a rule set; the table must say of each where it stands."""
