"""Workbooks as schools send them: old Excel, merged cells, hidden sheets, dates in every form."""

import io
import unicodedata
from datetime import date, datetime, time

import pytest
import xlsxwriter
import xlwt

from hocba.documents.workbooks import ProblemCode, Severity, error_workbook, read
from hocba.documents.workbooks.lines import ClassLine
from hocba.domain.values import Level
from tests.documents.books import THCS, codes, opened, sheet_of

HEADER = ("Mã học sinh", "Họ và tên", "Lớp", "Ngày sinh", "Số định danh cá nhân", "Số đăng bộ")


def old(*rows: tuple[object, ...], merged: tuple[int, int, int, int] | None = None) -> bytes:
    """An ``.xls`` file with the sheet *Học sinh* and a hidden one."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet, day = book.add_sheet("Học sinh"), xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if merged and (number, place) == (merged[0], merged[2]):
                sheet.write_merge(*merged, cell)
            elif cell != "":
                sheet.write(number, place, cell, *([day] if isinstance(cell, date) else []))
    sheet.row(len(rows) - 1).hidden = True
    hidden = book.add_sheet("Kết quả")
    hidden.visibility = 1
    hidden.write(0, 0, "Mã học sinh")
    memory = io.BytesIO()
    book.save(memory)
    return memory.getvalue()


def modern(*rows: tuple[object, ...], merged: tuple[tuple[int, int, int, int], ...] = ()) -> bytes:
    """An ``.xlsx`` file with the sheet *Học sinh*; of a merged range the first cell holds the text."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Học sinh")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(number, place, cell, *([day] if isinstance(cell, date) else []))
        for first_row, first_column, last_row, last_column in merged:
            text = rows[first_row][first_column]
            sheet.merge_range(first_row, first_column, last_row, last_column, text)
    return memory.getvalue()


PUPILS = (
    ("DANH SÁCH HỌC SINH",),
    HEADER,
    ("0001", "Đỗ Thị Mẫn", "6A1", date(2014, 6, 1), "048314000017", "12/2025"),
    ("0002", "Hồ Văn Bé", "", "1/6/2014", 48214000017.0, 7),
    ("0003", "Vũ Tú", "", 41791, "", ""),
)


@pytest.mark.parametrize("make", ["xls", "xlsx"])
def test_old_and_new_excel_files_say_the_same(make):
    content = old(*PUPILS, merged=(2, 4, 2, 2)) if make == "xls" else modern(*PUPILS, merged=((2, 2, 4, 2),))

    sheets = read(content, THCS)

    assert [(line.row, line.code, line.class_name) for line in sheets.students] == [
        (3, "0001", "6A1"),
        (4, "0002", "6A1"),
        (5, "0003", "6A1"),
    ]
    assert {line.birth_date for line in sheets.students} == {date(2014, 6, 1)}
    assert [line.personal_id for line in sheets.students] == ["048314000017", "048214000017", ""]
    assert [line.register_number for line in sheets.students] == ["12/2025", "7", ""]
    padded = [(problem.row, problem.code) for problem in sheets.problems if problem.sheet]
    assert padded == [(4, ProblemCode.PERSONAL_ID_PADDED)]


def test_a_hidden_sheet_is_left_out_and_said_so_and_hidden_rows_are_read():
    sheets = read(old(*PUPILS, merged=(2, 4, 2, 2)), THCS)

    assert len(sheets.students) == 3
    hidden = [problem for problem in sheets.problems if problem.sheet is None]
    assert [(problem.code, problem.severity, problem.facts) for problem in hidden] == [
        (ProblemCode.SHEET_HIDDEN, Severity.WARNING, {"name": "Kết quả"})
    ]
    assert sheets.results == ()


def test_a_merged_cell_fills_only_rows_that_say_something():
    rows = (HEADER, ("1", "Vũ Tú", "6A1"), ("", "", ""), ("3", "Hồ Bé", ""), ("", "", ""))

    sheets = read(modern(*rows, merged=((1, 2, 4, 2),)), THCS)

    assert [(line.row, line.code, line.class_name) for line in sheets.students] == [
        (2, "1", "6A1"),
        (4, "3", "6A1"),
    ]


