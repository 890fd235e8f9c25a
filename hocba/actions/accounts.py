"""Signing accounts: what one may choose from, and registering it (C1, C2, C5).

A person chooses a certificate that he can use: one that a remote service offers to his login, or
one on a token of his paired computer.  The certificate must be his, or the school's, and he proves
that he holds its key by having it sign a challenge: the account and the request for that signature
are written together, before anybody is asked.  Then ADMIN (or, for the school's, the authority)
decides.  What happens to accounts later stands in ``account_decisions`` and ``carrying_over``.
"""

import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import account_moves, certificate_checks, pairing, signing
from hocba.actions.account_decisions import decide, withdraw
from hocba.actions.calling import CallFailedError, call
from hocba.actions.carrying_over import carry_over, carry_over_school
from hocba.actions.house import House
from hocba.actions.issue_right import grant_issue_right, withdraw_issue_right
from hocba.actions.signing import challenging
from hocba.documents import possession
from hocba.documents.certificates import Certificate, UnreadableCertificateError
from hocba.domain import entries
from hocba.domain.accounts import LIVE, Account, AccountRequested, AccountState, may_register, must_fit
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import SchoolYear
from hocba.plugin_api import Kind, Secret, SecretName, Signer, VendorCertificate
from hocba.store import certificates, ids
from hocba.store.models import SchoolRow, SigningAccountRow

