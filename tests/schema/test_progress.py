"""How far signing has come: counted, by class and by person, for whoever may follow it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from hocba.domain.names import sort_key
from hocba.domain.people import Actor
from hocba.domain.values import Role, Step
from hocba.store.models import RoleGrantRow, SchoolRow, SessionRow, TranscriptRow
from tests import api, build, elsewhere
from tests.actions.world import World
from tests.api import Api, gid
from tests.serving import served
from tests.statements import counted

ALL = """{ progress {
  students withoutTranscript
  byStatus { status count } byStep { step count }
  byClass { classId className students withoutTranscript byStep { step count } }
  byPerson { personId personName step waiting signed classNames }
  waitingFor { personId personName step stepLabel waiting classNames }
} }"""


async def progress(asks: Api, who: Any, document: str = ALL) -> dict[str, Any]:
    found: dict[str, Any] = (await asks.ask(document, who))["progress"]
    return found


def counts(of: list[dict[str, Any]], name: str) -> dict[str, int]:
    return {each[name]: each["count"] for each in of if each["count"]}


async def test_it_counts_and_says_who_is_waited_for(asks: Api, here: World) -> None:
    first, *others = here.school.teachers
    await here.sign(first, Step.SUBJECT_TEACHERS)
    found = await progress(asks, here.school.admin)
    assert (found["students"], found["withoutTranscript"]) == (3, 0)
    assert counts(found["byStatus"], "status") == {"AWAITING_SIGNATURES": 3}
    assert counts(found["byStep"], "step") == {"SUBJECT_TEACHERS": 3}
    (class_,) = found["byClass"]
    assert (class_["className"], class_["students"]) == ("6A1", 3)
    assert counts(class_["byStep"], "step") == {"SUBJECT_TEACHERS": 3}
    people = {(each["personId"], each["step"]): each for each in found["byPerson"]}
    own = people[gid("Person", first.id), "SUBJECT_TEACHERS"]
    assert (own["waiting"], own["signed"], own["classNames"]) == (0, 3, [])
    later = people[gid("Person", here.school.leader.id), "LEADER"]
    assert (later["waiting"], later["signed"]) == (0, 0), "it is not his turn yet"
    assert {(each["personId"], each["waiting"]) for each in found["waitingFor"]} == {
        (gid("Person", each.id), 3) for each in others
    }
    assert found["waitingFor"][0]["classNames"] == ["6A1"]
    names = [each["personName"] for each in found["waitingFor"]]
    assert names == sorted(names, key=sort_key) != sorted(names)


async def test_the_schools_own_signature_waits_for_whoever_may_issue(asks: Api, here: World) -> None:
    await here.sign_until(Step.ISSUE)
    (waited,) = (await progress(asks, here.school.admin))["waitingFor"]
    assert waited == {
        "personId": None, "personName": "Nhân sự ký phát hành", "step": "ISSUE",
        "stepLabel": "Ký phát hành", "waiting": 3, "classNames": ["6A1"],
    }  # fmt: skip


async def test_it_says_the_same_as_the_transcripts_themselves(asks: Api, here: World) -> None:
    """Against the rules' own answer, read transcript by transcript."""
    document = "{ transcripts { edges { node { openStep nextActors } } } }"
    for step, signers in each_step(here):
        nodes = [e["node"] for e in (await asks.ask(document, here.school.admin))["transcripts"]["edges"]]
        said = sorted((each["openStep"], name) for each in nodes for name in each["nextActors"])
        waited = (await progress(asks, here.school.admin))["waitingFor"]
        assert (
            sorted((each["step"], each["personName"]) for each in waited for _ in range(each["waiting"]))
            == said
        )
        assert {open_step for open_step, _ in said} == {step.name}
        for actor in signers:
            await here.sign(actor, step)


def each_step(here: World) -> list[tuple[Step, Sequence[Actor]]]:
    """Who signs at which step."""
    school = here.school
    return [
        (Step.SUBJECT_TEACHERS, school.teachers),
        (Step.HOMEROOM_TEACHER, [school.homeroom]),
        (Step.LEADER, [school.leader]),
        (Step.ISSUE, [school.issuer]),
    ]


