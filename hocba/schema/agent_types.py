"""Agents as clients see them: pairing, jobs, answers."""

from datetime import datetime

import strawberry

from hocba.actions.outcomes import Outcome
from hocba.domain.errors import Code
from hocba.schema.docs import describe
from hocba.schema.refusals import Refusal

MAX_CERTIFICATES = 20
MAX_ANSWERS = 100


@describe
@strawberry.type
class Agent:
    """A paired computer.

    :ivar name: What it calls itself.
    :ivar certificates: The subjects of the certificates that its tokens hold.
    :ivar paired_at: Since when; null until it has fetched its token.
    :ivar seen_at: When it last asked for work.
    """

    id: strawberry.ID
    name: str
    certificates: list[str]
    paired_at: datetime | None
    seen_at: datetime | None


@describe
@strawberry.type
class PairingComputer:
    """The computer that shows a pairing code.

    :ivar name: What it calls itself.
    :ivar address: From where it asked.
    :ivar certificates: The subjects of the certificates that its tokens hold.
    """

    name: str
    address: str
    certificates: list[str]


@describe
@strawberry.input
class BeginPairingInput:
    """A computer asks to be paired.

    :ivar name: What it calls itself.
    :ivar certificates: Base64 of the certificates that its tokens hold.
    """

    name: str
    certificates: list[str]


@describe
@strawberry.type
class BeginPairingPayload:
    """A pairing that began; both codes are shown here and never again.

    :ivar code: What its person types in.
    :ivar device_code: What the agent claims its token with.
    :ivar expires_at: Until when.
    """

    code: str | None
    device_code: str | None
    expires_at: datetime | None
    refusal: Refusal | None


@describe
@strawberry.input
class LookUpPairingInput:
    """Look at the computer before confirming.

    :ivar code: The code that it shows.
    """

    code: str


@describe
@strawberry.input
class ConfirmPairingInput(LookUpPairingInput):
    """Let the computer that shows this code fetch one's own signing jobs."""


@describe
@strawberry.type
class LookUpPairingPayload:
    """The computer.

    :ivar computer: What shows the code.
    """

    computer: PairingComputer | None
    refusal: Refusal | None


@describe
@strawberry.type
class ConfirmPairingPayload:
    """The computer, paired.

    :ivar agent: The paired computer.
    """

    agent: Agent | None
    refusal: Refusal | None


@describe
@strawberry.input
class ClaimPairingInput:
    """The agent asks whether somebody has confirmed.

    :ivar device_code: From beginPairing.
    """

    device_code: str


@describe
@strawberry.type
class ClaimPairingPayload:
    """The agent's token, once; nulls until somebody has confirmed.

    :ivar token: What the agent shows from now on.
    :ivar job_key: The server's public key that signs jobs: raw Ed25519, base64.
    """

    token: str | None
    job_key: str | None
    refusal: Refusal | None


@describe
@strawberry.input
class RevokeAgentInput:
    """Give a computer nothing more.

    :ivar agent_id: Which one.
    """

    agent_id: strawberry.ID


@describe
@strawberry.type
class RevokeAgentPayload:
    """What became of it.

    :ivar outcome: UNCHANGED when it was so already.
    """

    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.type
class AgentItem:
    """One thing to sign.

    :ivar reference: What the answer names.
    :ivar kind: XADES, PADES or CHALLENGE.
    :ivar tbs: The bytes to be signed, base64.
    :ivar evidence: The canonical bytes behind its first Reference, base64; for XADES.
    :ivar title: What a person reads before he agrees.
    """

    reference: str
    kind: str
    tbs: str
    evidence: str | None
    title: str


@describe
@strawberry.type
class AgentJob:
    """What an agent is to sign now.

    :ivar request_id: The request.
    :ivar job: The server's word for it: a compact JWS.
    :ivar items: What to sign.
    """

    request_id: strawberry.ID
    job: str
    items: list[AgentItem]


@describe
@strawberry.input
class AgentAnswer:
    """What became of one item: a value or a code.

    :ivar reference: Which item.
    :ivar value: The raw signature, base64.
    :ivar code: Why there is none.
    """

    reference: str
    value: str | None = None
    code: Code | None = None


@describe
@strawberry.input
class AnswerSigningInput:
    """Signatures for a job.

    :ivar request_id: The request.
    :ivar answers: At most 100.
    """

    request_id: strawberry.ID
    answers: list[AgentAnswer]


@describe
@strawberry.input
class DeclineSigningInput:
    """Nothing more of this request is signed.

    :ivar request_id: The request.
    :ivar code: Why.
    """

    request_id: strawberry.ID
    code: Code


@describe
@strawberry.type
class AgentResult:
    """What became of one answer.

    :ivar id: The reference, or the request that was declined.
    :ivar outcome: What became of it.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.type
class AgentPayload:
    """What became of each."""

    results: list[AgentResult]
