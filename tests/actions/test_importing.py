"""Importing a school's workbook (B6, B5)."""

import asyncio
import io
import unicodedata
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest

from hocba.actions.importing import ImportReport, import_workbook, take
from hocba.demo.school import make_school
from hocba.documents import workbooks
from hocba.documents.workbooks import Problem, ProblemCode, Severity, SheetKey
from hocba.documents.workbooks.lines import ClassLine, PrintingLine, ResultLine, StudentLine, SummaryLine
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.readiness import missing
from hocba.domain.values import Role, SchoolId, SchoolYear, Term
from hocba.store import ids
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EnrolmentRow,
    EventRow,
    ImportRow,
    PersonRow,
    ResultRow,
    RoleGrantRow,
    SchoolRow,
    StudentRow,
    SummaryRow,
    UploadRow,
    UserRow,
)
from hocba.store.records import load_records
from tests.schools import NOW, YEAR, changed, counts, filled, make_live, make_place, only, small, upload, user
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("db")


async def bring(actor: Actor, content: bytes, *, dry_run: bool = False) -> ImportReport:
    """Upload and import."""
    file = await upload(actor, content)
    return await import_workbook(actor, file, year=YEAR, dry_run=dry_run, now=NOW)


def said(report: ImportReport) -> list[tuple[str, int, str, ProblemCode]]:
    """Where and what, for every problem."""
    return [
        (problem.sheet.value if problem.sheet else "", problem.row, problem.header, problem.code)
        for problem in report.problems
    ]


def sheet(report: ImportReport, key: SheetKey) -> tuple[int, int, int, int, int, int]:
    """Read, created, updated, unchanged, refused, errors."""
    found = next(each for each in report.sheets if each.sheet is key)
    return (found.read, found.created, found.updated, found.unchanged, found.refused, found.errors)


async def test_a_school_comes_in_whole_and_every_pupil_is_ready_for_a_transcript():
    place = await make_place()

    report = await bring(place.admin, filled(small()))

    assert (report.committed, report.problems, report.has_error_workbook) == (True, (), False)
    assert {each.sheet: each.created for each in report.sheets} == {
        key: len(getattr(small(), key.value)) for key in SheetKey
    }
    students = await StudentRow.all().values_list("id", flat=True)
    records = await load_records(students, YEAR)
    assert len(records) == 12
    assert [missing(record) for record in records.values()] == [[]] * 12


async def test_what_is_loaded_is_what_the_workbook_says():
    place = await make_place()
    await bring(place.admin, filled(small()))
    pupil = small().students[0]

    row = await StudentRow.get(school_id=place.id, code=pupil.code)
    record = (await load_records([row.id], YEAR))[row.id]

    assert (record.student.full_name, record.student.personal_id) == (pupil.full_name, pupil.personal_id)
    assert (record.student.birth_date, record.class_name) == (pupil.birth_date, pupil.class_name)
    own = [line for line in small().results if line.student == pupil.code]
    assert {(r.subject, r.term1, r.term2, r.year, r.comment) for r in record.results} == {
        (line.subject, line.term1, line.term2, line.year, line.comment) for line in own
    }
    summary = small().summaries[0]
    assert record.summary.learning.year == summary.learning_year
    assert (record.summary.absences, record.summary.promoted) == (summary.absences, summary.promoted)
    assert (record.printing.place, record.printing.written_on) == (
        "Phường An Hải",
        small().printing[0].written_on,
    )
    homeroom = small().classes[0].homeroom
    assert record.homeroom is not None
    assert record.homeroom.name == next(line.full_name for line in small().staff if line.code == homeroom)


async def test_staff_become_people_who_can_be_given_a_password_with_the_roles_granted():
    place = await make_place()

    await bring(place.admin, filled(small()))

    clerk = await PersonRow.get(school_id=place.id, title="Văn thư")
    account = await UserRow.get(person_id=clerk.id)
    grant = await RoleGrantRow.get(person_id=clerk.id)
    assert (account.password_hash, account.active) == (None, True)
    assert (grant.role, grant.school_id, grant.granted_by, grant.valid_to) == (
        Role.ISSUER,
        place.id,
        place.admin.id,
        None,
    )
    assert await RoleGrantRow.all().count() == 2


async def test_a_change_of_teacher_between_the_terms_is_kept():
    place = await make_place()

    await bring(place.admin, filled(small()))

    last = await ClassRow.get(school_id=place.id, name=small().classes[-1].name)
    taught = await AssignmentRow.filter(class_id=last.id, subject="TIN")
    assert {row.term for row in taught} == {Term.I, Term.II}
    assert len({row.person_id for row in taught}) == 2


