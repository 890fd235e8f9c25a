"""Workbooks for tests: lines that fill every sheet, and sheets that somebody made himself."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import xlsxwriter

from hocba.documents.workbooks import (
    Problem,
    ProblemCode,
    SheetKey,
    Sheets,
    read,
)
from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    EarlierYearLine,
    OverrideLine,
    PrimaryResultLine,
    PrimarySummaryLine,
    PrintingLine,
    ResultLine,
    StaffLine,
    StudentLine,
    SummaryLine,
)
from hocba.domain.values import Level, SchoolYear, Term

YEAR = SchoolYear("2025-2026")
THCS = (Level.THCS,)
MARCH = datetime(2014, 3, 9)  # noqa: DTZ001 -- cells have no zone
LINES = {
    SheetKey.STAFF: (
        StaffLine(
            row=2,
            code="007",
            full_name="Lê Thị Hòa",
            personal_id="048183000012",
            title="Giáo viên",
            username="hoa.lt",
            issuer=True,
            left_on=date(2026, 1, 31),
        ),
    ),
    SheetKey.CLASSES: (ClassLine(row=2, name="6A1", grade=6, homeroom="007", leader="007"),),
    SheetKey.STUDENTS: (
        StudentLine(
            row=2,
            code="0001",
            full_name="Đỗ Thị Mẫn",
            class_name="6A1",
            birth_date=date(2014, 3, 9),
            sex="Nữ",
            personal_id="048314000017",
        ),
    ),
    SheetKey.ASSIGNMENTS: (
        AssignmentLine(row=2, class_name="6A1", subject="TOAN", terms=(Term.I, Term.II), staff="007"),
        AssignmentLine(row=3, class_name="6A1", subject="HDTNHN", terms=(Term.II,), staff="007"),
    ),
    SheetKey.RESULTS: (
        ResultLine(
            row=2,
            student="0001",
            full_name="Đỗ Thị Mẫn",
            subject="TOAN",
            term1=Decimal("7.3"),
            term2=Decimal("10.0"),
            year=Decimal("9.1"),
            comment="Dòng một.\nDòng hai.",
        ),
        ResultLine(row=3, student="0001", subject="GDTC", term1="Đ", term2="CĐ", year="CĐ", reassessed="Đ"),
        ResultLine(row=4, student="0001", subject="NN2", exempt=True),
    ),
    SheetKey.SUMMARIES: (
        SummaryLine(
            row=2, student="0001", learning_year="T", absences=0, promoted=True, completed_level=False
        ),
    ),
    SheetKey.PRINTING: (PrintingLine(row=2, place="Phường An Hải", written_on=date(2026, 5, 29)),),
}


PRIMARY_LINES = {
    SheetKey.CLASSES: (
        ClassLine(
            row=2, name="4A", grade=4, homeroom="007", homeroom_basis="Quyết định 3/QĐ", leader_basis="Số 4"
        ),
    ),
    SheetKey.STUDENTS: (
        StudentLine(
            row=2, code="0001", full_name="Hồ Văn Bé", class_name="4A", record_number="079-2020-000001"
        ),
    ),
    SheetKey.ASSIGNMENTS: (
        AssignmentLine(
            row=2, class_name="4A", subject="TIN", terms=(Term.II,), staff="007", basis="Quyết định 5/QĐ"
        ),
    ),
    SheetKey.PRIMARY_RESULTS: (
        PrimaryResultLine(
            row=2, student="0001", full_name="Hồ Văn Bé", subject="TV", level="T", test=9, comment="Đọc tốt."
        ),
        PrimaryResultLine(row=3, student="0001", subject="AMNHAC", level="H"),
        PrimaryResultLine(row=4, student="0001", subject="TDT", exempt=True),
        PrimaryResultLine(row=5, student="0001", subject="TOAN", level="C", test=0),
    ),
    SheetKey.PRIMARY_SUMMARIES: (
        PrimarySummaryLine(
            row=2,
            student="0001",
            overall="HTT",
            qualities={"YEU_NUOC": "T", "TRUNG_THUC": "Đ"},
            abilities={"NGON_NGU": "C", "TU_CHU_TU_HOC": "T"},
            qualities_comment="Ngoan.",
            absences_with_leave=2,
            absences_without_leave=0,
            height=Decimal("131.5"),
            weight=Decimal("28.0"),
            promoted=True,
            completed_grade=True,
            completion="Hoàn thành chương trình lớp 4; Được lên lớp 5.",
            sudden_awards="Tham gia giao thông an toàn.",
            unassessed=True,
        ),
    ),
    SheetKey.EARLIER_YEARS: (
        EarlierYearLine(
            row=2,
            student="0001",
            year="2023-2024",
            class_name="2C",
            school_name="Trường Tiểu học Sông Hàn",
            since=date(2023, 9, 5),
        ),
    ),
    SheetKey.OVERRIDES: (
        OverrideLine(row=2, student="0001", rule="TH-4", reason="Theo biên bản.\nHội đồng đã họp."),
    ),
    SheetKey.PRINTING: (
        PrintingLine(row=2, place="Phường An Hải", written_on=date(2026, 5, 29), primary_profile="hocba-2.0"),
    ),
}


def sheet_of(title: str, *rows: tuple[object, ...]) -> bytes:
    """A workbook somebody made himself, with one sheet."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif cell is not None:
                    sheet.write(number, place, cell)
    return memory.getvalue()


def results_of(*cells: object, header: str = "HK I") -> Sheets:
    """The sheet *Kết quả* with one column of marks."""
    rows = [("0001", "Toán", cell) for cell in cells]
    return read(sheet_of("Kết quả", ("Mã học sinh", "Môn học", header), *rows), THCS)


def codes(sheets: Sheets) -> list[tuple[int, str, ProblemCode]]:
    """Row, column and code of every problem."""
    return [(problem.row, problem.header, problem.code) for problem in sheets.problems]


def opened(content: bytes) -> openpyxl.Workbook:
    """As another program reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def problem_at(row: int, header: str = "", code: ProblemCode = ProblemCode.REQUIRED) -> Problem:
    return Problem(sheet=SheetKey.STUDENTS, row=row, header=header, code=code)
