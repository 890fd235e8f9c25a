"""Write down who read what, after the answer is prepared and beside it: nobody waits for it.

One insert for each request, however many records it showed.  Rows hold ids, no names, and are never
changed or deleted (triggers see to it).  What was read in the moment in which a process is killed may
be missing.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hocba.domain.access import AccessKind
from hocba.store import ids
from hocba.store.models import StudentRow, TranscriptRow
from hocba.store.reads import sql

Seen = tuple[AccessKind, UUID]
"""What was read: the pupil's id for his profile, else the transcript's."""

_COLUMNS = ("id", "person_id", "school_id", "kind", "object_id", "at")


async def keep(person: UUID, seen: Collection[Seen], *, at: datetime) -> None:
    """Write down that ``person`` read these.  What is not there was not read."""
    schools = await _schools(seen)
    rows = [
        (ids.new(), person, schools[id_], kind.value, id_, at) for kind, id_ in sorted(seen) if id_ in schools
    ]
    if rows:
        await sql.insert("access", _COLUMNS, rows)


async def _schools(seen: Collection[Seen]) -> dict[UUID, UUID]:
    """The school of each pupil and transcript.  At most two statements."""
    students = [id_ for kind, id_ in seen if kind is AccessKind.STUDENT]
    transcripts = [id_ for kind, id_ in seen if kind is not AccessKind.STUDENT]
    found: dict[UUID, UUID] = {}
    for model, wanted in ((StudentRow, students), (TranscriptRow, transcripts)):
        if wanted:
            found |= dict(await model.filter(id__in=wanted).values_list("id", "school_id"))
    return found
