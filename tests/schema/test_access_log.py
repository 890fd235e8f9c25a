"""Who read what: written down beside the answer, one insert for each request, and no names."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hocba.domain.values import Role, Step
from hocba.store.models import AccessRow, PersonRow, StudentRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.statements import counted

FILES = "query ($id: ID!) { transcript(id: $id) { files { kind url } } }"


async def rows(here: World) -> list[tuple[UUID | None, str, UUID]]:
    """Person, kind and object of everything that was written down."""
    await here.house.tasks.idle()
    return [(row.person_id, row.kind, row.object_id) for row in await AccessRow.all().order_by("id")]


@pytest.mark.parametrize(
    "selection",
    ["profile { personalId }", "results { subject }", "summary { promoted }", "history { schoolYear }"],
)
async def test_reading_a_pupils_record_is_written_down(asks: Api, here: World, selection: str) -> None:
    student, admin = here.school.students[0], here.school.admin
    await asks.ask(f'{{ student(id: "{gid("Student", student)}") {{ fullName {selection} }} }}', admin)
    assert await rows(here) == [(admin.id, "student", student)]


async def test_lists_of_names_do_not_count(asks: Api, here: World) -> None:
    student = gid("Student", here.school.students[0])
    for document in (
        "{ students { edges { node { fullName birthDate className } } } }",
        "{ transcripts { edges { node { studentName statusLabel files { url } } } } }",
        f'{{ student(id: "{student}") {{ fullName readiness {{ ready }} }} }}',
        f'{{ node(id: "{student}") {{ ... on Student {{ fullName }} }} }}',
    ):
        await asks.ask(document, here.school.admin)
    assert await rows(here) == []


async def test_a_list_of_profiles_is_one_insert(asks: Api, here: World) -> None:
    document = "{ students { edges { node { profile { address } } } } }"
    await asks.headers(here.school.admin)
    with counted() as statements:
        await asks.ask(document, here.school.admin)
        await here.house.tasks.idle()
    assert len([each for each in statements if "INSERT INTO access" in each]) == 1
    assert {object_id for _, _, object_id in await rows(here)} == set(here.school.students)


async def test_a_profile_that_is_masked_was_not_read(asks: Api, here: World) -> None:
    document = "{ students { edges { node { profile { address } } } } }"
    found = await asks.ask(document, here.school.teachers[1])
    assert {edge["node"]["profile"] is None for edge in found["students"]["edges"]} == {True}
    assert await rows(here) == []


async def test_one_that_is_asked_for_by_its_id_counts_and_a_strangers_question_does_not(
    asks: Api, here: World
) -> None:
    student = here.school.students[0]
    document = f'{{ node(id: "{gid("Student", student)}") {{ ... on Student {{ profile {{ address }} }} }} }}'
    stranger = await build.person((await build.school(students=1)).id, Role.ADMIN)
    assert (await asks.ask(document, stranger))["node"] is None
    assert await rows(here) == []
    await asks.ask(document, here.school.admin)
    assert await rows(here) == [(here.school.admin.id, "student", student)]


@pytest.mark.parametrize("field", ["content", "html"])
async def test_reading_a_transcript_is_written_down(asks: Api, here: World, field: str) -> None:
    document = f'{{ transcript(id: "{gid("Transcript", here.transcripts[0])}") {{ {field} }} }}'
    await asks.ask(document, here.school.homeroom)
    assert await rows(here) == [(here.school.homeroom.id, "transcript", here.transcripts[0])]


async def download(asks: Api, who: Any, url: str) -> int:
    answer = await asks.http.get(url, headers=await asks.headers(who))
    return answer.status_code


async def test_every_file_is_written_down_when_it_is_downloaded(asks: Api, here: World) -> None:
    admin, transcript = here.school.admin, here.transcripts[0]
    found = await asks.ask(FILES, admin, id=gid("Transcript", transcript))
    urls = [file["url"] for file in found["transcript"]["files"]]
    booklet = f'{{ booklet(transcriptId: "{gid("Transcript", transcript)}") {{ url }} }}'
    urls.append((await asks.ask(booklet, admin))["booklet"]["url"])
    assert await rows(here) == [], "a link was not followed yet"
    assert [await download(asks, admin, url) for url in urls] == [200] * len(urls)
    assert await rows(here) == [(admin.id, "file", transcript)] * len(urls)
    assert len(urls) >= 3


async def test_an_export_counts_for_each_transcript_in_it(asks: Api, here: World) -> None:
    admin = here.school.admin
    ids = [gid("Transcript", each) for each in here.transcripts]
    made = await asks.do("exportTranscripts", "export { url }", admin, transcriptIds=ids)
    with counted() as statements:
        assert await download(asks, admin, made["export"]["url"]) == 200
        await here.house.tasks.idle()
    assert len([each for each in statements if "INSERT INTO access" in each]) == 1
    assert sorted(object_id for _, _, object_id in await rows(here)) == sorted(here.transcripts)


async def test_what_was_not_served_was_not_read(asks: Api, here: World) -> None:
    found = await asks.ask(FILES, here.school.admin, id=gid("Transcript", here.transcripts[0]))
    url = found["transcript"]["files"][0]["url"]
    assert await download(asks, here.school.manager, url) == 404
    assert await rows(here) == []


LOG = """query ($id: ID!) { accessLog(objectId: $id) {
  edges { node { kind kindLabel objectId personId personName at } } } }"""


async def read(asks: Api, who: Any, kind: str, id: UUID) -> list[dict[str, Any]]:
    found = await asks.ask(LOG, who, id=gid(kind, id))
    return [edge["node"] for edge in found["accessLog"]["edges"]]


async def test_an_admin_reads_who_read_a_pupils_record_his_transcripts_among_it(
    asks: Api, here: World
) -> None:
    student, transcript = here.school.students[0], here.transcripts[0]
    teacher = await PersonRow.get(id=here.school.homeroom.id)
    await asks.ask(
        f'{{ student(id: "{gid("Student", student)}") {{ results {{ subject }} }} }}', here.school.admin
    )
    await here.house.tasks.idle()
    here.clock.forward(minutes=1)
    await asks.ask(
        f'{{ transcript(id: "{gid("Transcript", transcript)}") {{ html }} }}', here.school.homeroom
    )
    await here.house.tasks.idle()
    newest, oldest = await read(asks, here.school.admin, "Student", student)
    assert newest == {
        "kind": "TRANSCRIPT",
        "kindLabel": "Xem học bạ",
        "objectId": gid("Transcript", transcript),
        "personId": gid("Person", teacher.id),
        "personName": teacher.full_name,
        "at": (build.NOW + timedelta(minutes=1)).isoformat(),
    }
    assert (oldest["kind"], oldest["objectId"]) == ("STUDENT", gid("Student", student))
    assert await read(asks, here.school.admin, "Transcript", transcript) == [newest]
    stranger = await build.person((await build.school(students=1)).id, Role.ADMIN)
    assert await read(asks, stranger, "Student", student) == []


async def test_rows_hold_no_names(asks: Api, here: World) -> None:
    await asks.ask("{ students { edges { node { profile { personalId } } } } }", here.school.admin)
    await here.house.tasks.idle()
    kept = repr([dict(row) for row in await AccessRow.all()])
    assert "student" in kept
    for pupil in await StudentRow.all():
        assert not mentioned(kept, (pupil.full_name, pupil.personal_id, pupil.code))


def mentioned(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


async def test_signing_by_others_reads_nothing(asks: Api, here: World) -> None:
    await here.sign_until(Step.LEADER)
    assert await rows(here) == []
