"""Signing accounts and school certificates: registered, decided on, granted (C1-C9)."""

import base64
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Self
from uuid import UUID

import strawberry

from hocba.actions import accounts as actions
from hocba.actions import issue_right
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import errors
from hocba.domain.accounts import AccountState
from hocba.domain.values import Role, SchoolYear
from hocba.schema.bulk import chosen, results_of
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.enums import ACCOUNT_STATE_LABELS, said
from hocba.schema.ids import global_id, local_ids, maybe_id
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.secrets import SecretInput, secrets_of
from hocba.schema.selection import asks
from hocba.schema.transcript_types import Certificate
from hocba.store.reads import accounts as reads
from hocba.store.reads.pages import Page


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
    :ivar state_label: What users call that.
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
    def of(cls, row: reads.Account, language: str) -> Self:
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
            state_label=said(ACCOUNT_STATE_LABELS[state], language),
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
@strawberry.type
class Issuer:
    """Somebody who may issue: Ký phát hành.

    :ivar person_id: Who.
    :ivar full_name: Who, by name.
    :ivar since: Since when.
    :ivar until: Until when; null while it is not limited.
    """

    person_id: strawberry.ID
    full_name: str
    since: datetime
    until: datetime | None


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
            year=self.school_year,
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


@describe
@strawberry.input
class IssueRightInput:
    """Whose issue right.

    :ivar person_ids: Of these people, at most 100.
    """

    person_ids: list[strawberry.ID]


@describe
@strawberry.input
class GrantIssueRightInput(IssueRightInput):
    """Let people sign with the school's certificate: Ký phát hành (C8).

    :ivar until: Until when; without an end when left out.
    """

    until: datetime | None = None


@describe
@strawberry.input
class WithdrawIssueRightInput(IssueRightInput):
    """Take that right away again; it acts at once (C8)."""


