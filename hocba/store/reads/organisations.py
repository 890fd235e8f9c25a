"""Authorities and the schools below them, on a day.

::

    Bộ ── Sở ──┬── Phòng ── school      until a day
               ├── xã ───── school      from that day on
               └── school

Whether somebody supervises a school is asked upwards, from the school: an authority may have two
thousand below it, a school has few above.  No walk is longer than ``DEEPEST``, so that a circle,
which ``hocba.actions.organisations`` refuses, would not be walked for ever.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from hocba.domain.organisations import OrganisationKind
from hocba.domain.values import SchoolId
from hocba.store.models import OrganisationRow
from hocba.store.reads import sql

DEEPEST = 6

_UP = (
    "WITH RECURSIVE above (origin, id, depth) AS ("
    "SELECT s.child_id, s.parent_id, 1 FROM supervision s WHERE s.child_id IN (:children...)"
    " AND s.valid_from <= :day AND (s.valid_to IS NULL OR s.valid_to > :day)"
    " UNION SELECT a.origin, s.parent_id, a.depth + 1 FROM above a"
    " JOIN supervision s ON s.child_id = a.id WHERE a.depth < :deepest"
    " AND s.valid_from <= :day AND (s.valid_to IS NULL OR s.valid_to > :day)) "
)

_BELOW = (
    "(WITH RECURSIVE below (id, depth) AS (SELECT o.id, 0 FROM organisation o WHERE o.id IN ({roots})"  # noqa: S608 -- ids
    " UNION SELECT s.child_id, b.depth + 1 FROM below b JOIN supervision s ON s.parent_id = b.id"
    f" WHERE b.depth < {DEEPEST} AND s.valid_from <= {{day}}"
    " AND (s.valid_to IS NULL OR s.valid_to > {day})) SELECT b.id FROM below b"
    " UNION SELECT o.id FROM school o WHERE o.id IN ({own}))"
)
_IS_BELOW = f"{_UP} SELECT DISTINCT origin FROM above WHERE id IN (:organisations...)"  # noqa: S608 -- text of ours
_ABOVE = (
    f"{_UP} SELECT a.origin, MIN(a.depth) AS depth, o.id, o.code, o.name, o.kind FROM above a"  # noqa: S608 -- text of ours
    " JOIN organisation o ON o.id = a.id GROUP BY a.origin, o.id, o.code, o.name, o.kind"
    " ORDER BY depth, o.code"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An authority."""

    id: UUID
    code: str
    name: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """An authority above a school; ``depth`` is 1 for the one right above it."""

    organisation: Organisation
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """An authority below another, and right above how many schools it stands."""

    organisation: Organisation
    parent: UUID | None
    schools: int


async def supervised(
    organisations: Collection[UUID], schools: Collection[SchoolId], day: date
) -> frozenset[SchoolId]:
    """Which of ``schools`` stand below one of ``organisations``.  One statement, none without any."""
    if not organisations or not schools:
        return frozenset()
    rows = await sql.select(
        _IS_BELOW,
        children=sorted(schools),
        organisations=sorted(organisations),
        day=day,
        deepest=DEEPEST,
    )
    return frozenset(SchoolId(sql.id_(row["origin"])) for row in rows)


async def supervisors(schools: Sequence[UUID], day: date) -> dict[UUID, list[Supervisor]]:
    """School -> who stands above it, the nearest first.  One statement."""
    found: dict[UUID, list[Supervisor]] = {id_: [] for id_ in schools}
    if not schools:
        return found
    rows = await sql.select(
        _ABOVE,
        children=list(schools),
        day=day,
        deepest=DEEPEST,
    )
    for row in rows:
        above = Supervisor(organisation=_organisation(row), depth=row["depth"])
        found[sql.id_(row["origin"])].append(above)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Schools:
    """Some schools, and everything below some authorities on ``day``, however many that are.

    They stay a sub-select inside the statement that asks for them.
    """

    day: date
    ids: Collection[UUID] = ()
    organisations: Collection[UUID] = ()

    def as_sql(self) -> str:
        """A sub-select of ids, for a statement written by hand: ``school_id IN (…)``."""
        own = ", ".join(f"'{UUID(str(each))}'" for each in sorted(self.ids)) or "NULL"
        if not self.organisations:
            return f"({own})"
        roots = ", ".join(f"'{UUID(str(each))}'" for each in sorted(self.organisations))
        return _BELOW.format(own=own, roots=roots, day=f"'{self.day.isoformat()}'")

    def of(self, column: str = "school_id") -> Q:
        """The same as a condition on rows."""
        return Q(**{f"{column}__in": RawSQL(self.as_sql())})  # type: ignore[arg-type]


