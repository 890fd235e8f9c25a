"""Link the history of everything into one chain, and verify it.

The linker runs with the sweep, in as many processes as there are, one at a time.  Ids are made before
their transaction commits, so the newest of them are not all there yet: each round looks again at the
last ten minutes (``MARGIN``), and links what has come meanwhile behind the rest.  What comes later
still is noticed by counting, once an hour and at every start.  A round that finds nothing reads one
range of an index and writes nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.store import chain, ids
from hocba.store.chain import Head, Row
from hocba.store.reads import sql

MARGIN = timedelta(minutes=10)
"""How long a transaction may take, and how far clocks may differ."""

COUNTED_EVERY = timedelta(hours=1)
BATCH = 1_000
"""Links of one transaction."""

ROUND = 20
"""Batches of one round, so that a big import does not keep the sweep from its other work."""

STREAMED = 5_000
ODD = timedelta(hours=1)
"""An event that is so much older than those before it, or than its id, was not written when it says."""

SHOWN = 5

OnLinked = Callable[[list[Row]], Awaitable[None]]
"""What is done with events in the transaction that links them: each comes once."""


async def _nothing(_rows: list[Row]) -> None:
    """Nobody waits for events."""


class Linker:
    """Gives events their places; remembers until when everything is linked."""

    def __init__(self, on_linked: OnLinked = _nothing) -> None:
        """:param on_linked: called with each batch, in the transaction that links it."""
        self._on_linked = on_linked
        self._whole: datetime | None = None
        self._counted: datetime | None = None
        self._pass: tuple[datetime, UUID] | None = None

    async def round(self) -> int:
        """Link what has come.  :returns: how many events were linked."""
        begun, after = self._pass or await self._begin(datetime.now(UTC))
        linked = 0
        for _ in range(ROUND):
            self._pass = begun, after
            if not await chain.unlinked(after, 1):
                self._whole, self._pass = begun, None
                break
            found = await self._batch(after)
            if not found:
                break  # another process is at it
            linked, after = linked + len(found), sql.id_(found[-1]["id"])
        else:
            self._pass = begun, after
        return linked

    async def _begin(self, now: datetime) -> tuple[datetime, UUID]:
        """When a pass over what may be unlinked begins, and behind which id."""
        if self._counted is None or now - self._counted >= COUNTED_EVERY:
            self._whole = now if await chain.is_whole() else None
            self._counted = now
        return now, chain.FIRST if self._whole is None else ids.first_of(self._whole - MARGIN)

    async def _batch(self, after: UUID) -> list[Row]:
        async with in_transaction():
            rows = await chain.unlinked(after, BATCH) if await chain.take_turn() else []
            if rows:
                await chain.append(rows)
                await self._on_linked(rows)
        return rows


class Break(StrEnum):
    """What is wrong where the chain is first broken."""

    EVENT_CHANGED = "the event was changed"
    EVENT_REMOVED = "the event was removed"
    LINK_CHANGED = "the hash of the link was changed"
    LINK_REMOVED = "a link was removed"
    SWAPPED = "two events were swapped"
    NOT_EXPECTED = "the link does not have the hash that was kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The first break: where, what, which event."""

    position: int
    what: Break
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What verifying found.

    :ivar head: the last link that was reached whole.
    :ivar checked: how many links were computed again.
    :ivar finding: the first break; nothing behind it was looked at.
    :ivar unlinked: events without a link.
    :ivar odd: positions of events that were written later than they say, the first of them.
    :ivar odd_count: how many there are.
    """

    head: Head
    checked: int
    finding: Finding | None = None
    unlinked: int = 0
    odd: tuple[int, ...] = ()
    odd_count: int = 0

    @property
    def passed(self) -> bool:
        """Whether the chain is whole and nothing in it is odd."""
        return self.finding is None and not self.odd_count and not self.unlinked


async def verify(*, since: int = 0, expected: bytes | None = None) -> Verdict:
    """Compute the chain again; a few thousand events in memory at a time.

    :param since: begin behind this position, and believe what lies before.
    :param expected: the hash that the link at ``since`` had when it was kept elsewhere.
    """
    start = chain.START if since == 0 else await chain.link_at(since)
    if start is None:
        finding = Finding(position=since, what=Break.LINK_REMOVED)
        return Verdict(head=chain.START, checked=0, finding=finding)
    if expected is not None and start.hash != expected:
        finding = Finding(position=since, what=Break.NOT_EXPECTED)
        return Verdict(head=start, checked=0, finding=finding)
    walk = _Walk(start)
    async for rows in chain.links(since, batch=STREAMED):
        if not walk.through(rows):
            break
    return replace(walk.verdict(), unlinked=await chain.count_unlinked())


class _Walk:
    """Goes along the chain and remembers what it has seen."""

    def __init__(self, start: Head) -> None:
        self._head = start
        self._begun = start.position
        self._finding: Finding | None = None
        self._newest = datetime.min.replace(tzinfo=UTC)
        self._odd: list[int] = []
        self._odd_count = 0

    def through(self, rows: list[Row]) -> bool:
        """Whether all of ``rows`` are as they were."""
        for number, row in enumerate(rows):
            self._finding = self._broken(rows, number)
            if self._finding is not None:
                return False
            self._head = Head(position=row["position"], hash=chain.hash_of(row), at=chain.moment(row["at"]))
            self._look_at(row)
        return True

    def verdict(self) -> Verdict:
        return Verdict(
            head=self._head,
            checked=self._head.position - self._begun,
            finding=self._finding,
            odd=tuple(self._odd),
            odd_count=self._odd_count,
        )

    def _broken(self, rows: list[Row], number: int) -> Finding | None:
        row, wanted = rows[number], self._head.position + 1
        if row["position"] != wanted:
            return Finding(position=wanted, what=Break.LINK_REMOVED)
        if row["id"] is None:
            return Finding(position=wanted, what=Break.EVENT_REMOVED, event_id=str(row["event_id"]))
        computed = chain.following(self._head.hash, row)
        if computed == chain.hash_of(row):
            return None
        return Finding(position=wanted, what=self._why(rows, number, computed), event_id=str(row["event_id"]))

    def _why(self, rows: list[Row], number: int, computed: bytes) -> Break:
        """What fits best: the next link goes on from here, or another event fits here, or neither."""
        stored, rest = chain.hash_of(rows[number]), [row for row in rows[number + 1 :] if row["id"]]
        if not stored or (rest and chain.following(computed, rest[0]) == chain.hash_of(rest[0])):
            return Break.LINK_CHANGED
        fitting = ((chain.following(self._head.hash, row), chain.hash_of(row)) for row in rest)
        if any(hash_ in (stored, own) for hash_, own in fitting):
            return Break.SWAPPED
        return Break.EVENT_CHANGED

    def _look_at(self, row: Row) -> None:
        """Remember an event that says it is much older than those linked before it."""
        made, said = ids.moment(sql.id_(row["id"])), self._head.at
        odd = made is None or said is None or abs(made - said) > ODD or self._newest - made > ODD
        if odd:
            self._odd_count += 1
            self._odd = [*self._odd, row["position"]][:SHOWN]
        elif made is not None:
            self._newest = max(self._newest, made)
