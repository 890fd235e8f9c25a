"""Passwords: chosen by their users, and first made by an ADMIN (A1)."""

from collections.abc import Sequence

import strawberry

from hocba.actions import users
from hocba.actions.outcomes import Outcome, refused
from hocba.domain import errors
from hocba.schema.context import Info, actor_of, asking_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_ids
from hocba.schema.refusals import Refusal
from hocba.schema.scalars import Secret


@describe
@strawberry.input
class ChangePasswordInput:
    """Choose another password; every other session ends.

    :ivar old_password: The password until now.
    :ivar new_password: At least 10 characters.
    """

    old_password: Secret
    new_password: Secret


@describe
@strawberry.type
class ChangePasswordPayload:
    """What became of the password.

    :ivar outcome: DONE or REFUSED.
    """

    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.input
class IssueInitialPasswordsInput:
    """Make passwords for members of the staff.

    :ivar person_ids: Who; at most 100.
    """

    person_ids: list[strawberry.ID]


@describe
@strawberry.type
class InitialPassword:
    """A password to hand over, shown this once; whoever signs in with it chooses another one first.

    :ivar outcome: DONE or REFUSED.
    :ivar username: The user name.
    :ivar password: The password.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None
    username: str | None
    password: str | None

    @classmethod
    def of(cls, id: strawberry.ID, issued: users.Issued, info: Info) -> "InitialPassword":
        """From what was issued, under the id that the client wrote."""
        return cls(
            id=id,
            outcome=issued.result.outcome,
            refusal=Refusal.maybe(issued.result.refusal, info.context.language),
            username=issued.username or None,
            password=issued.password.reveal() if issued.password else None,
        )


@describe
@strawberry.type
class IssueInitialPasswordsPayload:
    """The passwords made."""

    results: list[InitialPassword]


@describe
@strawberry.type
class PasswordMutations:
    """Passwords."""

    @strawberry.mutation
    async def change_password(self, info: Info, input: ChangePasswordInput) -> ChangePasswordPayload:
        """Choose another password."""
        asking = asking_of(info)
        try:
            await users.change_password(info.context.house, asking, input.old_password, input.new_password)
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return ChangePasswordPayload(outcome=Outcome.REFUSED, refusal=said)
        return ChangePasswordPayload(outcome=Outcome.DONE, refusal=None)

    @strawberry.mutation
    async def issue_initial_passwords(
        self, info: Info, input: IssueInitialPasswordsInput
    ) -> IssueInitialPasswordsPayload:
        """Make passwords for members of the staff, first ones or new ones; ADMIN only, each shown once."""
        actor = actor_of(info)
        ids = local_ids("Person", input.person_ids, limit=100)
        try:
            issued: Sequence[users.Issued] = await users.issue_initial_passwords(
                info.context.house, actor, ids
            )
        except errors.Refusal as refusal:
            issued = [users.Issued(result=refused(each, refusal)) for each in ids]
        rows = zip(input.person_ids, issued, strict=True)
        return IssueInitialPasswordsPayload(
            results=[InitialPassword.of(shown, each, info) for shown, each in rows]
        )