@describe
@strawberry.type
class IssueRightResult:
    """What became of one person's issue right.

    :ivar id: The person asked for, as the client named it.
    :ivar outcome: What became of it.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.type
class IssueRightPayload:
    """What became of each."""

    results: list[IssueRightResult]


@describe
@strawberry.type
class AccountQueries:
    """Reading accounts."""

    @strawberry.field
    async def my_signing_accounts(self, info: Info, school_year: str | None = None) -> list[SigningAccount]:
        """One's own accounts, newest first.

        :param school_year: Only of this year.
        """
        rows = await reads.mine(actor_of(info), school_year)
        return [SigningAccount.of(row, info.context.language) for row in rows]

    @strawberry.field
    async def my_signing_account(self, info: Info, school_year: str | None = None) -> SigningAccount | None:
        """One's own account to sign with: the approved one, else the newest.

        :param school_year: Năm học; the year of the request when left out.
        """
        rows = await reads.mine(actor_of(info), school_year or asking_of(info).year)
        approved = [row for row in rows if row.state == AccountState.APPROVED]
        found = next(iter(approved or rows), None)
        return SigningAccount.of(found, info.context.language) if found else None

    @strawberry.field
    async def signing_accounts(
        self,
        info: Info,
        *,
        filter: AccountFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[SigningAccount]:
        """The accounts of the school's staff, newest first; to others than ADMIN and MANAGER, one's own."""
        page = page_of(info, first, after, last, before)
        rows = await reads.personal(actor_of(info), (filter or AccountFilter()).read(), page)
        return connection(rows, lambda row: SigningAccount.of(row, info.context.language))

    @strawberry.field
    async def school_certificate(
        self, info: Info, school_year: str | None = None
    ) -> SchoolCertificate | None:
        """The school's certificate (permissions 1).

        :param school_year: Năm học; the year of the request when left out.
        """
        asking = asking_of(info)
        if not asking.actor.has(Role.ADMIN, Role.MANAGER, Role.ISSUER, Role.AUTHORITY):
            return None
        wanted = reads.AccountFilter(year=school_year or asking.year)
        found = await reads.of_schools([asking.actor.school], wanted, Page(size=100))
        shown = [SigningAccount.of(row, info.context.language) for row in found.rows]
        return SchoolCertificate(
            current=next((each for each in shown if each.state is AccountState.APPROVED), None),
            pending=next((each for each in shown if each.state is AccountState.PENDING), None),
            history=shown,
        )

    @strawberry.field
    async def certificate_requests(
        self,
        info: Info,
        *,
        filter: AccountFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[SigningAccount]:
        """The certificates of the schools that one supervises, newest first; the authority only."""
        page = page_of(info, first, after, last, before)
        rows = await reads.of_schools(asking_of(info).supervised, (filter or AccountFilter()).read(), page)
        return connection(rows, lambda row: SigningAccount.of(row, info.context.language))

    @strawberry.field
    async def issuers(self, info: Info) -> list[Issuer]:
        """Who may issue now; to ADMIN and MANAGER."""
        actor = actor_of(info)
        if not actor.has(Role.ADMIN, Role.MANAGER):
            return []
        return [
            Issuer(
                person_id=global_id("Person", row.person_id),
                full_name=row.full_name,
                since=row.since,
                until=row.until,
            )
            for row in await reads.issuers(actor.school, now_of(info))
        ]


@describe
@strawberry.type
class AccountMutations:
    """Registering and deciding."""

    @strawberry.mutation
    async def provider_sign_in(self, info: Info, input: ProviderSignInInput) -> ProviderSignInPayload:
        """Sign in at a provider, to choose a certificate (C5)."""
        actor = actor_of(info)
        try:
            offers = await actions.offered(info.context.house, actor, input.signer, secrets_of(input.secrets))
        except errors.Refusal as refusal:
            return ProviderSignInPayload(certificates=[], refusal=Refusal.of(refusal, info.context.language))
        return ProviderSignInPayload(certificates=[_offered(offer) for offer in offers], refusal=None)

    @strawberry.mutation
    async def register_signing_account(
        self, info: Info, input: RegisterSigningAccountInput
    ) -> RegisterSigningAccountPayload:
        """Register one's own way to sign: Đã đăng ký, chờ duyệt (C5)."""
        return await _register(info, input, school=False, reason="")

    @strawberry.mutation
    async def register_school_certificate(
        self, info: Info, input: RegisterSchoolCertificateInput
    ) -> RegisterSigningAccountPayload:
        """Register the school's certificate: Chờ duyệt đăng ký (C1)."""
        return await _register(info, input, school=True, reason=input.reason)

    @strawberry.mutation
    async def approve_signing_accounts(
        self, info: Info, input: ApproveSigningAccountsInput
    ) -> SigningAccountsPayload:
        """Approve accounts of the school's staff, never one's own (C6)."""
        return await _decide(info, input, approve=True, reason="")

    @strawberry.mutation
    async def refuse_signing_accounts(
        self, info: Info, input: RefuseSigningAccountsInput
    ) -> SigningAccountsPayload:
        """Refuse accounts of the school's staff (C6)."""
        return await _decide(info, input, approve=False, reason=input.reason)

    @strawberry.mutation
    async def approve_school_certificates(
        self, info: Info, input: ApproveSchoolCertificatesInput
    ) -> SigningAccountsPayload:
        """Approve schools' certificates (C1)."""
        return await _decide_schools(info, input.account_ids, approve=True, reason="")

    @strawberry.mutation
    async def refuse_school_certificates(
        self, info: Info, input: RefuseSchoolCertificatesInput
    ) -> SigningAccountsPayload:
        """Refuse schools' certificates (C1)."""
        return await _decide_schools(info, input.account_ids, approve=False, reason=input.reason)

    @strawberry.mutation
    async def grant_issue_right(self, info: Info, input: GrantIssueRightInput) -> IssueRightPayload:
        """Let people sign with the school's certificate (C8)."""
        actor, now = actor_of(info), now_of(info)
        ids = local_ids("Person", input.person_ids, limit=100)
        work = partial(issue_right.grant_issue_right, actor, ids, until=input.until, now=now)
        return _rights(info, input.person_ids, await results_of(ids, work))

    @strawberry.mutation
    async def withdraw_issue_right(self, info: Info, input: WithdrawIssueRightInput) -> IssueRightPayload:
        """Take the issue right away again (C8)."""
        actor, now = actor_of(info), now_of(info)
        ids = local_ids("Person", input.person_ids, limit=100)
        work = partial(issue_right.withdraw_issue_right, actor, ids, now=now)
        return _rights(info, input.person_ids, await results_of(ids, work))


