"""The agent on a person's own computer: paired, given jobs, answered by.

An agent shows its own token (``Authorization: Bearer``) and reaches ``takeAgentJob``,
``answerSigning`` and ``declineSigning``, nothing else; a person's session reaches none of these.
"""

import base64
import binascii
from uuid import UUID

import strawberry

from hocba.actions import agents, pairing
from hocba.actions.agents import AgentActor
from hocba.actions.handles import NOWHERE
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import errors
from hocba.domain.errors import Code
from hocba.schema.agent_types import (
    MAX_ANSWERS,
    MAX_CERTIFICATES,
    Agent,
    AgentAnswer,
    AgentItem,
    AgentJob,
    AgentPayload,
    AgentResult,
    AnswerSigningInput,
    BeginPairingInput,
    BeginPairingPayload,
    ClaimPairingInput,
    ClaimPairingPayload,
    ConfirmPairingInput,
    ConfirmPairingPayload,
    DeclineSigningInput,
    LookUpPairingInput,
    LookUpPairingPayload,
    PairingComputer,
    RevokeAgentInput,
    RevokeAgentPayload,
)
from hocba.schema.context import Info, actor_of
from hocba.schema.docs import describe
from hocba.schema.errors import BadUserInputError, NotSignedInError
from hocba.schema.ids import global_id, local_id
from hocba.schema.refusals import Refusal


@describe
@strawberry.type
class AgentQueries:
    """Reading paired computers."""

    @strawberry.field
    async def agents(self, info: Info) -> list[Agent]:
        """One's own paired computers, newest first."""
        return [_agent(each) for each in await pairing.agents(actor_of(info))]


