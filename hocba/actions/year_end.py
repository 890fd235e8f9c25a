"""Year-end confirmation of classes (B5, guide 5.9.4): term II and the year are final.

Transcripts are made of confirmed classes only.  A confirmation is undone only while no pupil of
the class has a live transcript of the year: what was made rests on it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions.outcomes import Outcome, Result, done, in_chunks, in_order, refused, unchanged
from hocba.domain.errors import Code, Refusal
from hocba.domain.events import YearConfirmed, YearReopened
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import ClassId, SchoolId
from hocba.store import histories
from hocba.store.models import ClassRow, TranscriptRow

CHUNK = 100
"""Classes changed in one transaction."""


async def confirm(actor: Actor, class_ids: Sequence[UUID], *, now: datetime) -> list[Result]:
    """Confirm the year end of these classes; one that is confirmed is UNCHANGED.

    Refused, per class, with NOT_FOUND, NOT_PERMITTED.
    """
    results: dict[UUID, Result] = {}
    for chunk in in_chunks(class_ids, CHUNK):
        async with in_transaction():
            for row in await _locked(chunk):
                results[row.id] = _judge(actor, row, settled=row.confirmed_at is not None)
            chosen = _done(results, chunk)
            await ClassRow.filter(id__in=chosen).update(confirmed_at=now, confirmed_by=actor.id)
            await _record(YearConfirmed(), chosen, actor, now)
    return in_order(class_ids, results)


async def reopen(actor: Actor, class_ids: Sequence[UUID], *, now: datetime) -> list[Result]:
    """Undo the confirmation of these classes; one that is not confirmed is UNCHANGED.

    Refused, per class, with NOT_FOUND, NOT_PERMITTED, LIVE_TRANSCRIPT.
    """
    results: dict[UUID, Result] = {}
    for chunk in in_chunks(class_ids, CHUNK):
        async with in_transaction():
            rows = await _locked(chunk)
            live = set(
                await TranscriptRow.filter(class_id__in=chunk, live=True)
                .distinct()
                .values_list("class_id", flat=True)
            )
            for row in rows:
                results[row.id] = _judge(actor, row, settled=row.confirmed_at is None)
                if results[row.id].outcome is Outcome.DONE and row.id in live:
                    results[row.id] = refused(row.id, Refusal(Code.LIVE_TRANSCRIPT))
            chosen = _done(results, chunk)
            await ClassRow.filter(id__in=chosen).update(confirmed_at=None, confirmed_by=None)
            await _record(YearReopened(), chosen, actor, now)
    return in_order(class_ids, results)


async def _locked(class_ids: Sequence[UUID]) -> list[ClassRow]:
    return await ClassRow.filter(id__in=class_ids).order_by("id").select_for_update()


def _judge(actor: Actor, row: ClassRow, *, settled: bool) -> Result:
    if not actor.may_in(Permission.TRANSCRIPT_VIEW, SchoolId(row.school_id), ClassId(row.id)):
        return refused(row.id, Refusal(Code.NOT_FOUND))
    if not actor.may(Permission.YEAR_END_CONFIRM):
        return refused(row.id, Refusal(Code.NOT_PERMITTED, needs=Permission.YEAR_END_CONFIRM.value))
    return unchanged(row.id) if settled else done(row.id)


def _done(results: dict[UUID, Result], chunk: Sequence[UUID]) -> list[UUID]:
    return [id_ for id_ in chunk if id_ in results and results[id_].outcome is Outcome.DONE]


async def _record(
    event: YearConfirmed | YearReopened, class_ids: Sequence[UUID], actor: Actor, now: datetime
) -> None:
    events = dict.fromkeys(class_ids, event)
    await histories.add_all("class", events, by=actor.id, school=actor.school, at=now)
