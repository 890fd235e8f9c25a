"""The table of ``docs/permissions.md``.  Print it: ``python -m tests.docs.permissions_page``."""

import sys

from hocba import words
from hocba.domain.permissions import DELEGABLE, TABLE, Row, Scope

COLUMNS = {
    "staff": "all staff",
    "admin": "QT",
    "administration": "CBQT",
    "approval": "CBD",
    "leader": "LD",
    "homeroom": "CN",
    "subject": "BM",
    "issuer": "PH",
    "authority": "SO",
}
"""The fields of a row, and how the guide abbreviates the roles."""

_SIGNS = {
    Scope.OWN: "own",
    Scope.CLASSES: "classes",
    Scope.SIGNED: "signed",
    Scope.SCHOOL: "✓",
    Scope.AREA: "area",
}


def table() -> list[str]:
    """The lines of the table."""
    heads = ["permission", "what", "guide", *COLUMNS.values(), "delegable"]
    return [_line(heads), _line(["---"] * len(heads)), *map(_row, TABLE)]


def _row(row: Row) -> str:
    scopes = [getattr(row, name) for name in COLUMNS]
    name = f"`{row.permission.value}`"
    label = words.label(row.permission, "vi")
    delegable = "✓" if row.permission in DELEGABLE else ""
    return _line([name, label, row.item, *(_SIGNS[each] if each else "" for each in scopes), delegable])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
