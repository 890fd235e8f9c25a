"""What an ADMIN does with the users of his school, and the operator from the shell (A1)."""

from typing import Any

import pytest

from hocba.actions import staff_users, throttle, users
from hocba.domain.errors import Code, Refusal
from hocba.store import ids
from hocba.store.models import EventRow, PersonRow, SchoolRow, SessionRow, UserRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.schema.test_second_factor import enrolled
from tests.schema.test_sign_in import OWN, bearer, codes, do, enter, user
from tests.statements import counted

RESULTS = "results { id outcome refusal { code } }"
USERS = """query ($filter: UserFilter, $first: Int) { users(filter: $filter, first: $first) {
  totalCount edges { node { username active locked hasPassword mustChangePassword secondFactor
  person { fullName } roles { role roleLabel } } } } }"""


async def listed(asks: Api, here: World, **wanted: Any) -> list[str]:
    said = await asks.post(USERS, {"filter": wanted}, who=here.school.admin)
    assert "errors" not in said, said
    found = said["data"]["users"]
    assert found["totalCount"] == len(found["edges"])
    return sorted(edge["node"]["username"] for edge in found["edges"])


async def staff(here: World) -> dict[str, Any]:
    """Users of the school: their names and persons."""
    people = {"gvcn": here.school.homeroom, "lanh.dao": here.school.leader, "phat.hanh": here.school.issuer}
    for name, actor in people.items():
        await UserRow.create(id=ids.new(), person_id=actor.id, username=name)
    return people


async def person_of(username: str) -> str:
    return gid("Person", (await UserRow.get(username=username)).person_id)


async def lock(asks: Api, username: str) -> None:
    for _ in range(throttle.PASSWORD.tries):
        await enter(asks, username, "sai-mất-rồi")


async def test_users_are_found_by_what_they_are(asks: Api, here: World) -> None:
    await staff(here)
    await PersonRow.filter(school_id=here.school.id).update(full_name="Phạm Văn Khác")
    await user(here)
    await asks.headers(here.school.admin)
    await UserRow.filter(person_id=here.school.admin.id).update(username="quan.tri")
    await UserRow.filter(username="lanh.dao").update(active=False)
    await lock(asks, "gvcn")
    everybody = ["co.lan", "gvcn", "lanh.dao", "phat.hanh", "quan.tri"]
    assert await listed(asks, here) == everybody
    assert await listed(asks, here, active=False) == ["lanh.dao"]
    assert await listed(asks, here, locked=True) == ["gvcn"]
    assert await listed(asks, here, locked=False) == [each for each in everybody if each != "gvcn"]
    assert await listed(asks, here, name="NGUYEN THI LAN") == ["co.lan"]
    assert await listed(asks, here, name="phat.") == ["phat.hanh"]
    assert await listed(asks, here, role="ISSUER") == ["phat.hanh"]
    assert await listed(asks, here, role="ADMIN") == ["co.lan", "quan.tri"]
    assert await listed(asks, here, role="HOMEROOM_TEACHER") == ["gvcn"]
    assert await listed(asks, here, role="LEADER", active=False) == ["lanh.dao"]
    assert await listed(asks, here, role="SUBJECT_TEACHER", locked=True) == ["gvcn"]
    assert await listed(asks, here, role="AUTHORITY") == []


async def test_a_user_is_shown_with_his_state(asks: Api, here: World) -> None:
    await user(here)
    await lock(asks, "co.lan")
    said = await asks.post(USERS, {"filter": {"name": "co.lan"}}, who=here.school.admin)
    (edge,) = said["data"]["users"]["edges"]
    assert edge["node"] == {
        "username": "co.lan",
        "active": True,
        "locked": True,
        "hasPassword": True,
        "mustChangePassword": False,
        "secondFactor": False,
        "person": {"fullName": "Nguyễn Thị Lan"},
        "roles": [{"role": "ADMIN", "roleLabel": "Quản trị viên"}],
    }


