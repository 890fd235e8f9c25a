"""The first school, its first ADMIN and its authority: what an operator adds from the shell.

Everything else is done through the API by those people.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import passwords, users
from hocba.domain import entries
from hocba.domain.errors import Code, Refusal
from hocba.domain.names import sort_key
from hocba.domain.permissions import ADMINISTRATION, Permission
from hocba.domain.values import VIETNAM, Level, Ownership, PersonId, Role, SchoolId
from hocba.plugin_api import Secret
from hocba.store import former, histories, ids
from hocba.store.models import OrganisationRow, PersonRow, RoleGrantRow, SchoolRow, UserRow

_SCHOOL_TEXTS = {
    "code": 20,
    "name": 200,
    "department_code": 20,
    "department": 200,
    "commune": 200,
    "province": 200,
    "ownership": 10,
}
"""What is written of a school, with how many characters at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchool:
    """A school to add; ``identity`` is ``MST:<digits>``, as its certificate carries it."""

    code: str
    name: str
    levels: tuple[Level, ...]
    identity: str
    department_code: str = ""
    department: str = ""
    commune: str = ""
    province: str = ""
    ownership: str = Ownership.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Somebody who may sign in, and the role he is given where he works.

    :ivar school: the code of his school; empty for the staff of an authority.
    :ivar organisation: the code of his authority, for the role AUTHORITY.
    :ivar permissions: what a MANAGER has; the administration when nothing is said.
    """

    username: str
    full_name: str
    role: Role
    code: str
    school: str = ""
    organisation: str = ""
    personal_id: str = ""
    title: str = ""
    permissions: tuple[Permission, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted:
    """A role was given, in a school or an authority; to a MANAGER with permissions."""

    role: Role
    place: UUID
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolAdded:
    """The operator added the school."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolChanged:
    """The operator changed what is known of the school; ``new`` by field, ``since`` ISO."""

    new: dict[str, str]
    since: str


async def add_school(new: NewSchool, *, now: datetime) -> SchoolId:
    """Add a school.

    :raises Refusal: ALREADY_EXISTS when the code is taken; INVALID_VALUE, CHARACTER_NOT_ALLOWED.
    """
    texts: dict[str, Any] = {name: _text(name, getattr(new, name)) for name in _SCHOOL_TEXTS}
    identity = entries.organisation_id(new.identity)
    if await SchoolRow.exists(code=texts["code"]):
        raise Refusal(Code.ALREADY_EXISTS, code=texts["code"])
    levels = ",".join(level for level in Level if level in new.levels)
    async with in_transaction():
        row = await SchoolRow.create(id=ids.new(), **texts, levels=levels, identity=identity)
        await histories.add(
            "school", row.id, SchoolAdded(code=row.code), by=None, school=SchoolId(row.id), at=now
        )
    return SchoolId(row.id)


async def change_school(
    code: str,
    given: Mapping[str, str],
    more: Collection[Level] = (),
    *,
    since: date | None = None,
    now: datetime,
) -> SchoolId:
    """Change what is known of a school: a new name, a merged commune, a level more.

    What transcripts hold stays as it was when they were made, and years before keep what held then.

    :param given: what changes, by the fields of ``NewSchool`` without ``code`` and ``levels``.
    :param since: from which day name, department, commune and province are so; today when left out.
    :param more: levels that it has from now on; none is ever taken away, its classes would be lost.
    :raises Refusal: NOT_FOUND, INVALID_VALUE, CHARACTER_NOT_ALLOWED.
    """
    day = entries.day(since or now.astimezone(VIETNAM).date(), field="school.since")
    changes = {
        name: entries.organisation_id(text) if name == "identity" else _text(name, text)
        for name, text in given.items()
    }
    async with in_transaction():
        row = await SchoolRow.select_for_update().get_or_none(code=code)
        if row is None:
            raise Refusal(Code.NOT_FOUND)
        held = row.levels.split(",")
        changes["levels"] = ",".join(level for level in Level if level in held or level in more)
        new = {name: value for name, value in changes.items() if value != getattr(row, name)}
        if not new.keys().isdisjoint(former.PRINTED):
            await former.keep(row, day)
        if new:
            await row.update_from_dict(new).save(update_fields=list(new))
            changed = SchoolChanged(new=new, since=day.isoformat())
            await histories.add("school", row.id, changed, by=None, school=SchoolId(row.id), at=now)
    return SchoolId(row.id)


