"""Rows of a school of all levels: a class of grade 4, one of grade 7, one of grade 10."""

from datetime import date
from decimal import Decimal
from typing import Any

from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    EarlierYearLine,
    OverrideLine,
    PrimaryResultLine,
    PrimarySummaryLine,
    ResultLine,
    StaffLine,
    StudentLine,
    SummaryLine,
)
from hocba.domain.values import Level, Term

ALL = tuple(Level)
YEAR_LONG = (Term.I, Term.II)

STAFF = (
    StaffLine(row=2, code="007", full_name="Lê Thị Hòa", personal_id="048183000012"),
    StaffLine(row=3, code="008", full_name="Trần Bình", personal_id="048083000015", title="Hiệu trưởng"),
)
CLASSES = (
    ClassLine(row=2, name="4A", grade=4, homeroom="007", leader="008"),
    ClassLine(row=3, name="7A", grade=7, homeroom="007", leader="008"),
    ClassLine(row=4, name="10A", grade=10, homeroom="007", leader="008"),
)
STUDENTS = (
    StudentLine(
        row=2,
        code="0001",
        full_name="Hồ Văn Bé",
        class_name="4A",
        birth_date=date(2016, 5, 2),
        sex="Nam",
        personal_id="048216000011",
        record_number="HS-1",
        since=date(2025, 9, 5),
    ),
    StudentLine(
        row=3,
        code="0002",
        full_name="Đỗ Thị Mẫn",
        class_name="7A",
        birth_date=date(2013, 3, 9),
        sex="Nữ",
        personal_id="048313000017",
    ),
    StudentLine(
        row=4,
        code="0003",
        full_name="Vũ Tú",
        class_name="10A",
        birth_date=date(2010, 1, 31),
        sex="Nam",
        personal_id="048210000013",
    ),
)
ASSIGNMENTS = (
    AssignmentLine(row=2, class_name="4A", subject="TV", terms=YEAR_LONG, staff="007"),
    AssignmentLine(row=3, class_name="7A", subject="KHTN", terms=YEAR_LONG, staff="008"),
    AssignmentLine(row=4, class_name="10A", subject="VATLI", terms=(Term.II,), staff="008"),
)
RESULTS = (
    ResultLine(row=2, student="0002", subject="KHTN", term1=Decimal("7.0"), term2=Decimal("8.5")),
    ResultLine(row=3, student="0003", subject="GDTC", term1="Đ", term2="Đ", year="Đ"),
)
SUMMARIES = (
    SummaryLine(row=2, student="0002", learning_year="T", absences=2, promoted=True),
    SummaryLine(row=3, student="0003", unassessed=True),
)
PRIMARY_RESULTS = (
    PrimaryResultLine(row=2, student="0001", subject="TV", level="T", test=9, comment="Đọc tốt."),
    PrimaryResultLine(row=3, student="0001", subject="AMNHAC", level="H"),
    PrimaryResultLine(row=4, student="0001", subject="TDT", exempt=True),
)
PRIMARY_SUMMARIES = (
    PrimarySummaryLine(
        row=2,
        student="0001",
        overall="HTT",
        qualities={"YEU_NUOC": "T", "NHAN_AI": "Đ"},
        abilities={"NGON_NGU": "T"},
        qualities_comment="Ngoan.",
        absences_with_leave=2,
        absences_without_leave=0,
        height=Decimal("131.5"),
        weight=Decimal("28.0"),
        promoted=True,
        completed_grade=True,
        completion="Hoàn thành chương trình lớp 4; Được lên lớp 5.",
        sudden_awards="Cứu bạn.",
    ),
)
EARLIER_YEARS = (
    EarlierYearLine(
        row=2,
        student="0001",
        year="2023-2024",
        class_name="2C",
        school_name="Trường Tiểu học Sông Hàn",
        since=date(2023, 9, 5),
    ),
)
OVERRIDES = (OverrideLine(row=2, student="0001", rule="TH-4", reason="Theo biên bản hội đồng."),)

WHOLE: dict[str, Any] = {
    "staff": STAFF,
    "classes": CLASSES,
    "students": STUDENTS,
    "assignments": ASSIGNMENTS,
    "results": RESULTS,
    "summaries": SUMMARIES,
    "primary_results": PRIMARY_RESULTS,
    "primary_summaries": PRIMARY_SUMMARIES,
    "earlier_years": EARLIER_YEARS,
    "overrides": OVERRIDES,
}
"""Everything that the school has, sheet by sheet."""
