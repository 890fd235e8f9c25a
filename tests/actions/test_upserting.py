"""Rows as a client sends them: each is judged for itself, and nothing is done twice (B6)."""

from typing import Any

import pytest

from hocba.actions.import_rows import RowOutcome
from hocba.actions.upserting import RowResult, upsert
from hocba.documents.workbooks import ProblemCode, SheetKey
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import Role, SchoolYear
from hocba.store import ids
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EarlierYearRow,
    EventRow,
    OverrideRow,
    PersonRow,
    PrimarySummaryRow,
    ResultRow,
    RoleGrantRow,
    StudentRow,
    SummaryRow,
)
from hocba.store.records import load_records
from tests.actions.imports import bring
from tests.actions.levels import ALL, STUDENTS, WHOLE
from tests.schools import NOW, YEAR, Place, counts, make_live, make_place, only, user
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("db")

CREATED, UPDATED, UNCHANGED, REFUSED, FAILED = RowOutcome


async def made() -> Place:
    """The school of all levels, with everything in it."""
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    return place


async def send(who: Actor, sheet: SheetKey, *rows: dict[str, Any]) -> list[RowResult]:
    return await upsert(who, sheet, rows, year=YEAR, now=NOW)


def outcomes(results: list[RowResult]) -> list[RowOutcome]:
    return [result.outcome for result in results]


def codes(results: list[RowResult]) -> list[list[ProblemCode]]:
    return [[problem.code for problem in result.problems] for result in results]


def cells(sheet: SheetKey, line: Any) -> dict[str, Any]:
    """A line as a client sends it; what is empty is left out."""
    found = {}
    for column in tables(ALL_LEVELS)[sheet].columns:
        value = column.of(line)
        if value != column.kind.empty:
            found[column.field] = str(column.kind.show(value))
    return found


async def test_a_whole_school_comes_in_row_by_row_and_a_second_time_changes_nothing():
    place = await make_place(levels=ALL)
    sheets = {SheetKey(name): lines for name, lines in WHOLE.items()}

    first = {key: await send(place.admin, key, *(cells(key, each) for each in sheets[key])) for key in sheets}
    before = await counts()
    again = {key: await send(place.admin, key, *(cells(key, each) for each in sheets[key])) for key in sheets}

    assert {key: outcomes(found) for key, found in first.items()} == {
        key: [CREATED] * len(lines) for key, lines in sheets.items()
    }
    assert {key: set(outcomes(found)) for key, found in again.items()} == {key: {UNCHANGED} for key in sheets}
    assert await counts() == before
    report = await bring(place.admin, only(ALL, **WHOLE))
    assert all(each.read == each.unchanged for each in report.sheets)


async def test_a_bad_row_never_stops_the_others():
    place = await made()

    results = await send(
        place.admin,
        SheetKey.STUDENTS,
        {"code": "0010", "full_name": "Trần An", "class_name": "4A", "birth_date": "31/02/2016"},
        {"code": "0011", "full_name": "Trần Bình", "class_name": "7A", "birth_date": "2013-02-01"},
        {"code": "0012", "full_name": "", "class_name": "9Z"},
        {"code": "0011", "full_name": "Trần Bình", "class_name": "7A"},
        {"code": "0001", "full_name": "Hồ Văn Bé", "class_name": "4A", "personal_id": "12"},
    )

    assert outcomes(results) == [FAILED, CREATED, FAILED, FAILED, FAILED]
    assert codes(results) == [
        [ProblemCode.DATE_INVALID],
        [],
        [ProblemCode.REQUIRED, ProblemCode.CLASS_UNKNOWN],
        [ProblemCode.DUPLICATE],
        [ProblemCode.PERSONAL_ID_INVALID],
    ]
    student = await StudentRow.get(code="0011")
    assert [result.id for result in results] == [
        None,
        student.id,
        None,
        student.id,
        (await StudentRow.get(code="0001")).id,
    ]
    assert results[3].problems[0].sentence() == "Trùng với dòng 2."
    assert await StudentRow.all().count() == 4
    assert (await StudentRow.get(code="0001")).personal_id == STUDENTS[0].personal_id


async def test_what_is_left_out_stays_and_what_is_null_goes():
    place = await made()
    row = {"code": "0001", "full_name": "Hồ Văn Bé", "class_name": "4A"}

    results = await send(
        place.admin,
        SheetKey.STUDENTS,
        {**row, "record_number": None, "address": "Huế"},
        {"code": "0002", "full_name": "Đỗ Thị Mẫn", "class_name": "7A"},
    )

    assert outcomes(results) == [UPDATED, UNCHANGED]
    student = await StudentRow.get(code="0001")
    assert (student.record_number, student.address, student.personal_id) == ("", "Huế", "048216000011")


