"""``hocba worker``: a process of its own that hears bells through Redis or RabbitMQ."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from hocba import worker
from hocba.actions import agents
from hocba.actions.house import utc_now
from hocba.domain.values import Step
from hocba.jobs import Jobs, make_broker
from hocba.plugins import Plugins
from hocba.settings import Settings
from hocba.store.models import DocumentRow, SigningAccountRow, SigningItemRow
from tests.actions import world as worlds
from tests.actions.agents import paired, values
from tests.actions.world import Token, World
from tests.brokers import RABBITMQ_URL, REDIS_URL, answers, must_answer
from tests.faults.proxy import between

RUN = "from hocba.settings import Settings; from hocba.worker import run; run(Settings.load())"

AWAY = 4.0
"""Seconds for which a broker is away: longer than it takes the worker to try again."""


class RealToken(Token):
    """Under the key that the worker's own plugin has."""

    key = "usb-token"


@pytest.fixture(params=[REDIS_URL, RABBITMQ_URL], ids=["Redis", "RabbitMQ"])
def broker_url(request: pytest.FixtureRequest) -> str:
    """The address of a broker that answers and holds nothing."""
    url: str = request.param
    must_answer(url)
    return url


@asynccontextmanager
async def working(settings: Settings, broker_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        "HOCBA_DATABASE_URL": settings.database_url,
        "HOCBA_BROKER_URL": broker_url,
        "HOCBA_DATA_DIR": str(settings.data_dir),
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN, env=os.environ | environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            await process.wait()


async def seals_are_prepared() -> int:
    async with asyncio.timeout(30):
        prepared = SigningItemRow.filter(state="prepared", purpose="seal")
        while not (count := await prepared.count()):  # noqa: ASYNC110 -- another process does it
            await asyncio.sleep(0.1)
        return count


async def ready_to_seal(settings: Settings, broker_url: str) -> tuple[World, agents.AgentActor]:
    """A school whose transcripts lack its own signature and seal, and the issuer's agent."""
    world = await worlds.make(settings, students=2)
    await world.sign_until(Step.ISSUE)
    await SigningAccountRow.filter(id=world.school_account).update(signer_key=RealToken.key)
    jobs = Jobs(make_broker(broker_url))
    signers = {RealToken.key: RealToken()}
    world.house = replace(
        world.house,
        ring=jobs.ring,
        clock=utc_now,
        plugins=Plugins(signers=signers, portals={}, states=()),
        at_close=(lambda: asyncio.to_thread(jobs.close),),
    )
    assert world.school_holder is not None
    agent, _ = await paired(world, world.school.issuer, world.school_holder)
    return world, agent


async def answered(world: World, agent: agents.AgentActor) -> bool:
    """What the agent of the school does each time it asks; whether it was given anything."""
    assert world.school_holder is not None
    if job := await agents.take_job(world.house, agent):
        await agents.answer(world.house, agent, job.request_id, values(job, world.school_holder))
    return job is not None


async def test_a_worker_prepares_the_seals_and_stops_when_told(
    db: None, settings: Settings, broker_url: str
) -> None:
    world, agent = await ready_to_seal(settings, broker_url)
    await world.begin(world.school.issuer, Step.ISSUE)
    first = await agents.take_job(world.house, agent)
    assert first is not None
    assert world.school_holder is not None
    await agents.answer(world.house, agent, first.request_id, values(first, world.school_holder))
    assert await agents.take_job(world.house, agent) is None

    async with working(settings, broker_url) as process:
        assert await seals_are_prepared() == 2

    assert process.returncode == 0
    second = await agents.take_job(world.house, agent)
    assert second is not None
    await agents.answer(world.house, agent, second.request_id, values(second, world.school_holder))
    await world.house.close()
    assert await DocumentRow.all().count() == 2


async def test_what_the_broker_forgot_is_rung_again(db: None, settings: Settings, broker_url: str) -> None:
    world, agent = await ready_to_seal(settings, broker_url)
    await world.begin(world.school.issuer, Step.ISSUE)
    first = await agents.take_job(world.house, agent)
    assert first is not None
    assert world.school_holder is not None
    good = values(first, world.school_holder)
    for item, value in good.items():
        await SigningItemRow.filter(id=item).update(state="answered", answer=value)
    await world.house.close()
    assert answers(make_broker(broker_url))  # and has forgotten everything

    async with working(settings, broker_url):
        assert await seals_are_prepared() == 2

    assert await SigningItemRow.filter(state="done", slot_key="ky-phat-hanh").count() == 2


async def test_a_broker_that_was_away_is_found_again(db: None, settings: Settings, broker_url: str) -> None:
    there = urlsplit(broker_url)
    async with between(there.port or 5672) as (proxy, port):
        user = f"{there.netloc.rpartition('@')[0]}@" if "@" in there.netloc else ""
        wire = there._replace(netloc=f"{user}127.0.0.1:{port}").geturl()
        world, agent = await ready_to_seal(settings, wire)
        await world.begin(world.school.issuer, Step.ISSUE)
        async with working(settings, wire) as process:
            proxy.closed = b""
            proxy.cut()
            assert await answered(world, agent), "the agent needs no broker"
            assert not await answered(world, agent), "whoever renders does not hear"
            await asyncio.sleep(AWAY)
            assert answers(make_broker(broker_url))  # and it has forgotten everything
            proxy.closed = None

            async with asyncio.timeout(30):
                while not await answered(world, agent):  # noqa: ASYNC110 -- another process renders
                    await asyncio.sleep(1)

            assert process.returncode is None
        await world.house.close()
    assert await DocumentRow.all().count() == 2


def test_a_worker_without_a_broker_has_nothing_to_do(settings: Settings) -> None:
    with pytest.raises(worker.NoBrokerError):
        worker.run(settings)