async def test_a_page_of_users_costs_the_same_statements_whatever_their_number(
    asks: Api, here: World
) -> None:
    await staff(here)
    await asks.headers(here.school.admin)
    counts = []
    for first in (1, 4):
        with counted() as statements:
            await asks.post(USERS, {"filter": {}, "first": first}, who=here.school.admin)
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_only_an_admin_sees_users_and_only_those_of_his_school(asks: Api, here: World) -> None:
    await staff(here)
    other = await build.school(students=1)
    for who in (here.school.manager, here.school.homeroom, other.admin):
        said = await asks.post(USERS, {}, who=who)
        names = [edge["node"]["username"] for edge in said["data"]["users"]["edges"]]
        assert not set(names) & {"gvcn", "lanh.dao", "phat.hanh"}


async def test_a_user_is_made_with_a_name_and_a_password_to_change(asks: Api, here: World) -> None:
    teacher = gid("Person", here.school.teachers[3].id)
    selection = "user { id username password } refusal { code path }"
    for name in ("ab", "có dấu", "a b c", "x" * 101):
        bad = await asks.do("createUser", selection, here.school.admin, personId=teacher, username=name)
        assert bad == {"user": None, "refusal": {"code": "INVALID_VALUE", "path": ["username"]}}
    made = await asks.do("createUser", selection, here.school.admin, personId=teacher, username=" Thay.Nam ")
    assert made["refusal"] is None
    assert (made["user"]["id"], made["user"]["username"]) == (teacher, "thay.nam")
    said = await enter(asks, "thay.nam", made["user"]["password"])
    assert said["needs"] == "PASSWORD_CHANGE_REQUIRED"
    twice = await asks.do("createUser", selection, here.school.admin, personId=teacher)
    assert twice["refusal"]["code"] == "ALREADY_EXISTS"
    other = gid("Person", here.school.teachers[2].id)
    taken = await asks.do("createUser", selection, here.school.admin, personId=other, username="THAY.NAM")
    assert taken == {"user": None, "refusal": {"code": "USERNAME_TAKEN", "path": ["username"]}}
    named = await asks.do("createUser", selection, here.school.admin, personId=other)
    school = await SchoolRow.get(id=here.school.id)
    person = await PersonRow.get(id=here.school.teachers[2].id)
    assert named["user"]["username"] == f"{school.code}.{person.code}".casefold()
    assert await EventRow.filter(kind="UserCreated", actor_id=here.school.admin.id).count() == 2


async def test_whoever_is_shut_out_is_out_at_once_and_comes_back(asks: Api, here: World) -> None:
    await user(here)
    token = (await enter(asks))["token"]
    lan = await person_of("co.lan")
    own = gid("Person", here.school.admin.id)
    asked = {"personIds": [lan, own, "bậy", lan], "active": False}
    said = await asks.do("setUserActive", RESULTS, here.school.admin, **asked)
    outcomes = [(row["id"], row["outcome"], (row["refusal"] or {}).get("code")) for row in said["results"]]
    assert outcomes == [
        (lan, "DONE", None),
        (own, "REFUSED", "NOT_YOUR_OWN"),
        ("bậy", "REFUSED", "NOT_FOUND"),
        (lan, "DONE", None),
    ]
    assert codes(await asks.post("{ viewer { username } }", headers=bearer(token))) == ["UNAUTHENTICATED"]
    assert (await enter(asks))["refusal"]["code"] == "SIGN_IN_FAILED"
    assert await SessionRow.filter(revoked_at__isnull=True).count() == 1, "the ADMIN's own"
    for outcome in ("DONE", "UNCHANGED"):
        back = {"personIds": [lan], "active": True}
        said = await asks.do("setUserActive", RESULTS, here.school.admin, **back)
        assert [row["outcome"] for row in said["results"]] == [outcome]
    assert (await enter(asks))["token"]
    kinds = await EventRow.filter(aggregate="user", actor_id=here.school.admin.id).values_list(
        "kind", flat=True
    )
    assert sorted(kinds) == ["UserLetIn", "UserShutOut"]


