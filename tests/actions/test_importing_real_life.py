"""What schools really have: pupils without an id, people who left, two of the same name, lost zeros."""

from dataclasses import replace
from datetime import date

import pytest

from hocba.actions.year_end import confirm
from hocba.documents.workbooks import ProblemCode, Severity, SheetKey
from hocba.documents.workbooks.lines import PrintingLine, ResultLine
from hocba.domain.values import Term
from hocba.store.models import AssignmentRow, ClassRow, PersonRow, ResultRow, StudentRow
from tests.actions.imports import bring, said, sheet
from tests.actions.levels import ALL, ASSIGNMENTS, CLASSES, RESULTS, STAFF, STUDENTS, WHOLE
from tests.documents.books import sheet_of
from tests.schools import NOW, changed, counts, make_place, only

pytestmark = pytest.mark.usefixtures("db")


async def test_a_pupil_without_a_personal_id_is_taken_and_said_to_be_not_ready():
    place = await make_place(levels=ALL)

    report = await bring(place.admin, only(ALL, **WHOLE | {"students": changed(STUDENTS, 1, personal_id="")}))

    assert report.committed
    assert said(report) == [("students", 3, "Số định danh cá nhân", ProblemCode.PERSONAL_ID_ABSENT)]
    assert report.problems[0].severity is Severity.WARNING
    assert sheet(report, SheetKey.STUDENTS) == (3, 3, 0, 0, 0, 0)
    assert (await StudentRow.get(code="0002")).personal_id == ""


async def test_a_pupil_without_a_personal_id_does_not_block_his_class():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE | {"students": changed(STUDENTS, 1, personal_id="")}))
    class_ = await ClassRow.get(name="7A")

    results = await confirm(place.admin, [class_.id], now=NOW)

    assert [result.refusal for result in results] == [None]
    assert (await ClassRow.get(name="7A")).confirmed_at is not None


async def test_who_could_be_one_person_is_a_warning_that_names_the_other():
    place = await make_place(levels=ALL)
    pupil = STUDENTS[0]
    twin = replace(pupil, row=5, code="0004", full_name="HỒ VĂN BÉ", class_name="4A")

    report = await bring(place.admin, only(ALL, **WHOLE | {"students": (*STUDENTS, twin)}))

    assert report.committed
    assert [(each.row, each.code, each.facts) for each in report.problems] == [
        (5, ProblemCode.PERSONAL_ID_TWICE, {"name": "0001"}),
        (5, ProblemCode.RECORD_NUMBER_TWICE, {"name": "0001"}),
        (5, ProblemCode.PUPIL_TWICE, {"name": "0001"}),
    ]
    assert {each.severity for each in report.problems} == {Severity.WARNING}
    assert await StudentRow.all().count() == 4


async def test_rows_without_a_code_or_a_name_are_not_taken_for_one_pupil():
    place = await make_place(levels=ALL)
    nobodies = [
        replace(STUDENTS[0], row=row, code=code, full_name=name, personal_id="", record_number="")
        for row, code, name in (
            (2, "", "Hồ Văn Bé"),
            (3, "0004", "Hồ Văn Bé"),
            (4, "0005", ""),
            (5, "0006", ""),
        )
    ]

    report = await bring(place.admin, only(ALL, **WHOLE | {"students": nobodies}))

    assert not report.committed
    assert ProblemCode.REQUIRED in {each.code for each in report.problems}
    assert ProblemCode.PUPIL_TWICE not in {each.code for each in report.problems}


async def test_who_could_be_somebody_the_school_has_already_is_a_warning_too():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    again = replace(STUDENTS[2], row=2, code="99", personal_id="001210000013")

    report = await bring(place.admin, only(ALL, students=[again]))

    assert [(each.code, each.facts) for each in report.problems] == [
        (ProblemCode.PUPIL_TWICE, {"name": "0003"})
    ]
    assert "0003" in report.problems[0].sentence()


async def test_the_same_code_twice_is_an_error():
    place = await make_place(levels=ALL)
    before = await counts()

    report = await bring(place.admin, only(ALL, **WHOLE | {"students": (*STUDENTS, replace(STUDENTS[0]))}))

    assert said(report) == [("students", 5, "Mã học sinh", ProblemCode.DUPLICATE)]
    assert await counts() == before | {"ImportRow": 1}


LEFT = changed(STAFF, 0, left_on=date(2026, 1, 31))


async def test_whoever_left_is_named_at_each_place_where_he_was_to_sign():
    place = await make_place(levels=ALL)

    report = await bring(place.admin, only(ALL, **WHOLE | {"staff": LEFT}))

    assert report.committed
    assert [(each.sheet, each.row, each.header, each.facts["slot"]) for each in report.problems] == [
        (SheetKey.CLASSES, 2, "Giáo viên chủ nhiệm", "GVCN 4A"),
        (SheetKey.CLASSES, 3, "Giáo viên chủ nhiệm", "GVCN 7A"),
        (SheetKey.CLASSES, 4, "Giáo viên chủ nhiệm", "GVCN 10A"),
        (SheetKey.ASSIGNMENTS, 2, "Mã nhân sự", "Tiếng Việt 4A"),
    ]
    assert {(each.code, each.severity) for each in report.problems} == {
        (ProblemCode.SIGNER_LEFT, Severity.WARNING)
    }
    assert report.problems[0].sentence() == (
        "Lê Thị Hòa thôi việc ngày 31/01/2026 (GVCN 4A): hãy ghi người ký thay và căn cứ ký thay."
    )
    assert (await PersonRow.get(code="007")).left_on == date(2026, 1, 31)


