"""The second factor: one-time codes of a phone (TOTP, RFC 6238), and recovery codes for when it is lost.

::

    enrol     a secret is offered, shown once; a working one goes on working
    confirm   a right code turns it on; eight recovery codes are shown once
    confirm   once it is on: this session has shown it too

The secret is kept encrypted, about the user's id.  A code is good in its 30 seconds and in those
before and after, and no time step is accepted twice: the user's row is locked while one is used.
Of recovery codes only keyed hashes are kept, and each works once.
"""

import json
import secrets as random
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

import pyotp
from tortoise.transactions import in_transaction

from hocba.actions import throttle, users
from hocba.actions.house import House
from hocba.actions.people import Asking
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import PersonId, SchoolId
from hocba.plugin_api import Secret
from hocba.secrets import SecretsError
from hocba.store import histories
from hocba.store.models import PersonRow, SessionRow, UserRow
from hocba.store.reads.actors import Holder

STEP = 30
"""Seconds that a code is shown."""

WINDOW = (-1, 0, 1)
"""Steps from now whose codes are taken: clocks differ, and people type slowly."""

RECOVERY_CODES = 8
RECOVERY_LENGTH = 12
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes, 59 bits: no i, l, o, 0, 1, for they are read from paper."""

OFFERED_FOR = timedelta(minutes=15)
"""How long an offered secret can be confirmed."""

ISSUER = "Hocba"
"""What the phone calls us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A secret for the phone, shown here and never again."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    """``otpauth://totp/…``, to be shown as a QR code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The second factor is on, and this session has shown it.

    :ivar recovery_codes: shown here and never again; none when it had been on before.
    """

    recovery_codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorTurnedOn:
    """The user's phone makes his one-time codes from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodeUsed:
    """The user signed in with a recovery code.

    :ivar left: how many he has left.
    """

    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What ``user.totp_secret`` holds: the secret that is on, and one that is offered."""

    on: str = field(default="", repr=False)
    offered: str = field(default="", repr=False)
    offered_at: str = ""

    def offer(self, now: datetime) -> str:
        """The secret that is offered, while it can still be confirmed."""
        is_open = self.offered and datetime.fromisoformat(self.offered_at) + OFFERED_FOR > now
        return self.offered if is_open else ""


async def enrol(house: House, asking: Asking, password: Secret | None) -> Offered:
    """Offer the user a secret for his phone.

    :param password: his password, needed to enrol again.
    :raises Refusal: SECOND_FACTOR_REQUIRED when one is on and this session has not shown it;
        SIGN_IN_FAILED for a missing or wrong password; TOO_MANY_ATTEMPTS.
    """
    holder, now = asking.holder, house.clock()
    if holder.second_factor_on and holder.second_factor_shown:
        await users.must_know(house, holder, password)
    secret = pyotp.random_base32()
    async with in_transaction():
        user = await _locked(holder.user)
        _must_have_shown(holder, user)
        kept = replace(_kept(house, user), offered=secret, offered_at=now.isoformat())
        user.totp_secret = _sealed(house, user, kept)
        await user.save(update_fields=["totp_secret"])
    uri = pyotp.TOTP(secret).provisioning_uri(name=holder.username, issuer_name=ISSUER)
    return Offered(secret=secret, uri=uri)


async def confirm(house: House, asking: Asking, code: Secret) -> Confirmed:
    """Turn on what was offered, or show in this session what is on.

    :raises Refusal: SECOND_FACTOR_NOT_OFFERED, SECOND_FACTOR_WRONG, TOO_MANY_ATTEMPTS.
    """
    now, holder = house.clock(), asking.holder
    kept = _kept(house, await UserRow.get(id=holder.user))
    if not (kept.on or kept.offer(now)):
        raise Refusal(Code.SECOND_FACTOR_NOT_OFFERED)
    await throttle.reserve(house, guesser_of(holder.user))
    async with in_transaction():
        user = await _locked(holder.user)
        step = _step(_kept(house, user).offer(now), code, now, after=0)
        recovery = () if step is None else await _turn_on(house, asking, user, step)
        if step is None:
            await _use(house, user, code)
        await SessionRow.filter(id=holder.session).update(second_factor_at=now)
    await throttle.right(house, guesser_of(holder.user))
    return Confirmed(recovery_codes=recovery)


async def must_be_right(house: House, user_id: UUID, code: Secret | None) -> None:
    """Use a code of the phone, or a recovery code, of a user whose second factor is on.

    :raises Refusal: SECOND_FACTOR_REQUIRED without a code; SECOND_FACTOR_WRONG; TOO_MANY_ATTEMPTS.
    """
    if code is None or not code.reveal().strip():
        raise Refusal(Code.SECOND_FACTOR_REQUIRED)
    await throttle.reserve(house, guesser_of(user_id))
    async with in_transaction():
        await _use(house, await _locked(user_id), code)
    await throttle.right(house, guesser_of(user_id))


def guesser_of(user: UUID) -> throttle.Guesser:
    """Whoever guesses a user's one-time codes."""
    return throttle.Guesser(throttle.ONE_TIME_CODE, str(user))


