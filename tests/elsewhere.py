"""Somebody else, on a connection of his own, while the loop of the test stands still."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import asyncpg

from hocba.settings import Settings


def execute(settings: Settings, statement: str) -> None:
    """Run one statement and commit it, before anything else of this test goes on."""
    if settings.database_url.startswith("sqlite://"):
        connection = sqlite3.connect(settings.database_url.removeprefix("sqlite://"))
        with connection:
            connection.execute(statement)
        connection.close()
        return
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _execute(settings.database_url, statement)).result()


async def _execute(url: str, statement: str) -> None:
    server, _, schema = url.partition("?schema=")
    connection = await asyncpg.connect(server, server_settings={"search_path": schema})
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
