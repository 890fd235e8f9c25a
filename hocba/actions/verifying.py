"""Verify a file that somebody uploaded."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hocba.actions import uploads
from hocba.actions.house import House
from hocba.documents.verdict import Verdict
from hocba.documents.verify_file import verify_file
from hocba.domain.people import Actor
from hocba.store.models import DocumentRow, TranscriptRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A verdict, and whether this server issued the very file."""

    verdict: Verdict
    known: bool


async def verify_upload(house: House, actor: Actor, upload_id: UUID, *, now: datetime) -> Verified:
    """Verify an upload of the actor's own.  :raises Refusal: FILE_UNKNOWN."""
    upload = await uploads.own(actor, upload_id, now=now)
    verdict = await asyncio.to_thread(verify_file, bytes(upload.content), house.trust())
    return Verified(verdict=verdict, known=await _known(upload.sha256))


async def _known(sha256: str) -> bool:
    """Whether these are the very bytes that were sealed here: the PDF, or the XML in it."""
    if await DocumentRow.exists(sha256=sha256):
        return True
    return await TranscriptRow.exists(xml_sha256=sha256)