async def test_the_same_workbook_again_changes_nothing():
    place = await make_place()
    await bring(place.admin, filled(small()))
    before = await counts()

    report = await bring(place.admin, filled(small()))

    assert report.committed
    assert all(each.read == each.unchanged for each in report.sheets)
    assert await counts() == before | {"ImportRow": 2}


async def test_a_correction_updates_one_row_and_records_old_and_new():
    place = await make_place()
    await bring(place.admin, filled(small()))
    line = small().results[0]
    mended = changed(small().results, 0, comment="Rất cố gắng.")

    report = await bring(place.admin, only(results=mended))

    assert sheet(report, SheetKey.RESULTS) == (156, 0, 1, 155, 0, 0)
    student = await StudentRow.get(code=line.student)
    event = await EventRow.filter(aggregate_id=student.id).order_by("-version").first()
    assert event is not None
    assert (event.version, event.kind, event.actor_id) == (2, "SchoolDataChanged", place.admin.id)
    assert event.data == {
        "source": str(report.id),
        "new": False,
        "added": [],
        "changed": [[f"result.{line.subject}.comment", line.comment, "Rất cố gắng."]],
    }


async def test_a_new_pupil_has_one_event_however_many_rows_he_got():
    place = await make_place()

    await bring(place.admin, filled(small()))

    student = await StudentRow.get(code=small().students[0].code)
    event = await EventRow.get(aggregate_id=student.id)
    assert (event.aggregate, event.version, event.data["new"], event.data["changed"]) == (
        "student",
        1,
        True,
        [],
    )
    assert event.data["added"][0] == "enrolment"
    assert len(event.data["added"]) == 1 + 13 + 1


async def test_the_report_says_row_by_row_what_happened():
    place = await make_place()
    await bring(place.admin, only(classes=small().classes[:2], staff=small().staff))

    report = await bring(
        place.admin, only(classes=changed(small().classes, 1, leader=""), staff=small().staff)
    )

    classes = next(each for each in report.sheets if each.sheet is SheetKey.CLASSES)
    assert classes.rows == {"unchanged": ((2, 2),), "updated": ((3, 3),), "created": ((4, 5),)}
    kept = await ImportRow.get(id=report.id)
    assert kept.report == report.as_dict()
    assert kept.report["sheets"][1]["rows"] == {
        "unchanged": [[2, 2]],
        "updated": [[3, 3]],
        "created": [[4, 5]],
    }


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
    assert page.cell(5, 21).value == "Lớp: Không có lớp này trong năm học."


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


async def test_rows_of_a_pupil_with_a_live_transcript_are_refused_and_the_others_go_on():
    place = await make_place()
    await bring(place.admin, filled(small()))
    frozen = await StudentRow.get(code=small().students[0].code)
    await make_live(place, frozen)
    results = changed(changed(small().results, 0, comment="Mới."), 13, comment="Mới.")

    report = await bring(
        place.admin,
        filled(
            small(),
            results=results,
            students=changed(small().students, 0, address="Nơi khác"),
            summaries=changed(small().summaries, 0, absences=44),
        ),
    )

    assert report.committed
    assert said(report) == [
        ("students", 2, "", ProblemCode.FROZEN_DATA),
        ("results", 2, "", ProblemCode.FROZEN_DATA),
        ("summaries", 2, "", ProblemCode.FROZEN_DATA),
    ]
    assert sheet(report, SheetKey.RESULTS) == (156, 0, 1, 154, 1, 0)
    enrolment = await EnrolmentRow.get(student_id=frozen.id)
    kept = await ResultRow.get(enrolment_id=enrolment.id, subject=small().results[0].subject)
    assert kept.comment == small().results[0].comment
    assert (await StudentRow.get(id=frozen.id)).address == small().students[0].address
    assert (await SummaryRow.get(enrolment_id=enrolment.id)).absences == small().summaries[0].absences
    assert await EventRow.filter(aggregate_id=frozen.id).count() == 1


async def test_a_new_row_for_a_pupil_with_a_live_transcript_is_refused_too():
    place = await make_place()
    await bring(place.admin, filled(small(), results=small().results[1:]))
    await make_live(place, await StudentRow.get(code=small().students[0].code))

    report = await bring(place.admin, only(results=small().results))

    assert said(report) == [("results", 2, "", ProblemCode.FROZEN_DATA)]
    assert await ResultRow.all().count() == 155


