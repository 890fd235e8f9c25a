"""What one row of each sheet says, as typed values.

An empty cell is ``""``, ``None`` or ``False``.  ``row`` is the row in the spreadsheet, counted
from 1.  A line whose cell was wrong holds the empty value there; its problem is listed apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hocba.documents.workbooks.problems import Problem, SheetKey
from hocba.domain.record import Mark
from hocba.domain.values import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """*Nhân sự*: a person of the school, how he signs in, and what he is granted."""

    row: int
    code: str
    full_name: str
    personal_id: str = ""
    title: str = ""
    username: str = ""
    admin: bool = False
    manager: bool = False
    issuer: bool = False
    left_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLine:
    """*Lớp*: a class with its homeroom teacher and the leader who signs for it.

    ``…_basis``: the decision by which that person signs for somebody who no longer can.
    """

    row: int
    name: str
    grade: int | None
    homeroom: str = ""
    homeroom_basis: str = ""
    leader: str = ""
    leader_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentLine:
    """*Học sinh*: a pupil's profile and class."""

    row: int
    code: str
    full_name: str
    class_name: str
    birth_date: date | None = None
    sex: str = ""
    personal_id: str = ""
    register_number: str = ""
    record_number: str = ""
    birthplace: str = ""
    home_town: str = ""
    address: str = ""
    ethnicity: str = ""
    nationality: str = ""
    policy_group: str = ""
    father: str = ""
    father_occupation: str = ""
    mother: str = ""
    mother_occupation: str = ""
    guardian: str = ""
    guardian_occupation: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """*Phân công*: who teaches a subject of a class; *Cả năm* stands for both terms."""

    row: int
    class_name: str
    subject: str
    terms: tuple[Term, ...]
    staff: str
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """*Kết quả*: one secondary pupil in one subject."""

    row: int
    student: str
    subject: str
    full_name: str = ""
    term1: Mark = None
    term2: Mark = None
    year: Mark = None
    reassessed: Mark = None
    comment: str = ""
    exempt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLine:
    """*Tổng kết*: one secondary pupil's year as a whole."""

    row: int
    student: str
    full_name: str = ""
    learning_term1: str = ""
    learning_term2: str = ""
    learning_year: str = ""
    learning_after: str = ""
    conduct_term1: str = ""
    conduct_term2: str = ""
    conduct_year: str = ""
    conduct_after: str = ""
    absences: int | None = None
    promoted: bool | None = None
    completed_level: bool | None = None
    certificates: str = ""
    contests: str = ""
    awards: str = ""
    homeroom_comment: str = ""
    summer_comment: str = ""
    principal_approval: str = ""
    unassessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryResultLine:
    """*Kết quả tiểu học*: one primary pupil in one subject; ``level`` is T, H or C."""

    row: int
    student: str
    subject: str
    full_name: str = ""
    level: str = ""
    test: int | None = None
    comment: str = ""
    exempt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimarySummaryLine:
    """*Đánh giá tiểu học*: one primary pupil's year as a whole.

    :ivar qualities: code of a quality -> T, Đ or C; ``abilities`` likewise.
    :ivar height: centimetres.
    :ivar weight: kilograms.
    """

    row: int
    student: str
    full_name: str = ""
    overall: str = ""
    qualities: Mapping[str, str] = field(default_factory=dict)
    abilities: Mapping[str, str] = field(default_factory=dict)
    qualities_comment: str = ""
    general_abilities_comment: str = ""
    specific_abilities_comment: str = ""
    absences_with_leave: int | None = None
    absences_without_leave: int | None = None
    height: Decimal | None = None
    weight: Decimal | None = None
    promoted: bool | None = None
    completed_grade: bool | None = None
    completed_level: bool | None = None
    completion: str = ""
    awards: str = ""
    sudden_awards: str = ""
    homeroom_comment: str = ""
    unassessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierYearLine:
    """*Quá trình học tập*: a school year that a pupil spent elsewhere."""

    row: int
    student: str
    year: str
    class_name: str
    school_name: str
    full_name: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideLine:
    """*Ngoại lệ*: why a value of a pupil's year stands against a rule."""

    row: int
    student: str
    rule: str
    reason: str
    full_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintingLine:
    """*Cấu hình in*: what is written on every transcript of the year.

    :ivar primary_profile: the form of primary transcripts, empty for the usual one.
    """

    row: int
    place: str
    written_on: date | None
    primary_profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """A workbook as read: the rows of each sheet, and what was wrong.

    :ivar given: the fields whose columns a sheet had.  What is not given is not changed; a sheet
        that was not there is no key.
    :ivar given_rows: the same for single rows, where they differ: rows that came by the API.
    """

    staff: tuple[StaffLine, ...] = ()
    classes: tuple[ClassLine, ...] = ()
    students: tuple[StudentLine, ...] = ()
    assignments: tuple[AssignmentLine, ...] = ()
    results: tuple[ResultLine, ...] = ()
    summaries: tuple[SummaryLine, ...] = ()
    primary_results: tuple[PrimaryResultLine, ...] = ()
    primary_summaries: tuple[PrimarySummaryLine, ...] = ()
    earlier_years: tuple[EarlierYearLine, ...] = ()
    overrides: tuple[OverrideLine, ...] = ()
    printing: tuple[PrintingLine, ...] = ()
    given: Mapping[SheetKey, frozenset[str]] = field(default_factory=dict)
    given_rows: Mapping[tuple[SheetKey, int], frozenset[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def given_in(self, sheet: SheetKey, row: int) -> frozenset[str]:
        """The fields that a row says something for, be it that they are empty."""
        return self.given_rows.get((sheet, row)) or self.given.get(sheet, frozenset())

    def lines(self, sheet: SheetKey) -> tuple[Any, ...]:
        """The rows of one sheet."""
        found: tuple[Any, ...] = getattr(self, sheet.value)
        return found
