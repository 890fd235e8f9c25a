"""Databases whose every statement is told to somebody before it is said; whoever says it does not know.

This module is also the engine that Tortoise is given for SQLite.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite
import asyncpg
from tortoise.context import TortoiseContext

from hocba import database
from hocba.settings import Settings
from hocba.store.sqlite_immediate import ImmediateClient


@asynccontextmanager
async def watched(settings: Settings, moment: Callable[[str], None]) -> AsyncIterator[None]:
    """The database, each of whose statements is a moment."""
    config = database.config(settings)
    connection = config["connections"]["default"]
    if settings.database_url.startswith("sqlite"):
        connection["engine"] = __name__
        WatchedSqlite.moment = moment
    else:
        WatchedPostgres.moment = moment
        connection["credentials"]["connection_class"] = WatchedPostgres
    async with TortoiseContext() as context:
        await context.init(config=config)
        yield


class WatchedSqlite(aiosqlite.Connection):
    """Everything that is done with a SQLite connection goes through one method."""

    moment: Callable[[str], None]

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if fn.__name__ != "close":
            self.moment(_short(str(args[0])) if args else fn.__name__.upper())
        return await super()._execute(fn, *args, **kwargs)


class WatchedClient(ImmediateClient):
    """The engine of SQLite, on a connection that is watched once it is set up."""

    async def create_connection(self, with_db: bool) -> None:
        fresh = self._connection is None
        await super().create_connection(with_db)
        if fresh:
            assert self._connection is not None
            self._connection.__class__ = WatchedSqlite


client_class = WatchedClient


class WatchedPostgres(asyncpg.Connection):
    """What Tortoise does with a connection; a commit is a statement like others."""

    moment: Callable[[str], None]

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        self.moment(_short(query))
        return await super().execute(query, *args, **options)

    async def executemany(self, command: str, args: Any, **options: Any) -> None:
        self.moment(_short(command))
        await super().executemany(command, args, **options)

    async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        self.moment(_short(query))
        return await super().fetch(query, *args, **options)

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        self.moment(_short(query))
        return await super().fetchrow(query, *args, **options)


def _short(statement: str) -> str:
    return " ".join(statement.replace('"', "").split())[:100]
