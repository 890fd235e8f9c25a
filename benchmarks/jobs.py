"""The stored signing job on SQLite, and on PostgreSQL where a server answers.

The measuring is ``benchmarks.signing_job``.  On PostgreSQL it works in a schema of its own in the database
that ``HOCBA_TEST_POSTGRES_URL`` names; time by the clock there, since a part of the work is the server's.
"""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import asyncpg  # type: ignore[import-untyped]

from benchmarks import signing_job
from benchmarks.report import Line

POSTGRES_URL = os.environ.get("HOCBA_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1/test")


def lines() -> Iterator[Line]:
    """The lines of this group; PostgreSQL's have no goal."""
    yield from signing_job.lines()
    schema = f"hocba_benchmark_{os.getpid()}"
    try:
        asyncio.run(_execute(f"CREATE SCHEMA {schema}"))
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return  # no server here
    try:
        with ProcessPoolExecutor(1, get_context("spawn")) as another:  # Tortoise remembers one database's SQL
            found = another.submit(_lines, f"{POSTGRES_URL}?schema={schema}").result()
        for line in found:
            yield replace(line, measure=f"{line.measure}, on PostgreSQL, by the clock", goal=None)
    finally:
        asyncio.run(_execute(f"DROP SCHEMA {schema} CASCADE"))


def _lines(url: str) -> list[Line]:
    return list(signing_job.lines(url))


async def _execute(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES_URL, timeout=2)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
