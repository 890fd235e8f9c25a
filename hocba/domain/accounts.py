"""Signing accounts: whose they are, who decides on them, and when they counted (C1-C8).

::

    pending ── approve ──> approved ── a successor is approved ──> closed
        └───── refuse ───> refused        (then the person registers again)

A person's account is approved by an ADMIN of the school, never by its owner; the account of an
ADMIN also by the authority.  The school's certificate is approved by the authority alone.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import PersonId, Role, SchoolId, SchoolYear


class AccountState(StrEnum):
    """Where an account is.  The comment says who moves next."""

    PENDING = "pending"  # Chờ duyệt -- ADMIN; the authority for the school's
    APPROVED = "approved"  # Đã duyệt -- nobody
    REFUSED = "refused"  # Từ chối duyệt -- the person registers again
    CLOSED = "closed"  # replaced by its successor -- nobody


@dataclass(frozen=True, slots=True)
class AccountRequested:
    """Somebody registered a way to sign (C1, C2, C5)."""

    signer: str
    certificate: str
    """SHA-256, hex."""
    reason: str


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

    def approved_at(self, moment: datetime) -> bool:
        """Whether it was approved, and not yet replaced, at ``moment``."""
        if self.state not in {AccountState.APPROVED, AccountState.CLOSED} or self.decided_at is None:
            return False
        return self.decided_at <= moment and (self.closed_at is None or moment < self.closed_at)


def may_register(actor: Actor, *, for_school: bool) -> None:
    """Everybody his own account; the school's certificate those who keep it.

    :raises Refusal: NOT_PERMITTED.
    """
    if for_school:
        actor.must_hold(Role.ADMIN, Role.MANAGER, Role.ISSUER)


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
    actor.must_hold(Role.ADMIN)
    if actor.id == person:
        raise Refusal(Code.NOT_YOUR_OWN)


def may_decide(account: Account, actor: Actor, *, owner_is_admin: bool) -> None:
    """Whether ``actor`` may approve or refuse ``account``.

    :raises Refusal: NOT_FOUND, NOT_PERMITTED, NOT_YOUR_OWN, ACCOUNT_WRONG_STATE.
    """
    actor.must_be_of(account.school)
    if account.person is None:
        actor.must_hold(Role.AUTHORITY)
    elif not (owner_is_admin and actor.has(Role.AUTHORITY)):
        actor.must_hold(Role.ADMIN)
    if actor.id in {account.person, account.requested_by}:
        raise Refusal(Code.NOT_YOUR_OWN)
    if account.state is not AccountState.PENDING:
        raise Refusal(Code.ACCOUNT_WRONG_STATE, state=account.state)


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
        actor.must_hold(Role.ISSUER)
    if account.state is not AccountState.APPROVED:
        raise Refusal(Code.ACCOUNT_NOT_APPROVED, state=account.state)
