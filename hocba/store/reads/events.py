"""The history of an object: what happened, who did it, when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hocba.store.models import EventRow, PersonRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened."""

    id: UUID
    version: int
    kind: str
    reason: str
    at: datetime
    actor_id: UUID | None
    actor_name: str


async def histories(ids: Sequence[UUID]) -> dict[UUID, list[Event]]:
    """Object -> its events, oldest first.  Two statements.  Whether one may see them is asked before."""
    if not ids:
        return {}
    rows = (
        await EventRow.filter(aggregate_id__in=list(ids))
        .order_by("aggregate_id", "version")
        .values("id", "aggregate_id", "version", "kind", "data", "at", "actor_id")
    )
    actors = {row["actor_id"] for row in rows} - {None}
    named = await PersonRow.filter(id__in=list(actors)).values("id", "full_name") if actors else []
    names = {row["id"]: row["full_name"] for row in named}
    found: defaultdict[UUID, list[Event]] = defaultdict(list)
    for row in rows:
        found[row["aggregate_id"]].append(
            Event(
                id=row["id"],
                version=row["version"],
                kind=row["kind"],
                reason=reason_of(row["data"]),
                at=row["at"],
                actor_id=row["actor_id"],
                actor_name=names.get(row["actor_id"], ""),
            )
        )
    return found


def reason_of(data: Mapping[str, Any] | None) -> str:
    """Why it was done, where the event says so."""
    return str((data or {}).get("reason") or "")
