"""What a live transcript holds is left alone, and the rest goes on (B5)."""

import pytest

from hocba.documents.workbooks import ProblemCode, SheetKey
from hocba.store.models import (
    ClassRow,
    EnrolmentRow,
    EventRow,
    ResultRow,
    StudentRow,
    SummaryRow,
)
from tests.actions.imports import bring, said, sheet
from tests.schools import changed, filled, make_live, make_place, only, small

pytestmark = pytest.mark.usefixtures("db")


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
