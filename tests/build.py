"""Small factories for tests: what they do not name has a plausible value.

People made here are synthetic.
"""

from datetime import UTC, datetime
from uuid import uuid4

from hocba.domain.people import Actor
from hocba.domain.values import PersonId, Role, SchoolId
from hocba.store import ids
from hocba.store.models import EventRow

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
"""A moment at which tests happen: 08:00 in Việt Nam, at the end of the school year 2025-2026."""

SCHOOL = SchoolId(uuid4())
"""The school of everybody whose school is not named."""


def actor(*roles: Role, school: SchoolId = SCHOOL) -> Actor:
    """Somebody with ``roles``."""
    return Actor(id=PersonId(ids.new()), school=school, roles=frozenset(roles))


def event(version: int = 1, **given: object) -> EventRow:
    """A row of the history, not stored."""
    facts: dict[str, object] = {
        "id": ids.new(),
        "aggregate": "transcript",
        "aggregate_id": ids.new(),
        "version": version,
        "kind": "Cancelled",
        "data": {},
        "actor_id": None,
        "at": NOW,
    }
    return EventRow(**(facts | given))
