"""One more event in the history of something that has no version of its own."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

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
    last = (
        await EventRow.filter(aggregate_id=id).order_by("-version").limit(1).values_list("version", flat=True)
    )
    version = int(str(last[0])) + 1 if last else 1
    happened = Happened(
        aggregate=aggregate, aggregate_id=id, version=version, event=event, by=by, school=school, at=at
    )
    await append([happened])