async def test_results_go_where_the_pupils_level_has_them():
    place = await made()

    results = await send(
        place.admin,
        SheetKey.RESULTS,
        {"student": "0001", "subject": "TV", "year": "C", "test": "4"},
        {"student": "0002", "subject": "KHTN", "year": "8,0"},
        {"student": "0001", "subject": "TOAN", "year": "H", "test": "5.5"},
        {"student": "0003", "subject": "Toán", "term1": "7.5", "test": "9"},
        {"student": "0001", "subject": "GDTC", "term1": "7.5"},
        {"student": "0001", "subject": "MITHUAT", "year": "T", "term1": None, "term2": ""},
        {"student": "0009", "subject": "TOAN", "year": "T"},
    )

    assert outcomes(results) == [UPDATED, UPDATED, FAILED, FAILED, FAILED, CREATED, FAILED]
    assert codes(results) == [
        [],
        [],
        [ProblemCode.NUMBER_INVALID],
        [ProblemCode.NOT_OF_LEVEL],
        [ProblemCode.NOT_OF_LEVEL],
        [],
        [ProblemCode.MARK_INVALID, ProblemCode.STUDENT_UNKNOWN],
    ]
    reading = await ResultRow.get(subject="TV")
    assert (reading.year, reading.test, reading.comment) == ("C", "4", "Đọc tốt.")
    science = await ResultRow.get(subject="KHTN")
    assert (science.term1, science.term2, science.year) == ("7.0", "8.5", "8.0")
    assert await ResultRow.filter(subject="TOAN").count() == 0


async def test_qualities_are_set_one_by_one_and_unknown_ones_are_named():
    place = await made()

    results = await send(
        place.admin,
        SheetKey.PRIMARY_SUMMARIES,
        {"student": "0001", "qualities.NHAN_AI": "T", "qualities.YEU_NUOC": None, "abilities.THAM_MI": "Đ"},
        {"student": "0001", "qualities.KHONG_CO": "T"},
    )

    assert outcomes(results) == [UPDATED, FAILED]
    assert [
        problem.facts for problem in results[1].problems if problem.code is ProblemCode.TRAIT_UNKNOWN
    ] == [{"name": "KHONG_CO", "field": "qualities.KHONG_CO"}]
    summary = await PrimarySummaryRow.get()
    assert (summary.qualities, summary.abilities) == ({"NHAN_AI": "T"}, {"NGON_NGU": "T", "THAM_MI": "Đ"})


async def test_what_a_live_transcript_holds_is_refused_and_the_others_go_on():
    place = await made()
    frozen = await StudentRow.get(code="0001")
    await make_live(place, frozen)
    before = await EventRow.filter(aggregate_id=frozen.id).count()

    results = await send(
        place.admin,
        SheetKey.RESULTS,
        {"student": "0001", "subject": "TV", "test": "10"},
        {"student": "0001", "subject": "TV", "comment": "Đọc tốt."},
        {"student": "0002", "subject": "KHTN", "comment": "Mới."},
    )

    # the second row repeats the first, whose data is held
    assert outcomes(results) == [REFUSED, FAILED, UPDATED]
    assert codes(results) == [[ProblemCode.FROZEN_DATA], [ProblemCode.DUPLICATE], []]
    assert (await ResultRow.get(subject="TV")).test == "9"
    assert await EventRow.filter(aggregate_id=frozen.id).count() == before
    same = await send(place.admin, SheetKey.RESULTS, {"student": "0001", "subject": "TV", "test": "9"})
    assert outcomes(same) == [UNCHANGED]


async def test_who_could_be_one_person_is_told_among_all_of_the_schools_pupils():
    place = await made()

    results = await send(
        place.admin,
        SheetKey.STUDENTS,
        {
            "code": "0020",
            "full_name": "đỗ thị mẫn",
            "class_name": "7A",
            "birth_date": "2013-03-09",
            "personal_id": "048313000017",
            "record_number": "HS-1",
        },
    )

    assert outcomes(results) == [CREATED]
    assert [(problem.code, problem.facts) for problem in results[0].problems] == [
        (ProblemCode.PERSONAL_ID_TWICE, {"name": "0002"}),
        (ProblemCode.RECORD_NUMBER_TWICE, {"name": "0001"}),
        (ProblemCode.PUPIL_TWICE, {"name": "0002"}),
    ]


async def test_what_is_left_of_another_grade_is_emptied_and_nothing_else_of_it_is_taken():
    place = await made()
    row = await ResultRow.get(subject="TV")
    await ResultRow.create(
        id=ids.new(), enrolment_id=row.enrolment_id, subject="TNXH", year="T", comment="Tốt."
    )
    left = {"student": "0001", "subject": "TNXH"}

    results = [
        *await send(place.admin, SheetKey.RESULTS, left | {"year": "H"}),
        *await send(place.admin, SheetKey.RESULTS, left | {"year": None, "comment": None}),
        *await send(place.admin, SheetKey.RESULTS, {"student": "0002", "subject": "VATLI", "year": None}),
    ]

    assert outcomes(results) == [FAILED, UPDATED, FAILED]
    assert codes(results) == [[ProblemCode.SUBJECT_NOT_OF_GRADE], [], [ProblemCode.SUBJECT_NOT_OF_GRADE]]
    pupil = await StudentRow.get(code="0001")
    assert "TNXH" not in {row.subject for row in (await load_records([pupil.id], YEAR))[pupil.id].results}


