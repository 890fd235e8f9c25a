"""Signing in at an identity provider (A1).

::

    begin    state, nonce and PKCE verifier go into a sealed cookie; the browser goes to the provider
    finish   the cookie is this browser's, its state comes back once, the provider's token is believed
             first time: the claim names a user, and issuer and subject are linked to him for good
             afterwards: issuer and subject alone say who he is

A session that began there must show the user's own second factor, where he has one or needs one.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions import passwords, sign_in, throttle
from hocba.actions.house import House
from hocba.actions.identity_provider import Attempt, Provider
from hocba.actions.sign_in import SignedIn, Wanted
from hocba.domain.errors import Code, Refusal
from hocba.domain.identity import PERSONAL_ID
from hocba.domain.values import Level, PersonId, SchoolId
from hocba.secrets import SecretsError
from hocba.store import histories, ids
from hocba.store.models import ExternalIdentityRow, PersonRow, UserRow
from hocba.store.reads.exactly import exactly

PENDING_FOR = timedelta(minutes=10)
"""How long somebody may take to sign in there."""

ABOUT = b"oidc"
MAX_SUBJECT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLinked:
    """The user signed in at an identity provider for the first time: it knows him from now on."""

    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Where the browser goes, and what it keeps until it comes back."""

    address: str
    pending: str


async def begin(house: House, provider: Provider, *, school_code: str, level: str) -> Begun:
    """Send somebody to the provider.

    :raises Refusal: IDENTITY_PROVIDER_FAILED, LEVEL_NOT_TAUGHT for what is no level.
    """
    if level and level not in set(Level):
        raise Refusal(Code.LEVEL_NOT_TAUGHT, field="level", level=level)
    attempt = Attempt(state=token_urlsafe(32), nonce=token_urlsafe(32), verifier=token_urlsafe(48))
    until = (house.clock() + PENDING_FOR).timestamp()
    kept = {**asdict(attempt), "until": until, "school_code": school_code[:100], "level": level}
    sealed = house.secrets.encrypt(json.dumps(kept).encode(), about=ABOUT)
    return Begun(address=await provider.address(attempt), pending=urlsafe_b64encode(sealed).decode())


async def finish(
    house: House, provider: Provider, pending: str, answer: Mapping[str, str], *, device: str, address: str
) -> SignedIn:
    """Open a session for whom the provider names.

    :param pending: what the browser kept.
    :param answer: what it brought back: ``code`` and ``state``, or ``error``.
    :raises Refusal: IDENTITY_PROVIDER_FAILED, IDENTITY_UNKNOWN, SCHOOL_NOT_YOURS, LEVEL_NOT_TAUGHT,
        TOO_MANY_ATTEMPTS.
    """
    kept = _opened(house, pending)
    attempt = Attempt(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
    _must_answer(provider, attempt, answer)
    guessers = sign_in.at_address(address)
    await throttle.reserve(house, *guessers)
    if not await throttle.is_first(house, f"oidc {attempt.state}"):
        raise Refusal(Code.IDENTITY_PROVIDER_FAILED)
    claims = await provider.claims(answer["code"], attempt)
    user = await _user(house, provider, claims)
    wanted = Wanted(school_code=kept["school_code"], level=Level(kept["level"]) if kept["level"] else None)
    try:
        chosen = await sign_in.chosen_by(house, user, wanted)
    except Refusal as refusal:
        gone = refusal.code is Code.SIGN_IN_FAILED
        raise (Refusal(Code.IDENTITY_UNKNOWN) if gone else refusal) from None
    await throttle.right(house, *guessers)
    return await sign_in.open_session(house, user, device=device, method="oidc", **chosen)


def _opened(house: House, pending: str) -> Mapping[str, Any]:
    """What the browser kept.  :raises Refusal: IDENTITY_PROVIDER_FAILED when it is not ours, or too old."""
    try:
        kept: Mapping[str, Any] = json.loads(house.secrets.decrypt(urlsafe_b64decode(pending), about=ABOUT))
    except (SecretsError, ValueError):
        raise Refusal(Code.IDENTITY_PROVIDER_FAILED) from None
    if kept["until"] <= house.clock().timestamp():
        raise Refusal(Code.IDENTITY_PROVIDER_FAILED)
    return kept


def _must_answer(provider: Provider, attempt: Attempt, answer: Mapping[str, str]) -> None:
    """:raises Refusal: IDENTITY_PROVIDER_FAILED unless this answers ``attempt``, and with a code."""
    mine = compare_digest(answer.get("state", "").encode(), attempt.state.encode())
    # RFC 9207: a provider that names itself must be the one that was asked.
    theirs = answer.get("iss", provider.settings.issuer) == provider.settings.issuer
    if not mine or not theirs or not answer.get("code"):
        raise Refusal(Code.IDENTITY_PROVIDER_FAILED)


async def _user(house: House, provider: Provider, claims: Mapping[str, Any]) -> UUID:
    """Who that is here.  :raises Refusal: IDENTITY_UNKNOWN."""
    issuer, subject = provider.settings.issuer, str(claims["sub"])
    if len(subject) > MAX_SUBJECT:
        raise Refusal(Code.IDENTITY_UNKNOWN)
    known = await ExternalIdentityRow.get_or_none(issuer=issuer, subject=subject)
    if known is not None:
        found: UUID = known.user_id
        return found
    user = await _named(provider, claims)
    # A name that went to somebody else there does not make him the one whom we know by it.
    if user is None or await ExternalIdentityRow.exists(user_id=user.id, issuer=issuer):
        raise Refusal(Code.IDENTITY_UNKNOWN)
    await _link(house, user, issuer, subject)
    return user.id


async def _named(provider: Provider, claims: Mapping[str, Any]) -> UserRow | None:
    """The one active user whom the claim names."""
    settings = provider.settings
    value = claims.get(settings.claim)
    if not isinstance(value, str) or (settings.claim == "email" and claims.get("email_verified") is not True):
        return None
    if not settings.by_personal_id:
        return await UserRow.get_or_none(exactly(UserRow, "username", passwords.plain(value)), active=True)
    if not PERSONAL_ID.fullmatch(value):
        return None
    people = await PersonRow.filter(personal_id=value).values_list("id", flat=True)
    users = await UserRow.filter(person_id__in=list(people), active=True)
    return users[0] if len(users) == 1 else None


async def _link(house: House, user: UserRow, issuer: str, subject: str) -> None:
    person = await PersonRow.get(id=user.person_id)
    now, by, school = house.clock(), PersonId(person.id), SchoolId(person.school_id)
    row = ExternalIdentityRow(id=ids.new(), user_id=user.id, issuer=issuer, subject=subject, linked_at=now)
    try:
        async with in_transaction():
            await row.save(force_create=True)
            await histories.add("user", user.id, IdentityLinked(issuer=issuer), by=by, school=school, at=now)
    except IntegrityError:
        raise Refusal(Code.IDENTITY_PROVIDER_FAILED) from None
