"""Cells are read as people write them, and what cannot be read is named."""

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba.documents.workbooks import (
    Problem,
    ProblemCode,
    Severity,
    SheetKey,
    Sheets,
    error_workbook,
    fill,
    read,
)
from hocba.documents.workbooks.cells import Unfit, as_text, fold
from hocba.documents.workbooks.lines import (
    ResultLine,
    StudentLine,
)
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from tests.documents.books import THCS, YEAR, codes, opened, problem_at, results_of, sheet_of


def test_marks_are_read_as_people_write_them():
    sheets = results_of(7.5, "7,5", "7.5", 7, "10", 0, "đ", "Đạt", "Chưa đạt", "CĐ", 7.300000000000001)

    assert sheets.problems == ()
    assert [line.term1 for line in sheets.results] == [
        *map(Decimal, ("7.5", "7.5", "7.5", "7.0", "10.0", "0.0")),
        "Đ",
        "Đ",
        "CĐ",
        "CĐ",
        Decimal("7.3"),
    ]


@pytest.mark.parametrize(
    "wrong", [10.1, -1, "7,55", 10.25, "giỏi", "NaN", "1e1000", True, date(2026, 7, 5), "T"]
)
def test_what_is_no_mark_is_named_and_the_row_goes_on_without_it(wrong):
    sheets = results_of(wrong)

    assert codes(sheets) == [(2, "HK I", ProblemCode.MARK_INVALID)]
    assert sheets.results == (ResultLine(row=2, student="0001", subject="TOAN"),)


@pytest.mark.parametrize(("held", "shown"), [(23 / 3, "7.7"), (8.25, "8.3"), (8.24, "8.2"), (9.96, "10.0")])
def test_a_number_that_is_shown_rounded_is_told_with_what_the_cell_holds(held, shown):
    sheets = results_of(held)

    (problem,) = sheets.problems
    assert problem.code is ProblemCode.NOT_ROUNDED
    assert sheets.results[0].term1 is None
    assert f"chứa {round(held, 6)} dù Excel có thể chỉ hiện {shown}:" in problem.sentence()


def test_levels_are_letters_or_words_of_the_circular():
    def levels(*cells: str) -> Sheets:
        rows = [(str(n), cell) for n, cell in enumerate(cells)]
        return read(sheet_of("Tổng kết", ("Mã học sinh", "Học tập cả năm"), *rows), THCS)

    good = levels("T", "khá", "ĐẠT", "chưa đạt", "k")
    assert [line.learning_year for line in good.summaries] == ["T", "K", "Đ", "CĐ", "K"]
    assert good.problems == ()
    assert codes(levels("Giỏi", "A")) == [
        (2, "Học tập cả năm", ProblemCode.LEVEL_INVALID),
        (3, "Học tập cả năm", ProblemCode.LEVEL_INVALID),
    ]


def students_of(header: str, *cells: object) -> Sheets:
    rows = [(str(n), "Vũ Tú", "6A1", cell) for n, cell in enumerate(cells)]
    return read(sheet_of("Học sinh", ("Mã học sinh", "Họ và tên", "Lớp", header), *rows), THCS)


def test_dates_come_as_cells_or_as_text():
    good = students_of("Ngày sinh", date(2014, 3, 9), "09/03/2014", "9-3-2014", "2014-03-09", "9.3.2014")

    assert {line.birth_date for line in good.students} == {date(2014, 3, 9)}
    assert good.problems == ()


@pytest.mark.parametrize("wrong", ["31/02/2014", "2014", 2014, 18263, "03/09/14", "mai", "01/01/1899"])
def test_what_is_no_date_is_named(wrong):
    assert codes(students_of("Ngày sinh", wrong)) == [(2, "Ngày sinh", ProblemCode.DATE_INVALID)]


def test_a_personal_id_keeps_its_zero_and_gets_it_back_from_a_number_with_a_warning():
    sheets = students_of("Số định danh cá nhân", "048314000017", 48314000017, "048 314 000 017", 1314000017)

    assert [line.personal_id for line in sheets.students] == [
        "048314000017",
        "048314000017",
        "048314000017",
        "001314000017",
    ]
    assert [(p.row, p.code, p.severity) for p in sheets.problems] == [
        (3, ProblemCode.PERSONAL_ID_PADDED, Severity.WARNING),
        (5, ProblemCode.PERSONAL_ID_PADDED, Severity.WARNING),
    ]


