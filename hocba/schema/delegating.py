"""Permissions by name: which there are, and those that an ADMIN delegates and takes back (I)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import strawberry

from hocba.actions import delegating
from hocba.actions.outcomes import Outcome, Result
from hocba.domain.permissions import DELEGABLE, Permission
from hocba.schema.bulk import results_of
from hocba.schema.context import Info, actor_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_ids
from hocba.schema.moments import with_zone
from hocba.schema.refusals import Refusal
from hocba.words import label


@describe
@strawberry.type
class KnownPermission:
    """One of the things that may be done.

    :ivar permission: Which.
    :ivar label: What users call it, in Vietnamese, or English by Accept-Language.
    :ivar delegable: Whether an ADMIN may delegate it.
    """

    permission: Permission
    label: str
    delegable: bool


@describe
@strawberry.input
class PermissionsInput:
    """Whose permissions, and which.

    :ivar person_ids: Of these people of the school, at most 100.
    :ivar permissions: These, one at least.
    """

    person_ids: list[strawberry.ID]
    permissions: list[Permission]


@describe
@strawberry.input
class GrantPermissionsInput(PermissionsInput):
    """Delegate permissions to people, who are MANAGER by that; they add up with what they have.

    :ivar until: Until when; without an end when left out.
    """

    until: datetime | None = None


@describe
@strawberry.input
class WithdrawPermissionsInput(PermissionsInput):
    """Take delegated permissions back, out of everything that was granted; it acts at once."""


@describe
@strawberry.type
class PermissionsResult:
    """What became of one person's permissions.

    :ivar id: The person asked for, as the client named it.
    :ivar outcome: What became of it.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.type
class PermissionsPayload:
    """What became of each."""

    results: list[PermissionsResult]


@describe
@strawberry.type
class DelegatingQueries:
    """Reading which permissions there are."""

    @strawberry.field
    async def permissions(self, info: Info) -> list[KnownPermission]:
        """All permissions there are, with their words; what one has oneself stands in viewer."""
        actor_of(info)
        return [
            KnownPermission(
                permission=each, label=label(each, info.context.language), delegable=each in DELEGABLE
            )
            for each in Permission
        ]


@describe
@strawberry.type
class DelegatingMutations:
    """Delegating permissions and taking them back."""

    @strawberry.mutation
    async def grant_permissions(self, info: Info, input: GrantPermissionsInput) -> PermissionsPayload:
        """Delegate permissions to people of the school; to ADMIN."""
        actor, now = actor_of(info), now_of(info)
        ids, until = local_ids("Person", input.person_ids, limit=100), with_zone(input.until)
        work = partial(delegating.grant_permissions, actor, ids, input.permissions, until=until, now=now)
        return _payload(info, input.person_ids, await results_of(ids, work))

    @strawberry.mutation
    async def withdraw_permissions(self, info: Info, input: WithdrawPermissionsInput) -> PermissionsPayload:
        """Take delegated permissions back; to ADMIN."""
        actor, now = actor_of(info), now_of(info)
        ids = local_ids("Person", input.person_ids, limit=100)
        work = partial(delegating.withdraw_permissions, actor, ids, input.permissions, now=now)
        return _payload(info, input.person_ids, await results_of(ids, work))


def _payload(info: Info, shown: Sequence[strawberry.ID], results: Sequence[Result]) -> PermissionsPayload:
    return PermissionsPayload(
        results=[
            PermissionsResult(
                id=shown_id,
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, info.context.language),
            )
            for shown_id, result in zip(shown, results, strict=True)
        ]
    )
