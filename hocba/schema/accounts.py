"""Signing accounts and school certificates: registered, decided on, granted (C1-C9)."""

import base64
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import strawberry

from hocba.actions import accounts as actions
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import errors
from hocba.domain.accounts import AccountState
from hocba.domain.permissions import Permission
from hocba.schema.account_types import (
    AccountFilter,
    ApproveSchoolCertificatesInput,
    ApproveSigningAccountsInput,
    OfferedCertificate,
    ProviderSignInInput,
    ProviderSignInPayload,
    RefuseSchoolCertificatesInput,
    RefuseSigningAccountsInput,
    RegisterSchoolCertificateInput,
    RegisterSigningAccountInput,
    RegisterSigningAccountPayload,
    SchoolCertificate,
    SigningAccount,
    SigningAccountResult,
    SigningAccountsPayload,
)
from hocba.schema.bulk import chosen, results_of
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_ids
from hocba.schema.moments import named_year, year_read, year_written
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.secrets import secrets_of
from hocba.schema.selection import asks
from hocba.store.reads import accounts as reads
from hocba.store.reads.pages import Page


@describe
@strawberry.type
class AccountQueries:
    """Reading accounts."""

    @strawberry.field
    async def my_signing_accounts(self, info: Info, school_year: str | None = None) -> list[SigningAccount]:
        """One's own accounts, newest first.

        :param school_year: Only of this year.
        """
        rows = await reads.mine(actor_of(info), named_year(school_year))
        return [SigningAccount.of(row, info.context.language) for row in rows]

    @strawberry.field
    async def my_signing_account(self, info: Info, school_year: str | None = None) -> SigningAccount | None:
        """One's own account to sign with: the approved one, else the newest.

        :param school_year: Năm học; the year of the request when left out.
        """
        rows = await reads.mine(actor_of(info), year_read(info, school_year))
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
        """The school's certificate; to ADMIN, MANAGER, ISSUER and AUTHORITY (C3).

        :param school_year: Năm học; the year of the request when left out.
        """
        asking = asking_of(info)
        if not asking.actor.may(Permission.SCHOOL_CERTIFICATE_VIEW):
            return None
        wanted = reads.AccountFilter(year=year_read(info, school_year))
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
            year=year_written(info, input.school_year),
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