async def test_an_admin_lifts_a_lock_and_history_says_so(asks: Api, here: World) -> None:
    await user(here)
    await lock(asks, "co.lan")
    assert (await enter(asks))["refusal"]["code"] == "TOO_MANY_ATTEMPTS"
    lan = await person_of("co.lan")
    denied = await asks.do("unlockUser", RESULTS, here.school.manager, personIds=[lan])
    assert denied["results"][0]["refusal"]["code"] == "NOT_PERMITTED"
    for outcome in ("DONE", "UNCHANGED"):
        said = await asks.do("unlockUser", RESULTS, here.school.admin, personIds=[lan])
        assert [row["outcome"] for row in said["results"]] == [outcome]
    assert (await enter(asks))["token"]
    (event,) = await EventRow.filter(kind="UserUnlocked")
    assert (event.actor_id, event.data) == (here.school.admin.id, {})


async def test_a_lost_phone_is_reset_and_the_sessions_end(asks: Api, here: World) -> None:
    token, phone, recovery = await enrolled(here, asks)
    lan = await person_of("co.lan")
    here.clock.forward(seconds=60)
    for _ in range(throttle.ONE_TIME_CODE.tries):
        await enter(asks, otp="000000")
    for outcome in ("DONE", "UNCHANGED"):
        said = await asks.do("resetSecondFactor", RESULTS, here.school.admin, personIds=[lan])
        assert [row["outcome"] for row in said["results"]] == [outcome]
    assert codes(await asks.post("{ viewer { username } }", headers=bearer(token))) == ["UNAUTHENTICATED"]
    token = (await enter(asks))["token"]
    row = await UserRow.get(username="co.lan")
    assert (row.totp_secret, row.totp_since, row.recovery) == (None, None, "")
    for code in (phone.code(), recovery[0]):
        said = await do(asks, token, "confirmTotp", "refusal { code }", otp=code)
        assert said["refusal"]["code"] == "SECOND_FACTOR_NOT_OFFERED"
    own = await asks.do(
        "resetSecondFactor", RESULTS, here.school.admin, personIds=[await person_of("co.lan")]
    )
    assert own["results"][0]["outcome"] == "UNCHANGED"
    said = await asks.do(
        "resetSecondFactor", RESULTS, here.school.admin, personIds=[gid("Person", here.school.admin.id)]
    )
    assert said["results"][0]["refusal"]["code"] == "NOT_YOUR_OWN"


async def test_a_new_password_lifts_the_lock(asks: Api, here: World) -> None:
    people = await staff(here)
    await lock(asks, "gvcn")
    row = await UserRow.get(username="gvcn")
    for _ in range(throttle.OWN_PASSWORD.tries):
        await throttle.reserve(here.house, users.own_guesser(row.id))
    wanted = [gid("Person", people["gvcn"].id)]
    said = await asks.do(
        "issueInitialPasswords", "results { username password }", here.school.admin, personIds=wanted
    )
    (made,) = said["results"]
    token = (await enter(asks, made["username"], made["password"]))["token"]
    change = {"oldPassword": made["password"], "newPassword": OWN}
    assert (await do(asks, token, "changePassword", "outcome", **change)) == {"outcome": "DONE"}


async def test_the_operator_does_it_by_name(asks: Api, here: World) -> None:
    await enrolled(here, asks)
    operator = staff_users.Operator(here.house)
    await lock(asks, "co.lan")
    assert [await operator.unlock(" Co.Lan ") for _ in range(2)] == [True, False]
    assert [await operator.reset_second_factor("co.lan") for _ in range(2)] == [True, False]
    assert (await enter(asks))["token"]
    password = await operator.reset_password("co.lan")
    assert (await enter(asks))["refusal"]["code"] == "SIGN_IN_FAILED"
    assert (await enter(asks, password=password.reveal()))["needs"] == "PASSWORD_CHANGE_REQUIRED"
    events = await EventRow.filter(kind__in=["UserUnlocked", "SecondFactorReset"]).order_by("id")
    assert [(each.kind, each.actor_id) for each in events] == [
        ("UserUnlocked", None),
        ("SecondFactorReset", None),
    ]
    for work in (operator.unlock, operator.reset_second_factor, operator.reset_password):
        with pytest.raises(Refusal) as unknown:
            await work("khong.co" * 20)
        assert unknown.value.code is Code.NOT_FOUND
