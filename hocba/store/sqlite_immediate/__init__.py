"""A Tortoise engine: SQLite whose transactions begin as writers.

SQLite's plain ``BEGIN`` takes the write lock only at the first write.  A transaction that reads
and then writes therefore fails with "database is locked" whenever another one wrote in between,
however long it is willing to wait.  ``BEGIN IMMEDIATE`` takes the lock at the start, and whoever
comes second waits for it (``busy_timeout``).

Named in the configuration as the engine ``hocba.store.sqlite_immediate``.
"""

import asyncio
import sqlite3

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first moment."""

    async def begin(self) -> None:
        """Wait for the write lock, at most ``busy_timeout``.

        What a cancelled predecessor may have left open is rolled back, never committed.

        :raises OperationalError: when the lock was not free in time.
        """
        try:
            await self._begin()
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    async def _begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            if not self._connection.in_transaction:
                raise
            await self._connection.rollback()
            await self._connection.execute("BEGIN IMMEDIATE")


class ImmediateContext(SqliteTransactionContext):
    """Enters a transaction; lets go of the connection when it cannot begin.

    Tortoise's own keeps the connection's lock for ever when ``BEGIN`` fails, so that one time-out
    would silence the whole process.
    """

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        """Take the connection for this transaction alone, and begin."""
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]  # Tortoise leaves it untyped


class ImmediateClient(SqliteClient):
    """The client that Tortoise makes of the engine's name."""

    _lock: asyncio.Lock

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateClient
