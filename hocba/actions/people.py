"""Signing in and out (A1).

A session is a random token that only its holder has; the row keeps a keyed hash of it.  Who
holds a session, and what he may do, is asked anew for each request.

Guessing: after five wrong passwords in a row an account listens to nobody for ten minutes, and
so does a name that nobody has, so that the answers do not tell which names exist.
"""

import secrets as random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import passwords
from hocba.actions.house import House
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import Role, SchoolId, SchoolYear
from hocba.plugin_api import Secret
from hocba.store import ids
from hocba.store.models import SessionRow, UserRow
from hocba.store.reads import actors
from hocba.store.reads.actors import Grant, Holder
from hocba.store.reads.exactly import exactly

TOKEN_PREFIX = "hs_"  # noqa: S105 -- tells a session's token from an agent's
LIFETIME = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=10)
MAX_DEVICE = 200
NO_YEAR = SchoolYear("0000-0000")
"""The year of a school that has no class yet."""


class ForeignSchoolError(Exception):
    """Somebody asks to act in a school in which he may do nothing, or which there is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session just opened.  The token is shown here and never again."""

    token: str = field(repr=False)
    session: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whoever sends a request: the person, what he may do, and in which school and year.

    :ivar grants: his given roles in every school.
    """

    holder: Holder
    actor: Actor
    year: SchoolYear
    grants: tuple[Grant, ...]

    @property
    def schools(self) -> tuple[SchoolId, ...]:
        """The schools in which he may do anything."""
        return tuple(dict.fromkeys((self.holder.home, *(grant.school for grant in self.grants))))

    @property
    def supervised(self) -> tuple[SchoolId, ...]:
        """The schools whose AUTHORITY he is."""
        return tuple(dict.fromkeys(g.school for g in self.grants if g.role is Role.AUTHORITY))

    def as_authority_of(self, school: SchoolId) -> Actor:
        """The same person as the AUTHORITY of ``school``, if he is; else as he is."""
        if school not in self.supervised:
            return self.actor
        return replace(self.actor, school=school, roles=frozenset({Role.AUTHORITY}))


async def sign_in(house: House, username: str, password: Secret, *, device: str = "") -> SignedIn:
    """Open a session.

    :raises Refusal: SIGN_IN_FAILED, whatever was wrong; TOO_MANY_ATTEMPTS.
    """
    now = house.clock()
    name = username.strip().casefold()
    guesser = f"user:{house.secrets.pepper(name)}"
    user = await _reserve_attempt(name, now)
    if user is None:
        house.pairing_tries.must_be_left(guesser, now=now)
    right = await passwords.matches(password, user.password_hash if user else None)
    if user is None or not right:
        if user is None:
            house.pairing_tries.wrong(guesser, now=now)
        raise Refusal(Code.SIGN_IN_FAILED)
    await UserRow.filter(id=user.id).update(failures=0, locked_until=None)
    return await _open(house, user.id, device, now)


async def sign_out(house: House, session: UUID) -> None:
    """End a session, everywhere it is kept."""
    await SessionRow.filter(id=session, revoked_at__isnull=True).update(revoked_at=house.clock())


async def revoke_session(house: House, asking: Asking, session: UUID) -> bool:
    """End one of one's own sessions; whether it was open.

    :raises Refusal: NOT_FOUND for somebody else's.
    """
    row = await SessionRow.get_or_none(id=session, user_id=asking.holder.user)
    if row is None:
        raise Refusal(Code.NOT_FOUND)
    await sign_out(house, session)
    return row.revoked_at is None


async def asking_of_token(
    house: House, token: str, *, school_code: str | None = None, year: SchoolYear | None = None
) -> Asking | None:
    """Who sends ``token``, in the school and year he asks for; his own school and its latest year else.

    :raises ForeignSchoolError: when the school he asks for is none of his.
    """
    now = house.clock()
    hashes = house.secrets.peppers(token) if token.startswith(TOKEN_PREFIX) else ()
    holder = await actors.holder(hashes, now) if hashes else None
    if holder is None:
        return None
    if now - holder.seen_at > SEEN_EVERY:
        await SessionRow.filter(id=holder.session).update(seen_at=now)
    held = await actors.grants(holder.person, now)
    reach = {holder.home, *(grant.school for grant in held)}
    chosen = await actors.school_of(school_code) if school_code else _default_school(holder, held)
    if chosen is None or chosen not in reach:
        raise ForeignSchoolError
    chosen_year = year or await actors.latest_year(chosen) or NO_YEAR
    acting = await actors.actor(holder, chosen, chosen_year, held)
    return Asking(holder=holder, actor=acting, year=chosen_year, grants=tuple(held))


async def actor_of_token(house: House, token: str) -> Actor | None:
    """What the holder of ``token`` may do in his school's latest year."""
    asking = await asking_of_token(house, token)
    return asking.actor if asking else None


def _default_school(holder: Holder, held: list[Grant]) -> SchoolId:
    """His own school; for somebody of an authority, the first that it supervises."""
    supervised = [grant.school for grant in held if grant.role is Role.AUTHORITY]
    return supervised[0] if supervised and holder.home not in supervised else holder.home


async def _reserve_attempt(username: str, now: datetime) -> UserRow | None:
    """Count a try before it is made, so that a hundred at once are not one.

    :raises Refusal: TOO_MANY_ATTEMPTS while the account is locked.
    """
    async with in_transaction():
        user = (
            await UserRow.filter(exactly(UserRow, "username", username), active=True)
            .select_for_update()
            .first()
        )
        if user is None:
            return None
        if user.locked_until and user.locked_until > now:
            raise Refusal(Code.TOO_MANY_ATTEMPTS)
        user.failures += 1
        user.locked_until = now + LOCKED_FOR if user.failures >= MAX_FAILURES else None
        await user.save(update_fields=["failures", "locked_until"])
    return user


async def _open(house: House, user: UUID, device: str, now: datetime) -> SignedIn:
    token = TOKEN_PREFIX + random.token_urlsafe(32)
    row = await SessionRow.create(
        id=ids.new(),
        user_id=user,
        token_hash=house.secrets.pepper(token),
        device="".join(c for c in device if c.isprintable())[:MAX_DEVICE],
        created_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
    )
    return SignedIn(token=token, session=row.id, expires_at=row.expires_at)
