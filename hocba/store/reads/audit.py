"""The audit log: what happened in schools, and who read the records of their pupils."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from hocba.domain.access import AccessKind
from hocba.store.models import AccessRow, EventRow, PersonRow, TranscriptRow
from hocba.store.reads.events import reason_of
from hocba.store.reads.organisations import Schools
from hocba.store.reads.pages import Order, Page, Slice, take

NEWEST = Order(columns=("at", "id"), descending=True)
_EVENT = ("id", "aggregate", "aggregate_id", "kind", "data", "school_id", "actor_id", "at")
_ACCESS = ("id", "person_id", "kind", "object_id", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which events are wanted; ``None`` asks for nothing.

    :ivar since: from then on.
    :ivar until: before then.
    """

    object_id: UUID | None = None
    actor_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    kinds: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event, of anything."""

    id: UUID
    aggregate: str
    aggregate_id: UUID
    kind: str
    reason: str
    school_id: UUID | None
    actor_id: UUID | None
    actor_name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Somebody read something."""

    id: UUID
    person_id: UUID | None
    person_name: str
    kind: AccessKind
    object_id: UUID
    at: datetime


async def log(schools: Schools, wanted: AuditFilter, page: Page) -> Slice[Entry]:
    """What happened in ``schools``, newest first.  Two statements."""
    query = EventRow.filter(_filter(wanted), schools.of())
    found = await take(_from(query, page), NEWEST, page, _EVENT)
    names = await _names({row["actor_id"] for row in found.rows})
    return found.map(lambda row: _entry(row, names))


async def accesses(schools: Schools, object_id: UUID, page: Page) -> Slice[Access]:
    """Who read a pupil's record or a transcript of ``schools``, newest first.  Three statements.

    Whoever read one of a pupil's transcripts read his record.
    """
    own = await TranscriptRow.filter(student_id=object_id).values_list("id", flat=True)
    query = AccessRow.filter(schools.of(), object_id__in=[object_id, *own])
    found = await take(_from(query, page), NEWEST, page, _ACCESS)
    names = await _names({row["person_id"] for row in found.rows})
    return found.map(lambda row: _access(row, names))


def _from(query: QuerySet[Any], page: Page) -> QuerySet[Any]:
    """``query``, told where the page begins, so that an index is entered there."""
    if page.after is not None:
        query = query.filter(at__lte=page.after[0])
    return query if page.before is None else query.filter(at__gte=page.before[0])


def _filter(wanted: AuditFilter) -> Q:
    asked: dict[str, Any] = {
        "aggregate_id": wanted.object_id,
        "actor_id": wanted.actor_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "kind__in": None if wanted.kinds is None else list(wanted.kinds),
    }
    return Q(**{name: value for name, value in asked.items() if value is not None})


async def _names(people: set[UUID | None]) -> dict[UUID, str]:
    wanted = [each for each in people if each]
    return dict(await PersonRow.filter(id__in=wanted).values_list("id", "full_name")) if wanted else {}


def _entry(row: Mapping[str, Any], names: Mapping[UUID, str]) -> Entry:
    return Entry(
        id=row["id"],
        aggregate=row["aggregate"],
        aggregate_id=row["aggregate_id"],
        kind=row["kind"],
        reason=reason_of(row["data"]),
        school_id=row["school_id"],
        actor_id=row["actor_id"],
        actor_name=names.get(row["actor_id"], ""),
        at=row["at"],
    )


def _access(row: Mapping[str, Any], names: Mapping[UUID, str]) -> Access:
    return Access(
        id=row["id"],
        person_id=row["person_id"],
        person_name=names.get(row["person_id"], ""),
        kind=AccessKind(row["kind"]),
        object_id=row["object_id"],
        at=row["at"],
    )
