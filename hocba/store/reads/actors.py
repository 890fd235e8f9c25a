"""Who holds a session, and what he may do now.

Nothing is kept between two requests: rights that are withdrawn are gone at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from hocba.domain.people import Actor
from hocba.domain.permissions import Permission, delegated
from hocba.domain.values import ClassId, Level, PersonId, Role, SchoolId, SchoolYear
from hocba.store.models import ClassRow, RoleGrantRow, SchoolRow
from hocba.store.reads import sql
from hocba.store.reads.exactly import exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The person behind a session."""

    session: UUID
    user: UUID
    person: PersonId
    home: SchoolId
    """The school, or the authority, whose staff he is."""
    of_school: bool = True
    """Whether ``home`` is a school."""
    username: str
    name: str
    title: str
    personal_id: str = field(repr=False)
    seen_at: datetime
    school: SchoolId | None = None
    """The school that he chose when he signed in."""
    level: Level | None = None
    """The level of that school, if he chose one."""
    must_change: bool = False
    """Whether he signed in with a password that somebody else made."""
    second_factor_on: bool = False
    second_factor_shown: bool = False
    """Whether he has a second factor, and whether he showed it in this session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that was given, in one school; to an AUTHORITY in an organisation.

    :ivar delegated: what a MANAGER has.
    """

    role: Role
    school: SchoolId | None = None
    organisation: UUID | None = None
    delegated: frozenset[Permission] = frozenset()


_PERSON = (
    'u.id AS "user", u.username, u.must_change, u.totp_since, p.id AS person, p.school_id, p.full_name,'
    " p.title, p.personal_id, p.left_on, (SELECT 1 FROM organisation o WHERE o.id = p.school_id) AS officer"
)


async def holder(token_hashes: Sequence[str], now: datetime) -> Holder | None:
    """Whoever holds a session that is neither over nor revoked.  One statement.

    Somebody who has left the school holds none.
    """
    found = await sql.select(
        "SELECT s.id AS session, s.seen_at, s.expires_at, s.school_id AS chosen, s.level, s.method,"  # noqa: S608 -- columns of ours
        f" s.second_factor_at, {_PERSON}"
        ' FROM session s JOIN "user" u ON u.id = s.user_id JOIN person p ON p.id = u.person_id'
        " WHERE s.token_hash IN (:tokens...) AND s.revoked_at IS NULL AND u.active = :yes",
        tokens=token_hashes,
        yes=True,
    )
    if not found or sql.time(found[0]["expires_at"]) <= now or _has_left(found[0], now):
        return None
    row = found[0]
    return replace(
        _holder(row, sql.id_(row["session"]), sql.time(row["seen_at"])),
        school=SchoolId(sql.id_(row["chosen"])) if row["chosen"] else None,
        level=Level(row["level"]) if row["level"] else None,
        must_change=bool(row["must_change"]) and row["method"] == "password",
        second_factor_shown=row["second_factor_at"] is not None,
    )


async def holder_to_be(user: UUID, now: datetime) -> Holder | None:
    """Whoever is about to get a session; nobody who has left the school.  One statement."""
    found = await sql.select(
        f'SELECT {_PERSON} FROM "user" u JOIN person p ON p.id = u.person_id'  # noqa: S608 -- columns of ours
        " WHERE u.id = :user AND u.active = :yes",
        user=user,
        yes=True,
    )
    return _holder(found[0], UUID(int=0), now) if found and not _has_left(found[0], now) else None


def _has_left(row: Mapping[str, Any], now: datetime) -> bool:
    return bool(row["left_on"]) and sql.day(row["left_on"]) <= now.date()


def _holder(row: Mapping[str, Any], session: UUID, seen_at: datetime) -> Holder:
    return Holder(
        session=session,
        user=sql.id_(row["user"]),
        person=PersonId(sql.id_(row["person"])),
        home=SchoolId(sql.id_(row["school_id"])),
        of_school=row["officer"] is None,
        username=row["username"],
        name=row["full_name"],
        title=row["title"],
        personal_id=row["personal_id"],
        seen_at=seen_at,
        second_factor_on=row["totp_since"] is not None,
    )


async def grants(person: PersonId, now: datetime) -> list[Grant]:
    """The roles given to ``person`` that hold now, in every school.  One statement."""
    rows = (
        await RoleGrantRow.filter(person_id=person, valid_from__lte=now)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))
        .order_by("valid_from")
        .values("school_id", "organisation_id", "role", "permissions")
    )
    return [
        Grant(
            role=Role(row["role"]),
            school=row["school_id"],
            organisation=row["organisation_id"],
            delegated=delegated(row["permissions"].split(",")),
        )
        for row in rows
    ]


async def school_of(code: str) -> SchoolId | None:
    """The school with this code.  One statement."""
    found = await SchoolRow.filter(exactly(SchoolRow, "code", code)).values_list("id", flat=True)
    return SchoolId(found[0]) if found else None  # type: ignore[arg-type]


async def latest_year(school: SchoolId) -> SchoolYear | None:
    """The latest school year that has a class.  One statement."""
    years = await ClassRow.filter(school_id=school).order_by("-year").limit(1).values_list("year", flat=True)
    return SchoolYear(str(years[0])) if years else None


def authority(holder: Holder, place: SchoolId, held: Sequence[Grant]) -> Actor:
    """``holder`` as an AUTHORITY, if he is one: in a school below him, or at home in his organisation."""
    grants = [grant for grant in held if grant.role is Role.AUTHORITY and grant.organisation]
    roles = frozenset({Role.AUTHORITY} if grants else ())
    return Actor(id=holder.person, school=place, roles=roles, staff=False)


async def actor(holder: Holder, school: SchoolId, year: SchoolYear, held: Sequence[Grant]) -> Actor:
    """What ``holder`` may do in ``school``, one of his own, and ``year``.  Two statements at most."""
    person = holder.person
    homeroom, led, own = set(), set(), set()
    if school == holder.home:
        for row in await ClassRow.filter(school_id=school, year=year).values(
            "id", "homeroom_id", "leader_id"
        ):
            own.add(ClassId(row["id"]))
            if row["homeroom_id"] == person:
                homeroom.add(ClassId(row["id"]))
            if row["leader_id"] == person:
                led.add(ClassId(row["id"]))
    taught = await _taught(person) & own if own else set()
    given = [grant for grant in held if grant.school == school and grant.role is not Role.AUTHORITY]
    roles = {grant.role for grant in given}
    roles |= {Role.HOMEROOM_TEACHER} if homeroom else set()
    roles |= {Role.SUBJECT_TEACHER} if taught else set()
    roles |= {Role.LEADER} if led else set()
    return Actor(
        id=person,
        school=school,
        roles=frozenset(roles),
        homeroom=frozenset(homeroom),
        taught=frozenset(taught),
        led=frozenset(led),
        delegated=frozenset().union(*(grant.delegated for grant in given)),
        staff=bool(given) or (school == holder.home and holder.of_school),
        identity=f"CCCD:{holder.personal_id}" if holder.personal_id else "",
    )


async def _taught(person: PersonId) -> set[ClassId]:
    """The classes where he is responsible for a subject: he has it in term II, or nobody has."""
    rows = await sql.select(
        "SELECT DISTINCT a.class_id FROM assignment a WHERE a.person_id = :person"
        " AND (a.term = '2' OR NOT EXISTS (SELECT 1 FROM assignment b"
        " WHERE b.class_id = a.class_id AND b.subject = a.subject AND b.term = '2'))",
        person=person,
    )
    return {ClassId(sql.id_(row["class_id"])) for row in rows}
