import asyncio
from contextvars import Context

from hocba import database
from hocba.settings import Settings
from hocba.store.models import EventRow
from tests import build


async def test_the_database_of_a_test_is_empty_and_can_be_written(db):
    assert await EventRow.all().count() == 0
    await build.event().save()
    assert await EventRow.all().count() == 1


async def test_the_next_test_finds_it_empty_again(db):
    assert await EventRow.all().count() == 0
    await build.event().save()


async def test_a_process_that_opened_the_database_has_it_in_every_task_and_can_open_it_again(db, settings):
    for expected in (1, 2):
        # A server's lifespan and its requests run in contexts that know nothing of each other.
        await asyncio.create_task(database.open_(settings), context=Context())
        try:
            await asyncio.create_task(written(), context=Context())
            assert await asyncio.create_task(counted(), context=Context()) == expected
        finally:
            await asyncio.create_task(database.close(), context=Context())


async def written():
    await build.event().save()


async def counted():
    return await EventRow.all().count()


async def test_on_postgres_a_process_has_as_many_connections_as_it_may(settings):
    made = database.config(Settings(database_url="postgres://a:b@h:5433/d?schema=s", database_pool=7))
    assert made["connections"]["default"] == {
        "engine": "hocba.store.postgres_pool",
        "credentials": {
            "host": "h",
            "port": 5433,
            "user": "a",
            "password": "b",
            "database": "d",
            "schema": "s",
            "minsize": 1,
            "maxsize": 7,
        },
    }


async def test_the_folder_of_a_new_database_is_made(tmp_path):
    path = tmp_path / "var" / "new" / "hocba.sqlite3"
    assert await database.migrate(Settings(database_url=f"sqlite://{path}"))
    assert path.exists()
