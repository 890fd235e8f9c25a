"""Making transcripts (D2): first the review of who will sign what, then the making.

::

    ask the rules ──> build the signed data (in a thread) ──> lock the classes, ask again, write
                            ^                                        │
                            └──────── something moved meanwhile ─────┘   three times, then STALE

Nothing is made of data that changed while it was built: inside the transaction the same questions
are asked once more, and only pupils whose answers are the same are written.
"""

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions.outcomes import Result, done, in_chunks, in_order, refused, unchanged
from hocba.documents import content
from hocba.domain import entries
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.plan import signing_plan
from hocba.domain.readiness import Missing, review
from hocba.domain.record import TranscriptRecord
from hocba.domain.transcript import Transcript
from hocba.domain.values import SchoolYear, Slot, StudentId, TranscriptId, is_school_year
from hocba.store import ids, school, transcripts
from hocba.store.reads.accounts import issuers
from hocba.store.reads.students import shared_ids
from hocba.store.records import load_records
from hocba.store.standings import Standing, load_standings, lock_classes
from hocba.store.transcripts import NewTranscript

CHUNK = 100
"""Transcripts made in one transaction."""

TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What making one pupil's transcript would come to.

    :ivar slots: who will sign what; empty when ``refusal`` hides the pupil.
    :ivar missing: *Thông tin cần bổ sung*.
    :ivar warnings: what somebody should look at; it keeps nothing from being made.
    :ivar refusal: why it would not be made; ``None`` when it would.
    """

    student_id: UUID
    slots: tuple[Slot, ...] = ()
    missing: tuple[Missing, ...] = ()
    warnings: tuple[Missing, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What only the review before making asks: it warns of it and refuses nothing."""

    shared_ids: Collection[str] = ()
    has_issuer: bool = True


_NOTHING = _Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Review:
    """What was found about a pupil; two that are equal stand for the same data."""

    planned: Planned
    standing: Standing | None = None
    record: TranscriptRecord | None = None


async def plan(
    actor: Actor, student_ids: Sequence[UUID], year: SchoolYear, *, now: datetime
) -> list[Planned]:
    """The review before making: signing plan, missing data, refusals.  In the order asked."""
    known = _Known(
        shared_ids=await shared_ids(student_ids, year),
        has_issuer=bool(await issuers(actor.school, now)),
    )
    reviews = await _review(actor, student_ids, year, known)
    return [reviews[student].planned for student in student_ids]


async def create(
    actor: Actor, student_ids: Sequence[UUID], year: SchoolYear, *, now: datetime
) -> list[Result]:
    """Make the transcripts of these pupils' school year.

    ``made`` of a result is the transcript; a pupil who has a live one is UNCHANGED.  One made after
    a cancellation gets a new look-up code and says what it replaces.  Refused, per pupil, with
    NOT_FOUND, NOT_PERMITTED, YEAR_NOT_CONFIRMED, MISSING_DATA, NOT_WRITABLE, TOO_MANY_SIGNERS, STALE.

    :raises Refusal: INVALID_VALUE for what is no school year; NOT_PERMITTED to whoever creates nowhere.
    """
    if not is_school_year(year):
        actor.must(Permission.TRANSCRIPT_CREATE)
        entries.school_year(year)
    results: dict[UUID, Result] = {}
    for chunk in in_chunks(student_ids, CHUNK):
        results |= await _create(actor, chunk, year, now)
    return in_order(student_ids, results)


async def _create(
    actor: Actor, student_ids: Sequence[UUID], year: SchoolYear, now: datetime
) -> dict[UUID, Result]:
    results: dict[UUID, Result] = {}
    for _ in range(TRIES):
        waiting = [student for student in student_ids if student not in results]
        reviews = await _review(actor, waiting, year) if waiting else {}
        ready = {student: review for student, review in reviews.items() if not review.planned.refusal}
        results |= {student: _answer(reviews[student]) for student in reviews.keys() - ready.keys()}
        built = await asyncio.to_thread(_build, ready, year, now)
        results |= {id_: refused(id_, each) for id_, each in built.items() if isinstance(each, Refusal)}
        new = {id_: each for id_, each in built.items() if isinstance(each, NewTranscript)}
        with suppress(IntegrityError):  # somebody else made one of them: look again
            results |= await _write(actor, {id_: ready[id_] for id_ in new}, new, year, now)
    stale = (student for student in student_ids if student not in results)
    return results | {student: refused(student, Refusal(Code.STALE)) for student in stale}


