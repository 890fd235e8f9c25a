"""Signing accounts: register, approve, refuse (C1, C2, C5, C6).

A person chooses a certificate that he can use: one that a remote service offers to his login, or
one on a token of his paired computer.  The certificate must be his, or the school's; ADMIN (or,
for the school's, the authority) then decides.  Approving a successor closes the old account at
that very moment, and what was prepared with the old one before may still be completed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import certificate_checks, pairing
from hocba.actions.calling import CallFailedError, call
from hocba.actions.house import House
from hocba.actions.issue_right import grant_issue_right, withdraw_issue_right
from hocba.actions.outcomes import Result, done, in_order, refused, unchanged
from hocba.documents.certificates import Certificate, UnreadableCertificateError
from hocba.domain import entries
from hocba.domain.accounts import (
    Account,
    AccountApproved,
    AccountClosed,
    AccountRefused,
    AccountRequested,
    AccountState,
    may_decide,
    may_register,
    must_fit,
)
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import PersonId, Role, SchoolId, SchoolYear
from hocba.plugin_api import Kind, Secret, SecretName, Signer, VendorCertificate
from hocba.store import certificates, events, ids
from hocba.store.events import Happened
from hocba.store.models import RoleGrantRow, SchoolRow, SigningAccountRow

__all__ = ["Offer", "decide", "grant_issue_right", "offered", "register", "withdraw_issue_right"]

AGGREGATE = "signing_account"
"""What the history calls us."""

LIVE = (AccountState.PENDING, AccountState.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A certificate that the actor could register.  ``reference`` names it to ``register``."""

    reference: str
    certificate: Certificate
    chain: tuple[bytes, ...] = field(default=(), repr=False)


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
) -> UUID:
    """Register a certificate to sign with, the actor's own or the school's.

    What is registered already is not registered twice; an earlier request that still waits is
    replaced.

    :param reason: why the school's certificate changes (C2).
    :returns: the account.
    :raises Refusal: NOT_PERMITTED before anything else; INVALID_VALUE for the year; as
        ``entries.reason`` and ``offered``; ACCOUNT_WRONG_KIND, CERTIFICATE_NOT_ON_TOKEN,
        CERTIFICATE_WRONG_KIND, CERTIFICATE_WRONG_IDENTITY, and why it may not be used.
    """
    may_register(actor, for_school=school)
    entries.school_year(year)
    why = entries.reason(reason, required=False)
    if (Kind.ORGANISATION if school else Kind.PERSON) not in house.plugins.signer(signer_key).kinds:
        raise Refusal(Code.ACCOUNT_WRONG_KIND)
    offers = await offered(house, actor, signer_key, secrets)
    offer = next((each for each in offers if each.reference == reference), None)
    if offer is None:
        raise Refusal(Code.CERTIFICATE_NOT_ON_TOKEN)
    await _must_fit(house, actor, offer, school=school, now=now)
    return await _request(actor, signer_key, offer, year, school=school, reason=why, now=now)


async def decide(
    actor: Actor, account_ids: Sequence[UUID], *, approve: bool, reason: str = "", now: datetime
) -> list[Result]:
    """Approve or refuse accounts that wait.

    A refusal needs a reason (``entries.reason``).  Nobody decides on his own account.
    """
    results: dict[UUID, Result] = {}
    async with in_transaction():
        asked = SigningAccountRow.filter(id__in=list(account_ids), school_id=actor.school)
        await asked.order_by("id").select_for_update()
        accounts = await certificates.accounts(await asked.values())
        admins = await _admins(actor, accounts, now)
        for account in accounts:
            results[account.id] = await _decided(
                account, actor, approve=approve, reason=reason, admins=admins, now=now
            )
    return in_order(account_ids, results)


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


