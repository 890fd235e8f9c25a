"""Transcripts: load facts, save events.

The facts are the truth.  The columns ``status``, ``open_step``, ``live``, ``sealed``,
``proposed_by``, ``proposal``, ``completed_at`` and ``xml_sha256`` are copies of them, for queries,
and are written here and nowhere else.

Everything works on many at once, in a number of statements that does not grow with them: 3 to
load; to save 1 to lock, 1 per kind of change, 1 for the events, 1 for signatures if there are any.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hocba.domain.events import Event, Sealed
from hocba.domain.transcript import Transcript, evolve
from hocba.domain.values import PersonId, TranscriptId
from hocba.store import events, plans
from hocba.store.models import EventRow, SignatureRow, SlotRow, TranscriptRow
from hocba.store.transcript_rows import (
    AGGREGATE,
    NewTranscript,
    columns,
    created,
    event_of,
    facts_of,
    happened,
    new_row,
    pack,
    slot_rows,
)

__all__ = ["NewTranscript", "StaleTranscriptError", "acts", "add", "history", "load", "pack", "save"]

_FACTS = ("id", "school_id", "class_id", "version", "sealed", "proposed_by", "completed_at", "live")


class StaleTranscriptError(Exception):
    """Somebody else changed transcripts between our load and our save.  Nothing was written.

    :ivar ids: which ones.
    """

    def __init__(self, stale: Iterable[TranscriptId]) -> None:
        self.ids = tuple(stale)
        super().__init__(f"{len(self.ids)} transcripts are stale")


async def load(wanted: Iterable[UUID], *, lock: bool = False) -> list[Transcript]:
    """The transcripts with these ids, as facts, in the order of their ids.

    Three statements, four with a lock; one less when the plans are known.

    Unknown ids are left out.

    :param lock: keep the rows from changing until the transaction that this is called in ends.
    """
    query = TranscriptRow.filter(id__in=list(wanted)).order_by("id")
    if lock:
        # Tortoise forgets the lock in ``values``: the rows are locked first, and read then.
        await query.select_for_update().only("id")
    rows = await query.values(*_FACTS)
    found = [row["id"] for row in rows]
    slots, signed = await plans.slots(found), await plans.signed(found)
    return [facts_of(row, slots[row["id"]], signed[row["id"]]) for row in rows]


async def add(new: Sequence[NewTranscript], *, by: PersonId, at: datetime) -> None:
    """Write new transcripts, their signing plans and their first events.  Call inside a transaction.

    :raises tortoise.exceptions.IntegrityError: when a pupil has a live transcript of the year.
    """
    await TranscriptRow.bulk_create([new_row(each, by, at) for each in new])
    await SlotRow.bulk_create([row for each in new for row in slot_rows(each.facts)])
    await events.append([created(each, by, at) for each in new])


async def save(
    changes: Sequence[tuple[Transcript, Event]],
    *,
    by: PersonId,
    at: datetime,
    signatures: Sequence[SignatureRow] = (),
) -> list[Transcript]:
    """Write one event for each of these transcripts, and the state it leads to.

    All or nothing: call inside a transaction and let the error leave it.

    :param signatures: rows that belong to ``SignatureAdded`` events of ``changes``.
    :returns: the transcripts after their events, in the order given.
    :raises StaleTranscriptError: when some of them are no longer the newest.
    """
    await _must_be_newest([transcript for transcript, _ in changes])
    after = [evolve(transcript, event, by=by) for transcript, event in changes]
    groups: defaultdict[tuple[tuple[str, Any], ...], list[TranscriptId]] = defaultdict(list)
    for facts, (_, event) in zip(after, changes, strict=True):
        groups[tuple(columns(facts, event).items())].append(facts.id)
    for changed, members in groups.items():
        await _update(dict(changed), members)
    await _keep_hashes(changes)
    if signatures:
        await SignatureRow.bulk_create(signatures)
    await events.append(
        [happened(facts, event, by, at) for facts, (_, event) in zip(after, changes, strict=True)]
    )
    return after


async def history(id: UUID) -> list[Event]:
    """What has happened to a transcript since it was made, oldest first: fold it with ``evolve``."""
    return [event for _, event in await acts(id)]


async def acts(id: UUID) -> list[tuple[PersonId, Event]]:
    """As ``history``, each event with who caused it."""
    rows = (
        await EventRow.filter(aggregate_id=id, aggregate=AGGREGATE, version__gt=0)
        .order_by("version")
        .values("actor_id", "kind", "data")
    )
    return [(PersonId(row["actor_id"]), event_of(row["kind"], row["data"])) for row in rows]


async def _must_be_newest(transcripts: Sequence[Transcript]) -> None:
    wanted = [transcript.id for transcript in transcripts]
    newest = TranscriptRow.filter(id__in=wanted).order_by("id").select_for_update()
    versions = {row.id: row.version for row in await newest.only("id", "version")}
    stale = [each.id for each in transcripts if versions.get(each.id) != each.version]
    if stale:
        raise StaleTranscriptError(stale)


async def _update(changed: dict[str, Any], members: Sequence[TranscriptId]) -> None:
    """Write the same columns to all of ``members``, which stand one version before."""
    newest = TranscriptRow.filter(id__in=members, version=changed["version"] - 1)
    if await newest.update(**changed) != len(members):
        raise StaleTranscriptError(members)


async def _keep_hashes(changes: Sequence[tuple[Transcript, Event]]) -> None:
    rows = [
        TranscriptRow(id=transcript.id, xml_sha256=event.xml_sha256)
        for transcript, event in changes
        if isinstance(event, Sealed)
    ]
    if rows:
        await TranscriptRow.bulk_update(rows, fields=["xml_sha256"])
