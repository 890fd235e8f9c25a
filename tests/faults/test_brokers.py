"""Redis dies while a worker works, and comes back with nothing in its memory; the work goes on by itself."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from hocba.actions.agents import AgentActor
from hocba.domain.values import Step
from hocba.settings import Settings
from hocba.store.models import DocumentRow, SignatureRow, SigningItemRow
from tests import conftest
from tests.actions.world import World
from tests.faults import proof
from tests.faults.own_redis import OwnRedis
from tests.faults.standstill import SEAL_PREPARED, stands_still, standstill
from tests.jobs.test_worker import answered, ready_to_seal, working
from tests.tools import needs

if conftest.POSTGRES:
    pytest.skip("brokers hold bells, whatever the database", allow_module_level=True)

PUPILS = 2
GOES_ON = 60.0
"""Seconds within which work must go on once the broker is back."""

pytestmark = needs("redis-server")


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[OwnRedis]:
    made = OwnRedis(tmp_path)
    await made.start()
    yield made
    await made.kill()


@pytest.fixture
async def school(
    db: None, settings: Settings, redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[World, AgentActor]]:
    """The school has been asked for its signatures, and its agent for the values."""
    monkeypatch.setenv("HOCBA_LEASE_SECONDS", "2")
    world, agent = await ready_to_seal(settings, redis.url)
    await world.begin(world.school.issuer, Step.ISSUE)
    yield world, agent
    await world.house.close()


async def sealed(world: World, agent: AgentActor) -> None:
    """The agent asks, as agents do, until it gets the seals; then all is there once."""
    async with asyncio.timeout(GOES_ON):
        while not await answered(world, agent):  # noqa: ASYNC110 -- another process renders
            await asyncio.sleep(1)
    assert await DocumentRow.all().count() == PUPILS
    await proof.exactly_once(whole=True, pupils=PUPILS)


async def test_redis_is_killed_with_all_it_knew_and_the_worker_goes_on(
    school: tuple[World, AgentActor], settings: Settings, redis: OwnRedis
) -> None:
    world, agent = school
    async with working(settings, redis.url) as worker:
        await wait_for(hears, redis)
        await redis.kill()
        assert await answered(world, agent), "the agent needs no broker"
        assert await SignatureRow.filter(slot_key="ky-phat-hanh").count() == PUPILS
        assert not await answered(world, agent), "whoever renders does not hear"
        await redis.start()

        await sealed(world, agent)

        assert worker.returncode is None


async def test_redis_and_the_worker_are_killed_while_it_renders(
    school: tuple[World, AgentActor], settings: Settings, redis: OwnRedis
) -> None:
    world, agent = school
    async with working(settings, redis.url) as worker:
        async with standstill(settings.database_url, SEAL_PREPARED):
            assert await answered(world, agent)
            await wait_for(asyncio.to_thread, stands_still, settings.database_url)
            await redis.kill()
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        await redis.start()
        assert await SigningItemRow.filter(state="prepared").count() == 0

    async with working(settings, redis.url):
        await sealed(world, agent)


async def hears(redis: OwnRedis) -> bool:
    """Whether somebody listens besides the one that rang."""
    with Redis.from_url(redis.url) as client:
        return int(client.zcard("hocba:__heartbeats__")) > 1  # type: ignore[arg-type]


async def wait_for(what: Callable[..., Awaitable[Any]], *given: Any) -> None:
    async with asyncio.timeout(GOES_ON):
        while not await what(*given):  # noqa: ASYNC110 -- another process does it
            await asyncio.sleep(0.05)
