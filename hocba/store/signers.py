"""The rights of a signer, loaded again at the moment his signature is added."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hocba.domain.people import Actor
from hocba.domain.permissions import delegated
from hocba.domain.values import PersonId, Role, SchoolId
from hocba.store.reads import sql


async def reload(person: UUID, school: UUID, *, now: datetime) -> Actor | None:
    """What ``person`` may do in ``school`` now, as far as signing needs it.

    The classes are left out: a signer sees what he signs.  Nobody who has left the school or may
    not sign in any more is a signer.  One statement.
    """
    rows = await sql.select(
        "SELECT p.personal_id, p.left_on, g.role, g.permissions, g.valid_from, g.valid_to FROM person p"
        " LEFT JOIN role_grant g ON g.person_id = p.id AND g.school_id = p.school_id"
        " WHERE p.id = :person AND p.school_id = :school AND NOT EXISTS"
        ' (SELECT 1 FROM "user" u WHERE u.person_id = p.id AND u.active = :no)',
        person=person,
        school=school,
        no=False,
    )
    if not rows or _has_left(rows[0]["left_on"], now):
        return None
    number = rows[0]["personal_id"]
    held = [row for row in rows if row["role"] and _holds(row, now)]
    return Actor(
        id=PersonId(person),
        school=SchoolId(school),
        roles=frozenset(Role(row["role"]) for row in held),
        delegated=frozenset().union(*(delegated(row["permissions"].split(",")) for row in held)),
        identity=f"CCCD:{number}" if number else "",
    )


def _has_left(left_on: date | str | None, now: datetime) -> bool:
    if left_on is None:
        return False
    day = date.fromisoformat(left_on[:10]) if isinstance(left_on, str) else left_on
    return day <= now.date()


def _holds(grant: Mapping[str, Any], now: datetime) -> bool:
    until = grant["valid_to"]
    return sql.time(grant["valid_from"]) <= now and (until is None or sql.time(until) > now)
