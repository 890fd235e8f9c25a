"""Who needs nothing personal of a pupil is told nothing personal; no log and no address tells of anybody.

ADMIN, MANAGER, the homeroom teacher and the leader of the class need it (``profile.view``); subject
teachers sign what they taught, and the ISSUER what all others have signed.
"""

import json
import logging
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from hocba.demo.school import DemoSchool, make_school
from hocba.domain.people import Actor
from hocba.domain.values import Step
from hocba.settings import Settings
from hocba.store.models import StudentRow
from tests import api, build
from tests.actions import world
from tests.actions.world import World
from tests.api import Api, gid
from tests.attacks.leaks import Ear
from tests.attacks.test_canaries import everything
from tests.walking import play, walking

__all__ = ["everything"]

PROFILE = "personalId ethnicity birthplace homeTown address father mother guardian registerNumber"
OWN = {
    "ethnicity": "Xơ-đăng",
    "birthplace": "Kon Plông",
    "home_town": "Đăk Tô",
    "address": "Thôn Vi Rơ Ngheo",
    "father": "A Brông Cha",
    "father_occupation": "Thợ rèn",
    "mother": "Y Hlim Mẹ",
    "mother_occupation": "Thợ dệt",
    "guardian": "A Nhui Giám Hộ",
    "guardian_occupation": "Già làng",
    "policy_group": "Hộ nghèo",
    "register_number": "7731/THCS",
}


async def _made_known(school: build.School) -> None:
    await StudentRow.filter(school_id=school.id).update(**OWN)


@pytest.fixture
async def here(db: None, settings: Settings) -> World:
    """A school whose pupils' personal pages hold what stands nowhere else."""
    return await world.make(settings, before=_made_known)


QUERIES: dict[str, tuple[str, str]] = {
    "students": (f"{{ students {{ edges {{ node {{ id profile {{ {PROFILE} }} }} }} }} }}", ""),
    "student": (
        f"query($id: ID!) {{ student(id: $id) {{ id profile {{ {PROFILE} }} history {{ schoolName }} }} }}",
        "Student",
    ),
    "node": (
        f"query($id: ID!) {{ node(id: $id) {{ ... on Student {{ id profile {{ {PROFILE} }} }} }} }}",
        "Student",
    ),
    "transcript": (
        "query($id: ID!) { transcript(id: $id) { content html events { reason changes { old new } } } }",
        "Transcript",
    ),
    "files": ("query($id: ID!) { transcript(id: $id) { id files { kind url } } }", "Transcript"),
    "booklet": ("query($id: ID!) { booklet(transcriptId: $id) { url } }", "Transcript"),
    "plan": (
        "query($id: ID!) { signingPlan(studentIds: [$id]) { missing { message } } }",
        "Student",
    ),
}


async def told(asks: Api, here: World, who: Actor) -> str:
    """Everything that a person is told of the pupils: what he asks for, and the files that it leads to."""
    ids = {
        "Student": gid("Student", here.school.students[0]),
        "Transcript": gid("Transcript", here.transcripts[0]),
        "": "",
    }
    heard = []
    for query, kind in QUERIES.values():
        said = await asks.post(query, {"id": ids[kind]} if kind else {}, who=who)
        heard.append(json.dumps(said, ensure_ascii=False))
        for url in _urls(said):
            answer = await asks.http.get(url, headers=await asks.headers(who))
            heard.append(answer.text if answer.is_success else "")
    return "".join(heard)


def _urls(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [value["url"]] if value.get("url") else [url for each in value.values() for url in _urls(each)]
    return [url for each in value for url in _urls(each)] if isinstance(value, list) else []


async def test_only_those_who_need_it_are_told_what_is_personal(here: World) -> None:
    await here.sign_until(Step.ISSUE)
    school = here.school
    ids = await StudentRow.filter(school_id=school.id).values_list("personal_id", flat=True)
    personal = {*OWN.values(), *map(str, ids)}
    need = [school.admin, school.manager, school.homeroom, school.leader]
    not_ = [school.teachers[1], school.issuer]
    async with api.client(here.house) as asks:
        for who in need:
            heard = await told(asks, here, who)
            assert OWN.items() <= {name: value for name, value in OWN.items() if value in heard}.items()
        for who in not_:
            heard = await told(asks, here, who)
            assert {each for each in personal if each in heard} == set()
            assert "Trần Văn" in heard, "they see whose transcript it is"
            assert "•••" in heard


async def test_a_file_of_somebody_else_is_not_made_whole_by_its_address(here: World) -> None:
    teacher = here.school.teachers[1]
    query, kind = QUERIES["files"]
    async with api.client(here.house) as asks:
        said = await asks.ask(query, teacher, id=gid(kind, here.transcripts[0]))
        (file,) = said["transcript"]["files"]
        assert file["kind"] == "HTML"
        own = await asks.headers(teacher)
        assert (await asks.http.get(file["url"], headers=own)).status_code == 200
        for other in ("html", "xml", "pdf", "booklet"):
            changed = file["url"].replace("/masked/", f"/{other}/")
            assert (await asks.http.get(changed, headers=own)).status_code == 404


def names(school: DemoSchool) -> set[str]:
    """What would tell of whom something is, where it does not belong."""
    staff = {value for each in school.staff for value in (each.full_name, each.personal_id)}
    pupils = {value for each in school.students for value in (each.full_name, each.personal_id)}
    return {each for each in staff | pupils if each}


async def test_a_whole_year_leaves_no_name_in_the_log_or_an_address(
    settings: Settings, everything: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses: list[str] = []
    send = httpx.AsyncClient.send

    async def listening(client: httpx.AsyncClient, request: httpx.Request, **given: Any) -> httpx.Response:
        addresses.append(unquote(str(request.url)))
        return await send(client, request, **given)

    monkeypatch.setattr(httpx.AsyncClient, "send", listening)
    school = make_school(seed=11, classes=1, students=3)
    async with walking(settings, school) as walk:
        await play(walk)
    logging.getLogger("hocba").debug("the ear is open")
    heard = b"\n".join(everything.heard).decode()
    assert "the ear is open" in heard
    assert {each for each in names(school) if each in heard} == set()
    assert len(addresses) > 50
    assert {each for each in names(school) if any(each in address for address in addresses)} == set()
