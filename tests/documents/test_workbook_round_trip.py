"""Whatever rows there are, the workbook made of them is read back as the same rows."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocba.documents.workbooks import SheetKey, fill, read, rows_of
from hocba.documents.workbooks.cells import Cell
from hocba.documents.workbooks.columns import Table
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from tests.documents.any_rows import values
from tests.documents.books import YEAR


@st.composite
def lines(draw: Any, table: Table) -> tuple[Any, ...]:
    made = []
    for row in range(2, 2 + draw(st.integers(0, 3))):
        given_: dict[str, Any] = {}
        for column in table.columns:
            some = values(table, column)
            chosen = some if column.required else some | st.just(column.kind.empty)
            given_[column.field] = draw(chosen)
        made.append(table.make(row, given_))
    return tuple(made)


BOOKS = st.fixed_dictionaries({key: lines(table) for key, table in tables(ALL_LEVELS).items()})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BOOKS)
def test_rows_make_a_workbook_that_is_read_as_the_same_rows(book: dict[SheetKey, tuple[Any, ...]]) -> None:
    sheets = read(fill(ALL_LEVELS, YEAR, book), ALL_LEVELS)

    assert sheets.problems == ()
    assert {key: sheets.lines(key) for key in book} == book


def cells(table: Table, line: Any) -> dict[str, Cell]:
    """What a client would send for a line."""
    shown = {column.field: column.kind.show(column.of(line)) for column in table.columns}
    return {field: str(cell) if isinstance(cell, Decimal) else cell for field, cell in shown.items()}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BOOKS)
def test_rows_sent_without_a_workbook_are_the_same_rows(book: dict[SheetKey, tuple[Any, ...]]) -> None:
    sent = [(key, cells(tables(ALL_LEVELS)[key], line)) for key, found in book.items() for line in found]

    sheets = rows_of(sent)

    assert sheets.problems == ()
    rows = iter(range(1, len(sent) + 1))
    assert {key: sheets.lines(key) for key in book} == {
        key: tuple(replace(line, row=next(rows)) for line in found) for key, found in book.items()
    }
