"""Secondary records for the tests of TT 22/2021: one that follows in everything, a failed year."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hocba.domain.assessment import Finding, Rule, assess
from hocba.domain.record import Levels, Summary, TranscriptRecord
from tests.domain import facts

CIRCULAR = "TT 22/2021/TT-BGDĐT"
FAILED = Levels(term1="CĐ", term2="CĐ", year="CĐ")
GOOD = Levels(term1="T", term2="T", year="T")


def record(
    *, rows: dict[str, dict[str, Any]] | None = None, grade: int = 6, **summary: Any
) -> TranscriptRecord:
    """A record that follows in everything, some rows and the summary changed."""
    whole = facts.record(grade=grade)
    results = tuple(replace(row, **(rows or {}).get(row.subject, {})) for row in whole.results)
    made = replace(whole, results=results, summary=replace(whole.summary, **summary))
    return made if "awards" in summary else replace(made, summary=replace(made.summary, awards=title(made)))


def title(of: TranscriptRecord) -> str:
    """What the supplied levels and marks deserve (TR-11)."""
    assert isinstance(of.summary, Summary)
    if (of.summary.learning.year, of.summary.conduct.year) != ("T", "T"):
        return ""
    high = [row for row in of.results if isinstance(row.year, Decimal) and row.year >= Decimal("9.0")]
    return "Học sinh Xuất sắc" if len(high) >= 6 else "Học sinh Giỏi"


def every(mark: str, level: str = "Đ") -> dict[str, dict[str, Any]]:
    """All rows with the same marks in both terms and the year."""
    return {
        row.subject: dict.fromkeys(
            ("term1", "term2", "year"), Decimal(mark) if isinstance(row.year, Decimal) else level
        )
        for row in facts.record().results
    }


def failed_year(**summary: Any) -> TranscriptRecord:
    """Maths and science below 5.0, everything else just passed: the year is not."""
    rows = every("5.0") | {
        code: dict.fromkeys(("term1", "term2", "year"), Decimal("3.0")) for code in SCIENCE
    }
    given: dict[str, Any] = {"learning": FAILED, "promoted": False} | summary
    return record(rows=rows, **given)


SCIENCE = ("TOAN", "KHTN", "TIN")


def reassessed(*, mark: str = "5.0", after: str | None = "Đ", **summary: Any) -> TranscriptRecord:
    whole = failed_year(learning=replace(FAILED, after=after), **summary)
    rows = tuple(
        replace(row, reassessed=Decimal(mark)) if row.subject in SCIENCE else row for row in whole.results
    )
    return replace(whole, results=rows)


def only(found: TranscriptRecord) -> Finding:
    (finding,) = assess(found)
    return finding


def said(found: TranscriptRecord) -> list[tuple[Rule, str, object, object]]:
    return [(each.rule, each.field, each.supplied, each.expected) for each in assess(found)]
