import pytest

from hocba.domain.curriculum import GRADES, electives, last_grade, subjects
from hocba.domain.errors import Code, Refusal
from hocba.domain.record import Kind
from hocba.domain.values import Level, SchoolYear

NOW = SchoolYear("2025-2026")


def codes(level: Level, grade: int, *, required: bool = False) -> list[str]:
    return [row.code for row in subjects(level, grade, NOW) if not (required and row.optional)]


@pytest.mark.parametrize("grade", GRADES[Level.THCS])
def test_the_rows_of_lower_secondary_are_in_the_order_of_the_form(grade):
    expected = [
        "TOAN",
        "LSDL",
        "KHTN",
        "TIN",
        "NGUVAN",
        "NN1",
        "GDCD",
        "CN",
        "GDTC",
        "NT",
        "NN2",
        "TDTTS",
        "NDGDDP",
        "HDTNHN",
    ]

    assert codes(Level.THCS, grade) == expected
    assert codes(Level.THCS, grade, required=True) == [
        code for code in expected if code not in {"NN2", "TDTTS"}
    ]


def test_comment_subjects_are_those_of_the_circular():
    by_comment = {row.code for row in subjects(Level.THCS, 6, NOW) if row.kind is Kind.COMMENT}

    assert by_comment == {"GDTC", "NT", "NDGDDP", "HDTNHN"}


@pytest.mark.parametrize(
    ("grade", "scored"),
    [
        (1, {"TV", "TOAN"}),
        (3, {"TV", "TOAN", "NN1", "TIN", "CN"}),
        (5, {"TV", "TOAN", "NN1", "LSDL", "KH", "TIN", "CN"}),
    ],
)
def test_primary_grades_have_test_marks_where_the_circular_asks_for_them(grade, scored):
    rows = subjects(Level.TH, grade, NOW)

    assert {row.code for row in rows if row.kind is Kind.SCORE} == scored


def test_upper_secondary_takes_four_of_nine():
    rows = subjects(Level.THPT, 10, NOW)

    assert electives(Level.THPT, 10, NOW) == 4
    assert sum(row.elective for row in rows) == 9
    assert all(row.optional for row in rows if row.elective)
    assert electives(Level.THCS, 6, NOW) == 0


@pytest.mark.parametrize("level", Level)
def test_codes_are_unique_within_a_grade(level):
    for grade in GRADES[level]:
        assert len(set(codes(level, grade))) == len(codes(level, grade))


@pytest.mark.parametrize(("grade", "year"), [(10, "2025-2026"), (9, "2023-2024"), (6, "2020-2021")])
def test_a_grade_without_a_curriculum_is_refused(grade, year):
    with pytest.raises(Refusal) as refusal:
        subjects(Level.THCS, grade, SchoolYear(year))

    assert refusal.value.code is Code.INVALID_VALUE


def test_a_level_ends_with_its_last_grade():
    assert [last_grade(level) for level in Level] == [5, 9, 12]
