"""TT 27/2020: every row of its table, the values on their borders, and what holds for all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba.domain.assessment import rule_set, tt27
from hocba.domain.regulations.letters import TH_OVERALL, TH_SUBJECT_LEVELS, TH_TRAIT_LEVELS
from hocba.domain.regulations.policies import Tt27Policy
from hocba.domain.values import SchoolYear

RULES = rule_set(1, SchoolYear("2025-2026"))
assert RULES is not None
assert isinstance(RULES.policy, Tt27Policy)
POLICY: Tt27Policy = RULES.policy


def overall(subjects: str, traits: str, *tests: int) -> str:
    return tt27.overall(POLICY, list(subjects), list(traits), list(map(Decimal, tests)))


@pytest.mark.parametrize(
    ("subjects", "traits", "tests", "level"),
    [
        ("TTT", "TTT", (9, 10), "HTXS"),
        ("TTT", "TTT", (9, 8), "HTT"),
        ("TTT", "TTT", (7, 7), "HTT"),
        ("TTT", "TTT", (7, 6), "HT"),
        ("TTH", "TTT", (10, 10), "HT"),
        ("TTT", "TTĐ", (10, 10), "HT"),
        ("HHH", "ĐĐĐ", (5, 5), "HT"),
        ("HHH", "ĐĐĐ", (5, 4), "CHT"),
        ("TTT", "TTT", (4, 10), "CHT"),
        ("TTC", "TTT", (10, 10), "CHT"),
        ("TTT", "TTC", (10, 10), "CHT"),
        ("TTT", "TTT", (), "HTXS"),
    ],
)
def test_the_overall_result_by_the_table(subjects, traits, tests, level):
    assert overall(subjects, traits, *tests) == level


@pytest.mark.parametrize(("level", "done"), [("HTXS", True), ("HTT", True), ("HT", True), ("CHT", False)])
def test_who_completes_the_grade(level, done):
    assert tt27.completes(level) is done


@pytest.mark.parametrize(
    ("level", "title"),
    [
        ("HTXS", "Học sinh Xuất sắc"),
        ("HTT", "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện"),
        ("HT", None),
        ("CHT", None),
        (None, None),
    ],
)
def test_the_title_of_a_result(level, title):
    assert tt27.title(POLICY, level) == title


def levels(letters: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(letters), min_size=1, max_size=13)


@given(
    levels(TH_SUBJECT_LEVELS),
    levels(TH_TRAIT_LEVELS),
    st.lists(st.integers(0, 10), min_size=1, max_size=7),
    st.data(),
)
def test_better_levels_and_marks_never_lower_the_result(subjects, traits, tests, data):
    def better(letters, given_):
        return [data.draw(st.sampled_from(letters[: letters.index(each) + 1])) for each in given_]

    before = tt27.overall(POLICY, subjects, traits, list(map(Decimal, tests)))
    after = tt27.overall(
        POLICY,
        better(TH_SUBJECT_LEVELS, subjects),
        better(TH_TRAIT_LEVELS, traits),
        [Decimal(data.draw(st.integers(mark, 10))) for mark in tests],
    )

    assert TH_OVERALL.index(after) <= TH_OVERALL.index(before)
