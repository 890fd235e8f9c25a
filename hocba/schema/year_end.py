"""The end of a school year: what is printed, and the confirmation that creation needs (B4, B5)."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

import strawberry

from hocba.actions import printing, year_end
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import errors
from hocba.domain.values import Profile
from hocba.schema.bulk import results_of
from hocba.schema.classes import Class
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_ids
from hocba.schema.moments import year_written
from hocba.schema.refusals import Refusal
from hocba.schema.school import PrintConfiguration
from hocba.schema.selection import asks
from hocba.store.reads import school as reads
from hocba.store.reads.pages import Page


@describe
@strawberry.input
class SetPrintConfigurationInput:
    """What is printed on the transcripts of a year: Cấu hình in học bạ (7.4.5).

    :ivar place: Địa danh.
    :ivar written_on: The date written on the transcripts.
    :ivar primary_profile: How primary transcripts are written: whether their subject teachers sign too.
        Left out, it stays as it is (at first MOET_TH); only where the school has primary classes.
    :ivar school_year: Năm học; the year of the request when left out.
    """

    place: str
    written_on: date
    primary_profile: Profile | None = None
    school_year: str | None = None


@describe
@strawberry.type
class SetPrintConfigurationPayload:
    """What is printed from now on.

    :ivar outcome: UNCHANGED when it was so already.
    :ivar print_configuration: The configuration.
    """

    outcome: Outcome
    print_configuration: PrintConfiguration | None
    refusal: Refusal | None


@describe
@strawberry.input
class ClassesInput:
    """Classes.

    :ivar class_ids: Which ones, at most 500.
    """

    class_ids: list[strawberry.ID]


@describe
@strawberry.input
class ConfirmYearEndInput(ClassesInput):
    """Confirm the end of the year of classes (5.9.4)."""


@describe
@strawberry.input
class ReopenYearEndInput(ClassesInput):
    """Undo that, while no pupil of theirs has a live transcript."""


@describe
@strawberry.type
class ClassResult:
    """What became of one class.

    :ivar id: The class asked for, as the client named it.
    :ivar outcome: What became of it.
    :ivar class_: The class afterwards.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None
    class_: Class | None = strawberry.field(name="class")


@describe
@strawberry.type
class ClassesPayload:
    """What became of each."""

    results: list[ClassResult]


@describe
@strawberry.type
class YearEndMutations:
    """Saying what is printed, confirming years."""

    @strawberry.mutation
    async def set_print_configuration(
        self, info: Info, input: SetPrintConfigurationInput
    ) -> SetPrintConfigurationPayload:
        """Say what is printed on the transcripts that are made from now on (B4)."""
        asking = asking_of(info)
        try:
            year = year_written(info, input.school_year)
            changed = await printing.set_print_configuration(
                asking.actor,
                year,
                place=input.place,
                written_on=input.written_on,
                primary_profile=input.primary_profile,
                now=now_of(info),
            )
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return SetPrintConfigurationPayload(
                outcome=Outcome.REFUSED, print_configuration=None, refusal=said
            )
        row = await reads.printing(asking.actor.school, year)
        assert row is not None
        return SetPrintConfigurationPayload(
            outcome=Outcome.DONE if changed else Outcome.UNCHANGED,
            print_configuration=PrintConfiguration.of(row),
            refusal=None,
        )

    @strawberry.mutation
    async def confirm_year_end(self, info: Info, input: ConfirmYearEndInput) -> ClassesPayload:
        """Confirm the end of the year of classes: creation needs it (B5)."""
        ids = local_ids("Class", input.class_ids)
        work = partial(year_end.confirm, actor_of(info), ids, now=now_of(info))
        return await _classes(info, input.class_ids, await results_of(ids, work))

    @strawberry.mutation
    async def reopen_year_end(self, info: Info, input: ReopenYearEndInput) -> ClassesPayload:
        """Undo the confirmation of classes without live transcripts (B5)."""
        ids = local_ids("Class", input.class_ids)
        work = partial(year_end.reopen, actor_of(info), ids, now=now_of(info))
        return await _classes(info, input.class_ids, await results_of(ids, work))


async def _classes(info: Info, shown: Sequence[strawberry.ID], results: Sequence[Result]) -> ClassesPayload:
    after: dict[UUID, Class] = {}
    if asks(info, "results.class"):
        wanted = reads.ClassFilter(ids=[result.id for result in results])
        found = await reads.classes(actor_of(info), wanted, Page(size=500), people=True)
        after = {row.id: Class.of(row) for row in found.rows}
    return ClassesPayload(
        results=[
            ClassResult(
                id=shown_id,
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, info.context.language),
                class_=after.get(result.id),
            )
            for shown_id, result in zip(shown, results, strict=True)
        ]
    )
