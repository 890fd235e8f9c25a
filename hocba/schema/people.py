"""Signing in and out, and the person who asks (A1)."""

from collections.abc import Sequence

import strawberry

from hocba import words
from hocba.actions import sign_in as actions
from hocba.actions.outcomes import Outcome
from hocba.actions.people import Asking
from hocba.domain import errors
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import Level, Role
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, local_id
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.people_types import (
    HeldPermission,
    HeldRole,
    Person,
    RevokeSessionInput,
    RevokeSessionPayload,
    SchoolName,
    Session,
    SignInInput,
    SignInPayload,
    SignInWays,
    SignOutPayload,
    Viewer,
)
from hocba.schema.refusals import Refusal
from hocba.store.reads import people as reads
from hocba.store.reads import school


@describe
@strawberry.type
class PeopleQueries:
    """Reading who is who."""

    @strawberry.field
    async def sign_in_ways(self, info: Info) -> SignInWays:
        """How one may sign in here; for everybody."""
        has_provider = info.context.house.identity_provider is not None
        return SignInWays(password=True, oidc_url="/oidc/start" if has_provider else None)

    @strawberry.field
    async def viewer(self, info: Info) -> Viewer:
        """Whoever is signed in."""
        asking = asking_of(info)
        found = await reads.people([asking.actor.id])
        named = {
            row.id: SchoolName(id=global_id("School", row.id), code=row.code, name=row.name)
            for row in await reads.schools([*asking.schools, asking.actor.school])
        }
        actor, level = asking.actor, await _level(asking)
        return Viewer(
            person=Person.of(found[actor.id], info),
            username=asking.holder.username,
            roles=_roles(sorted(actor.roles), info),
            permissions=[] if asking.needs else _permissions(actor, info),
            school=named.get(actor.school),
            schools=[school for id_, school in named.items() if id_ in asking.schools],
            level=level,
            level_label=words.management(level, info.context.language) if level else None,
            school_year=asking.year,
            class_ids=[
                global_id("Class", each) for each in sorted(actor.homeroom | actor.taught | actor.led)
            ],
            second_factor=asking.holder.second_factor_on,
            needs=asking.needs,
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
        context = info.context
        wanted = actions.Wanted(
            school_code=input.school_code or "",
            level=input.level,
            device=context.device,
            address=context.address,
        )
        try:
            opened = await actions.sign_in(
                context.house, input.username, input.password, code=input.otp, wanted=wanted
            )
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, context.language)
            return SignInPayload(token=None, expires_at=None, needs=None, refusal=said)
        context.keep(opened.token)
        asking = await context.ask(opened.token)
        return SignInPayload(
            token=opened.token,
            expires_at=opened.expires_at,
            needs=asking.needs if asking else None,
            refusal=None,
        )

    @strawberry.mutation
    async def sign_out(self, info: Info, *, everywhere: bool = False) -> SignOutPayload:
        """End this session, everywhere it is kept.

        :param everywhere: End every other session of the user too.
        """
        await actions.sign_out(info.context.house, asking_of(info), everywhere=everywhere)
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


async def _level(asking: Asking) -> Level | None:
    """The level that he chose; of a school with one level, that one."""
    if asking.level is not None:
        return asking.level
    levels = await school.school_levels(asking.actor.school)
    return levels[0] if len(levels) == 1 else None


def _permissions(actor: Actor, info: Info) -> list[HeldPermission]:
    """What he may do, in the order of the vocabulary; the whole school includes what is less."""
    language = info.context.language
    return [
        HeldPermission(
            permission=permission,
            label=words.label(permission, language),
            scope=scope,
            scope_label=words.label(scope, language),
        )
        for permission in Permission
        for scope in actor.reach(permission)
    ]


def _roles(roles: Sequence[Role], info: Info) -> list[HeldRole]:
    language = info.context.language
    return [HeldRole(role=role, role_label=words.label(role, language)) for role in roles]
