"""Transcripts: load facts, save events.

The facts are the truth.  The columns ``status``, ``open_step``, ``live``, ``sealed``,
``proposed_by``, ``proposal``, ``completed_at`` and ``xml_sha256`` are copies of them, for queries,
and are written here and nowhere else.

Everything works on many at once, in a number of statements that does not grow with them: 2 to
load; to save 1 to look, 1 per kind of change, 1 for the events, 1 for signatures if there are any.
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
from hocba.store.models import EventRow, SlotRow, TranscriptRow
from hocba.store.reads import sql
from hocba.store.transcript_rows import (
    AGGREGATE,
    SIGNATURE,
    NewSignature,
    NewTranscript,
    columns,
    created,
    event_of,
    facts_of,
    happened,
    new_row,
    pack,
    signature_row,
    slot_rows,
)

__all__ = [
    "NewSignature",
    "NewTranscript",
    "StaleTranscriptError",
    "acts",
    "add",
    "history",
    "load",
    "pack",
    "save",
]

_FACTS = (
    "id, school_id, class_id, version, sealed, proposed_by, completed_at, live,"
    " (SELECT {} FROM signature s WHERE s.transcript_id = transcript.id) AS signed"
)
_BY_ID = "SELECT {} FROM transcript WHERE id IN (:ids...) ORDER BY id"
_JOINED = {"sqlite": "group_concat(s.slot_key)", "postgres": "string_agg(s.slot_key, ',')"}


class StaleTranscriptError(Exception):
    """Somebody else changed transcripts between our load and our save.  Nothing was written.

    :ivar ids: which ones.
    """

    def __init__(self, stale: Iterable[TranscriptId]) -> None:
        self.ids = tuple(stale)
        super().__init__(f"{len(self.ids)} transcripts are stale")


async def load(wanted: Iterable[UUID], *, lock: bool = False) -> list[Transcript]:
    """The transcripts with these ids, as facts, in the order of their ids.

    Two statements, one less when the plans are known; on PostgreSQL a lock is one more.

    Unknown ids are left out.

    :param lock: keep the rows from changing until the transaction that this is called in ends.
    """
    ids = list(wanted)
    if lock and sql.dialect() == "postgres":
        # Apart from reading: the signatures that somebody added while we waited for the lock are
        # seen only by a statement that begins after the wait.
        await sql.lock(_BY_ID.format("id"), ids=ids)
    rows = await sql.select(_BY_ID.format(_FACTS.format(_JOINED[sql.dialect()])), ids=ids)
    found = [sql.id_(row["id"]) for row in rows]
    slots = await plans.slots(found)
    return [facts_of(row, slots[each]) for each, row in zip(found, rows, strict=True)]


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
    signatures: Sequence[NewSignature] = (),
    locked: bool = False,
) -> list[Transcript]:
    """Write one event for each of these transcripts, and the state it leads to.

    All or nothing: call inside a transaction and let the error leave it.

    :param signatures: what belongs to the ``SignatureAdded`` events of ``changes``.
    :param locked: they were loaded with a lock in this transaction, so that nobody can have changed
        them since; otherwise it is looked which of them are stale.
    :returns: the transcripts after their events, in the order given.
    :raises StaleTranscriptError: when some of them are no longer the newest.
    """
    if not locked:
        await _must_be_newest([transcript for transcript, _ in changes])
    after = [evolve(transcript, event, by=by) for transcript, event in changes]
    groups: defaultdict[tuple[tuple[str, Any], ...], list[TranscriptId]] = defaultdict(list)
    for facts, (_, event) in zip(after, changes, strict=True):
        groups[tuple(columns(facts, event).items())].append(facts.id)
    for changed, members in groups.items():
        await _update(dict(changed), members)
    await _keep_hashes(changes)
    await sql.insert("signature", SIGNATURE, [signature_row(each) for each in signatures])
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
    rows = await sql.lock(_BY_ID.format("id, version"), ids=[transcript.id for transcript in transcripts])
    versions = {sql.id_(row["id"]): row["version"] for row in rows}
    stale = [each.id for each in transcripts if versions.get(each.id) != each.version]
    if stale:
        raise StaleTranscriptError(stale)


async def _update(changed: dict[str, Any], members: Sequence[TranscriptId]) -> None:
    """Write the same columns to all of ``members``, which stand one version before."""
    text = f"UPDATE transcript SET {', '.join(f'{name} = :{name}' for name in changed)}"  # noqa: S608 -- names of ours
    text += " WHERE id IN (:members...) AND version = :version - 1"
    if await sql.change(text, members=members, **changed) != len(members):
        raise StaleTranscriptError(members)


async def _keep_hashes(changes: Sequence[tuple[Transcript, Event]]) -> None:
    rows = [
        TranscriptRow(id=transcript.id, xml_sha256=event.xml_sha256)
        for transcript, event in changes
        if isinstance(event, Sealed)
    ]
    if rows:
        await TranscriptRow.bulk_update(rows, fields=["xml_sha256"])
