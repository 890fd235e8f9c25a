"""Global ids: opaque to clients, a kind and a UUID to us."""

import base64
import binascii
from uuid import UUID

NOWHERE = UUID(int=0)
"""The id of nothing: what an id of the wrong kind stands for, so that it is not found."""


def encode(kind: str, id: UUID) -> str:
    """The global id of an object."""
    return base64.urlsafe_b64encode(f"{kind}:{id.hex}".encode()).decode().rstrip("=")


def decode(text: str) -> tuple[str, UUID]:
    """Kind and UUID; of something that is no id, an empty kind and ``NOWHERE``."""
    try:
        kind, _, hex_ = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        return kind, UUID(hex_)
    except (ValueError, binascii.Error):
        return "", NOWHERE
