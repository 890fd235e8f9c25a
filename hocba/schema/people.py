"""Signing in and out, the person who asks, passwords (A1)."""

from collections.abc import Sequence

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
from hocba.schema.people_types import (
    ChangePasswordInput,
    ChangePasswordPayload,
    HeldRole,
    InitialPassword,
    IssueInitialPasswordsInput,
    IssueInitialPasswordsPayload,
    Person,
    RevokeSessionInput,
    RevokeSessionPayload,
    SchoolName,
    Session,
    SignInInput,
    SignInPayload,
    SignOutPayload,
    Viewer,
)
from hocba.schema.refusals import Refusal
from hocba.store.reads import people as reads


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
