"""Conduct, promotion and summer training of a secondary pupil (TR-7 to TR-9), and that all of it is data."""

from dataclasses import replace

import pytest

from hocba.domain.assessment import Rule, Severity, assess
from hocba.domain.record import Levels
from tests.domain.conftest import Amend
from tests.domain.secondary import CIRCULAR, FAILED, GOOD, only, record, said


@pytest.mark.parametrize("first", ["T", "K", "Đ", "CĐ"])
@pytest.mark.parametrize("second", ["T", "K", "Đ", "CĐ"])
@pytest.mark.parametrize("year", ["T", "K", "Đ", "CĐ"])
def test_tr_7_the_year_of_conduct_by_the_table(first, second, year):
    table = {
        "T": {"T": "T", "K": "K", "Đ": "K", "CĐ": "CĐ"},
        "K": {"T": "T", "K": "K", "Đ": "Đ", "CĐ": "CĐ"},
        "Đ": {"T": "K", "K": "K", "Đ": "Đ", "CĐ": "CĐ"},
        "CĐ": {"T": "K", "K": "Đ", "Đ": "Đ", "CĐ": "CĐ"},
    }
    conduct = Levels(term1=first, term2=second, year=year)

    found = said(record(conduct=conduct, promoted=year != "CĐ"))

    expected = table[first][second]
    assert found == ([] if year == expected else [(Rule.TR_7, "summary.conduct.year", year, expected)])


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ({}, True),
        ({"absences": 45}, True),
        ({"absences": 46}, False),
        ({"conduct": FAILED}, False),
        ({"conduct": replace(FAILED, after="Đ")}, True),
        ({"conduct": replace(FAILED, after="CĐ")}, False),
    ],
)
def test_tr_8_promotion_follows_from_the_levels_and_the_absences(summary, expected):
    assert assess(record(promoted=expected, **summary)) == []
    assert said(record(promoted=not expected, **summary)) == [
        (Rule.TR_8, "summary.promoted", not expected, expected)
    ]


@pytest.mark.parametrize(("absences", "promoted"), [(None, False), (0, None)])
def test_tr_8_waits_for_what_it_needs(absences, promoted):
    assert assess(record(absences=absences, promoted=promoted)) == []


def test_tr_8_the_completion_of_the_last_grade_is_our_reading():
    assert assess(record(grade=9, completed_level=True)) == []

    finding = only(record(grade=9, completed_level=False))

    assert (finding.rule, finding.field) == (Rule.TR_8, "summary.completed_level")
    assert (finding.severity, finding.unverified) == (Severity.WARNING, True)


@pytest.mark.parametrize(
    ("old", "new", "severities"),
    [
        ("{ value = true, ", "{ value = false, ", []),
        ('unverified = true, note = "that grades 9', 'note = "that grades 9', [Severity.ERROR]),
    ],
)
def test_tr_8_what_a_lawyer_says_of_the_completion_is_data(amend: Amend, old, new, severities):
    amend("completed_as_promoted", old, new)

    found = assess(record(grade=9, completed_level=False))

    assert [each.severity for each in found] == severities


@pytest.mark.parametrize("year", ["T", "K", "Đ"])
def test_tr_9_summer_training_is_for_who_failed(year):
    conduct = {
        "T": GOOD,
        "K": Levels(term1="K", term2="K", year="K"),
        "Đ": Levels(term1="Đ", term2="Đ", year="Đ"),
    }

    found = said(record(conduct=replace(conduct[year], after="T")))

    assert found == [(Rule.TR_9, "summary.conduct.after", "T", None)]
    assert assess(record(conduct=replace(FAILED, after="Đ"))) == []


def test_a_later_circular_is_data(amend: Amend):
    assert assess(record(absences=20)) == []

    amend("most_absences", "value = 45", "value = 10")
    amend("TR-8", "Đ12.1", "Đ99")

    finding = only(record(absences=20))
    assert (finding.rule, finding.expected, finding.article) == (Rule.TR_8, False, f"{CIRCULAR} Đ99")
