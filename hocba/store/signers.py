"""The rights of a signer, loaded again at the moment his signature is added."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from hocba.domain.people import Actor
from hocba.domain.values import PersonId, Role, SchoolId
from hocba.store.models import PersonRow, RoleGrantRow, UserRow


async def reload(person: UUID, school: UUID, *, now: datetime) -> Actor | None:
    """What ``person`` may do in ``school`` now, as far as signing needs it.

    The classes are left out: a signer sees what he signs.  Nobody who has left the school or may
    not sign in any more is a signer.  Three statements.
    """
    found = await PersonRow.filter(id=person, school_id=school).values("personal_id", "left_on")
    if not found or (found[0]["left_on"] and found[0]["left_on"] <= now.date()):
        return None
    if await UserRow.filter(person_id=person, active=False).exists():
        return None
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=now)
    roles = await RoleGrantRow.filter(
        held, person_id=person, school_id=school, valid_from__lte=now
    ).values_list("role", flat=True)
    return Actor(
        id=PersonId(person),
        school=SchoolId(school),
        roles=frozenset(Role(str(role)) for role in roles),
        identity=f"CCCD:{found[0]['personal_id']}" if found[0]["personal_id"] else "",
    )
