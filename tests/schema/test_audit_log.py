"""The audit log: who may read it, what it says, and how it is asked for."""

from datetime import timedelta
from typing import Any

import pytest

from hocba.actions import lifecycle, printing
from hocba.domain.transcript import propose_cancel
from hocba.domain.values import Role
from hocba.store.models import EventRow, PersonRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.statements import counted

LOG = """query ($filter: AuditFilter, $first: Int, $after: String) {
  auditLog(filter: $filter, first: $first, after: $after) {
    edges { node { kind kindLabel objectId schoolId reason at actorId actorName } }
    pageInfo { hasNextPage endCursor }
  }
}"""


async def log(asks: Api, who: object, language: str = "vi", **given: Any) -> list[dict[str, Any]]:
    said = await asks.post(LOG, given, who=who, headers={"accept-language": language})  # type: ignore[arg-type]
    assert "errors" not in said, said
    return [edge["node"] for edge in said["data"]["auditLog"]["edges"]]


async def test_it_says_what_happened_to_what_who_did_it_and_why(asks: Api, here: World) -> None:
    leader, transcript = here.school.leader, here.transcripts[0]
    at = here.clock.now + timedelta(hours=1)
    await lifecycle.apply(here.school.admin, [transcript], propose, now=at)
    newest, *others = await log(asks, here.school.admin, filter={"objectId": gid("Transcript", transcript)})
    admin = await PersonRow.get(id=here.school.admin.id)
    assert newest == {
        "kind": "CancelProposed",
        "kindLabel": "Đề nghị hủy (trả lại)",
        "objectId": gid("Transcript", transcript),
        "schoolId": gid("School", here.school.id),
        "reason": "Sai điểm",
        "at": at.isoformat(),
        "actorId": gid("Person", here.school.admin.id),
        "actorName": admin.full_name,
    }
    assert [each["kind"] for each in others] == ["Created"]
    (english, _) = await log(
        asks, here.school.admin, "en", filter={"objectId": gid("Transcript", transcript)}
    )
    assert english["kindLabel"] == "Cancellation was proposed"
    assert leader.id != here.school.admin.id


def propose(facts: Any, actor: Any) -> Any:
    return propose_cancel(facts, actor, "Sai điểm")


async def test_it_is_narrowed_by_who_when_and_what(asks: Api, here: World) -> None:
    now = here.clock.now
    for days, actor in ((1, here.school.admin), (2, here.school.manager)):
        await printing.set_print_configuration(
            actor, build.YEAR, place=f"Nơi {days}", written_on=now.date(), now=now + timedelta(days=days)
        )
    admin, kinds = here.school.admin, ["PrintConfigured"]
    both = await log(asks, admin, filter={"kinds": kinds})
    assert [each["actorId"] for each in both] == [
        gid("Person", here.school.manager.id), gid("Person", admin.id),
    ]  # fmt: skip
    mine = await log(asks, admin, filter={"kinds": kinds, "actorId": gid("Person", admin.id)})
    assert mine == both[1:]
    second = (now + timedelta(days=2)).isoformat()
    assert await log(asks, admin, filter={"kinds": kinds, "from": second}) == both[:1]
    assert await log(asks, admin, filter={"kinds": kinds, "to": second}) == both[1:]
    assert await log(asks, admin, filter={"kinds": []}) == []


async def test_its_pages_are_whole_and_each_takes_the_same_statements(asks: Api, here: World) -> None:
    await EventRow.bulk_create(
        [
            build.event(
                school_id=here.school.id,
                actor_id=here.school.manager.id,
                at=build.NOW + timedelta(seconds=n // 3),
            )
            for n in range(40)
        ]
    )
    admin, after, seen, statements = here.school.admin, None, [], set()
    await asks.headers(admin)
    while True:
        with counted() as heard:
            found = (await asks.ask(LOG, admin, first=7, after=after))["auditLog"]
        statements.add(len(heard))
        seen += [edge["node"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == 43
    assert [each["at"] for each in seen] == sorted((each["at"] for each in seen), reverse=True)
    assert len(statements) == 1


async def test_another_schools_events_are_not_there(asks: Api, here: World) -> None:
    other = await build.school(students=1)
    stranger = await build.person(other.id, Role.ADMIN)
    assert await log(asks, stranger, filter={"objectId": gid("Transcript", here.transcripts[0])}) == []
    await EventRow.bulk_create([build.event(school_id=None)])
    assert {each["schoolId"] for each in await log(asks, here.school.admin)} == {
        gid("School", here.school.id)
    }


@pytest.mark.parametrize("who", ["manager", "leader", "issuer", "homeroom"])
async def test_others_are_refused_and_not_shown_an_empty_log(asks: Api, here: World, who: str) -> None:
    for document in (
        LOG,
        f'{{ accessLog(objectId: "{gid("Transcript", here.transcripts[0])}") {{ totalCount }} }}',
    ):
        said = await asks.post(document, who=getattr(here.school, who))
        assert [error["extensions"] for error in said["errors"]] == [
            {"code": "BAD_USER_INPUT", "refusal": "NOT_PERMITTED"}
        ]


async def test_a_time_without_zone_and_too_many_kinds_are_refused(asks: Api, here: World) -> None:
    for filter_ in ({"from": "2026-06-01T08:00:00"}, {"kinds": ["Created"] * 51}):
        said = await asks.post(LOG, {"filter": filter_}, who=here.school.admin)
        assert said["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_the_history_of_one_object_has_the_words_too(asks: Api, here: World) -> None:
    document = f'{{ events(id: "{gid("Transcript", here.transcripts[0])}") {{ kind kindLabel }} }}'
    assert (await asks.ask(document, here.school.admin))["events"] == [
        {"kind": "Created", "kindLabel": "Tạo học bạ"}
    ]


async def test_an_authority_reads_the_log_of_its_schools_and_no_others(asks: Api, here: World) -> None:
    other = await build.school(students=1)
    await build.transcripts(other)
    office = await build.authority(here.school.id)
    assert {each["schoolId"] for each in await log(asks, office)} == {gid("School", here.school.id)}
    assert await log(asks, office, filter={"actorId": gid("Person", other.admin.id)}) == []
