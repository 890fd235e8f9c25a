"""Statements written by hand: joins over tables without foreign keys, and rows by the class.

The text is written once for SQLite and PostgreSQL.  ``:name`` stands for a value and
``(:name...)`` for a list; values never enter the text.  What many pupils wait for goes this way:
an ORM spends more on a class of 45 than its signatures cost.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

_PLACE = re.compile(r"(?<!:):([a-z_]+)(\.\.\.)?")


async def select(text: str, /, **values: Any) -> list[Mapping[str, Any]]:
    """Run one SELECT.

    On SQLite ids come back as text and times too: read them with ``id_`` and ``time``.
    """
    statement, given = _filled(text, values)
    return list(await get_connection("default").execute_query_dict(statement, given))


async def lock(text: str, /, **values: Any) -> list[Mapping[str, Any]]:
    """As ``select``; the rows stay as they are until the caller's transaction ends.

    A transaction on SQLite is alone from its first moment.
    """
    return await select(text + (" FOR UPDATE" if dialect() == "postgres" else ""), **values)


async def share(text: str, /, **values: Any) -> list[Mapping[str, Any]]:
    """As ``lock``, but any number of transactions may keep the same rows as they are."""
    return await select(text + (" FOR SHARE" if dialect() == "postgres" else ""), **values)


async def change(text: str, /, **values: Any) -> int:
    """Run one UPDATE or DELETE.  :returns: how many rows it changed."""
    statement, given = _filled(text, values)
    return int((await get_connection("default").execute_query(statement, given))[0])


async def for_each(text: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each of ``rows``, inside the caller's transaction.

    :param text: with ``{}`` where the values of a row go, in their order.
    """
    if not rows:
        return
    connection = get_connection("default")
    if connection.capabilities.dialect == "postgres":
        marks = [f"${n + 1}" for n in range(len(rows[0]))]
        await connection.execute_many(text.format(*marks), [list(row) for row in rows])
    else:
        form = _FORMS.get
        plain = [[made(value) if (made := form(type(value))) else value for value in row] for row in rows]
        await connection.execute_many(text.format(*["?"] * len(rows[0])), plain)


async def insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write ``rows``, inside the caller's transaction.

    :raises tortoise.exceptions.IntegrityError: when one of them may not be.
    """
    places = ", ".join(["{}"] * len(columns))
    await for_each(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608 -- names of ours


def dialect() -> str:
    """Which database is connected: ``sqlite`` or ``postgres``."""
    return str(get_connection("default").capabilities.dialect)


def id_(value: Any) -> UUID:
    """An id as either database gives it."""
    return value if isinstance(value, UUID) else _read(value)


def time(value: Any) -> datetime:
    """A time as either database gives it, UTC-aware."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def texts(value: Any) -> tuple[str, ...]:
    """A JSON list of texts as either database gives it."""
    return tuple(json.loads(value) if isinstance(value, str) else value)


def ders(value: Any) -> tuple[bytes, ...]:
    """A JSON list of bytes in base64 as either database gives it."""
    return tuple(base64.b64decode(each) for each in texts(value))


def day(value: Any) -> date:
    """A date as either database gives it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


@lru_cache(maxsize=16_384)
def _read(text: str) -> UUID:
    """A job meets the same few ids in every statement."""
    return UUID(text)


def _filled(text: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The statement as the database has it, and what goes into its places."""
    postgres = dialect() == "postgres"
    given: list[Any] = []

    def place(match: re.Match[str]) -> str:
        value = values[match[1]]
        many = list(value) if match[2] else [value]
        first = len(given) + 1
        given.extend(many if postgres else map(_plain, many))
        marks = [f"${number}" if postgres else "?" for number in range(first, first + len(many))]
        return ", ".join(marks) or "NULL"

    return _PLACE.sub(place, text), given


def _plain(value: Any) -> Any:
    """``value`` as SQLite holds it, in the form that Tortoise gives it."""
    form = _FORMS.get(type(value))
    return form(value) if form else value


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(" ")


_FORMS: Mapping[type, Callable[[Any], Any]] = {UUID: str, datetime: _time, date: date.isoformat}
