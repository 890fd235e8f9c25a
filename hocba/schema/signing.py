"""Signing: begin, follow, go on, give up (D5-D7)."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Self
from uuid import UUID

import strawberry

from hocba import words
from hocba.actions import signing
from hocba.actions.handles import NOWHERE
from hocba.actions.notices import moved
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import errors
from hocba.domain.people import Actor
from hocba.domain.signing import ItemState, Purpose, RequestState
from hocba.domain.values import Step
from hocba.schema.bulk import chosen
from hocba.schema.context import Info, actor_of
from hocba.schema.docs import describe
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import global_id, local_id, maybe_id
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.secrets import SecretInput, secrets_of
from hocba.schema.selection import asks
from hocba.schema.transcript_types import TranscriptFilter
from hocba.store.reads import signing as reads
from hocba.store.reads import transcripts as transcript_reads

LOOK_AGAIN = timedelta(seconds=2)
"""A subscription looks by itself: another process may have moved the request."""


@describe
@strawberry.type
class SigningItem:
    """One thing to sign.

    :ivar purpose: What the signature is for.
    :ivar transcript_id: Of which transcript.
    :ivar student_name: Of which pupil.
    :ivar state: Where it is.
    :ivar refusal: Why it was not signed.
    """

    id: strawberry.ID
    purpose: Purpose
    transcript_id: strawberry.ID | None
    student_name: str
    state: ItemState
    refusal: Refusal | None


@describe
@strawberry.type
class SignListEntry:
    """What the signer's own device is given to sign.

    :ivar item_id: Which item.
    :ivar transcript_id: Of which transcript.
    :ivar digest: SHA-256 of the bytes to sign, hex; null before they are prepared.
    """

    item_id: strawberry.ID
    transcript_id: strawberry.ID | None
    digest: str | None


@describe
@strawberry.type
class SigningRequest:
    """What somebody intends to sign, and how far it has come.

    :ivar step: At which step.
    :ivar state: Where it is.
    :ivar state_label: What users call that: Chờ xác nhận ký số, …
    :ivar signer: Key of the signing provider.
    :ivar account_id: The account that signs.
    :ivar refusal: What went wrong with the whole request.
    :ivar needs: What the provider wants besides, when the state is NEEDS_SECRET.
    :ivar login_url: The provider's page to sign in at first, when the state is NEEDS_LOGIN.
    :ivar expires_at: Until when the signer may answer.
    :ivar created_at: When it began.
    :ivar items: Everything in it, in order.
    :ivar sign_list: The digests that the signer's device shows.
    """

    id: strawberry.ID
    step: Step | None
    state: RequestState
    state_label: str
    signer: str
    account_id: strawberry.ID
    refusal: Refusal | None
    needs: list[str]
    login_url: str | None
    expires_at: datetime | None
    created_at: datetime
    items: list[SigningItem]
    sign_list: list[SignListEntry]

    @classmethod
    def of(cls, row: reads.Request, language: words.Lang) -> Self:
        """From its row."""
        state = RequestState(row.state)
        needs = row.reason.split(",") if state is RequestState.NEEDS_SECRET and row.reason else []
        return cls(
            id=global_id("SigningRequest", row.id),
            step=row.step,
            state=state,
            state_label=words.label(state, language),
            signer=row.signer_key,
            account_id=global_id("SigningAccount", row.account_id),
            refusal=None if needs else Refusal.of_code(row.reason, language),
            needs=[name.upper() for name in needs],
            login_url=None,
            expires_at=row.expires_at,
            created_at=row.created_at,
            items=[_item(item, language) for item in row.items],
            sign_list=[_entry(item) for item in row.items],
        )


@describe
@strawberry.type
class SigningResult:
    """What became of one transcript.

    :ivar id: The transcript asked for, as the client named it.
    :ivar outcome: UNCHANGED when it is in a request that moves already.
    :ivar request_id: The request that it is in.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None
    request_id: strawberry.ID | None


