"""Verify a file that somebody uploaded.

When it says that it is a transcript of this server, it must be signed by the plan that was made for it
here.  The verdict shows the people that the file names, never those of the plan.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hocba.actions import uploads
from hocba.actions.house import House
from hocba.documents.verdict import Verdict
from hocba.documents.verify_file import lookup_code, verify_file
from hocba.domain.people import Actor
from hocba.domain.values import Slot
from hocba.store import plans
from hocba.store.models import DocumentRow, TranscriptRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A verdict, and whether this server issued the very file."""

    verdict: Verdict
    known: bool


async def verify_upload(house: House, actor: Actor, upload_id: UUID, *, now: datetime) -> Verified:
    """Verify an upload of the actor's own.  :raises Refusal: FILE_UNKNOWN."""
    upload = await uploads.own(actor, upload_id, now=now)
    data = bytes(upload.content)
    plan = await _plan(await asyncio.to_thread(lookup_code, data))
    verdict = await asyncio.to_thread(verify_file, data, house.trust(), plan=plan)
    return Verified(verdict=verdict, known=await _known(upload.sha256))


async def _plan(code: UUID | None) -> Sequence[Slot] | None:
    """The signing plan of the transcript with this look-up code, if there is one."""
    row = await TranscriptRow.get_or_none(lookup_code=code).only("id") if code else None
    return (await plans.slots([row.id]))[row.id] if row else None


async def _known(sha256: str) -> bool:
    """Whether these are the very bytes that were sealed here: the PDF, or the XML in it."""
    if await DocumentRow.exists(sha256=sha256):
        return True
    return await TranscriptRow.exists(xml_sha256=sha256)
