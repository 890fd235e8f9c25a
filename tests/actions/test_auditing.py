"""Every event in one chain: exactly once, whoever writes and whenever he commits; and what breaks it."""

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from hocba import database
from hocba.actions import auditing
from hocba.actions.auditing import Break, Linker, verify
from hocba.domain.events import CancelProposed
from hocba.settings import Settings
from hocba.store import chain, events, ids
from hocba.store.events import Happened
from hocba.store.models import AuditLinkRow, EventRow
from tests import elsewhere
from tests.conftest import POSTGRES
from tests.statements import counted

WRITERS = 6
EACH = 40


def happened(text: str = "Sai điểm", at: datetime | None = None) -> Happened:
    return Happened(
        aggregate="transcript",
        aggregate_id=ids.new(),
        version=1,
        event=CancelProposed(reason=text),
        by=None,
        school=None,
        at=at or datetime.now(UTC),
    )


async def some(count: int) -> list[UUID]:
    """The ids of so many events, stored and linked."""
    await events.append([happened(f"lần {number}") for number in range(count)])
    assert await Linker().round() == count
    return [row.event_id for row in await AuditLinkRow.all().order_by("position")]


async def each_is_linked_once() -> None:
    linked = await AuditLinkRow.all().order_by("position").values_list("position", "event_id")
    assert [position for position, _ in linked] == list(range(1, len(linked) + 1))
    assert sorted(str(event) for _, event in linked) == sorted(
        str(each) for each in await EventRow.all().values_list("id", flat=True)
    )


async def test_events_are_linked_in_order_and_the_chain_is_whole(db: None) -> None:
    made = await some(5)
    assert made == sorted(made)
    verdict = await verify()
    assert (verdict.passed, verdict.checked, verdict.unlinked) == (True, 5, 0)
    assert verdict.head == await chain.head()
    assert verdict.head.position == 5


async def test_the_hash_is_what_the_page_says(db: None) -> None:
    """Written out once more, so that nobody changes the bytes unseen: old chains would break."""
    at = datetime(2026, 6, 1, 1, 0, 0, 5, tzinfo=UTC)
    row: dict[str, object] = {
        "id": UUID(int=1),
        "aggregate": "class",
        "aggregate_id": UUID(int=2),
        "version": 3,
    }
    row |= {"kind": "Made", "data": '{"b": "điểm", "a": [1, null]}', "actor_id": None}
    row |= {"school_id": UUID(int=4), "at": at}
    written = (
        '[1,"00000000-0000-0000-0000-000000000001","class","00000000-0000-0000-0000-000000000002",3,"Made",'
        '{"a":[1,null],"b":"điểm"},null,"00000000-0000-0000-0000-000000000004",'
        '"2026-06-01T01:00:00.000005+00:00"]'
    ).encode()
    assert chain.canonical(row) == written
    assert chain.following(chain.GENESIS, row) == sha256(bytes(32) + written).digest()


async def test_a_round_that_finds_nothing_writes_nothing_and_reads_one_range(db: None) -> None:
    await some(5)
    linker = Linker()
    await linker.round()
    with counted() as statements:
        assert await linker.round() == 0
    assert len(statements) == 1, statements


async def test_more_than_a_round_takes_is_linked_by_the_next(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "BATCH", 10)
    monkeypatch.setattr(auditing, "ROUND", 2)
    await events.append([happened() for _ in range(45)])
    linker = Linker()
    assert [await linker.round() for _ in range(4)] == [20, 20, 5, 0]
    await each_is_linked_once()
    assert (await verify()).passed


async def write(settings: Settings, seed: int) -> None:
    """One writer on a connection of his own: short transactions and long ones, some of them given up."""
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        for number in range(EACH):
            with suppress(ZeroDivisionError):
                async with in_transaction():
                    await events.append([happened() for _ in range(1 + (seed + number) % 3)])
                    if POSTGRES:  # whoever writes on SQLite writes alone
                        await asyncio.sleep(0.001 * ((seed * 7 + number) % 20))
                    _ = 1 / (number % 10 - seed)


async def link(settings: Settings, stop: asyncio.Event) -> None:
    """One linker on a connection of his own."""
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        linker = Linker()
        while not stop.is_set():
            await linker.round()
            await asyncio.sleep(0.002)
        await linker.round()


