"""Signing accounts and school certificates: registered, decided on, granted (C1-C9)."""

import base64
from functools import partial
from typing import Any
from uuid import UUID

import strawberry

from hocba.actions import accounts as actions
from hocba.domain import errors
from hocba.domain.accounts import AccountState
from hocba.schema import account_answers as answers
from hocba.schema.account_inputs import (
    ApproveSigningAccountsInput,
    CopySigningAccountsInput,
    ProviderSignInInput,
    RefuseSigningAccountsInput,
    RegisterSigningAccountInput,
    WithdrawSigningAccountsInput,
)
from hocba.schema.account_types import (
    AccountFilter,
    CopySigningAccountsPayload,
    OfferedCertificate,
    ProviderSignInPayload,
    RegisterSigningAccountPayload,
    SigningAccount,
    SigningAccountsPayload,
)
from hocba.schema.bulk import chosen, results_of
from hocba.schema.context import Info, actor_of, now_of
from hocba.schema.docs import describe
from hocba.schema.moments import named_year, year_read, year_written
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.secrets import secrets_of
from hocba.store.reads import accounts as reads


@describe
@strawberry.type
class AccountQueries:
    """Reading accounts."""

    @strawberry.field
    async def my_signing_accounts(self, info: Info, school_year: str | None = None) -> list[SigningAccount]:
        """One's own accounts, newest first.

        :param school_year: Only of this year.
        """
        return await answers.shown(info, await reads.mine(actor_of(info), named_year(school_year)))

    @strawberry.field
    async def my_signing_account(self, info: Info, school_year: str | None = None) -> SigningAccount | None:
        """One's own account to sign with: the approved one, else the newest.

        :param school_year: Năm học; the year of the request when left out.
        """
        rows = await reads.mine(actor_of(info), year_read(info, school_year))
        approved = [row for row in rows if row.state == AccountState.APPROVED]
        shown = await answers.shown(info, (approved or rows)[:1])
        return shown[0] if shown else None

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
        accounts = await answers.shown(info, rows.rows, "edges.node.")
        return connection(rows.of(accounts), lambda account: account)


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
        """Register one's own way to sign; once its key is proved, Đã đăng ký, chờ duyệt (C5)."""
        return await answers.register(info, input, school=False, reason="")

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
    async def withdraw_signing_accounts(
        self, info: Info, input: WithdrawSigningAccountsInput
    ) -> SigningAccountsPayload:
        """End accounts: one's own, or as ADMIN anybody's of the school; the school's by who keeps it."""
        actor = actor_of(info)
        by_filter = partial(reads.personal_ids, actor, input.filter.read()) if input.filter else None
        shown, ids = await chosen("SigningAccount", input.account_ids, by_filter)
        house, now = info.context.house, now_of(info)
        work = partial(actions.withdraw, house, actor, ids, reason=input.reason, now=now)
        return SigningAccountsPayload(results=await answers.results(info, shown, await results_of(ids, work)))

    @strawberry.mutation
    async def copy_signing_accounts(
        self, info: Info, input: CopySigningAccountsInput
    ) -> CopySigningAccountsPayload:
        """Take last year's accounts over, as far as they hold: Lấy dữ liệu năm trước (C7)."""
        actor, year = actor_of(info), year_written(info, input.school_year)

        async def everybody(limit: int) -> list[UUID]:
            named_year(input.school_year)  # nobody had an account in what is no year
            return await reads.of_last_year(actor, year, limit)

        by_filter = everybody if input.account_ids is None else None
        shown, ids = await chosen("SigningAccount", input.account_ids, by_filter)
        work = partial(actions.carry_over, info.context.house, actor, ids, year, now=now_of(info))
        results = await answers.results(info, shown, await results_of(ids, work))
        return CopySigningAccountsPayload(results=results)


async def _decide(
    info: Info, input: ApproveSigningAccountsInput, *, approve: bool, reason: str
) -> SigningAccountsPayload:
    actor, now = actor_of(info), now_of(info)
    by_filter = partial(reads.personal_ids, actor, input.filter.read()) if input.filter else None
    shown, ids = await chosen("SigningAccount", input.account_ids, by_filter)
    work = partial(actions.decide, actor, ids, approve=approve, reason=reason, now=now)
    return SigningAccountsPayload(results=await answers.results(info, shown, await results_of(ids, work)))


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
