"""Sheets and columns are found as people leave them."""

import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path

from hocba.documents.workbooks import (
    ProblemCode,
    Severity,
    SheetKey,
    read,
)
from hocba.documents.workbooks.lines import (
    ClassLine,
    ResultLine,
    StudentLine,
)
from tests.documents.books import THCS, codes, sheet_of

DATA = Path(__file__).parent / "data"


def test_headers_are_found_without_accents_case_spaces_and_below_a_title():
    content = sheet_of(
        "hoc  sinh",
        ("TRƯỜNG THCS HƯỚNG DƯƠNG",),
        (),
        ("ma hoc sinh", "HỌ VÀ TÊN(*)", unicodedata.normalize("NFD", "Lớp"), "Ngày  sinh"),
        ("1", "Vũ Tú", "6A1", "9/3/2014"),
    )

    assert read(content, THCS).students == (
        StudentLine(row=4, code="1", full_name="Vũ Tú", class_name="6A1", birth_date=date(2014, 3, 9)),
    )


def test_columns_may_stand_in_any_order_and_empty_rows_are_passed_over():
    content = sheet_of("Lớp", ("Khối", "Tên lớp"), (6, "6A1"), (None, "  "), ("7", "7A1"))

    assert read(content, THCS).classes == (
        ClassLine(row=2, name="6A1", grade=6),
        ClassLine(row=4, name="7A1", grade=7),
    )


def test_only_the_columns_that_are_there_are_given():
    sheets = read(sheet_of("Lớp", ("Tên lớp", "Khối"), ("6A1", 6)), THCS)

    assert sheets.given == {SheetKey.CLASSES: frozenset({"name", "grade"})}


def test_a_required_column_that_is_missing_is_named():
    sheets = read(sheet_of("Lớp", ("Tên lớp", "Sĩ số"), ("6A1", 44)), THCS)

    assert [(p.code, p.facts, p.severity) for p in sheets.problems] == [
        (ProblemCode.COLUMN_MISSING, {"name": "Khối"}, Severity.ERROR),
        (ProblemCode.COLUMN_UNKNOWN, {"name": "Sĩ số"}, Severity.WARNING),
    ]


def test_a_sheet_without_any_header_lacks_its_required_columns():
    sheets = read(sheet_of("Cấu hình in", ("Đà Nẵng",)), THCS)

    assert [p.facts["name"] for p in sheets.problems] == ["Địa danh", "Ngày ghi"]


def test_a_column_that_is_there_twice_is_an_error():
    sheets = read(sheet_of("Lớp", ("Tên lớp", "Khối", "khoi"), ("6A1", 6, 7)), THCS)

    assert codes(sheets) == [(1, "", ProblemCode.COLUMN_TWICE)]
    assert sheets.classes[0].grade == 6


def test_unknown_sheets_are_said_and_a_file_without_known_ones_is_an_error():
    sheets = read(sheet_of("Sheet1", ("a",)), THCS)

    assert [(p.sheet, p.code, p.severity) for p in sheets.problems] == [
        (None, ProblemCode.SHEET_UNKNOWN, Severity.WARNING),
        (None, ProblemCode.NO_KNOWN_SHEET, Severity.ERROR),
    ]


def test_an_old_excel_file_is_read_too():
    sheets = read((DATA / "school.xls").read_bytes(), THCS)

    assert sheets.problems == ()
    assert sheets.students == (
        StudentLine(
            row=2,
            code="HS0001",
            full_name="Đỗ Thị Mẫn",
            class_name="6A1",
            birth_date=date(2014, 3, 9),
            sex="Nữ",
            personal_id="048314000017",
        ),
    )
    assert sheets.results == (
        ResultLine(
            row=2,
            student="HS0001",
            subject="NGUVAN",
            term1=Decimal("7.5"),
            term2=Decimal("8.5"),
            year=Decimal("8.2"),
            comment="Chăm chỉ.",
        ),
    )
