"""A mark is never a float: 6.45 would be rounded by what binary makes of it, and a border would move."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest

from hocba import domain
from hocba.documents import form_marks, form_primary, form_year, formats
from hocba.store import record_rows

BESIDE = (form_marks, form_primary, form_year, formats, record_rows)
MODULES = sorted(Path(domain.__path__[0]).rglob("*.py")) + [Path(str(each.__file__)) for each in BESIDE]


def floats(source: str) -> list[int]:
    """The lines that name the type or hold a number of it."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_nothing_that_marks_pass_through_knows_floats(module):
    assert floats(module.read_text(encoding="utf-8")) == []


def test_the_search_finds_what_it_looks_for():
    assert floats("x = 6.5\ny: float = 1\nz = float('1')") == [1, 2, 3]


@pytest.mark.parametrize(("text", "mark"), [("6,4", "6.4"), ("6.45", "6.45"), ("7,9", "7.9"), ("10", "10")])
def test_a_stored_mark_is_read_to_the_digit(text, mark):
    found = record_rows.mark(text)

    assert type(found) is Decimal
    assert str(found) == mark
