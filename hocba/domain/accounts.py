"""Signing accounts: whose they are, who decides on them, and when they counted (C1-C8).

::

    unproven ── the key signs ──> pending ── approve ──> approved ── a successor is approved ──> closed
        │                            └───── refuse ───> refused     (then the person registers again)
        └── registered anew ──> closed        whichever lives ── withdraw ──> withdrawn

Whoever registers a certificate proves first that he holds its key: until then nobody decides on it.
A person's account is approved by an ADMIN of the school, never by its owner; the account of an
ADMIN also by the authority.  The school's certificate is approved by the authority alone.  What was
approved last year is carried over while its certificate holds, and keeps who approved it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission, Scope
from hocba.domain.values import PersonId, Role, SchoolId, SchoolYear


class AccountState(StrEnum):
    """Where an account is.  The comment says who moves next."""

    UNPROVEN = "unproven"  # Chờ ký xác nhận -- whoever registered it signs the challenge
    PENDING = "pending"  # Chờ duyệt -- ADMIN; the authority for the school's
    APPROVED = "approved"  # Đã duyệt -- nobody
    REFUSED = "refused"  # Từ chối duyệt -- the person registers again
    CLOSED = "closed"  # replaced by its successor -- nobody
    WITHDRAWN = "withdrawn"  # Đã thu hồi -- the person registers again


class CertificateState(StrEnum):
    """How far a school has come with its certificate of a year (1.1)."""

    NOT_REGISTERED = "not_registered"  # Chưa đăng ký -- those who keep it register one
    UNPROVEN = "unproven"
    PENDING = "pending"  # Chờ duyệt đăng ký
    APPROVED = "approved"  # Đã duyệt, also while another one waits (C2)
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def certificate_state(states: Sequence[AccountState]) -> CertificateState:
    """The state of a school's certificate, of those of all its registrations of a year, the newest first."""
    for wanted in (AccountState.APPROVED, AccountState.PENDING, AccountState.UNPROVEN):
        if wanted in states:
            return CertificateState(wanted)
    ended = [state for state in states if state is not AccountState.CLOSED]
    return CertificateState(ended[0]) if ended else CertificateState.NOT_REGISTERED


@dataclass(frozen=True, slots=True)
class AccountRequested:
    """Somebody registered a way to sign (C1, C2, C5)."""

    signer: str
    certificate: str
    """SHA-256, hex."""
    reason: str


@dataclass(frozen=True, slots=True)
class AccountProven:
    """Its key signed the challenge: whoever registered it holds it (C1, C5)."""

    challenge: str
    """SHA-256, hex."""


@dataclass(frozen=True, slots=True)
class AccountCarriedOver:
    """Last year's was taken over, approved as it was then (C4, C7)."""

    signer: str
    certificate: str
    """SHA-256, hex."""
    source: UUID
    approved_by: UUID | None


@dataclass(frozen=True, slots=True)
class AccountApproved:
    """It may sign from now on (C1, C6)."""


@dataclass(frozen=True, slots=True)
class AccountRefused:
    """It may not (C1, C6)."""

    reason: str


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """Another one took its place (C2)."""

    successor: UUID


@dataclass(frozen=True, slots=True)
class AccountWithdrawn:
    """It signs nothing any more: a lost token, a person who left."""

    reason: str


@dataclass(frozen=True, slots=True)
class IssueRightGranted:
    """Somebody may issue with the school's certificate (C8)."""

    person: UUID
    until: datetime | None


