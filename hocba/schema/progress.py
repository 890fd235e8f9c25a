"""How far signing has come (D14)."""

from collections.abc import Mapping
from typing import Self

import strawberry

from hocba import words
from hocba.domain.values import Status, Step
from hocba.schema.context import Info, asking_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_ids
from hocba.schema.moments import year_read
from hocba.store.reads import progress as reads


@describe
@strawberry.type
class StatusCount:
    """How many transcripts are there.

    :ivar status: Where.
    :ivar status_label: What users call that.
    :ivar count: How many.
    """

    status: Status
    status_label: str
    count: int

    @classmethod
    def of_live(cls, counts: Mapping[Status, int], language: words.Lang) -> list[Self]:
        """One for each status that a live transcript may have, in the order of its life."""
        return [
            cls(status=status, status_label=words.label(status, language), count=counts.get(status, 0))
            for status in Status
            if status is not Status.CANCELLED
        ]


@describe
@strawberry.type
class StepCount:
    """How many transcripts wait there.

    :ivar step: At which step.
    :ivar step_label: What users call the step.
    :ivar count: How many.
    """

    step: Step
    step_label: str
    count: int


@describe
@strawberry.type
class Progress:
    """Counts over the live transcripts of a year.

    :ivar students: Pupils of those classes.
    :ivar without_transcript: Those of them without a live transcript: Chưa tạo học bạ.
    :ivar by_status: Transcripts by status.
    :ivar by_step: Transcripts that wait for signatures, by open step.
    """

    students: int
    without_transcript: int
    by_status: list[StatusCount]
    by_step: list[StepCount]


@describe
@strawberry.input
class ProgressFilter:
    """Of which classes.

    :ivar school_year: Năm học; the year of the request when left out.
    :ivar grade: Khối.
    :ivar class_ids: Only these.
    """

    school_year: str | None = None
    grade: int | None = None
    class_ids: list[strawberry.ID] | None = None


@describe
@strawberry.type
class ProgressQueries:
    """Following the signing."""

    @strawberry.field
    async def progress(self, info: Info, filter: ProgressFilter | None = None) -> Progress:
        """How far signing has come, in the classes that one may follow."""
        asking, given = asking_of(info), filter or ProgressFilter()
        found = await reads.progress(
            asking.actor,
            year_read(info, given.school_year),
            class_ids=None if given.class_ids is None else local_ids("Class", given.class_ids),
            grade=given.grade,
        )
        language = info.context.language
        return Progress(
            students=found.students,
            without_transcript=found.students - sum(found.by_status.values()),
            by_status=StatusCount.of_live(found.by_status, language),
            by_step=[
                StepCount(step=step, step_label=words.label(step, language), count=found.by_step.get(step, 0))
                for step in Step
            ],
        )