async def test_the_grade_of_a_class_with_live_transcripts_stays():
    place = await make_place()
    await bring(place.admin, filled(small()))
    await make_live(place, await StudentRow.get(code=small().students[0].code))

    report = await bring(place.admin, only(classes=changed(small().classes, 0, grade=7)))

    assert said(report) == [("classes", 2, "", ProblemCode.FROZEN_DATA)]
    assert (await ClassRow.get(name=small().classes[0].name)).grade == 6


@pytest.mark.parametrize("roles", [(), (Role.LEADER,), (Role.ISSUER,), (Role.HOMEROOM_TEACHER,)])
async def test_only_an_administrator_or_manager_imports(roles):
    place = await make_place()
    other = user(place.id, *roles)
    file = await upload(other, filled(small()))
    before = await counts()

    with pytest.raises(Refusal) as refusal:
        await import_workbook(other, file, year=YEAR, dry_run=False, now=NOW)

    assert refusal.value.code is Code.NOT_PERMITTED
    assert await counts() == before


async def test_a_file_of_somebody_else_is_unknown():
    place = await make_place()
    file = await upload(user(place.id, Role.ADMIN), filled(small()))
    before = await counts()

    with pytest.raises(Refusal) as refusal:
        await import_workbook(place.admin, file, year=YEAR, dry_run=False, now=NOW)

    assert refusal.value.code is Code.FILE_UNKNOWN
    assert await counts() == before


async def test_a_file_lives_for_a_day():
    place = await make_place()
    file = await upload(place.admin, filled(small()), at=NOW - timedelta(days=1))

    with pytest.raises(Refusal) as refusal:
        await import_workbook(place.admin, file, year=YEAR, dry_run=False, now=NOW)

    assert refusal.value.code is Code.FILE_UNKNOWN
    assert await UploadRow.all().count() == 1


@pytest.mark.parametrize("year", ["2025", "2025-2027", "năm nay!!", "2025/2026"])
async def test_a_school_year_is_two_years_in_a_row(year):
    place = await make_place()
    file = await upload(place.admin, filled(small()))

    with pytest.raises(Refusal) as refusal:
        await import_workbook(place.admin, file, year=SchoolYear(year), dry_run=False, now=NOW)

    assert (refusal.value.code, refusal.value.facts["field"]) == (Code.INVALID_VALUE, "year")
    assert await ImportRow.all().count() == 0


async def test_what_is_no_workbook_is_refused_and_leaves_nothing():
    place = await make_place()
    before = await counts()

    with pytest.raises(Refusal) as refusal:
        await bring(place.admin, b"%PDF-1.7")

    assert refusal.value.code is Code.FILE_NOT_READABLE
    assert await counts() == before


async def test_a_manager_sets_no_user_names_and_grants_no_roles():
    place = await make_place()
    manager = user(place.id, Role.MANAGER)

    report = await bring(manager, only(staff=[s for s in small().staff if s.issuer]))

    assert said(report) == [
        ("staff", 2, "Tên đăng nhập", ProblemCode.ADMIN_ONLY),
        ("staff", 2, "Ký phát hành", ProblemCode.ADMIN_ONLY),
    ]
    assert (await PersonRow.all().count(), await RoleGrantRow.all().count()) == (0, 0)


async def test_a_manager_imports_staff_whose_rights_stay_as_they_are():
    place = await make_place()
    await bring(place.admin, filled(small()))
    staff = changed(small().staff, 0, title="Quyền Hiệu trưởng")

    report = await bring(user(place.id, Role.MANAGER), only(staff=staff))

    assert (report.committed, sheet(report, SheetKey.STAFF)) == (True, (20, 0, 1, 19, 0, 0))


async def test_nobody_grants_himself_the_right_to_issue():
    place = await make_place()
    await bring(place.admin, filled(small()))
    own = await PersonRow.get(title="Nhân viên công nghệ thông tin")
    himself = Actor(id=own.id, school=place.id, roles=frozenset({Role.ADMIN}))
    index = next(i for i, line in enumerate(small().staff) if line.code == own.code)

    report = await bring(himself, only(staff=changed(small().staff, index, issuer=True)))

    assert said(report) == [("staff", index + 2, "Ký phát hành", ProblemCode.NOT_TO_ONESELF)]
    assert await RoleGrantRow.filter(person_id=own.id, role=Role.ISSUER).count() == 0


