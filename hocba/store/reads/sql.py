"""Joins that the tables without foreign keys ask for: one statement instead of three.

The text is written once for SQLite and PostgreSQL.  ``:name`` stands for a value and
``(:name...)`` for a list; values never enter the text.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

_PLACE = re.compile(r"(?<!:):([a-z_]+)(\.\.\.)?")


async def select(text: str, /, **values: Any) -> list[Mapping[str, Any]]:
    """Run one SELECT.

    On SQLite ids come back as text and times too: read them with ``id_`` and ``time``.
    """
    connection = get_connection("default")
    postgres = connection.capabilities.dialect == "postgres"
    given: list[Any] = []

    def place(match: re.Match[str]) -> str:
        value = values[match[1]]
        many = list(value) if match[2] else [value]
        marks = []
        for each in many:
            given.append(each if postgres or not isinstance(each, UUID) else str(each))
            marks.append(f"${len(given)}" if postgres else "?")
        return ", ".join(marks) or "NULL"

    return list(await connection.execute_query_dict(_PLACE.sub(place, text), given))


def dialect() -> str:
    """Which database is connected: ``sqlite`` or ``postgres``."""
    return str(get_connection("default").capabilities.dialect)


def id_(value: Any) -> UUID:
    """An id as either database gives it."""
    return value if isinstance(value, UUID) else UUID(str(value))


def time(value: Any) -> datetime:
    """A time as either database gives it, UTC-aware."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def texts(value: Any) -> tuple[str, ...]:
    """A JSON list of texts as either database gives it."""
    return tuple(json.loads(value) if isinstance(value, str) else value)


def day(value: Any) -> date:
    """A date as either database gives it."""
    return value if isinstance(value, date) else date.fromisoformat(value)
