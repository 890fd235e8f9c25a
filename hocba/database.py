"""Open, close and migrate the database.

SQLite for one machine, PostgreSQL for more.  ``in_transaction`` of Tortoise is the unit of work
and is used where it is needed; nothing but this module knows how the connection is made.
"""

from pathlib import Path
from typing import Any

from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url

from hocba.settings import Settings

APP = "hocba"
"""The label under which Tortoise knows our tables."""

MODULES = {APP: ["hocba.store.models"]}
"""Where the tables are."""

BUSY_TIMEOUT_MS = 15_000
"""How long a transaction on SQLite waits for the one before it."""


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


def _connection(settings: Settings) -> dict[str, Any]:
    if settings.database_url.startswith("sqlite://"):
        return _sqlite(settings.database_url.removeprefix("sqlite://"))
    connection: dict[str, Any] = expand_db_url(settings.database_url)
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
            "journal_mode": "WAL",
            "synchronous": "NORMAL",
        },
    }
