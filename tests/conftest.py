"""Fixtures every test may use.

``db`` is an empty database: a SQLite file of the test's own, or, with
``HOCBA_TEST_DATABASE=postgres``, a schema of the process's own on the server that
``HOCBA_TEST_POSTGRES_URL`` names, emptied before each test.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from pypika_tortoise.dialects.postgresql import PostgreSQLQueryBuilder
from pypika_tortoise.dialects.sqlite import SQLLiteQueryBuilder
from tortoise.context import TortoiseContext

from hocba import database
from hocba.settings import Settings
from hocba.store.models import EventRow, SchoolRow
from hocba.words.events import EVENTS

POSTGRES = os.environ.get("HOCBA_TEST_DATABASE") == "postgres"
POSTGRES_URL = os.environ.get("HOCBA_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1/test")

LONGEST = (
    "tests/faults/test_kill_server.py",
    "tests/faults/test_kill_server_on_postgresql.py",
    "tests/demo/test_demo.py",
    "tests/test_walk.py",
    "tests/faults/test_kill.py",
)
"""The files that take longest, begun first: nobody waits for one of them alone at the end."""

MADE_UP = frozenset({"Other"})
"""Kinds of events that only tests write."""

EMPTY = """
DO $$ DECLARE each record; BEGIN
  SET LOCAL session_replication_role = replica;  -- history may go here, its triggers sleep
  FOR each IN SELECT tablename FROM pg_tables
    WHERE schemaname = current_schema() AND tablename <> 'tortoise_migrations'
  LOOP EXECUTE format('DELETE FROM %I', each.tablename); END LOOP;
END $$
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))


async def execute(statement: str) -> None:
    """Say something to the PostgreSQL server."""
    connection = await asyncpg.connect(POSTGRES_URL)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def tables_of_nobody() -> set[str]:
    """The tables of the schema that everybody shares: no test has a reason to make any."""
    connection = await asyncpg.connect(POSTGRES_URL)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    return {row["tablename"] for row in rows}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with empty tables, made once; a SQLite one is there to be copied."""
    if not POSTGRES:
        url = f"sqlite://{tmp_path_factory.mktemp('database') / 'empty.sqlite3'}"
        asyncio.run(database.migrate(Settings(database_url=url)))
        yield url
        return
    schema = f"hocba_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    before = asyncio.run(tables_of_nobody())
    asyncio.run(execute(f"CREATE SCHEMA {schema}"))
    try:
        url = f"{POSTGRES_URL}?schema={schema}"
        asyncio.run(database.migrate(Settings(database_url=url)))
        yield url
    finally:
        asyncio.run(execute(f"DROP SCHEMA {schema} CASCADE"))
    assert asyncio.run(tables_of_nobody()) <= before, "a test made tables outside a schema of its own"


@pytest.fixture
def settings(prepared: str, tmp_path: Path) -> Settings:
    """Settings of a server whose files and database are the test's own."""
    url = prepared
    if not POSTGRES:
        copy = tmp_path / "hocba.sqlite3"
        shutil.copy(prepared.removeprefix("sqlite://"), copy)
        url = f"sqlite://{copy}"
    return Settings(
        database_url=url, database_pool=5, data_dir=tmp_path, secrets_file=tmp_path / "secrets.json"
    )


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[TortoiseContext]:
    """A connection of the test's own.

    Tortoise would build each table's queries anew, though only the kind of the database matters.
    """
    built = getattr(SchoolRow._meta, "basequery", None)
    kind = PostgreSQLQueryBuilder if settings.database_url.startswith("postgres") else SQLLiteQueryBuilder
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings), init_connections=not isinstance(built, kind))
        yield context


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[None]:
    """An empty database, connected, gone after the test."""
    async with connected(settings) as context:
        if POSTGRES:
            await context.db().execute_script(EMPTY)
        yield
        kinds = await EventRow.all().distinct().values_list("kind", flat=True)
        wordless = {str(kind) for kind in kinds} - {*EVENTS, *MADE_UP}
        assert not wordless, f"events without words in hocba/words/events.py: {sorted(wordless)}"
