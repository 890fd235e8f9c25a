"""Pages of a list, by keyset: a page costs the same wherever it lies.

A cursor is the ordering key of a row.  Keys end with the id, so that no two rows share one and
nothing is skipped or shown twice while others write.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

Row = TypeVar("Row")
Other = TypeVar("Other")
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a list is ordered: by these columns, all in the same direction; the last is the id."""

    columns: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list is wanted.

    :ivar size: most rows.
    :ivar after: only rows behind this key.
    :ivar before: only rows in front of this key.
    :ivar backward: the last ``size`` rows instead of the first.
    :ivar count: whether the total is wanted too: one statement more.
    """

    size: int
    after: Key | None = None
    before: Key | None = None
    backward: bool = False
    count: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[Row]):
    """One page: the rows with their keys, and whether there are more on either side."""

    rows: tuple[Row, ...]
    keys: tuple[Key, ...]
    has_next: bool
    has_previous: bool
    total: int | None = None

    def map(self, shape: Callable[[Row], Other]) -> "Slice[Other]":
        """The same page of other rows."""
        return self.of([shape(row) for row in self.rows])

    def of(self, rows: Sequence[Other]) -> "Slice[Other]":
        """The same page with ``rows`` in place of its own, one for one."""
        return Slice(
            rows=tuple(rows),
            keys=self.keys,
            has_next=self.has_next,
            has_previous=self.has_previous,
            total=self.total,
        )


async def take(
    query: QuerySet[Any], order: Order, page: Page, columns: Sequence[str]
) -> Slice[Mapping[str, Any]]:
    """One page of ``query``: one statement, two when the total is wanted."""
    wanted = query
    if page.after is not None:
        wanted = wanted.filter(_beyond(order.columns, page.after, up=not order.descending))
    if page.before is not None:
        wanted = wanted.filter(_beyond(order.columns, page.before, up=order.descending))
    sign = "-" if order.descending is not page.backward else ""
    wanted = wanted.order_by(*(sign + column for column in order.columns)).limit(page.size + 1)
    names = tuple(dict.fromkeys((*columns, *order.columns)))
    found = list(await wanted.values(*names))
    more = len(found) > page.size
    rows = found[: page.size]
    if page.backward:
        rows.reverse()
    return Slice(
        rows=tuple(rows),
        keys=tuple(tuple(row[column] for column in order.columns) for row in rows),
        has_next=more if not page.backward else page.before is not None,
        has_previous=more if page.backward else page.after is not None,
        total=await query.count() if page.count else None,
    )


def slice_of(rows: Sequence[Row], key: Callable[[Row], Key], page: Page) -> Slice[Row]:
    """One page of ``rows`` that are here already, in the ascending order of ``key``."""
    keys = [key(row) for row in rows]
    start = 0 if page.after is None else bisect_right(keys, page.after)
    end = len(keys) if page.before is None else bisect_left(keys, page.before)
    chosen = range(start, end)[-page.size :] if page.backward else range(start, end)[: page.size]
    if page.size == 0:
        chosen = range(0)
    return Slice(
        rows=tuple(rows[each] for each in chosen),
        keys=tuple(keys[each] for each in chosen),
        has_next=bool(chosen) and chosen[-1] + 1 < len(keys),
        has_previous=bool(chosen) and chosen[0] > 0,
        total=len(rows) if page.count else None,
    )


def _beyond(columns: tuple[str, ...], key: Key, *, up: bool) -> Q:
    """``columns > key`` (or ``<``), compared from left to right."""
    comparison = "gt" if up else "lt"
    result = Q(**{f"{columns[-1]}__{comparison}": key[-1]})
    for column, value in reversed(list(zip(columns[:-1], key[:-1], strict=True))):
        result = Q(**{f"{column}__{comparison}": value}) | (Q(**{column: value}) & result)
    return result