async def test_a_code_is_taken_as_it_is_written():
    place = await made()

    results = await send(
        place.admin, SheetKey.RESULTS, {"student": "2", "subject": "KHTN", "comment": "Mới."}
    )

    assert codes(results) == [[ProblemCode.STUDENT_UNKNOWN]]
    assert await ResultRow.filter(comment="Mới.").count() == 0


async def test_a_manager_grants_nothing_and_the_rest_of_his_rows_is_taken():
    place = await make_place()
    manager = user(place.id, Role.MANAGER)

    results = await send(
        manager,
        SheetKey.STAFF,
        {"code": "1", "full_name": "Vũ Tú", "issuer": True},
        {"code": "2", "full_name": "Lê Hòa", "title": "Giáo viên"},
        {"code": "3", "full_name": "Hồ Bé", "username": "be.h"},
    )

    assert outcomes(results) == [FAILED, CREATED, FAILED]
    assert codes(results) == [[ProblemCode.ADMIN_ONLY], [], [ProblemCode.ADMIN_ONLY]]
    assert await PersonRow.filter(school_id=place.id).values_list("code", flat=True) == ["2"]
    assert await RoleGrantRow.all().count() == 0


@pytest.mark.parametrize("roles", [(), (Role.LEADER,), (Role.ISSUER,), (Role.HOMEROOM_TEACHER,)])
@pytest.mark.parametrize("sheet", list(SheetKey))
async def test_only_an_administrator_or_manager_sends_rows(roles, sheet):
    place = await make_place(levels=ALL)
    before = await counts()

    with pytest.raises(Refusal) as refusal:
        await send(user(place.id, *roles), sheet, {"code": "1", "full_name": "Vũ Tú"})

    assert refusal.value.code is Code.NOT_PERMITTED
    assert await counts() == before


async def test_a_school_year_is_two_years_in_a_row():
    place = await make_place()

    with pytest.raises(Refusal) as refusal:
        await upsert(place.admin, SheetKey.STAFF, [], year=SchoolYear("2025"), now=NOW)

    assert (refusal.value.code, refusal.value.facts["field"]) == (Code.INVALID_VALUE, "year")


async def test_each_kind_of_row_changes_its_own_table():
    place = await made()
    elsewhere = {"student": "0001", "year": "2023-2024", "class_name": "2D", "school_name": "Khác"}
    rows: dict[SheetKey, tuple[dict[str, Any], ...]] = {
        SheetKey.STAFF: ({"code": "007", "full_name": "Lê Thị Hoà", "left_on": "2026-01-31"},),
        SheetKey.CLASSES: ({"name": "4A", "grade": 4, "homeroom": "008", "homeroom_basis": "QĐ 1"},),
        SheetKey.ASSIGNMENTS: ({"class_name": "4A", "subject": "TV", "terms": "II", "staff": "008"},),
        SheetKey.SUMMARIES: ({"student": "0002", "absences": 3, "unassessed": True},),
        SheetKey.EARLIER_YEARS: ({**elsewhere, "since": None},),
        SheetKey.OVERRIDES: ({"student": "0001", "rule": "TH-4", "reason": "Khác."},),
    }

    for sheet, given in rows.items():
        assert outcomes(await send(place.admin, sheet, *given)) == [UPDATED], sheet

    assert (await PersonRow.get(code="007")).full_name == "Lê Thị Hoà"
    class_ = await ClassRow.get(name="4A")
    assert (class_.homeroom_basis, class_.leader_id) == ("QĐ 1", (await PersonRow.get(code="008")).id)
    assert await AssignmentRow.filter(subject="TV").order_by("term").values_list("term", flat=True) == [
        "1",
        "2",
    ]
    assert (await SummaryRow.get(absences=3)).unassessed is True
    year = await EarlierYearRow.get()
    assert (year.class_name, year.school_name, year.since) == ("2D", "Khác", None)
    assert (await OverrideRow.get()).reason == "Khác."


async def test_rows_load_their_own_pupils_only_and_a_fixed_number_of_statements_is_made():
    place = await made()
    made_by = []
    for number in (1, 3):
        rows = [
            {"student": f"000{each}", "year": "2023-2024", "class_name": "x", "school_name": f"{number}"}
            for each in range(1, number + 1)
        ]
        with counted() as statements:
            results = await send(place.admin, SheetKey.EARLIER_YEARS, *rows)
        assert FAILED not in outcomes(results)
        made_by.append(statements)

    assert abs(len(made_by[0]) - len(made_by[1])) <= 1  # a new row and a changed one are two statements
    loads = [each for each in made_by[0] if 'FROM "student"' in each or 'FROM "enrolment"' in each]
    assert all('"code" IN' in each for each in loads)
