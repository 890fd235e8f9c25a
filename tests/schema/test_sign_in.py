"""How somebody gets in, and what he may do before he has done what he must (A1)."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import HTTPConnection
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from hocba.actions import bootstrap, sign_in, throttle
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import ClassId, Role
from hocba.plugin_api import Secret
from hocba.schema import schema
from hocba.schema.guard import BEFORE_ANYTHING
from hocba.settings import Settings
from hocba.store.models import ClassRow, PersonRow, RoleGrantRow, SchoolRow, SessionRow, ThrottleRow, UserRow
from hocba.web import door
from tests import api, build
from tests.actions.world import World
from tests.api import Api, gid
from tests.schema.test_denied import MUTATIONS, PUBLIC, QUERIES, arguments, document
from tests.serving import served
from tests.statements import counted

PASSWORD = "hoa-phượng-đỏ-1975"
OWN = "cây-bàng-lá-đỏ-1980"
SIGN_IN = "token needs refusal { code path }"
NEEDS = "{ viewer { needs secondFactor roles { role } } }"


async def user(here: World, username: str = "co.lan", role: Role = Role.ADMIN, school: str = "") -> None:
    code = school or (await SchoolRow.get(id=here.school.id)).code
    new = bootstrap.NewUser(
        school=code, username=username, full_name="Nguyễn Thị Lan", role=role, code=username.upper()
    )
    await bootstrap.add_user(new, Secret(PASSWORD), now=build.NOW)


async def enter(
    asks: Api, username: str = "co.lan", password: str = PASSWORD, **given: Any
) -> dict[str, Any]:
    said: dict[str, Any] = await asks.do("signIn", SIGN_IN, username=username, password=password, **given)
    asks.http.cookies.clear()
    return said


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def do(asks: Api, token: str, name: str, selection: str, **given: Any) -> Any:
    kind = name[0].upper() + name[1:] + "Input!"
    text = f"mutation Do($input: {kind}) {{ {name}(input: $input) {{ {selection} }} }}"
    said = await asks.post(text, {"input": given}, headers=bearer(token))
    assert "errors" not in said, said
    return said["data"][name]


def codes(said: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in said.get("errors", ())]


async def first(here: World, asks: Api) -> tuple[str, str]:
    """A homeroom teacher with a password that the ADMIN made: user name, password."""
    ids = [gid("Person", here.school.homeroom.id)]
    said = await asks.do(
        "issueInitialPasswords", "results { username password }", here.school.admin, personIds=ids
    )
    (row,) = said["results"]
    return row["username"], row["password"]


# counting


async def test_each_further_wrong_guess_locks_for_twice_as_long(asks: Api, here: World) -> None:
    await user(here)
    for _ in range(5):
        assert (await enter(asks, password="sai-mất-rồi"))["refusal"]["code"] == "SIGN_IN_FAILED"
    for minutes in (10, 20, 40):
        here.clock.forward(minutes=minutes, seconds=-1)
        assert (await enter(asks))["refusal"]["code"] == "TOO_MANY_ATTEMPTS"
        here.clock.forward(seconds=1)
        assert (await enter(asks, password="sai-mất-rồi"))["refusal"]["code"] == "SIGN_IN_FAILED"
    here.clock.forward(hours=2)
    assert (await enter(asks))["token"]
    assert not await ThrottleRow.filter(locked_until__isnull=False).exists()


async def test_two_processes_count_together(asks: Api, here: World) -> None:
    await user(here)
    other = replace(here.house, owner="another process")
    for house in (here.house, other, here.house, other, here.house):
        with pytest.raises(Refusal):
            await sign_in.sign_in(house, "co.lan", Secret("sai-mất-rồi"))
    with pytest.raises(Refusal) as locked:
        await sign_in.sign_in(other, "co.lan", Secret(PASSWORD))
    assert locked.value.code is Code.TOO_MANY_ATTEMPTS


async def test_an_address_is_counted_over_all_names(here: World) -> None:
    await user(here)
    wanted = sign_in.Wanted(address="203.0.113.7")
    for number in range(throttle.ADDRESS.tries):
        await throttle.reserve(here.house, throttle.from_address(throttle.ADDRESS, "203.0.113.7"))
        assert number < throttle.ADDRESS.tries
    with pytest.raises(Refusal) as locked:
        await sign_in.sign_in(here.house, "co.lan", Secret(PASSWORD), wanted=wanted)
    assert locked.value.code is Code.TOO_MANY_ATTEMPTS
    assert (await sign_in.sign_in(here.house, "co.lan", Secret(PASSWORD))).token
    here.clock.forward(minutes=10)
    assert (await sign_in.sign_in(here.house, "co.lan", Secret(PASSWORD), wanted=wanted)).token


async def test_a_school_whose_people_all_get_in_is_never_locked_out(here: World) -> None:
    address = throttle.from_address(throttle.ADDRESS, "203.0.113.7")
    for _ in range(throttle.ADDRESS.tries + 5):
        await throttle.reserve(here.house, address)
        await throttle.right(here.house, address)
    row = await ThrottleRow.get()
    assert (row.failures, row.locked_until) == (0, None)


async def test_where_no_address_is_known_nobody_is_counted_for_it(here: World) -> None:
    await user(here)
    for wanted in (sign_in.ANYHOW, sign_in.Wanted(address="192.0.2.1")):
        with pytest.raises(Refusal):
            await sign_in.sign_in(here.house, "khong.co", Secret("sai-mất-rồi"), wanted=wanted)
    assert sorted(await ThrottleRow.all().values_list("failures", flat=True)) == [1, 2]


def test_a_computer_has_a_whole_network_of_ipv6() -> None:
    of = throttle.ADDRESS
    assert throttle.from_address(of, "2001:db8:1:2::7") == throttle.from_address(of, "2001:db8:1:2:ffff::1")
    assert throttle.from_address(of, "2001:db8:1:2::7") != throttle.from_address(of, "2001:db8:1:3::7")
    assert throttle.from_address(of, "::ffff:192.0.2.1") == throttle.from_address(of, "192.0.2.1")
    assert throttle.from_address(of, "192.0.2.1") != throttle.from_address(of, "192.0.2.2")


async def test_neither_a_name_nor_an_address_is_in_a_row(asks: Api, here: World) -> None:
    await user(here)
    await enter(asks, password="sai-mất-rồi")
    rows = await ThrottleRow.all().values()
    assert len(rows) == 2
    assert "co.lan" not in str(rows)
    assert "127.0.0.1" not in str(rows)


async def test_a_name_that_nobody_has_costs_the_same_statements(
    asks: Api, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "SWEEP_ONE_IN", 10**9)
    await user(here)
    made = []
    for name in ("co.lan", "khong.co"):
        with counted() as statements:
            await enter(asks, name, "sai-mất-rồi")
        made.append([each.partition(" WHERE ")[0][:40] for each in statements])
    assert made[0] == made[1]
    assert sorted(await ThrottleRow.all().values_list("failures", flat=True)) == [1, 1, 2]


async def test_what_is_over_is_swept_out(here: World) -> None:
    await throttle.reserve(here.house, throttle.Guesser(throttle.PASSWORD, "old"))
    here.clock.forward(hours=23)
    await throttle.reserve(here.house, throttle.Guesser(throttle.PASSWORD, "young"))
    here.clock.forward(hours=1)
    await throttle.sweep(here.clock())
    assert await ThrottleRow.all().count() == 1


async def test_more_than_we_keep_is_forgotten(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "REMEMBERED", 3)
    for number in range(5):
        await throttle.reserve(here.house, throttle.Guesser(throttle.PASSWORD, str(number)))
        here.clock.forward(seconds=1)
    await throttle.sweep(here.clock())
    left = await throttle.locked(here.house, [])
    assert left == {}
    assert await ThrottleRow.all().count() == 3


@pytest.mark.parametrize(
    ("peer", "sent", "found"),
    [
        ("198.51.100.9", ["203.0.113.7"], "198.51.100.9"),
        ("10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["1.2.3.4, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        ("10.0.0.1", ["1.2.3.4", "203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
    ],
)
def test_the_address_is_the_last_one_that_none_of_our_proxies_has(
    peer: str, sent: list[str], found: str
) -> None:
    settings = Settings.load({"HOCBA_TRUSTED_PROXIES": "10.0.0.0/24, 192.0.2.1"})
    headers = [(b"x-forwarded-for", each.encode()) for each in sent]
    scope = {"type": "http", "client": (peer, 1234), "headers": headers}
    assert door.address(HTTPConnection(scope), settings) == found
    assert door.address(HTTPConnection(scope), Settings()) == peer


# the first password


async def test_whoever_got_his_password_changes_it_before_anything_else(asks: Api, here: World) -> None:
    username, password = await first(here, asks)
    said = await enter(asks, username, password)
    assert said["needs"] == "PASSWORD_CHANGE_REQUIRED"
    token = said["token"]
    viewer = (await asks.post(NEEDS, headers=bearer(token)))["data"]["viewer"]
    assert viewer == {"needs": "PASSWORD_CHANGE_REQUIRED", "secondFactor": False, "roles": []}
    refused = await asks.post("{ students { totalCount } }", headers=bearer(token))
    assert "data" not in refused
    assert codes(refused) == ["PASSWORD_CHANGE_REQUIRED"]
    assert "đổi mật khẩu" in refused["errors"][0]["message"]
    english = await asks.post("{ school { id } }", headers={**bearer(token), "accept-language": "en"})
    assert "change it" in english["errors"][0]["message"]
    change = {"oldPassword": password, "newPassword": password}
    reused = await do(asks, token, "changePassword", "refusal { code }", **change)
    assert reused == {"refusal": {"code": "PASSWORD_REUSED"}}
    changed = await do(asks, token, "changePassword", "outcome", **{**change, "newPassword": OWN})
    assert changed == {"outcome": "DONE"}
    viewer = (await asks.post(NEEDS, headers=bearer(token)))["data"]["viewer"]
    assert viewer["needs"] is None
    assert {each["role"] for each in viewer["roles"]} == {"HOMEROOM_TEACHER", "SUBJECT_TEACHER"}
    assert (await enter(asks, username, OWN))["needs"] is None


@pytest.mark.parametrize("name", sorted({*QUERIES, *MUTATIONS} - PUBLIC - {"signInWays"}))
async def test_until_then_every_other_operation_is_refused(asks: Api, here: World, name: str) -> None:
    await UserRow.create(
        id=build.ids.new(), person_id=here.school.admin.id, username="quan.tri", must_change=True
    )
    rest, given = arguments(here)[name]
    said = await asks.post(document(name, rest), {"input": given} if given else {}, who=here.school.admin)
    if name in BEFORE_ANYTHING:
        assert "PASSWORD_CHANGE_REQUIRED" not in codes(said)
        return
    assert codes(said) == ["PASSWORD_CHANGE_REQUIRED"]
    assert "data" not in said
    hidden = "fragment f on Query { ...g viewer { username } } fragment g on Query { ... { X } } { ...f }"
    if name in QUERIES:
        said = await asks.post(hidden.replace("X", f"a: {name}{rest}"), who=here.school.admin)
        assert codes(said) == ["PASSWORD_CHANGE_REQUIRED"]


def test_what_is_left_to_him_is_there() -> None:
    assert BEFORE_ANYTHING - {"__typename", "signInWays"} <= {*QUERIES, *MUTATIONS}
    assert schema._schema.subscription_type is not None
    assert not BEFORE_ANYTHING & set(schema._schema.subscription_type.fields)


async def test_neither_files_nor_sockets_are_a_way_around(asks: Api, here: World) -> None:
    username, password = await first(here, asks)
    token = (await enter(asks, username, password))["token"]
    up = await asks.http.post("/files?name=x", content=b"x", headers=bearer(token))
    assert (up.status_code, codes(up.json())) == (403, ["PASSWORD_CHANGE_REQUIRED"])
    link = {"authorization": f"Bearer {token}"}
    url = (await asks.post("{ workbookTemplate }", who=here.school.admin))["data"]["workbookTemplate"]
    assert (await asks.http.get(url, headers=link)).status_code == 403
    asked = (
        "{ school { id } }",
        'subscription { signingRequest(id: "x") { id } }',
        "{ viewer { username } }",
    )
    async with served(api.make(here.house)) as base:
        address = base.replace("http", "ws", 1) + "/graphql"
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": bearer(token)}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            heard = []
            for number, query in enumerate(asked):
                await socket.send(
                    json.dumps({"id": str(number), "type": "subscribe", "payload": {"query": query}})
                )
                while (message := json.loads(await asyncio.wait_for(socket.recv(), 5)))["type"] == "complete":
                    pass
                heard.append(message)
    assert [each["type"] for each in heard] == ["error", "error", "next"]
    assert [each["payload"][0]["extensions"] for each in heard[:2]] == [
        {"code": "PASSWORD_CHANGE_REQUIRED"}
    ] * 2


# the school and the level


async def test_a_session_is_for_the_school_and_the_level_that_were_chosen(asks: Api, here: World) -> None:
    other = await build.school(students=1)
    await SchoolRow.filter(id=other.id).update(levels="th,thcs")
    mine, code = [(await SchoolRow.get(id=each)).code for each in (here.school.id, other.id)]
    await user(here)
    person = (await UserRow.get(username="co.lan")).person_id
    given = {"role": Role.MANAGER, "valid_from": build.NOW, "school_id": other.id}
    await RoleGrantRow.create(id=build.ids.new(), person_id=person, **given)
    asked = "{ viewer { school { code } level levelLabel } }"

    async def seen(headers: dict[str, str], **chosen: str) -> list[str | None]:
        token = (await enter(asks, **chosen))["token"]
        said = await asks.post(asked, headers={**bearer(token), **headers})
        viewer = said["data"]["viewer"]
        return [viewer["school"]["code"], viewer["level"], viewer["levelLabel"]]

    assert await seen({}) == [mine, "THCS", "Quản lý THCS"]
    assert await seen({}, schoolCode=code) == [code, None, None]
    assert await seen({}, schoolCode=code, level="TH") == [code, "TH", "Quản lý TH"]
    assert await seen({"hocba-school": mine}, schoolCode=code, level="TH") == [mine, "THCS", "Quản lý THCS"]
    english = {"accept-language": "en"}
    assert await seen(english, schoolCode=code, level="TH") == [code, "TH", "Primary school"]
    await RoleGrantRow.filter(school_id=other.id, person_id=person).update(valid_to=build.NOW)
    assert (await enter(asks, schoolCode=code))["refusal"]["code"] == "SCHOOL_NOT_YOURS"


async def test_lists_show_the_level_that_was_chosen_unless_they_are_asked_otherwise(
    asks: Api, here: World
) -> None:
    await SchoolRow.filter(id=here.school.id).update(levels="th,thcs")
    five = await ClassRow.create(
        id=build.ids.new(), school_id=here.school.id, year="2025-2026", name="5A1", grade=5
    )
    await build.student(here.school.id, ClassId(five.id))
    await user(here)
    asked = """query ($classes: ClassFilter, $students: StudentFilter, $transcripts: TranscriptFilter) {
      classes(filter: $classes) { edges { node { name } } } students(filter: $students) { totalCount }
      transcripts(filter: $transcripts) { totalCount } }"""

    async def seen(token: str, **wanted: Any) -> tuple[list[str], int, int]:
        said = await asks.post(
            asked, {"classes": {}, "students": {}, "transcripts": {}} | wanted, headers=bearer(token)
        )
        data = said["data"]
        names = [edge["node"]["name"] for edge in data["classes"]["edges"]]
        return sorted(names), data["students"]["totalCount"], data["transcripts"]["totalCount"]

    anything, primary = [(await enter(asks, **given))["token"] for given in ({}, {"level": "TH"})]
    assert await seen(anything) == (["5A1", "6A1"], 4, 3)
    assert await seen(primary) == (["5A1"], 1, 0)
    other = {name: {"level": "THCS"} for name in ("classes", "students", "transcripts")}
    assert await seen(primary, **other) == (["6A1"], 3, 3)
    assert await seen(anything, **other) == (["6A1"], 3, 3)
    named = gid("Class", here.school.class_id)
    by_id = {"classes": {"ids": [named]}, "students": {"classId": named}, "transcripts": {"classId": named}}
    assert await seen(primary, **by_id) == (["6A1"], 3, 3)


async def test_a_right_that_is_withdrawn_takes_the_chosen_school_away(asks: Api, here: World) -> None:
    other = await build.school(students=1)
    mine, code = [(await SchoolRow.get(id=each)).code for each in (here.school.id, other.id)]
    await user(here)
    person = (await UserRow.get(username="co.lan")).person_id
    given = {"role": Role.MANAGER, "valid_from": build.NOW, "school_id": other.id}
    grant = await RoleGrantRow.create(id=build.ids.new(), person_id=person, **given)
    token = (await enter(asks, schoolCode=code))["token"]
    await RoleGrantRow.filter(id=grant.id).update(valid_to=build.NOW)
    said = await asks.post("{ viewer { school { code } } }", headers=bearer(token))
    assert said["data"]["viewer"]["school"] == {"code": mine}


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"schoolCode": "không có"}, "SCHOOL_NOT_YOURS", ["schoolCode"]),
        ({"schoolCode": "x" * 500}, "SCHOOL_NOT_YOURS", ["schoolCode"]),
        ({"level": "TH"}, "LEVEL_NOT_TAUGHT", ["level"]),
    ],
)
async def test_a_school_or_a_level_that_is_none_of_his_is_refused(
    asks: Api, here: World, given: dict[str, str], code: str, path: list[str]
) -> None:
    await user(here)
    said = await enter(asks, **given)
    assert said == {"token": None, "needs": None, "refusal": {"code": code, "path": path}}
    assert await SessionRow.all().count() == 0


async def test_nothing_is_told_of_schools_before_the_password_is_right(asks: Api, here: World) -> None:
    await user(here)
    said = await enter(asks, password="sai-mất-rồi", schoolCode="không có", level="TH")
    assert said["refusal"]["code"] == "SIGN_IN_FAILED"


# leaving


async def test_signing_out_everywhere_ends_every_session(asks: Api, here: World) -> None:
    await user(here)
    tokens = [(await enter(asks))["token"] for _ in range(3)]
    alone = await asks.post("mutation { signOut { signedOut } }", headers=bearer(tokens[0]))
    assert alone["data"]["signOut"] == {"signedOut": True}
    assert await SessionRow.filter(revoked_at__isnull=True).count() == 2
    await asks.post("mutation { signOut(everywhere: true) { signedOut } }", headers=bearer(tokens[1]))
    assert await SessionRow.filter(revoked_at__isnull=True).count() == 0
    assert codes(await asks.post(NEEDS, headers=bearer(tokens[2]))) == ["UNAUTHENTICATED"]


async def test_whoever_has_left_does_not_get_in(asks: Api, here: World) -> None:
    await user(here)
    await PersonRow.filter(code="CO.LAN").update(left_on=build.NOW.date())
    assert (await enter(asks))["refusal"]["code"] == "SIGN_IN_FAILED"
    assert await SessionRow.all().count() == 0
