"""Titles, cohorts and exemptions of a secondary pupil (TR-11 to TR-14)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hocba.domain.assessment import Finding, Rule, Severity, assess
from hocba.domain.record import Levels, Summary
from hocba.domain.values import SchoolYear
from tests.domain import facts
from tests.domain.secondary import CIRCULAR, FAILED, every, only, reassessed, record, said


@pytest.mark.parametrize(
    ("awards", "expected"),
    [
        ("", [(None, "Học sinh Giỏi")]),
        ("Học sinh Giỏi", []),
        ("HS giỏi", []),
        ("Giấy khen của Hiệu trưởng; Danh hiệu học sinh giỏi năm học 2025-2026", []),
        ("Học sinh Xuất sắc", [("Học sinh Xuất sắc", "Học sinh Giỏi")]),
        ("Học sinh Tiên tiến", [("Học sinh Tiên tiến", "Học sinh Giỏi")]),
        ("Giải Nhì kì thi học sinh xuất sắc cấp xã", [(None, "Học sinh Giỏi")]),
    ],
)
def test_tr_11_a_title_follows_from_the_year(awards, expected):
    findings = assess(record(awards=awards))

    assert [(each.supplied, each.expected) for each in findings] == expected
    assert all(each.rule is Rule.TR_11 and each.severity is Severity.WARNING for each in findings)


@pytest.mark.parametrize(
    ("awards", "supplied"), [("", None), ("Học sinh Giỏi", "Học sinh Giỏi"), ("Học sinh Xuất sắc", ...)]
)
def test_tr_11_the_best_title_that_is_deserved_is_given(awards, supplied):
    expected = [] if supplied is ... else [(Rule.TR_11, "summary.awards", supplied, "Học sinh Xuất sắc")]

    assert said(record(rows=every("9.0"), awards=awards)) == expected


def test_tr_11_without_a_title_none_may_be_claimed():
    finding = only(
        record(rows=every("7.0"), learning=Levels(term1="K", term2="K", year="K"), awards="Học sinh Giỏi")
    )

    assert (finding.rule, finding.supplied, finding.expected) == (Rule.TR_11, "Học sinh Giỏi", None)


def test_tr_11_re_assessment_gives_no_title():
    whole = reassessed(mark="10.0", after="Đ", promoted=True, awards="Học sinh Xuất sắc")

    assert Rule.TR_11 in {each.rule for each in assess(whole)}


@pytest.mark.parametrize(
    ("grade", "circular"), [(6, None), (7, "TT 58/2011/TT-BGDĐT")]
)  # fmt: skip
def test_tr_12_a_year_whose_rules_nobody_knows_is_only_warned_of(grade, circular):
    year = SchoolYear("2005-2006" if circular is None else "2021-2022")

    finding = only(replace(record(grade=grade, learning=FAILED), year=year))

    assert finding == Finding(
        rule=Rule.TR_12,
        severity=Severity.WARNING,
        field="year",
        supplied=year,
        expected=circular,
        article=f"{CIRCULAR} Đ21.1",
    )


def test_tr_13_who_is_exempt_from_practice_is_assessed_in_theory():
    exempt = {"exempt": True, "term1": None, "term2": None, "year": None}

    finding = only(record(rows={"GDTC": exempt}))

    assert (finding.rule, finding.severity, finding.subject) == (
        Rule.TR_13,
        Severity.WARNING,
        "Giáo dục thể chất",
    )


@pytest.mark.parametrize("field", ["term1", "term2", "year", "reassessed"])
def test_tr_14_what_is_exempt_has_no_marks(field):
    exempt: dict[str, Any] = {"exempt": True, "term1": None, "term2": None, "year": None, field: "Đ"}

    assert said(record(rows={"NT": exempt})) == [(Rule.TR_14, f"result.{field}", "Đ", None)]


def test_tr_14_who_is_not_assessed_follows_no_other_rule():
    unassessed = record(rows=every("1.0"), unassessed=True)

    assert assess(unassessed) == []
    assert isinstance(unassessed.summary, Summary)


def test_rows_that_the_form_does_not_have_are_not_judged():
    whole = record()
    stray = facts.row("VATLI", year=Decimal("1.0"))

    assert assess(replace(whole, results=(*whole.results, stray))) == []
