"""What an import says: each sheet, what is wrong, what it replaces, whose transcripts stand in its way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from hocba.actions.import_rows import Merge, RowChange, RowOutcome
from hocba.actions.import_run import Done, Job
from hocba.documents.workbooks import Problem, Severity, SheetKey
from hocba.domain.values import SchoolYear, Status, StudentId, TranscriptId

KEPT = 1000
"""Problems and pupils that a report lists; the error workbook has all problems, and the counts are of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReport:
    """What became of one sheet.

    :ivar read: rows that say something.
    :ivar errors: rows with an error, or that name a row with one.
    :ivar refused: rows left out because a live transcript holds their data.
    :ivar rows: for each outcome, the rows as ``(first, last)`` ranges.
    """

    sheet: SheetKey
    read: int
    created: int
    updated: int
    unchanged: int
    refused: int
    errors: int
    rows: Mapping[RowOutcome, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPupil:
    """A pupil whose live transcript must be cancelled before what rows say is true of him too.

    :ivar rows: how many rows.
    """

    student: StudentId
    code: str
    full_name: str
    class_name: str
    transcript: TranscriptId
    status: Status
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import said and did.

    :ivar committed: whether anything could be written; never in a dry run.
    :ivar problems: the first thousand, in the order of the sheets.
    :ivar problem_count: how many there are by severity.
    :ivar changes: the first thousand values that were replaced, of ``change_count``.
    :ivar held: the first thousand pupils whose live transcript stood in the way, of ``held_count``.
    :ivar outdated: the first thousand pupils whose live transcript keeps what rows changed of staff, of
        classes or of the print configuration, of ``outdated_count``.
    :ivar has_error_workbook: whether there is one to download.
    """

    id: UUID
    year: SchoolYear
    dry_run: bool
    committed: bool
    sheets: tuple[SheetReport, ...]
    problems: tuple[Problem, ...]
    problem_count: Mapping[Severity, int]
    changes: tuple[RowChange, ...]
    change_count: int
    held: tuple[HeldPupil, ...]
    held_count: int
    outdated: tuple[HeldPupil, ...]
    outdated_count: int
    has_error_workbook: bool

    def as_dict(self) -> dict[str, Any]:
        """The report in plain values, as its row keeps it."""
        return {
            "year": self.year,
            "dry_run": self.dry_run,
            "committed": self.committed,
            "sheets": [_sheet_as_dict(each) for each in self.sheets],
            "problems": [problem.as_dict() for problem in self.problems],
            "problem_count": {severity.value: count for severity, count in self.problem_count.items()},
            "changes": [asdict(each) for each in self.changes],
            "change_count": self.change_count,
            "held": _pupils_as_dicts(self.held),
            "held_count": self.held_count,
            "outdated": _pupils_as_dicts(self.outdated),
            "outdated_count": self.outdated_count,
        }


def report_of(job: Job, done: Done) -> ImportReport:
    """The report of a workbook's import."""
    count = Counter(problem.severity for problem in done.problems)
    return ImportReport(
        id=done.work.source,
        year=job.year,
        dry_run=job.dry_run,
        committed=done.committed,
        sheets=tuple(
            _sheet_report(sheet, done.work.outcomes[sheet]) for sheet in SheetKey if sheet in job.sheets.given
        ),
        problems=done.problems[:KEPT],
        problem_count={severity: count[severity] for severity in Severity},
        changes=tuple(done.work.changes),
        change_count=done.work.change_count,
        held=tuple(_named(done.work, done.work.held)),
        held_count=len(done.work.held),
        outdated=tuple(_named(done.work, done.work.outdated)),
        outdated_count=len(done.work.outdated),
        has_error_workbook=bool(done.problems),
    )


def _named(work: Merge, counted: Mapping[StudentId, int]) -> Iterator[HeldPupil]:
    """In the order of the school's pupils."""
    classes = {row["id"]: name for name, row in work.data.classes.rows.items()}
    pupils = ((code, row) for code, row in work.data.students.rows.items() if row["id"] in counted)
    for code, row in sorted(pupils, key=lambda each: each[1]["sort_key"])[:KEPT]:
        live = work.data.live[row["id"]]
        yield HeldPupil(
            student=row["id"],
            code=code,
            full_name=row["full_name"],
            class_name=classes.get(live.class_id, ""),
            transcript=live.id,
            status=live.status,
            rows=counted[row["id"]],
        )


def _sheet_report(sheet: SheetKey, outcomes: Mapping[int, RowOutcome]) -> SheetReport:
    count = Counter(outcomes.values())
    return SheetReport(
        sheet=sheet,
        read=len(outcomes),
        created=count[RowOutcome.CREATED],
        updated=count[RowOutcome.UPDATED],
        unchanged=count[RowOutcome.UNCHANGED],
        refused=count[RowOutcome.REFUSED],
        errors=count[RowOutcome.FAILED],
        rows={
            outcome: _ranges(row for row, found in outcomes.items() if found is outcome) for outcome in count
        },
    )


def _ranges(rows: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Ascending row numbers as ranges: 2, 3, 4, 9 are (2, 4), (9, 9)."""
    ranges: list[tuple[int, int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    return tuple(ranges)


def _pupils_as_dicts(pupils: Iterable[HeldPupil]) -> list[dict[str, Any]]:
    return [
        asdict(each) | {"student": str(each.student), "transcript": str(each.transcript)} for each in pupils
    ]


def _sheet_as_dict(sheet: SheetReport) -> dict[str, Any]:
    counts = ("read", "created", "updated", "unchanged", "refused", "errors")
    rows = {outcome.value: [list(each) for each in ranges] for outcome, ranges in sheet.rows.items()}
    return {"sheet": sheet.sheet.value, **{name: getattr(sheet, name) for name in counts}, "rows": rows}
