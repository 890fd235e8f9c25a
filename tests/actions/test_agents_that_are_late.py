"""Agents that decline, are cancelled, or answer late or never: nothing is signed twice."""

import pytest

from hocba.actions import agents, signing
from hocba.actions.outcomes import Outcome
from hocba.domain.errors import Code
from hocba.settings import Settings
from hocba.store.models import (
    SignatureRow,
)
from tests.actions import world as worlds
from tests.actions.agents import outcomes, teacher_with_agent, values
from tests.actions.requests import STEP, states
from tests.actions.world import Token, World


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, signer=Token.key)


async def test_declining_ends_the_request_and_a_retry_asks_again(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None

    assert await agents.decline(world.house, agent, job.request_id, Code.PIN_INCORRECT) is True
    assert await agents.decline(world.house, agent, job.request_id, Code.PIN_INCORRECT) is False
    assert await states(begun.request_id) == {("refused", "pin_incorrect"): 3}
    late = await agents.answer(world.house, agent, job.request_id, values(job, holder))
    assert outcomes(late) == [(Outcome.REFUSED, Code.PIN_INCORRECT)] * 3

    await signing.retry(world.house, teacher, job.request_id, {})
    again = await agents.take_job(world.house, agent)
    assert again is not None
    await agents.answer(world.house, agent, again.request_id, values(again, holder))
    assert await states(begun.request_id) == {("done", ""): 3}
    assert await SignatureRow.all().count() == 3


async def test_a_cancelled_request_takes_no_answer_from_the_agent(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    assert begun.request_id is not None
    await signing.cancel(world.house, teacher, begun.request_id)

    results = await agents.answer(world.house, agent, job.request_id, values(job, holder))

    assert outcomes(results) == [(Outcome.REFUSED, Code.REQUEST_CLOSED)] * 3
    assert await SignatureRow.all().count() == 0


async def test_what_was_asked_too_long_ago_is_prepared_anew(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    world.clock.forward(minutes=15, seconds=1)

    late = await agents.answer(world.house, agent, job.request_id, values(job, holder))
    assert outcomes(late) == [(Outcome.REFUSED, Code.ITEM_EXPIRED)] * 3
    await signing.sweep(world.house)
    assert await states(begun.request_id) == {("open", ""): 3}
    still_late = await agents.answer(world.house, agent, job.request_id, values(job, holder))
    assert outcomes(still_late) == [(Outcome.REFUSED, Code.ITEM_EXPIRED)] * 3
    fresh = await agents.take_job(world.house, agent)
    assert fresh is not None
    assert {item.tbs for item in fresh.items}.isdisjoint(item.tbs for item in job.items)
    await agents.answer(world.house, agent, fresh.request_id, values(fresh, holder))

    assert await SignatureRow.all().count() == 3


async def test_a_request_waits_for_the_agent_a_working_day(world: World) -> None:
    teacher, agent, _ = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    world.clock.forward(hours=11)
    await signing.sweep(world.house)
    assert await states(begun.request_id) == {("open", ""): 3}
    world.clock.forward(hours=2)

    await signing.sweep(world.house)

    assert await states(begun.request_id) == {("expired", "item_expired"): 3}
    assert await agents.take_job(world.house, agent) is None


async def test_a_restart_leaves_what_is_at_the_agent_alone(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None

    await signing.sweep(world.house)
    results = await agents.answer(world.house, agent, job.request_id, values(job, holder))

    assert outcomes(results) == [(Outcome.DONE, None)] * 3
    assert await states(begun.request_id) == {("done", ""): 3}
