"""A request for a token waits for a paired computer that holds the certificate: without one it is refused."""

from collections.abc import Sequence

import pytest

from hocba.actions import agents, signing
from hocba.actions.outcomes import Outcome
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import Step
from hocba.settings import Settings
from hocba.store.models import SigningItemRow, SigningRequestRow
from tests.actions import world as worlds
from tests.actions.agents import outcomes, paired, values
from tests.actions.requests import STEP, states
from tests.actions.world import Token, World

UNPAIRED = [(Outcome.REFUSED, Code.AGENT_NOT_PAIRED)] * 3


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, signer=Token.key)


async def begun(world: World, actor: Actor, step: Step = STEP) -> Sequence[tuple[Outcome, Code | None]]:
    return outcomes((await world.begin(actor, step)).results)


async def nothing_was_written(world: World) -> bool:
    return not (await SigningRequestRow.exists() or await SigningItemRow.exists() or world.rings)


async def test_whoever_has_paired_no_computer_is_told_at_once(world: World) -> None:
    begun = await world.begin(world.school.teachers[0], STEP)

    assert begun.request_id is None
    assert outcomes(begun.results) == UNPAIRED
    assert await nothing_was_written(world)


async def test_a_computer_counts_when_it_is_ones_own_and_holds_the_certificate(world: World) -> None:
    teacher, other = world.school.teachers[:2]
    own, foreign = world.holders[teacher.id], world.holders[other.id]
    await paired(world, other, own)
    await paired(world, teacher, foreign)
    await paired(world, teacher)
    assert await begun(world, teacher) == UNPAIRED
    assert await nothing_was_written(world)

    await paired(world, teacher, foreign, own)

    assert await begun(world, teacher) == [(Outcome.DONE, None)] * 3


async def test_one_that_is_confirmed_counts_once_it_has_fetched_its_token(world: World) -> None:
    teacher = world.school.teachers[0]
    der = world.holders[teacher.id].der
    pairing = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [der])
    await agents.confirm_pairing(world.house, teacher, pairing.code)
    assert await begun(world, teacher) == UNPAIRED
    assert await nothing_was_written(world)

    await agents.claim_pairing(world.house, pairing.device_code)

    assert await begun(world, teacher) == [(Outcome.DONE, None)] * 3


async def test_a_revoked_computer_does_not_count(world: World) -> None:
    teacher = world.school.teachers[0]
    agent, _ = await paired(world, teacher, world.holders[teacher.id])
    await agents.revoke_agent(world.house, teacher, agent.id)

    assert await begun(world, teacher) == UNPAIRED
    assert await nothing_was_written(world)


async def test_the_schools_certificate_lies_on_the_issuers_own_computer(db: None, settings: Settings) -> None:
    world = await worlds.make(settings)
    await world.sign_until(Step.ISSUE)
    await worlds.SigningAccountRow.filter(id=world.school_account).update(signer_key=Token.key)
    requests = await SigningRequestRow.all().count()
    assert world.school_holder is not None
    await paired(world, world.school.admin, world.school_holder)
    assert await begun(world, world.school.issuer, Step.ISSUE) == UNPAIRED
    assert await SigningRequestRow.all().count() == requests

    await paired(world, world.school.issuer, world.school_holder)

    assert await begun(world, world.school.issuer, Step.ISSUE) == [(Outcome.DONE, None)] * 3


async def test_rights_and_turns_are_told_before_computers(world: World) -> None:
    school = world.school
    early = await begun(world, school.leader, Step.LEADER)
    stranger = outcomes(
        (
            await signing.begin(
                world.house, school.leader, world.transcripts, STEP, world.accounts[school.leader.id], {}
            )
        ).results
    )
    assert early == [(Outcome.REFUSED, Code.NOT_YOUR_TURN)] * 3
    assert stranger == [(Outcome.REFUSED, Code.NOT_A_SIGNER)] * 3


async def test_a_retry_needs_the_computer_too(world: World) -> None:
    teacher = world.school.teachers[0]
    holder = world.holders[teacher.id]
    agent, _ = await paired(world, teacher, holder)
    first = await world.begin(teacher, STEP)
    assert first.request_id is not None
    world.clock.forward(hours=12, seconds=1)
    await signing.sweep(world.house)
    await agents.revoke_agent(world.house, teacher, agent.id)
    before = await SigningRequestRow.all().values(), await SigningItemRow.all().order_by("id").values()

    with pytest.raises(Refusal) as refused:
        await signing.retry(world.house, teacher, first.request_id, {})

    assert refused.value.code is Code.AGENT_NOT_PAIRED
    after = await SigningRequestRow.all().values(), await SigningItemRow.all().order_by("id").values()
    assert after == before
    again, _ = await paired(world, teacher, holder)
    await signing.retry(world.house, teacher, first.request_id, {})
    job = await agents.take_job(world.house, again)
    assert job is not None
    await agents.answer(world.house, again, job.request_id, values(job, holder))
    assert await states(first.request_id) == {("done", ""): 3}


async def test_the_same_key_again_is_the_same_request_whatever_became_of_the_computer(world: World) -> None:
    teacher = world.school.teachers[0]
    agent, _ = await paired(world, teacher, world.holders[teacher.id])
    first = await world.begin(teacher, STEP, idempotency_key="một lần")
    await agents.revoke_agent(world.house, teacher, agent.id)

    again = await world.begin(teacher, STEP, idempotency_key="một lần")

    assert again.request_id == first.request_id
    assert outcomes(again.results) == [(Outcome.UNCHANGED, None)] * 3
    assert await SigningRequestRow.all().count() == 1
