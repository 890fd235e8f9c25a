"""The right to sign with the school's certificate: who has it, given and taken (C8)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import strawberry

from hocba.actions import issue_right
from hocba.actions.outcomes import Outcome, Result
from hocba.domain.permissions import Permission
from hocba.schema.bulk import results_of
from hocba.schema.context import Info, actor_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, local_ids
from hocba.schema.moments import with_zone
from hocba.schema.refusals import Refusal
from hocba.store.reads import accounts as reads


@describe
@strawberry.type
class Issuer:
    """Somebody who may issue: Ký phát hành.

    :ivar person_id: Who.
    :ivar full_name: Who, by name.
    :ivar since: Since when.
    :ivar until: Until when; null while it is not limited.
    """

    person_id: strawberry.ID
    full_name: str
    since: datetime
    until: datetime | None


@describe
@strawberry.input
class IssueRightInput:
    """Whose issue right.

    :ivar person_ids: Of these people, at most 100.
    """

    person_ids: list[strawberry.ID]


@describe
@strawberry.input
class GrantIssueRightInput(IssueRightInput):
    """Let people sign with the school's certificate: Ký phát hành (C8).

    :ivar until: Until when; without an end when left out.
    """

    until: datetime | None = None


@describe
@strawberry.input
class WithdrawIssueRightInput(IssueRightInput):
    """Take that right away again; it acts at once (C8)."""


@describe
@strawberry.type
class IssueRightResult:
    """What became of one person's issue right.

    :ivar id: The person asked for, as the client named it.
    :ivar outcome: What became of it.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.type
class IssueRightPayload:
    """What became of each."""

    results: list[IssueRightResult]


@describe
@strawberry.type
class IssueRightQueries:
    """Reading who may issue."""

    @strawberry.field
    async def issuers(self, info: Info) -> list[Issuer]:
        """Who may issue now; to ADMIN and MANAGER."""
        actor = actor_of(info)
        if not actor.may(Permission.ISSUE_RIGHT_VIEW):
            return []
        return [
            Issuer(
                person_id=global_id("Person", row.person_id),
                full_name=row.full_name,
                since=row.since,
                until=row.until,
            )
            for row in await reads.issuers(actor.school, now_of(info))
        ]


@describe
@strawberry.type
class IssueRightMutations:
    """Giving the right and taking it."""

    @strawberry.mutation
    async def grant_issue_right(self, info: Info, input: GrantIssueRightInput) -> IssueRightPayload:
        """Let people sign with the school's certificate (C8)."""
        actor, now = actor_of(info), now_of(info)
        ids = local_ids("Person", input.person_ids, limit=100)
        work = partial(issue_right.grant_issue_right, actor, ids, until=with_zone(input.until), now=now)
        return _rights(info, input.person_ids, await results_of(ids, work))

    @strawberry.mutation
    async def withdraw_issue_right(self, info: Info, input: WithdrawIssueRightInput) -> IssueRightPayload:
        """Take the issue right away again (C8)."""
        actor, now = actor_of(info), now_of(info)
        ids = local_ids("Person", input.person_ids, limit=100)
        work = partial(issue_right.withdraw_issue_right, actor, ids, now=now)
        return _rights(info, input.person_ids, await results_of(ids, work))


def _rights(info: Info, shown: Sequence[strawberry.ID], results: Sequence[Result]) -> IssueRightPayload:
    return IssueRightPayload(
        results=[
            IssueRightResult(
                id=shown_id,
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, info.context.language),
            )
            for shown_id, result in zip(shown, results, strict=True)
        ]
    )
