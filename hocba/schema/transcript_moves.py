"""Moving transcripts along: make, hand back, cancel, complete, export (D2, D4, D8-D10)."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

import strawberry

from hocba.actions import creation, exporting, lifecycle, links
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import transcript as domain
from hocba.domain.permissions import Permission
from hocba.domain.values import Status
from hocba.schema.bulk import chosen, results_of
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.moments import year_written
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.selection import asks
from hocba.schema.students import StudentFilter
from hocba.schema.transcript_types import Transcript, TranscriptFilter
from hocba.schema.transcripts import shaped
from hocba.store.reads import transcripts as reads


@describe
@strawberry.type
class TranscriptResult:
    """What became of one transcript, or of one pupil's.

    :ivar id: The object asked for, as the client named it.
    :ivar outcome: What became of it.
    :ivar refusal: Why not.
    :ivar transcript: The transcript afterwards.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None
    transcript: Transcript | None


@describe
@strawberry.type
class TranscriptsPayload:
    """What became of each."""

    results: list[TranscriptResult]


@describe
@strawberry.input
class CreateTranscriptsInput:
    """Make transcripts (D2).

    :ivar student_ids: Of these pupils, at most 500; or use filter.
    :ivar filter: Of the pupils that it finds.
    :ivar school_year: Năm học; the year of the request when left out.
    """

    student_ids: list[strawberry.ID] | None = None
    filter: StudentFilter | None = None
    school_year: str | None = None


@describe
@strawberry.input
class TranscriptsInput:
    """Transcripts, named by ids or by a filter.

    :ivar transcript_ids: These, at most 500; or use filter.
    :ivar filter: Those that it finds.
    """

    transcript_ids: list[strawberry.ID] | None = None
    filter: TranscriptFilter | None = None


@describe
@strawberry.input
class CompleteTranscriptsInput(TranscriptsInput):
    """Confirm fully signed transcripts (D10)."""


@describe
@strawberry.input
class ReopenTranscriptsInput(TranscriptsInput):
    """Undo the confirmation before sending (D10)."""


@describe
@strawberry.input
class ApproveCancellationsInput(TranscriptsInput):
    """Agree with proposals; final (D9)."""


@describe
@strawberry.input
class ExportTranscriptsInput(TranscriptsInput):
    """Export transcripts as one ZIP (D4)."""


@describe
@strawberry.input
class ProposeCancellationInput(TranscriptsInput):
    """Hand transcripts back because something on them is wrong (D8).

    :ivar reason: What is wrong.
    """

    reason: str


@describe
@strawberry.input
class RefuseCancellationsInput(TranscriptsInput):
    """Find no mistake; signing goes on where it stood (D9).

    :ivar reason: Why.
    """

    reason: str = ""


@describe
@strawberry.type
class Export:
    """A ZIP, made while it is downloaded.

    :ivar url: Where to download it within a quarter of an hour, as the same person.
    """

    url: str


@describe
@strawberry.type
class ExportTranscriptsPayload:
    """The export, and what became of each transcript.

    :ivar export: Null when nothing may be exported.
    """

    export: Export | None
    results: list[TranscriptResult]


@describe
@strawberry.type
class CancellationQueries:
    """Reading proposals to cancel."""

    @strawberry.field
    async def cancellation_proposals(
        self,
        info: Info,
        *,
        filter: TranscriptFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Transcript]:
        """Transcripts that were handed back: Trả lại (D9); ADMIN, and whoever decides for him."""
        actor = actor_of(info)
        actor.must(Permission.CANCELLATION_VIEW)
        wanted = filter or TranscriptFilter()
        wanted.status = [Status.RETURNED]
        found = await reads.transcripts(
            actor,
            wanted.read(info),
            page_of(info, first, after, last, before),
            slots=asks(info, "edges.node.slots", "edges.node.signatures"),
        )
        return connection(found.of(await shaped(info, found.rows, "edges.node.")), lambda row: row)


