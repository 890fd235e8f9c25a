"""Users, as an ADMIN sees those of his school."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from hocba.domain.names import search_key
from hocba.domain.values import PersonId, Role, SchoolId, SchoolYear
from hocba.store.models import AssignmentRow, ClassRow, PersonRow, RoleGrantRow, UserRow
from hocba.store.reads.pages import Page, Slice, take
from hocba.store.reads.people import BY_NAME, Person

COLUMNS = ("id", "code", "full_name", "title", "personal_id", "left_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who can sign in.

    :ivar has_password: whether he has one; who signs in elsewhere only has none.
    :ivar must_change: whether an ADMIN made it.
    :ivar roles: those that were given to him in the school.
    """

    id: UUID
    person: Person
    username: str
    active: bool
    has_password: bool
    must_change: bool
    second_factor: bool
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which users; what is ``None`` does not matter.

    :ivar people: only these.
    :ivar name: part of his name or of his user name; accents do not matter.
    """

    name: str = ""
    active: bool | None = None
    people: Collection[UUID] | None = None


async def users(school: SchoolId, wanted: Wanted, page: Page, now: datetime) -> Slice[User]:
    """The users of ``school``, by name.  Three statements, one more for a name."""
    kept = UserRow.all() if wanted.active is None else UserRow.filter(active=wanted.active)
    query = PersonRow.filter(school_id=school).filter(Q(id__in=Subquery(kept.values("person_id"))))
    if wanted.people is not None:
        query = query.filter(id__in=list(wanted.people))
    if wanted.name:
        query = query.filter(id__in=await _named(school, search_key(wanted.name)))
    rows = await take(query, BY_NAME, page, COLUMNS)
    ids = [row["id"] for row in rows.rows]
    found = {row.person_id: row for row in await UserRow.filter(person_id__in=ids)} if ids else {}
    given = await _given(school, ids, now)
    return rows.map(lambda row: _user(row, found[row["id"]], given.get(row["id"], ())))


async def usernames(school: SchoolId) -> dict[PersonId, tuple[UUID, str]]:
    """The id and the name of each user of a school, by person.  One statement."""
    own = PersonRow.filter(school_id=school).values("id")
    rows = await UserRow.filter(Q(person_id__in=Subquery(own))).values("id", "person_id", "username")
    return {row["person_id"]: (row["id"], row["username"]) for row in rows}


async def holding(role: Role, school: SchoolId, year: SchoolYear, now: datetime) -> set[UUID]:
    """Who holds ``role`` in ``school`` and ``year``.  At most two statements."""
    classes = ClassRow.filter(school_id=school, year=year)
    match role:
        case Role.HOMEROOM_TEACHER:
            found = await classes.values_list("homeroom_id", flat=True)
        case Role.LEADER:
            found = await classes.values_list("leader_id", flat=True)
        case Role.SUBJECT_TEACHER:
            taught = AssignmentRow.filter(Q(class_id__in=Subquery(classes.values("id"))))
            found = await taught.distinct().values_list("person_id", flat=True)
        case _:
            found = await _grants(school, now).filter(role=role).values_list("person_id", flat=True)
    return {UUID(str(each)) for each in found if each}


async def _named(school: SchoolId, wanted: str) -> list[UUID]:
    # A school has some hundred people: no search column is kept for them.
    names = await usernames(school)
    people = await PersonRow.filter(school_id=school).values("id", "full_name")
    return [
        row["id"]
        for row in people
        if wanted in search_key(row["full_name"]) or wanted in search_key(names.get(row["id"], ("", ""))[1])
    ]


async def _given(school: SchoolId, people: Collection[UUID], now: datetime) -> dict[UUID, tuple[Role, ...]]:
    found: dict[UUID, tuple[Role, ...]] = {}
    if not people:
        return found
    for row in await _grants(school, now).filter(person_id__in=list(people)).values("person_id", "role"):
        found[row["person_id"]] = tuple(sorted({*found.get(row["person_id"], ()), Role(row["role"])}))
    return found


def _grants(school: SchoolId, now: datetime) -> QuerySet[RoleGrantRow]:
    open_ = Q(valid_to__isnull=True) | Q(valid_to__gt=now)
    return RoleGrantRow.filter(open_, school_id=school, valid_from__lte=now)


def _user(row: Mapping[str, Any], user: UserRow, roles: tuple[Role, ...]) -> User:
    return User(
        id=user.id,
        person=Person(**{name: row[name] for name in COLUMNS}),
        username=user.username,
        active=user.active,
        has_password=user.password_hash is not None,
        must_change=user.must_change,
        second_factor=user.totp_since is not None,
        roles=roles,
    )
