"""The workbook of a school is made of what its levels need, and rows stand where their level has them."""

from dataclasses import fields
from itertools import combinations

import pytest

from hocba.documents.workbooks import ProblemCode, SheetKey, fill, read, template
from hocba.documents.workbooks.cells import fold
from hocba.documents.workbooks.lines import Sheets
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from hocba.domain.curriculum import ever_taught
from hocba.domain.values import Level
from tests.documents.books import LINES, PRIMARY_LINES, YEAR, codes, opened, sheet_of

TH = (Level.TH,)
SETS = [levels for size in (1, 2, 3) for levels in combinations(Level, size)]
SHARED = ["Học sinh", "Lớp", "Nhân sự", "Phân công"]
SECONDARY, PRIMARY = ["Kết quả", "Tổng kết"], ["Kết quả tiểu học", "Đánh giá tiểu học"]
LAST = ["Quá trình học tập", "Ngoại lệ", "Cấu hình in"]


@pytest.mark.parametrize("levels", SETS, ids=str)
def test_each_set_of_levels_has_the_sheets_that_it_needs_and_its_template_is_read(levels):
    own = (SECONDARY if set(levels) - {Level.TH} else []) + (PRIMARY if Level.TH in levels else [])

    content = template(levels, YEAR)

    assert opened(content).sheetnames == ["Hướng dẫn", *SHARED, *own, *LAST, "Danh mục"]
    assert read(content, levels) == Sheets(given=read(content, levels).given)
    assert list(read(content, levels).given) == list(tables(levels))


@pytest.mark.parametrize("levels", SETS, ids=str)
def test_no_sheet_has_two_headers_that_read_the_same(levels):
    for table in tables(levels).values():
        headers = [fold(column.header) for column in table.columns]
        assert len(headers) == len(set(headers)), table.title


def test_every_field_of_every_line_has_its_column_and_no_other():
    for table in tables(ALL_LEVELS).values():
        filled = {column.field.partition(".")[0] for column in table.columns}
        assert filled == {field.name for field in fields(table.line)} - {"row"}, table.title


def test_no_two_subjects_are_written_alike():
    written: dict[str, set[str]] = {}
    for level in Level:
        for code, subject in ever_taught(level).items():
            for spelling in (code, subject.name):
                written.setdefault(fold(spelling), set()).add(code)

    assert {spelling: found for spelling, found in written.items() if len(found) > 1} == {}


def test_what_a_primary_school_writes_is_read_back():
    sheets = read(fill(TH, YEAR, PRIMARY_LINES), TH)

    assert sheets.problems == ()
    assert {key: sheets.lines(key) for key in PRIMARY_LINES} == PRIMARY_LINES


def test_what_a_school_of_all_levels_writes_is_read_back():
    lines = LINES | {
        key: (*LINES.get(key, ()), *PRIMARY_LINES[key])
        for key in (SheetKey.PRIMARY_RESULTS, SheetKey.PRIMARY_SUMMARIES)
    }

    sheets = read(fill(ALL_LEVELS, YEAR, lines), ALL_LEVELS)

    assert sheets.problems == ()
    assert {key: sheets.lines(key) for key in lines} == lines


def test_a_sheet_of_a_level_that_the_school_has_not_is_left_out_and_said_so():
    sheets = read(fill(TH, YEAR, PRIMARY_LINES), (Level.THPT,))

    assert (sheets.primary_results, sheets.primary_summaries) == ((), ())
    unknown = [problem.facts["name"] for problem in sheets.problems if problem.sheet is None]
    assert unknown == ["Kết quả tiểu học", "Đánh giá tiểu học"]


def test_primary_levels_are_letters_or_words_of_the_circular():
    header = ("Mã học sinh", "Môn học", "Mức đạt được", "Điểm KTĐK")
    rows = (
        ("1", "Toán", "T", 10),
        ("2", "Toán", "hoàn thành tốt", "9"),
        ("3", "Toán", "H", "8,0"),
        ("4", "Toán", "Chưa hoàn thành", 4.0),
    )

    sheets = read(sheet_of("Kết quả tiểu học", header, *rows), TH)

    assert sheets.problems == ()
    assert [(line.level, line.test) for line in sheets.primary_results] == [
        ("T", 10),
        ("T", 9),
        ("H", 8),
        ("C", 4),
    ]


