"""The server is killed while a school signs and while it seals, whatever database it works on."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hocba.demo.colleagues import Colleague
from hocba.store.models import SignatureRow, SigningItemRow
from tests.faults import campus as campuses
from tests.faults import proof
from tests.faults.campus import CHUNK, PUPILS, TEACHERS, Campus, Snapshot, opened, until
from tests.faults.slow_service import Halt
from tests.faults.standstill import SEAL_PREPARED, SIGNED, standstill
from tests.faults.wire import laid
from tests.tools import REQUIRED

ANSWER = b"answerSigning("


@asynccontextmanager
async def at_work(snapshot: Snapshot, **how: object) -> AsyncIterator[Campus]:
    """The school at work, and its rows to look at."""
    async with opened(snapshot, **how) as campus, proof.looking(campus.settings):  # type: ignore[arg-type]
        yield campus


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
