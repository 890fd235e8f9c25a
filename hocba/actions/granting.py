"""What giving the issue right and delegating permissions share."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import PersonId, Role
from hocba.store.models import PersonRow, RoleGrantRow

AGGREGATE = "role_grant"
"""What the history calls a grant."""


async def staff(actor: Actor, person_ids: Sequence[UUID]) -> list[PersonId]:
    """Those of them who work at the actor's school, locked."""
    rows = (
        await PersonRow.filter(id__in=list(person_ids), school_id=actor.school)
        .order_by("id")
        .select_for_update()
    )
    return [PersonId(row.id) for row in rows]


async def holding(actor: Actor, person_ids: Sequence[UUID], role: Role, now: datetime) -> list[RoleGrantRow]:
    """Their grants of ``role`` in the actor's school that have not ended."""
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=now)
    return await RoleGrantRow.filter(
        held, person_id__in=list(person_ids), school_id=actor.school, role=role
    ).order_by("valid_from", "id")


def must_lie_ahead(until: datetime | None, now: datetime) -> None:
    """:raises Refusal: INVALID_VALUE for an end that is over."""
    if until is not None and until <= now:
        raise Refusal(Code.INVALID_VALUE, field="until")
