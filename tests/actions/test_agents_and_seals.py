"""The school's seal through an agent: a later job of the same request, rendered once."""

import asyncio
from uuid import UUID

from hocba.actions import agents, signing
from hocba.actions.agents import AgentActor
from hocba.domain.values import Status, Step
from hocba.settings import Settings
from hocba.store.models import (
    DocumentRow,
    SigningItemRow,
    TranscriptRow,
)
from tests.actions import world as worlds
from tests.actions.agents import paired, values
from tests.actions.requests import states
from tests.actions.world import Token, World
from tests.pki import Holder


async def issuing(settings: Settings) -> tuple[World, AgentActor, Holder, UUID]:
    """A school that issues three transcripts through an agent: its job is ready to be taken."""
    world = await worlds.make(settings)
    await world.sign_until(Step.ISSUE)
    holder, issuer = world.school_holder, world.school.issuer
    assert holder is not None
    await worlds.SigningAccountRow.filter(id=world.school_account).update(signer_key=Token.key)
    agent, _ = await paired(world, issuer, holder)
    begun = await world.begin(issuer, Step.ISSUE)
    assert begun.request_id is not None
    return world, agent, holder, begun.request_id


async def test_the_seal_comes_in_a_later_job_of_the_same_request(db: None, settings: Settings) -> None:
    world, agent, holder, request_id = await issuing(settings)

    first = await agents.take_job(world.house, agent)
    assert first is not None
    assert {item.kind for item in first.items} == {"XADES"}
    await agents.answer(world.house, agent, first.request_id, values(first, holder))
    assert world.rings[-1] == ("prepare_seals", request_id)
    assert await agents.take_job(world.house, agent) is None
    assert await signing.prepare_some(world.house, request_id) == 3
    second = await agents.take_job(world.house, agent)
    assert second is not None
    assert (second.request_id, {item.kind for item in second.items}) == (first.request_id, {"PADES"})
    assert {item.evidence for item in second.items} == {None}
    await agents.answer(world.house, agent, second.request_id, values(second, holder))

    assert await states(request_id) == {("done", ""): 6}
    assert await DocumentRow.all().count() == 3
    assert {row.status for row in await TranscriptRow.all()} == {Status.SIGNED}


async def test_no_seal_is_rendered_twice_and_a_dead_renderer_s_are_taken_over(
    db: None, settings: Settings
) -> None:
    world, agent, holder, request_id = await issuing(settings)
    first = await agents.take_job(world.house, agent)
    assert first is not None
    await agents.answer(world.house, agent, first.request_id, values(first, holder))

    prepared = await asyncio.gather(*(signing.prepare_some(world.house, request_id) for _ in range(4)))
    assert sorted(prepared) == [0, 0, 0, 3]

    seals = SigningItemRow.filter(purpose="seal")
    claimed = world.house.clock() + world.house.limits.lease
    await seals.update(state="open", tbs=None, prepared=None, prepared_until=claimed)
    assert await signing.prepare_some(world.house, request_id) == 0
    world.clock.forward(seconds=world.house.limits.lease.total_seconds() + 1)
    assert await signing.prepare_some(world.house, request_id) == 3
    assert {row.state for row in await seals} == {"prepared"}


async def test_a_seal_of_a_school_signature_that_failed_fails_with_it(db: None, settings: Settings) -> None:
    world, agent, holder, request_id = await issuing(settings)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    good = values(job, holder)
    spoilt = next(iter(good))

    await agents.answer(world.house, agent, job.request_id, good | {spoilt: b"\x00" * 256})

    assert await states(request_id) == {
        ("done", ""): 2,
        ("refused", "signature_wrong"): 2,
        ("open", ""): 2,
    }
