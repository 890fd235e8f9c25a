"""What was entered wrongly is taken back: reasons against rules, years elsewhere."""

from dataclasses import replace
from typing import Any

import pytest

from hocba.actions.import_rows import RowOutcome
from hocba.actions.upserting import RowResult, upsert
from hocba.documents.workbooks import ProblemCode, SheetKey
from hocba.domain.values import SchoolYear, StudentId
from hocba.store.models import EventRow, StudentRow
from hocba.store.records import load_records
from tests.actions.imports import bring, said, sheet
from tests.actions.levels import ALL, EARLIER_YEARS, OVERRIDES, WHOLE
from tests.schools import NOW, YEAR, Place, make_live, make_place, only

pytestmark = pytest.mark.usefixtures("db")

UPDATED, UNCHANGED = RowOutcome.UPDATED, RowOutcome.UNCHANGED
REASON = {"student": "0001", "rule": "TH-4", "reason": None}
ELSEWHERE = {"student": "0001", "year": "2023-2024", "class_name": None, "school_name": None, "since": None}


async def made() -> Place:
    place = await make_place(levels=ALL)
    await bring(place.admin, only(ALL, **WHOLE))
    return place


async def one(place: Place, key: SheetKey, row: dict[str, Any]) -> RowResult:
    (result,) = await upsert(place.admin, key, [row], year=YEAR, now=NOW)
    return result


async def told() -> tuple[dict[str, str], list[SchoolYear]]:
    """The reasons, and the years of the history, in the record of the primary pupil."""
    student = await StudentRow.get(code="0001")
    record = (await load_records([student.id], YEAR))[StudentId(student.id)]
    return dict(record.overrides), [row.year for row in record.history]


async def test_a_reason_against_a_rule_is_taken_back_and_the_history_keeps_it():
    place = await made()
    assert (await told())[0] == {"TH-4": "Theo biên bản hội đồng."}

    first, again = [await one(place, SheetKey.OVERRIDES, row) for row in (REASON, REASON | {"reason": ""})]

    assert (first.outcome, again.outcome) == (UPDATED, UNCHANGED)
    assert (await told())[0] == {}
    student = await StudentRow.get(code="0001")
    event = await EventRow.filter(aggregate_id=student.id).order_by("-version").first()
    assert event is not None
    assert event.data["changed"] == [["override.TH-4.reason", "Theo biên bản hội đồng.", ""]]
    given = await one(place, SheetKey.OVERRIDES, REASON | {"reason": "Biên bản số 3."})
    assert (given.outcome, (await told())[0]) == (UPDATED, {"TH-4": "Biên bản số 3."})


async def test_a_year_elsewhere_is_taken_back():
    place = await made()
    assert (await told())[1] == ["2023-2024", YEAR]

    first, again = [await one(place, SheetKey.EARLIER_YEARS, ELSEWHERE) for _ in range(2)]

    assert (first.outcome, again.outcome) == (UPDATED, UNCHANGED)
    assert (await told())[1] == [YEAR]


async def test_both_are_taken_back_by_workbook_and_the_preview_says_what_goes():
    place = await made()
    gone = only(
        ALL,
        earlier_years=[replace(EARLIER_YEARS[0], class_name="", school_name="", since=None)],
        overrides=[replace(OVERRIDES[0], reason="")],
    )

    report = await bring(place.admin, gone, dry_run=True)

    assert said(report) == []
    assert {(each.column, each.old, each.new) for each in report.changes} == {
        ("Lớp", "2C", ""),
        ("Tên trường", "Trường Tiểu học Sông Hàn", ""),
        ("Ngày nhập học", "05/09/2023", ""),
        ("Lí do", "Theo biên bản hội đồng.", ""),
    }
    assert (await told())[0] != {}
    taken = await bring(place.admin, gone)
    assert sheet(taken, SheetKey.EARLIER_YEARS) == (1, 0, 1, 0, 0, 0)
    assert await told() == ({}, [YEAR])


async def test_what_is_not_there_or_half_empty_is_still_wrong():
    place = await made()
    rows: list[tuple[SheetKey, dict[str, Any]]] = [
        (SheetKey.OVERRIDES, {"student": "0001", "rule": "TH-5", "reason": None}),
        (SheetKey.OVERRIDES, {"student": "0001", "rule": "TH-5"}),
        (SheetKey.EARLIER_YEARS, ELSEWHERE | {"year": "2022-2023"}),
        (SheetKey.EARLIER_YEARS, ELSEWHERE | {"class_name": "2C"}),
    ]
    for key, row in rows:
        result = await one(place, key, row)
        assert result.outcome is RowOutcome.FAILED
        assert {problem.code for problem in result.problems} == {ProblemCode.REQUIRED}
    assert len((await told())[0]) == 1


async def test_a_live_transcript_holds_what_would_be_taken_back():
    place = await made()
    await make_live(place, await StudentRow.get(code="0001"))
    for key, row in ((SheetKey.OVERRIDES, REASON), (SheetKey.EARLIER_YEARS, ELSEWHERE)):
        assert (await one(place, key, row)).outcome is RowOutcome.REFUSED
    assert await told() == ({"TH-4": "Theo biên bản hội đồng."}, ["2023-2024", YEAR])


@pytest.mark.parametrize("rule", ["TH-1", "TR-5"])
async def test_a_rule_against_which_no_reason_counts_is_refused_with_those_that_may_be(rule: str):
    place = await made()

    result = await one(place, SheetKey.OVERRIDES, {"student": "0001", "rule": rule, "reason": "Vì."})

    (problem,) = result.problems
    fixed = ProblemCode.RULE_FIXED if rule == "TH-1" else ProblemCode.RULE_NOT_OF_GRADE
    assert (result.outcome, problem.code) == (RowOutcome.FAILED, fixed)
    assert problem.sentence().endswith(": TH-4, TH-5, TH-6, TH-7.")
    assert len((await told())[0]) == 1
