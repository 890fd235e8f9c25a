"""Connections: keyset pages behind the arguments that Relay knows."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
import strawberry

from hocba.schema.context import Info
from hocba.schema.docs import describe
from hocba.schema.errors import BadUserInputError
from hocba.schema.limits import DEFAULT_PAGE, MAX_PAGE
from hocba.schema.selection import asks
from hocba.store.reads.pages import Key, Page, Slice

T = TypeVar("T")
R = TypeVar("R")

UUID_LENGTH = 36


@describe
@strawberry.type
class PageInfo:
    """Where a page lies in its list.

    :ivar has_next_page: Whether more follows.
    :ivar has_previous_page: Whether something comes before.
    :ivar start_cursor: The cursor of the first entry.
    :ivar end_cursor: The cursor of the last entry.
    """

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@describe
@strawberry.type
class Edge(Generic[T]):
    """One entry of a page.

    :ivar node: The object.
    :ivar cursor: Its place, for ``after`` and ``before``.
    """

    node: T
    cursor: str


@describe
@strawberry.type
class Connection(Generic[T]):
    """A page of a list.

    :ivar edges: The entries.
    :ivar page_info: Where the page lies.
    :ivar total_count: How many there are in all; counted only when it is asked for.
    """

    edges: list[Edge[T]]
    page_info: PageInfo
    total_count: int


def page_of(info: Info, first: int | None, after: str | None, last: int | None, before: str | None) -> Page:
    """The page asked for.  :raises BadUserInputError: when the arguments make no sense."""
    if first is not None and last is not None:
        raise BadUserInputError("first or last, not both")
    size = last if last is not None else first if first is not None else DEFAULT_PAGE
    if not 0 <= size <= MAX_PAGE:
        raise BadUserInputError(f"a page has between 0 and {MAX_PAGE} entries")
    return Page(
        size=size,
        after=_key(after) if after else None,
        before=_key(before) if before else None,
        backward=last is not None,
        count=asks(info, "totalCount"),
    )


def connection(found: Slice[R], shape: Callable[[R], T]) -> Connection[T]:
    """A page, as GraphQL shows it."""
    cursors = [_cursor(key) for key in found.keys]
    return Connection(
        edges=[Edge(node=shape(row), cursor=c) for row, c in zip(found.rows, cursors, strict=True)],
        page_info=PageInfo(
            has_next_page=found.has_next,
            has_previous_page=found.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        total_count=found.total or 0,
    )


def _cursor(key: Key) -> str:
    plain = [{"t": value} if isinstance(value, datetime) else value for value in key]
    return base64.urlsafe_b64encode(orjson.dumps(plain, default=str)).decode().rstrip("=")


def _key(cursor: str) -> Key:
    try:
        *values, last = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return (*(_value(value) for value in values), UUID(last))
    except (ValueError, TypeError, AttributeError, KeyError):
        raise BadUserInputError("that is not a cursor") from None


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"])
    if isinstance(value, str):
        try:
            return UUID(value) if len(value) == UUID_LENGTH else value
        except ValueError:
            return value
    if isinstance(value, int):
        return value
    raise TypeError
