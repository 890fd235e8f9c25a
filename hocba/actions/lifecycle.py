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
        loaded = await transcripts.load(id_ for id_ in ids if id_ not in results)
        accepted: list[tuple[Transcript, Event]] = []
        for transcript in loaded:
            try:
                accepted.append((transcript, move(transcript, actor)))
            except Refusal as refusal:
                results[transcript.id] = _answer(transcript, actor, move, refusal)
        try:
            async with in_transaction():
                await transcripts.save(accepted, by=actor.id, at=now)
        except StaleTranscriptError:
            continue
        return results | {transcript.id: done(transcript.id) for transcript, _ in accepted}
    return results | {
        transcript.id: refused(transcript.id, Refusal(Code.STALE)) for transcript, _ in accepted
    }


def _answer(transcript: Transcript, actor: Actor, move: Move, refusal: Refusal) -> Result:
    """What to say when the rules say no: UNCHANGED when it is where the move leads already."""
    rule = move.func if isinstance(move, partial) else move
    there = refusal.code is Code.WRONG_STATUS and transcript.status is _LEADS_TO.get(rule)
    if there and (rule is not propose_cancel or transcript.proposed_by == actor.id):
        return unchanged(transcript.id)
    return refused(transcript.id, refusal)