def _text(name: str, given: str) -> str:
    """A text of a school as it is kept.  :raises Refusal: INVALID_VALUE, CHARACTER_NOT_ALLOWED."""
    limit, required = _SCHOOL_TEXTS[name], name in ("code", "name")
    return entries.text(given, field=f"school.{name}", limit=limit, required=required)


async def add_user(new: NewUser, password: Secret, *, now: datetime) -> PersonId:
    """Give somebody a role where he works, and a password to sign in with.

    Whoever is there already, by his staff code, keeps his profile and his user name.

    :raises Refusal: NOT_FOUND for an unknown school or authority, PASSWORD_WEAK, INVALID_VALUE,
        CHARACTER_NOT_ALLOWED; ALREADY_EXISTS when somebody else has the user name, or he has another one.
    """
    passwords.must_be_strong(password, username=new.username)
    home, school = await _home(new)
    name = new.username.strip().casefold()
    await _must_be_free(name, home, new.code)
    async with in_transaction():
        person = await _person(new, home)
        await _grant(new, person, home, school, now)
    await users.set_password(person.id, name, password, by=None, school=SchoolId(home), at=now)
    return PersonId(person.id)


async def _must_be_free(username: str, home: UUID, code: str) -> None:
    """:raises Refusal: ALREADY_EXISTS, with the user name that is in the way."""
    person = await PersonRow.get_or_none(school_id=home, code=code)
    own = await UserRow.get_or_none(person_id=person.id) if person else None
    if own and own.username != username:
        raise Refusal(Code.ALREADY_EXISTS, code=own.username)
    if own is None and await UserRow.exists(username=username):
        raise Refusal(Code.ALREADY_EXISTS, code=username)


async def _home(new: NewUser) -> tuple[UUID, SchoolId | None]:
    """Where he works, and the school if it is one.

    :raises Refusal: NOT_FOUND; INVALID_VALUE for an AUTHORITY of a school, or a school's role elsewhere.
    """
    if (new.role is Role.AUTHORITY) != bool(new.organisation):
        raise Refusal(Code.INVALID_VALUE, field="organisation.code")
    if new.organisation:
        organisation = await OrganisationRow.get_or_none(code=new.organisation)
        if organisation is None:
            raise Refusal(Code.NOT_FOUND)
        return organisation.id, None
    school = await SchoolRow.get_or_none(code=new.school)
    if school is None:
        raise Refusal(Code.NOT_FOUND)
    return school.id, SchoolId(school.id)


async def _grant(new: NewUser, person: PersonRow, home: UUID, school: SchoolId | None, now: datetime) -> None:
    place = {"school_id": school} if school else {"organisation_id": home}
    if await RoleGrantRow.exists(person_id=person.id, role=new.role, valid_to__isnull=True, **place):
        return
    given: tuple[str, ...] = ()
    if new.role is Role.MANAGER:
        given = tuple(sorted(new.permissions or ADMINISTRATION))
    grant = await RoleGrantRow.create(
        id=ids.new(),
        person_id=person.id,
        role=new.role,
        permissions=",".join(given),
        valid_from=now,
        **place,
    )
    granted = RoleGranted(role=new.role, place=home, permissions=given)
    await histories.add("role_grant", grant.id, granted, by=None, school=school, at=now)


async def _person(new: NewUser, home: UUID) -> PersonRow:
    code = entries.text(new.code, field="staff.code", limit=40)
    full_name = entries.text(new.full_name, field="staff.full_name", limit=200)
    title = entries.text(new.title, field="staff.title", limit=100, required=False)
    personal_id = entries.personal_id(new.personal_id) if new.personal_id else ""
    person = await PersonRow.get_or_none(school_id=home, code=code)
    return person or await PersonRow.create(
        id=ids.new(),
        school_id=home,
        code=code,
        full_name=full_name,
        sort_key=sort_key(full_name),
        personal_id=personal_id,
        title=title,
    )
