"""More events in the history of things that have no version of their own."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.functions import Max

from hocba.domain.values import PersonId, SchoolId
from hocba.store.events import Happened, append
from hocba.store.models import EventRow

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


async def add(
    aggregate: str,
    id: UUID,
    event: "DataclassInstance",
    *,
    by: PersonId | None,
    school: SchoolId | None,
    at: datetime,
) -> None:
    """Write ``event`` behind the last one of ``id``, inside the caller's transaction.

    :raises IntegrityError: when somebody else wrote one at the same moment.
    """
    await add_all(aggregate, {id: event}, by=by, school=school, at=at)


async def add_all(
    aggregate: str,
    events: Mapping[UUID, "DataclassInstance"],
    *,
    by: PersonId | None,
    school: SchoolId | None,
    at: datetime,
) -> None:
    """The same for several things at once.  Two statements, none for none.

    :raises IntegrityError: when somebody else wrote to one of them at the same moment.
    """
    if not events:
        return
    latest = EventRow.filter(aggregate_id__in=list(events)).annotate(latest=Max("version"))
    versions = dict(await latest.group_by("aggregate_id").values_list("aggregate_id", "latest"))
    happened = [
        Happened(
            aggregate=aggregate,
            aggregate_id=id_,
            version=versions.get(id_, 0) + 1,
            event=event,
            by=by,
            school=school,
            at=at,
        )
        for id_, event in events.items()
    ]
    await append(happened)