async def test_of_many_writers_and_linkers_at_once_no_event_is_lost_or_linked_twice(
    db: None, settings: Settings
) -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        linkers = [group.create_task(link(settings, stop)) for _ in range(3)]
        async with asyncio.TaskGroup() as writers:
            for seed in range(WRITERS):
                writers.create_task(write(settings, seed))
        stop.set()
        await asyncio.gather(*linkers)
    await Linker().round()
    assert WRITERS * EACH < await EventRow.all().count() < WRITERS * EACH * 2
    await each_is_linked_once()
    assert (await verify()).passed


@pytest.mark.skipif(not POSTGRES, reason="whoever writes on SQLite writes alone: nothing is committed late")
async def test_what_is_committed_late_is_linked_behind_what_came_before_it(
    db: None, settings: Settings
) -> None:
    linker, early = Linker(), ids.new()
    server, _, schema = settings.database_url.partition("?schema=")
    slow = await asyncpg.connect(server, server_settings={"search_path": schema})
    try:
        async with slow.transaction():
            await slow.execute(INSERT.replace("?", f"'{early}'"))
            await events.append([happened()])
            assert [await linker.round() for _ in range(2)] == [1, 0]
    finally:
        await slow.close()
    assert [await linker.round() for _ in range(2)] == [1, 0]
    last = await AuditLinkRow.all().order_by("-position").first()
    assert last is not None
    assert last.event_id == early
    assert (await verify()).passed


