"""What a correction changes, and whose transcript stands in its way (B5, B6)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hocba.actions.import_rows import RowChange
from hocba.demo.school import make_school
from hocba.documents.workbooks import SheetKey
from hocba.domain.values import Status
from hocba.store.models import ImportRow, StudentRow, TranscriptRow
from tests.actions import levels
from tests.actions.imports import bring
from tests.actions.levels import ALL, WHOLE
from tests.schools import changed, counts, filled, make_live, make_place, only

MARKS = ("term1", "term2", "year", "reassessed")

pytestmark = pytest.mark.usefixtures("db")


async def test_a_correction_says_old_and_new_of_each_row_as_the_sheet_shows_them():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    pupils = changed(levels.STUDENTS, 0, birth_date=date(2016, 5, 3), class_name="7A", personal_id="")
    classes = changed(levels.CLASSES, 1, homeroom="008", leader="")
    results = changed(levels.RESULTS, 0, term1=None, term2=Decimal("9.0"), exempt=False)
    primary = changed(levels.PRIMARY_SUMMARIES, 0, qualities={"YEU_NUOC": "Đ"}, promoted=False)

    report = await bring(
        place.admin,
        only(
            ALL, students=pupils, classes=classes, results=results, staff=changed(levels.STAFF, 0, title="GV")
        ),
        dry_run=True,
    )

    assert report.committed is False
    assert [(each.sheet, each.row, each.of, each.column, each.old, each.new) for each in report.changes] == [
        (SheetKey.STAFF, 2, "007", "Chức vụ", "", "GV"),
        (SheetKey.CLASSES, 3, "7A", "Giáo viên chủ nhiệm", "007", "008"),
        (SheetKey.CLASSES, 3, "7A", "Lãnh đạo ký", "008", ""),
        (SheetKey.STUDENTS, 2, "0001", "Ngày sinh", "02/05/2016", "03/05/2016"),
        (SheetKey.STUDENTS, 2, "0001", "Số định danh cá nhân", "048216000011", ""),
        (SheetKey.STUDENTS, 2, "0001", "Lớp", "4A", "7A"),
        (SheetKey.RESULTS, 2, "0002", "HK I", "7.0", ""),
        (SheetKey.RESULTS, 2, "0002", "HK II", "8.5", "9.0"),
    ]
    assert report.change_count == 8

    report = await bring(place.admin, only(ALL, primary_summaries=primary))

    assert [(each.column, each.old, each.new) for each in report.changes] == [
        ("Được lên lớp", "Có", "Không"),
        ("Phẩm chất: Nhân ái", "Đ", ""),
        ("Phẩm chất: Yêu nước", "T", "Đ"),
    ]


async def test_many_changes_are_counted_and_the_first_thousand_listed():
    school = make_school(seed=2, classes=4, students=24)
    place = await make_place(school)
    await bring(place.admin, filled(school))
    emptied = [
        replace(line, **dict.fromkeys(MARKS), comment=f"{line.comment} Miễn.", exempt=True)
        for line in school.results
    ]

    report = await bring(place.admin, only(results=emptied))

    expected = sum(
        2 - line.exempt + sum(getattr(line, name) is not None for name in MARKS) for line in school.results
    )
    assert report.committed
    assert (report.change_count, len(report.changes)) == (expected, 1000)
    assert expected > 1000


async def test_the_pupils_whose_transcripts_stand_in_the_way_are_named_with_them():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    primary, lower = await StudentRow.get(code="0001"), await StudentRow.get(code="0002")
    await make_live(place, primary)
    await make_live(place, lower)
    await TranscriptRow.filter(student_id=lower.id).update(status=Status.SUBMITTED)
    before = await counts()

    report = await bring(
        place.admin,
        only(
            ALL,
            **WHOLE
            | {
                "students": changed(levels.STUDENTS, 0, address="Nơi khác"),
                "primary_results": tuple(replace(each, comment="Mới.") for each in levels.PRIMARY_RESULTS),
                "classes": changed(levels.CLASSES, 1, grade=8),
            },
        ),
        dry_run=True,
    )

    live = {row.student_id: row for row in await TranscriptRow.all()}
    assert [
        (each.student, each.code, each.full_name, each.class_name, each.transcript, each.status, each.rows)
        for each in report.held
    ] == [
        (primary.id, "0001", "Hồ Văn Bé", "4A", live[primary.id].id, Status.AWAITING_SIGNATURES, 4),
        (lower.id, "0002", "Đỗ Thị Mẫn", "7A", live[lower.id].id, Status.SUBMITTED, 1),
    ]
    assert report.held_count == 2
    assert report.change_count == 0
    assert await counts() == before | {"ImportRow": before["ImportRow"] + 1}


async def test_the_report_that_is_kept_says_so_too():
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    await make_live(place, await StudentRow.get(code="0001"))

    report = await bring(
        place.admin,
        only(
            ALL,
            students=changed(changed(levels.STUDENTS, 0, address="Huế"), 1, address="Đà Nẵng"),
        ),
    )

    kept = await ImportRow.get(id=report.id)
    assert kept.report == report.as_dict()
    assert kept.report["changes"] == [
        {
            "sheet": "students",
            "row": 3,
            "column": "Chỗ ở hiện nay",
            "of": "0002",
            "old": "",
            "new": "Đà Nẵng",
        }
    ]
    assert report.changes == (RowChange(**{**kept.report["changes"][0], "sheet": SheetKey.STUDENTS}),)
    assert [each["code"] for each in kept.report["held"]] == ["0001"]


async def test_what_is_new_is_no_change_of_something():
    place = await make_place(levels=ALL)

    report = await bring(place.admin, only(ALL, **WHOLE))

    assert (report.changes, report.change_count, report.held, report.held_count) == ((), 0, (), 0)
