"""Signing in and out, the person who asks, passwords (A1)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

import strawberry

from hocba import words
from hocba.actions import people as actions
from hocba.actions import users
from hocba.actions.outcomes import Outcome, refused
from hocba.domain import errors
from hocba.domain.values import Role
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, local_id, local_ids
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.scalars import Secret
from hocba.store.reads import people as reads


@describe
@strawberry.type
class Person:
    """A member of a school's staff, or of an authority's.

    :ivar code: The staff code.
    :ivar full_name: Họ và tên.
    :ivar title: The position that is printed: Giáo viên, Hiệu trưởng, …
    :ivar personal_id: Số định danh cá nhân; shown to oneself and ADMIN, null to others.
    :ivar left_on: Since when he no longer works here.
    """

    id: strawberry.ID
    code: str
    full_name: str
    title: str
    personal_id: str | None
    left_on: date | None

    @classmethod
    def of(cls, row: reads.Person, info: Info) -> Self:
        """From its row, with what whoever asks may see."""
        actor = actor_of(info)
        shown = row.id == actor.id or actor.has(Role.ADMIN)
        return cls(
            id=global_id("Person", row.id),
            code=row.code,
            full_name=row.full_name,
            title=row.title,
            personal_id=row.personal_id if shown else None,
            left_on=row.left_on,
        )


@describe
@strawberry.type
class SchoolName:
    """A school in which one may act; name its code in the header Hocba-School.

    :ivar code: Mã trường.
    :ivar name: Tên trường.
    """

    id: strawberry.ID
    code: str
    name: str


@describe
@strawberry.type
class HeldRole:
    """A role that one holds in the school and year of this request.

    :ivar role: The role.
    :ivar role_label: What users call it.
    """

    role: Role
    role_label: str


@describe
@strawberry.type
class Viewer:
    """Whoever is signed in, and what he may do in the school and year of this request.

    :ivar person: The person.
    :ivar username: The name he signs in with.
    :ivar roles: The roles he holds.
    :ivar school: The school of this request: his own, or the one that Hocba-School names.
    :ivar schools: Every school in which he may do anything.
    :ivar school_year: The year of this request: the school's latest, or Hocba-School-Year.
    :ivar class_ids: The classes that are his as a teacher, homeroom teacher or leader.
    """

    person: Person
    username: str
    roles: list[HeldRole]
    school: SchoolName | None
    schools: list[SchoolName]
    school_year: str
    class_ids: list[strawberry.ID]


@describe
@strawberry.type
class Session:
    """A signed-in browser or phone.

    :ivar device: What it called itself.
    :ivar created_at: When it signed in.
    :ivar seen_at: When it was last used, to the minute.
    :ivar expires_at: When it ends by itself.
    :ivar current: Whether it is the one that asks.
    """

    id: strawberry.ID
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool


@describe
@strawberry.input
class SignInInput:
    """Sign in with a user name and a password.

    :ivar username: The user name.
    :ivar password: The password.
    """

    username: str
    password: Secret


@describe
@strawberry.type
class SignInPayload:
    """The session, or why there is none.

    :ivar token: Send it as ``Authorization: Bearer``; browsers get it as a cookie too.
    :ivar expires_at: When the session ends by itself.
    """

    token: str | None
    expires_at: datetime | None
    refusal: Refusal | None


@describe
@strawberry.type
class SignOutPayload:
    """The session is over.

    :ivar signed_out: Whether there was one.
    """

    signed_out: bool


@describe
@strawberry.input
class RevokeSessionInput:
    """End one of one's own sessions.

    :ivar session_id: Which one.
    """

    session_id: strawberry.ID


@describe
@strawberry.type
class RevokeSessionPayload:
    """What became of the session.

    :ivar outcome: UNCHANGED when it was over already.
    """

    outcome: Outcome
    refusal: Refusal | None


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
    """A password to hand over, shown this once.

    :ivar outcome: DONE or REFUSED.
    :ivar username: The user name.
    :ivar password: The password.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None
    username: str | None
    password: str | None


@describe
@strawberry.type
class IssueInitialPasswordsPayload:
    """The passwords made."""

    results: list[InitialPassword]


