"""Rows that many tests begin with: made once in a process, and put back for each further test."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from tortoise import connections
from tortoise.transactions import in_transaction

from hocba.store import models

Made = TypeVar("Made")
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""The rows of each table that has any, as the driver gives and takes them."""

TABLES = tuple(getattr(models, name)._meta.db_table for name in models.__all__)

_kept: dict[Hashable, tuple[Any, Rows]] = {}


async def once(key: Hashable, make: Callable[[], Awaitable[Made]]) -> Made:
    """What ``make`` makes; from the second time on its rows of the first time, while no school is there.

    What it returns is shared by all tests of the process, so it must be immutable.
    """
    if await models.SchoolRow.exists():
        return await make()
    if key not in _kept:
        _kept[key] = (await make(), await rows())
        return _kept[key][0]
    made, found = _kept[key]
    await put_back(found)
    return made


async def put_back(found: Rows) -> None:
    """Write rows into a database without any, as they were."""
    async with in_transaction() as connection:
        for table, each in found.items():
            await connection.execute_many(_insert(table, each[0]), [[*row.values()] for row in each])


async def rows() -> Rows:
    """All that is in the database."""
    connection = connections.get("default")
    found = {table: await connection.execute_query_dict(f'SELECT * FROM "{table}"') for table in TABLES}
    return {table: rows for table, rows in found.items() if rows}


def _insert(table: str, columns: Mapping[str, Any]) -> str:
    postgres = connections.get("default").capabilities.dialect == "postgres"
    marks = ", ".join(f"${place}" if postgres else "?" for place in range(1, len(columns) + 1))
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
