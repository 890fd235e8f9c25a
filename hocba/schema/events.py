"""The history of objects: what happened, who did it, when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from hocba import words
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, maybe_id
from hocba.store.reads import events as reads
from hocba.store.reads.changes import Change
from hocba.words.events import event_label


@describe
@strawberry.type
class EventChange:
    """A value that was corrected.

    :ivar field: Which one: birth_date, result.TOAN.year; of something new only what it is: result.TOAN.
    :ivar old: What it was; empty for nothing.
    :ivar new: What it is since; empty for nothing.
    """

    field: str
    old: str
    new: str


@describe
@strawberry.type
class Event:
    """One thing that happened.

    :ivar version: Its place in the object's history.
    :ivar kind: What happened, in the past tense: SignatureAdded, CancelProposed, …
    :ivar kind_label: What users call that.
    :ivar reason: Why, where a reason was given.
    :ivar at: When.
    :ivar actor_id: Who did it; null for the server itself.
    :ivar actor_name: Who did it, by name.
    :ivar changes: What was corrected; null where it is not asked for of one object (events), and of a
        pupil to those who may not see his profile.
    """

    id: strawberry.ID
    version: int
    kind: str
    kind_label: str
    reason: str | None
    at: datetime
    actor_id: strawberry.ID | None
    actor_name: str | None
    changes: list[EventChange] | None = None

    @classmethod
    def of(cls, row: reads.Event, language: words.Lang) -> Self:
        """From its row."""
        return cls(
            id=global_id("Event", row.id),
            version=row.version,
            kind=row.kind,
            kind_label=event_label(row.kind, language),
            reason=row.reason or None,
            at=row.at,
            actor_id=maybe_id("Person", row.actor_id),
            actor_name=row.actor_name or None,
        )


def history(rows: Sequence[reads.Event], language: words.Lang) -> list[Event]:
    """A whole history."""
    return [Event.of(row, language) for row in rows]


def with_changes(
    events: list[Event], rows: Sequence[reads.Event], changed: Mapping[UUID, Sequence[Change]]
) -> list[Event]:
    """The same history with what each event changed."""
    for event, row in zip(events, rows, strict=True):
        found = changed.get(row.id, ())
        event.changes = [EventChange(field=each.field, old=each.old, new=each.new) for each in found]
    return events
