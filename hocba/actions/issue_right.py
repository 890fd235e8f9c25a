"""The right to issue with the school's certificate (*Ký phát hành*): given and taken (C8)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions.granting import AGGREGATE, holding, must_lie_ahead, staff
from hocba.actions.outcomes import Result, done, in_order, refused, unchanged
from hocba.domain.accounts import IssueRightGranted, IssueRightWithdrawn, may_grant
from hocba.domain.errors import Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import PersonId, Role
from hocba.store import events, ids
from hocba.store.events import Happened
from hocba.store.models import RoleGrantRow


async def grant_issue_right(
    actor: Actor, person_ids: Sequence[UUID], *, until: datetime | None = None, now: datetime
) -> list[Result]:
    """Let people of the actor's school issue, until ``until`` or until it is withdrawn.

    :raises Refusal: NOT_PERMITTED unless he is ADMIN, whomever he names.
    """
    actor.must(Permission.ISSUE_RIGHT_GRANT)
    results: dict[UUID, Result] = {}
    async with in_transaction():
        people = await staff(actor, person_ids)
        held = await holding(actor, people, Role.ISSUER, now)
        for person in people:
            try:
                may_grant(actor, person)
                must_lie_ahead(until, now)
            except Refusal as refusal:
                results[person] = refused(person, refusal)
                continue
            same = any(grant.valid_to == until for grant in held if grant.person_id == person)
            results[person] = unchanged(person) if same else await _grant(actor, person, until, now)
    return in_order(person_ids, results)


async def withdraw_issue_right(actor: Actor, person_ids: Sequence[UUID], *, now: datetime) -> list[Result]:
    """People may issue no longer, from this moment.

    :raises Refusal: NOT_PERMITTED unless he is ADMIN, whomever he names.
    """
    actor.must(Permission.ISSUE_RIGHT_GRANT)
    results: dict[UUID, Result] = {}
    async with in_transaction():
        people = await staff(actor, person_ids)
        held = await holding(actor, people, Role.ISSUER, now)
        for person in people:
            own = [grant for grant in held if grant.person_id == person]
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
