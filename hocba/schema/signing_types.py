"""Signing requests as clients see them, and what clients send to begin, retry or cancel one (D5-D7)."""

import hashlib
from datetime import datetime
from typing import Self

import strawberry

from hocba import words
from hocba.actions.outcomes import Outcome
from hocba.domain.signing import ItemState, Purpose, RequestState
from hocba.domain.values import Step
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, maybe_id
from hocba.schema.refusals import Refusal
from hocba.schema.secrets import SecretInput
from hocba.schema.transcript_types import TranscriptFilter
from hocba.store.reads import signing as reads


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

    :ivar purpose: What is signed: transcripts, or the proof for an account that is being registered.
    :ivar step: At which step; null for what is no transcript.
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
    :ivar message: What users read when an account was registered by it: Đăng ký thành công tài khoản, …
    """

    id: strawberry.ID
    purpose: Purpose
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
    message: str | None

    @classmethod
    def of(cls, row: reads.Request, language: words.Lang) -> Self:
        """From its row."""
        state = RequestState(row.state)
        needs = row.reason.split(",") if state is RequestState.NEEDS_SECRET and row.reason else []
        return cls(
            id=global_id("SigningRequest", row.id),
            purpose=Purpose(row.purpose),
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
            message=_message(row.proof, language),
        )


@describe
@strawberry.type
class SigningResult:
    """What became of one transcript, or of the account whose key is to be proved.

    :ivar id: The object asked for, as the client named it.
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


def _item(item: reads.Item, language: words.Lang) -> SigningItem:
    return SigningItem(
        id=global_id("SigningItem", item.id),
        purpose=Purpose(item.purpose),
        transcript_id=maybe_id("Transcript", item.transcript_id),
        student_name=item.student_name,
        state=ItemState(item.state),
        refusal=Refusal.of_code(item.code, language),
    )


def _message(proof: reads.Proof | None, language: words.Lang) -> str | None:
    if proof is None:
        return None
    return words.registered(language, of_school=proof.of_school, changed=proof.changed)


def _entry(item: reads.Item) -> SignListEntry:
    return SignListEntry(
        item_id=global_id("SigningItem", item.id),
        transcript_id=maybe_id("Transcript", item.transcript_id),
        digest=hashlib.sha256(item.tbs).hexdigest() if item.tbs else None,
    )
