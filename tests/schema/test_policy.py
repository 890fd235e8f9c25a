"""Every role asks every operation of the schema about one school's objects: who may, and what denial leaves.

What an operation takes stands in ``tests.schema.policy``, who has that in the domain's table; an operation
that is not listed fails.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from hocba.actions.people import asking_of_token
from hocba.domain.people import Actor
from hocba.domain.permissions import APPROVAL, TABLE, Permission, Scope
from hocba.domain.values import ClassId, Role, Step, Term
from hocba.schema import schema
from hocba.schema.context import Context
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import AgentRow, AssignmentRow, ClassRow, SchoolRow, SessionRow
from tests import build, schools
from tests.actions.world import World
from tests.api import Api, gid
from tests.conftest import POSTGRES
from tests.schema import policy
from tests.schema.policy import Rule, Who
from tests.schema.test_denied import MUTATIONS, QUERIES, arguments, codes, document

HERE, ABOVE, ELSEWHERE = "here", "above", "elsewhere"
DENIALS = {"NOT_PERMITTED", "NOT_FOUND", "ACCOUNT_NOT_YOURS", "FILE_UNKNOWN", "NOT_A_SIGNER"}
"""How a call is denied; what the object decides has other codes."""

ERRORS = {"UNAUTHENTICATED", "FORBIDDEN", "NOT_PERMITTED", "NOT_FOUND"}
TRACES = ("session", "throttle", "access")
"""Tables that asking alone writes."""

OWN_ROWS = {"user"}
"""Where whoever asks changes what is his own."""

ROWS = {row.permission: row for row in TABLE}
TEACHER = ("staff", "subject")

SEATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nobody": (ELSEWHERE, ()),
    "staff": (HERE, ("staff",)),
    "subject teacher": (HERE, TEACHER),
    "homeroom teacher": (HERE, (*TEACHER, "homeroom")),
    "leader": (HERE, ("staff", "leader")),
    "issuer": (HERE, ("staff", "issuer")),
    "manager": (HERE, ("staff",)),
    "manager, administration": (HERE, ("staff", "administration")),
    "manager, approval": (HERE, ("staff", "approval")),
    "admin": (HERE, ("staff", "admin")),
    "subject teacher of another class": (HERE, TEACHER),
    "homeroom teacher of another class": (HERE, ("staff", "homeroom")),
    "leader of another class": (HERE, ("staff", "leader")),
    "authority": (ABOVE, ("authority",)),
    "authority elsewhere": (ELSEWHERE, ("authority",)),
    "admin of another school": (ELSEWHERE, ("staff", "admin", "issuer")),
}
"""Whoever asks -> where he stands to the school, and his columns of the domain's table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A school, what of it is asked for, and who asks."""

    world: World
    who: Actor | None
    code: str
    asked: dict[str, tuple[str, dict[str, Any]]]
    tokens: dict[UUID, str]

    @property
    def followed(self) -> dict[str, str]:
        """Subscription -> the rest of its document."""
        progress = f'(classIds: ["{gid("Class", self.world.school.class_id)}"]) {{ students }}'
        return {
            "signingRequest": self.asked["signingRequest"][0],
            "progress": progress,
            "myWork": "{ step }",
        }

    @property
    def headers(self) -> dict[str, str]:
        return {"hocba-school": self.code} if self.code else {}


def has(need: Permission | Who | Role, rule: Rule, seat: str) -> bool:
    """Whether ``seat`` has what is needed for the object that is asked for."""
    place, columns = SEATS[seat]
    if isinstance(need, Who):
        return {
            Who.ANYBODY: True,
            Who.SIGNED_IN: seat != "nobody",
            Who.ANY_STAFF: place == HERE,
            Who.OWN: seat in rule.owners,
            Who.AGENT: False,
        }[need]
    if isinstance(need, Role):
        return need.lower() in columns and (place != ELSEWHERE or not rule.names)
    return any(reaches(getattr(ROWS[need], column), rule, seat) for column in columns)


def reaches(scope: Scope | None, rule: Rule, seat: str) -> bool:
    """Whether ``scope`` reaches the object, of which nothing is issued yet."""
    place, _ = SEATS[seat]
    if scope is Scope.AREA:
        return place == ABOVE or (not rule.names and place == ELSEWHERE)
    if place != HERE and rule.names:
        return False
    if scope is Scope.OWN:
        return not rule.owners or seat in rule.owners
    if scope is Scope.CLASSES:
        return not rule.names or "another class" not in seat
    return scope is Scope.SCHOOL or (scope is Scope.SIGNED and not rule.names)


def allowed(rule: Rule, seat: str) -> bool:
    return seat not in rule.but and any(has(need, rule, seat) for need in rule.needs)


