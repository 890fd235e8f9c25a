"""A school's workbook comes in whole (B6)."""

import asyncio
import unicodedata
from dataclasses import replace

import pytest

from hocba.actions.importing import import_workbook
from hocba.demo.school import make_school
from hocba.documents.workbooks import ProblemCode, SheetKey
from hocba.domain.readiness import missing
from hocba.domain.values import Term
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    ResultRow,
    StudentRow,
    UserRow,
)
from hocba.store.records import load_records
from tests.actions.imports import bring, sheet
from tests.schools import NOW, YEAR, filled, make_place, only, small, upload
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("db")


async def test_a_school_comes_in_whole_and_every_pupil_is_ready_for_a_transcript():
    place = await make_place()

    report = await bring(place.admin, filled(small()))

    assert (report.committed, report.problems, report.has_error_workbook) == (True, (), False)
    assert {each.sheet: each.created for each in report.sheets if each.read} == {
        key: len(lines) for key, lines in small().lines().items()
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


async def test_a_change_of_teacher_between_the_terms_is_kept():
    place = await make_place()

    await bring(place.admin, filled(small()))

    last = await ClassRow.get(school_id=place.id, name=small().classes[-1].name)
    taught = await AssignmentRow.filter(class_id=last.id, subject="TIN")
    assert {row.term for row in taught} == {Term.I, Term.II}
    assert len({row.person_id for row in taught}) == 2


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

    await bring(place.admin, filled(small(), students=pupils, results=(), summaries=(), earlier_years=()))

    stored = await StudentRow.all().order_by("code").values_list("father_occupation", flat=True)
    assert tuple(stored) == jobs


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

    # the first time more: eleven tables, the versions of four kinds of things, their events; the import's own
    assert made == [made[0], made[1]] * 2
    assert made[0] - made[1] == 11 + 4 + 1 + 2


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
