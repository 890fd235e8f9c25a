from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.domain.events import Cancelled, Completed, SignatureAdded
from hocba.domain.values import PersonId, SchoolId, SlotKey, Step
from hocba.store import events, ids
from hocba.store.events import Happened
from hocba.store.models import EventRow
from tests.build import NOW

PERSON = PersonId(ids.new())
SCHOOL = SchoolId(ids.new())


@dataclass(frozen=True)
class Granted:
    """An event of another aggregate, with every kind of value."""

    value: Any


def happened(**given):
    facts = {
        "aggregate": "transcript",
        "aggregate_id": ids.new(),
        "version": 1,
        "event": Cancelled(),
        "by": PERSON,
        "school": SCHOOL,
        "at": NOW,
    }
    return Happened(**(facts | given))


async def test_events_are_stored_with_who_and_when(db):
    first = happened(event=SignatureAdded(slot=SlotKey("gvcn"), certificate="ab" * 32))
    second = replace(first, version=2, event=Completed(at=NOW), by=None)
    await events.append([first, second])
    rows = await EventRow.all().order_by("version")
    assert [(row.aggregate, row.aggregate_id, row.version) for row in rows] == [
        ("transcript", first.aggregate_id, 1),
        ("transcript", first.aggregate_id, 2),
    ]
    assert [(row.kind, row.data) for row in rows] == [
        ("SignatureAdded", {"slot": "gvcn", "certificate": "ab" * 32}),
        ("Completed", {"at": "2026-06-01T01:00:00+00:00"}),
    ]
    assert [(row.actor_id, row.school_id, row.at) for row in rows] == [
        (PERSON, SCHOOL, NOW),
        (None, SCHOOL, NOW),
    ]


async def test_a_version_is_taken_once_and_the_whole_batch_goes_with_it(db):
    first = happened()
    await events.append([first])
    with pytest.raises(IntegrityError):
        async with in_transaction():
            await events.append([happened(), first])
    assert await EventRow.all().count() == 1


async def test_more_events_than_one_statement_takes_are_all_stored(db):
    await events.append([happened() for _ in range(1005)])
    assert await EventRow.all().count() == 1005


async def test_nothing_is_stored_of_nothing(db):
    await events.append([])
    assert await EventRow.all().count() == 0


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Step.LEADER, "leader"),
        (PERSON, str(PERSON)),
        (datetime(2026, 6, 1, 8, tzinfo=timezone(timedelta(hours=7))), "2026-06-01T01:00:00+00:00"),
        ((1, True, None, "Học bạ"), [1, True, None, "Học bạ"]),
        ({"old": "7.5", "new": ["8.0"]}, {"old": "7.5", "new": ["8.0"]}),
    ],
    ids=["enum", "id", "time", "tuple", "mapping"],
)
def test_what_happened_is_plain_json(value, stored):
    assert events.data(Granted(value)) == {"value": stored}


@pytest.mark.parametrize("value", [1.5, b"bytes", object(), {1.5}])
def test_what_would_not_come_back_the_same_is_no_event(value):
    with pytest.raises(TypeError, match="cannot hold"):
        events.data(Granted(value))
