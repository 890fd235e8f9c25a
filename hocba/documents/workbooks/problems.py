"""What can be wrong in a workbook, cell by cell and row by row.

A problem is a value, never an exception: reading goes on and lists them all.  Its code is stable;
the sentence is chosen by the code and the language.  Severities:

- ERROR: the row is not taken; of a file nothing is, until it is mended.
- REFUSED: this row is left out, the others are taken (a pupil with a live transcript, or who has left).
- WARNING: the row is taken; a person should look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from hocba.documents.workbooks.problem_codes import REFUSED, WARNINGS, ProblemCode
from hocba.documents.workbooks.problem_words import WORDS

__all__ = ["SHOWN", "Problem", "ProblemCode", "Severity", "SheetKey"]

SHOWN = 60
"""Characters of a wrong value that a problem repeats."""


class SheetKey(StrEnum):
    """The sheets of the template, in the order in which they are taken."""

    STAFF = auto()  # Nhân sự
    CLASSES = auto()  # Lớp
    STUDENTS = auto()  # Học sinh
    ASSIGNMENTS = auto()  # Phân công
    RESULTS = auto()  # Kết quả
    SUMMARIES = auto()  # Tổng kết
    PRIMARY_RESULTS = auto()  # Kết quả tiểu học
    PRIMARY_SUMMARIES = auto()  # Đánh giá tiểu học
    EARLIER_YEARS = auto()  # Quá trình học tập
    OVERRIDES = auto()  # Ngoại lệ
    PRINTING = auto()  # Cấu hình in


class Severity(StrEnum):
    """What a problem does to its row."""

    ERROR = auto()
    REFUSED = auto()
    WARNING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong at one place of a workbook.

    :ivar sheet: ``None`` for what concerns the whole file.
    :ivar row: as the spreadsheet counts, from 1.
    :ivar header: the column's header in the template; empty for the whole row.
    :ivar value: what the cell holds, shortened.
    """

    sheet: SheetKey | None
    row: int
    code: ProblemCode
    header: str = ""
    value: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """What it does to its row."""
        if self.code in REFUSED:
            return Severity.REFUSED
        return Severity.WARNING if self.code in WARNINGS else Severity.ERROR

    def sentence(self, language: str = "vi") -> str:
        """What to tell the person, in Vietnamese or English (``en``)."""
        return WORDS[self.code][language == "en"].format(**self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a report, with both sentences."""
        return {
            "sheet": self.sheet.value if self.sheet else None,
            "row": self.row,
            "column": self.header,
            "code": self.code.value,
            "severity": self.severity.value,
            "value": self.value[:SHOWN],
            "message": {"vi": self.sentence(), "en": self.sentence("en")},
        }
