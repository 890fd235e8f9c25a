"""Open, close and migrate the database.

SQLite for one machine, PostgreSQL for more.  ``in_transaction`` of Tortoise is the unit of work
and is used where it is needed; nothing but this module knows how the connection is made.

Migrating is one transaction: all of what is missing, with its record, or nothing.  Whoever
migrates at the same time waits for it and then finds nothing to do.  A server makes the tables of
a new database itself; a database that has some but not all of them is the operator's to migrate,
after a backup.
"""

from pathlib import Path
from typing import Any

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.transactions import in_transaction

from hocba.settings import Settings

APP = "hocba"
"""The label under which Tortoise knows our tables."""

MODULES = {APP: ["hocba.store.models"]}
"""Where the tables are."""

BUSY_TIMEOUT_MS = 15_000
"""How long a transaction on SQLite waits for the one before it."""


PAGE_BYTES = 16_384
"""Our rows hold kilobytes: with SQLite's 4096 a class writes four times as many pages."""

CACHE_KIB = 32_000
"""What SQLite keeps of its file in memory: a school's transcripts, most of them."""

MIGRATION_LOCK = 0x686F6362
"""The number under which PostgreSQL lets one process migrate at a time."""


class DatabaseBehindError(Exception):
    """The database lacks migrations that this program needs: run ``hocba migrate``."""


def config(settings: Settings) -> dict[str, Any]:
    """Tortoise's configuration for ``settings``."""
    return {
        "connections": {"default": _connection(settings)},
        "apps": {
            APP: {
                "models": list(MODULES[APP]),
                "default_connection": "default",
                "migrations": "hocba.store.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_(settings: Settings) -> None:
    """Connect this process, for all its tasks."""
    await Tortoise.init(config=config(settings), _enable_global_fallback=True)


async def close() -> None:
    """Let go of every connection."""
    await Tortoise.close_connections()


async def migrate(settings: Settings) -> tuple[str, ...]:
    """Bring the tables up to date, on a connection of its own.

    :returns: the names of the migrations that were applied; empty when there was nothing to do.
    """
    async with TortoiseContext() as context:
        await context.init(config=config(settings))
        async with in_transaction() as connection:
            executor = await _executor(connection, config(settings)["apps"])
            plan = [step.migration.name for step in await executor.plan()]
            await executor.migrate(direction="forward")
            return tuple(plan)


async def make_ready(settings: Settings) -> None:
    """Make the tables of a new database; touch no other.

    :raises DatabaseBehindError: when a database with tables lacks migrations.
    """
    if await _is_new(settings):
        await migrate(settings)
    elif missing := await pending(settings):
        raise DatabaseBehindError(f"run `hocba migrate`: {', '.join(missing)}")


async def pending(settings: Settings) -> tuple[str, ...]:
    """The migrations that this program has and the database lacks.  Changes nothing."""
    async with TortoiseContext() as context:
        await context.init(config=config(settings))
        executor = MigrationExecutor(context.db(), config(settings)["apps"])
        return tuple(step.migration.name for step in await executor.plan())


async def _is_new(settings: Settings) -> bool:
    async with TortoiseContext() as context:
        await context.init(config=config(settings))
        return not await MigrationRecorder(context.db()).applied_migrations()


async def _executor(connection: BaseDBAsyncClient, apps: dict[str, Any]) -> MigrationExecutor:
    """What applies migrations inside the transaction of ``connection``, once it is its turn."""
    if connection.capabilities.dialect == "postgres":
        await connection.execute_query(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    executor = MigrationExecutor(connection, apps)
    executor.recorder = executor.loader.recorder = _Recorder(connection)
    await executor.recorder.ensure_schema(executor._schema_editor())  # noqa: SLF001 -- Tortoise offers no other way
    return executor


class _Recorder(MigrationRecorder):
    """Remembers what was applied, inside the transaction that applies it.

    Tortoise's own makes its table by a script, which ends SQLite's transaction.
    """

    async def ensure_schema(self, schema_editor: BaseSchemaEditor) -> None:
        table = schema_editor._get_model_sql_data(self.model).table_sql  # noqa: SLF001 -- as Tortoise's own
        await self.connection.execute_query(table.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))


def _connection(settings: Settings) -> dict[str, Any]:
    if settings.database_url.startswith("sqlite://"):
        return _sqlite(settings.database_url.removeprefix("sqlite://"))
    connection: dict[str, Any] = expand_db_url(settings.database_url)
    connection["engine"] = "hocba.store.postgres_pool"
    connection["credentials"] |= {"minsize": 1, "maxsize": settings.database_pool}
    return connection


def _sqlite(path: str) -> dict[str, Any]:
    if path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return {
        "engine": "hocba.store.sqlite_immediate",
        "credentials": {
            "file_path": path,
            "busy_timeout": BUSY_TIMEOUT_MS,
            "page_size": PAGE_BYTES,  # of a new file; one that is there keeps its own
            "journal_mode": "WAL",
            "synchronous": "NORMAL",
            "cache_size": -CACHE_KIB,
            "recursive_triggers": "ON",  # so that REPLACE cannot slip past the guards of the history
        },
    }
