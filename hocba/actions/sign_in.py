"""Signing in and out (A1).

::

    the name and the address are counted      TOO_MANY_ATTEMPTS
    the password is compared                  SIGN_IN_FAILED, whatever was wrong
    the school and the level are looked up    SCHOOL_NOT_YOURS, LEVEL_NOT_TAUGHT
    the second factor, where there is one     SECOND_FACTOR_REQUIRED, SECOND_FACTOR_WRONG
    a session is opened

A session is a random token that only its holder has; the row keeps a keyed hash of it.  A name that
nobody has costs the same time, and the same statements, as one that somebody has.
"""

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import passwords, people, second_factor, throttle
from hocba.actions.house import House
from hocba.actions.people import LIFETIME, TOKEN_PREFIX, Asking
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import Level
from hocba.plugin_api import Secret
from hocba.store import histories, ids
from hocba.store.models import SessionRow, UserRow
from hocba.store.reads import actors
from hocba.store.reads import school as schools
from hocba.store.reads.exactly import exactly

MAX_DEVICE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants of his session.

    :ivar school_code: the school to act in; his own when it is empty.
    :ivar level: the level of that school to act at; the school's only one when it is left out.
    :ivar device: what the browser or the phone calls itself.
    :ivar address: from where he comes.
    """

    school_code: str = ""
    level: Level | None = None
    device: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session just opened.  The token is shown here and never again."""

    token: str = field(repr=False)
    session: UUID
    expires_at: datetime


ANYHOW = Wanted()


async def sign_in(
    house: House, username: str, password: Secret, *, code: Secret | None = None, wanted: Wanted = ANYHOW
) -> SignedIn:
    """Open a session with a user name and a password.

    :param code: of the second factor, or a recovery code.
    :raises Refusal: SIGN_IN_FAILED, TOO_MANY_ATTEMPTS, SCHOOL_NOT_YOURS, LEVEL_NOT_TAUGHT,
        SECOND_FACTOR_REQUIRED, SECOND_FACTOR_WRONG.
    """
    guessers = [passwords.guesser_of(username), *at_address(wanted.address)]
    await throttle.reserve(house, *guessers)
    user = await UserRow.get_or_none(exactly(UserRow, "username", passwords.plain(username)), active=True)
    if not await passwords.matches(password, user.password_hash if user else None):
        raise Refusal(Code.SIGN_IN_FAILED)
    assert user is not None
    await throttle.right(house, *guessers)
    chosen = await chosen_by(house, user.id, wanted)
    shown_at = None
    if user.totp_since is not None:
        await second_factor.must_be_right(house, user.id, code)
        shown_at = house.clock()
    return await open_session(house, user.id, device=wanted.device, second_factor_at=shown_at, **chosen)


async def open_session(house: House, user: UUID, *, device: str = "", **given: Any) -> SignedIn:
    """A session of ``user``'s, whom the caller knows.

    :param given: further columns: ``method``, ``second_factor_at``, ``school_id``, ``level``.
    """
    now, token = house.clock(), TOKEN_PREFIX + random.token_urlsafe(32)
    row = await SessionRow.create(
        id=ids.new(),
        user_id=user,
        token_hash=house.secrets.pepper(token),
        device="".join(c for c in device if c.isprintable())[:MAX_DEVICE],
        created_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
        **given,
    )
    return SignedIn(token=token, session=row.id, expires_at=row.expires_at)


async def sign_out(house: House, asking: Asking, *, everywhere: bool = False) -> None:
    """End this session, or every session of the same user."""
    wanted = {"user_id": asking.holder.user} if everywhere else {"id": asking.holder.session}
    await SessionRow.filter(revoked_at__isnull=True, **wanted).update(revoked_at=house.clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevoked:
    """The user ended one of his sessions from another."""

    session: UUID


async def revoke_session(house: House, asking: Asking, session: UUID) -> bool:
    """End one of one's own sessions; whether it was open.

    :raises Refusal: NOT_FOUND for somebody else's.
    """
    row = await SessionRow.get_or_none(id=session, user_id=asking.holder.user)
    if row is None:
        raise Refusal(Code.NOT_FOUND)
    holder, now, revoked = asking.holder, house.clock(), SessionRevoked(session=session)
    async with in_transaction():
        was_open = await SessionRow.filter(id=session, revoked_at__isnull=True).update(revoked_at=now)
        if was_open:
            await histories.add("user", holder.user, revoked, by=holder.person, school=holder.home, at=now)
    return bool(was_open)


def at_address(address: str) -> list[throttle.Guesser]:
    """Whoever guesses there; nobody where no address is known, for that would be everybody."""
    return [throttle.from_address(throttle.ADDRESS, address)] if address else []


async def chosen_by(house: House, user: UUID, wanted: Wanted) -> Mapping[str, Any]:
    """The columns of a session for the school and the level that somebody chose.

    :raises Refusal: SIGN_IN_FAILED when he no longer works here; SCHOOL_NOT_YOURS, also when there is
        no such school; LEVEL_NOT_TAUGHT.
    """
    holder = await actors.holder_to_be(user, house.clock())
    if holder is None:
        raise Refusal(Code.SIGN_IN_FAILED)
    if not wanted.school_code and wanted.level is None:
        return {}
    try:
        asking = await people.acting(house, holder, school_code=wanted.school_code)
    except people.ForeignSchoolError:
        raise Refusal(Code.SCHOOL_NOT_YOURS, field="school_code") from None
    if wanted.level and wanted.level not in await schools.school_levels(asking.actor.school):
        raise Refusal(Code.LEVEL_NOT_TAUGHT, field="level", level=wanted.level)
    return {"school_id": asking.actor.school, "level": wanted.level or ""}
