"""The history of everything: inserted, never touched again.

An event belongs to an aggregate (a transcript, a class, a signing account, …) and has its
version in it; UNIQUE(aggregate_id, version) lets two writers not both be next.  What happened is
a frozen dataclass of the domain; its name is the ``kind``, its fields are the ``data``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from hocba.domain.values import PersonId, SchoolId
from hocba.store import ids
from hocba.store.reads import sql

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_COLUMNS = ("id", "aggregate", "aggregate_id", "version", "kind", "data", "actor_id", "school_id", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event on its way into the history.

    :ivar aggregate: what kind of thing it happened to: ``transcript``, ``class``, …
    :ivar version: its place in the history of that thing, from 1.
    :ivar event: what happened; plain values, enums, ids, times and tuples of these.
    :ivar by: who did it; ``None`` for the server itself.
    :ivar school: whose history it is; ``None`` only for what concerns no school.
    """

    aggregate: str
    aggregate_id: UUID
    version: int
    event: "DataclassInstance"
    by: PersonId | None
    school: SchoolId | None
    at: datetime


async def append(happened: Sequence[Happened]) -> None:
    """Write into the history, inside the caller's transaction.

    :raises IntegrityError: when a version of an aggregate is already taken.
    """
    await sql.insert("event", _COLUMNS, [_row(each) for each in happened])


def kind(event: "DataclassInstance") -> str:
    """The name under which such an event is stored."""
    return type(event).__name__


def data(event: "DataclassInstance") -> dict[str, Any]:
    """The fields of ``event`` as JSON has them."""
    return {name: _plain(getattr(event, name)) for name in _names(type(event))}


@cache
def _names(kind: type["DataclassInstance"]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _row(happened: Happened) -> tuple[Any, ...]:
    return (
        ids.new(),
        happened.aggregate,
        happened.aggregate_id,
        happened.version,
        kind(happened.event),
        orjson.dumps(data(happened.event)).decode(),
        happened.by,
        happened.school,
        happened.at,
    )


def _plain(value: Any) -> Any:
    """``value`` in JSON's own types; refuses what would not come back the same."""
    match value:
        case Enum():
            return value.value
        case None | str() | bool() | int():
            return value
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case tuple() | list():
            return [_plain(each) for each in value]
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
    raise TypeError(f"an event cannot hold a {type(value).__name__}")
