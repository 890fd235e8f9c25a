"""Permissions that an ADMIN delegates by name: given, for a time or without end, and taken (I).

Each giving is a MANAGER's grant of its own, with its end; what somebody has is all of them together.
Taking a permission takes it out of every one of them, and ends those that hold nothing more.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions.granting import AGGREGATE, holding, must_lie_ahead, staff
from hocba.actions.outcomes import Result, done, in_order, refused, unchanged
from hocba.domain.delegation import (
    PermissionsGranted,
    PermissionsWithdrawn,
    covers,
    may_delegate,
    must_name_some,
)
from hocba.domain.errors import Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import PersonId, Role
from hocba.store import histories, ids
from hocba.store.models import RoleGrantRow


async def grant_permissions(
    actor: Actor,
    person_ids: Sequence[UUID],
    permissions: Sequence[Permission],
    *,
    until: datetime | None = None,
    now: datetime,
) -> list[Result]:
    """Let people of the actor's school do this, until ``until`` or until it is withdrawn.

    Whoever has all of it at least as long is UNCHANGED: a later giving never shortens an earlier one.

    :raises Refusal: NOT_PERMITTED unless he is ADMIN, whomever he names.
    """
    actor.must(Permission.ROLE_GRANT)
    results: dict[UUID, Result] = {}
    async with in_transaction():
        people = await staff(actor, person_ids)
        held = await holding(actor, people, Role.MANAGER, now)
        for person in people:
            try:
                may_delegate(actor, person, permissions)
                must_lie_ahead(until, now)
            except Refusal as refusal:
                results[person] = refused(person, refusal)
                continue
            new = set(permissions) - _had(held, person, until, now)
            results[person] = await _grant(actor, person, new, until, now) if new else unchanged(person)
    return in_order(person_ids, results)


async def withdraw_permissions(
    actor: Actor, person_ids: Sequence[UUID], permissions: Sequence[Permission], *, now: datetime
) -> list[Result]:
    """People may do this no longer by delegation, from this moment.

    What it takes to do something else that stays delegated (to see it) stays with that.

    :raises Refusal: NOT_PERMITTED unless he is ADMIN, whomever he names; INVALID_VALUE for no permission.
    """
    actor.must(Permission.ROLE_GRANT)
    must_name_some(permissions)
    async with in_transaction():
        people = await staff(actor, person_ids)
        grants = [
            grant
            for grant in await holding(actor, people, Role.MANAGER, now)
            if not _names(grant).isdisjoint(permissions)
        ]
        events = {grant.id: await _reduce(grant, permissions, now) for grant in grants}
        await histories.add_all(AGGREGATE, events, by=actor.id, school=actor.school, at=now)
    losing = {grant.person_id for grant in grants}
    return in_order(person_ids, {each: done(each) if each in losing else unchanged(each) for each in people})


async def _grant(
    actor: Actor, person: PersonId, new: set[Permission], until: datetime | None, now: datetime
) -> Result:
    names = tuple(sorted(new))
    grant = await RoleGrantRow.create(
        id=ids.new(),
        person_id=person,
        school_id=actor.school,
        role=Role.MANAGER,
        permissions=",".join(names),
        granted_by=actor.id,
        valid_from=now,
        valid_to=until,
    )
    granted = PermissionsGranted(person, names, until)
    await histories.add(AGGREGATE, grant.id, granted, by=actor.id, school=actor.school, at=now)
    return done(person, made=grant.id)


async def _reduce(
    grant: RoleGrantRow, permissions: Sequence[Permission], now: datetime
) -> PermissionsWithdrawn:
    """Take ``permissions`` out of a grant, and end it when nothing is left."""
    names = _names(grant)
    left = ",".join(sorted(names.difference(permissions)))
    changes = {"permissions": left} if left else {"valid_to": now}
    await RoleGrantRow.filter(id=grant.id).update(**changes)
    return PermissionsWithdrawn(grant.person_id, tuple(sorted(names.intersection(permissions))))


def _had(grants: Sequence[RoleGrantRow], person: PersonId, until: datetime | None, now: datetime) -> set[str]:
    """What ``person`` has by name, now and at least until then."""
    return set().union(
        *(
            _names(grant)
            for grant in grants
            if grant.person_id == person and grant.valid_from <= now and covers(grant.valid_to, until)
        )
    )


def _names(grant: RoleGrantRow) -> set[str]:
    """What a grant delegates, by name; ours, or what was ours once."""
    return {name for name in grant.permissions.split(",") if name}
