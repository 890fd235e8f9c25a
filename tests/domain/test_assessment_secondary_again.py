"""Re-assessment of a secondary pupil (TR-10)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from hocba.domain.assessment import Rule, Severity, assess
from hocba.domain.record import Levels
from tests.domain.secondary import FAILED, failed_year, only, reassessed, record, said


def test_tr_10_a_year_that_was_failed_and_not_assessed_again_follows():
    assert assess(failed_year()) == []


@pytest.mark.parametrize(("mark", "after"), [("5.0", "Đ"), ("3.5", "CĐ"), ("3.0", "CĐ")])
def test_tr_10_the_result_after_re_assessment_follows_from_the_new_marks(mark, after):
    assert assess(reassessed(mark=mark, after=after, promoted=after == "Đ")) == []


@pytest.mark.parametrize("supplied", [None, "T", "CĐ"])
def test_tr_10_another_result_after_re_assessment_does_not(supplied):
    found = said(reassessed(after=supplied, promoted=supplied == "T"))

    assert found == [(Rule.TR_10, "summary.learning.after", supplied, "Đ")]


def test_tr_10_a_subject_that_was_passed_is_not_assessed_again():
    whole = reassessed()
    rows = tuple(
        replace(row, reassessed=Decimal("6.0")) if row.subject == "LSDL" else row for row in whole.results
    )

    finding = only(replace(whole, results=rows, summary=replace(whole.summary, promoted=True)))

    assert (finding.rule, finding.field, finding.subject) == (
        Rule.TR_10,
        "result.reassessed",
        "Lịch sử và Địa lí",
    )
    assert (finding.supplied, finding.expected) == (Decimal("6.0"), None)


def test_tr_10_a_year_that_was_passed_is_not_assessed_again():
    rows = {
        "TOAN": dict.fromkeys(("term1", "term2", "year"), Decimal("4.0")) | {"reassessed": Decimal("6.0")}
    }
    learnt = Levels(term1="K", term2="K", year="K", after="T")

    assert said(record(rows=rows, learning=learnt)) == [
        (Rule.TR_10, "result.reassessed", Decimal("6.0"), None),
        (Rule.TR_10, "summary.learning.after", "T", None),
    ]


def test_tr_10_a_result_after_re_assessment_needs_a_re_assessment():
    assert said(failed_year(learning=replace(FAILED, after="Đ"), promoted=True)) == [
        (Rule.TR_10, "summary.learning.after", "Đ", None)
    ]


def test_tr_10_who_failed_in_both_is_for_a_person_to_decide():
    finding = only(reassessed(conduct=replace(FAILED, after="Đ"), promoted=True))

    assert (finding.rule, finding.field, finding.severity) == (
        Rule.TR_10,
        "summary.conduct.year",
        Severity.WARNING,
    )
