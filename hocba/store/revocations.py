"""What authorities answered about revocation: kept as evidence, and read again by every process.

Only what is newer than all before it is taken, so that an old answer cannot come back after a new
one.  ``next_update`` is until when an answer holds, also where it does not say so itself.  A row that
was replaced goes when nothing was registered, signed or sealed while it was the newest.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from hocba.store import ids
from hocba.store.models import RevocationRow
from hocba.store.reads import sql

Key = tuple[str, str]
"""``crl`` or ``ocsp``, and the SHA-256 of whom it is about."""

Ends = Mapping[Key, tuple[UUID, datetime]]
"""The newest row, and until when something about it is known."""

RESTING = ("signature", "document", "signing_account")
"""What may rest on evidence."""


MOST = 5_000
"""Names in one statement."""


class OutdatedError(Exception):
    """Something newer is known already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """What came back, read and judged.

    :ivar about: SHA-256 of the issuer's certificate for a list, of the certificate itself for an answer.
    """

    kind: str
    about: str
    url: str
    der: bytes = field(repr=False)
    this_update: datetime
    until: datetime
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """A row, without its bytes."""

    id: UUID
    kind: str
    about: str
    url: str
    this_update: datetime
    until: datetime
    fetched_at: datetime


async def newest(abouts: Collection[str]) -> dict[Key, UUID]:
    """The newest row of each kind about each of ``abouts``.  One statement; touches no bytes."""
    rows = await sql.select(
        "SELECT id, kind, about FROM revocation WHERE about IN (:abouts...) ORDER BY id", abouts=abouts
    )
    return {(row["kind"], row["about"]): sql.id_(row["id"]) for row in rows}


async def ends(keys: Collection[Key]) -> Ends:
    """Until when something is known of each; what is not known at all is left out."""
    abouts, found = sorted({about for _, about in keys}), {}
    for first in range(0, len(abouts), MOST):
        rows = await sql.select(
            "SELECT kind, about, MAX(CAST(id AS VARCHAR(36))) AS id, MAX(next_update) AS until"
            " FROM revocation WHERE about IN (:abouts...) GROUP BY kind, about",
            abouts=abouts[first : first + MOST],
        )
        for row in rows:
            found[row["kind"], row["about"]] = sql.id_(row["id"]), sql.time(row["until"])
    return found


async def bytes_of(rows: Collection[UUID]) -> dict[UUID, bytes]:
    """The answers themselves.  One statement."""
    found = await sql.select("SELECT id, der FROM revocation WHERE id IN (:rows...)", rows=rows)
    return {sql.id_(row["id"]): bytes(row["der"]) for row in found}


async def known_at(abouts: Collection[str], moment: datetime) -> dict[Key, KeptEvidence]:
    """What was the newest of each kind about each of ``abouts`` at ``moment``.  One statement."""
    rows = await sql.select(
        "SELECT id, kind, about, url, this_update, next_update, fetched_at FROM revocation"
        " WHERE about IN (:abouts...) AND fetched_at <= :moment ORDER BY id",
        abouts=abouts,
        moment=moment,
    )
    return {(row["kind"], row["about"]): _kept(row) for row in rows}


async def keep(new: NewEvidence) -> UUID:
    """Store an answer, unless it is there, and say under which id.

    :raises OutdatedError: when a newer one is known.
    """
    async with in_transaction():
        about = RevocationRow.filter(kind=new.kind, about=new.about)
        last = await about.order_by("-id").first().values("id", "this_update", "fetched_at", "der")
        if last and bytes(last["der"]) == new.der:
            return UUID(str(last["id"]))
        if last and new.this_update < last["this_update"]:
            raise OutdatedError
        row = RevocationRow(
            id=ids.new(),
            kind=new.kind,
            about=new.about,
            url=new.url,
            der=new.der,
            this_update=new.this_update,
            next_update=new.until,
            fetched_at=new.fetched_at,
        )
        await row.save(force_create=True)
        if last and not await _rests_on(last["fetched_at"]):
            await about.filter(id=last["id"]).delete()
    return row.id


def is_in_transaction() -> bool:
    """Whether the caller holds a transaction: then nobody outside may be waited for."""
    return isinstance(get_connection("default"), TransactionalDBClient)


async def _rests_on(fetched_at: datetime) -> bool:
    """Whether anything was written since that may rest on what was known then."""
    tests = [f"EXISTS (SELECT 1 FROM {table} WHERE id >= :since)" for table in RESTING]  # noqa: S608 -- names of ours
    (row,) = await sql.select(f"SELECT {' OR '.join(tests)} AS rests", since=ids.first_of(fetched_at))
    return bool(row["rests"])


def _kept(row: Mapping[str, Any]) -> KeptEvidence:
    return KeptEvidence(
        id=sql.id_(row["id"]),
        kind=row["kind"],
        about=row["about"],
        url=row["url"],
        this_update=sql.time(row["this_update"]),
        until=sql.time(row["next_update"] or row["this_update"]),
        fetched_at=sql.time(row["fetched_at"]),
    )
