"""What operations on signing accounts answer with, a person's and the school's alike."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from hocba.actions import accounts as actions
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import errors
from hocba.schema.account_inputs import RegisterSigningAccountInput
from hocba.schema.account_types import RegisterSigningAccountPayload, SigningAccount, SigningAccountResult
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.moments import year_written
from hocba.schema.refusals import Refusal
from hocba.schema.secrets import secrets_of
from hocba.schema.selection import asks
from hocba.schema.signing_types import SigningRequest
from hocba.store.reads import accounts as reads
from hocba.store.reads import events as event_reads
from hocba.store.reads import signing as signing_reads


async def register(
    info: Info, input: RegisterSigningAccountInput, *, school: bool, reason: str
) -> RegisterSigningAccountPayload:
    """Register a certificate, and answer with the account and the request for its proof."""
    asking, context = asking_of(info), info.context
    try:
        made = await actions.register(
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
        said = Refusal.of(refusal, context.language)
        return RegisterSigningAccountPayload(account=None, request=None, refusal=said)
    row = (await reads.by_ids([made.account]))[made.account]
    return RegisterSigningAccountPayload(
        account=SigningAccount.of(row, context.language),
        request=await _request(info, made.request) if made.request else None,
        refusal=None,
    )


async def _request(info: Info, id: UUID) -> SigningRequest | None:
    if not asks(info, "request"):
        return None
    items = asks(info, "request.items", "request.signList")
    found = await signing_reads.request(actor_of(info), id, items=items)
    return SigningRequest.of(found, info.context.language) if found else None


async def shown(info: Info, rows: Sequence[reads.Account], *prefixes: str) -> list[SigningAccount]:
    """Accounts as clients see them, with their histories when they ask for those.

    :param prefixes: below which fields the accounts stand.
    """
    language = info.context.language
    if not asks(info, *(f"{prefix}events" for prefix in prefixes or ("",))):
        return [SigningAccount.of(row, language) for row in rows]
    histories = await event_reads.histories([row.id for row in rows])
    return [SigningAccount.of(row, language, histories.get(row.id, ())) for row in rows]


async def results(
    info: Info, asked: Sequence[strawberry.ID], made: Sequence[Result]
) -> list[SigningAccountResult]:
    """One result each, with the account afterwards: what was made, else the one that was asked for."""
    language = info.context.language
    accounts = [None if each.outcome is Outcome.REFUSED else each.made or each.id for each in made]
    wanted = [account for account in accounts if account] if asks(info, "results.account", "account") else []
    rows = await reads.by_ids(wanted) if wanted else {}
    return [
        SigningAccountResult(
            id=shown_id,
            outcome=result.outcome,
            refusal=Refusal.maybe(result.refusal, language),
            account=SigningAccount.of(rows[account], language) if account in rows else None,
        )
        for shown_id, result, account in zip(asked, made, accounts, strict=True)
    ]
