"""TT 22/2021: every row of its tables, the values on their borders, and what holds for all marks."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hocba.domain.assessment import rule_set, tt22
from hocba.domain.record import Mark
from hocba.domain.regulations.letters import YEAR_LEVELS
from hocba.domain.regulations.policies import Tt22Policy
from hocba.domain.values import SchoolYear

RULES = rule_set(6, SchoolYear("2025-2026"))
assert RULES is not None
assert isinstance(RULES.policy, Tt22Policy)
POLICY: Tt22Policy = RULES.policy

SCORES = st.integers(0, 100).map(lambda tenths: Decimal(tenths).scaleb(-1))
COMMENTS = st.sampled_from(["Đ", "CĐ"])
YEARS = st.tuples(
    st.lists(SCORES, min_size=1, max_size=10), st.lists(COMMENTS, max_size=5)
).map(lambda parts: [*parts[0], *parts[1]])  # fmt: skip


def decimals(*marks: str) -> list[Mark]:
    return [mark if mark in ("Đ", "CĐ") else Decimal(mark) for mark in marks]


def height(level: str | None) -> int:
    assert level is not None
    return -YEAR_LEVELS.index(level)


@pytest.mark.parametrize(
    ("term1", "term2", "year"),
    [
        ("7.0", "8.0", "7.7"),
        ("6.5", "6.6", "6.6"),
        ("5.0", "5.3", "5.2"),
        ("8.0", "8.1", "8.1"),
        ("8.1", "8.0", "8.0"),
        ("0.0", "0.0", "0.0"),
        ("10.0", "10.0", "10.0"),
        ("10", "9.9", "9.9"),
        ("0.0", "0.1", "0.1"),
        ("0.1", "0.0", "0.0"),
        ("Đ", "Đ", "Đ"),
        ("CĐ", "Đ", "Đ"),
        ("Đ", "CĐ", "CĐ"),
        ("CĐ", "CĐ", "CĐ"),
    ],
)
def test_the_year_counts_the_second_term_twice_and_rounds_to_a_tenth(term1, term2, year):
    first, second, expected = decimals(term1, term2, year)

    assert tt22.year_mark(POLICY, first, second) == expected


def test_a_half_is_rounded_up():
    weighted = replace(POLICY, term2_weight=1)

    assert tt22.year_mark(weighted, Decimal("8.0"), Decimal("8.1")) == Decimal("8.1")
    assert tt22.year_mark(weighted, Decimal("8.1"), Decimal("8.2")) == Decimal("8.2")


@pytest.mark.parametrize(
    ("term1", "term2"), [(None, Decimal(8)), (Decimal(8), None), (None, None), ("Đ", None)]
)
def test_no_year_follows_from_one_term(term1, term2):
    assert tt22.year_mark(POLICY, term1, term2) is None


@pytest.mark.parametrize(
    ("marks", "level"),
    [
        # Tốt: all from 6.5, six from 8.0, no comment subject CĐ
        (["8.0"] * 6 + ["6.5"] * 3 + ["Đ"] * 4, "T"),
        (["8.0"] * 5 + ["7.9"] + ["6.5"] * 3 + ["Đ"] * 4, "K"),
        (["8.0"] * 6 + ["6.5"] * 2 + ["6.4"] + ["Đ"] * 4, "K"),
        # Khá: all from 5.0, six from 6.5
        (["6.5"] * 6 + ["5.0"] * 3 + ["Đ"] * 4, "K"),
        (["6.5"] * 5 + ["6.4"] + ["5.0"] * 3 + ["Đ"] * 4, "Đ"),
        (["6.5"] * 6 + ["5.0"] * 2 + ["4.9"] + ["Đ"] * 4, "Đ"),
        (["6.5"] * 6 + ["5.0"] * 3 + ["Đ"] * 3 + ["CĐ"], "Đ"),
        # Đạt: none below 3.5, six from 5.0, at most one comment subject CĐ
        (["5.0"] * 6 + ["3.5"] * 3 + ["Đ"] * 3 + ["CĐ"], "Đ"),
        (["5.0"] * 5 + ["4.9"] + ["3.5"] * 3 + ["Đ"] * 4, "CĐ"),
        (["5.0"] * 6 + ["3.4"] + ["3.5"] * 2 + ["Đ"] * 4, "CĐ"),
        (["5.0"] * 9 + ["Đ"] * 2 + ["CĐ"] * 2, "CĐ"),
        # six scores are needed
        (["9.0"] * 5 + ["Đ"] * 4, "CĐ"),
        (["9.0"] * 6, "T"),
    ],
)
def test_the_learning_result_by_the_table(marks, level):
    assert tt22.unadjusted(POLICY, decimals(*marks)) == level
    assert tt22.learning(POLICY, decimals(*marks)) == level


@pytest.mark.parametrize(
    ("marks", "plain", "level"),
    [
        # from T or K, two levels or more down because of one subject: one level up
        (["9.0"] * 8 + ["4.9"] + ["Đ"] * 4, "Đ", "K"),
        (["9.0"] * 8 + ["3.0"] + ["Đ"] * 4, "CĐ", "Đ"),
        (["9.0"] * 9 + ["Đ"] * 3 + ["CĐ"], "Đ", "K"),
        (["7.0"] * 8 + ["3.4"] + ["Đ"] * 4, "CĐ", "Đ"),
        # only one level down: nothing
        (["7.0"] * 8 + ["4.9"] + ["Đ"] * 4, "Đ", "Đ"),
        (["9.0"] * 8 + ["5.0"] + ["Đ"] * 4, "K", "K"),
        (["7.0"] * 9 + ["Đ"] * 3 + ["CĐ"], "Đ", "Đ"),
        (["5.0"] * 8 + ["3.4"] + ["Đ"] * 4, "CĐ", "CĐ"),
        # two subjects: nothing
        (["9.0"] * 7 + ["4.0"] * 2 + ["Đ"] * 4, "Đ", "Đ"),
        (["9.0"] * 8 + ["4.0"] + ["Đ"] * 3 + ["CĐ"], "Đ", "Đ"),
        (["9.0"] * 9 + ["Đ"] * 2 + ["CĐ"] * 2, "CĐ", "CĐ"),
        # without it there would be no six scores: our reading
        (["9.0"] * 5 + ["4.0"] + ["Đ"] * 4, "CĐ", "CĐ"),
        (["9.0"] * 6 + ["4.0"] + ["Đ"] * 4, "Đ", "K"),
    ],
)
def test_one_subject_alone_lowers_the_result_by_less(marks, plain, level):
    assert tt22.unadjusted(POLICY, decimals(*marks)) == plain
    assert tt22.learning(POLICY, decimals(*marks)) == level


def test_whether_the_subject_that_is_set_aside_counts_is_a_policy():
    marks = decimals(*["9.0"] * 5, "4.0", "Đ")

    assert tt22.learning(POLICY, marks) == "CĐ"
    assert tt22.learning(replace(POLICY, set_aside_counts=True), marks) == "Đ"


def test_a_comment_subject_that_is_set_aside_never_counted():
    marks = decimals(*["9.0"] * 5, "5.0", "CĐ")
    counts = replace(POLICY, set_aside_counts=True)

    assert tt22.unadjusted(POLICY, marks) == "Đ"
    assert tt22.learning(counts, marks) == tt22.learning(POLICY, marks) == "Đ"


def test_no_result_follows_without_scores():
    assert tt22.learning(POLICY, ["Đ", "Đ"]) is None
    assert tt22.learning(POLICY, []) is None


def test_the_conduct_of_the_year_is_the_table_of_the_circular():
    table = {first: [tt22.conduct(POLICY, first, second) for second in YEAR_LEVELS] for first in YEAR_LEVELS}

    assert table == {
        "T": ["T", "K", "K", "CĐ"],
        "K": ["T", "K", "Đ", "CĐ"],
        "Đ": ["K", "K", "Đ", "CĐ"],
        "CĐ": ["K", "Đ", "Đ", "CĐ"],
    }


@pytest.mark.parametrize("learnt", YEAR_LEVELS)
@pytest.mark.parametrize("behaved", YEAR_LEVELS)
@pytest.mark.parametrize(("absences", "few"), [(0, True), (45, True), (46, False)])
def test_who_moves_up(learnt, behaved, absences, few):
    expected = learnt != "CĐ" and behaved != "CĐ" and few

    assert tt22.moves_up(POLICY, learnt, behaved, absences) is expected


@pytest.mark.parametrize(
    ("mark", "may"), [("5.0", False), ("4.9", True), ("0", True), ("Đ", False), ("CĐ", True)]
)
def test_what_is_assessed_again(mark, may):
    assert tt22.may_be_reassessed(POLICY, *decimals(mark)) is may
    assert not tt22.may_be_reassessed(POLICY, None)


@pytest.mark.parametrize(
    ("learnt", "behaved", "year", "titles"),
    [
        ("T", "T", ["9.0"] * 6 + ["6.5"] + ["Đ"], ("Học sinh Xuất sắc", "Học sinh Giỏi")),
        ("T", "T", ["9.0"] * 5 + ["8.9"] * 4 + ["Đ"] * 4, ("Học sinh Giỏi",)),
        ("T", "K", ["9.0"] * 9, ()),
        ("K", "T", ["9.0"] * 9, ()),
        (None, None, ["9.0"] * 9, ()),
    ],
)
def test_the_titles_of_a_year(learnt, behaved, year, titles):
    assert tt22.titles(POLICY, learnt, behaved, decimals(*year)) == titles


@given(YEARS, st.data())
def test_a_better_mark_never_lowers_the_result(marks, data):
    index = data.draw(st.integers(0, len(marks) - 1))
    mark = marks[index]
    better = "Đ" if isinstance(mark, str) else min(Decimal(10), mark + data.draw(SCORES))
    counts = replace(POLICY, set_aside_counts=data.draw(st.booleans()))

    changed = [*marks[:index], better, *marks[index + 1 :]]

    assert height(tt22.learning(counts, changed)) >= height(tt22.learning(counts, marks))


@given(YEARS, st.booleans())
def test_the_adjustment_raises_by_one_level_at_most_and_never_lowers(marks, counts):
    policy = replace(POLICY, set_aside_counts=counts)
    plain, level = tt22.unadjusted(policy, marks), tt22.learning(policy, marks)

    assert height(level) - height(plain) in (0, 1)
    assert level == plain or level in ("K", "Đ")


@given(YEARS, st.randoms(use_true_random=False))
def test_the_order_of_the_subjects_does_not_matter(marks, chance):
    shuffled = list(marks)
    chance.shuffle(shuffled)

    assert tt22.learning(POLICY, shuffled) == tt22.learning(POLICY, marks)


@given(SCORES, SCORES)
def test_a_year_lies_between_its_terms_and_has_one_decimal(term1, term2):
    year = tt22.year_mark(POLICY, term1, term2)

    assert type(year) is Decimal
    assert min(term1, term2) <= year <= max(term1, term2)
    assert year.as_tuple().exponent == -1


@given(SCORES, SCORES, SCORES)
def test_a_better_term_never_lowers_the_year(term1, term2, better):
    year = tt22.year_mark(POLICY, term1, term2)
    assume(isinstance(year, Decimal))

    assert tt22.year_mark(POLICY, max(term1, better), term2) >= year
    assert tt22.year_mark(POLICY, term1, max(term2, better)) >= year


@given(st.sampled_from(YEAR_LEVELS), st.sampled_from(YEAR_LEVELS), st.sampled_from(YEAR_LEVELS))
def test_better_conduct_in_a_term_never_lowers_the_year(first, second, better):
    year = tt22.conduct(POLICY, first, second)
    best = min(second, better, key=YEAR_LEVELS.index)

    assert height(tt22.conduct(POLICY, first, best)) >= height(year)


@pytest.mark.parametrize("second", YEAR_LEVELS)
def test_conduct_in_term_one_never_lowers_the_year_by_the_table(second):
    years = [tt22.conduct(POLICY, first, second) for first in YEAR_LEVELS]

    assert years == sorted(years, key=YEAR_LEVELS.index)


@given(YEARS, st.data())
def test_a_better_mark_never_takes_a_title_away(marks, data):
    index = data.draw(st.integers(0, len(marks) - 1))
    mark = marks[index]
    better = "Đ" if isinstance(mark, str) else min(Decimal(10), mark + data.draw(SCORES))
    changed = [*marks[:index], better, *marks[index + 1 :]]

    assert set(tt22.titles(POLICY, "T", "T", marks)) <= set(tt22.titles(POLICY, "T", "T", changed))


@given(st.sampled_from(YEAR_LEVELS), st.sampled_from(YEAR_LEVELS), st.integers(0, 300), st.data())
def test_better_levels_and_fewer_absences_never_keep_anybody_back(learnt, behaved, absences, data):
    def better(level):
        return data.draw(st.sampled_from(YEAR_LEVELS[: YEAR_LEVELS.index(level) + 1]))

    fewer = data.draw(st.integers(0, absences))

    assert tt22.moves_up(POLICY, better(learnt), better(behaved), fewer) >= tt22.moves_up(
        POLICY, learnt, behaved, absences
    )


@pytest.mark.parametrize(
    ("scores", "titles"),
    [
        (["9.0"] * 6, ("Học sinh Xuất sắc", "Học sinh Giỏi")),
        (["9.0"] * 5 + ["8.9"], ("Học sinh Giỏi",)),
        (["9.0"] * 5 + ["Đ"] * 4, ("Học sinh Giỏi",)),
    ],
)
def test_the_sixth_score_from_nine_on_decides(scores, titles):
    assert tt22.titles(POLICY, "T", "T", decimals(*scores)) == titles
