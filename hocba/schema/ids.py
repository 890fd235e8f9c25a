"""Global ids, as GraphQL takes and gives them."""

from collections.abc import Iterable
from uuid import UUID

import strawberry

from hocba.actions.handles import NOWHERE, decode, encode
from hocba.schema.errors import BadUserInputError


def global_id(kind: str, id: UUID) -> strawberry.ID:
    """The global id of an object."""
    return strawberry.ID(encode(kind, id))


def maybe_id(kind: str, id: UUID | None) -> strawberry.ID | None:
    """The global id of an object that may be missing."""
    return None if id is None else global_id(kind, id)


def local_id(kind: str, id: str) -> UUID:
    """The UUID of an object of this kind; ``NOWHERE`` for anything else, which is not found."""
    found, uuid = decode(id)
    return uuid if found == kind else NOWHERE


def local_ids(kind: str, ids: Iterable[str], *, limit: int = 500) -> list[UUID]:
    """The UUIDs of a bulk operation.

    Ids that are none get a UUID of their own, so that each row of the answer keeps its place.

    :raises BadUserInputError: for none, or more than ``limit``.
    """
    given = list(ids)
    if not 0 < len(given) <= limit:
        raise BadUserInputError(f"between 1 and {limit} ids, please")
    return [local_id(kind, each) for each in given]
