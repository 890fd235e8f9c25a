"""Who holds a session, and what he may do now.

Nothing is kept between two requests: rights that are withdrawn are gone at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from hocba.domain.people import Actor
from hocba.domain.permissions import Permission, delegated
from hocba.domain.values import ClassId, PersonId, Role, SchoolId, SchoolYear
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
    username: str
    name: str
    title: str
    personal_id: str = field(repr=False)
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that was given, in one school.

    :ivar delegated: what a MANAGER has.
    """

    school: SchoolId
    role: Role
    delegated: frozenset[Permission] = frozenset()


async def holder(token_hashes: Sequence[str], now: datetime) -> Holder | None:
    """Whoever holds a session that is neither over nor revoked.  One statement.

    Somebody who has left the school holds none.
    """
    found = await sql.select(
        'SELECT s.id AS session, s.seen_at, s.expires_at, u.id AS "user", u.username, p.id AS person,'
        " p.school_id, p.full_name, p.title, p.personal_id, p.left_on"
        ' FROM session s JOIN "user" u ON u.id = s.user_id JOIN person p ON p.id = u.person_id'
        " WHERE s.token_hash IN (:tokens...) AND s.revoked_at IS NULL AND u.active = :yes",
        tokens=token_hashes,
        yes=True,
    )
    if not found or sql.time(found[0]["expires_at"]) <= now:
        return None
    row = found[0]
    if row["left_on"] and sql.day(row["left_on"]) <= now.date():
        return None
    return Holder(
        session=sql.id_(row["session"]),
        user=sql.id_(row["user"]),
        person=PersonId(sql.id_(row["person"])),
        home=SchoolId(sql.id_(row["school_id"])),
        username=row["username"],
        name=row["full_name"],
        title=row["title"],
        personal_id=row["personal_id"],
        seen_at=sql.time(row["seen_at"]),
    )


async def grants(person: PersonId, now: datetime) -> list[Grant]:
    """The roles given to ``person`` that hold now, in every school.  One statement."""
    rows = (
        await RoleGrantRow.filter(person_id=person, valid_from__lte=now)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))
        .order_by("valid_from")
        .values("school_id", "role", "permissions")
    )
    return [
        Grant(
            school=row["school_id"],
            role=Role(row["role"]),
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


async def actor(holder: Holder, school: SchoolId, year: SchoolYear, held: Sequence[Grant]) -> Actor:
    """What ``holder`` may do in ``school`` and ``year``.  Two statements, seldom three."""
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
    given = [grant for grant in held if grant.school == school]
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
