"""*Xuất dữ liệu* (D4): XML, PDF, stylesheet and certificates of many transcripts, as one stream.

::

    xml/6A1_Trần Văn An_<look-up code>.xml      with the signatures so far
    xml/hocba-2.0.xslt                          once for each profile, where its XML looks for it
    pdf/6A1_Trần Văn An_<look-up code>.pdf      sealed; before that marked CHƯA PHÁT HÀNH
    certificates/<fingerprint>.cer              once each

Nothing is stored but who asked for what: files are made while they are downloaded, ten transcripts
in memory at a time.  What was returned or cancelled is never exported, not even when that happens
between asking and downloading.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import assembling
from hocba.actions.outcomes import Outcome, Result, done, in_chunks, in_order, refused
from hocba.documents import content, form, preview
from hocba.documents.bundle import Entry, safe_name
from hocba.documents.shape import stylesheet
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.transcript import WITHHELD, Transcript, may_see
from hocba.domain.values import Profile
from hocba.store import histories, papers, transcripts
from hocba.store import ids as new_ids
from hocba.store.models import DocumentRow, ExportRow
from hocba.store.papers import Paper, Signature

LIVES = timedelta(hours=1)
"""How long an export may be downloaded."""

CHUNK = 10
"""Transcripts in memory at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequested:
    """Somebody asked for the files of transcripts."""

    transcripts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What the files of one transcript are made of; ``pdf`` when it is sealed."""

    facts: Transcript
    paper: Paper
    signatures: Sequence[Signature]
    pdf: bytes | None
    at: datetime


async def begin(actor: Actor, ids: Sequence[UUID], *, now: datetime) -> tuple[UUID | None, list[Result]]:
    """Ask for an export of those of ``ids`` that may be exported.

    Refused, per transcript, with NOT_FOUND, NOT_PERMITTED, EXPORT_NOT_ALLOWED.

    :returns: the export, or ``None`` when nothing is in it; and one result per id.
    """
    loaded = [each for chunk in in_chunks(ids, 500) for each in await transcripts.load(chunk)]
    results: dict[UUID, Result] = {transcript.id: _judge(actor, transcript) for transcript in loaded}
    answers = in_order(ids, results)
    chosen = [str(id_) for id_ in dict.fromkeys(each.id for each in answers if each.outcome is Outcome.DONE)]
    if not chosen:
        return None, answers
    asked = ExportRequested(transcripts=len(chosen))
    async with in_transaction():
        row = await ExportRow.create(
            id=new_ids.new(),
            school_id=actor.school,
            person_id=actor.id,
            transcript_ids=chosen,
            created_at=now,
            expires_at=now + LIVES,
        )
        await histories.add("export", row.id, asked, by=actor.id, school=actor.school, at=now)
    return row.id, answers


async def entries(export_id: UUID, person_id: UUID) -> AsyncIterator[Entry]:
    """The files of an export, for whoever asked for it.

    :raises Refusal: FILE_UNKNOWN for anybody else, before the first file.
    """
    row = await ExportRow.get_or_none(id=export_id, person_id=person_id)
    if row is None:
        raise Refusal(Code.FILE_UNKNOWN)
    certificates, profiles = dict[str, bytes](), set[Profile]()
    for chunk in in_chunks(map(UUID, row.transcript_ids), CHUNK):
        for source in await _sources(chunk, row.created_at):
            certificates |= {_fingerprint(each): each.certificate for each in source.signatures}
            profile, files = await asyncio.to_thread(_files, source)
            profiles.add(profile)
            for entry in files:
                yield entry
    for profile in sorted(profiles):
        yield Entry(f"xml/{stylesheet(profile)}", preview.stylesheet())
    for fingerprint, der in sorted(certificates.items()):
        yield Entry(f"certificates/{fingerprint}.cer", der)


def _judge(actor: Actor, transcript: Transcript) -> Result:
    if not may_see(transcript, actor):
        return refused(transcript.id, Refusal(Code.NOT_FOUND))
    if not actor.may_in(Permission.TRANSCRIPT_EXPORT, transcript.school, transcript.class_):
        return refused(transcript.id, Refusal(Code.NOT_PERMITTED, needs=Permission.TRANSCRIPT_EXPORT.value))
    if transcript.status in WITHHELD:
        return refused(transcript.id, Refusal(Code.EXPORT_NOT_ALLOWED, status=transcript.status))
    return done(transcript.id)


async def _sources(ids: Sequence[UUID], at: datetime) -> list[_Source]:
    facts: dict[UUID, Transcript] = {
        each.id: each for each in await transcripts.load(ids) if each.status not in WITHHELD
    }
    found, signed = await papers.load(facts), await papers.signatures(facts)
    sealed = [id_ for id_, transcript in facts.items() if transcript.sealed]
    pdfs = dict(await DocumentRow.filter(transcript_id__in=sealed).values_list("transcript_id", "content"))
    return [
        _Source(
            facts=facts[id_],
            paper=found[id_],
            signatures=signed.get(id_, []),
            pdf=bytes(pdfs[id_]) if id_ in pdfs else None,
            at=at,
        )
        for id_ in ids
        if id_ in facts
    ]


def _files(source: _Source) -> tuple[Profile, list[Entry]]:
    """The profile, the XML and the PDF.  A draft takes some 50 ms of CPU."""
    written = content.read(source.paper.data)
    slots, signatures = source.facts.slots, source.signatures
    xml = assembling.whole(source.paper.data, slots, signatures)
    signers = assembling.shown(slots, signatures)
    pdf = source.pdf or form.render(written, signers, xml=xml, at=source.at, draft=True)
    pupil = safe_name(f"{written.class_name}_{written.student.full_name}")
    name = f"{pupil}_{written.lookup_code}"
    return written.profile, [Entry(f"xml/{name}.xml", xml), Entry(f"pdf/{name}.pdf", pdf)]


def _fingerprint(signature: Signature) -> str:
    return sha256(signature.certificate).hexdigest()
