"""One row of a workbook into its table and into the history of what it belongs to.

Pure but for the tables in memory that it edits (``hocba.store.editing``).  Every pupil, class and
member of staff that changes gets one event, with old and new values; the report shows the same
values as the sheet would.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from hocba.documents.workbooks import Problem, ProblemCode, SheetKey
from hocba.documents.workbooks.cells import as_text
from hocba.documents.workbooks.columns import PART
from hocba.documents.workbooks.sheets import column_of
from hocba.domain.people import Actor
from hocba.domain.values import StudentId
from hocba.store.editing import EditedTable
from hocba.store.school import Change, SchoolData, SchoolDataChanged

SHOWN_CHANGES = 1000
"""Changes that a report lists; they are counted all."""


class RowOutcome(StrEnum):
    """What became of a row."""

    CREATED = auto()
    UPDATED = auto()
    UNCHANGED = auto()
    REFUSED = auto()
    FAILED = auto()


_WEIGHT = (
    RowOutcome.UNCHANGED,
    RowOutcome.UPDATED,
    RowOutcome.CREATED,
    RowOutcome.REFUSED,
    RowOutcome.FAILED,
)
Given = Collection[str]
"""The fields whose columns the sheet has."""

_DERIVED = ("sort_key", "search_key")
_FIELDS = {"homeroom_id": "homeroom", "leader_id": "leader", "class_id": "class_name", "person_id": "staff"}
"""How sheets call what a table keeps as an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One value that a row replaces.

    :ivar column: its header in the template.
    :ivar of: the pupil's, class's or person's code.
    """

    sheet: SheetKey
    row: int
    column: str
    of: str
    old: str
    new: str


@dataclass(slots=True, kw_only=True)
class _History:
    new: bool = False
    added: list[str] = field(default_factory=list)
    changed: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Merge:
    """The work of one import, and what it has found so far.

    :ivar outcomes: for each sheet, row to outcome.
    :ivar changes: the first thousand values that were replaced, of ``change_count``.
    :ivar held: pupils whose live transcript holds their data -> how many rows were left out for it.
    :ivar touched: sheet, row and thing (a class, one of the staff, the print configuration) -> what the row
        changed of it: ``full_name``, ``assignment.TOAN.2.person_id``.
    :ivar outdated: pupils whose live transcript keeps what such rows changed -> how many rows.
    """

    data: SchoolData
    actor: Actor
    source: UUID
    now: datetime
    reason: str = ""
    outcomes: dict[SheetKey, dict[int, RowOutcome]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Problem] = field(default_factory=list)
    histories: dict[tuple[str, UUID], _History] = field(default_factory=lambda: defaultdict(_History))
    changes: list[RowChange] = field(default_factory=list)
    change_count: int = 0
    held: Counter[StudentId] = field(default_factory=Counter)
    touched: dict[tuple[SheetKey, int, tuple[str, UUID]], frozenset[str]] = field(default_factory=dict)
    outdated: Counter[StudentId] = field(default_factory=Counter)
    _at: tuple[SheetKey, Any] = (SheetKey.STAFF, None)

    def begin(self, sheet: SheetKey, line: Any) -> None:
        """Go on with this line."""
        self._at = (sheet, line)

    def refuse(self, *students: StudentId) -> RowOutcome:
        """Leave the line out, for the live transcripts of these pupils."""
        self.held.update(students)
        return self.leave_out(ProblemCode.FROZEN_DATA)

    def leave_out(self, code: ProblemCode) -> RowOutcome:
        """Leave the line out, and say why."""
        sheet, line = self._at
        self.problems.append(Problem(sheet=sheet, row=line.row, code=code))
        return RowOutcome.REFUSED

    def warn(self, field_: str, code: ProblemCode, **facts: Any) -> None:
        """Take the line, and say what a person should look at."""
        sheet, line = self._at
        header = column_of(sheet, field_).header
        self.problems.append(Problem(sheet=sheet, row=line.row, code=code, header=header, facts=facts))

    def touch(self, of: tuple[str, UUID], columns: frozenset[str]) -> None:
        """Remember what the line changed of something other than a pupil, once for each line."""
        sheet, line = self._at
        place = (sheet, line.row, of)
        if of[0] != "student":
            self.touched[place] = self.touched.get(place, frozenset()) | columns

    def replaced(self, column: str, old: Any, new: Any) -> None:
        """Remember a value that the line replaces."""
        self.change_count += 1
        if len(self.changes) >= SHOWN_CHANGES:
            return
        sheet, line = self._at
        known = column_of(sheet, _field(sheet, column))
        old, new = (
            as_text(known.kind.show(self._named(each))) if each is not None else "" for each in (old, new)
        )
        self.changes.append(
            RowChange(sheet=sheet, row=line.row, column=known.header, of=whose(line), old=old, new=new)
        )

    def _named(self, value: Any) -> Any:
        """What the school calls a person or class; other values as they are."""
        if not isinstance(value, UUID):
            return value
        every = (self.data.people.rows, self.data.classes.rows)
        return next((name for rows in every for name, row in rows.items() if row["id"] == value), "")

    def events(self) -> list[Change]:
        """One event for each thing that is new or changed."""
        return [
            Change(
                aggregate=aggregate,
                id=id_,
                event=SchoolDataChanged(
                    source=self.source,
                    new=history.new,
                    added=tuple(history.added),
                    changed=tuple(history.changed),
                    reason=self.reason,
                ),
            )
            for (aggregate, id_), history in self.histories.items()
        ]


def put(
    work: Merge,
    table: EditedTable[Any],
    key: Any,
    values: Mapping[str, Any],
    defaults: Mapping[str, Any],
    *,
    of: tuple[str, UUID] | str,
    part: str = "",
) -> RowOutcome:
    """Write one row into its table and its thing's history.

    :param of: the thing whose history it belongs to; a bare name when the row is the thing.
    :param part: what the row is to the thing; empty when it is the thing itself.
    """
    differences = table.differences(key, values)
    if differences == {}:
        return RowOutcome.UNCHANGED
    row = table.put(key, values, defaults)
    thing = (of, row["id"]) if isinstance(of, str) else of
    history = work.histories[thing]
    if differences is None:
        if part:
            history.added.append(part)
            work.touch(thing, frozenset({part}))
        else:
            history.new = True
        return RowOutcome.CREATED
    prefix = f"{part}." if part else ""
    work.touch(thing, frozenset(prefix + column for column in differences))
    for column, old, new in _single(differences):
        history.changed.append((prefix + column, _plain(old), _plain(new)))
        work.replaced(column, old, new)
    return RowOutcome.UPDATED


def _single(differences: Mapping[str, tuple[Any, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Column, old and new value; of a mapping each entry that differs."""
    for column, (old, new) in differences.items():
        if isinstance(new, Mapping):
            for code in sorted({*old, *new}):
                if old.get(code) != new.get(code):
                    yield f"{column}{PART}{code}", old.get(code), new.get(code)
        elif column not in _DERIVED:
            yield column, old, new


def _field(sheet: SheetKey, column: str) -> str:
    if sheet is SheetKey.PRIMARY_RESULTS and column == "year":
        return "level"
    return _FIELDS.get(column, column)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def whose(line: Any) -> str:
    """The code or name of what a line is about."""
    for name in ("student", "code", "name", "class_name"):
        if hasattr(line, name):
            return str(getattr(line, name))
    return ""


def heaviest(*outcomes: RowOutcome) -> RowOutcome:
    """What became of a line that wrote several rows."""
    return max(outcomes, key=_WEIGHT.index)


def columns(line: Any, given: Given, of: Collection[str]) -> dict[str, Any]:
    """What ``line`` says for those columns ``of`` that its sheet has."""
    return {name: getattr(line, name) for name in of if name in given}
