"""Pupils out of their class, and back (B1)."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import strawberry

from hocba.actions import leaving
from hocba.actions.outcomes import Outcome, Result
from hocba.schema.bulk import results_of
from hocba.schema.context import Info, actor_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_ids
from hocba.schema.moments import year_written
from hocba.schema.refusals import Refusal


@describe
@strawberry.input
class StudentsInput:
    """Pupils of a school year.

    :ivar student_ids: Which ones, at most 500.
    :ivar reason: Why; their histories keep it.
    :ivar school_year: Năm học; the year of the request when left out.
    """

    student_ids: list[strawberry.ID]
    reason: str
    school_year: str | None = None


@describe
@strawberry.input
class RemoveStudentsInput(StudentsInput):
    """Take pupils out of their classes: wrongly entered, or moved away.

    :ivar left_on: From when; today when left out.
    """

    left_on: date | None = None


@describe
@strawberry.input
class RestoreStudentsInput(StudentsInput):
    """Bring them back into the classes they were in, with all that was entered for them."""


@describe
@strawberry.type
class StudentResult:
    """What became of one pupil.

    :ivar id: The pupil asked for, as the client named him.
    :ivar outcome: What became of it.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.type
class StudentsPayload:
    """What became of each."""

    results: list[StudentResult]


@describe
@strawberry.type
class LeavingMutations:
    """Taking pupils out of their classes, and bringing them back."""

    @strawberry.mutation
    async def remove_students(self, info: Info, input: RemoveStudentsInput) -> StudentsPayload:
        """Take pupils out of their classes; refused while they have a live transcript of the year (B1)."""
        ids, year = local_ids("Student", input.student_ids), year_written(info, input.school_year)
        work = partial(leaving.remove, actor_of(info), ids, year, left_on=input.left_on)
        results = await results_of(ids, partial(work, reason=input.reason, now=now_of(info)))
        return _payload(info, input.student_ids, results)

    @strawberry.mutation
    async def restore_students(self, info: Info, input: RestoreStudentsInput) -> StudentsPayload:
        """Bring pupils back into the classes they were taken out of; no import does (B1)."""
        ids, year = local_ids("Student", input.student_ids), year_written(info, input.school_year)
        work = partial(leaving.restore, actor_of(info), ids, year, reason=input.reason, now=now_of(info))
        return _payload(info, input.student_ids, await results_of(ids, work))


def _payload(info: Info, shown: Sequence[strawberry.ID], results: Sequence[Result]) -> StudentsPayload:
    return StudentsPayload(
        results=[
            StudentResult(
                id=shown_id,
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, info.context.language),
            )
            for shown_id, result in zip(shown, results, strict=True)
        ]
    )
