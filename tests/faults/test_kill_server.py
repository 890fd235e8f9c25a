"""The real programs are killed in the middle of their work, and each signature is there exactly once.

``hocba serve``, ``hocba worker`` and ``hocba-agent`` run as processes of their own, over HTTP.
Each death falls where it is meant to: the signing service says when it has the second order, the
wire when it has swallowed an agent's answer, and the database holds a transaction at one
statement until the process is gone.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis import Redis

from hocba.demo.colleagues import Colleague
from hocba.store.models import SignatureRow, SigningItemRow
from tests import conftest, postgres
from tests.faults import campus as campuses
from tests.faults import proof
from tests.faults.campus import CHUNK, PUPILS, SCHOOL, TEACHERS, Campus, Snapshot, opened, until
from tests.faults.slow_service import Halt
from tests.faults.standstill import SEAL_PREPARED, SIGNED, stands_still, standstill
from tests.faults.wire import laid
from tests.jobs.test_worker import REDIS_URL, needs_redis
from tests.tools import REQUIRED

if conftest.POSTGRES:
    pytest.skip("the first run walks on both databases", allow_module_level=True)

OWN_REDIS = f"{REDIS_URL.rpartition('/')[0]}/14"
"""A database of our own: workers of other tests would take our bells."""

ANSWER = b"answerSigning("
SUBSCRIBE = "subscription ($id: ID!) { signingRequest(id: $id) { state } }"
STOPS_IN = 20.0

needs_postgres = pytest.mark.skipif(
    not REQUIRED and not asyncio.run(postgres.answers(conftest.POSTGRES_URL)), reason="needs PostgreSQL"
)


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


@pytest.fixture
def postgres_schema() -> Iterator[str]:
    """The URL of an empty schema, gone afterwards."""
    schema = f"hocba_killed_{os.getpid()}"
    asyncio.run(conftest.execute(f"CREATE SCHEMA {schema}"))
    try:
        yield f"{conftest.POSTGRES_URL}?schema={schema}"
    finally:
        asyncio.run(conftest.execute(f"DROP SCHEMA {schema} CASCADE"))


@asynccontextmanager
async def at_work(snapshot: Snapshot, **how: object) -> AsyncIterator[Campus]:
    """The school at work, and its rows to look at."""
    async with opened(snapshot, **how) as campus, proof.looking(campus.settings):  # type: ignore[arg-type]
        yield campus


async def test_on_sqlite_a_killed_server_goes_on_and_all_is_there_once(
    created: Snapshot, tmp_path: Path
) -> None:
    async with at_work(created.moved(tmp_path / "school")) as campus:
        await killed_while_teachers_sign(campus)
        await killed_while_the_school_issues(campus)


@needs_postgres
async def test_on_postgresql_a_killed_server_goes_on_and_all_is_there_once(
    postgres_schema: str, tmp_path: Path
) -> None:
    async with at_work(await campuses.found(tmp_path / "school", postgres_schema)) as campus:
        await killed_while_teachers_sign(campus)
        await killed_while_the_school_issues(campus)


async def killed_while_teachers_sign(campus: Campus) -> None:
    """One answer waits at its agent, one is written down, one service has the second order: SIGKILL."""
    (slow, quick, *_), (remote, *_) = campus.teachers(by_agent=True), campus.teachers(by_agent=False)
    halt = campus.service.halts[remote.line.code] = Halt(order=2)
    async with laid(campus.port) as (wire, end):
        wire.word = ANSWER
        agents = [await campus.agent(slow.line.code, port=end), await campus.agent(quick.line.code)]
        asked = {who.line.code: await campus.begin(who) for who in (slow, remote)}
        async with asyncio.timeout(campuses.PATIENCE):
            await wire.caught.wait()
            await halt.reached.wait()
        async with standstill(campus.settings.database_url, SIGNED):
            asked[quick.line.code] = await campus.begin(quick)
            await until(SigningItemRow.filter(state="answered").exists)
            await campus.kill(campus.server)
        halt.over.set()
        wire.mend()
        assert await proof.items() == {"done": CHUNK, "asked": CHUNK + PUPILS, "open": 1, "answered": PUPILS}
        assert await SignatureRow.all().count() == CHUNK

        await campus.serve()

        for who in (slow, quick):
            assert await campus.ended(who, asked[who.line.code]) == ("FINISHED", {"DONE": PUPILS})
        assert {agent.returncode for agent in agents} == {None}
        await expired_and_retried(campus, remote, asked[remote.line.code])
        assert proof.signed_at_the_service(campus, remote.line.code) == [1] * PUPILS
        await proof.exactly_once(whole=False)
        await campus.kill(campus.agents.pop(slow.line.code))
    await campus.all_agents()
    for step in (TEACHERS, "HOMEROOM_TEACHER", "LEADER"):
        await campus.step(step)


async def expired_and_retried(campus: Campus, who: Colleague, request: str) -> None:
    """What was settled stays, the rest has expired, and one retry with the secret does it."""
    assert await campus.ended(who, request) == ("EXPIRED", {"DONE": CHUNK, "EXPIRED": PUPILS - CHUNK})
    await campus.retry(who, request)
    assert await campus.ended(who, request) == ("FINISHED", {"DONE": PUPILS})


async def killed_while_the_school_issues(campus: Campus) -> None:
    """The XML is signed and the seals are not kept: SIGKILL; then everything is looked at."""
    issuer = campus.office.issuer
    async with standstill(campus.settings.database_url, SEAL_PREPARED):
        request = await campus.begin(issuer, "ISSUE")
        await until(the_school_has_signed)
        await campus.kill(campus.server)
    assert await proof.items("seal") == {"open": PUPILS}

    await campus.serve()

    assert await campus.ended(issuer, request) == ("FINISHED", {"DONE": 2 * PUPILS})
    files = await proof.exported(campus)
    await proof.exactly_once(whole=True)
    proof.verify(campus, files)
    for who in campus.teachers(by_agent=False):
        assert set(proof.signed_at_the_service(campus, who.line.code)) == {1}
    if REQUIRED or shutil.which("xmlsec1"):
        proof.xmlsec_agrees(files, signatures=await SignatureRow.all().count())


async def the_school_has_signed() -> bool:
    return await SignatureRow.filter(slot_key="ky-phat-hanh").count() == PUPILS


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


@needs_redis
async def test_another_worker_renders_the_seals_of_a_killed_one(
    ready_to_issue: Snapshot, tmp_path: Path
) -> None:
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


@needs_redis
async def test_what_redis_forgot_and_a_killed_server_left_goes_on(
    ready_to_issue: Snapshot, tmp_path: Path
) -> None:
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