@describe
@strawberry.type
class AgentMutations:
    """Pairing, and what an agent does."""

    @strawberry.mutation
    async def begin_pairing(self, info: Info, input: BeginPairingInput) -> BeginPairingPayload:
        """A computer asks to be paired; nobody is signed in yet."""
        ders = [_bytes(each) for each in input.certificates[: MAX_CERTIFICATES + 1]]
        try:
            begun = await pairing.begin_pairing(info.context.house, input.name, info.context.address, ders)
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return BeginPairingPayload(code=None, device_code=None, expires_at=None, refusal=said)
        return BeginPairingPayload(
            code=begun.code, device_code=begun.device_code, expires_at=begun.expires_at, refusal=None
        )

    @strawberry.mutation
    async def look_up_pairing(self, info: Info, input: LookUpPairingInput) -> LookUpPairingPayload:
        """Which computer shows a code: to be looked at before it is confirmed."""
        actor, context = actor_of(info), info.context
        try:
            found = await pairing.look_up_pairing(context.house, actor, input.code, address=context.address)
        except errors.Refusal as refusal:
            return LookUpPairingPayload(computer=None, refusal=Refusal.of(refusal, context.language))
        subjects = [each.subject for each in found.certificates]
        computer = PairingComputer(name=found.name, address=found.address, certificates=subjects)
        return LookUpPairingPayload(computer=computer, refusal=None)

    @strawberry.mutation
    async def confirm_pairing(self, info: Info, input: ConfirmPairingInput) -> ConfirmPairingPayload:
        """Let a computer fetch one's own signing jobs."""
        actor, context = actor_of(info), info.context
        try:
            agent = await pairing.confirm_pairing(context.house, actor, input.code, address=context.address)
        except errors.Refusal as refusal:
            return ConfirmPairingPayload(agent=None, refusal=Refusal.of(refusal, context.language))
        return ConfirmPairingPayload(agent=_agent(agent), refusal=None)

    @strawberry.mutation
    async def claim_pairing(self, info: Info, input: ClaimPairingInput) -> ClaimPairingPayload:
        """The agent asks for its token; nobody is signed in."""
        try:
            claimed = await pairing.claim_pairing(info.context.house, input.device_code)
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return ClaimPairingPayload(token=None, job_key=None, refusal=said)
        if claimed is None:
            return ClaimPairingPayload(token=None, job_key=None, refusal=None)
        key = base64.b64encode(claimed.job_key).decode()
        return ClaimPairingPayload(token=claimed.token, job_key=key, refusal=None)

    @strawberry.mutation
    async def revoke_agent(self, info: Info, input: RevokeAgentInput) -> RevokeAgentPayload:
        """Give a computer nothing more."""
        actor, id_ = actor_of(info), local_id("Agent", input.agent_id)
        try:
            was_paired = await pairing.revoke_agent(info.context.house, actor, id_)
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return RevokeAgentPayload(outcome=Outcome.REFUSED, refusal=said)
        return RevokeAgentPayload(outcome=Outcome.DONE if was_paired else Outcome.UNCHANGED, refusal=None)

    @strawberry.mutation
    async def take_agent_job(self, info: Info) -> AgentJob | None:
        """The next job of this agent, prepared now; null when there is nothing."""
        job = await agents.take_job(info.context.house, await _agent_of(info))
        if job is None:
            return None
        return AgentJob(
            request_id=global_id("SigningRequest", job.request_id),
            job=job.job,
            items=[
                AgentItem(
                    reference=item.reference,
                    kind=item.kind,
                    tbs=base64.b64encode(item.tbs).decode(),
                    evidence=base64.b64encode(item.evidence).decode() if item.evidence else None,
                    title=item.title,
                )
                for item in job.items
            ],
        )

    @strawberry.mutation
    async def answer_signing(self, info: Info, input: AnswerSigningInput) -> AgentPayload:
        """Signatures that the agent made."""
        agent = await _agent_of(info)
        if not 0 < len(input.answers) <= MAX_ANSWERS:
            raise BadUserInputError(f"between 1 and {MAX_ANSWERS} answers, please")
        named = {_reference(each.reference): each for each in input.answers}
        values = {item: _bytes(each.value) for item, each in named.items() if each.value is not None}
        codes = {item: each.code or Code.SIGNER_REFUSED for item, each in named.items() if item not in values}
        results = await agents.answer(
            info.context.house,
            agent,
            local_id("SigningRequest", input.request_id),
            values,
            refusals=codes or None,
        )
        return _payload(info, results, named)

    @strawberry.mutation
    async def decline_signing(self, info: Info, input: DeclineSigningInput) -> AgentPayload:
        """The person said no, or his token did."""
        agent, id_ = await _agent_of(info), local_id("SigningRequest", input.request_id)
        refusal = None
        try:
            was_open = await agents.decline(info.context.house, agent, id_, input.code)
            outcome = Outcome.DONE if was_open else Outcome.UNCHANGED
        except errors.Refusal as no:
            outcome, refusal = Outcome.REFUSED, Refusal.of(no, info.context.language)
        return AgentPayload(results=[AgentResult(id=input.request_id, outcome=outcome, refusal=refusal)])


async def _agent_of(info: Info) -> AgentActor:
    """:raises NotSignedInError: unless an agent asks."""
    context = info.context
    agent = (
        await agents.agent_of(context.house, context.bearer)
        if context.bearer and not context.asking
        else None
    )
    if agent is None:
        raise NotSignedInError
    return agent


def _payload(info: Info, results: list[Result], named: dict[UUID, AgentAnswer]) -> AgentPayload:
    return AgentPayload(
        results=[
            AgentResult(
                id=strawberry.ID(named[result.id].reference),
                outcome=result.outcome,
                refusal=Refusal.maybe(result.refusal, info.context.language),
            )
            for result in results
        ]
    )


def _agent(agent: pairing.Agent) -> Agent:
    return Agent(
        id=global_id("Agent", agent.id),
        name=agent.name,
        certificates=[each.subject for each in agent.certificates],
        paired_at=agent.paired_at,
        seen_at=agent.seen_at,
    )


def _reference(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return NOWHERE


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadUserInputError("that is not base64") from None
