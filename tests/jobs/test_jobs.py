"""Jobs: rung by an id, run on the web server's own loop or by a worker, found again by the sweep."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker

from hocba import jobs as module
from hocba.actions import agents, watching
from hocba.actions.house import utc_now
from hocba.actions.watching import RequestView
from hocba.domain.people import Actor
from hocba.domain.signing import RequestState
from hocba.domain.values import Step
from hocba.jobs import Jobs, make_broker, running
from hocba.plugin_api import Outcome, Pending
from hocba.settings import Settings, SettingsError
from hocba.store import ids
from hocba.store.models import DocumentRow, SignatureRow, SigningRequestRow
from tests.actions import world as worlds
from tests.actions.agents import paired, values
from tests.actions.world import Phone, Token, World, says_yes


@asynccontextmanager
async def at_work(world: World, broker: StubBroker | None = None) -> AsyncIterator[World]:
    """The world with its jobs running on this loop."""
    work = Jobs(broker or StubBroker())
    world.house = replace(world.house, ring=work.ring)
    async with running(work, world.house):
        yield world


async def until(world: World, actor: Actor, request_id: UUID, *states: RequestState) -> RequestView:
    async with asyncio.timeout(20):
        async for view in watching.request_states(world.house, actor, request_id):
            if view.state in states:
                return view
    raise AssertionError("the request ended otherwise")


async def test_a_phone_that_makes_the_vendor_wait_is_polled_by_a_job(db: None, settings: Settings) -> None:
    made = await worlds.make(settings)

    async def waits(phone: Phone, order: worlds.Order) -> Outcome:
        return Outcome(
            rest=Pending(b"t", timedelta(milliseconds=50), made.house.clock() + timedelta(minutes=5))
        )

    async def confirmed_the_third_time(resume: bytes) -> Outcome:
        if len(made.phone.polls) < 3:
            return await waits(made.phone, made.phone.orders[0])
        return await says_yes(made.phone, made.phone.orders[0])

    made.phone.behave, made.phone.on_poll = waits, confirmed_the_third_time
    made.house = replace(made.house, clock=utc_now)
    async with at_work(made) as world:
        teacher = world.school.teachers[0]
        begun = await world.begin(teacher, Step.SUBJECT_TEACHERS)
        assert begun.request_id is not None
        await until(world, teacher, begun.request_id, RequestState.FINISHED)

    assert len(made.phone.polls) == 3
    assert await SignatureRow.all().count() == 3


async def test_seals_are_rendered_in_the_background_for_the_agent(db: None, settings: Settings) -> None:
    made = await worlds.make(settings)
    await made.sign_until(Step.ISSUE)
    holder, issuer = made.school_holder, made.school.issuer
    assert holder is not None
    await worlds.SigningAccountRow.filter(id=made.school_account).update(signer_key=Token.key)
    agent, _ = await paired(made, issuer, holder)
    async with at_work(made) as world:
        begun = await world.begin(issuer, Step.ISSUE)
        assert begun.request_id is not None
        async with asyncio.timeout(20):
            while not (await watching.view(issuer, begun.request_id)).state.closed:
                if job := await agents.take_job(world.house, agent):
                    await agents.answer(world.house, agent, job.request_id, values(job, holder))
                await asyncio.sleep(0.05)

    assert await DocumentRow.all().count() == 3


async def test_the_sweep_at_start_ends_what_a_dead_process_left(db: None, settings: Settings) -> None:
    made = await worlds.make(settings)
    teacher = made.school.teachers[0]
    begun = await made.begin(teacher, Step.SUBJECT_TEACHERS)
    assert begun.request_id is not None
    await made.house.tasks.cancel()
    await SigningRequestRow.all().update(lease_owner="dead", lease_until=made.clock.now)
    made.clock.forward(seconds=1)

    async with at_work(made) as world:
        view = await until(world, teacher, begun.request_id, RequestState.EXPIRED)

    assert {item.state.value for item in view.items} == {"expired"}


@pytest.mark.parametrize("url", ["redis://:geheim@127.0.0.1:1/0", "amqp://guest:geheim@127.0.0.1:1"])
async def test_a_bell_that_cannot_be_rung_stops_nothing(caplog: pytest.LogCaptureFixture, url: str) -> None:
    deaf = Jobs(make_broker(url))

    deaf.ring("settle", ids.new())
    deaf.close()

    assert "settle" in caplog.text
    assert "geheim" not in caplog.text


def test_messages_carry_an_id_and_nothing_else() -> None:
    broker = StubBroker()
    id_ = ids.new()

    Jobs(broker).ring("settle", id_)

    message = broker.queues[module.QUEUE].get_nowait()
    assert b'"args":["%s"]' % str(id_).encode() in message
    assert b'"kwargs":{}' in message


def test_every_actor_has_limits() -> None:
    work = Jobs(StubBroker())

    actors = [work.broker.get_actor(name) for name in ("poll_signing", "settle", "prepare_seals")]

    assert {(actor.options["max_retries"], actor.options["time_limit"]) for actor in actors} == {(5, 300_000)}


def test_only_redis_and_rabbitmq_are_spoken() -> None:
    assert isinstance(make_broker(None), StubBroker)
    assert isinstance(make_broker("redis://127.0.0.1:1/0"), RedisBroker)
    assert isinstance(make_broker("amqps://127.0.0.1:1"), RabbitmqBroker)
    with pytest.raises(
        SettingsError, match=r"broker_url: only redis://, rediss://, amqp://, amqps:// are supported"
    ):
        make_broker("kafka://127.0.0.1")
