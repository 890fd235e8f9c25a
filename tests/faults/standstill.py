"""Let a transaction of another process stand still at one statement, for as long as it takes to kill it.

On SQLite a trigger counts something endless, holding the write lock; on PostgreSQL it waits for an
advisory lock that we hold.  What stands still cannot be committed, so whatever comes after it
certainly has not happened when the process is killed.
"""

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from urllib.parse import parse_qs, urlsplit

import asyncpg

BUSY = 15.0
STILL = 2.0
"""Seconds for which no honest transaction of ours holds SQLite's write lock."""

ENDLESS = """
CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n;
CREATE TRIGGER standstill BEFORE {move} ON {table} WHEN {when} BEGIN SELECT count(*) FROM endless; END;
"""
GOING = "DROP TRIGGER standstill; DROP VIEW endless"

LOCKED = """
CREATE FUNCTION standstill() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN PERFORM pg_advisory_xact_lock({number}); RETURN NEW; END';
CREATE TRIGGER standstill BEFORE {move} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION standstill();
"""

SIGNED = ("INSERT", "signature", "NEW.slot_key <> ''")
"""Answers are written down, and not yet settled."""

SEAL_PREPARED = ("UPDATE", "signing_item", "NEW.purpose = 'seal' AND NEW.state = 'prepared'")
"""Seals are rendered, and not yet kept."""


@asynccontextmanager
async def standstill(url: str, where: tuple[str, str, str]) -> AsyncIterator[None]:
    """Whoever comes to ``where`` in the database ``url`` stands still; kill him before the block ends."""
    move, table, when = where
    if url.startswith("sqlite"):
        _execute(url, ENDLESS.format(move=move, table=table, when=when))
        yield
        _execute(url, GOING)
        return
    number = os.getpid()
    async with _connected(url) as holder, _connected(url) as other:
        await holder.execute(f"SELECT pg_advisory_lock({number})")
        await other.execute(LOCKED.format(move=move, table=table, when=when, number=number))
        yield
        await holder.execute(f"SELECT pg_advisory_unlock({number})")
        await other.execute("DROP TRIGGER standstill ON " + table)
        await other.execute("DROP FUNCTION standstill")


def stands_still(url: str) -> bool:
    """Whether somebody holds SQLite's write lock for longer than any honest transaction does."""
    with closing(sqlite3.connect(_path(url), timeout=STILL, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
        return False


def _execute(url: str, script: str) -> None:
    with closing(sqlite3.connect(_path(url), timeout=BUSY)) as connection:
        connection.executescript(f"BEGIN IMMEDIATE; {script}; COMMIT")


def _path(url: str) -> str:
    return url.removeprefix("sqlite://")


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    parts = urlsplit(url)
    schema = parse_qs(parts.query)["schema"][0]
    connection = await asyncpg.connect(
        parts._replace(query="").geturl(), server_settings={"search_path": schema}
    )
    try:
        yield connection
    finally:
        await connection.close()