async def _review(
    actor: Actor, student_ids: Sequence[UUID], year: SchoolYear, known: _Known = _NOTHING
) -> dict[UUID, _Review]:
    standings = await load_standings(student_ids, year)
    kept = [id_ for id_, standing in standings.items() if not _stranger(actor, standing)]
    records = await load_records(kept, year)

    def judge() -> dict[UUID, _Review]:
        return {student: _judge(actor, student, standings, records, known) for student in student_ids}

    return await asyncio.to_thread(judge)


def _judge(
    actor: Actor,
    student: UUID,
    standings: Mapping[StudentId, Standing],
    records: Mapping[StudentId, TranscriptRecord],
    known: _Known,
) -> _Review:
    standing = standings.get(StudentId(student))
    if refusal := _stranger(actor, standing):
        return _Review(planned=Planned(student_id=student, refusal=refusal))
    assert standing is not None
    record = records[standing.student]
    found = review(
        record,
        confirmed=standing.confirmed,
        shared_ids=known.shared_ids,
        has_issuer=known.has_issuer,
    )
    try:
        slots, refusal = signing_plan(record), _obstacle(standing, found.missing)
    except Refusal as too_many:
        slots, refusal = (), too_many
    planned = Planned(
        student_id=student, slots=slots, missing=found.missing, warnings=found.warnings, refusal=refusal
    )
    return _Review(planned=planned, standing=standing, record=record)


def _stranger(actor: Actor, standing: Standing | None) -> Refusal | None:
    """Why ``actor`` has no say in this pupil's transcript."""
    if standing is None or not actor.may_in(Permission.TRANSCRIPT_VIEW, standing.school, standing.class_):
        return Refusal(Code.NOT_FOUND)
    if not actor.may_in(Permission.TRANSCRIPT_CREATE, standing.school, standing.class_):
        return Refusal(Code.NOT_PERMITTED, needs=Permission.TRANSCRIPT_CREATE.value)
    return None


def _obstacle(standing: Standing, gaps: Sequence[Missing]) -> Refusal | None:
    if standing.live:
        return Refusal(Code.LIVE_TRANSCRIPT, transcript=standing.live)
    if not standing.confirmed:
        return Refusal(Code.YEAR_NOT_CONFIRMED, class_name=standing.class_name)
    if gaps:
        return Refusal(Code.MISSING_DATA, count=len(gaps), missing=tuple(gaps))
    return None


def _answer(review: _Review) -> Result:
    student, refusal = review.planned.student_id, review.planned.refusal
    assert refusal is not None
    if refusal.code is Code.LIVE_TRANSCRIPT:
        return unchanged(student, made=refusal.facts["transcript"])
    return refused(student, refusal)


def _build(
    reviews: Mapping[UUID, _Review], year: SchoolYear, now: datetime
) -> dict[UUID, NewTranscript | Refusal]:
    return {student: _new(review, year, now) for student, review in reviews.items()}


def _new(review: _Review, year: SchoolYear, now: datetime) -> NewTranscript | Refusal:
    """The transcript; NOT_WRITABLE for what readiness let through and no document can hold."""
    standing, record, slots = review.standing, review.record, review.planned.slots
    assert standing is not None
    assert record is not None
    lookup_code = uuid4()
    try:
        data = content.build(record, slots, lookup_code=lookup_code, created_at=now)
    except content.IncompleteRecordError as error:
        return Refusal(Code.NOT_WRITABLE, tag=error.tag)
    facts = Transcript(
        id=TranscriptId(ids.new()), school=standing.school, class_=standing.class_, version=0, slots=slots
    )
    return NewTranscript(
        facts=facts,
        student=standing.student,
        year=year,
        lookup_code=lookup_code,
        replaces=standing.cancelled,
        profile=record.profile,
        student_name=record.student.full_name,
        personal_id=record.student.personal_id,
        content=transcripts.pack(data),
        content_sha256=hashlib.sha256(data).hexdigest(),
    )


async def _write(
    actor: Actor,
    ready: Mapping[UUID, _Review],
    new: Mapping[UUID, NewTranscript],
    year: SchoolYear,
    now: datetime,
) -> dict[UUID, Result]:
    """Write those of ``new`` whose pupils are still as they were."""
    if not ready:
        return {}
    async with in_transaction():
        await school.lock(actor.school)  # no import of the school's data meanwhile
        await lock_classes({review.standing.class_ for review in ready.values() if review.standing})
        again = await _review(actor, list(ready), year)
        same = [student for student, review in ready.items() if again[student] == review]
        await transcripts.add([new[student] for student in same], by=actor.id, at=now)
    return {student: done(student, made=new[student].facts.id) for student in same}