async def _register(
    info: Info, input: RegisterSigningAccountInput, *, school: bool, reason: str
) -> RegisterSigningAccountPayload:
    asking, context = asking_of(info), info.context
    try:
        id_ = await actions.register(
            context.house,
            asking.actor,
            input.signer,
            secrets_of(input.secrets),
            input.reference,
            year=SchoolYear(input.school_year or asking.year),
            school=school,
            reason=reason,
            now=now_of(info),
        )
    except errors.Refusal as refusal:
        return RegisterSigningAccountPayload(account=None, refusal=Refusal.of(refusal, context.language))
    row = (await reads.by_ids([id_]))[id_]
    return RegisterSigningAccountPayload(account=SigningAccount.of(row, context.language), refusal=None)


async def _decide(
    info: Info, input: ApproveSigningAccountsInput, *, approve: bool, reason: str
) -> SigningAccountsPayload:
    actor, now = actor_of(info), now_of(info)
    by_filter = partial(reads.personal_ids, actor, input.filter.read()) if input.filter else None
    shown, ids = await chosen("SigningAccount", input.account_ids, by_filter)
    work = partial(actions.decide, actor, ids, approve=approve, reason=reason, now=now)
    return await _accounts(info, shown, await results_of(ids, work))


async def _decide_schools(
    info: Info, account_ids: Sequence[strawberry.ID], *, approve: bool, reason: str
) -> SigningAccountsPayload:
    """An authority supervises many schools: it decides in each as that school's authority."""
    asking, now = asking_of(info), now_of(info)
    ids = local_ids("SigningAccount", account_ids)
    schools = await reads.schools_of(ids)
    results: dict[UUID, Result] = {}
    for school in sorted({schools.get(one, asking.actor.school) for one in ids}):
        own = [one for one in ids if schools.get(one, asking.actor.school) == school]
        actor = asking.as_authority_of(school)
        work = partial(actions.decide, actor, own, approve=approve, reason=reason, now=now)
        results |= {result.id: result for result in await results_of(own, work)}
    return await _accounts(info, account_ids, [results[one] for one in ids])


async def _accounts(
    info: Info, shown: Sequence[strawberry.ID], results: Sequence[Result]
) -> SigningAccountsPayload:
    language = info.context.language
    allowed = [result.id for result in results if result.outcome is not Outcome.REFUSED]
    rows = await reads.by_ids(allowed) if asks(info, "results.account") else {}
    return SigningAccountsPayload(
        results=[
            SigningAccountResult(
                id=shown_id,
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, language),
                account=SigningAccount.of(rows[result.id], language) if result.id in rows else None,
            )
            for shown_id, result in zip(shown, results, strict=True)
        ]
    )


def _rights(info: Info, shown: Sequence[strawberry.ID], results: Sequence[Result]) -> IssueRightPayload:
    return IssueRightPayload(
        results=[
            IssueRightResult(
                id=shown_id,
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, info.context.language),
            )
            for shown_id, result in zip(shown, results, strict=True)
        ]
    )


def _offered(offer: Any) -> OfferedCertificate:
    certificate = offer.certificate
    return OfferedCertificate(
        reference=offer.reference,
        fingerprint=certificate.fingerprint,
        subject=certificate.subject,
        issuer=certificate.issuer,
        organisation=certificate.organisation,
        not_after=certificate.not_after,
        der=base64.b64encode(certificate.der).decode(),
    )
