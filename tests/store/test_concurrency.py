"""Reading, then writing, while others do the same."""

import asyncio
import multiprocessing

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from hocba import database
from hocba.store import ids
from hocba.store.models import SchoolRow
from tests.conftest import POSTGRES

TASKS = 4
EACH = 15


async def count_up(settings, code):
    """Read a number in the row, add one, write it: EACH times, in transactions of its own."""
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        for _ in range(EACH):
            async with in_transaction():
                row = await SchoolRow.select_for_update().get(code=code)
                await asyncio.sleep(0.001)
                await SchoolRow.filter(id=row.id).update(name=str(int(row.name) + 1))


def count_up_in_a_process(settings):
    asyncio.run(count_up(settings, "demo"))


async def counted():
    return int((await SchoolRow.get(code="demo")).name)


@pytest.fixture
async def school(db):
    await SchoolRow.create(id=ids.new(), code="demo", name="0", levels="thcs")


async def test_of_tasks_that_read_then_write_none_is_lost(school, settings):
    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(count_up(settings, "demo"))
    assert await counted() == TASKS * EACH


async def test_of_processes_that_read_then_write_none_is_lost(school, settings):
    with multiprocessing.get_context("spawn").Pool(TASKS) as pool:
        await asyncio.to_thread(pool.map, count_up_in_a_process, [settings] * TASKS, 1)
    assert await counted() == TASKS * EACH


@pytest.mark.skipif(POSTGRES, reason="the engine is SQLite's")
async def test_a_transaction_that_cannot_begin_does_not_silence_the_process(school, settings, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    async with TortoiseContext() as other:
        await other.init(config=database.config(settings))
        async with holding(other), TortoiseContext() as context:
            await context.init(config=database.config(settings))
            with pytest.raises(OperationalError, match="locked"):
                async with in_transaction():
                    pytest.fail("began beside a writer")
            assert await asyncio.wait_for(SchoolRow.all().count(), 1) == 1


@pytest.mark.skipif(POSTGRES, reason="the engine is SQLite's")
async def test_what_a_cancelled_transaction_wrote_is_gone(school):
    async def write_and_wait():
        async with in_transaction():
            await SchoolRow.all().update(name="7")
            await asyncio.sleep(60)

    task = asyncio.create_task(write_and_wait())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with in_transaction():
        assert await counted() == 0
    assert await counted() == 0


def holding(context):
    """A transaction in another connection, which holds the write lock."""
    return context.db()._in_transaction()
