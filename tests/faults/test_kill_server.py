"""The real programs are killed in the middle of their work, and each signature is there exactly once.

``hocba serve``, ``hocba worker`` and ``hocba-agent`` run as processes of their own, over HTTP.
Each death falls where it is meant to: the signing service says when it has the second order, the
wire when it has swallowed an agent's answer, and the database holds a transaction at one
statement until the process is gone.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis import Redis

from hocba.demo.colleagues import Colleague
from hocba.store.models import SigningItemRow
from tests import conftest
from tests.brokers import REDIS_URL, must_answer
from tests.faults import campus as campuses
from tests.faults import proof
from tests.faults.campus import CHUNK, PUPILS, SCHOOL, TEACHERS, Snapshot, opened, until
from tests.faults.killed import (
    ANSWER,
    at_work,
    expired_and_retried,
    killed_while_teachers_sign,
    killed_while_the_school_issues,
    the_school_has_signed,
)
from tests.faults.slow_service import Halt
from tests.faults.standstill import SEAL_PREPARED, SIGNED, stands_still, standstill
from tests.faults.wire import laid

if conftest.POSTGRES:
    pytest.skip("the first run walks on both databases", allow_module_level=True)

OWN_REDIS = f"{REDIS_URL.rpartition('/')[0]}/14"
"""A database of our own: workers of other tests would take our bells."""

SUBSCRIBE = "subscription ($id: ID!) { signingRequest(id: $id) { state } }"
STOPS_IN = 20.0


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A school whose transcripts wait for their first signature."""
    return asyncio.run(campuses.found(tmp_path_factory.mktemp("created") / "school"))


@pytest.fixture(scope="module")
def ready_to_issue(created: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The same school, when only its own signature and seal are missing."""

    async def sign() -> Snapshot:
        async with opened(created.moved(tmp_path_factory.mktemp("ready") / "school")) as campus:
            await campus.all_agents()
            for step in (TEACHERS, "HOMEROOM_TEACHER", "LEADER"):
                await campus.step(step)
            return campus.snapshot()

    return asyncio.run(sign())


async def test_on_sqlite_a_killed_server_goes_on_and_all_is_there_once(
    created: Snapshot, tmp_path: Path
) -> None:
    async with at_work(created.moved(tmp_path / "school")) as campus:
        await killed_while_teachers_sign(campus)
        await killed_while_the_school_issues(campus)


async def test_a_server_that_is_told_to_stop_lets_go_of_everything(created: Snapshot, tmp_path: Path) -> None:
    async with at_work(created.moved(tmp_path / "school"), lease=3600) as campus:
        remote = campus.teachers(by_agent=False)[0]
        halt = campus.service.halts[remote.line.code] = Halt(order=2, signs=True)
        request = await campus.begin(remote)
        await asyncio.wait_for(halt.reached.wait(), campuses.PATIENCE)
        async with watching(remote, request):
            assert campus.server is not None
            campus.server.send_signal(signal.SIGTERM)
            code = await asyncio.wait_for(campus.server.wait(), STOPS_IN)
        assert code in {0, -signal.SIGTERM}
        halt.over.set()

        await campus.serve()

        # At once, though a lease would last an hour: whoever stops in order gives it back.
        await expired_and_retried(campus, remote, request)
        # The service had signed the second order, and its answer was lost: signed anew, kept once.
        assert proof.signed_at_the_service(campus, remote.line.code) == [1] * (PUPILS + CHUNK)
        await proof.exactly_once(whole=False)


@asynccontextmanager
async def watching(who: Colleague, request: str) -> AsyncIterator[None]:
    """Somebody watches his request over an endless answer."""
    body = {"query": SUBSCRIBE, "variables": {"id": request}}
    headers = {"Accept": "text/event-stream"}
    async with who.client._http.stream("POST", "/graphql", json=body, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield


async def test_a_killed_agent_gets_its_job_again(created: Snapshot, tmp_path: Path) -> None:
    async with at_work(created.moved(tmp_path / "school")) as campus, laid(campus.port) as (wire, end):
        who = campus.teachers(by_agent=True)[0]
        wire.word = ANSWER
        agent = await campus.agent(who.line.code, port=end)
        request = await campus.begin(who)
        await asyncio.wait_for(wire.caught.wait(), campuses.PATIENCE)
        await campus.kill(agent)
        wire.mend()
        assert await proof.items() == {"asked": PUPILS}

        await campus.agent(who.line.code)

        assert await campus.ended(who, request) == ("FINISHED", {"DONE": PUPILS})
        await proof.exactly_once(whole=False)


async def test_another_worker_renders_the_seals_of_a_killed_one(
    ready_to_issue: Snapshot, tmp_path: Path
) -> None:
    must_answer(OWN_REDIS)
    async with at_work(ready_to_issue.moved(tmp_path / "school"), broker=OWN_REDIS) as campus:
        first = await campus.work()
        await campus.agent(SCHOOL)
        url = campus.settings.database_url
        async with standstill(url, SEAL_PREPARED):
            request = await campus.begin(campus.office.issuer, "ISSUE")
            await until(the_school_has_signed)
            await until(lambda: asyncio.to_thread(stands_still, url))
            await campus.kill(first)
        assert await proof.items("seal") == {"open": PUPILS}

        await campus.work()

        assert await campus.ended(campus.office.issuer, request) == ("FINISHED", {"DONE": 2 * PUPILS})
        await proof.exactly_once(whole=True)


async def test_what_redis_forgot_and_a_killed_server_left_goes_on(
    ready_to_issue: Snapshot, tmp_path: Path
) -> None:
    must_answer(OWN_REDIS)
    with Redis.from_url(OWN_REDIS) as redis:
        redis.flushdb()
        async with at_work(ready_to_issue.moved(tmp_path / "school"), broker=OWN_REDIS) as campus:
            await campus.agent(SCHOOL)
            async with standstill(campus.settings.database_url, SIGNED):
                request = await campus.begin(campus.office.issuer, "ISSUE")
                await until(SigningItemRow.filter(state="answered").exists)
                await campus.kill(campus.server)
            await campus.kill(campus.agents[SCHOOL])
            assert redis.dbsize() > 0
            redis.flushdb()

            await campus.serve()
            await campus.work()
            # The agent is away: that the signatures are settled is the sweep's doing alone.
            await until(the_school_has_signed)
            await campus.agent(SCHOOL)

            assert await campus.ended(campus.office.issuer, request) == ("FINISHED", {"DONE": 2 * PUPILS})
            await proof.exactly_once(whole=True)
