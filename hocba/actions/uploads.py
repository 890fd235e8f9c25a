"""Files that somebody sent: kept for a day, for him alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import handles
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.store import histories, ids
from hocba.store.models import UploadRow

MAX_BYTES = 20 * 1024 * 1024
MAX_KEPT = 40
"""Files of one person at a time."""

LIVES = timedelta(days=1)
MAX_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUploaded:
    """Somebody sent a file."""

    size: int
    sha256: str


async def keep(actor: Actor, name: str, content: bytes, *, now: datetime) -> str:
    """Keep a file; the id by which operations name it.

    :raises Refusal: TOO_MANY_ATTEMPTS when he has too many already; FILE_TOO_LARGE.
    """
    if len(content) > MAX_BYTES:
        raise Refusal(Code.FILE_TOO_LARGE, limit=MAX_BYTES)
    await UploadRow.filter(created_at__lt=now - LIVES).delete()
    if await UploadRow.filter(person_id=actor.id).count() >= MAX_KEPT:
        raise Refusal(Code.TOO_MANY_ATTEMPTS)
    sent = FileUploaded(size=len(content), sha256=sha256(content).hexdigest())
    async with in_transaction():
        row = await UploadRow.create(
            id=ids.new(),
            person_id=actor.id,
            name="".join(c for c in name if c.isprintable())[:MAX_NAME],
            content=content,
            sha256=sent.sha256,
            created_at=now,
        )
        await histories.add("upload", row.id, sent, by=actor.id, school=actor.school, at=now)
    return handles.encode("Upload", row.id)


async def own(actor: Actor, upload_id: UUID, *, now: datetime) -> UploadRow:
    """A file that ``actor`` sent.  :raises Refusal: FILE_UNKNOWN for one that is not his or is gone."""
    upload = await UploadRow.get_or_none(id=upload_id, person_id=actor.id)
    if upload is None or upload.created_at + LIVES <= now:
        raise Refusal(Code.FILE_UNKNOWN)
    return upload
