"""Identifiers: UUIDv7, so that rows lie in the order they were made."""

from uuid import UUID

import uuid_utils.compat


def new() -> UUID:
    """A new id."""
    return uuid_utils.compat.uuid7()
