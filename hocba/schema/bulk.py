"""What every bulk operation shares: whose ids, and which outcome for each."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

import strawberry

from hocba.actions import outcomes
from hocba.actions.outcomes import Result
from hocba.domain.errors import Refusal
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import global_id, local_ids

LIMIT = 500
"""Most objects of one call."""

Found = tuple[list[strawberry.ID], list[UUID]]
"""The ids as the client wrote them, and as we know them; side by side."""


async def chosen(
    kind: str,
    ids: Sequence[strawberry.ID] | None,
    by_filter: Callable[[int], Awaitable[list[UUID]]] | None,
) -> Found:
    """The objects of a bulk operation, named by ``ids`` or by a filter, not both.

    :raises BadUserInputError: for neither or both, none, or too many.
    """
    if (ids is None) == (by_filter is None):
        raise BadUserInputError("name them by ids or by filter, one of them")
    if ids is not None:
        return list(ids), local_ids(kind, ids, limit=LIMIT)
    assert by_filter is not None
    found = await by_filter(LIMIT + 1)
    if len(found) > LIMIT:
        raise BadUserInputError(f"the filter finds more than {LIMIT}")
    return [global_id(kind, one) for one in found], found


async def results_of(ids: Sequence[UUID], work: Callable[[], Awaitable[list[Result]]]) -> list[Result]:
    """The results of ``work``; when it refuses as a whole, that refusal for each."""
    if not ids:
        return []
    try:
        return await work()
    except Refusal as refusal:
        return list(map(partial(outcomes.refused, refusal=refusal), ids))
