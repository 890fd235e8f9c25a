"""The moves that need nothing but the rules and the database, for many transcripts at once.

A move is a function of ``hocba.domain.transcript`` whose options are given: ``partial(complete,
at=now)``, ``partial(propose_cancel, reason="…")``, ``approve_cancel``.  The domain asks whether the
actor may touch this very transcript.

People tick a class and press the button once: one refusal does not stop the others, and pressing
it twice answers UNCHANGED.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions.outcomes import Result, done, in_chunks, in_order, refused, unchanged
from hocba.domain.errors import Code, Refusal
from hocba.domain.events import Event
from hocba.domain.people import Actor
from hocba.domain.transcript import Transcript, approve_cancel, complete, propose_cancel, reopen
from hocba.domain.values import Status
from hocba.store import transcripts
from hocba.store.transcripts import StaleTranscriptError

Move = Callable[[Transcript, Actor], Event]
"""A move with everything given but the transcript and the actor."""

_Change = tuple[Transcript, Event]

CHUNK = 100
"""Transcripts moved in one transaction."""

TRIES = 3

_LEADS_TO: dict[Any, Status] = {
    propose_cancel: Status.RETURNED,
    approve_cancel: Status.CANCELLED,
    complete: Status.COMPLETED,
    reopen: Status.SIGNED,
}


async def apply(actor: Actor, ids: Sequence[UUID], move: Move, *, now: datetime) -> list[Result]:
    """Make ``move`` on each of these transcripts.

    Refused, per transcript, with what the move says, NOT_FOUND, or STALE when others kept changing
    it three times over.
    """
    results: dict[UUID, Result] = {}
    for chunk in in_chunks(ids, CHUNK):
        results |= await _chunk(actor, chunk, move, now)
    return in_order(ids, results)


async def _chunk(actor: Actor, ids: Sequence[UUID], move: Move, now: datetime) -> dict[UUID, Result]:
    results: dict[UUID, Result] = {}
    for _ in range(TRIES):
        accepted: list[_Change] = []
        for transcript in await transcripts.load(id_ for id_ in ids if id_ not in results):
            try:
                accepted.append((transcript, move(transcript, actor)))
            except Refusal as refusal:
                results[transcript.id] = _answer(transcript, actor, move, refusal)
        saved = await _save(actor, accepted, now)
        results |= {transcript.id: done(transcript.id) for transcript in saved}
        if len(saved) == len(accepted):
            return results
    stale = {transcript.id for transcript, _ in accepted} - results.keys()
    return results | {id_: refused(id_, Refusal(Code.STALE)) for id_ in stale}


async def _save(actor: Actor, changes: Sequence[_Change], now: datetime) -> list[Transcript]:
    """Write these changes in one transaction; what somebody else changed meanwhile is left out."""
    try:
        async with in_transaction():
            return await transcripts.save(changes, by=actor.id, at=now)
    except StaleTranscriptError as error:
        newest = [change for change in changes if change[0].id not in error.ids]
    return await _save(actor, newest, now) if newest else []


def _answer(transcript: Transcript, actor: Actor, move: Move, refusal: Refusal) -> Result:
    """What to say when the rules say no: UNCHANGED when it is where the move leads already."""
    rule = move.func if isinstance(move, partial) else move
    there = refusal.code is Code.WRONG_STATUS and transcript.status is _LEADS_TO.get(rule)
    if there and (rule is not propose_cancel or transcript.proposed_by == actor.id):
        return unchanged(transcript.id)
    return refused(transcript.id, refusal)
