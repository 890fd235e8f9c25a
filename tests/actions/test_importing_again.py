"""A workbook over what is there: only what differs is changed, and every change is recorded."""

import io

import openpyxl
import pytest

from hocba.documents.workbooks import SheetKey
from hocba.domain.errors import Code, Refusal
from hocba.store import ids
from hocba.store.models import (
    EnrolmentRow,
    EventRow,
    ImportRow,
    StudentRow,
)
from tests.actions.imports import bring, sheet
from tests.schools import changed, counts, filled, make_place, only, small

pytestmark = pytest.mark.usefixtures("db")


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
        "reason": "",
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