async def _request(
    actor: Actor,
    signer_key: str,
    offer: Offer,
    year: SchoolYear,
    *,
    school: bool,
    reason: str,
    now: datetime,
) -> UUID:
    async with in_transaction():
        certificate_id = await certificates.keep(_new(offer))
        for row in await _rivals(actor.school, None if school else actor.id, year):
            if row.certificate_id == certificate_id and row.signer_key == signer_key:
                return row.id
        account = SigningAccountRow(
            id=ids.new(),
            school_id=actor.school,
            person_id=None if school else actor.id,
            year=year,
            signer_key=signer_key,
            vendor_reference=offer.reference,
            certificate_id=certificate_id,
            state=AccountState.PENDING,
            reason=reason,
            requested_by=actor.id,
            requested_at=now,
        )
        await account.save(force_create=True)
        await _close(
            account.id, AccountState.PENDING, await _rivals(actor.school, account.person_id, year), actor, now
        )
        requested = AccountRequested(signer_key, offer.certificate.fingerprint, reason)
        await events.append([_happened(account, 1, requested, actor.id, now)])
    return account.id


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


async def _decided(
    account: Account, actor: Actor, *, approve: bool, reason: str, admins: set[UUID], now: datetime
) -> Result:
    wanted = AccountState.APPROVED if approve else AccountState.REFUSED
    try:
        may_decide(account, actor, owner_is_admin=account.person in admins)
        why = "" if approve else entries.reason(reason)
    except Refusal as refusal:
        again = refusal.code is Code.ACCOUNT_WRONG_STATE and account.state is wanted
        return unchanged(account.id) if again else refused(account.id, refusal)
    if approve:
        rivals = await _rivals(account.school, account.person, account.year)
        await _close(account.id, AccountState.APPROVED, rivals, actor, now)
    await SigningAccountRow.filter(id=account.id).update(
        state=wanted, decided_by=actor.id, decided_at=now, **({} if approve else {"reason": why})
    )
    event = AccountApproved() if approve else AccountRefused(why)
    await events.append([_happened(account, 2, event, actor.id, now)])
    return done(account.id)


async def _rivals(school: UUID, person: UUID | None, year: str) -> list[SigningAccountRow]:
    """The live accounts of the same holder and year, locked."""
    whose: dict[str, Any] = {"person_id": person} if person else {"person_id__isnull": True}
    return (
        await SigningAccountRow.filter(school_id=school, year=year, state__in=LIVE, **whose)
        .order_by("id")
        .select_for_update()
    )


async def _close(
    successor: UUID, state: AccountState, rivals: Sequence[SigningAccountRow], actor: Actor, now: datetime
) -> None:
    """Close those of ``rivals`` that stand where the successor now stands."""
    replaced = [row for row in rivals if row.id != successor and row.state == state]
    await SigningAccountRow.filter(id__in=[row.id for row in replaced]).update(
        state=AccountState.CLOSED, closed_at=now
    )
    version = 3 if state is AccountState.APPROVED else 2
    closed = AccountClosed(successor)
    await events.append([_happened(each, version, closed, actor.id, now) for each in replaced])


async def _admins(actor: Actor, accounts: Sequence[Account], now: datetime) -> set[UUID]:
    """Which owners are ADMIN: nobody but another ADMIN or the authority decides on theirs."""
    owners = [account.person for account in accounts if account.person]
    rows = await RoleGrantRow.filter(
        school_id=actor.school, person_id__in=owners, role=Role.ADMIN, valid_from__lte=now
    ).values("person_id", "valid_to")
    return {row["person_id"] for row in rows if row["valid_to"] is None or row["valid_to"] > now}


def _happened(
    account: Account | SigningAccountRow, version: int, event: Any, by: PersonId, at: datetime
) -> Happened:
    school = account.school if isinstance(account, Account) else SchoolId(account.school_id)
    return Happened(
        aggregate=AGGREGATE,
        aggregate_id=account.id,
        version=version,
        event=event,
        by=by,
        school=school,
        at=at,
    )
