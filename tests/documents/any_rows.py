"""Anything that a column can hold, for tests that go from rows to workbooks and back."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from hocba.documents.workbooks import SheetKey
from hocba.documents.workbooks.columns import Column, Table
from hocba.domain.values import Term

LETTERS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếồữỵ0123456789=+-@'\"<&", min_size=1, max_size=12)
WORDS = st.lists(LETTERS, min_size=1, max_size=3).map(" ".join)
DAYS = st.dates(date(1900, 3, 1), date(2100, 12, 31))
WHOLE = st.integers(1, 10)
MARKS = st.integers(0, 100).map(lambda tenths: Decimal(tenths).scaleb(-1)) | st.sampled_from(["Đ", "CĐ"])
YEARS = st.integers(1990, 2024).map(lambda year: f"{year}-{year + 1}")
TENTHS = st.integers(500, 2500).map(lambda tenths: Decimal(tenths).scaleb(-1))


BY_FIELD: dict[str, st.SearchStrategy[Any]] = {
    "terms": st.sampled_from([(Term.I,), (Term.II,), (Term.I, Term.II)]),
    "personal_id": st.from_regex(r"[0-9]{12}", fullmatch=True),
    "username": st.from_regex(r"[a-z0-9._@-]{3,20}", fullmatch=True),
    "height": TENTHS,
    "weight": TENTHS,
    "ethnicity": WORDS,
    **dict.fromkeys(("grade", "test", "absences"), WHOLE),
    **dict.fromkeys(("absences_with_leave", "absences_without_leave"), WHOLE),
}


def values(table: Table, column: Column) -> st.SearchStrategy[Any]:
    """What a column can hold."""
    if table.key is SheetKey.RESULTS and column.field in ("term1", "term2", "year", "reassessed"):
        return MARKS
    if table.key is SheetKey.EARLIER_YEARS and column.field == "year":
        return YEARS
    if column.field in BY_FIELD:
        return BY_FIELD[column.field]
    if column.kind.choices:
        return st.sampled_from(column.kind.choices).map(column.kind.parse)
    return DAYS if column.kind.format == "date" else WORDS
