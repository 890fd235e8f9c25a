"""The hash chain over the history of the whole installation.

Events are written by many transactions at once, and none of them waits for another: an event has no
place in the chain when it is stored.  A linker gives each its place afterwards::

    hash(0) = 32 zero bytes
    hash(n) = SHA-256(hash(n-1) || canonical bytes of the event at position n, as the database holds it)

Positions go 1, 2, 3, …, in the order of linking; an event that was committed late comes late.  The
canonical bytes are the same on SQLite and on PostgreSQL: a JSON list with sorted keys, ids as text,
the time in UTC to the microsecond.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from hocba.store.reads import sql

FORMAT = 1
"""Stands first in the canonical bytes."""

GENESIS = bytes(32)
FIRST = UUID(int=0)
"""Lies before every id."""

_LOCK = 0x686F6362
_EVENT = "e.id, e.aggregate, e.aggregate_id, e.version, e.kind, e.data, e.actor_id, e.school_id, e.at"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last link of the chain, or an earlier one.

    :ivar at: when its event happened; ``None`` when the event is gone.
    """

    position: int
    hash: bytes
    at: datetime | None = None


START = Head(position=0, hash=GENESIS)


def canonical(row: Row) -> bytes:
    """The bytes of a stored event that its hash covers; of any row, whatever stands in it."""
    parts = [
        FORMAT,
        str(row["id"]),
        row["aggregate"],
        str(row["aggregate_id"]),
        row["version"],
        row["kind"],
        _data(row["data"]),
        _maybe(row["actor_id"]),
        _maybe(row["school_id"]),
        _time(row["at"]),
    ]
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)


def following(before: bytes, row: Row) -> bytes:
    """The hash of the link of ``row`` behind a link with the hash ``before``."""
    return sha256(before + canonical(row)).digest()


async def head() -> Head:
    """The last link; ``START`` when nothing is linked yet.  One statement."""
    return await _one("", {})


async def link_at(position: int) -> Head | None:
    """The link at ``position``.  One statement."""
    found = await _one("WHERE l.position = :position", {"position": position})
    return None if found is START else found


async def is_whole() -> bool:
    """Whether there are as many links as events: positions have no gaps.  One statement."""
    (row,) = await sql.select(
        "SELECT (SELECT COUNT(*) FROM event) AS events,"
        " (SELECT COALESCE(MAX(position), 0) FROM audit_link) AS links"
    )
    return bool(row["events"] == row["links"])


async def unlinked(after: UUID, most: int) -> list[Row]:
    """Events with a larger id than ``after`` that have no link, by id.  One statement.

    The index is read from ``after`` on and no further than is needed.
    """
    return await sql.select(
        f"SELECT {_EVENT} FROM event e LEFT JOIN audit_link l ON l.event_id = e.id"  # noqa: S608 -- columns of ours
        " WHERE e.id > :after AND l.event_id IS NULL ORDER BY e.id LIMIT :most",
        after=after,
        most=most,
    )


async def count_unlinked() -> int:
    """How many events have no link.  One statement, over everything."""
    (row,) = await sql.select(
        "SELECT COUNT(*) AS n FROM event e LEFT JOIN audit_link l ON l.event_id = e.id"
        " WHERE l.event_id IS NULL"
    )
    return int(row["n"])


async def take_turn() -> bool:
    """Be the only linker until the caller's transaction ends; ``False`` while another one is.

    A transaction on SQLite is alone from its first moment.
    """
    if sql.dialect() == "sqlite":
        return True
    # Two numbers, so that each schema of a database has a turn of its own.
    (row,) = await sql.select(
        "SELECT pg_try_advisory_xact_lock(:key, CAST(CAST('audit_link' AS regclass) AS oid)::int) AS taken",
        key=_LOCK,
    )
    return bool(row["taken"])


async def append(rows: Sequence[Row]) -> None:
    """Link ``rows`` behind the last one, inside the transaction of whoever has his turn."""
    last = await head()
    hash_, links = last.hash, []
    for position, row in enumerate(rows, start=last.position + 1):
        hash_ = following(hash_, row)
        links.append((row["id"], position, hash_.hex()))
    await sql.insert("audit_link", ("event_id", "position", "hash"), links)


async def links(after: int, *, batch: int) -> AsyncIterator[list[Row]]:
    """Every link behind the position ``after`` with its event, ``batch`` at a time, in order.

    An event that is gone has no ``id``.
    """
    while True:
        rows = await sql.select(
            f"SELECT l.position, l.hash, l.event_id, {_EVENT}"  # noqa: S608 -- columns of ours
            " FROM audit_link l LEFT JOIN event e ON e.id = l.event_id"
            " WHERE l.position > :after ORDER BY l.position LIMIT :batch",
            after=after,
            batch=batch,
        )
        if rows:
            yield rows
        if len(rows) < batch:
            return
        after = rows[-1]["position"]


async def _one(where: str, values: Mapping[str, Any]) -> Head:
    rows = await sql.select(
        "SELECT l.position, l.hash, e.at FROM audit_link l LEFT JOIN event e ON e.id = l.event_id"  # noqa: S608 -- texts of ours
        f" {where} ORDER BY l.position DESC LIMIT 1",
        **values,
    )
    if not rows:
        return START
    return Head(position=rows[0]["position"], hash=hash_of(rows[0]), at=moment(rows[0]["at"]))


def hash_of(row: Row) -> bytes:
    """The hash that a link has; empty when what stands there is none."""
    with suppress(ValueError):
        found = bytes.fromhex(row["hash"])
        return found if len(found) == len(GENESIS) else b""
    return b""


def moment(value: Any) -> datetime | None:
    """A stored time; ``None`` when it is none."""
    with suppress(TypeError, ValueError):
        return sql.time(value)
    return None


def _data(value: Any) -> Any:
    with suppress(ValueError, TypeError):
        return orjson.loads(value)
    return value


def _maybe(value: Any) -> str | None:
    return None if value is None else str(value)


def _time(value: Any) -> str:
    found = moment(value)
    return found.astimezone(UTC).isoformat(timespec="microseconds") if found else str(value)
