"""What an ADMIN delegates to people of his school by name, and for how long (I)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import DELEGABLE, Permission
from hocba.domain.values import PersonId


@dataclass(frozen=True, slots=True)
class PermissionsGranted:
    """Somebody may do more: as a MANAGER, until then or until it is withdrawn."""

    person: UUID
    permissions: tuple[str, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PermissionsWithdrawn:
    """He may do this no longer by that grant."""

    person: UUID
    permissions: tuple[str, ...]


def may_delegate(actor: Actor, person: PersonId, permissions: Collection[Permission]) -> None:
    """ADMIN delegates what may be delegated, but never to himself.

    :raises Refusal: NOT_PERMITTED, NOT_YOUR_OWN, INVALID_VALUE for none, NOT_DELEGABLE.
    """
    actor.must(Permission.ROLE_GRANT)
    if actor.id == person:
        raise Refusal(Code.NOT_YOUR_OWN)
    must_name_some(permissions)
    for permission in permissions:
        if permission not in DELEGABLE:
            raise Refusal(Code.NOT_DELEGABLE, field="permissions", permission=permission.value)


def must_name_some(permissions: Collection[Permission]) -> None:
    """:raises Refusal: INVALID_VALUE for none."""
    if not permissions:
        raise Refusal(Code.INVALID_VALUE, field="permissions")


def covers(held_until: datetime | None, until: datetime | None) -> bool:
    """Whether what is held until then is held at least as long as ``until``; ``None`` is without end."""
    return held_until is None or (until is not None and held_until >= until)