async def second_class(here: World) -> None:
    """Another class of the school, in which only its own teachers are something."""
    other = await build.school(students=2, name="6A2")
    await TranscriptRow.filter(school_id=other.id).delete()
    for table in ("class", "student"):
        elsewhere.execute(
            here.house.settings,
            f"UPDATE {table} SET school_id = '{here.school.id}' WHERE school_id = '{other.id}'",
        )


@pytest.mark.parametrize(
    ("who", "classes"),
    [
        ("admin", ["6A1", "6A2"]), ("manager", ["6A1", "6A2"]), ("issuer", ["6A1", "6A2"]),
        ("leader", ["6A1"]), ("homeroom", ["6A1"]), ("teacher", ["6A1"]),
    ],
)  # fmt: skip
async def test_each_follows_his_own_classes(asks: Api, here: World, who: str, classes: list[str]) -> None:
    await second_class(here)
    asked = here.school.teachers[1] if who == "teacher" else getattr(here.school, who)
    found = await progress(asks, asked)
    assert [each["className"] for each in found["byClass"]] == classes
    assert found["waitingFor"]
    stranger = await build.person((await build.school(students=1)).id, Role.ADMIN)
    shown = json.dumps([each["classId"] for each in found["byClass"]])
    selection = "{ students byClass { className } byPerson { step } }"
    document = f"{{ progress(filter: {{classIds: {shown}}}) {selection} }}"
    assert await progress(asks, stranger, document) == {"students": 0, "byClass": [], "byPerson": []}


async def test_the_number_of_statements_does_not_grow(asks: Api, here: World) -> None:
    await asks.headers(here.school.admin)

    async def made(document: str) -> int:
        with counted() as statements:
            await progress(asks, here.school.admin, document)
        return len(statements)

    few, plain = await made(ALL), await made("{ progress { students byClass { className } } }")
    await second_class(here)
    await here.sign_until(Step.LEADER)
    assert await made(ALL) == few
    assert few == plain + 1, "people cost one statement more"


async def test_ones_own_work_is_what_one_could_sign_now(asks: Api, here: World) -> None:
    async def work(who: Any) -> dict[str, int]:
        return counts((await asks.ask("{ myWork { step count } }", who))["myWork"], "step")

    school = here.school
    assert await work(school.teachers[1]) == {"SUBJECT_TEACHERS": 3}
    assert await work(school.homeroom) == {"SUBJECT_TEACHERS": 3}, "he teaches too"
    assert await work(school.leader) == await work(school.issuer) == await work(school.admin) == {}
    await here.sign_until(Step.HOMEROOM_TEACHER)
    assert await work(school.homeroom) == {"HOMEROOM_TEACHER": 3}
    for step, signers in each_step(here)[1:3]:
        await here.sign(signers[0], step)
    assert await work(school.homeroom) == {}
    assert await work(school.issuer) == {"ISSUE": 3}


