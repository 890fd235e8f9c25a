"""Signing in and out, sessions, passwords, in which school and year one acts (A1)."""

import asyncio
from datetime import timedelta

import pytest

from hocba.actions import bootstrap, sign_in
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import Role, day_of
from hocba.plugin_api import Secret
from hocba.store.models import (
    ClassRow,
    PersonRow,
    PrintConfigurationRow,
    SchoolRow,
    SessionRow,
    UploadRow,
    UserRow,
)
from tests import build
from tests.actions.world import World
from tests.api import Api, gid

PASSWORD = "hoa-phượng-đỏ-1975"
SIGN_IN = "token expiresAt refusal { code message help }"


async def user(here: World, username: str = "co.lan") -> None:
    school = await SchoolRow.get(id=here.school.id)
    new = bootstrap.NewUser(
        school=school.code, username=username, full_name="Nguyễn Thị Lan", role=Role.ADMIN, code="LAN"
    )
    await bootstrap.add_user(new, Secret(PASSWORD), now=build.NOW)


async def test_who_signs_in_is_known_until_he_signs_out(asks: Api, here: World) -> None:
    await user(here)
    said = await asks.do("signIn", SIGN_IN, username=" Co.Lan ", password=PASSWORD)
    assert said["refusal"] is None
    cookie = next(iter(asks.http.cookies.jar))
    assert (cookie.name, cookie.value) == ("hocba-session", said["token"])
    bearer = {"authorization": f"Bearer {said['token']}"}
    asks.http.cookies.clear()
    viewer = (
        await asks.post(
            "{ viewer { username roles { role roleLabel } person { fullName } } }", headers=bearer
        )
    )["data"]["viewer"]
    assert viewer["username"] == "co.lan"
    assert viewer["roles"] == [{"role": "ADMIN", "roleLabel": "Quản trị viên"}]
    assert viewer["person"]["fullName"] == "Nguyễn Thị Lan"
    out = await asks.post("mutation { signOut { signedOut } }", headers=bearer)
    assert out["data"] == {"signOut": {"signedOut": True}}
    again = await asks.post("{ viewer { username } }", headers=bearer)
    assert again["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_neither_token_nor_password_is_in_the_database(asks: Api, here: World) -> None:
    await user(here)
    said = await asks.do("signIn", SIGN_IN, username="co.lan", password=PASSWORD)
    row = await SessionRow.get()
    kept = await UserRow.get(username="co.lan")
    assert said["token"] not in repr(dict(row))
    assert kept.password_hash is not None
    assert kept.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_wrong_password_and_an_unknown_name_sound_the_same(asks: Api, here: World) -> None:
    await user(here)
    wrong = await asks.do("signIn", SIGN_IN, username="co.lan", password="sai-mất-rồi")
    nobody = await asks.do("signIn", SIGN_IN, username="khong.co", password="sai-mất-rồi")
    assert wrong == nobody
    assert wrong["token"] is None
    assert wrong["refusal"]["code"] == "SIGN_IN_FAILED"
    assert await SessionRow.all().count() == 0


@pytest.mark.parametrize("username", ["co.lan", "khong.co"])
async def test_after_five_wrong_ones_nobody_listens_for_ten_minutes(
    asks: Api, here: World, username: str
) -> None:
    await user(here)
    codes = []
    for _ in range(7):
        said = await asks.do("signIn", SIGN_IN, username=username, password="sai-mất-rồi")
        codes.append(said["refusal"]["code"])
    assert codes == ["SIGN_IN_FAILED"] * 5 + ["TOO_MANY_ATTEMPTS"] * 2
    right = await asks.do("signIn", SIGN_IN, username=username, password=PASSWORD)
    assert right["refusal"]["code"] == "TOO_MANY_ATTEMPTS"
    here.clock.forward(minutes=11)
    right = await asks.do("signIn", SIGN_IN, username=username, password=PASSWORD)
    assert (right["token"] is not None) is (username == "co.lan")


async def test_a_session_ends_by_itself(asks: Api, here: World) -> None:
    assert "errors" not in await asks.post("{ sessions { id } }", who=here.school.admin)
    here.clock.forward(hours=11)
    assert "errors" not in await asks.post("{ sessions { id } }", who=here.school.admin)
    here.clock.forward(hours=1)
    said = await asks.post("{ sessions { id } }", who=here.school.admin)
    assert said["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_sessions_are_listed_and_revoked_by_their_owner_only(asks: Api, here: World) -> None:
    await asks.headers(here.school.admin)
    first = asks.tokens.pop(here.school.admin.id)
    mine = (await asks.ask("{ sessions { id current device } }", here.school.admin))["sessions"]
    assert sorted(session["current"] for session in mine) == [False, True]
    other = next(session["id"] for session in mine if not session["current"])
    refused = await asks.do("revokeSession", "outcome refusal { code }", here.school.leader, sessionId=other)
    assert refused == {"outcome": "REFUSED", "refusal": {"code": "NOT_FOUND"}}
    assert await SessionRow.filter(revoked_at__isnull=False).count() == 0
    for outcome in ("DONE", "UNCHANGED"):
        said = await asks.do("revokeSession", "outcome", here.school.admin, sessionId=other)
        assert said == {"outcome": outcome}
    dead = await asks.post("{ viewer { username } }", headers={"authorization": f"Bearer {first}"})
    assert dead["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_whoever_left_or_is_shut_out_is_gone_at_once(asks: Api, here: World) -> None:
    await asks.ask("{ viewer { username } }", here.school.leader)
    await PersonRow.filter(id=here.school.leader.id).update(left_on=build.NOW.date())
    said = await asks.post("{ viewer { username } }", who=here.school.leader)
    assert said["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    await asks.ask("{ viewer { username } }", here.school.issuer)
    await UserRow.filter(person_id=here.school.issuer.id).update(active=False)
    said = await asks.post("{ viewer { username } }", who=here.school.issuer)
    assert said["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_right_that_is_withdrawn_is_gone_at_once(asks: Api, here: World) -> None:
    issuer = gid("Person", here.school.issuer.id)
    roles = "{ viewer { roles { role } } }"
    assert (await asks.ask(roles, here.school.issuer))["viewer"]["roles"] == [{"role": "ISSUER"}]
    await asks.do("withdrawIssueRight", "results { outcome }", here.school.admin, personIds=[issuer])
    assert (await asks.ask(roles, here.school.issuer))["viewer"]["roles"] == []


async def test_initial_passwords_work_once_handed_over(asks: Api, here: World) -> None:
    selection = "results { id outcome refusal { code } username password }"
    other = await build.school(students=1)
    ids = [gid("Person", here.school.homeroom.id), gid("Person", other.homeroom.id), "bậy"]
    said = await asks.do("issueInitialPasswords", selection, here.school.admin, personIds=ids)
    done, *refused = said["results"]
    assert [row["id"] for row in said["results"]] == ids
    assert done["outcome"] == "DONE"
    assert [row["refusal"]["code"] for row in refused] == ["NOT_FOUND", "NOT_FOUND"]
    assert all(row["password"] is None for row in refused)
    opened = await asks.do("signIn", SIGN_IN, username=done["username"], password=done["password"])
    assert opened["token"]
    own = [gid("Person", here.school.admin.id)]
    said = await asks.do("issueInitialPasswords", selection, here.school.admin, personIds=own)
    assert [row["refusal"]["code"] for row in said["results"]] == ["NOT_YOUR_OWN"]
    denied = await asks.do("issueInitialPasswords", selection, here.school.manager, personIds=ids[:1])
    assert denied["results"][0]["refusal"]["code"] == "NOT_PERMITTED"


async def test_a_changed_password_ends_the_other_sessions(asks: Api, here: World) -> None:
    await user(here)
    tokens = [
        (await asks.do("signIn", SIGN_IN, username="co.lan", password=PASSWORD))["token"] for _ in range(2)
    ]
    asks.http.cookies.clear()
    bearer = {"authorization": f"Bearer {tokens[0]}"}
    document = "mutation($i: ChangePasswordInput!) { changePassword(input: $i) { outcome refusal { code } } }"

    async def change(old: str, new: str) -> object:
        said = await asks.post(document, {"i": {"oldPassword": old, "newPassword": new}}, headers=bearer)
        return said["data"]["changePassword"]

    assert await change("sai-mất-rồi-nhé", "một-mật-khẩu-mới") == {
        "outcome": "REFUSED",
        "refusal": {"code": "SIGN_IN_FAILED"},
    }
    for weak in (
        "ngắn",
        "aaaaaaaaaaaaaa",
        "co.lan-co.lan",
        "",
        "Password@1234",
        "Mật khẩu 2026!",
        "0912345678",
    ):
        assert await change(PASSWORD, weak) == {"outcome": "REFUSED", "refusal": {"code": "PASSWORD_WEAK"}}
    assert await change(PASSWORD, "một-mật-khẩu-mới") == {"outcome": "DONE", "refusal": None}
    alive = [
        "errors"
        not in await asks.post("{ viewer { username } }", headers={"authorization": f"Bearer {each}"})
        for each in tokens
    ]
    assert alive == [True, False]
    old = await asks.do("signIn", SIGN_IN, username="co.lan", password=PASSWORD)
    assert old["refusal"]["code"] == "SIGN_IN_FAILED"


async def test_an_authority_acts_in_a_school_below_it_and_at_home_in_none(asks: Api, here: World) -> None:
    other, elsewhere = [await build.school(students=1) for _ in range(2)]
    officer = await build.authority(here.school.id, other.id)
    code, foreign = [(await SchoolRow.get(id=each.id)).code for each in (other, elsewhere)]
    document = "{ viewer { school { code } schools { code } roles { role } } students { totalCount } }"
    for headers, school in (({}, None), ({"hocba-school": code}, {"code": code})):
        said = await asks.post(document, who=officer, headers=headers)
        assert said["data"]["viewer"] == {"school": school, "schools": [], "roles": [{"role": "AUTHORITY"}]}
        assert said["data"]["students"] == {"totalCount": 0}
    said = await asks.post(document, who=officer, headers={"hocba-school": foreign})
    assert said["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_an_authority_whose_time_is_over_acts_nowhere(asks: Api, here: World) -> None:
    """Phòng ended on 30 June 2025 as a commune's will some day: it is a row, not a rule."""
    code = (await SchoolRow.get(id=here.school.id)).code
    today = day_of(here.house.clock())
    until_yesterday = await build.authority(here.school.id, until=today)
    until_today = await build.authority(here.school.id, until=today + timedelta(days=1))
    said = await asks.post("{ viewer { username } }", who=until_yesterday, headers={"hocba-school": code})
    assert said["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    document = "{ viewer { school { code } } }"
    said = await asks.post(document, who=until_today, headers={"hocba-school": code})
    assert said["data"]["viewer"]["school"] == {"code": code}
    here.clock.forward(hours=24)
    said = await asks.post(document, who=until_today, headers={"hocba-school": code})
    assert said["errors"][0]["extensions"]["code"] in ("FORBIDDEN", "UNAUTHENTICATED")
    said = await asks.post(document, who=await build.authority(here.school.id, until=today))
    assert said["data"]["viewer"]["school"] is None


async def test_nobody_acts_in_a_school_that_is_not_his(asks: Api, here: World) -> None:
    other = await build.school(students=1)
    code = (await SchoolRow.get(id=other.id)).code
    admin = await asks.headers(here.school.admin)
    printed = {"place": "Huế", "writtenOn": "2026-05-31"}
    document = "mutation($i: SetPrintConfigurationInput!) { setPrintConfiguration(input: $i) { outcome } }"
    before = await PrintConfigurationRow.all().values()
    asked = {"query": document, "variables": {"i": printed}}
    no = {"message": "Hocba-School names none of your schools.", "extensions": {"code": "FORBIDDEN"}}
    for named in (code, "không có".encode(), "x" * 3000, "'; drop table--"):
        headers = {**admin, "hocba-school": named}
        answers = [
            await asks.http.post("/graphql", json=asked, headers=headers),
            await asks.http.get("/graphql", params={"query": "{ school { code } }"}, headers=headers),
            await asks.http.post("/files?name=x", content=b"x", headers=headers),
        ]
        assert [each.status_code for each in answers] == [403] * 3
        assert [each.json() for each in answers] == [{"errors": [no]}] * 3
    assert await PrintConfigurationRow.all().values() == before
    assert await UploadRow.all().count() == 0
    own = (await SchoolRow.get(id=here.school.id)).code
    said = await asks.post("{ school { code } }", headers={**admin, "hocba-school": own})
    assert said["data"] == {"school": {"code": own}}


async def test_last_years_homeroom_teacher_is_none_this_year(asks: Api, here: World) -> None:
    await ClassRow.create(id=build.ids.new(), school_id=here.school.id, year="2026-2027", name="7A1", grade=7)
    roles = "{ viewer { schoolYear roles { role } } }"
    now = (await asks.ask(roles, here.school.homeroom))["viewer"]
    assert now == {"schoolYear": "2026-2027", "roles": []}
    then = await asks.post(roles, who=here.school.homeroom, headers={"hocba-school-year": "2025-2026"})
    assert {role["role"] for role in then["data"]["viewer"]["roles"]} == {
        "HOMEROOM_TEACHER",
        "SUBJECT_TEACHER",
    }


async def test_guesses_at_the_same_moment_are_all_counted(here: World) -> None:
    await user(here)
    tries = [sign_in.sign_in(here.house, "co.lan", Secret(f"đoán-thử-{n}")) for n in range(12)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    codes = [each.code for each in found if isinstance(each, Refusal)]
    assert sorted(codes) == [Code.SIGN_IN_FAILED] * 5 + [Code.TOO_MANY_ATTEMPTS] * 7
