"""Users, as an ADMIN finds, makes, shuts out and unlocks them (A1)."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

import strawberry

from hocba import words
from hocba.actions import staff_users as actions
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import errors
from hocba.domain.values import Role
from hocba.schema.bulk import results_of
from hocba.schema.context import Info, actor_of, asking_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_id, local_ids
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.passwords import InitialPassword
from hocba.schema.people_types import HeldRole, Person
from hocba.schema.refusals import Refusal
from hocba.store.reads import users as reads

LIMIT = 100
"""Most people of one call."""


@describe
@strawberry.type
class User:
    """Somebody of the school who can sign in.

    :ivar person: Who.
    :ivar username: The name he signs in with.
    :ivar active: Whether he may sign in.
    :ivar locked: Whether nobody listens to him for a while, after too many wrong guesses; see unlockUser.
    :ivar has_password: Whether he has a password.
    :ivar must_change_password: Whether an ADMIN made it, and he has not changed it yet.
    :ivar second_factor: Whether signing in asks him for a one-time code.
    :ivar roles: The roles that were given to him; those that come from assignments are not among them.
    """

    person: Person
    username: str
    active: bool
    locked: bool
    has_password: bool
    must_change_password: bool
    second_factor: bool
    roles: list[HeldRole]

    @classmethod
    def of(cls, row: reads.User, info: Info, *, locked: bool) -> "User":
        """From its row."""
        language = info.context.language
        return cls(
            person=Person.of(row.person, info),
            username=row.username,
            active=row.active,
            locked=locked,
            has_password=row.has_password,
            must_change_password=row.must_change,
            second_factor=row.second_factor,
            roles=[HeldRole(role=role, role_label=words.label(role, language)) for role in row.roles],
        )


@describe
@strawberry.input
class UserFilter:
    """Which users; what is left out does not matter.

    :ivar name: Part of the person's name or of the user name; accents do not matter.
    :ivar active: Those who may sign in, or those who were shut out.
    :ivar locked: Those to whom nobody listens for a while, or the others.
    :ivar role: Those who hold this role in the school and year of the request.
    """

    name: str | None = None
    active: bool | None = None
    locked: bool | None = None
    role: Role | None = None


@describe
@strawberry.input
class CreateUserInput:
    """Let a member of the staff sign in.

    :ivar person_id: Who.
    :ivar username: 3 to 100 letters, digits, and . _ - @; made of the school's code and the staff code
        when it is left out.
    """

    person_id: strawberry.ID
    username: str | None = None


@describe
@strawberry.type
class CreateUserPayload:
    """What to hand over, shown this once; whoever signs in with it chooses another password first.

    :ivar user: The user name and the password; null when it was refused.
    """

    user: InitialPassword | None
    refusal: Refusal | None


@describe
@strawberry.input
class UsersInput:
    """Which users.

    :ivar person_ids: Whose; at most 100.
    """

    person_ids: list[strawberry.ID]


@describe
@strawberry.input
class SetUserActiveInput(UsersInput):
    """Let people sign in, or shut them out.

    :ivar active: Whether they may sign in; their sessions end at once when not.
    """

    active: bool


@describe
@strawberry.input
class UnlockUserInput(UsersInput):
    """Listen again to people who guessed too often."""


@describe
@strawberry.input
class ResetSecondFactorInput(UsersInput):
    """Take people's second factor away, when the phone is lost: their sessions end."""


@describe
@strawberry.type
class UserResult:
    """What became of one user.

    :ivar id: The person asked for, as the client named it.
    :ivar outcome: What became of it.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.type
class UsersPayload:
    """What became of each."""

    results: list[UserResult]


@describe
@strawberry.type
class UserQueries:
    """Reading who can sign in."""

    @strawberry.field
    async def users(
        self,
        info: Info,
        *,
        filter: UserFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[User]:
        """Those of the school who can sign in, by name; to ADMIN."""
        asking, given = asking_of(info), filter or UserFilter()
        page = page_of(info, first, after, last, before)
        wanted = actions.Wanted(
            name=given.name or "", active=given.active, locked=given.locked, role=given.role
        )
        house = info.context.house
        rows = await actions.find(house, asking.actor, asking.year, wanted, page)
        locked = await actions.locked(house, rows.rows)
        return connection(rows, lambda row: User.of(row, info, locked=row.person.id in locked))


@describe
@strawberry.type
class UserMutations:
    """Making users, shutting them out, unlocking them."""

    @strawberry.mutation
    async def create_user(self, info: Info, input: CreateUserInput) -> CreateUserPayload:
        """Let a member of the staff sign in, with a password shown once; ADMIN only."""
        actor, id_ = actor_of(info), local_id("Person", input.person_id)
        try:
            made = await actions.create_user(info.context.house, actor, id_, input.username or "")
        except errors.Refusal as refusal:
            return CreateUserPayload(user=None, refusal=Refusal.of(refusal, info.context.language))
        return CreateUserPayload(user=InitialPassword.of(input.person_id, made, info), refusal=None)

    @strawberry.mutation
    async def set_user_active(self, info: Info, input: SetUserActiveInput) -> UsersPayload:
        """Let people sign in, or shut them out; ADMIN only, and never oneself."""
        return await _done(info, input, partial(actions.set_active, active=input.active))

    @strawberry.mutation
    async def unlock_user(self, info: Info, input: UnlockUserInput) -> UsersPayload:
        """Listen again to people who guessed too often; ADMIN only, and never to oneself."""
        return await _done(info, input, actions.unlock)

    @strawberry.mutation
    async def reset_second_factor(self, info: Info, input: ResetSecondFactorInput) -> UsersPayload:
        """Take people's second factor away, when the phone is lost; ADMIN only, and never one's own."""
        return await _done(info, input, actions.reset_second_factor)


async def _done(info: Info, input: UsersInput, work: Callable[..., Awaitable[list[Result]]]) -> UsersPayload:
    actor = actor_of(info)
    ids: Sequence[UUID] = local_ids("Person", input.person_ids, limit=LIMIT)
    results = await results_of(ids, partial(work, info.context.house, actor, ids))
    return UsersPayload(
        results=[
            UserResult(
                id=shown,
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, info.context.language),
            )
            for shown, result in zip(input.person_ids, results, strict=True)
        ]
    )
