"""Authorities, and who stands below whom: what an operator adds from the shell."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from tortoise.transactions import in_transaction

from hocba.domain import entries
from hocba.domain.errors import Code, Refusal
from hocba.domain.organisations import Link, OrganisationKind, must_rank, must_stand_free
from hocba.domain.values import SchoolId, day_of
from hocba.store import histories, ids
from hocba.store.models import OrganisationRow, SchoolRow, SupervisionRow

_AUTHORITIES = UUID("6ec1c1f6-5f6d-5f0e-9f3c-5d1f3c6c0a52")
"""An authority's id is made of its code: so were the homes of their people before they had rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationAdded:
    """The operator added the authority."""

    code: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionSet:
    """Somebody stands below an authority, from ``since`` on, until ``until`` if that is known."""

    parent: UUID
    since: str
    until: str | None


async def add(code: str, name: str, kind: OrganisationKind, *, now: datetime) -> UUID:
    """Add an authority.

    :raises Refusal: ALREADY_EXISTS when the code is taken; INVALID_VALUE, CHARACTER_NOT_ALLOWED.
    """
    code = entries.text(code, field="organisation.code", limit=20)
    name = entries.text(name, field="organisation.name", limit=200)
    id_ = uuid5(_AUTHORITIES, code)
    if await OrganisationRow.exists(code=code) or await SchoolRow.exists(code=code):
        raise Refusal(Code.ALREADY_EXISTS, code=code)
    async with in_transaction():
        # What the migration made of an authority of before has this id and no name yet.
        if not await OrganisationRow.filter(id=id_, name="").update(code=code, name=name, kind=kind):
            await OrganisationRow.create(id=id_, code=code, name=name, kind=kind)
        added = OrganisationAdded(code=code, kind=kind)
        await histories.add("organisation", id_, added, by=None, school=None, at=now)
    return id_


async def supervise(
    parent: str, child: str, *, since: date | None = None, until: date | None = None, now: datetime
) -> None:
    """Let the authority ``parent`` stand right above ``child``, the code of a school or an authority.

    Said again of the same two, it sets another end.

    :param since: the first day; today when it is left out, or the day it began.
    :param until: the first day on which it holds no longer.
    :raises Refusal: NOT_FOUND, SUPERVISION_WRONG_ORDER, SUPERVISION_OVERLAPS, INVALID_VALUE.
    """
    above = await OrganisationRow.get_or_none(code=parent)
    below = await OrganisationRow.get_or_none(code=child) or await SchoolRow.get_or_none(code=child)
    if above is None or below is None:
        raise Refusal(Code.NOT_FOUND)
    kind = OrganisationKind(below.kind) if isinstance(below, OrganisationRow) else None
    must_rank(OrganisationKind(above.kind), kind)
    async with in_transaction():
        rows = await SupervisionRow.filter(child_id=below.id).order_by("valid_from").select_for_update()
        again = next((row for row in reversed(rows) if row.parent_id == above.id and until), None)
        begins = since or (again.valid_from if again else day_of(now))
        link = Link(parent=above.id, since=begins, until=until)
        same = again if again and again.valid_from == begins else None
        must_stand_free(link, [_link(row) for row in rows if row is not same])
        await _keep(link, below.id, same)
        school = None if kind else SchoolId(below.id)
        await histories.add("supervision", below.id, _set(link), by=None, school=school, at=now)


def _set(link: Link) -> SupervisionSet:
    until = link.until.isoformat() if link.until else None
    return SupervisionSet(parent=link.parent, since=link.since.isoformat(), until=until)


async def _keep(link: Link, child: UUID, same: SupervisionRow | None) -> None:
    if same:
        await SupervisionRow.filter(id=same.id).update(valid_to=link.until)
        return
    await SupervisionRow.create(
        id=ids.new(), child_id=child, parent_id=link.parent, valid_from=link.since, valid_to=link.until
    )


def _link(row: SupervisionRow) -> Link:
    return Link(parent=row.parent_id, since=row.valid_from, until=row.valid_to)