async def tree(organisations: Collection[UUID], day: date) -> list[Below]:
    """These authorities and those below them, from the top, by code.  One statement."""
    if not organisations:
        return []
    rows = await sql.select(
        "WITH RECURSIVE below (id, parent, depth) AS ("
        "SELECT o.id, CAST(NULL AS UUID), 0 FROM organisation o WHERE o.id IN (:organisations...)"
        " UNION SELECT s.child_id, s.parent_id, b.depth + 1 FROM below b"
        " JOIN supervision s ON s.parent_id = b.id WHERE b.depth < :deepest"
        " AND s.valid_from <= :day AND (s.valid_to IS NULL OR s.valid_to > :day))"
        " SELECT o.id, o.code, o.name, o.kind, b.parent, b.depth, (SELECT COUNT(*) FROM supervision s"
        " JOIN school c ON c.id = s.child_id WHERE s.parent_id = o.id"
        " AND s.valid_from <= :day AND (s.valid_to IS NULL OR s.valid_to > :day)) AS schools"
        " FROM below b JOIN organisation o ON o.id = b.id ORDER BY b.depth, o.code",
        organisations=sorted(organisations),
        day=day,
        deepest=DEEPEST,
    )
    found: dict[UUID, Below] = {}
    for row in rows:
        parent = sql.id_(row["parent"]) if row["parent"] else None
        each = Below(organisation=_organisation(row), parent=parent, schools=row["schools"])
        found[each.organisation.id] = each
    return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An authority, the code of the one right above it, and how many schools stand right below it."""

    organisation: Organisation
    above: str | None
    schools: int


async def everything(day: date) -> list[Listed]:
    """Every authority, from the top, by code.  One statement."""
    holds = "{0}.valid_from <= :day AND ({0}.valid_to IS NULL OR {0}.valid_to > :day)"
    rows = await sql.select(
        "SELECT o.id, o.code, o.name, o.kind, a.code AS above, (SELECT COUNT(*) FROM supervision c"  # noqa: S608 -- text of ours
        f" JOIN school k ON k.id = c.child_id WHERE c.parent_id = o.id AND {holds.format('c')}) AS schools"
        f" FROM organisation o LEFT JOIN supervision s ON s.child_id = o.id AND {holds.format('s')}"
        " LEFT JOIN organisation a ON a.id = s.parent_id",
        day=day,
    )
    found = [
        Listed(organisation=_organisation(row), above=row["above"], schools=row["schools"]) for row in rows
    ]
    kinds = list(OrganisationKind)
    return sorted(found, key=lambda each: (kinds.index(each.organisation.kind), each.organisation.code))


async def by_ids(ids: Collection[UUID]) -> list[Organisation]:
    """These authorities, by code.  One statement, none for none."""
    if not ids:
        return []
    rows = (
        await OrganisationRow.filter(id__in=list(ids)).order_by("code").values("id", "code", "name", "kind")
    )
    return [_organisation(row) for row in rows]


async def id_of(code: str) -> UUID | None:
    """The authority with this code.  One statement."""
    found = await OrganisationRow.filter(code=code).values_list("id", flat=True)
    return found[0] if found else None  # type: ignore[return-value]


def _organisation(row: Mapping[str, Any]) -> Organisation:
    return Organisation(
        id=sql.id_(row["id"]),
        code=row["code"],
        name=row["name"],
        kind=OrganisationKind(row["kind"]),
    )
