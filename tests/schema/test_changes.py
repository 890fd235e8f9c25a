"""The history of a pupil or a class says what was corrected, and why, to those who may see it."""

from typing import Any

import pytest

from hocba.store.models import PersonRow, StudentRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid

EVENTS = "query($id: ID!) { events(id: $id) { kind reason changes { field old new } } }"
RESULTS = "results { outcome }"


async def corrected(asks: Api, here: World) -> StudentRow:
    """A pupil whose profile, mark and class an ADMIN has corrected, with a reason."""
    admin = here.school.admin
    pupil = await StudentRow.get(id=await build.student(here.school.id, here.school.class_id))
    place = {"code": pupil.code, "fullName": pupil.full_name, "className": "6A1"}
    given: list[tuple[str, dict[str, Any]]] = [
        (
            "upsertStudents",
            {"students": [{**place, "personalId": "001214999999", "birthDate": "2014-03-09"}]},
        ),
        ("upsertResults", {"results": [{"student": pupil.code, "subject": "TOAN", "term1": "6.5"}]}),
        ("upsertClasses", {"classes": [{"name": "6A2", "grade": 6}]}),
        ("upsertStudents", {"students": [{**place, "className": "6A2"}]}),
    ]
    for name, rows in given:
        said = await asks.do(name, RESULTS, admin, reason="Theo giấy khai sinh.", **rows)
        assert said["results"][0]["outcome"] in ("UPDATED", "CREATED")
    return pupil


async def test_old_and_new_values_and_the_reason_are_told(asks: Api, here: World) -> None:
    pupil = await corrected(asks, here)

    told = (await asks.ask(EVENTS, here.school.admin, id=gid("Student", pupil.id)))["events"]

    assert {each["reason"] for each in told} == {"Theo giấy khai sinh."}
    assert [[(each["field"], each["old"], each["new"]) for each in event["changes"]] for event in told] == [
        [
            ("birth_date", "2014-03-08", "2014-03-09"),
            ("personal_id", pupil.personal_id, "001214999999"),
        ],
        [("result.TOAN.term1", "8.5", "6.5")],
        [("enrolment.class_id", "6A1", "6A2")],
    ]


async def test_who_may_not_see_the_profile_sees_no_values(asks: Api, here: World) -> None:
    teacher = here.school.teachers[1]
    pupil = await StudentRow.get(id=await build.student(here.school.id, here.school.class_id))
    row = {"code": pupil.code, "fullName": pupil.full_name, "className": "6A1", "personalId": "001214999999"}
    await asks.do("upsertStudents", RESULTS, here.school.admin, students=[row])

    told = (await asks.ask(EVENTS, teacher, id=gid("Student", pupil.id)))["events"]

    assert told == [{"kind": "SchoolDataChanged", "reason": None, "changes": None}]
    seen = (await asks.ask(EVENTS, here.school.homeroom, id=gid("Student", pupil.id)))["events"]
    assert [each["new"] for each in seen[0]["changes"]] == ["001214999999"]


async def test_a_classs_history_names_people(asks: Api, here: World) -> None:
    admin, leader = here.school.admin, await PersonRow.get(id=here.school.leader.id)
    homeroom = await PersonRow.get(id=here.school.homeroom.id)
    row = {"name": "6A1", "grade": 6, "homeroom": leader.code}
    await asks.do("upsertClasses", RESULTS, admin, classes=[row], reason="Quyết định số 4.")

    told = (await asks.ask(EVENTS, admin, id=gid("Class", here.school.class_id)))["events"]

    assert told[-1] == {
        "kind": "SchoolDataChanged",
        "reason": "Quyết định số 4.",
        "changes": [{"field": "homeroom_id", "old": homeroom.full_name, "new": leader.full_name}],
    }


@pytest.mark.parametrize(
    ("reason", "code"), [("\x1b[31m", "CHARACTER_NOT_ALLOWED"), ("x" * 1001, "INVALID_VALUE")]
)
async def test_a_reason_that_nobody_can_keep_is_refused_with_all_rows(
    asks: Api, here: World, reason: str, code: str
) -> None:
    row = {"name": "6A9", "grade": 6}
    said = await asks.do(
        "upsertClasses", "results { refusal { code path } }", here.school.admin, classes=[row], reason=reason
    )
    assert said["results"] == [{"refusal": {"code": code, "path": ["reason"]}}]
