"""Whether a contradiction keeps a transcript from being made is data: both ways work for every rule."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hocba.domain.readiness import Gap, Readiness, review
from hocba.domain.record import TranscriptRecord
from tests.domain import facts
from tests.domain.conftest import Amend

ARTICLES = {"TR-8": "Đ12.1", "TH-6": "Đ11", "TR-11": "Đ15.1a", "TH-5": "Đ13"}
USUAL = {"TR-8": "error", "TH-6": "error", "TR-11": "warning", "TH-5": "warning"}


def broken(rule: str, **changed: Any) -> TranscriptRecord:
    """A record that breaks one rule: promoted and should not be, a title that is not given."""
    match rule:
        case "TR-8":
            record = facts.with_summary(absences=46, promoted=True)
        case "TR-11":
            record = facts.with_summary(awards="")
        case "TH-6":
            record = facts.with_primary_summary(promoted=False)
        case _:
            record = facts.with_primary_summary(awards="")
    return replace(record, **changed)


def rules(found: Readiness) -> tuple[list[str], list[str]]:
    """The rules among what is missing, and among the warnings."""
    named = [
        [each.sentence_facts["rule"].value for each in gaps if each.code is Gap.RULE]
        for gaps in (found.missing, found.warnings)
    ]
    assert len(found.missing) == len(named[0])
    return named[0], named[1]


@pytest.mark.parametrize("rule", ARTICLES)
def test_promotion_and_titles_are_never_passed_over(rule):
    expected = ([rule], []) if USUAL[rule] == "error" else ([], [rule])

    assert rules(review(broken(rule))) == expected


@pytest.fixture(params=["error", "warning"])
def decide(request: pytest.FixtureRequest, amend: Amend) -> Callable[[str], str]:
    """Give a rule a severity, and say which: both one after the other."""

    def change(rule: str) -> str:
        article = f'{{ article = "{ARTICLES[rule]}"'
        usual = article + (', severity = "warning" }' if USUAL[rule] == "warning" else " }")
        amend(rule, usual, f'{article}, severity = "{request.param}" }}')
        return str(request.param)

    return change


@pytest.mark.parametrize("rule", ARTICLES)
def test_an_operator_decides_how_severe_a_rule_is(decide, rule):
    severity = decide(rule)

    assert rules(review(broken(rule))) == (([rule], []) if severity == "error" else ([], [rule]))


@pytest.mark.parametrize("rule", ARTICLES)
def test_a_reason_is_accepted_whatever_the_severity_is(decide, rule):
    decide(rule)

    assert rules(review(broken(rule, overrides={rule: "Quyết định 12/QĐ của Hiệu trưởng"}))) == ([], [])
    assert rules(review(broken(rule, overrides={"TR-2": "khác"}))) != ([], [])
