"""Signing accounts and school certificates as clients see them, and what they send about them (C1-C9)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

import strawberry

from hocba import words
from hocba.actions.outcomes import Outcome
from hocba.domain import deadlines
from hocba.domain.accounts import AccountState, CertificateState, certificate_state
from hocba.domain.values import SchoolYear
from hocba.schema.docs import describe
from hocba.schema.events import Event, history
from hocba.schema.ids import global_id, local_ids, maybe_id
from hocba.schema.moments import named_year, with_zone
from hocba.schema.refusals import Refusal
from hocba.schema.signing_types import SigningRequest
from hocba.schema.transcript_types import Certificate
from hocba.store.reads import accounts as reads
from hocba.store.reads import events as event_reads


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
    :ivar reason: Why it was registered again; once refused or withdrawn, why that.
    :ivar requested_at: When it was registered.
    :ivar requested_by_name: By whom.
    :ivar signing_request_id: The request by which its key is proved, while it is UNPROVEN.
    :ivar proven_at: When its key was proved; null for what was carried over, whose source was.
    :ivar decided_at: When it was approved or refused.
    :ivar decided_by_name: By whom; for what was carried over, who approved it then.
    :ivar closed_at: Since when a successor stands in its place, or it is withdrawn.
    :ivar copied_from_id: Last year's account, which was carried over (Lấy dữ liệu năm trước).
    :ivar valid_through_deadline: Whether the certificate holds until the year's transcripts are due.
    :ivar certificate: The certificate.
    :ivar events: What has happened, oldest first: who, when, why (C3); null inside the answer of a mutation.
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
    requested_by_name: str
    signing_request_id: strawberry.ID | None
    proven_at: datetime | None
    decided_at: datetime | None
    decided_by_name: str | None
    closed_at: datetime | None
    copied_from_id: strawberry.ID | None
    valid_through_deadline: bool
    certificate: Certificate
    events: list[Event] | None

    @classmethod
    def of(
        cls, row: reads.Account, language: words.Lang, events: Sequence[event_reads.Event] | None = None
    ) -> Self:
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
            requested_by_name=row.requester_name,
            signing_request_id=maybe_id("SigningRequest", row.request_id),
            proven_at=row.proven_at,
            decided_at=row.decided_at,
            decided_by_name=row.decider_name or None,
            closed_at=row.closed_at,
            copied_from_id=maybe_id("SigningAccount", row.copied_from),
            valid_through_deadline=deadlines.holds_through(held.not_after, SchoolYear(row.year)),
            events=None if events is None else history(events, language),
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

    :ivar state: How far it has come; APPROVED also while another one waits.
    :ivar state_label: What users call that: Chưa đăng ký, Chờ duyệt đăng ký, Đã duyệt, …
    :ivar current: The one that is approved.
    :ivar pending: The one that waits for the authority: Chờ duyệt đăng ký.
    :ivar unproven: The one whose key is still to be proved.
    :ivar history: Every registration, newest first.
    """

    state: CertificateState
    state_label: str
    current: SigningAccount | None
    pending: SigningAccount | None
    unproven: SigningAccount | None
    history: list[SigningAccount]

    @classmethod
    def of(cls, history: list[SigningAccount], language: words.Lang) -> Self:
        """From the school's accounts of a year, newest first."""
        state = certificate_state([each.state for each in history])
        first = {each.state: each for each in reversed(history)}
        return cls(
            state=state,
            state_label=words.label(state, language),
            current=first.get(AccountState.APPROVED),
            pending=first.get(AccountState.PENDING),
            unproven=first.get(AccountState.UNPROVEN),
            history=history,
        )


@describe
@strawberry.input
class AccountFilter:
    """Which accounts are wanted.

    :ivar school_year: Năm học.
    :ivar state: Only in one of these states.
    :ivar person_ids: Only of these people.
    :ivar expires_before: Only those whose certificate ends before that.
    """

    school_year: str | None = None
    state: list[AccountState] | None = None
    person_ids: list[strawberry.ID] | None = None
    expires_before: datetime | None = None

    def read(self) -> reads.AccountFilter:
        """The filter of the store."""
        return reads.AccountFilter(
            year=named_year(self.school_year),
            states=tuple(state.value for state in self.state or ()),
            person_ids=None if self.person_ids is None else local_ids("Person", self.person_ids),
            expires_before=with_zone(self.expires_before),
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
@strawberry.type
class ProviderSignInPayload:
    """The certificates to choose from.

    :ivar certificates: What this login, or one's paired computers, may sign with.
    """

    certificates: list[OfferedCertificate]
    refusal: Refusal | None


@describe
@strawberry.type
class RegisterSigningAccountPayload:
    """The account, and the request by which its key is proved.

    :ivar account: The account: UNPROVEN until its key has signed; then it awaits approval.
    :ivar request: Sign it as any other, on one's phone or computer; null when it was proved before.
    """

    account: SigningAccount | None
    request: SigningRequest | None
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
@strawberry.type
class CopySigningAccountsPayload:
    """What became of each account of last year's: ``account`` is this year's, approved as it was then."""

    results: list[SigningAccountResult]


@describe
@strawberry.type
class CopySchoolCertificatePayload:
    """The certificate of the year.

    :ivar outcome: UNCHANGED when it was taken over before.
    :ivar account: This year's, approved as it was last year.
    """

    outcome: Outcome
    refusal: Refusal | None
    account: SigningAccount | None
