"""A Tortoise engine: PostgreSQL whose transactions let go of everything, however they end.

Tortoise's own keep the pool's connection, and stay in place for the rest of their task, when ``BEGIN``
fails; and when a broken connection cannot be given back.  So one connection that is cut at the wrong
moment would take the sweep's database away for as long as its process lives.

Named in the configuration as the engine ``hocba.store.postgres_pool``.
"""

from types import TracebackType
from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections


class PooledContext(TransactionContextPooled):
    """Enters a transaction on a connection of the pool, and gives it back."""

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        """Take a connection for this transaction alone, and begin."""
        await self.ensure_connection()
        self.client._connection = await self._pool.acquire()  # noqa: SLF001 -- as Tortoise's own
        try:
            await self.client.begin()
        except BaseException:
            await self._give_back()
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or roll back; what comes next in this task is outside, also when that fails."""
        try:
            if not self.client._finalized:  # noqa: SLF001 -- as Tortoise's own
                await (self.client.commit() if kind is None else self.client.rollback())
        finally:
            get_connections().reset(self.token)
            await self._give_back()

    async def _give_back(self) -> None:
        if self._pool:
            await self._pool.release(self.client._connection)  # noqa: SLF001 -- as Tortoise's own

    @property
    def _pool(self) -> Any:
        return self.client._parent._pool  # noqa: SLF001 -- as Tortoise's own


class PooledClient(AsyncpgDBClient):
    """The client that Tortoise makes of the engine's name."""

    def _in_transaction(self) -> TransactionContext:
        return PooledContext(TransactionWrapper(self), self._pool_init_lock)


client_class = PooledClient
