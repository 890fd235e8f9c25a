"""Permissions that an ADMIN delegates by name: at once, for a time, and taken back at once (I)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from hocba.domain.people import Actor
from hocba.domain.permissions import ADMINISTRATION, DELEGABLE, Permission
from hocba.domain.values import Role
from hocba.store.models import EventRow, PersonRow, RoleGrantRow, SigningAccountRow, SigningRequestRow
from tests import build
from tests.actions import world as worlds
from tests.actions.registering import item, of_school
from tests.actions.world import World
from tests.api import Api, gid
from tests.schema.test_accounts_by_api import register

RESULTS = "results { id outcome refusal { code message path } }"
PRINTED = {"place": "Huế", "writtenOn": "2026-05-31"}
HELD = "{ viewer { roles { role } permissions { permission label scope scopeLabel } } }"


async def give(asks: Api, who: Actor, to: Actor, *names: str, until: datetime | None = None) -> Any:
    return await told(asks, "grantPermissions", who, to, *names, until=until.isoformat() if until else None)


async def take(asks: Api, who: Actor, of: Actor, *names: str) -> Any:
    return await told(asks, "withdrawPermissions", who, of, *names)


async def told(asks: Api, mutation: str, who: Actor, whom: Actor, *names: str, **more: Any) -> Any:
    given = {"personIds": [gid("Person", whom.id)], "permissions": list(names), **more}
    (said,) = (await asks.do(mutation, RESULTS, who, **given))["results"]
    return said["refusal"]["code"] if said["refusal"] else said["outcome"]


async def prints(asks: Api, who: Actor) -> str:
    said = await asks.do("setPrintConfiguration", "outcome refusal { code }", who, **PRINTED)
    return str(said["refusal"]["code"] if said["refusal"] else "allowed")


async def has(asks: Api, who: Actor) -> set[str]:
    """What somebody may do in the whole school."""
    viewer = (await asks.ask(HELD, who))["viewer"]
    return {each["permission"] for each in viewer["permissions"] if each["scope"] == "SCHOOL"}


async def history() -> list[tuple[str, Any]]:
    rows = EventRow.filter(aggregate="role_grant").order_by("at", "version")
    return [(row.kind, row.data) for row in await rows]


async def test_what_is_delegated_works_at_the_next_request_and_is_gone_when_taken(
    asks: Api, here: World
) -> None:
    admin, teacher = here.school.admin, here.school.teachers[3]
    account = here.accounts[here.school.leader.id]
    await SigningAccountRow.filter(id=account).update(state="pending", decided_at=None, decided_by=None)
    asked = {"accountIds": [gid("SigningAccount", account)]}

    async def approves() -> Any:
        said = await asks.do("approveSigningAccounts", RESULTS, teacher, **asked)
        return said["results"][0]["outcome"]

    assert await approves() == "REFUSED"
    assert await give(asks, admin, teacher, "ACCOUNT_DECIDE") == "DONE"
    assert await give(asks, admin, teacher, "ACCOUNT_DECIDE") == "UNCHANGED"
    assert await approves() == "DONE"
    assert await has(asks, teacher) >= {"ACCOUNT_DECIDE", "ACCOUNT_VIEW"}
    assert await take(asks, admin, teacher, "ACCOUNT_DECIDE") == "DONE"
    assert await take(asks, admin, teacher, "ACCOUNT_DECIDE") == "UNCHANGED"
    assert await approves() == "REFUSED"
    viewer = (await asks.ask(HELD, teacher))["viewer"]
    assert {"role": "MANAGER"} not in viewer["roles"]
    person = str(teacher.id)
    assert await history() == [
        ("PermissionsGranted", {"person": person, "permissions": ["account.decide"], "until": None}),
        ("PermissionsWithdrawn", {"person": person, "permissions": ["account.decide"]}),
    ]
    said = await asks.ask("{ auditLog { edges { node { kindLabel actorId } } } }", admin)
    events = [each["node"] for each in said["auditLog"]["edges"]]
    assert {"kindLabel": "Phân quyền cho cán bộ", "actorId": gid("Person", admin.id)} in events


async def test_a_delegation_ends_by_the_clock(asks: Api, here: World) -> None:
    admin, teacher = here.school.admin, here.school.teachers[3]
    until = here.clock.now + timedelta(hours=2)
    assert await prints(asks, teacher) == "NOT_PERMITTED"
    assert await give(asks, admin, teacher, "PRINTING_SET", until=until) == "DONE"
    here.clock.forward(hours=1, minutes=59)
    assert await prints(asks, teacher) == "allowed"
    here.clock.forward(minutes=1)
    assert await prints(asks, teacher) == "NOT_PERMITTED"
    assert await take(asks, admin, teacher, "PRINTING_SET") == "UNCHANGED"


async def test_several_delegations_add_up_and_are_taken_apart(asks: Api, here: World) -> None:
    admin, teacher = here.school.admin, here.school.teachers[3]
    soon = here.clock.now + timedelta(hours=1)
    before = await has(asks, teacher)
    await give(asks, admin, teacher, "PRINTING_SET", "PORTAL_VIEW")
    assert await has(asks, teacher) == before, "what may not be delegated stops the whole of it"
    assert await give(asks, admin, teacher, "PRINTING_SET", "YEAR_END_CONFIRM", until=soon) == "DONE"
    assert await give(asks, admin, teacher, "PRINTING_SET", "ISSUE_RIGHT_VIEW") == "DONE"
    assert await give(asks, admin, teacher, "PRINTING_SET", until=soon) == "UNCHANGED"
    assert await RoleGrantRow.filter(person_id=teacher.id).count() == 2
    names = {"PRINTING_SET", "YEAR_END_CONFIRM", "ISSUE_RIGHT_VIEW"}
    assert await has(asks, teacher) - before == names | {"TRANSCRIPT_VIEW"}
    assert await take(asks, admin, teacher, "PRINTING_SET") == "DONE"
    assert await has(asks, teacher) - before == names - {"PRINTING_SET"} | {"TRANSCRIPT_VIEW"}
    here.clock.forward(hours=1)
    assert await has(asks, teacher) - before == {"ISSUE_RIGHT_VIEW"}
    taken = [data["permissions"] for kind, data in await history() if kind == "PermissionsWithdrawn"]
    assert taken == [["printing.set"]] * 2


async def test_what_a_manager_has_from_the_operator_is_reduced_too(asks: Api, here: World) -> None:
    admin, manager = here.school.admin, here.school.manager
    assert await give(asks, admin, manager, "PRINTING_SET") == "UNCHANGED"
    assert await prints(asks, manager) == "allowed"
    assert await take(asks, admin, manager, "PRINTING_SET") == "DONE"
    assert await prints(asks, manager) == "NOT_PERMITTED"
    grant = await RoleGrantRow.get(person_id=manager.id)
    assert (set(grant.permissions.split(",")), grant.valid_to) == (ADMINISTRATION - {"printing.set"}, None)


async def test_each_person_has_an_answer_in_the_order_asked(asks: Api, here: World) -> None:
    admin, teacher = here.school.admin, here.school.teachers[3]
    stranger = await build.person((await build.school(students=1)).id)
    asked = [gid("Person", each.id) for each in (here.school.manager, stranger, admin, teacher, teacher)]
    given = {"personIds": [*asked, "bậy"], "permissions": ["PRINTING_SET", "PRINTING_SET"]}
    said = (await asks.do("grantPermissions", RESULTS, admin, **given))["results"]
    assert [row["id"] for row in said] == given["personIds"]
    assert [row["refusal"]["code"] if row["refusal"] else row["outcome"] for row in said] == [
        "UNCHANGED", "NOT_FOUND", "NOT_YOUR_OWN", "DONE", "DONE", "NOT_FOUND",
    ]  # fmt: skip
    assert (await RoleGrantRow.get(person_id=teacher.id)).permissions == "printing.set"


@pytest.mark.parametrize("name", sorted(each.name for each in set(Permission) - DELEGABLE))
async def test_what_may_not_be_delegated_is_said_by_name(asks: Api, here: World, name: str) -> None:
    given = {"personIds": [gid("Person", here.school.homeroom.id)], "permissions": [name]}
    before = await RoleGrantRow.all().count()
    (said,) = (await asks.do("grantPermissions", RESULTS, here.school.admin, **given))["results"]
    assert (said["refusal"]["code"], said["refusal"]["path"]) == ("NOT_DELEGABLE", ["permissions"])
    known = (await asks.ask("{ permissions { permission label } }", here.school.admin))["permissions"]
    (words,) = [each["label"] for each in known if each["permission"] == name]
    assert said["refusal"]["message"] == f"Quyền này không được phân cho người khác: {words}."
    assert await RoleGrantRow.all().count() == before


async def test_nobody_but_the_schools_own_admin_delegates_and_nothing_changes(asks: Api, here: World) -> None:
    school, manager = here.school, here.school.manager
    foreign = await build.person((await build.school(students=1)).id, Role.ADMIN)
    before = await RoleGrantRow.all().order_by("id").values(), await history()
    for who, code in (
        (manager, "NOT_PERMITTED"),
        (school.homeroom, "NOT_PERMITTED"),
        (school.leader, "NOT_PERMITTED"),
        (school.issuer, "NOT_PERMITTED"),
        (foreign, "NOT_FOUND"),
    ):
        for to in (manager, school.teachers[3]):
            assert await give(asks, who, to, "CANCELLATION_DECIDE") == code
            assert await take(asks, who, to, "PRINTING_SET") == code
    past = here.clock.now
    assert await give(asks, school.admin, manager, "ACCOUNT_DECIDE", until=past) == "INVALID_VALUE"
    assert await give(asks, school.admin, school.admin, "ACCOUNT_DECIDE") == "NOT_YOUR_OWN"
    assert (await RoleGrantRow.all().order_by("id").values(), await history()) == before


async def test_a_permission_taken_while_the_phone_is_asked_proves_nothing(asks: Api, here: World) -> None:
    admin, teacher = here.school.admin, here.school.teachers[3]
    await give(asks, admin, teacher, "SCHOOL_CERTIFICATE_REGISTER")
    certificate = await of_school(here)

    async def taken_meanwhile(phone: worlds.Phone, order: worlds.Order) -> worlds.Outcome:
        assert await take(asks, admin, teacher, "SCHOOL_CERTIFICATE_REGISTER") == "DONE"
        return await worlds.says_yes(phone, order)

    here.phone.behave = taken_meanwhile
    said = await register(asks, here, teacher, certificate, "registerSchoolCertificate", reason="Hết hạn")
    assert said["refusal"] is None
    request = await SigningRequestRow.get(purpose="challenge")
    assert await item(request.id) == ("refused", "not_permitted")
    assert (await SigningAccountRow.get(requested_by=teacher.id, person_id=None)).state == "unproven"


async def test_the_vocabulary_says_what_may_be_delegated(asks: Api, here: World) -> None:
    document = "{ permissions { permission label delegable } }"
    said = (await asks.ask(document, here.school.teachers[3]))["permissions"]
    assert [each["permission"] for each in said] == [each.name for each in Permission]
    assert {each["permission"] for each in said if each["delegable"]} == {each.name for each in DELEGABLE}
    english = await asks.post(document, who=here.school.admin, headers={"accept-language": "en"})
    labels = {each["permission"]: each["label"] for each in english["data"]["permissions"]}
    assert labels["ROLE_GRANT"] == "Grant roles and permissions"


async def test_the_viewer_sees_what_he_may_and_how_far(asks: Api, here: World) -> None:
    homeroom = (await asks.ask(HELD, here.school.homeroom))["viewer"]["permissions"]
    scopes = {each["permission"]: (each["scope"], each["scopeLabel"]) for each in homeroom}
    assert scopes["TRANSCRIPT_CREATE"] == ("CLASSES", "Lớp được phân công")
    assert scopes["TRANSCRIPT_SIGN"] == ("OWN", "Của mình")
    assert "ROLE_GRANT" not in scopes
    admin = (await asks.ask(HELD, here.school.admin))["viewer"]["permissions"]
    proposing = [each["scope"] for each in admin if each["permission"] == "CANCELLATION_PROPOSE"]
    assert proposing == ["SCHOOL"]


async def test_it_is_taken_of_somebody_who_left_too(asks: Api, here: World) -> None:
    admin, teacher = here.school.admin, here.school.teachers[3]
    await give(asks, admin, teacher, "PRINTING_SET")
    await PersonRow.filter(id=teacher.id).update(left_on=build.NOW.date())
    assert await take(asks, admin, teacher, "PRINTING_SET") == "DONE"
    await PersonRow.filter(id=teacher.id).update(left_on=None)
    assert await prints(asks, teacher) == "NOT_PERMITTED"
