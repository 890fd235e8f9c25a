"""The right to issue with the school's certificate (*Ký phát hành*): given and taken (C8)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from hocba.actions.outcomes import Result, done, in_order, refused, unchanged
from hocba.domain.accounts import IssueRightGranted, IssueRightWithdrawn, may_grant
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import PersonId, Role
from hocba.store import events, ids
from hocba.store.events import Happened
from hocba.store.models import PersonRow, RoleGrantRow

AGGREGATE = "role_grant"
"""What the history calls us."""


async def grant_issue_right(
    actor: Actor, person_ids: Sequence[UUID], *, until: datetime | None = None, now: datetime
) -> list[Result]:
    """Let people of the actor's school issue, until ``until`` or until it is withdrawn.

    :raises Refusal: NOT_PERMITTED unless he is ADMIN, whomever he names.
    """
    actor.must(Permission.ISSUE_RIGHT_GRANT)
    results: dict[UUID, Result] = {}
    async with in_transaction():
        staff, holding = await _staff(actor, person_ids), await _holding(actor, person_ids, now)
        for person in staff:
            try:
                may_grant(actor, person)
                _must_lie_ahead(until, now)
            except Refusal as refusal:
                results[person] = refused(person, refusal)
                continue
            same = any(grant.valid_to == until for grant in holding if grant.person_id == person)
            results[person] = unchanged(person) if same else await _grant(actor, person, until, now)
    return in_order(person_ids, results)


async def withdraw_issue_right(actor: Actor, person_ids: Sequence[UUID], *, now: datetime) -> list[Result]:
    """People may issue no longer, from this moment.

    :raises Refusal: NOT_PERMITTED unless he is ADMIN, whomever he names.
    """
    actor.must(Permission.ISSUE_RIGHT_GRANT)
    results: dict[UUID, Result] = {}
    async with in_transaction():
        staff, holding = await _staff(actor, person_ids), await _holding(actor, person_ids, now)
        for person in staff:
            own = [grant for grant in holding if grant.person_id == person]
            await RoleGrantRow.filter(id__in=[grant.id for grant in own]).update(valid_to=now)
            withdrawn = IssueRightWithdrawn(person)
            await events.append([_happened(grant.id, 2, withdrawn, actor, now) for grant in own])
            results[person] = done(person) if own else unchanged(person)
    return in_order(person_ids, results)


async def _grant(actor: Actor, person: PersonId, until: datetime | None, now: datetime) -> Result:
    grant = await RoleGrantRow.create(
        id=ids.new(),
        person_id=person,
        school_id=actor.school,
        role=Role.ISSUER,
        granted_by=actor.id,
        valid_from=now,
        valid_to=until,
    )
    await events.append([_happened(grant.id, 1, IssueRightGranted(person, until), actor, now)])
    return done(person, made=grant.id)


async def _staff(actor: Actor, person_ids: Sequence[UUID]) -> list[PersonId]:
    """Those of them who work at the actor's school, locked."""
    rows = (
        await PersonRow.filter(id__in=list(person_ids), school_id=actor.school)
        .order_by("id")
        .select_for_update()
    )
    return [PersonId(row.id) for row in rows]


async def _holding(actor: Actor, person_ids: Sequence[UUID], now: datetime) -> list[RoleGrantRow]:
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=now)
    return await RoleGrantRow.filter(
        held, person_id__in=list(person_ids), school_id=actor.school, role=Role.ISSUER
    )


def _must_lie_ahead(until: datetime | None, now: datetime) -> None:
    if until is not None and until <= now:
        raise Refusal(Code.INVALID_VALUE, field="until")


def _happened(
    grant_id: UUID, version: int, event: IssueRightGranted | IssueRightWithdrawn, actor: Actor, at: datetime
) -> Happened:
    return Happened(
        aggregate=AGGREGATE,
        aggregate_id=grant_id,
        version=version,
        event=event,
        by=actor.id,
        school=actor.school,
        at=at,
    )
