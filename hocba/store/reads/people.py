"""Sessions and staff."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from hocba.domain.names import search_key
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import SchoolId
from hocba.store.models import PersonRow, SchoolRow, SessionRow
from hocba.store.reads.exactly import may_hold
from hocba.store.reads.pages import Order, Page, Slice, take

BY_NAME = Order(columns=("sort_key", "id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser or phone."""

    id: UUID
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of a school's staff."""

    id: UUID
    code: str
    full_name: str
    title: str
    personal_id: str = field(repr=False)
    left_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolName:
    """A school, as a list shows it."""

    id: UUID
    code: str
    name: str


_PERSON = ("id", "code", "full_name", "title", "personal_id", "left_on")


async def sessions(user: UUID, now: datetime) -> list[Session]:
    """The sessions of a user that are open now, newest first.  One statement."""
    rows = (
        await SessionRow.filter(user_id=user, revoked_at__isnull=True, expires_at__gt=now)
        .order_by("-seen_at")
        .values("id", "device", "created_at", "seen_at", "expires_at")
    )
    return [Session(**row) for row in rows]


async def staff(actor: Actor, page: Page, *, name: str = "", ids: Sequence[UUID] = ()) -> Slice[Person]:
    """The staff of the actor's school, by name; nobody to whom does not work there.  One statement."""
    query = PersonRow.filter(school_id=actor.school)
    if not actor.may(Permission.STAFF_VIEW):
        query = query.filter(id__in=[])
    if ids:
        query = query.filter(id__in=list(ids))
    if name:
        query = query.filter(id__in=await _named(actor.school, name))
    rows = await take(query, BY_NAME, page, _PERSON)
    return rows.map(lambda row: Person(**{key: row[key] for key in _PERSON}))


async def _named(school: SchoolId, name: str) -> list[UUID]:
    """Whose name holds ``name``.  A school has some hundred people: no search column is kept for them."""
    if not may_hold(PersonRow, "full_name", name):
        return []
    part = search_key(name)
    found = await PersonRow.filter(school_id=school).values("id", "full_name")
    return [row["id"] for row in found if part in search_key(row["full_name"])]


async def people(ids: Sequence[UUID]) -> dict[UUID, Person]:
    """These people, whatever their school.  One statement."""
    rows = await PersonRow.filter(id__in=list(ids)).values(*_PERSON) if ids else []
    return {row["id"]: Person(**row) for row in rows}


async def schools(ids: Sequence[UUID]) -> list[SchoolName]:
    """These schools, by code.  One statement."""
    rows = await SchoolRow.filter(id__in=list(ids)).order_by("code").values("id", "code", "name")
    return [SchoolName(**row) for row in rows]