@dataclass(frozen=True, slots=True)
class IssueRightWithdrawn:
    """He may no longer (C8)."""

    person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A registered way to sign.

    :ivar person: whose it is; ``None`` for the school's own.
    :ivar certificate: DER.
    """

    id: UUID
    school: SchoolId
    person: PersonId | None
    year: SchoolYear
    signer_key: str
    vendor_reference: str
    state: AccountState
    certificate_id: UUID
    certificate: bytes = field(repr=False)
    fingerprint: str
    requested_by: PersonId
    decided_at: datetime | None
    closed_at: datetime | None
    decided_by: PersonId | None = None

    def approved_at(self, moment: datetime) -> bool:
        """Whether it was approved, and neither replaced nor withdrawn yet, at ``moment``."""
        counted = {AccountState.APPROVED, AccountState.CLOSED, AccountState.WITHDRAWN}
        if self.state not in counted or self.decided_at is None:
            return False
        return self.decided_at <= moment and (self.closed_at is None or moment < self.closed_at)


def may_register(actor: Actor, *, for_school: bool) -> None:
    """Everybody his own account; the school's certificate those who keep it.

    :raises Refusal: NOT_PERMITTED.
    """
    actor.must(Permission.SCHOOL_CERTIFICATE_REGISTER if for_school else Permission.ACCOUNT_REGISTER)


def must_fit(holder: str, *, expected: str, organisation: bool, for_school: bool) -> None:
    """Whether a certificate is of the right kind and of the right holder.

    :param holder: ``CCCD:…`` or ``MST:…``, as the certificate says.
    :raises Refusal: CERTIFICATE_WRONG_KIND, CERTIFICATE_WRONG_IDENTITY.
    """
    if organisation != for_school:
        raise Refusal(Code.CERTIFICATE_WRONG_KIND)
    if not expected or holder != expected:
        raise Refusal(Code.CERTIFICATE_WRONG_IDENTITY)


def may_grant(actor: Actor, person: PersonId) -> None:
    """ADMIN gives and takes the issue right, but never to himself (C8).

    :raises Refusal: NOT_PERMITTED, NOT_YOUR_OWN.
    """
    actor.must(Permission.ISSUE_RIGHT_GRANT)
    if actor.id == person:
        raise Refusal(Code.NOT_YOUR_OWN)


def may_decide(account: Account, actor: Actor, *, owner_is_admin: bool) -> None:
    """Whether ``actor`` may approve or refuse ``account``.

    :raises Refusal: NOT_FOUND, NOT_PERMITTED, NOT_YOUR_OWN, ACCOUNT_NOT_PROVEN, ACCOUNT_WRONG_STATE.
    """
    actor.must_be_of(account.school)
    needed = Permission.SCHOOL_CERTIFICATE_DECIDE if account.person is None else Permission.ACCOUNT_DECIDE
    actor.must(needed)
    if account.person is not None and not owner_is_admin and actor.scopes(needed) == {Scope.AREA}:
        raise Refusal(Code.NOT_PERMITTED, needs=needed.value)
    if actor.id in {account.person, account.requested_by}:
        raise Refusal(Code.NOT_YOUR_OWN)
    if account.state is AccountState.UNPROVEN:
        raise Refusal(Code.ACCOUNT_NOT_PROVEN)
    if account.state is not AccountState.PENDING:
        raise Refusal(Code.ACCOUNT_WRONG_STATE, state=account.state)


def may_prove(account: Account, actor: Actor) -> None:
    """Whether ``actor`` may show that he holds the key of ``account``: who registered it, and no other.

    :raises Refusal: NOT_FOUND, ACCOUNT_NOT_YOURS, NOT_PERMITTED, ACCOUNT_WRONG_STATE.
    """
    actor.must_be_of(account.school)
    if actor.id != account.requested_by:
        raise Refusal(Code.ACCOUNT_NOT_YOURS)
    may_register(actor, for_school=account.person is None)
    if account.state is not AccountState.UNPROVEN:
        raise Refusal(Code.ACCOUNT_WRONG_STATE, state=account.state)


def may_withdraw(account: Account, actor: Actor) -> None:
    """Whether ``actor`` may end ``account``: its owner (a lost token) or ADMIN; the school's, who keeps it.

    :raises Refusal: NOT_FOUND, NOT_PERMITTED, ACCOUNT_WRONG_STATE.
    """
    actor.must_be_of(account.school)
    if account.person is None:
        may_register(actor, for_school=True)
    elif actor.id != account.person:
        actor.must_hold(Role.ADMIN)
    if account.state not in LIVE:
        raise Refusal(Code.ACCOUNT_WRONG_STATE, state=account.state)


LIVE = (AccountState.UNPROVEN, AccountState.PENDING, AccountState.APPROVED)
"""The states of an account of which something may still come."""


def may_copy(actor: Actor, *, for_school: bool) -> None:
    """Who decides on accounts takes last year's over; the school's certificate, who keeps it.

    :raises Refusal: NOT_PERMITTED.
    """
    if for_school:
        actor.must(Permission.SCHOOL_CERTIFICATE_COPY)
    else:
        actor.must(Permission.ACCOUNT_COPY)


def may_carry_over(
    source: Account, actor: Actor, year: SchoolYear, this_year: Sequence[Account], *, has_role: bool
) -> Account | None:
    """Whether last year's ``source`` may be taken over into ``year``; its certificate is asked of elsewhere.

    :param this_year: what its holder has registered for ``year`` so far.
    :param has_role: whether its holder has anything to do there in ``year``.
    :returns: what was approved for ``year`` with the same certificate already.
    :raises Refusal: NOT_FOUND, NOT_YOUR_OWN, ACCOUNT_WRONG_STATE for what is not approved any more, or
        was refused or withdrawn in ``year``; ACCOUNT_EXISTS beside another one; NO_ROLE_THIS_YEAR.
    """
    actor.must_be_of(source.school)
    if actor.id == source.person:
        raise Refusal(Code.NOT_YOUR_OWN)
    if source.state is not AccountState.APPROVED:
        raise Refusal(Code.ACCOUNT_WRONG_STATE, state=source.state)
    for each in this_year:
        same = each.certificate_id == source.certificate_id and each.signer_key == source.signer_key
        if same and each.state is AccountState.APPROVED:
            return each
        if each.state in {AccountState.PENDING, AccountState.APPROVED}:
            raise Refusal(Code.ACCOUNT_EXISTS, year=year)
        if same and each.state in {AccountState.REFUSED, AccountState.WITHDRAWN}:
            raise Refusal(Code.ACCOUNT_WRONG_STATE, state=each.state)
    if not has_role:
        raise Refusal(Code.NO_ROLE_THIS_YEAR, year=year)
    return None


def must_be_usable(account: Account, actor: Actor, *, for_school: bool) -> None:
    """Whether ``actor`` may sign with ``account``, as the school or as himself.

    :raises Refusal: NOT_FOUND, ACCOUNT_WRONG_KIND, ACCOUNT_NOT_YOURS, ACCOUNT_NOT_APPROVED.
    """
    actor.must_be_of(account.school)
    if for_school != (account.person is None):
        raise Refusal(Code.ACCOUNT_WRONG_KIND)
    if account.person not in {None, actor.id}:
        raise Refusal(Code.ACCOUNT_NOT_YOURS)
    if for_school:
        actor.must(Permission.TRANSCRIPT_ISSUE)
    if account.state is not AccountState.APPROVED:
        raise Refusal(Code.ACCOUNT_NOT_APPROVED, state=account.state)