async def test_an_empty_cell_withdraws_no_role():
    place = await make_place()
    await bring(place.admin, filled(small()))
    plain = [replace(line, admin=False, issuer=False, username="") for line in small().staff]

    report = await bring(place.admin, only(staff=plain))

    assert sheet(report, SheetKey.STAFF) == (20, 0, 0, 20, 0, 0)
    assert (await RoleGrantRow.all().count(), await UserRow.all().count()) == (2, 20)


async def test_a_user_name_that_somebody_elsewhere_has_is_refused():
    first, second = await make_place(), await make_place()
    await bring(first.admin, only(staff=small().staff[:1]))

    report = await bring(second.admin, only(staff=small().staff[:1]))

    assert said(report) == [("staff", 2, "Tên đăng nhập", ProblemCode.USERNAME_TAKEN)]
    assert await PersonRow.filter(school_id=second.id).count() == 0


async def test_schools_with_the_same_codes_do_not_meet():
    first, second = await make_place(), await make_place()
    await bring(first.admin, filled(small()))
    staff = [replace(line, username=f"b.{line.username}") for line in small().staff]

    report = await bring(second.admin, filled(small(), staff=staff))

    assert report.committed
    assert await StudentRow.filter(school_id=first.id).count() == 12
    assert await StudentRow.filter(school_id=second.id).count() == 12


async def test_text_that_came_apart_into_letters_and_marks_is_stored_composed():
    place = await make_place()
    loose = unicodedata.normalize("NFD", "Nguyễn Thị Ánh Tuyết")
    pupil = replace(small().students[0], full_name=loose)
    assert loose != unicodedata.normalize("NFC", loose)

    await bring(place.admin, filled(small(), students=(pupil, *small().students[1:])))

    row = await StudentRow.get(code=pupil.code)
    assert row.full_name == unicodedata.normalize("NFC", loose)
    assert row.search_key == "nguyen thi anh tuyet"


async def test_a_cell_that_looks_like_a_formula_is_stored_as_the_text_it_is():
    place = await make_place()
    jobs = ("=1+1", "+84", "-5", "@SUM(A1)")
    pupils = tuple(
        replace(line, father_occupation=job) for line, job in zip(small().students, jobs, strict=False)
    )

    await bring(place.admin, filled(small(), students=pupils, results=(), summaries=()))

    stored = await StudentRow.all().order_by("code").values_list("father_occupation", flat=True)
    assert tuple(stored) == jobs


async def test_a_column_that_is_not_there_leaves_its_field_alone():
    place = await make_place()
    await bring(place.admin, filled(small()))
    book = openpyxl.load_workbook(io.BytesIO(only(students=small().students)))
    page = book["Học sinh"]
    for column in range(page.max_column, 3, -1):
        page.delete_cols(column)
    for name in book.sheetnames:
        if name != "Học sinh":
            del book[name]
    short = io.BytesIO()
    book.save(short)

    report = await bring(place.admin, short.getvalue())

    assert [each.sheet for each in report.sheets] == [SheetKey.STUDENTS]
    assert sheet(report, SheetKey.STUDENTS) == (12, 0, 0, 12, 0, 0)
    assert (await StudentRow.get(code=small().students[0].code)).address == small().students[0].address


async def test_a_pupil_who_moves_to_another_class_keeps_one_enrolment():
    place = await make_place()
    await bring(place.admin, filled(small()))
    moved = changed(small().students, 0, class_name=small().classes[1].name)
    classes = small().classes

    report = await bring(place.admin, only(students=moved, classes=classes))

    assert sheet(report, SheetKey.STUDENTS) == (12, 0, 1, 11, 0, 0)
    assert await EnrolmentRow.all().count() == 12


async def test_rows_that_came_without_a_file_are_taken_the_same_way():
    place = await make_place()
    sheets = workbooks.read(filled(small()))

    report = await take(place.admin, sheets, year=YEAR, dry_run=False, now=NOW)

    assert (report.committed, report.has_error_workbook) == (True, False)
    assert await StudentRow.all().count() == 12
    assert await ImportRow.all().count() == 0


async def test_a_long_list_of_problems_is_cut_in_the_report_and_counted_whole():
    place = await make_place()
    wrong = [ResultLine(row=n, student=f"X{n}", subject="TOAN") for n in range(2, 1203)]

    report = await bring(place.admin, only(results=wrong))

    assert (len(report.problems), report.problem_count[Severity.ERROR]) == (1000, 1201)


