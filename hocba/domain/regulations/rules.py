"""The rules by name, and what the tables say about each of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Rule(StrEnum):
    """The rules that are checked.  Overrides name them: add freely, never rename."""

    # primary schools, TT 27/2020
    TH_SCOPE = "TH-scope"  # which circular a cohort follows
    TH_1 = "TH-1"  # the levels of a subject
    TH_2 = "TH-2"  # marks of periodic tests
    TH_3 = "TH-3"  # the levels of qualities and abilities
    TH_4 = "TH-4"  # the overall result
    TH_5 = "TH-5"  # titles
    TH_6 = "TH-6"  # completing the grade, moving up
    TH_7 = "TH-7"  # disabled pupils
    # secondary schools, TT 22/2021
    TR_2 = "TR-2"  # the year's score
    TR_4 = "TR-4"  # the year of a subject assessed by comment
    TR_5 = "TR-5"  # the learning result
    TR_6 = "TR-6"  # the learning result when one subject alone spoils it
    TR_7 = "TR-7"  # the year's conduct
    TR_8 = "TR-8"  # moving up
    TR_9 = "TR-9"  # summer training
    TR_10 = "TR-10"  # re-assessment
    TR_11 = "TR-11"  # titles
    TR_12 = "TR-12"  # which circular a cohort follows
    TR_13 = "TR-13"  # exemption from practice
    TR_14 = "TR-14"  # exempt subjects of disabled pupils


SCOPES = frozenset({Rule.TH_SCOPE, Rule.TR_12})
"""They say whether there is a rule set at all, so they stand in none: they are the tables' ``since``."""

FIXED = frozenset({Rule.TH_1, Rule.TH_2, Rule.TH_3})
"""They say what a value can be.  No reason stands against them: the document could not hold the value."""


class Severity(StrEnum):
    """What a contradiction comes to."""

    ERROR = "error"  # no transcript is made, unless a reason stands against the rule
    WARNING = "warning"  # a person should look at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Where a rule stands in its circular: ``Đ9.2``."""

    article: str
    severity: Severity = Severity.ERROR
    unverified: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValue:
    """A number or a word of a circular, and where it stands.

    :ivar unverified: it is our reading; ``note`` says of what.
    """

    value: Any
    article: str
    unverified: bool = False
    note: str = ""
