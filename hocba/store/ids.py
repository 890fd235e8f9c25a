"""Identifiers: UUIDv7, so that rows lie in the order they were made."""

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat

_VERSION = 7


def new() -> UUID:
    """A new id."""
    return uuid_utils.compat.uuid7()


def first_of(at: datetime) -> UUID:
    """The smallest id that can be made at ``at`` or later."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | _VERSION << 76 | 1 << 63)


def moment(id: UUID) -> datetime | None:
    """When ``id`` was made, to the millisecond; ``None`` when it is not one of ours."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC) if id.version == _VERSION else None
