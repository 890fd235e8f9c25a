"""What is wrong in a workbook: every error is named, nothing is written, and warnings stop nothing."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from hocba.documents import workbooks
from hocba.documents.workbooks import Problem, ProblemCode, Severity, SheetKey
from hocba.documents.workbooks.lines import ClassLine, PrintingLine, ResultLine, StudentLine, SummaryLine
from hocba.domain.values import Level, Term
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EnrolmentRow,
    ImportRow,
    PersonRow,
    ResultRow,
    SchoolRow,
    StudentRow,
)
from tests.actions.imports import bring, said, sheet
from tests.schools import NOW, YEAR, changed, counts, filled, make_place, only, small

pytestmark = pytest.mark.usefixtures("db")


async def test_a_dry_run_writes_nothing_but_its_report():
    place = await make_place()
    before = await counts()

    report = await bring(place.admin, filled(small()), dry_run=True)

    assert (report.dry_run, report.committed) == (True, False)
    assert sheet(report, SheetKey.STUDENTS) == (12, 12, 0, 0, 0, 0)
    assert await counts() == before | {"ImportRow": 1}


async def test_one_error_and_nothing_is_taken():
    place = await make_place()
    before = await counts()
    wrong = changed(small().students, 3, personal_id="048")

    report = await bring(place.admin, filled(small(), students=wrong))

    assert report.committed is False
    assert said(report) == [("students", 5, "Số định danh cá nhân", ProblemCode.PERSONAL_ID_INVALID)]
    assert report.problem_count == {Severity.ERROR: 1, Severity.REFUSED: 0, Severity.WARNING: 0}
    assert sheet(report, SheetKey.STUDENTS) == (12, 11, 0, 0, 0, 1)
    assert await counts() == before | {"ImportRow": 1}


async def test_the_error_workbook_is_kept_with_the_cells_coloured():
    place = await make_place()
    wrong = changed(small().students, 3, class_name="6A9")

    report = await bring(place.admin, filled(small(), students=wrong))

    kept = await ImportRow.get(id=report.id)
    assert report.has_error_workbook
    assert kept.error_workbook is not None
    page = openpyxl.load_workbook(io.BytesIO(kept.error_workbook))["Học sinh"]
    assert page.cell(5, 3).fill.fgColor.rgb == "FFFFC7CE"
    assert page.cell(5, 22).value == "Lớp: Không có lớp này trong năm học."


async def test_a_mended_error_workbook_can_be_imported_as_it_is():
    place = await make_place()
    wrong = changed(small().students, 3, class_name="6A9")
    report = await bring(place.admin, filled(small(), students=wrong))
    kept = await ImportRow.get(id=report.id)
    assert kept.error_workbook is not None
    book = openpyxl.load_workbook(io.BytesIO(kept.error_workbook))
    book["Học sinh"].cell(5, 3).value = small().students[3].class_name
    mended = io.BytesIO()
    book.save(mended)

    again = await bring(place.admin, mended.getvalue())

    assert (again.committed, again.problems) == (True, ())
    assert await StudentRow.all().count() == 12


STUDENT = StudentLine(row=2, code="HS1", full_name="Đỗ Thị Mẫn", class_name="6A1")


CLASS = ClassLine(row=2, name="6A1", grade=6)


RESULT = ResultLine(row=2, student="HS1", subject="TOAN", term1=Decimal("7.0"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"students": [STUDENT, STUDENT]},
            [("students", 3, "Mã học sinh", ProblemCode.DUPLICATE)],
        ),
        (
            {"classes": [CLASS, ClassLine(row=3, name="9B", grade=5)], "students": [STUDENT]},
            [("classes", 3, "Khối", ProblemCode.GRADE_INVALID)],
        ),
        (
            {"classes": [ClassLine(row=2, name="6A1", grade=6, homeroom="GV9")], "students": [STUDENT]},
            [("classes", 2, "Giáo viên chủ nhiệm", ProblemCode.STAFF_UNKNOWN)],
        ),
        (
            {"results": [ResultLine(row=2, student="HS9", subject="TOAN")]},
            [("results", 2, "Mã học sinh", ProblemCode.STUDENT_UNKNOWN)],
        ),
        (
            {"results": [RESULT, RESULT]},
            [("results", 3, "Môn học", ProblemCode.DUPLICATE)],
        ),
        (
            {"results": [ResultLine(row=2, student="HS1", subject="TOAN", term1="Đ")]},
            [("results", 2, "HK I", ProblemCode.MARK_NOT_A_SCORE)],
        ),
        (
            {"results": [ResultLine(row=2, student="HS1", subject="GDTC", year=Decimal("8.0"))]},
            [("results", 2, "Cả năm", ProblemCode.MARK_NOT_A_LEVEL)],
        ),
        (
            {
                "results": [
                    ResultLine(row=2, student="HS1", subject="TOAN", term1=Decimal("8.0"), exempt=True)
                ]
            },
            [("results", 2, "Miễn", ProblemCode.EXEMPT_WITH_MARKS)],
        ),
        (
            {"summaries": [SummaryLine(row=2, student="HS1"), SummaryLine(row=3, student="HS1")]},
            [("summaries", 3, "Mã học sinh", ProblemCode.DUPLICATE)],
        ),
        (
            {"printing": [PrintingLine(row=r, place="Huế", written_on=NOW.date()) for r in (2, 3)]},
            [("printing", 3, "Địa danh", ProblemCode.DUPLICATE)],
        ),
    ],
)
async def test_rows_that_do_not_go_together_are_named_and_nothing_is_written(content, expected):
    place = await make_place()
    before = await counts()

    report = await bring(place.admin, only(**{"classes": [CLASS], "students": [STUDENT]} | content))

    errors = [each for each in report.problems if each.severity is Severity.ERROR]
    assert [(p.sheet.value, p.row, p.header, p.code) for p in errors if p.sheet] == expected
    assert await counts() == before | {"ImportRow": 1}


async def test_a_pupil_without_a_class_this_year_gets_no_results():
    place = await make_place()
    await bring(place.admin, filled(small()))
    await EnrolmentRow.all().update(year="2024-2025")
    await ClassRow.all().update(year="2024-2025")

    report = await bring(place.admin, only(results=small().results[:1]))

    assert said(report) == [("results", 2, "Mã học sinh", ProblemCode.STUDENT_NOT_ENROLLED)]
    assert report.committed is False


async def test_two_teachers_for_one_subject_of_a_class_are_refused():
    place = await make_place()
    first = small().assignments[0]
    others = [line.code for line in small().staff if line.code != first.staff]
    second = changed(small().assignments[:1] * 2, 1, staff=others[0])

    report = await bring(place.admin, filled(small(), assignments=second))

    assert said(report) == [("assignments", 3, "Mã nhân sự", ProblemCode.TWO_TEACHERS)]
    assert await AssignmentRow.all().count() == 0


async def test_what_a_person_should_look_at_is_a_warning_and_is_taken():
    place = await make_place()
    pupil = small().students[0]
    odd = changed(small().students, 0, sex="Nữ" if pupil.sex == "Nam" else "Nam", ethnicity="Klingon")
    line = small().results[0]
    assert isinstance(line.year, Decimal)
    year = line.year - 1

    report = await bring(
        place.admin,
        filled(
            small(), students=odd, results=changed(small().results, 0, year=year, full_name="Trần Văn Khác")
        ),
    )

    assert report.committed
    assert said(report) == [
        ("students", 2, "Số định danh cá nhân", ProblemCode.PERSONAL_ID_DIFFERS),
        ("students", 2, "Dân tộc", ProblemCode.ETHNICITY_UNKNOWN),
        ("results", 2, "Họ và tên", ProblemCode.NAME_DIFFERS),
        ("results", 2, "Cả năm", ProblemCode.YEAR_MARK_DIFFERS),
    ]
    stored = await ResultRow.filter(subject=line.subject, year=f"{year:.1f}").count()
    assert stored >= 1


async def test_a_long_list_of_problems_is_cut_in_the_report_and_counted_whole():
    place = await make_place()
    wrong = [ResultLine(row=n, student=f"X{n}", subject="TOAN") for n in range(2, 1203)]

    report = await bring(place.admin, only(results=wrong))

    assert (len(report.problems), report.problem_count[Severity.ERROR]) == (1000, 1201)


def test_a_problem_says_its_sentence_in_two_languages():
    problem = Problem(sheet=SheetKey.RESULTS, row=2, code=ProblemCode.DUPLICATE, facts={"first": 7})

    assert (problem.sentence(), problem.sentence("en")) == ("Trùng với dòng 7.", "This repeats row 7.")


async def test_an_assignment_names_a_class_a_teacher_and_a_subject_that_there_are():
    place = await make_place()
    line = small().assignments[0]
    lines = (
        replace(line, class_name="6Z"),
        replace(line, staff="NS999"),
        replace(line, subject="NN2", terms=(Term.I,)),
        replace(line, subject="VATLI"),
    )
    await SchoolRow.filter(id=place.id).update(levels="thcs,thpt")

    report = await bring(
        place.admin,
        workbooks.fill((Level.THCS, Level.THPT), YEAR, small().lines() | {SheetKey.ASSIGNMENTS: lines}),
    )

    errors = [each for each in said(report) if each[0] == "assignments"]
    assert errors == [
        ("assignments", 2, "Lớp", ProblemCode.CLASS_UNKNOWN),
        ("assignments", 3, "Mã nhân sự", ProblemCode.STAFF_UNKNOWN),
        ("assignments", 5, "Môn học", ProblemCode.SUBJECT_NOT_OF_GRADE),
    ]
    assert await PersonRow.all().count() == 0


async def test_an_id_that_two_pupils_have_and_a_completion_too_early_are_warnings():
    place = await make_place()
    pupils = small().students
    twice = changed(pupils, 1, personal_id=pupils[0].personal_id)

    report = await bring(
        place.admin,
        filled(small(), students=twice, summaries=changed(small().summaries, 0, completed_level=True)),
    )

    assert report.committed
    assert ("students", 3, "Số định danh cá nhân", ProblemCode.PERSONAL_ID_TWICE) in said(report)
    assert ("summaries", 2, "Hoàn thành cấp học", ProblemCode.COMPLETION_NOT_EXPECTED) in said(report)


async def test_a_birth_year_far_from_that_of_the_grade_is_a_warning():
    place = await make_place()
    pupils = small().students
    born = [date(1914, 5, 6), date(2024, 5, 6), date(2005, 5, 6)]
    given = tuple(
        replace(pupil, birth_date=day, personal_id="") for pupil, day in zip(pupils, born, strict=False)
    )

    report = await bring(place.admin, filled(small(), students=(*given, *pupils[3:])))

    assert report.committed
    (first, second) = [each for each in report.problems if each.code is ProblemCode.BIRTH_YEAR_UNLIKELY]
    assert (first.row, first.header, second.row) == (2, "Ngày sinh", 3)
    assert first.sentence() == "Năm sinh 1914 khó phù hợp với khối 6 năm học 2025-2026; hãy kiểm tra."


async def test_whose_personal_id_it_is_is_told_by_his_code():
    place = await make_place()
    pupils, staff = small().students, small().staff
    report = await bring(
        place.admin,
        filled(
            small(),
            students=changed(pupils, 1, personal_id=pupils[0].personal_id),
            staff=changed(staff, 1, personal_id=staff[0].personal_id),
        ),
    )
    twice = [each.sentence() for each in report.problems if each.code is ProblemCode.PERSONAL_ID_TWICE]
    assert twice == [
        f"Số định danh này đã ghi cho người có mã {code}." for code in (staff[0].code, pupils[0].code)
    ]