@describe
@strawberry.type
class SigningPayload:
    """The request, and what became of each transcript.

    :ivar request: The request; null when nothing may be signed.
    :ivar refusal: Why nothing at all was begun.
    """

    request: SigningRequest | None
    refusal: Refusal | None
    results: list[SigningResult]


@describe
@strawberry.input
class BeginSigningInput:
    """Ask for one's own signature.

    :ivar transcript_ids: On these transcripts, at most 500; or use filter.
    :ivar filter: On those that it finds and that wait for this signature.
    :ivar step: At which step.
    :ivar account_id: With which account.
    :ivar secrets: What the signing provider asks for.
    :ivar idempotency_key: The same key a second time begins nothing new.
    """

    transcript_ids: list[strawberry.ID] | None = None
    filter: TranscriptFilter | None = None
    step: Step
    account_id: strawberry.ID
    secrets: list[SecretInput] | None = None
    idempotency_key: str | None = None


@describe
@strawberry.input
class ContinueSigningInput:
    """Go on after the provider wanted more.

    :ivar request_id: Which request.
    :ivar secrets: All that the provider asks for: nothing was kept.
    """

    request_id: strawberry.ID
    secrets: list[SecretInput] | None = None


@describe
@strawberry.input
class RetrySigningInput(ContinueSigningInput):
    """Ask again for what expired or was refused for a reason outside the rules."""


@describe
@strawberry.input
class CancelSigningInput:
    """Wait no longer; what was signed stays signed.

    :ivar request_id: Which request.
    """

    request_id: strawberry.ID