class Watch:
    """What a subscription says, and whether it is over."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def next(self, within: float = 5) -> Any:
        said = json.loads(await asyncio.wait_for(self.socket.recv(), within))
        return said["payload"]["data"] if said["type"] == "next" else said["type"]


@asynccontextmanager
async def watching(here: World, who: Any, document: str) -> AsyncIterator[Watch]:
    token = await api.token(here.house, who.id)
    async with served(api.make(here.house)) as base:
        address = base.replace("http", "ws", 1) + "/graphql"
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
            await socket.send(json.dumps(init))
            assert json.loads(await socket.recv()) == {"type": "connection_ack"}
            start = {"id": "1", "type": "subscribe", "payload": {"query": f"subscription {{ {document} }}"}}
            await socket.send(json.dumps(start))
            yield Watch(socket)


def of_class(here: World) -> str:
    return f'progress(classIds: ["{gid("Class", here.school.class_id)}"]) {{ byStep {{ step count }} }}'


def steps(said: Any) -> dict[str, int]:
    return counts(said["progress"]["byStep"], "step")


async def test_who_watches_a_class_sees_what_another_process_did(asks: Api, here: World) -> None:
    """The rows are changed past this process: nobody tells it anything."""
    async with watching(here, here.school.admin, of_class(here)) as watch:
        assert steps(await watch.next()) == {"SUBJECT_TEACHERS": 3}
        moved = "open_step = 'leader', version = version + 1"
        elsewhere.execute(
            here.house.settings, f"UPDATE transcript SET {moved} WHERE id = '{here.transcripts[0]}'"
        )
        assert steps(await watch.next(within=4)) == {"SUBJECT_TEACHERS": 2, "LEADER": 1}
        with pytest.raises(TimeoutError):
            await watch.next(within=2.5)


async def test_a_session_that_is_revoked_ends_the_watching(asks: Api, here: World) -> None:
    async with watching(here, here.school.admin, of_class(here)) as watch:
        await watch.next()
        await SessionRow.all().update(revoked_at=here.clock.now)
        assert await watch.next(within=5) == "complete"


async def test_a_right_that_is_withdrawn_acts_on_who_is_watching(asks: Api, here: World) -> None:
    async with watching(here, here.school.admin, of_class(here)) as watch:
        assert steps(await watch.next()) == {"SUBJECT_TEACHERS": 3}
        await RoleGrantRow.filter(person_id=here.school.admin.id).update(valid_to=here.clock.now)
        assert steps(await watch.next(within=5)) == {}


async def test_who_watches_a_strangers_class_is_told_nothing_of_it(asks: Api, here: World) -> None:
    stranger = await build.person((await build.school(students=1)).id, Role.ADMIN)
    async with watching(here, stranger, of_class(here)) as watch:
        assert steps(await watch.next()) == {}
        await TranscriptRow.filter(id=here.transcripts[0]).update(version=9)
        with pytest.raises(TimeoutError):
            await watch.next(within=3)


async def test_ones_own_work_is_told_when_it_changes(asks: Api, here: World) -> None:
    async with watching(here, here.school.homeroom, "myWork { step count }") as watch:
        assert counts((await watch.next())["myWork"], "step") == {"SUBJECT_TEACHERS": 3}
        await here.sign(here.school.homeroom, Step.SUBJECT_TEACHERS)
        assert (await watch.next())["myWork"] == []


async def test_an_authority_follows_its_schools_and_no_people(asks: Api, here: World) -> None:
    document = """query ($first: Int, $after: String) { progressBySchool(first: $first, after: $after) {
      edges { node { schoolId students withoutTranscript byStep { step count } } }
      pageInfo { hasNextPage endCursor } } }"""
    other = await build.school(students=2)
    office = await build.authority(here.school.id, other.id)
    first = (await asks.ask(document, office, first=1))["progressBySchool"]
    after = first["pageInfo"]["endCursor"]
    second = (await asks.ask(document, office, first=1, after=after))["progressBySchool"]
    schools = {e["node"]["schoolId"]: e["node"] for e in (*first["edges"], *second["edges"])}
    own = schools[gid("School", here.school.id)]
    assert (own["students"], own["withoutTranscript"]) == (3, 0)
    assert counts(own["byStep"], "step") == {"SUBJECT_TEACHERS": 3}
    assert schools[gid("School", other.id)]["withoutTranscript"] == 2
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    code = {"hocba-school": (await SchoolRow.get(id=here.school.id)).code}
    found = (await asks.post(ALL, who=office, headers=code))["data"]["progress"]
    assert counts(found["byStep"], "step") == {"SUBJECT_TEACHERS": 3}
    assert (found["byPerson"], found["waitingFor"]) == ([], [])


async def test_nobody_but_an_authority_follows_schools(asks: Api, here: World) -> None:
    for who in (here.school.admin, here.school.leader):
        said = await asks.post("{ progressBySchool { edges { node { code } } } }", who=who)
        assert said["errors"][0]["extensions"]["refusal"] == "NOT_PERMITTED"