async def test_what_is_committed_later_than_anybody_should_is_found_by_counting_and_is_odd(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some(3)
    linker = Linker()
    await linker.round()
    store(settings, ids.first_of(datetime.now(UTC) - timedelta(hours=2)))
    assert await linker.round() == 0
    assert (await verify()).unlinked == 1
    monkeypatch.setattr(auditing, "COUNTED_EVERY", timedelta())
    assert await linker.round() == 1
    await each_is_linked_once()
    verdict = await verify()
    assert (verdict.finding, verdict.odd, verdict.passed) == (None, (4,), False)


INSERT = (
    "INSERT INTO event (id, aggregate, aggregate_id, version, kind, data, at)"
    " VALUES (?, 'transcript', ?, 1, 'Cancelled', '{}', CURRENT_TIMESTAMP)"
)
"""An event that somebody writes past the program."""


def store(settings: Settings, id: UUID) -> None:
    elsewhere.execute(settings, INSERT.replace("?", f"'{id}'"))


def past_the_triggers(settings: Settings, *statements: str) -> None:
    """As whoever owns the database: the triggers are put to sleep first."""
    for table in ("event", "audit_link"):
        for move in ("update", "delete"):
            drop = f"DROP TRIGGER {table}_no_{move}"
            elsewhere.execute(settings, f"ALTER TABLE {table} DISABLE TRIGGER ALL" if POSTGRES else f"{drop}")
    for statement in statements:
        elsewhere.execute(settings, statement)
    for table in ("event", "audit_link") if POSTGRES else ():
        elsewhere.execute(settings, f"ALTER TABLE {table} ENABLE TRIGGER ALL")


@pytest.mark.parametrize(
    ("statements", "what", "position"),
    [
        (["UPDATE event SET data = '{{\"reason\": \"khác\"}}' WHERE id = '{2}'"], Break.EVENT_CHANGED, 3),
        (["UPDATE event SET actor_id = '{0}' WHERE id = '{4}'"], Break.EVENT_CHANGED, 5),
        (["UPDATE event SET at = '2026-01-01 00:00:00+00:00' WHERE id = '{0}'"], Break.EVENT_CHANGED, 1),
        (["DELETE FROM event WHERE id = '{1}'"], Break.EVENT_REMOVED, 2),
        (["DELETE FROM audit_link WHERE position = 2"], Break.LINK_REMOVED, 2),
        (
            ["DELETE FROM audit_link WHERE position = 2", "DELETE FROM event WHERE id = '{1}'"],
            Break.LINK_REMOVED,
            2,
        ),
        (["UPDATE audit_link SET hash = '" + "ab" * 32 + "' WHERE position = 2"], Break.LINK_CHANGED, 2),
        (["UPDATE audit_link SET hash = 'nonsense' WHERE position = 5"], Break.LINK_CHANGED, 5),
        (
            [
                "UPDATE audit_link SET position = 99 WHERE position = 2",
                "UPDATE audit_link SET position = 2 WHERE position = 4",
                "UPDATE audit_link SET position = 4 WHERE position = 99",
            ],
            Break.SWAPPED,
            2,
        ),
        (
            [
                "UPDATE audit_link SET event_id = '01900000-0000-7000-8000-000000000001' WHERE position = 2",
                "UPDATE audit_link SET event_id = '{1}' WHERE position = 4",
                "UPDATE audit_link SET event_id = '{3}' WHERE position = 2",
            ],
            Break.SWAPPED,
            2,
        ),
    ],
    ids=[
        "reason", "actor", "time", "event removed", "link removed", "both removed", "hash", "last hash",
        "places swapped", "events swapped",
    ],
)  # fmt: skip
async def test_what_somebody_did_past_the_triggers_is_found_where_it_was_done(
    db: None, settings: Settings, statements: Iterable[str], what: Break, position: int
) -> None:
    made = await some(6)
    past_the_triggers(settings, *(each.format(*made) for each in statements))
    verdict = await verify()
    assert verdict.finding is not None
    assert (verdict.finding.what, verdict.finding.position, verdict.passed) == (what, position, False)
    assert verdict.head.position == position - 1


async def test_the_triggers_refuse_before_anything_has_to_be_found(db: None, settings: Settings) -> None:
    await some(2)
    for table in ("event", "audit_link"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {FIELD[table]}"):
            with pytest.raises((sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)):
                elsewhere.execute(settings, statement)
    assert (await verify()).checked == 2


FIELD = {"event": "kind = 'Other'", "audit_link": "hash = 'ab'"}


async def test_an_event_put_between_others_gets_its_place_at_the_end_and_is_odd(
    db: None, settings: Settings
) -> None:
    made = await some(4)
    store(settings, UUID(int=made[1].int - 1))
    assert await Linker().round() == 1
    assert (await verify()).passed, "a moment ago: nobody can tell it from one that was committed late"
    store(settings, UUID("01900000-0000-7000-8000-000000000009"))
    verdict = await verify()
    assert (verdict.unlinked, verdict.passed) == (1, False)
    assert await Linker().round() == 1
    assert (await verify()).odd == (6,)


async def test_a_whole_chain_made_anew_does_not_have_the_hash_that_was_kept(
    db: None, settings: Settings
) -> None:
    made = await some(4)
    kept = await chain.link_at(3)
    assert kept is not None
    past_the_triggers(
        settings, f"UPDATE event SET kind = 'Other' WHERE id = '{made[0]}'", "DELETE FROM audit_link"
    )
    await Linker().round()
    assert (await verify()).passed, "by itself it is whole"
    verdict = await verify(since=3, expected=kept.hash)
    assert verdict.finding is not None
    assert (verdict.finding.what, verdict.finding.position) == (Break.NOT_EXPECTED, 3)


async def test_the_end_cut_off_is_missed_by_whoever_kept_its_hash(db: None, settings: Settings) -> None:
    made = await some(4)
    past_the_triggers(
        settings, "DELETE FROM audit_link WHERE position = 4", f"DELETE FROM event WHERE id = '{made[3]}'"
    )
    assert (await verify()).passed
    verdict = await verify(since=4, expected=b"whatever")
    assert verdict.finding is not None
    assert verdict.finding.what is Break.LINK_REMOVED


async def test_from_a_hash_that_was_kept_only_what_follows_is_computed(db: None, settings: Settings) -> None:
    made = await some(6)
    kept = await chain.link_at(3)
    assert kept is not None
    past_the_triggers(settings, f"UPDATE event SET kind = 'Other' WHERE id = '{made[0]}'")
    verdict = await verify(since=3, expected=kept.hash)
    assert (verdict.passed, verdict.checked, verdict.head.position) == (True, 3, 6)


async def test_a_row_of_nonsense_stops_neither_the_linker_nor_the_one_who_verifies(
    db: None, settings: Settings
) -> None:
    if not POSTGRES:  # it takes only what is JSON and a time
        nonsense = INSERT.replace("'{}'", "'no JSON'").replace("CURRENT_TIMESTAMP", "'one day'")
        elsewhere.execute(settings, nonsense.replace("?", f"'{ids.new()}'"))
    elsewhere.execute(
        settings, INSERT.replace("?", "'7c9e6679-7425-40de-944b-e07fc1f90ae7'").replace("01900", "01901")
    )
    linked = await Linker().round()
    assert linked == (1 if POSTGRES else 2)
    verdict = await verify()
    assert (verdict.finding, verdict.odd_count) == (None, linked)


async def test_memory_does_not_grow_with_the_chain(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "STREAMED", 7)
    await some(50)
    with counted() as statements:
        verdict = await verify()
    assert verdict.checked == 50
    assert len(statements) == 9  # eight batches of seven, and the unlinked