async def turn_off(user: UserRow) -> None:
    """Take the second factor away, inside the caller's transaction: the next sign-in asks for none."""
    user.totp_secret, user.totp_since, user.recovery = None, None, ""
    await user.save(update_fields=["totp_secret", "totp_since", "recovery"])


async def _turn_on(house: House, asking: Asking, user: UserRow, step: int) -> tuple[str, ...]:
    """The offered secret is the one from now on; every other session has to show it."""
    _must_have_shown(asking.holder, user)
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    user.totp_secret = _sealed(house, user, _Kept(on=_kept(house, user).offered))
    user.totp_since, user.totp_step = house.clock(), step
    user.recovery = ",".join(house.secrets.pepper(_about(user, code)) for code in codes)
    await user.save(update_fields=["totp_secret", "totp_since", "totp_step", "recovery"])
    await SessionRow.filter(user_id=user.id).update(second_factor_at=None)
    holder, event = asking.holder, SecondFactorTurnedOn()
    await histories.add("user", user.id, event, by=holder.person, school=holder.home, at=house.clock())
    return codes


async def _use(house: House, user: UserRow, code: Secret) -> None:
    """Accept ``code`` once.  :raises Refusal: SECOND_FACTOR_WRONG, also for one that was used."""
    now = house.clock()
    step = _step(_kept(house, user).on, code, now, after=user.totp_step)
    if step is not None:
        user.totp_step = step
        await user.save(update_fields=["totp_step"])
        return
    known = set(house.secrets.peppers(_about(user, code.reveal())))
    kept = user.recovery.split(",") if user.recovery else []
    left = [each for each in kept if each not in known]
    if len(left) == len(kept) or user.totp_since is None:
        raise Refusal(Code.SECOND_FACTOR_WRONG)
    user.recovery = ",".join(left)
    await user.save(update_fields=["recovery"])
    person = await PersonRow.get(id=user.person_id)
    by, school = PersonId(person.id), SchoolId(person.school_id)
    await histories.add("user", user.id, RecoveryCodeUsed(left=len(left)), by=by, school=school, at=now)


def _step(secret: str, code: Secret, now: datetime, *, after: int) -> int | None:
    """The time step whose code this is; of ``after`` and before none is."""
    given = "".join(code.reveal().split())
    current = int(now.timestamp()) // STEP
    found = None
    for step in (current + each for each in WINDOW) if secret else ():
        right = compare_digest(pyotp.TOTP(secret, interval=STEP).generate_otp(step).encode(), given.encode())
        if right and step > after:
            found = step
    return found


def _must_have_shown(holder: Holder, user: UserRow) -> None:
    """:raises Refusal: SECOND_FACTOR_REQUIRED when one is on that this session has not shown."""
    if user.totp_since is not None and not holder.second_factor_shown:
        raise Refusal(Code.SECOND_FACTOR_REQUIRED)


def _recovery_code() -> str:
    letters = [random.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, RECOVERY_LENGTH, 4))


def _about(user: UserRow, code: str) -> str:
    """What the keyed hash of a recovery code is made of."""
    return f"recovery:{user.id}:{''.join(code.casefold().replace('-', '').split())}"


def _kept(house: House, user: UserRow) -> _Kept:
    if user.totp_secret is None:
        return _Kept()
    try:
        return _Kept(**json.loads(house.secrets.decrypt(bytes(user.totp_secret), about=user.id.bytes)))
    except SecretsError:
        return _Kept()  # its key was given up: no code is right until somebody resets it


def _sealed(house: House, user: UserRow, kept: _Kept) -> bytes:
    return house.secrets.encrypt(json.dumps(asdict(kept)).encode(), about=user.id.bytes)


async def _locked(user: UUID) -> UserRow:
    return await UserRow.filter(id=user).select_for_update().get()
