"""What all upserts share: the cells of an input's rows, and what became of each row (B6)."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any, Self

import strawberry

from hocba import words
from hocba.actions.import_rows import RowOutcome
from hocba.actions.upserting import RowResult, upsert
from hocba.documents.workbooks import Problem, ProblemCode, Severity, SheetKey
from hocba.documents.workbooks.cells import Cell
from hocba.documents.workbooks.columns import PART
from hocba.documents.workbooks.sheets import column_at
from hocba.domain import errors
from hocba.domain.errors import Code
from hocba.domain.values import Term
from hocba.schema.context import Info, asking_of, now_of
from hocba.schema.docs import describe, describe_enum
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import global_id
from hocba.schema.moments import year_written
from hocba.schema.refusals import Refusal
from hocba.words import Lang

LIMIT = 200
"""Most rows of one call; more goes by workbook."""

describe_enum(
    RowOutcome,
    "What became of one row.",
    {
        RowOutcome.CREATED: "It was new.",
        RowOutcome.UPDATED: "It changed something.",
        RowOutcome.UNCHANGED: "It was so already.",
        RowOutcome.REFUSED: "It may not be: a live transcript holds it, or the pupil has left; see refusal.",
        RowOutcome.FAILED: "Something in it is wrong: see refusal and problems.",
    },
    name="UpsertOutcome",
)
_CODES = {
    ProblemCode.CHARACTER_NOT_ALLOWED: Code.CHARACTER_NOT_ALLOWED,
    ProblemCode.SUBJECT_UNKNOWN: Code.NOT_FOUND,
    ProblemCode.CLASS_UNKNOWN: Code.NOT_FOUND,
    ProblemCode.STAFF_UNKNOWN: Code.NOT_FOUND,
    ProblemCode.STUDENT_UNKNOWN: Code.NOT_FOUND,
    ProblemCode.STUDENT_NOT_ENROLLED: Code.NOT_FOUND,
    ProblemCode.DUPLICATE: Code.ALREADY_EXISTS,
    ProblemCode.TWO_TEACHERS: Code.ALREADY_EXISTS,
    ProblemCode.USERNAME_TAKEN: Code.ALREADY_EXISTS,
    ProblemCode.ADMIN_ONLY: Code.NOT_PERMITTED,
    ProblemCode.NOT_TO_ONESELF: Code.NOT_PERMITTED,
    ProblemCode.STUDENT_LEFT: Code.STUDENT_LEFT,
    ProblemCode.CLASS_CONFIRMED: Code.YEAR_CONFIRMED,
}
"""The refusal that a problem is; INVALID_VALUE for the others."""

_BY_CODE = frozenset(
    {
        ProblemCode.PERSONAL_ID_INVALID,
        ProblemCode.CODE_INCOMPLETE,
        ProblemCode.STUDENT_UNKNOWN,
        ProblemCode.STAFF_UNKNOWN,
    }
)
"""What a client mends by sending a code whole: a workbook's lost zeros come back, a client's do not."""

_THINGS = {
    SheetKey.STAFF: "Person",
    SheetKey.CLASSES: "Class",
    SheetKey.ASSIGNMENTS: "Class",
}
"""What a row is about; a pupil where nothing stands."""


@describe
@strawberry.type
class UpsertProblem:
    """One thing that is wrong with a row, or that a person should look at.

    :ivar code: What it is.
    :ivar severity: What it does to the row.
    :ivar message: The sentence to show; rows are counted from 1.
    :ivar path: Which field of the row; empty for the whole row.
    """

    code: ProblemCode
    severity: Severity
    message: str
    path: list[str]

    @classmethod
    def of(cls, problem: Problem, language: Lang) -> Self:
        """In one language."""
        return cls(
            code=problem.code,
            severity=problem.severity,
            message=problem.sentence(language),
            path=_path(problem),
        )


@describe
@strawberry.type
class UpsertResult:
    """What became of one row.

    :ivar row: Which one, from 1.
    :ivar id: The pupil, class or person that it is about; null when there is none.
    :ivar outcome: What became of it.
    :ivar problems: Everything that is wrong with it, warnings too.
    """

    row: int
    id: strawberry.ID | None
    outcome: RowOutcome
    refusal: Refusal | None
    problems: list[UpsertProblem]


@describe
@strawberry.type
class UpsertPayload:
    """What became of each row, in the order given."""

    results: list[UpsertResult]


@describe
@strawberry.input
class YearInput:
    """Rows of a school year.

    :ivar school_year: Năm học; the year of the request when left out.
    :ivar reason: Why; the histories of what changes keep it.
    """

    school_year: str | None = None
    reason: str | None = None


async def taken(info: Info, sheet: SheetKey, rows: Sequence[Any], input: YearInput) -> UpsertPayload:
    """Make or change what the rows say; when it is refused as a whole, that refusal for each.

    :raises BadUserInputError: for too many rows.
    """
    asking, language = asking_of(info), info.context.language
    if len(rows) > LIMIT:
        raise BadUserInputError(f"at most {LIMIT} rows")
    year, reason = year_written(info, input.school_year), input.reason or ""
    try:
        results = await upsert(
            asking.actor, sheet, [_cells(row) for row in rows], year=year, now=now_of(info), reason=reason
        )
    except errors.Refusal as refusal:
        said = Refusal.of(refusal, language)
        return UpsertPayload(results=[_refused(number, said) for number, _ in enumerate(rows, start=1)])
    return UpsertPayload(
        results=[_result(number, each, sheet, language) for number, each in enumerate(results, start=1)]
    )


def _refused(row: int, refusal: Refusal) -> UpsertResult:
    return UpsertResult(row=row, id=None, outcome=RowOutcome.REFUSED, refusal=refusal, problems=[])


def _result(row: int, result: RowResult, sheet: SheetKey, language: Lang) -> UpsertResult:
    return UpsertResult(
        row=row,
        id=global_id(_THINGS.get(sheet, "Student"), result.id) if result.id else None,
        outcome=result.outcome,
        refusal=_refusal(result, language),
        problems=[UpsertProblem.of(each, language) for each in result.problems],
    )


def _refusal(result: RowResult, language: Lang) -> Refusal | None:
    stopping = (Severity.ERROR, Severity.REFUSED)
    first = next((each for each in result.problems if each.severity in stopping), None)
    if first is None:
        return None
    if first.code is ProblemCode.FROZEN_DATA:
        return Refusal.of(errors.Refusal(Code.FROZEN_DATA), language)
    code = _CODES.get(first.code, Code.INVALID_VALUE)
    helps = words.whole_code if first.code in _BY_CODE else partial(words.help_, errors.Refusal(code))
    return Refusal(
        code=code,
        message=first.sentence(language),
        help=helps(language) or None,
        path=_path(first) or None,
    )


def _path(problem: Problem) -> list[str]:
    if problem.code in (ProblemCode.NOT_OF_LEVEL, ProblemCode.TRAIT_UNKNOWN):
        return [_camel(part) for part in str(problem.facts["field"]).split(PART)]
    if problem.sheet is None or not problem.header:
        return []
    field = column_at(problem.sheet, problem.header).field
    return [_camel(part) for part in _ONE_NAME.get((problem.sheet, field), field).split(PART)]


_ONE_NAME = {(SheetKey.PRIMARY_RESULTS, "level"): "year"}
"""Results of all levels are one input: what its field is called that a sheet calls otherwise."""


def _camel(name: str) -> str:
    first, *rest = name.split("_") if name.islower() else [name]
    return first + "".join(each.capitalize() for each in rest)


def _cells(row: Any) -> Mapping[str, Cell]:
    """What the row's columns would hold; a field that was left out is not there."""
    cells: dict[str, Cell] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if value is strawberry.UNSET:
            continue
        if isinstance(value, list) and value and not isinstance(value[0], Term):
            cells |= {f"{field.name}{PART}{each.code}": each.level for each in value}
        elif isinstance(value, list):
            cells[field.name] = _TERMS.get(frozenset(value))
        else:
            cells[field.name] = value
    return cells


_TERMS = {frozenset({Term.I}): "I", frozenset({Term.II}): "II", frozenset(Term): "Cả năm"}
