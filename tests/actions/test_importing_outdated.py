"""Rows that change what live transcripts say of others than their pupils: taken, and said (B5)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hocba.actions.import_report import ImportReport
from hocba.actions.import_rows import RowOutcome
from hocba.actions.upserting import upsert
from hocba.documents.workbooks import ProblemCode, Severity, SheetKey
from hocba.documents.workbooks.lines import PrintingLine
from hocba.domain.values import Step
from hocba.store import ids
from hocba.store.models import ClassRow, PersonRow, SlotRow, StudentRow, TranscriptRow
from tests.actions.imports import bring, said
from tests.actions.levels import ALL, ASSIGNMENTS, CLASSES, STAFF, WHOLE
from tests.schools import NOW, YEAR, Place, changed, make_live, make_place, only

pytestmark = pytest.mark.usefixtures("db")

PRINTING = [PrintingLine(row=2, place="Huế", written_on=date(2026, 5, 29))]
KEEP = ProblemCode.TRANSCRIPTS_KEEP


async def made() -> Place:
    """The primary pupil and the one of grade 7 have live transcripts; 007 signs the first one."""
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE, printing=PRINTING))
    for code in ("0001", "0002"):
        await make_live(place, await StudentRow.get(code=code))
    first = await TranscriptRow.get(student_id=(await StudentRow.get(code="0001")).id)
    teacher = await PersonRow.get(code="007")
    await SlotRow.create(
        id=ids.new(),
        transcript_id=first.id,
        key="gvcn",
        position=0,
        step=Step.HOMEROOM_TEACHER,
        person_id=teacher.id,
        name=teacher.full_name,
        identity="",
        subjects=[],
    )
    return place


def outdated(report: ImportReport) -> list[tuple[str, int]]:
    return [(each.code, each.rows) for each in report.outdated]


@pytest.mark.parametrize(
    ("sheets", "row", "pupils"),
    [
        ({"staff": changed(STAFF, 0, full_name="Lê Thị Hòa Bình")}, ("staff", 2), ["0001"]),
        ({"staff": changed(STAFF, 0, title="Tổ trưởng")}, ("staff", 2), ["0001"]),
        ({"classes": changed(CLASSES, 1, homeroom="008")}, ("classes", 3), ["0002"]),
        ({"classes": changed(CLASSES, 0, leader_basis="QĐ 12")}, ("classes", 2), ["0001"]),
        ({"assignments": changed(ASSIGNMENTS, 1, staff="007")}, ("assignments", 3), ["0002"]),
        ({"printing": [replace(PRINTING[0], place="Vinh")]}, ("printing", 2), ["0001", "0002"]),
        ({"printing": [replace(PRINTING[0], primary_profile="hocba-2.0")]}, ("printing", 2), ["0001"]),
    ],
)
async def test_each_row_says_how_many_keep_the_old_value_and_the_report_says_who(
    sheets: dict[str, Any], row: tuple[str, int], pupils: list[str]
):
    place = await made()

    preview = await bring(place.admin, only(ALL, **sheets), dry_run=True)
    report = await bring(place.admin, only(ALL, **sheets))

    assert outdated(preview) == outdated(report) == [(code, 1) for code in pupils]
    assert said(report) == [(*row, "", KEEP)]
    assert (report.committed, report.problems[0].severity) == (True, Severity.WARNING)
    assert (report.outdated_count, report.held_count) == (len(pupils), 0)
    assert report.as_dict()["outdated"][0]["code"] == pupils[0]


async def test_the_sentence_names_the_classes():
    place = await made()
    report = await bring(place.admin, only(ALL, printing=[replace(PRINTING[0], place="Vinh")]))
    assert report.problems[0].sentence() == (
        "2 học bạ đã tạo giữ giá trị cũ (4A: 1, 7A: 1); muốn đổi thì phải hủy và tạo lại."
    )


async def test_what_no_live_transcript_says_is_changed_without_a_word():
    place = await made()
    sheets: list[dict[str, Any]] = [
        {"staff": changed(STAFF, 0, username="hoa.lt")},
        {"staff": changed(STAFF, 1, title="Phó Hiệu trưởng")},
        {"classes": changed(CLASSES, 2, homeroom="008")},
        {"assignments": changed(ASSIGNMENTS, 2, staff="007")},
        {"staff": (replace(STAFF[0], row=4, code="009", full_name="Vũ Tú"),)},
    ]
    for given in sheets:
        report = await bring(place.admin, only(ALL, **given))
        assert (report.committed, report.outdated_count) == (True, 0)
        assert KEEP not in [each.code for each in report.problems]


async def test_a_row_by_the_api_says_so_too():
    place = await made()
    row = {"name": "7A", "grade": 7, "homeroom": "008"}

    (result,) = await upsert(place.admin, SheetKey.CLASSES, [row], year=YEAR, now=NOW)

    assert result.outcome is RowOutcome.UPDATED
    assert [each.code for each in result.problems] == [KEEP]


async def test_the_grade_of_a_confirmed_class_stays_and_else_somebody_should_look():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    sheets = only(ALL, classes=changed(CLASSES, 1, grade=8))
    await ClassRow.filter(name="7A").update(confirmed_at=NOW)

    report = await bring(place.admin, sheets)

    assert said(report) == [("classes", 3, "", ProblemCode.CLASS_CONFIRMED)]
    assert (report.problems[0].severity, report.sheets[1].refused) == (Severity.REFUSED, 1)
    assert (await ClassRow.get(name="7A")).grade == 7
    await ClassRow.filter(name="7A").update(confirmed_at=None)
    report = await bring(place.admin, sheets)
    assert said(report) == [("classes", 3, "Khối", ProblemCode.GRADE_CHANGED)]
    assert report.problems[0].sentence("en").startswith("The class goes from grade 7 to 8:")
    assert (await ClassRow.get(name="7A")).grade == 8
