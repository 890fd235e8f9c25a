"""The years of one pupil at one level as one booklet to look at: *Xem học bạ* (D3).

Asked about a transcript, the booklet holds it and what the pupil has of the same level from the years
before, as far as whoever asks may see them; never what was returned or cancelled, not even when that
happens between asking and downloading.  Nothing is stored, sealed or attached: each year's own files
are its transcript.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hocba.actions import assembling, reading
from hocba.documents import content
from hocba.documents.form import FormYear, render_years
from hocba.domain.curriculum import level_of
from hocba.domain.people import Actor
from hocba.domain.transcript import WITHHELD, Transcript
from hocba.store import papers, transcripts
from hocba.store.papers import Paper, Signature
from hocba.store.reads import transcripts as reads
from hocba.store.reads.pages import Page

MOST = 20
"""Years of one pupil that are looked through, the newest first; a level has five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booklet:
    """A PDF, and the pupil's name for the file's."""

    pdf: bytes = field(repr=False)
    student_name: str


async def years(actor: Actor, transcript_id: UUID) -> list[reads.Transcript]:
    """What the booklet up to this transcript holds, oldest first; nothing when he may not have the file."""
    asked = (await reads.by_ids(actor, [transcript_id])).get(transcript_id)
    if asked is None or asked.status in WITHHELD or not reading.may_see_all(actor, asked.class_id):
        return []
    wanted = reads.TranscriptFilter(student_id=asked.student_id, live=True)
    found = await reads.transcripts(actor, wanted, Page(size=MOST), order=reads.NEWEST)
    level = level_of(asked.grade)
    held = [
        row
        for row in found.rows
        if row.year <= asked.year and level_of(row.grade) is level and row.status not in WITHHELD
    ]
    return sorted(held, key=lambda row: row.year)


async def booklet(ids: Sequence[UUID], *, now: datetime) -> Booklet | None:
    """The booklet of these transcripts; nothing when none of them may go out any more.

    Whether one may see them is asked before.  About 30 ms of CPU a year, in a thread.
    """
    facts = [each for each in await transcripts.load(ids) if each.status not in WITHHELD]
    if not facts:
        return None
    chosen = [each.id for each in facts]
    found, signed = await papers.load(chosen), await papers.signatures(chosen)
    return await asyncio.to_thread(_set, facts, found, signed, now)


def _set(
    facts: Sequence[Transcript],
    found: Mapping[UUID, Paper],
    signed: Mapping[UUID, Sequence[Signature]],
    now: datetime,
) -> Booklet:
    years = sorted(_written(facts, found, signed), key=lambda each: each.content.year)
    newest = years[-1].content
    pdf = render_years([each for each in years if each.content.school.level is newest.school.level], at=now)
    return Booklet(pdf=pdf, student_name=newest.student.full_name)


def _written(
    facts: Sequence[Transcript], found: Mapping[UUID, Paper], signed: Mapping[UUID, Sequence[Signature]]
) -> Iterator[FormYear]:
    for each in facts:
        yield FormYear(
            content=content.read(found[each.id].data),
            signers=assembling.shown(each.slots, signed.get(each.id, ())),
            draft=not each.sealed,
        )