@describe
@strawberry.type
class TranscriptMutations:
    """Moving transcripts along."""

    @strawberry.mutation
    async def create_transcripts(self, info: Info, input: CreateTranscriptsInput) -> TranscriptsPayload:
        """Make transcripts of pupils whose year is confirmed and complete (D2)."""
        asking = asking_of(info)
        by_filter = None
        if input.filter is not None:
            by_filter = partial(input.filter.ids, info)
        shown, ids = await chosen("Student", input.student_ids, by_filter)
        now = now_of(info)

        async def create() -> list[Result]:
            year = year_written(info, input.school_year)
            return await creation.create(asking.actor, ids, year, now=now)

        results = await results_of(ids, create)
        return await _payload(info, shown, results)

    @strawberry.mutation
    async def propose_cancellation(self, info: Info, input: ProposeCancellationInput) -> TranscriptsPayload:
        """Hand transcripts back: Trả lại (D8)."""
        return await _move(info, input, partial(domain.propose_cancel, reason=input.reason))

    @strawberry.mutation
    async def approve_cancellations(self, info: Info, input: ApproveCancellationsInput) -> TranscriptsPayload:
        """Cancel transcripts: Hủy (D9).  There is no way back."""
        return await _move(info, input, domain.approve_cancel)

    @strawberry.mutation
    async def refuse_cancellations(self, info: Info, input: RefuseCancellationsInput) -> TranscriptsPayload:
        """Find no mistake: signing goes on where it stood (D9)."""
        return await _move(info, input, partial(domain.refuse_cancel, reason=input.reason))

    @strawberry.mutation
    async def complete_transcripts(self, info: Info, input: CompleteTranscriptsInput) -> TranscriptsPayload:
        """Confirm fully signed transcripts: Xác nhận hoàn thành (D10)."""
        return await _move(info, input, partial(domain.complete, at=now_of(info)))

    @strawberry.mutation
    async def reopen_transcripts(self, info: Info, input: ReopenTranscriptsInput) -> TranscriptsPayload:
        """Undo the confirmation before sending (D10)."""
        return await _move(info, input, domain.reopen)

    @strawberry.mutation
    async def export_transcripts(self, info: Info, input: ExportTranscriptsInput) -> ExportTranscriptsPayload:
        """PDF, XML, XSLT and certificates of transcripts as one ZIP: Xuất dữ liệu (D4)."""
        actor, now, house = actor_of(info), now_of(info), info.context.house
        shown, ids = await _chosen(info, input)
        if not ids:
            return ExportTranscriptsPayload(export=None, results=[])
        export_id, results = await exporting.begin(actor, ids, now=now)
        payload = await _payload(info, shown, results)
        if export_id is None:
            return ExportTranscriptsPayload(export=None, results=payload.results)
        link = links.Link(kind="export", id=export_id.hex, person=actor.id)
        url = links.make(house, link, now=now)
        return ExportTranscriptsPayload(export=Export(url=url), results=payload.results)


async def _chosen(info: Info, input: TranscriptsInput) -> tuple[list[strawberry.ID], list[UUID]]:
    by_filter: Callable[[int], Awaitable[list[UUID]]] | None = None
    if input.filter is not None:
        by_filter = partial(reads.ids, actor_of(info), input.filter.read(info))
    return await chosen("Transcript", input.transcript_ids, by_filter)


async def _move(info: Info, input: TranscriptsInput, move: lifecycle.Move) -> TranscriptsPayload:
    actor, now = actor_of(info), now_of(info)
    shown, ids = await _chosen(info, input)
    results = await results_of(ids, lambda: lifecycle.apply(actor, ids, move, now=now))
    return await _payload(info, shown, results)


async def _payload(
    info: Info, shown: Sequence[strawberry.ID], results: Sequence[Result]
) -> TranscriptsPayload:
    """The results with the transcripts as they are now: read for all at once, and only if asked for."""
    after: dict[UUID, Transcript] = {}
    if asks(info, "results.transcript"):
        made = [result.made or result.id for result in results]
        needs = asks(
            info, "results.transcript.slots", "results.transcript.signatures", "results.transcript.canSign"
        )
        rows = list((await reads.by_ids(actor_of(info), made, slots=needs)).values())
        found = await shaped(info, rows, "results.transcript.")
        after = {row.id: transcript for row, transcript in zip(rows, found, strict=True)}
    language = info.context.language
    return TranscriptsPayload(
        results=[
            TranscriptResult(
                id=shown_id,
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, language),
                transcript=after.get(result.made or result.id),
            )
            for shown_id, result in zip(shown, results, strict=True)
        ]
    )