async def other_class(world: World, role: Role) -> Actor:
    """Somebody with ``role`` in a second class of the school."""
    id_ = ClassId(ids.new())
    scope = {Role.LEADER: "led", Role.HOMEROOM_TEACHER: "homeroom", Role.SUBJECT_TEACHER: "taught"}[role]
    who = await build.person(world.school.id, role, **{scope: frozenset({id_})})
    held = {"leader_id": who.id} if role is Role.LEADER else {}
    held |= {"homeroom_id": who.id} if role is Role.HOMEROOM_TEACHER else {}
    await ClassRow.create(id=id_, school_id=world.school.id, year=build.YEAR, name="6A2", grade=6, **held)
    if role is Role.SUBJECT_TEACHER:
        await AssignmentRow.create(id=ids.new(), class_id=id_, subject="TOAN", term=Term.II, person_id=who.id)
    return who


async def sits(world: World, seat: str) -> Actor | None:
    """The person on ``seat``."""
    school = world.school
    kept = {
        "nobody": None,
        "subject teacher": school.teachers[3],
        "homeroom teacher": school.homeroom,
        "leader": school.leader,
        "issuer": school.issuer,
        "manager, administration": school.manager,
        "admin": school.admin,
    }
    return kept[seat] if seat in kept else await newcomer(world, seat)


async def newcomer(world: World, seat: str) -> Actor:  # noqa: PLR0911 -- one for each seat
    """Somebody whom the world does not have."""
    school = world.school
    if seat.endswith("of another class"):
        return await other_class(world, Role(seat.removesuffix(" of another class").replace(" ", "_")))
    match seat:
        case "authority":
            return await build.authority(school.id)
        case "authority elsewhere":
            return await build.authority((await build.school(students=1)).id)
        case "admin of another school":
            return await build.person((await build.school(students=1)).id, Role.ADMIN, Role.ISSUER)
        case "manager, approval":
            return await build.person(school.id, Role.MANAGER, delegated=APPROVAL)
        case "manager":
            return await build.person(school.id, Role.MANAGER, delegated=frozenset())
    return await build.person(school.id)


async def things(world: World, asks: Api) -> dict[str, tuple[str, dict[str, Any]]]:
    """As ``arguments``; what belongs to one person is the subject teacher's, and there."""
    holder = world.school.teachers[3]
    request = gid("SigningRequest", await world.sign(holder, Step.SUBJECT_TEACHERS))
    await asks.headers(holder)
    session = await SessionRow.get()
    await asks.headers(world.school.leader)
    agent = await AgentRow.create(
        id=ids.new(), person_id=holder.id, name="máy", token_hash="0" * 64, certificates=[],
        paired_at=build.NOW, seen_at=build.NOW,
    )  # fmt: skip
    upload = gid("Upload", await schools.upload(holder, b"%PDF-1.7", at=build.NOW))
    found = arguments(world)
    for name in ("continueSigning", "retrySigning", "cancelSigning", "answerSigning", "declineSigning"):
        found[name] = (found[name][0], {**found[name][1], "requestId": request})
    returned = gid("Transcript", world.transcripts[2])
    await build.lifecycle.apply(
        world.school.leader, world.transcripts[2:], build.partial(build.propose_cancel, reason="sai"),
        now=build.NOW,
    )  # fmt: skip
    for name in ("approveCancellations", "refuseCancellations"):
        found[name] = (found[name][0], {"transcriptIds": [returned]})
    return found | {
        "signingRequest": (f'(id: "{request}") {{ id }}', {}),
        "revokeSession": (found["revokeSession"][0], {"sessionId": gid("Session", session.id)}),
        "revokeAgent": (found["revokeAgent"][0], {"agentId": gid("Agent", agent.id)}),
        "verifyTranscript": (f'(uploadId: "{upload}") {{ refusal {{ code }} }}', {}),
        "importWorkbook": (found["importWorkbook"][0], {"uploadId": upload}),
    }


async def seated(world: World, asks: Api, seat: str) -> Place:
    asked = await things(world, asks)
    who = await sits(world, seat)
    if who:
        await asks.headers(who)
    code = (await SchoolRow.get(id=world.school.id)).code if seat == "authority" else ""
    return Place(world=world, who=who, code=code, asked=asked, tokens=asks.tokens)


def leaves(value: Any) -> Iterator[Any]:
    """What an answer says at its ends, but nothing, zero and REFUSED."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif value and value != "REFUSED":
        yield value


def wrong(name: str, rule: Rule, said: dict[str, Any], seat: str) -> str:
    """What is wrong with an answer to ``seat``; "" for nothing."""
    errors = {e["extensions"].get("refusal", e["extensions"]["code"]) for e in said.get("errors") or ()}
    answer = (said.get("data") or {}).get(name)
    refused, told = codes(answer) | errors, set(map(str, leaves(answer)))
    here, sure = SEATS[seat][0] == HERE, rule.names and not rule.missing
    if allowed(rule, seat):
        bad = errors or refused & (DENIALS if sure else {"NOT_PERMITTED"})
        nothing = name in QUERIES and not rule.empty and SEATS[seat][0] != ELSEWHERE and not told
        return f"{name}: takes {rule.needs}, denied: {said}" if bad or nothing else ""
    # Where nothing is named that could be hidden, only the right can be what is missing.
    denials = DENIALS if sure or not here else {"NOT_PERMITTED"}
    bad = errors - ERRORS or told - denials or (name in MUTATIONS and not refused)
    return f"{name}: takes {rule.needs}, not denied: {said}" if bad else ""


def contents(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    """Everything in the database but the traces of asking."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
        for name in names
        if name not in TRACES
    }


