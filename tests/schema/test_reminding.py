"""Reminding whoever is waited for: one message each, no names in it, not too often, in one's own classes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from hocba.actions import reminding
from hocba.domain.errors import Code, Refusal
from hocba.domain.messages import endpoint
from hocba.domain.values import Role, Step
from hocba.store.models import EventRow, PersonRow, SchoolRow, StudentRow, WebhookDeliveryRow
from tests import api, build
from tests.actions.receiver import SECRET
from tests.actions.world import World
from tests.api import Api, gid

SELECTION = "refusal { code } results { id outcome refusal { code } } people { personId outcome waiting }"


@pytest.fixture
async def told(here: World) -> World:
    """The school, and an endpoint that takes reminders."""
    mail = endpoint("mail", {"url": "https://mail.vn/", "secret": SECRET})
    settings = replace(here.house.settings, outbound_hosts=("mail.vn",), webhooks={"mail": mail})
    here.house = replace(here.house, settings=settings)
    return here


@pytest.fixture
async def asks(told: World) -> AsyncIterator[Api]:
    async with api.client(told.house) as made:
        yield made


async def remind(asks: Api, here: World, who: Any, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = await asks.do(
        "remind", SELECTION, who, **{"classIds": [gid("Class", here.school.class_id)]} | given
    )
    return found


async def messages() -> list[dict[str, Any]]:
    return [orjson.loads(row.body) for row in await WebhookDeliveryRow.all().order_by("id")]


def outcomes(found: dict[str, Any]) -> tuple[list[str], dict[str, tuple[str, int]]]:
    people = {each["personId"]: (each["outcome"], each["waiting"]) for each in found["people"]}
    return [each["outcome"] for each in found["results"]], people


async def test_each_who_is_waited_for_gets_one_message_without_names(asks: Api, told: World) -> None:
    found = await remind(asks, told, told.school.admin)
    waited = {gid("Person", each.id): ("DONE", 3) for each in told.school.teachers}
    assert outcomes(found) == (["DONE"], waited)
    sent = await messages()
    assert {each["type"] for each in sent} == {"signing.reminder"}
    own = await PersonRow.get(id=told.school.teachers[1].id)
    (message,) = [each["data"] for each in sent if each["data"]["staffCode"] == own.code]
    assert message == {
        "personId": gid("Person", own.id),
        "staffCode": own.code,
        "schoolCode": (await SchoolRow.get(id=told.school.id)).code,
        "waiting": 3,
        "steps": [{"step": "SUBJECT_TEACHERS", "waiting": 3}],
        "classes": [{"id": gid("Class", told.school.class_id), "name": "6A1"}],
    }
    text = orjson.dumps(sent).decode()
    for person in [*await PersonRow.all(), *await StudentRow.all()]:
        assert person.full_name not in text
        assert person.personal_id not in text


async def test_nobody_is_reminded_twice_in_twelve_hours_whoever_asks(asks: Api, told: World) -> None:
    await remind(asks, told, told.school.homeroom)
    count = len(await messages())
    told.clock.forward(hours=11)
    classes, people = outcomes(await remind(asks, told, told.school.admin))
    assert (classes, {outcome for outcome, _ in people.values()}) == (["UNCHANGED"], {"UNCHANGED"})
    assert len(await messages()) == count
    told.clock.forward(hours=1)
    assert outcomes(await remind(asks, told, told.school.admin))[0] == ["DONE"]
    assert len(await messages()) == 2 * count


async def test_two_who_ask_at_once_remind_once(told: World) -> None:
    asked = [reminding.remind(told.house, told.school.admin, [told.school.class_id]) for _ in range(4)]
    done = await asyncio.gather(*asked)
    assert sum(result.outcome == "done" for each in done for result in each.people) == len(
        told.school.teachers
    )
    assert len(await messages()) == len(told.school.teachers)


async def test_it_is_an_event_of_the_person(asks: Api, told: World) -> None:
    await remind(asks, told, told.school.manager)
    event = await EventRow.filter(kind="Reminded").first()
    assert event is not None
    assert (event.aggregate, event.actor_id, event.school_id) == (
        "person", told.school.manager.id, told.school.id,
    )  # fmt: skip
    assert event.data == {"classes": [str(told.school.class_id)], "waiting": 3}


async def test_only_a_step_or_only_some_people(asks: Api, told: World) -> None:
    assert outcomes(await remind(asks, told, told.school.admin, step="LEADER")) == (["UNCHANGED"], {})
    chosen = gid("Person", told.school.teachers[1].id)
    found = await remind(asks, told, told.school.admin, step="SUBJECT_TEACHERS", personIds=[chosen])
    assert outcomes(found) == (["DONE"], {chosen: ("DONE", 3)})
    assert len(await messages()) == 1


async def test_for_the_schools_signature_everybody_who_may_issue_is_reminded(asks: Api, told: World) -> None:
    await told.sign_until(Step.ISSUE)
    second = await build.person(told.school.id, Role.ISSUER)
    found = await remind(asks, told, told.school.admin)
    assert set(outcomes(found)[1]) == {gid("Person", each.id) for each in (told.school.issuer, second)}


@pytest.mark.parametrize("who", ["leader", "issuer", "teacher"])
async def test_others_may_not(asks: Api, told: World, who: str) -> None:
    asked = told.school.teachers[1] if who == "teacher" else getattr(told.school, who)
    found = await remind(asks, told, asked)
    assert [each["refusal"]["code"] for each in found["results"]] == ["NOT_PERMITTED"]
    assert await messages() == []


async def test_a_strangers_class_is_not_there_and_does_not_stop_the_others(asks: Api, told: World) -> None:
    other = await build.school(students=1)
    ids = [gid("Class", other.class_id), gid("Class", told.school.class_id)]
    found = await remind(asks, told, told.school.admin, classIds=ids)
    assert [(each["outcome"], each["refusal"]) for each in found["results"]] == [
        ("REFUSED", {"code": "NOT_FOUND"}), ("DONE", None),
    ]  # fmt: skip


async def test_without_an_endpoint_it_is_said_that_nobody_would_hear(here: World) -> None:
    with pytest.raises(Refusal) as refused:
        await reminding.remind(here.house, here.school.admin, [here.school.class_id])
    assert refused.value.code is Code.NO_ENDPOINT
    assert await EventRow.filter(kind="Reminded").count() == 0


async def test_an_admin_sees_what_became_of_his_schools_messages(asks: Api, told: World) -> None:
    document = """query ($filter: WebhookDeliveryFilter) { webhookDeliveries(filter: $filter) {
      edges { node { endpoint kind kindLabel state stateLabel attempts nextAt answer deliveredAt } } } }"""
    await remind(asks, told, told.school.admin)
    found = await asks.ask(document, told.school.admin, filter={"state": ["WAITING"], "endpoint": "mail"})
    nodes = [edge["node"] for edge in found["webhookDeliveries"]["edges"]]
    assert len(nodes) == len(told.school.teachers)
    assert nodes[0] == {
        "endpoint": "mail", "kind": "REMINDER", "kindLabel": "Nhắc ký số", "state": "WAITING",
        "stateLabel": "Chờ gửi", "attempts": 0, "nextAt": told.clock.now.isoformat(), "answer": None,
        "deliveredAt": None,
    }  # fmt: skip
    stranger = await build.person((await build.school(students=1)).id, Role.ADMIN)
    assert (await asks.ask(document, stranger))["webhookDeliveries"]["edges"] == []
    said = await asks.post(document, who=told.school.manager)
    assert said["errors"][0]["extensions"]["refusal"] == "NOT_PERMITTED"
