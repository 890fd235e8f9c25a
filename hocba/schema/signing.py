"""Signing: begin, follow, go on, give up (D5-D7)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import strawberry

from hocba.actions import signing
from hocba.actions.handles import NOWHERE
from hocba.actions.notices import moved
from hocba.actions.outcomes import Result
from hocba.domain import errors
from hocba.domain.people import Actor
from hocba.domain.signing import RequestState
from hocba.schema.bulk import chosen
from hocba.schema.context import Info, actor_of
from hocba.schema.docs import describe
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import global_id, local_id, maybe_id
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.secrets import secrets_of
from hocba.schema.selection import asks
from hocba.schema.signing_types import (
    BeginSigningInput,
    CancelSigningInput,
    ContinueSigningInput,
    RetrySigningInput,
    SigningPayload,
    SigningRequest,
    SigningResult,
)
from hocba.store.reads import signing as reads
from hocba.store.reads import transcripts as transcript_reads

LOOK_AGAIN = timedelta(seconds=2)


"""A subscription looks by itself: another process may have moved the request."""


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
            by_filter = partial(transcript_reads.ids, actor, input.filter.read(info), signable_at=input.step)
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
class SigningSubscriptions:
    """Following one's own requests as they move."""

    @strawberry.subscription
    async def signing_request(self, info: Info, id: strawberry.ID) -> AsyncIterator[SigningRequest]:
        """One of one's own requests, each time it moves, until it is closed."""
        actor, id_ = actor_of(info), local_id("SigningRequest", id)
        seen: object = None
        with info.context.house.notices.waiting(id_) as event:
            while await info.context.ready():
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
    names = shown if shown is not None else await _names(begun)
    return SigningPayload(
        request=await _request(info, begun.request_id or NOWHERE),
        refusal=None,
        results=[
            _result(info, shown_id, result) for shown_id, result in zip(names, begun.results, strict=True)
        ],
    )


async def _names(begun: signing.Begun) -> list[strawberry.ID]:
    """What a retry was about, which its client did not name."""
    proves = await reads.is_proof(begun.request_id)
    kind = "SigningAccount" if proves else "Transcript"
    return [global_id(kind, result.id) for result in begun.results]


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
