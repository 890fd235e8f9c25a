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
    PrintingLine,
    ResultLine,
    StaffLine,
    StudentLine,
    SummaryLine,
)
from hocba.domain.values import SchoolYear, Term

YEAR = SchoolYear("2025-2026")
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
    return read(sheet_of("Kết quả", ("Mã học sinh", "Môn học", header), *rows))


def codes(sheets: Sheets) -> list[tuple[int, str, ProblemCode]]:
    """Row, column and code of every problem."""
    return [(problem.row, problem.header, problem.code) for problem in sheets.problems]


def opened(content: bytes) -> openpyxl.Workbook:
    """As another program reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def problem_at(row: int, header: str = "", code: ProblemCode = ProblemCode.REQUIRED) -> Problem:
    return Problem(sheet=SheetKey.STUDENTS, row=row, header=header, code=code)