def gone(before: list[Any], after: list[Any], *, whole: bool) -> bool:
    """Whether a table is not what it was; with more rows it still is, where ``whole`` is not asked."""
    return before != after if whole else not set(before) <= set(after)


class Kept:
    """The database as it was, to compare with and to go back to."""

    def __init__(self, settings: Settings) -> None:
        self.live = sqlite3.connect(settings.database_url.removeprefix("sqlite://"), timeout=5)
        self.copy = sqlite3.connect(":memory:")
        self.live.backup(self.copy)
        self.before = contents(self.copy)
        self.version = self.now()

    def now(self) -> int:
        return int(self.live.execute("PRAGMA data_version").fetchone()[0])

    def changed(self, *, whole: bool = True) -> set[str]:
        """The tables that differ from what they were, or have lost a row of it; puts them back."""
        if self.now() == self.version:
            return set()
        after = contents(self.live)
        self.copy.backup(self.live)
        self.version = self.now()
        return {name for name in after if gone(self.before[name], after[name], whole=whole)}

    def close(self) -> None:
        self.live.close()
        self.copy.close()


def known(world: World) -> list[str]:
    """The ids of what is in the school and named: nobody elsewhere is told one."""
    school = world.school
    people = {*school.teachers, school.admin, school.manager, school.leader, school.issuer}
    return [
        gid("School", school.id),
        gid("Class", school.class_id),
        *(gid("Transcript", id_) for id_ in world.transcripts),
        *(gid("Student", id_) for id_ in school.students),
        *(gid("Person", each.id) for each in people),
        *(gid("SigningAccount", id_) for id_ in world.accounts.values()),
    ]


def fields(kind: Any) -> set[str]:
    return set(kind.fields)


def test_every_operation_is_listed() -> None:
    assert fields(schema._schema.query_type) == set(policy.QUERIES)
    assert fields(schema._schema.mutation_type) == set(policy.MUTATIONS)
    assert fields(schema._schema.subscription_type) == set(policy.SUBSCRIPTIONS)


@pytest.mark.skipif(POSTGRES, reason="looks into the SQLite file")
@pytest.mark.parametrize("seat", SEATS)
async def test_each_role_may_what_the_table_says_and_denied_calls_change_nothing(
    asks: Api, here: World, settings: Settings, seat: str
) -> None:
    place, kept, found = await seated(here, asks, seat), Kept(settings), []
    secret = known(here)
    for name, rule in (policy.QUERIES | policy.MUTATIONS).items():
        rest, given = place.asked[name]
        said = await asks.post(
            document(name, rest), {"input": given} if given else {}, who=place.who, headers=place.headers
        )
        await here.house.tasks.idle()
        found.append(wrong(name, rule, said, seat))
        if SEATS[seat][0] == ELSEWHERE and (leaked := [id_ for id_ in secret if id_ in str(said)]):
            found.append(f"{name}: shows {leaked}")
        may = allowed(rule, seat) and name in MUTATIONS
        changed = kept.changed(whole=not may) - (OWN_ROWS if may else set())
        if changed and (SEATS[seat][0] == ELSEWHERE or not may):
            found.append(f"{name}: changed {changed}")
    kept.close()
    assert not any(found), "\n".join(filter(None, found))


async def first(place: Place, name: str, seat: str) -> dict[str, Any]:
    """What a subscription says first."""
    house, tokens = place.world.house, place.tokens
    token = tokens.get(place.who.id, "") if place.who else ""
    asking = await asking_of_token(house, token, school_code=place.code or None)

    async def again(_token: str | None) -> Any:
        return asking

    watched = f"subscription {{ {name}{place.followed[name]} }}"
    said = await schema.subscribe(watched, context_value=Context(house=house, asking=asking, ask=again))
    assert hasattr(said, "__anext__"), said
    async with asyncio.timeout(5):
        result = await anext(said, None)
    await said.aclose()
    if result is None:
        return {}
    return {"data": result.data, "errors": [error.formatted for error in result.errors or ()]}


@pytest.mark.parametrize("seat", SEATS)
async def test_each_role_follows_what_the_table_says(asks: Api, here: World, seat: str) -> None:
    place = await seated(here, asks, seat)
    found = [
        wrong(name, rule, await first(place, name, seat), seat) for name, rule in policy.SUBSCRIPTIONS.items()
    ]
    assert not any(found), "\n".join(filter(None, found))