__all__ = [
    "Offer",
    "Registered",
    "carry_over",
    "carry_over_school",
    "decide",
    "grant_issue_right",
    "offered",
    "register",
    "withdraw",
    "withdraw_issue_right",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A certificate that the actor could register.  ``reference`` names it to ``register``."""

    reference: str
    certificate: Certificate
    chain: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """An account that was asked for.

    :ivar request: the signing request by which the key is proved; ``None`` when it was proved before.
    """

    account: UUID
    request: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """Who registers what, for which year."""

    actor: Actor
    signer: Signer
    offer: Offer
    year: SchoolYear
    school: bool
    reason: str

    @property
    def holder(self) -> UUID | None:
        """Whose it will be; ``None`` is the school."""
        return None if self.school else self.actor.id


async def offered(
    house: House, actor: Actor, signer_key: str, secrets: Mapping[SecretName, Secret]
) -> list[Offer]:
    """The certificates that the actor may choose from.

    :raises Refusal: SIGNER_UNKNOWN, SECRET_REQUIRED, SIGNER_LOGIN_FAILED, SIGNER_UNAVAILABLE.
    """
    signer = house.plugins.signer(signer_key)
    if signer.capabilities.pushed:
        on_tokens = await pairing.held(actor)
        return [Offer(reference=fingerprint, certificate=each) for fingerprint, each in on_tokens.items()]
    missing = [name.value for name in signer.capabilities.secrets if name not in secrets]
    if missing:
        raise Refusal(Code.SECRET_REQUIRED, fields=missing)
    try:
        return _read(await call(_ask(signer, secrets), at_most=house.limits.sign_in))
    except CallFailedError as failed:
        raise failed.refusal() from None


async def register(
    house: House,
    actor: Actor,
    signer_key: str,
    secrets: Mapping[SecretName, Secret],
    reference: str,
    *,
    year: SchoolYear,
    school: bool = False,
    reason: str = "",
    now: datetime,
) -> Registered:
    """Register a certificate to sign with, the actor's own or the school's, and ask for its proof.

    What is registered already is not registered twice; what was registered before and never proved
    is replaced at once, what waits for its approval when the new one is proved.

    :param reason: why the school's certificate changes (C2): needed when one is approved.
    :raises Refusal: NOT_PERMITTED before anything else; INVALID_VALUE for the year; as
        ``entries.reason`` and ``offered``; ACCOUNT_WRONG_KIND, CERTIFICATE_NOT_ON_TOKEN,
        CERTIFICATE_WRONG_KIND, CERTIFICATE_WRONG_IDENTITY, why it may not be used, REASON_REQUIRED.
    """
    may_register(actor, for_school=school)
    entries.school_year(year)
    why = entries.reason(reason, required=False)
    signer = house.plugins.signer(signer_key)
    if (Kind.ORGANISATION if school else Kind.PERSON) not in signer.kinds:
        raise Refusal(Code.ACCOUNT_WRONG_KIND)
    offers = await offered(house, actor, signer_key, secrets)
    offer = next((each for each in offers if each.reference == reference), None)
    if offer is None:
        raise Refusal(Code.CERTIFICATE_NOT_ON_TOKEN)
    await _must_fit(house, actor, offer, school=school, now=now)
    wish = _Wish(actor=actor, signer=signer, offer=offer, year=year, school=school, reason=why)
    return await _register(house, wish, secrets, now)


async def _ask(signer: Signer, secrets: Mapping[SecretName, Secret]) -> Sequence[VendorCertificate]:
    return await signer.certificates(await signer.sign_in(secrets))


def _read(found: Sequence[VendorCertificate]) -> list[Offer]:
    """What a vendor offers; bytes that are no certificate are passed over."""
    offers = []
    for each in found:
        try:
            certificate = Certificate.load(each.certificate)
        except UnreadableCertificateError:
            continue
        offers.append(Offer(reference=each.reference, certificate=certificate, chain=tuple(each.chain)))
    return offers


async def _must_fit(house: House, actor: Actor, offer: Offer, *, school: bool, now: datetime) -> None:
    certificate = offer.certificate
    expected = (await SchoolRow.get(id=actor.school)).identity if school else actor.identity
    must_fit(
        certificate.identity, expected=expected, organisation=certificate.organisation, for_school=school
    )
    await certificate_checks.must_hold(
        house,
        certificate,
        at=now,
        school=actor.school if school else None,
        given=offer.chain,
        waits=True,
    )


async def _register(
    house: House, wish: _Wish, secrets: Mapping[SecretName, Secret], now: datetime
) -> Registered:
    async with in_transaction():
        await account_moves.hold(wish.actor.school, [wish.holder])
        certificate_id = await certificates.keep(_new(wish.offer))
        there = await account_moves.of_holder(wish.actor.school, wish.holder, wish.year, LIVE)
        if already := await _already(wish, there, certificate_id):
            return already
        if wish.school and not wish.reason and any(each.state is AccountState.APPROVED for each in there):
            raise Refusal(Code.REASON_REQUIRED, field="reason")
        account = await _written(wish, certificate_id, now)
        replaced = await account_moves.close(account, AccountState.UNPROVEN, by=wish.actor.id, at=now)
        request = await challenging.intend(house, wish.actor, account, wish.signer)
    await signing.stop(house, [each.id for each in replaced], Code.ACCOUNT_WRONG_STATE)
    await challenging.ask(house, request, account, wish.signer, secrets)
    return Registered(account=account.id, request=request)


async def _already(wish: _Wish, there: Sequence[Account], certificate_id: UUID) -> Registered | None:
    """The account of this very certificate, unless its proof was asked for in vain."""
    for each in there:
        if each.certificate_id != certificate_id or each.signer_key != wish.signer.key:
            continue
        if each.state is not AccountState.UNPROVEN:
            return Registered(account=each.id, request=None)
        if request := await challenging.asked([each.id]):
            return Registered(account=each.id, request=request)
    return None


async def _written(wish: _Wish, certificate_id: UUID, now: datetime) -> Account:
    """The account and its challenge, UNPROVEN."""
    id_, certificate = ids.new(), wish.offer.certificate
    challenge = possession.challenge(
        id_,
        certificate,
        wish.actor.school,
        wish.year,
        nonce=random.token_bytes(possession.NONCE_BYTES),
        at=now,
    )
    await SigningAccountRow.create(
        id=id_,
        school_id=wish.actor.school,
        person_id=wish.holder,
        year=wish.year,
        signer_key=wish.signer.key,
        vendor_reference=wish.offer.reference,
        certificate_id=certificate_id,
        state=AccountState.UNPROVEN,
        reason=wish.reason,
        requested_by=wish.actor.id,
        requested_at=now,
        challenge=challenge,
    )
    account = await certificates.account(id_)
    assert account is not None
    requested = AccountRequested(wish.signer.key, certificate.fingerprint, wish.reason)
    await account_moves.record([(account, requested)], by=wish.actor.id, at=now)
    return account


def _new(offer: Offer) -> certificates.NewCertificate:
    certificate = offer.certificate
    return certificates.NewCertificate(
        fingerprint=certificate.fingerprint,
        der=certificate.der,
        chain=offer.chain,
        subject=certificate.subject,
        issuer=certificate.issuer,
        identity=certificate.identity,
        organisation=certificate.organisation,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
    )