def test_a_title_and_a_header_of_merged_cells_are_no_rows():
    rows = (
        ("TRƯỜNG THCS HƯỚNG DƯƠNG", "", "", ""),
        ("Mã học sinh", "Họ và tên", "Lớp", "Ngày sinh"),
        ("", "", "", "Ghi chú"),
        ("1", "Vũ Tú", "6A1", "1/6/2014"),
    )

    merged = ((0, 0, 0, 3), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2))
    sheets = read(modern(*rows, merged=merged), THCS)

    assert [(line.row, line.code, line.class_name) for line in sheets.students] == [(4, "1", "6A1")]


def test_a_header_has_line_breaks_other_case_and_letters_that_came_apart():
    loose = unicodedata.normalize("NFD", "HỌ\u00a0VÀ\nTÊN *")
    content = sheet_of("Học sinh", ("MÃ\r\nHỌC SINH", loose, "lớp", "Ghi chú"), ("1", "Vũ\u00a0Tú", "6A1"))

    sheets = read(content, THCS)

    assert [(line.code, line.full_name) for line in sheets.students] == [("1", "Vũ Tú")]
    assert [(p.code, p.severity, p.facts["name"]) for p in sheets.problems] == [
        (ProblemCode.COLUMN_UNKNOWN, Severity.WARNING, "Ghi chú")
    ]


def test_a_cell_that_shows_nothing_is_empty():
    content = sheet_of("Học sinh", HEADER[:3], ("\u200b", "Vũ Tú", "6A1"), ("\u00a0", "\ufeff", " "))

    assert codes(read(content, THCS)) == [(2, "Mã học sinh", ProblemCode.REQUIRED)]


@pytest.mark.parametrize(
    "written",
    [
        "1/6/2014",
        "01-06-2014",
        "1.6.2014",
        "01 / 06 / 2014",
        "2014-06-01",
        "2014/6/1",
        "2014-06-01 00:00:00",
        "2014-06-01T07:30:00",
        "ngày 1 tháng 6 năm 2014",
        "Ngày 01 Tháng 06, năm 2014",
        "1 thang 6 nam 2014",
        "41791",
        41791,
        41791.75,
        date(2014, 6, 1),
        datetime.combine(date(2014, 6, 1), time(8, 30)),
    ],
    ids=str,
)
def test_a_date_is_read_in_every_form(written):
    content = sheet_of("Học sinh", HEADER[:4], ("1", "Vũ Tú", "6A1", written))

    sheets = read(content, THCS)

    assert sheets.problems == ()
    assert sheets.students[0].birth_date == date(2014, 6, 1)


@pytest.mark.parametrize(
    "written", ["31/6/2014", "2014", 2014, 20140601, "6/2014", "1/6/14", "tháng 6 năm 2014", True, -41791]
)
def test_what_could_be_another_day_is_no_date(written):
    content = sheet_of("Học sinh", HEADER[:4], ("1", "Vũ Tú", "6A1", written))

    assert codes(read(content, THCS)) == [(2, "Ngày sinh", ProblemCode.DATE_INVALID)]


def test_numbers_that_stand_for_codes_are_codes():
    rows = (("Tên lớp", "Khối", "Giáo viên chủ nhiệm"), (601.0, "6,0", 7.0), ("6.2", 6.0, "007"))

    assert read(sheet_of("Lớp", *rows), THCS).classes == (
        ClassLine(row=2, name="601", grade=6, homeroom="7"),
        ClassLine(row=3, name="6.2", grade=6, homeroom="007"),
    )


def test_a_chart_is_no_sheet():
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Lớp")
        sheet.write_row(0, 0, ("Tên lớp", "Khối"))
        sheet.write_row(1, 0, ("6A1", 6))
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Lớp!$B$2:$B$2"})
        book.add_chartsheet("Biểu đồ").set_chart(chart)

    sheets = read(memory.getvalue(), THCS)

    assert (sheets.classes, sheets.problems) == ((ClassLine(row=2, name="6A1", grade=6),), ())


def test_the_error_workbook_of_an_old_file_has_its_rows_filled_and_no_hidden_sheet():
    content = old(*PUPILS, merged=(2, 4, 2, 2))

    book = opened(error_workbook(content, read(content, THCS).problems, THCS))

    assert book.sheetnames == ["Lỗi của tệp", "Học sinh"]
    page = book["Học sinh"]
    assert [page.cell(row, 3).value for row in (3, 4, 5)] == ["6A1"] * 3
    assert page.cell(4, 7).value.startswith("Số định danh cá nhân: Số định danh bị mất chữ số 0")


def test_a_school_of_other_levels_reads_the_same_file():
    assert read(old(*PUPILS), (Level.TH, Level.THPT)).students == read(old(*PUPILS), THCS).students
