"""Whatever a school writes into its workbook, its tables hold the same after the import."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hocba.documents.workbooks import Severity, SheetKey
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from hocba.domain.assessment import rule_set
from hocba.domain.regulations.rules import FIXED
from tests.actions import stored
from tests.actions.imports import bring
from tests.actions.levels import ALL, CLASSES, STUDENTS, WHOLE
from tests.documents.any_rows import values
from tests.schools import YEAR, make_place, only

pytestmark = pytest.mark.usefixtures("db")

NUMBERS = count()
KEYS = {"code", "name", "class_name", "student", "subject", "grade", "terms", "staff", "homeroom", "leader"}
"""What holds the rows together: as in the school of all levels."""

MARKS = {"term1", "term2", "year", "reassessed", "level", "test", "exempt"}
"""What must fit the subject: as there."""

OF_GRADE = {
    line.code: [rule.value for rule in found.articles if rule not in FIXED]
    for line in STUDENTS
    for class_ in CLASSES
    if class_.name == line.class_name and (found := rule_set(class_.grade or 0, YEAR))
}


@st.composite
def books(draw: Any) -> dict[str, tuple[Any, ...]]:
    """The school of all levels with anything in the fields that may hold anything."""
    number, book = next(NUMBERS), {}
    for name, lines in WHOLE.items():
        table = tables(ALL_LEVELS)[SheetKey(name)]
        changed = []
        for line in lines:
            given_: dict[str, Any] = {}
            for column in table.columns:
                old = column.of(line)
                fixed = column.field in KEYS | (MARKS if "results" in name else set())
                some = values(table, column)
                given_[column.field] = old if fixed else draw(some | st.just(old))
            if name == "staff":
                given_["username"] = f"u{number}.{line.code}"
            if name == "overrides":
                given_["rule"] = draw(st.sampled_from(OF_GRADE[line.student]))
            if "student" in given_:
                given_["full_name"] = ""
            changed.append(table.make(line.row, given_))
        book[name] = tuple(changed)
    return book


def comparable(lines: Any) -> set[str]:
    """Lines without their row numbers, in no order."""
    return {repr(replace(line, row=0, **_ordered(line))) for line in lines}


def _ordered(line: Any) -> dict[str, Any]:
    return {
        name: dict(sorted(getattr(line, name).items()))
        for name in ("qualities", "abilities")
        if hasattr(line, name)
    }


@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # a school is too large to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(books())
async def test_what_is_written_into_the_workbook_is_what_is_stored(book: dict[str, tuple[Any, ...]]) -> None:
    place = await make_place(levels=ALL)
    content = only(ALL, **book)

    report = await bring(place.admin, content)

    assert [each for each in report.problems if each.severity is Severity.ERROR] == []
    found = await stored.lines(place)
    assert {key.value: comparable(lines) for key, lines in found.items() if lines} == {
        name: comparable(lines) for name, lines in book.items()
    }
    again = await bring(place.admin, content)
    assert all(each.read == each.unchanged for each in again.sheets)
