"""Pupils out of their class, and back: nobody counts them, and no import brings them back."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import hocba
from hocba.settings import Settings
from hocba.store.models import EnrolmentRow, EventRow, ResultRow, StudentRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.conftest import POSTGRES
from tests.schema.test_denied import contents
from tests.schema.test_incomplete import download

RESULTS = "results { id outcome refusal { code path } }"
COUNTS = """{ classes { edges { node { size progress { withoutTranscript } } } }
  progress { students } students { totalCount edges { node { id } } } }"""


async def two(here: World) -> tuple[StudentRow, StudentRow]:
    """A pupil without a transcript, who lacks something, and one whose transcript is live."""
    made = await build.student(here.school.id, here.school.class_id, full_name="Đỗ Nhầm", birthplace="")
    return await StudentRow.get(id=made), await StudentRow.get(id=here.school.students[0])


async def workbook_of(asks: Api, here: World) -> set[Any]:
    """The pupils in the class's workbook of what is missing."""
    answer = await download(asks, here.school.admin)
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    return {row[2] for row in rows[1:]}


async def remove(asks: Api, who: Any, *pupils: StudentRow, name: str = "removeStudents", **more: Any) -> Any:
    given = {"studentIds": [gid("Student", each.id) for each in pupils], "reason": "Nhập nhầm."}
    said = await asks.do(name, RESULTS, who, **(given | more))
    return [(each["outcome"], (each["refusal"] or {}).get("code")) for each in said["results"]]


async def counted(asks: Api, who: Any) -> tuple[int, ...]:
    said = await asks.ask(COUNTS, who)
    (node,) = [edge["node"] for edge in said["classes"]["edges"]]
    return (
        node["size"],
        node["progress"]["withoutTranscript"],
        said["progress"]["students"],
        said["students"]["totalCount"],
        len(said["students"]["edges"]),
    )


async def test_who_is_taken_out_is_counted_nowhere_and_comes_back_with_all_he_had(
    asks: Api, here: World
) -> None:
    admin, (wrong, live) = here.school.admin, await two(here)
    rows = await ResultRow.all().count()
    assert await counted(asks, admin) == (4, 1, 4, 4, 4)
    assert await workbook_of(asks, here) == {"Đỗ Nhầm"}

    assert await remove(asks, admin, wrong, live) == [("DONE", None), ("REFUSED", "LIVE_TRANSCRIPT")]

    assert await remove(asks, admin, wrong) == [("UNCHANGED", None)]
    assert await counted(asks, admin) == (3, 0, 3, 3, 3)
    assert await workbook_of(asks, here) == set()
    left = await asks.ask("{ students(filter: {left: true}) { edges { node { id leftOn } } } }", admin)
    (node,) = [edge["node"] for edge in left["students"]["edges"]]
    assert (node["id"], node["leftOn"]) == (gid("Student", wrong.id), "2026-06-01")
    ready = await asks.ask(
        "query($c: ID) { students(filter: {classId: $c, ready: false}) { edges { node { id } } } }",
        admin,
        c=gid("Class", here.school.class_id),
    )
    assert ready["students"]["edges"] == []
    created = await asks.do(
        "createTranscripts", "results { refusal { code } }", admin, studentIds=[gid("Student", wrong.id)]
    )
    assert created["results"] == [{"refusal": {"code": "NOT_FOUND"}}]

    assert await remove(asks, admin, wrong, name="restoreStudents", reason="Đúng là em ấy.") == [
        ("DONE", None)
    ]

    assert await counted(asks, admin) == (4, 1, 4, 4, 4)
    assert await ResultRow.all().count() == rows
    events = await EventRow.filter(aggregate_id=wrong.id).order_by("version").values("kind", "data")
    assert [(each["kind"], each["data"]["reason"]) for each in events] == [
        ("StudentLeft", "Nhập nhầm."),
        ("StudentRestored", "Đúng là em ấy."),
    ]


async def test_no_row_brings_him_back_in_silence(asks: Api, here: World) -> None:
    admin, (wrong, _) = here.school.admin, await two(here)
    await remove(asks, admin, wrong, leftOn="2026-02-01")
    before = (
        await EnrolmentRow.all().values(),
        await StudentRow.all().values(),
        await ResultRow.all().values(),
    )
    person = {"code": wrong.code, "fullName": wrong.full_name, "className": "6A1"}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("upsertStudents", {"students": [person]}),
        ("upsertResults", {"results": [{"student": wrong.code, "subject": "TOAN", "term1": "8.0"}]}),
        ("setOverrides", {"overrides": [{"student": wrong.code, "rule": "TR-8", "reason": "Vì."}]}),
    ]

    for name, rows in asked:
        (said,) = (await asks.do(name, RESULTS, admin, **rows))["results"]
        assert (said["outcome"], said["refusal"]["code"]) == ("REFUSED", "STUDENT_LEFT")

    after = await EnrolmentRow.all().values(), await StudentRow.all().values(), await ResultRow.all().values()
    assert after == before


async def test_his_personal_id_serves_the_pupil_for_whom_he_was_taken(asks: Api, here: World) -> None:
    admin, (wrong, _) = here.school.admin, await two(here)
    row = {"code": "N9", "fullName": "Đỗ Đúng", "className": "6A1", "personalId": wrong.personal_id}
    problems = "results { outcome problems { code } }"
    await remove(asks, admin, wrong)

    (said,) = (await asks.do("upsertStudents", problems, admin, students=[row]))["results"]

    assert (said["outcome"], said["problems"]) == ("CREATED", [])


@pytest.mark.skipif(POSTGRES, reason="looks into the SQLite file")
@pytest.mark.parametrize(
    ("given", "code"),
    [({"reason": " "}, "REASON_REQUIRED"), ({"leftOn": "0001-01-01"}, "INVALID_VALUE"),
     ({"schoolYear": "2026"}, "INVALID_VALUE"), ({"schoolYear": "2024-2025"}, "NOT_FOUND")],
)  # fmt: skip
async def test_what_is_asked_wrongly_changes_nothing(
    asks: Api, here: World, settings: Settings, given: dict[str, Any], code: str
) -> None:
    wrong, _ = await two(here)
    before = contents(settings)
    assert await remove(asks, here.school.admin, wrong, **given) == [("REFUSED", code)]
    assert contents(settings) == before


def test_every_question_about_enrolments_leaves_out_who_has_left() -> None:
    store = Path(hocba.__file__).parent
    asking = {path.name for path in store.rglob("*.py") if "EnrolmentRow.filter" in path.read_text("utf-8")}
    assert asking == {"enrolments.py", "school.py", "students.py", "leaving.py"}