async def test_a_primary_school_has_no_template_yet():
    place = await make_place()
    await SchoolRow.filter(id=place.id).update(levels="th")

    with pytest.raises(Refusal) as refusal:
        await bring(place.admin, filled(small()))

    assert (refusal.value.code, refusal.value.facts["field"]) == (Code.INVALID_VALUE, "level")


def test_a_problem_says_its_sentence_in_two_languages():
    problem = Problem(sheet=SheetKey.RESULTS, row=2, code=ProblemCode.DUPLICATE, facts={"first": 7})

    assert (problem.sentence(), problem.sentence("en")) == ("Trùng với dòng 7.", "This repeats row 7.")


async def test_the_number_of_statements_does_not_grow_with_the_rows():
    made = []
    for students in (12, 48):
        school = make_school(seed=2, classes=4, students=students)
        place = await make_place(school)
        staff = [replace(line, username=f"{line.username}-{students}") for line in school.staff]
        files = [await upload(place.admin, filled(school, staff=staff)) for _ in range(2)]
        for file in files:
            with counted() as statements:
                report = await import_workbook(place.admin, file, year=YEAR, dry_run=False, now=NOW)
            assert report.committed
            made.append(len(statements))

    # the first time more: ten tables, the versions of four kinds of things, their events
    assert made == [made[0], made[1]] * 2
    assert made[0] - made[1] == 10 + 4 + 1


async def test_two_imports_of_one_school_at_once_both_go_through_and_double_nothing():
    place = await make_place()
    files = [await upload(place.admin, filled(small())) for _ in range(2)]

    reports = await asyncio.gather(
        *(import_workbook(place.admin, file, year=YEAR, dry_run=False, now=NOW) for file in files)
    )

    assert [report.committed for report in reports] == [True, True]
    assert sorted(sheet(report, SheetKey.RESULTS)[1] for report in reports) == [0, 156]
    assert (await StudentRow.all().count(), await ResultRow.all().count()) == (12, 156)


async def test_of_two_schools_that_take_a_user_name_at_once_one_is_told_so():
    places = [await make_place(), await make_place()]
    files = [await upload(place.admin, only(staff=small().staff)) for place in places]

    reports = await asyncio.gather(
        *(
            import_workbook(place.admin, file, year=YEAR, dry_run=False, now=NOW)
            for place, file in zip(places, files, strict=True)
        )
    )

    assert sorted(report.committed for report in reports) == [False, True]
    told = next(report for report in reports if not report.committed)
    assert {problem.code for problem in told.problems} == {ProblemCode.USERNAME_TAKEN}
    assert await UserRow.all().count() == 20


async def test_an_assignment_names_a_class_a_teacher_and_a_subject_that_there_are():
    place = await make_place()
    line = small().assignments[0]
    lines = (
        replace(line, row=2, class_name="6Z"),
        replace(line, row=3, staff="NS999"),
        replace(line, row=4, subject="VATLI"),
    )
    sheets = replace(workbooks.read(filled(small(), assignments=())), assignments=lines)

    report = await take(place.admin, sheets, year=YEAR, dry_run=False, now=NOW)

    errors = [each for each in said(report) if each[0] == "assignments"]
    assert errors == [
        ("assignments", 2, "Lớp", ProblemCode.CLASS_UNKNOWN),
        ("assignments", 3, "Mã nhân sự", ProblemCode.STAFF_UNKNOWN),
        ("assignments", 4, "Môn học", ProblemCode.SUBJECT_NOT_OF_GRADE),
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


async def test_a_pupil_enrolled_elsewhere_this_year_is_not_enrolled_twice():
    place = await make_place()
    await bring(place.admin, filled(small()))
    elsewhere = ids.new()
    student = await StudentRow.get(code=small().students[0].code)
    await EnrolmentRow.filter(student_id=student.id).update(class_id=elsewhere)
    before = await counts()

    with pytest.raises(Refusal) as refusal:
        await bring(place.admin, only(students=small().students))

    assert refusal.value.code is Code.STALE
    assert await counts() == before


async def test_a_school_that_is_not_there_takes_nothing():
    nowhere = user(SchoolId(ids.new()), Role.ADMIN)

    for imported in (
        bring(nowhere, filled(small())),
        take(nowhere, workbooks.read(filled(small())), year=YEAR, dry_run=False, now=NOW),
    ):
        with pytest.raises(Refusal) as refusal:
            await imported
        assert refusal.value.code is Code.NOT_FOUND

    assert await PersonRow.all().count() == 0