@describe
@strawberry.type
class PeopleQueries:
    """Reading who is who."""

    @strawberry.field
    async def viewer(self, info: Info) -> Viewer:
        """Whoever is signed in."""
        asking = asking_of(info)
        found = await reads.people([asking.actor.id])
        schools = [
            SchoolName(id=global_id("School", row.id), code=row.code, name=row.name)
            for row in await reads.schools(asking.schools)
        ]
        own = global_id("School", asking.actor.school)
        actor = asking.actor
        return Viewer(
            person=Person.of(found[actor.id], info),
            username=asking.holder.username,
            roles=_roles(sorted(actor.roles), info),
            school=next((school for school in schools if school.id == own), None),
            schools=schools,
            school_year=asking.year,
            class_ids=[
                global_id("Class", each) for each in sorted(actor.homeroom | actor.taught | actor.led)
            ],
        )

    @strawberry.field
    async def sessions(self, info: Info) -> list[Session]:
        """One's own open sessions, the last used first."""
        holder = asking_of(info).holder
        return [
            Session(
                id=global_id("Session", row.id),
                device=row.device,
                created_at=row.created_at,
                seen_at=row.seen_at,
                expires_at=row.expires_at,
                current=row.id == holder.session,
            )
            for row in await reads.sessions(holder.user, now_of(info))
        ]

    @strawberry.field
    async def staff(
        self,
        info: Info,
        *,
        name: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Person]:
        """The staff of the school, by name (B2).

        :param name: Part of a name; accents do not matter.
        """
        page = page_of(info, first, after, last, before)
        rows = await reads.staff(actor_of(info), page, name=name or "")
        return connection(rows, lambda row: Person.of(row, info))


@describe
@strawberry.type
class PeopleMutations:
    """Signing in and out."""

    @strawberry.mutation
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload:
        """Open a session."""
        try:
            opened = await actions.sign_in(
                info.context.house, input.username, input.password, device=info.context.device
            )
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return SignInPayload(token=None, expires_at=None, refusal=said)
        info.context.keep(opened.token)
        return SignInPayload(token=opened.token, expires_at=opened.expires_at, refusal=None)

    @strawberry.mutation
    async def sign_out(self, info: Info) -> SignOutPayload:
        """End this session, everywhere it is kept."""
        await actions.sign_out(info.context.house, asking_of(info).holder.session)
        info.context.keep(None)
        return SignOutPayload(signed_out=True)

    @strawberry.mutation
    async def revoke_session(self, info: Info, input: RevokeSessionInput) -> RevokeSessionPayload:
        """End one of one's own sessions."""
        asking = asking_of(info)
        try:
            id_ = local_id("Session", input.session_id)
            was_open = await actions.revoke_session(info.context.house, asking, id_)
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return RevokeSessionPayload(outcome=Outcome.REFUSED, refusal=said)
        return RevokeSessionPayload(outcome=Outcome.DONE if was_open else Outcome.UNCHANGED, refusal=None)

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
        """Make passwords for members of the staff; ADMIN only, each shown once."""
        actor = actor_of(info)
        ids = local_ids("Person", input.person_ids, limit=100)
        try:
            issued: Sequence[users.Issued] = await users.issue_initial_passwords(
                info.context.house, actor, ids
            )
        except errors.Refusal as refusal:
            issued = [users.Issued(result=refused(each, refusal)) for each in ids]
        rows = zip(input.person_ids, issued, strict=True)
        return IssueInitialPasswordsPayload(results=[_issued(shown, each, info) for shown, each in rows])


def _roles(roles: Sequence[Role], info: Info) -> list[HeldRole]:
    language = info.context.language
    return [HeldRole(role=role, role_label=words.label(role, language)) for role in roles]


def _issued(id: strawberry.ID, issued: users.Issued, info: Info) -> InitialPassword:
    return InitialPassword(
        id=id,
        outcome=issued.result.outcome,
        refusal=Refusal.maybe(issued.result.refusal, info.context.language),
        username=issued.username or None,
        password=issued.password.reveal() if issued.password else None,
    )