def test_what_is_no_primary_level_and_no_whole_mark_is_named():
    header = ("Mã học sinh", "Môn học", "Mức đạt được", "Điểm KTĐK")

    sheets = read(sheet_of("Kết quả tiểu học", header, ("1", "Toán", "K", 7.5), ("2", "Ngữ văn", "H")), TH)

    assert codes(sheets) == [
        (2, "Mức đạt được", ProblemCode.CHOICE_INVALID),
        (2, "Điểm KTĐK", ProblemCode.NUMBER_INVALID),
        (3, "Môn học", ProblemCode.SUBJECT_UNKNOWN),
    ]
    assert sheets.problems[0].sentence() == "Chỉ nhận một trong các giá trị: T, H, C."


def test_qualities_abilities_and_the_overall_result_are_letters_or_words():
    header = (
        "Mã học sinh",
        "Đánh giá kết quả giáo dục",
        "Phẩm chất: Nhân ái",
        "Năng lực: Thẩm mĩ",
        "Chiều cao",
        "Cân nặng",
    )
    rows = (
        ("1", "Hoàn thành xuất sắc", "Tốt", "cần cố gắng", "120,5", 25),
        ("2", "ht", "Đ", "", 99, "x"),
        ("3", "Giỏi", "K", "T", 1.2, "25,55"),
    )

    sheets = read(sheet_of("Đánh giá tiểu học", header, *rows), TH)

    first, second, third = sheets.primary_summaries
    assert (first.overall, first.qualities, first.abilities) == (
        "HTXS",
        {"NHAN_AI": "T"},
        {"THAM_MI": "C"},
    )
    assert (str(first.height), str(first.weight)) == ("120.5", "25.0")
    assert (second.overall, second.qualities, second.abilities) == ("HT", {"NHAN_AI": "Đ"}, {})
    assert (third.overall, third.qualities) == ("", {})
    assert codes(sheets) == [
        (3, "Cân nặng", ProblemCode.MEASURE_INVALID),
        (4, "Đánh giá kết quả giáo dục", ProblemCode.CHOICE_INVALID),
        (4, "Phẩm chất: Nhân ái", ProblemCode.CHOICE_INVALID),
        (4, "Chiều cao", ProblemCode.MEASURE_INVALID),
        (4, "Cân nặng", ProblemCode.MEASURE_INVALID),
    ]
    said = [each.sentence() for each in sheets.problems if each.code is ProblemCode.MEASURE_INVALID]
    assert ["(kg)" in each for each in said] == [True, False, True]
    assert ["(cm)" in each for each in said] == [False, True, False]


def test_years_elsewhere_and_rules_are_read_as_people_write_them():
    header = ("Mã học sinh", "Năm học", "Lớp", "Tên trường")
    years = read(
        sheet_of(
            "Quá trình học tập",
            header,
            ("1", "2023 – 2024", "2C", "A"),
            ("1", "2022/2023", "1C", "A"),
            ("1", "2022-2024", "1C", "A"),
            ("1", 2022, "1C", "A"),
        ),
        TH,
    )
    rules = read(
        sheet_of("Ngoại lệ", ("Mã học sinh", "Quy tắc", "Lí do"), ("1", "th 4", "Vì."), ("1", "TR-5", "Vì.")),
        TH,
    )

    assert [line.year for line in years.earlier_years] == ["2023-2024", "2022-2023", "", ""]
    assert codes(years) == [(row, "Năm học", ProblemCode.YEAR_INVALID) for row in (4, 5)]
    assert [line.rule for line in rules.overrides] == ["TH-4", ""]
    assert codes(rules) == [(3, "Quy tắc", ProblemCode.CHOICE_INVALID)]


def test_the_form_of_primary_transcripts_is_chosen_where_there_are_any():
    header = ("Địa danh", "Ngày ghi", "Mẫu học bạ tiểu học")
    rows = sheet_of("Cấu hình in", header, ("Huế", "29/5/2026", "HOCBA 2.0"))

    assert read(rows, TH).printing[0].primary_profile == "hocba-2.0"
    assert read(rows, (Level.THCS,)).printing[0].primary_profile == ""
    usual = sheet_of("Cấu hình in", header, ("Huế", "29/5/2026", "moet-th-1.0"))
    assert read(usual, TH).printing[0].primary_profile == ""
