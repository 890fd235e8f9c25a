"""A school of several levels in one workbook: each pupil's rows on the sheets of his level."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hocba.documents.workbooks import ProblemCode, SheetKey
from hocba.documents.workbooks.lines import ClassLine, PrimaryResultLine, PrintingLine, ResultLine
from hocba.domain.record import HistoryRow, PrimarySummary, Summary, TranscriptRecord
from hocba.domain.values import Level
from hocba.store.models import (
    EventRow,
    PrimarySummaryRow,
    PrintConfigurationRow,
    ResultRow,
    SchoolRow,
    StudentRow,
)
from hocba.store.records import load_records
from tests.actions import levels
from tests.actions.imports import bring, said, sheet
from tests.actions.levels import ALL, PRIMARY_RESULTS, PRIMARY_SUMMARIES, RESULTS, WHOLE
from tests.documents.books import sheet_of
from tests.schools import YEAR, Place, changed, counts, make_live, make_place, only

pytestmark = pytest.mark.usefixtures("db")


def whole(**sheets: object) -> bytes:
    """The workbook of the school of all levels, with some sheets' lines replaced."""
    return only(ALL, **WHOLE | sheets)


async def made() -> Place:
    """The school of all levels, with everything in it."""
    place = await make_place(levels=ALL)
    report = await bring(place.admin, whole())
    assert (report.committed, report.problems) == (True, ())
    return place


async def record_of(code: str) -> TranscriptRecord:
    student = await StudentRow.get(code=code)
    return (await load_records([student.id], YEAR))[student.id]


async def test_each_pupils_year_is_the_one_of_his_level():
    await made()

    primary, lower, upper = [await record_of(code) for code in ("0001", "0002", "0003")]

    assert [record.school.level for record in (primary, lower, upper)] == list(Level)
    assert isinstance(primary.summary, PrimarySummary)
    assert (primary.summary.overall, primary.summary.height, primary.summary.weight) == (
        "HTT",
        Decimal("131.5"),
        Decimal("28.0"),
    )
    assert primary.summary.qualities == {"YEU_NUOC": "T", "NHAN_AI": "Đ"}
    assert primary.summary.abilities == {"NGON_NGU": "T"}
    assert primary.summary.sudden_awards == "Cứu bạn."
    assert [(r.subject, r.year, r.test, r.exempt) for r in primary.results] == [
        ("TV", "T", Decimal(9), False),
        ("AMNHAC", "H", None, False),
        ("TDT", None, None, True),
    ]
    assert isinstance(lower.summary, Summary)
    assert (lower.summary.learning.year, lower.summary.unassessed) == ("T", False)
    assert isinstance(upper.summary, Summary)
    assert upper.summary.unassessed is True


async def test_years_elsewhere_and_reasons_are_in_the_record():
    await made()

    record = await record_of("0001")

    elsewhere = levels.EARLIER_YEARS[0]
    assert record.history[0] == HistoryRow(
        year=elsewhere.year, class_name="2C", school_name="Trường Tiểu học Sông Hàn", since=elsewhere.since
    )
    assert [row.class_name for row in record.history] == ["2C", "4A"]
    assert record.overrides == {"TH-4": "Theo biên bản hội đồng."}
    assert (await StudentRow.get(code="0001")).record_number == "HS-1"


async def test_the_same_rows_again_change_nothing():
    place = await made()
    before = await counts()

    report = await bring(place.admin, whole())

    assert report.committed
    assert all(each.read == each.unchanged for each in report.sheets)
    assert (report.changes, report.change_count) == ((), 0)
    assert await counts() == before | {"ImportRow": before["ImportRow"] + 1}