@pytest.mark.parametrize("wrong", ["48314000017", "0483140000171", "04831400001x", 483, "٠٤٨٣١٤٠٠٠٠١٧"])
def test_a_personal_id_has_twelve_digits(wrong):
    sheets = students_of("Số định danh cá nhân", wrong)

    assert codes(sheets) == [(2, "Số định danh cá nhân", ProblemCode.PERSONAL_ID_INVALID)]
    assert sheets.students[0].personal_id == ""


def test_text_is_composed_single_spaced_and_without_invisible_characters():
    loose = unicodedata.normalize("NFD", "  Nguyễn \u00a0 Thị\u200b Ánh ")

    assert students_of("Nơi sinh", loose).students[0].birthplace == "Nguyễn Thị Ánh"


def test_characters_that_turn_text_around_are_refused():
    sheets = students_of("Nơi sinh", "Huế\u202e gnàv")

    assert codes(sheets) == [(2, "Nơi sinh", ProblemCode.CHARACTER_NOT_ALLOWED)]


def test_text_that_is_too_long_is_named():
    sheets = students_of("Quốc tịch", "x" * 61)

    assert codes(sheets) == [(2, "Quốc tịch", ProblemCode.TOO_LONG)]
    assert sheets.problems[0].sentence() == "Dài quá 60 ký tự."


def test_a_required_cell_that_is_empty_is_named():
    sheets = read(sheet_of("Lớp", ("Tên lớp", "Khối"), (None, 6)), THCS)

    assert codes(sheets) == [(2, "Tên lớp", ProblemCode.REQUIRED)]


def test_subjects_are_found_by_name_or_code():
    rows = [("6A1", name, "Cả năm", "1") for name in ("Ngữ văn", "NGUVAN", "ngu van", "Ngữ Văn ")]
    header = ("Lớp", "Môn học", "Học kì", "Mã nhân sự")
    good = read(sheet_of("Phân công", header, *rows), THCS)
    bad = read(sheet_of("Phân công", header, ("6A1", "Thiên văn", "3", "1")), THCS)

    assert {line.subject for line in good.assignments} == {"NGUVAN"}
    assert codes(bad) == [
        (2, "Môn học", ProblemCode.SUBJECT_UNKNOWN),
        (2, "Học kì", ProblemCode.CHOICE_INVALID),
    ]


def test_user_names_are_plain():
    header = ("Mã nhân sự", "Họ và tên", "Tên đăng nhập")
    rows = (("1", "An", "An.NV"), ("2", "An", "án"), ("3", "An", "a b"))
    sheets = read(sheet_of("Nhân sự", header, *rows), THCS)

    assert [line.username for line in sheets.staff] == ["an.nv", "", ""]
    assert [problem.code for problem in sheets.problems] == [ProblemCode.USERNAME_INVALID] * 2


def test_cells_that_look_like_formulas_are_text_when_read_and_when_written():
    cells = ("=1+1", "+84 905", "-5", "@SUM(A1)", "=cmd|'/c calc'!A0")
    lines = tuple(
        StudentLine(row=n, code=f"{n}", full_name="Vũ Tú", class_name="6A1", father_occupation=cell)
        for n, cell in enumerate(cells, start=2)
    )
    content = fill(THCS, YEAR, {SheetKey.STUDENTS: lines})

    assert [line.father_occupation for line in read(content, THCS).students] == list(cells)
    page = opened(content)["Học sinh"]
    marked = opened(error_workbook(content, [problem_at(2)], THCS))["Học sinh"]
    for number, cell in enumerate(cells, start=2):
        for each in (page, marked):
            assert (each.cell(number, 16).value, each.cell(number, 16).data_type) == (cell, "s")


ANY_CELL = st.one_of(
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.sampled_from(["1/1/2014", "٣", "²", "1_0", "½", "0x10", "Infinity", "-0", "١٢/٠٣/٢٠١٤"]),
)


@given(ANY_CELL)
def test_no_cell_whatever_breaks_a_column(cell):
    for table in tables(ALL_LEVELS).values():
        for column in table.columns:
            try:
                column.kind.parse(cell)
            except Unfit as unfit:
                problem = Problem(sheet=table.key, row=2, code=unfit.code, facts=unfit.facts)
                assert problem.sentence()
                assert problem.sentence("en")


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.integers(-(10**9), 10**9))
def test_a_whole_number_is_shown_without_a_point(number):
    assert as_text(float(number)) == str(number)
