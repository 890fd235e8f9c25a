"""Signing accounts and school certificates as clients see them, and what they send about them (C1-C9)."""

from datetime import datetime
from typing import Self

import strawberry

from hocba import words
from hocba.actions.outcomes import Outcome
from hocba.domain.accounts import AccountState
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, local_ids, maybe_id
from hocba.schema.moments import named_year
from hocba.schema.refusals import Refusal
from hocba.schema.secrets import SecretInput
from hocba.schema.transcript_types import Certificate
from hocba.store.reads import accounts as reads


@describe
@strawberry.type
class SigningAccount:
    """A registered way to sign: a person's, or the school's.

    :ivar school_id: The school.
    :ivar school_name: Its name.
    :ivar person_id: Whose it is; null for the school's own.
    :ivar person_name: Whose it is, by name.
    :ivar school_year: Năm học.
    :ivar signer: Key of the signing provider.
    :ivar state: Where it is.
    :ivar state_label: What users call that: Đã đăng ký, chờ duyệt; of a school's, Chờ duyệt đăng ký.
    :ivar reason: Why it was refused, or registered again.
    :ivar requested_at: When it was registered.
    :ivar decided_at: When it was approved or refused.
    :ivar closed_at: Since when a successor stands in its place.
    :ivar certificate: The certificate.
    """

    id: strawberry.ID
    school_id: strawberry.ID
    school_name: str
    person_id: strawberry.ID | None
    person_name: str | None
    school_year: str
    signer: str
    state: AccountState
    state_label: str
    reason: str | None
    requested_at: datetime
    decided_at: datetime | None
    closed_at: datetime | None
    certificate: Certificate

    @classmethod
    def of(cls, row: reads.Account, language: words.Lang) -> Self:
        """From its row."""
        state, held = AccountState(row.state), row.certificate
        return cls(
            id=global_id("SigningAccount", row.id),
            school_id=global_id("School", row.school_id),
            school_name=row.school_name,
            person_id=maybe_id("Person", row.person_id),
            person_name=row.person_name or None,
            school_year=row.year,
            signer=row.signer_key,
            state=state,
            state_label=words.account_label(state, language, of_school=row.person_id is None),
            reason=row.reason or None,
            requested_at=row.requested_at,
            decided_at=row.decided_at,
            closed_at=row.closed_at,
            certificate=Certificate(
                fingerprint=held.fingerprint,
                subject=held.subject,
                issuer=held.issuer,
                not_before=held.not_before,
                not_after=held.not_after,
            ),
        )


@describe
@strawberry.type
class SchoolCertificate:
    """The school's certificate of a year, with its history (1.1).

    :ivar current: The one that is approved.
    :ivar pending: The one that waits for the authority: Chờ duyệt đăng ký.
    :ivar history: Every registration, newest first.
    """

    current: SigningAccount | None
    pending: SigningAccount | None
    history: list[SigningAccount]


@describe
@strawberry.input
class AccountFilter:
    """Which accounts are wanted.

    :ivar school_year: Năm học.
    :ivar state: Only in one of these states.
    :ivar person_ids: Only of these people.
    """

    school_year: str | None = None
    state: list[AccountState] | None = None
    person_ids: list[strawberry.ID] | None = None

    def read(self) -> reads.AccountFilter:
        """The filter of the store."""
        return reads.AccountFilter(
            year=named_year(self.school_year),
            states=tuple(state.value for state in self.state or ()),
            person_ids=None if self.person_ids is None else local_ids("Person", self.person_ids),
        )


@describe
@strawberry.type
class OfferedCertificate:
    """A certificate that one may register.

    :ivar reference: How the provider calls the key; give it back to register.
    :ivar fingerprint: SHA-256, hex.
    :ivar subject: Whose it is.
    :ivar issuer: Who issued it.
    :ivar organisation: Whether it is an organisation's.
    :ivar not_after: Until when it is valid.
    :ivar der: The certificate, base64.
    """

    reference: str
    fingerprint: str
    subject: str
    issuer: str
    organisation: bool
    not_after: datetime
    der: str


@describe
@strawberry.input
class ProviderSignInInput:
    """Sign in at a signing provider, to choose a certificate.

    :ivar signer: Key of the provider.
    :ivar secrets: What it asks for.
    """

    signer: str
    secrets: list[SecretInput] | None = None


@describe
@strawberry.type
class ProviderSignInPayload:
    """The certificates to choose from.

    :ivar certificates: What this login, or one's paired computers, may sign with.
    """

    certificates: list[OfferedCertificate]
    refusal: Refusal | None


@describe
@strawberry.input
class RegisterSigningAccountInput:
    """Register a way to sign.

    :ivar signer: Key of the provider.
    :ivar reference: Which certificate, as providerSignIn named it.
    :ivar secrets: What the provider asks for.
    :ivar school_year: Năm học; the year of the request when left out.
    """

    signer: str
    reference: str
    secrets: list[SecretInput] | None = None
    school_year: str | None = None


@describe
@strawberry.input
class RegisterSchoolCertificateInput(RegisterSigningAccountInput):
    """Register the school's certificate (1.1).

    :ivar reason: Why it changes, when there is one already.
    """

    reason: str = ""


@describe
@strawberry.type
class RegisterSigningAccountPayload:
    """The account, awaiting approval.

    :ivar account: The account.
    """

    account: SigningAccount | None
    refusal: Refusal | None


@describe
@strawberry.type
class SigningAccountResult:
    """What became of one account.

    :ivar id: The account asked for, as the client named it.
    :ivar outcome: What became of it.
    :ivar refusal: Why not.
    :ivar account: The account afterwards.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None
    account: SigningAccount | None


@describe
@strawberry.type
class SigningAccountsPayload:
    """What became of each."""

    results: list[SigningAccountResult]


@describe
@strawberry.input
class ApproveSigningAccountsInput:
    """Approve accounts: Duyệt tài khoản (1.3).

    :ivar account_ids: These, at most 500; or use filter.
    :ivar filter: Those that it finds.
    """

    account_ids: list[strawberry.ID] | None = None
    filter: AccountFilter | None = None


@describe
@strawberry.input
class RefuseSigningAccountsInput(ApproveSigningAccountsInput):
    """Refuse accounts: Từ chối duyệt (1.3).

    :ivar reason: Why.
    """

    reason: str


@describe
@strawberry.input
class ApproveSchoolCertificatesInput:
    """Approve schools' certificates; the authority only (1.1).

    :ivar account_ids: Which ones, at most 500.
    """

    account_ids: list[strawberry.ID]


@describe
@strawberry.input
class RefuseSchoolCertificatesInput(ApproveSchoolCertificatesInput):
    """Refuse schools' certificates; the authority only (1.1).

    :ivar reason: Why.
    """

    reason: str
