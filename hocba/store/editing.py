"""A table held in memory while rows are compared with it: what is new, what differs.

Nothing here touches the database.  Rows are dictionaries by column, keyed by what the school calls
them (a code, a name), so an import that says the same twice finds itself the second time.
"""

from collections.abc import Hashable, Mapping
from typing import Any, Generic, TypeVar

from hocba.store import ids

Key = TypeVar("Key", bound=Hashable)
Row = dict[str, Any]
Differences = Mapping[str, tuple[Any, Any]]
"""Column to old and new value."""


class EditedTable(Generic[Key]):
    """Rows as they are stored, and the edits that wait to be written.

    :ivar rows: every row by its key, edits included.
    :ivar inserted: keys of rows that the database does not have yet.
    :ivar updated: keys of rows that it has differently.
    """

    __slots__ = ("inserted", "rows", "updated")

    def __init__(self, rows: Mapping[Key, Row]) -> None:
        self.rows = dict(rows)
        self.inserted: set[Key] = set()
        self.updated: set[Key] = set()

    def get(self, key: Key) -> Row | None:
        """The row called ``key``, as it would be after the edits."""
        return self.rows.get(key)

    def differences(self, key: Key, values: Mapping[str, Any]) -> Differences | None:
        """How ``values`` differ from the row; ``None`` when there is no such row."""
        row = self.rows.get(key)
        if row is None:
            return None
        return {column: (row[column], value) for column, value in values.items() if row[column] != value}

    def put(self, key: Key, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Row:
        """Change the row or, when there is none, make one with a new id from ``defaults``."""
        row = self.rows.get(key)
        if row is None:
            row = {"id": ids.new(), **defaults}
            self.inserted.add(key)
        elif key not in self.inserted:
            self.updated.add(key)
        self.rows[key] = row = {**row, **values}
        return row

    def waiting(self, keys: set[Key]) -> list[Row]:
        """The rows of ``keys``, oldest id first."""
        return sorted((self.rows[key] for key in keys), key=lambda row: row["id"].bytes)