@describe
@strawberry.type
class SigningQueries:
    """Following requests."""

    @strawberry.field
    async def signing_request(self, info: Info, id: strawberry.ID) -> SigningRequest | None:
        """One of one's own requests."""
        tbs = asks(info, "signList.digest")
        items = tbs or asks(info, "items", "signList")
        actor, id_ = actor_of(info), local_id("SigningRequest", id)
        found = await reads.request(actor, id_, items=items, tbs=tbs)
        if found is None:
            return None
        shown = SigningRequest.of(found, info.context.language)
        if shown.state is RequestState.NEEDS_LOGIN and asks(info, "loginUrl"):
            shown.login_url = await signing.login_url(info.context.house, actor, id_)
        return shown

    @strawberry.field
    async def signing_requests(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[SigningRequest]:
        """One's own requests, newest first."""
        page = page_of(info, first, after, last, before)
        rows = await reads.requests(actor_of(info), page, items=asks(info, "edges.node.items"))
        return connection(rows, lambda row: SigningRequest.of(row, info.context.language))


@describe
@strawberry.type
class SigningMutations:
    """Beginning, going on, giving up."""

    @strawberry.mutation
    async def begin_signing(self, info: Info, input: BeginSigningInput) -> SigningPayload:
        """Ask for one's own signature on transcripts (D5-D7)."""
        actor = actor_of(info)
        if input.idempotency_key is not None and not 0 < len(input.idempotency_key) <= 100:  # noqa: PLR2004
            raise BadUserInputError("an idempotency key has between 1 and 100 characters")
        by_filter: Callable[[int], Awaitable[list[UUID]]] | None = None
        if input.filter:
            by_filter = partial(transcript_reads.ids, actor, input.filter.read(), signable_at=input.step)
        shown, ids = await chosen("Transcript", input.transcript_ids, by_filter)
        begin = partial(
            signing.begin,
            info.context.house,
            actor,
            ids,
            input.step,
            local_id("SigningAccount", input.account_id),
            secrets_of(input.secrets),
            idempotency_key=input.idempotency_key,
        )
        return await _begun(info, shown, begin)

    @strawberry.mutation
    async def continue_signing(self, info: Info, input: ContinueSigningInput) -> SigningPayload:
        """Give the provider what it wanted besides."""
        actor, id_ = actor_of(info), local_id("SigningRequest", input.request_id)
        try:
            await signing.continue_signing(info.context.house, actor, id_, secrets_of(input.secrets))
        except errors.Refusal as refusal:
            return _refused(info, refusal)
        return SigningPayload(request=await _request(info, id_), refusal=None, results=[])

    @strawberry.mutation
    async def retry_signing(self, info: Info, input: RetrySigningInput) -> SigningPayload:
        """Ask again for what was not signed."""
        actor, id_ = actor_of(info), local_id("SigningRequest", input.request_id)
        retry = partial(signing.retry, info.context.house, actor, id_, secrets_of(input.secrets))
        return await _begun(info, None, retry)

    @strawberry.mutation
    async def cancel_signing(self, info: Info, input: CancelSigningInput) -> SigningPayload:
        """Wait no longer."""
        actor, id_ = actor_of(info), local_id("SigningRequest", input.request_id)
        try:
            await signing.cancel(info.context.house, actor, id_)
        except errors.Refusal as refusal:
            return _refused(info, refusal)
        return SigningPayload(request=await _request(info, id_), refusal=None, results=[])


@describe
@strawberry.type
class Subscription:
    """What is told as it happens."""

    @strawberry.subscription
    async def signing_request(self, info: Info, id: strawberry.ID) -> AsyncIterator[SigningRequest]:
        """One of one's own requests, each time it moves, until it is closed."""
        actor, id_ = actor_of(info), local_id("SigningRequest", id)
        seen: object = None
        with info.context.house.notices.waiting(id_) as event:
            while await info.context.alive():
                now = await reads.fingerprint(id_)
                if now != seen and (found := await _moved(actor, info, id)):
                    seen = now
                    yield found
                    if found.state.closed:
                        return
                elif now != seen:
                    return
                await moved(event, at_most=LOOK_AGAIN)


async def _moved(actor: Actor, info: Info, id: strawberry.ID) -> SigningRequest | None:
    found = await reads.request(actor, local_id("SigningRequest", id), tbs=asks(info, "signList.digest"))
    return SigningRequest.of(found, info.context.language) if found else None


async def _begun(
    info: Info, shown: Sequence[strawberry.ID] | None, begin: Callable[[], Awaitable[signing.Begun]]
) -> SigningPayload:
    try:
        begun = await begin()
    except errors.Refusal as refusal:
        return _refused(info, refusal)
    names = shown if shown is not None else [global_id("Transcript", result.id) for result in begun.results]
    return SigningPayload(
        request=await _request(info, begun.request_id or NOWHERE),
        refusal=None,
        results=[
            _result(info, shown_id, result) for shown_id, result in zip(names, begun.results, strict=True)
        ],
    )


async def _request(info: Info, id: UUID) -> SigningRequest | None:
    if id == NOWHERE or not asks(info, "request"):
        return None
    found = await reads.request(actor_of(info), id, items=asks(info, "request.items", "request.signList"))
    return SigningRequest.of(found, info.context.language) if found else None


def _refused(info: Info, refusal: errors.Refusal) -> SigningPayload:
    return SigningPayload(request=None, refusal=Refusal.of(refusal, info.context.language), results=[])


def _result(info: Info, id: strawberry.ID, result: Result) -> SigningResult:
    return SigningResult(
        id=id,
        outcome=result.outcome,
        refusal=Refusal.maybe(result.refusal, info.context.language),
        request_id=maybe_id("SigningRequest", result.made),
    )


def _item(item: reads.Item, language: words.Lang) -> SigningItem:
    return SigningItem(
        id=global_id("SigningItem", item.id),
        purpose=Purpose(item.purpose),
        transcript_id=maybe_id("Transcript", item.transcript_id),
        student_name=item.student_name,
        state=ItemState(item.state),
        refusal=Refusal.of_code(item.code, language),
    )


def _entry(item: reads.Item) -> SignListEntry:
    return SignListEntry(
        item_id=global_id("SigningItem", item.id),
        transcript_id=maybe_id("Transcript", item.transcript_id),
        digest=hashlib.sha256(item.tbs).hexdigest() if item.tbs else None,
    )
