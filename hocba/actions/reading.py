"""One transcript as a document: its XML with the signatures so far, and the page for people."""

import asyncio
from uuid import UUID

from hocba.actions import assembling
from hocba.documents import preview
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import ClassId
from hocba.store import papers, transcripts


def may_see_all(actor: Actor, class_id: UUID) -> bool:
    """Whether he may see the personal page too, of a pupil of this class: it is a part of every document."""
    return actor.may_in(Permission.PROFILE_VIEW, actor.school, ClassId(class_id))


async def xml(transcript_id: UUID) -> bytes:
    """The whole XML file, as an export holds it.  Whether one may see it is asked before."""
    (facts,) = await transcripts.load([transcript_id])
    paper = (await papers.load([transcript_id]))[transcript_id]
    signatures = (await papers.signatures([transcript_id])).get(transcript_id, [])
    return await asyncio.to_thread(assembling.whole, paper.data, facts.slots, signatures)


async def html(transcript_id: UUID, *, masked: bool) -> str:
    """The page for people (*Xem học bạ*, D3); ``masked`` for those who need nothing personal."""
    return await asyncio.to_thread(preview.to_html, await xml(transcript_id), masked=masked)


async def content(transcript_id: UUID) -> str:
    """The signed data alone, canonical XML."""
    return (await papers.load([transcript_id]))[transcript_id].data.decode()
