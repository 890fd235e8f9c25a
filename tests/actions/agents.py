"""Agents in tests: a paired computer, the values it would answer with, and what came of them."""

import base64
import json
from collections.abc import Sequence
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.actions import agents
from hocba.actions.agents import AgentActor, AgentJob
from hocba.actions.outcomes import Outcome
from hocba.domain.errors import Code
from hocba.domain.people import Actor
from tests.actions import world as worlds
from tests.actions.world import World
from tests.pki import Holder


async def paired(world: World, actor: Actor, *holders: Holder) -> tuple[AgentActor, str]:
    """An agent of ``actor`` whose tokens hold the certificates of ``holders``, and its token."""
    pairing = await agents.begin_pairing(
        world.house, "MÁY-PHÒNG-GV", "10.0.0.7", [holder.der for holder in holders]
    )
    await agents.confirm_pairing(world.house, actor, pairing.code)
    claimed = await agents.claim_pairing(world.house, pairing.device_code)
    assert claimed is not None
    agent = await agents.agent_of(world.house, claimed.token)
    assert agent is not None
    return agent, claimed.token


async def teacher_with_agent(world: World) -> tuple[Actor, AgentActor, Holder]:
    teacher = world.school.teachers[0]
    holder = world.holders[teacher.id]
    agent, _ = await paired(world, teacher, holder)
    return teacher, agent, holder


def values(job: AgentJob, holder: Holder) -> dict[UUID, bytes]:
    return {UUID(item.reference): holder.sign(item.tbs) for item in job.items}


def outcomes(results: Sequence[worlds.signing.Begun]) -> list[tuple[Outcome, Code | None]]:
    return [(r.outcome, r.refusal.code if r.refusal else None) for r in results]


def claims(world: World, job: AgentJob) -> dict[str, object]:
    """The claims of a job, its signature checked with the public key only."""
    header, payload, signature = job.job.split(".")

    def unpadded(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    assert unpadded(header) == b'{"alg":"EdDSA","typ":"hocba-job"}'
    key: Ed25519PublicKey = world.house.secrets.job_signing_key.public_key()
    key.verify(unpadded(signature), f"{header}.{payload}".encode())
    with pytest.raises(InvalidSignature):
        key.verify(unpadded(signature), f"{header}.{payload}x".encode())
    return json.loads(unpadded(payload))
