"""One row of a workbook into its table and into the history of what it belongs to.

Pure but for the tables in memory that it edits (``hocba.store.editing``).  Every pupil, class and
member of staff that changes gets one event, with old and new values.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from hocba.documents.workbooks import Problem, SheetKey
from hocba.domain.people import Actor
from hocba.store.editing import EditedTable
from hocba.store.school import Change, SchoolData, SchoolDataChanged


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


@dataclass(slots=True, kw_only=True)
class _History:
    new: bool = False
    added: list[str] = field(default_factory=list)
    changed: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Merge:
    """The work of one import, and what it has found so far.

    :ivar outcomes: for each sheet, row to outcome.
    """

    data: SchoolData
    actor: Actor
    source: UUID
    now: datetime
    outcomes: dict[SheetKey, dict[int, RowOutcome]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Problem] = field(default_factory=list)
    histories: dict[tuple[str, UUID], _History] = field(default_factory=lambda: defaultdict(_History))

    def changes(self) -> list[Change]:
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
    history = work.histories[(of, row["id"]) if isinstance(of, str) else of]
    if differences is None:
        if part:
            history.added.append(part)
        else:
            history.new = True
        return RowOutcome.CREATED
    prefix = f"{part}." if part else ""
    history.changed += [
        (prefix + column, _plain(old), _plain(new))
        for column, (old, new) in differences.items()
        if column not in ("sort_key", "search_key")
    ]
    return RowOutcome.UPDATED


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def heaviest(*outcomes: RowOutcome) -> RowOutcome:
    """What became of a line that wrote several rows."""
    return max(outcomes, key=_WEIGHT.index)


def columns(line: Any, given: Given, of: Collection[str]) -> dict[str, Any]:
    """What ``line`` says for those columns ``of`` that its sheet has."""
    return {name: getattr(line, name) for name in of if name in given}