async def test_a_quality_that_has_no_column_stays_and_one_that_is_emptied_goes():
    place = await made()
    header = ("Mã học sinh", "Phẩm chất: Nhân ái", "Phẩm chất: Chăm chỉ", "Năng lực: Ngôn ngữ")

    report = await bring(place.admin, sheet_of("Đánh giá tiểu học", header, ("0001", "T", "Đạt", None)))

    assert report.committed
    summary = await PrimarySummaryRow.get()
    assert summary.qualities == {"YEU_NUOC": "T", "NHAN_AI": "T", "CHAM_CHI": "Đ"}
    assert (summary.abilities, summary.overall) == ({}, "HTT")
    student = await StudentRow.get(code="0001")
    event = await EventRow.filter(aggregate_id=student.id).order_by("-version").first()
    assert event is not None
    assert event.data["changed"] == [
        ["primary_summary.qualities.CHAM_CHI", "", "Đ"],
        ["primary_summary.qualities.NHAN_AI", "Đ", "T"],
        ["primary_summary.abilities.NGON_NGU", "T", ""],
    ]


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        (
            {"results": (ResultLine(row=2, student="0001", subject="TOAN", year="Đ"),)},
            [("results", 2, "Mã học sinh", ProblemCode.OTHER_SHEET)],
        ),
        (
            {"summaries": (replace(levels.SUMMARIES[0], student="0001"),)},
            [("summaries", 2, "Mã học sinh", ProblemCode.OTHER_SHEET)],
        ),
        (
            {"primary_results": (PrimaryResultLine(row=2, student="0003", subject="TOAN", level="H"),)},
            [("primary_results", 2, "Mã học sinh", ProblemCode.OTHER_SHEET)],
        ),
        (
            {"primary_summaries": (replace(PRIMARY_SUMMARIES[0], student="0002"),)},
            [("primary_summaries", 2, "Mã học sinh", ProblemCode.OTHER_SHEET)],
        ),
        (
            {"primary_results": (PrimaryResultLine(row=2, student="0001", subject="TNXH", level="H"),)},
            [("primary_results", 2, "Môn học", ProblemCode.SUBJECT_NOT_OF_GRADE)],
        ),
        (
            {"primary_results": (PrimaryResultLine(row=2, student="0001", subject="GDTC", test=9),)},
            [("primary_results", 2, "Điểm KTĐK", ProblemCode.TEST_NOT_EXPECTED)],
        ),
        (
            {
                "primary_results": (
                    PrimaryResultLine(row=2, student="0001", subject="TV", level="H", exempt=True),
                )
            },
            [("primary_results", 2, "Miễn", ProblemCode.EXEMPT_WITH_MARKS)],
        ),
        (
            {"primary_results": PRIMARY_RESULTS[:1] * 2},
            [("primary_results", 3, "Môn học", ProblemCode.DUPLICATE)],
        ),
        (
            {"primary_summaries": PRIMARY_SUMMARIES * 2},
            [("primary_summaries", 3, "Mã học sinh", ProblemCode.DUPLICATE)],
        ),
        (
            {"classes": (*levels.CLASSES[1:], ClassLine(row=4, name="4A", grade=13))},
            [("classes", 4, "Khối", ProblemCode.NUMBER_INVALID)],
        ),
        (
            {"earlier_years": (replace(levels.EARLIER_YEARS[0], year=YEAR),)},
            [("earlier_years", 2, "Năm học", ProblemCode.YEAR_NOT_EARLIER)],
        ),
        (
            {"earlier_years": levels.EARLIER_YEARS * 2},
            [("earlier_years", 3, "Năm học", ProblemCode.DUPLICATE)],
        ),
        (
            {"overrides": (replace(levels.OVERRIDES[0], rule="TR-5"),)},
            [("overrides", 2, "Quy tắc", ProblemCode.RULE_NOT_OF_GRADE)],
        ),
        (
            {"overrides": (replace(levels.OVERRIDES[0], student="0009"),)},
            [("overrides", 2, "Mã học sinh", ProblemCode.STUDENT_UNKNOWN)],
        ),
    ],
)
async def test_a_row_that_does_not_fit_is_named_and_nothing_is_written(sheets, expected):
    place = await make_place(levels=ALL)
    before = await counts()

    report = await bring(place.admin, whole(**sheets))

    assert said(report) == expected
    assert report.committed is False
    assert await counts() == before | {"ImportRow": 1}


async def test_a_row_on_the_wrong_sheet_is_told_where_it_belongs():
    place = await make_place(levels=ALL)

    report = await bring(place.admin, whole(results=(ResultLine(row=2, student="0001", subject="TOAN"),)))

    assert [problem.sentence() for problem in report.problems] == [
        "Học sinh học khối 4: hãy ghi dòng này ở trang “Kết quả tiểu học”."
    ]


async def test_a_grade_that_the_school_has_not_is_named():
    place = await make_place(levels=(Level.TH, Level.THPT))

    report = await bring(place.admin, whole(results=(), summaries=(), assignments=()))

    assert ("classes", 3, "Khối", ProblemCode.GRADE_INVALID) in said(report)
    assert report.committed is False


async def test_what_belongs_to_a_live_transcript_is_left_alone_in_primary_schools_too():
    place = await made()
    await make_live(place, await StudentRow.get(code="0001"))
    before = await counts()

    report = await bring(
        place.admin,
        whole(
            primary_results=changed(PRIMARY_RESULTS, 0, test=10),
            primary_summaries=changed(PRIMARY_SUMMARIES, 0, overall="HTXS"),
            earlier_years=changed(levels.EARLIER_YEARS, 0, class_name="2D"),
            overrides=(*levels.OVERRIDES, replace(levels.OVERRIDES[0], row=3, rule="TH-6")),
            results=changed(RESULTS, 0, comment="Mới."),
        ),
    )

    assert report.committed
    assert said(report) == [
        ("primary_results", 2, "", ProblemCode.FROZEN_DATA),
        ("primary_summaries", 2, "", ProblemCode.FROZEN_DATA),
        ("earlier_years", 2, "", ProblemCode.FROZEN_DATA),
        ("overrides", 3, "", ProblemCode.FROZEN_DATA),
    ]
    assert sheet(report, SheetKey.RESULTS) == (2, 0, 1, 1, 0, 0)
    assert (await ResultRow.get(subject="TV")).test == "9"
    assert (await PrimarySummaryRow.get()).overall == "HTT"
    assert await counts() == before | {"ImportRow": 2, "EventRow": before["EventRow"] + 2}


async def test_the_form_of_primary_transcripts_is_kept():
    place = await make_place(levels=(Level.TH,))
    line = PrintingLine(row=2, place="Huế", written_on=date(2026, 5, 29), primary_profile="hocba-2.0")

    await bring(place.admin, only((Level.TH,), printing=[line]))

    assert (await PrintConfigurationRow.get()).primary_profile == "hocba-2.0"
    assert (await SchoolRow.get(id=place.id)).levels == "th"