async def test_a_row_that_says_somebody_left_is_told_where_he_was_to_sign():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))

    report = await bring(place.admin, only(ALL, staff=LEFT))

    assert [(each.sheet, each.row, each.header) for each in report.problems] == [
        (SheetKey.STAFF, 2, "Ngày thôi việc")
    ] * 4


async def test_whoever_signs_instead_does_so_by_a_decision_that_is_kept():
    place = await make_place(levels=ALL)
    acting = tuple(
        replace(line, homeroom="008", homeroom_basis="Quyết định 12/QĐ", leader_basis="Uỷ quyền số 3")
        for line in CLASSES
    )
    taught = changed(ASSIGNMENTS, 0, staff="008", basis="Quyết định 13/QĐ")

    report = await bring(
        place.admin, only(ALL, **WHOLE | {"staff": LEFT, "classes": acting, "assignments": taught})
    )

    assert (report.committed, report.problems) == (True, ())
    class_ = await ClassRow.get(name="4A")
    assert (class_.homeroom_basis, class_.leader_basis) == ("Quyết định 12/QĐ", "Uỷ quyền số 3")
    assert {row.basis for row in await AssignmentRow.filter(subject="TV")} == {"Quyết định 13/QĐ"}


async def test_a_decision_beside_the_name_of_whoever_left_is_no_way_out():
    place = await make_place(levels=ALL)
    classes = changed(CLASSES, 0, homeroom_basis="Quyết định 12/QĐ")

    report = await bring(place.admin, only(ALL, **WHOLE | {"staff": LEFT, "classes": classes}))

    assert [each.facts["slot"] for each in report.problems if each.row == 2] == ["GVCN 4A", "Tiếng Việt 4A"]


async def test_a_teacher_of_term_one_who_left_has_nothing_to_sign():
    place = await make_place(levels=ALL)
    taught = (
        replace(ASSIGNMENTS[0], terms=(Term.I,)),
        replace(ASSIGNMENTS[0], row=3, terms=(Term.II,), staff="008"),
    )
    classes = tuple(replace(line, homeroom="008") for line in CLASSES)

    report = await bring(
        place.admin, only(ALL, **WHOLE | {"staff": LEFT, "classes": classes, "assignments": taught})
    )

    assert report.problems == ()


@pytest.mark.parametrize(
    ("left", "written", "warned"),
    [
        (date(2026, 5, 31), None, True),
        (date(2026, 6, 1), None, False),
        (date(2026, 5, 20), date(2026, 5, 20), True),
        (date(2026, 5, 21), date(2026, 5, 20), False),
    ],
)
async def test_the_day_on_the_transcripts_decides_who_has_left(left, written, warned):
    place = await make_place(levels=ALL)
    printing = [PrintingLine(row=2, place="Huế", written_on=written)] if written else []

    report = await bring(
        place.admin,
        only(ALL, **WHOLE | {"staff": changed(STAFF, 0, left_on=left), "printing": printing}),
    )

    assert any(each.code is ProblemCode.SIGNER_LEFT for each in report.problems) is warned


async def test_a_code_that_lost_its_zeros_is_read_as_the_one_it_was():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    header = ("Mã học sinh", "Họ và tên", "Môn học", "Nhận xét")

    report = await bring(place.admin, sheet_of("Kết quả", header, (2.0, "Đỗ Thị Mẫn", "KHTN", "Chăm.")))

    assert report.committed
    assert [(each.row, each.code, each.value, each.facts) for each in report.problems] == [
        (2, ProblemCode.CODE_COMPLETED, "2", {"name": "0002"})
    ]
    assert (await ResultRow.get(subject="KHTN")).comment == "Chăm."


async def test_teachers_and_pupils_are_found_again_by_codes_that_lost_their_zeros():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    before = await counts()

    classes = await bring(
        place.admin, sheet_of("Lớp", ("Tên lớp", "Khối", "Giáo viên chủ nhiệm"), ("4A", 4, 7))
    )
    pupils = await bring(
        place.admin,
        sheet_of("Học sinh", ("Mã học sinh", "Họ và tên", "Lớp"), (1, "Hồ Văn Bé", "4A"), (1.0, "Ai", "4A")),
    )

    assert said(classes) == [("classes", 2, "Giáo viên chủ nhiệm", ProblemCode.CODE_COMPLETED)]
    assert said(pupils) == [("students", 2, "Mã học sinh", ProblemCode.CODE_COMPLETED)]
    assert sheet(pupils, SheetKey.STUDENTS) == (2, 1, 0, 1, 0, 0)
    assert (await counts())["StudentRow"] == before["StudentRow"] + 1


async def test_a_code_that_two_could_have_lost_zeros_from_is_unknown():
    place = await make_place(levels=ALL)
    pupils = (*STUDENTS, replace(STUDENTS[1], row=5, code="002", full_name="Trần An", personal_id=""))
    await bring(place.admin, only(ALL, **WHOLE | {"students": pupils}))

    report = await bring(
        place.admin, only(ALL, results=[ResultLine(row=2, student="2", subject="KHTN", comment="Chăm.")])
    )

    assert said(report) == [("results", 2, "Mã học sinh", ProblemCode.STUDENT_UNKNOWN)]
    assert (await ResultRow.get(subject="KHTN")).comment == RESULTS[0].comment
