"""The process is killed in the middle of a class: nothing is lost, and nothing is there twice."""

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from dramatiq.brokers.stub import StubBroker

from hocba.actions import agents, signing, watching
from hocba.actions.outcomes import Outcome
from hocba.domain.signing import RequestState
from hocba.domain.values import Status, Step
from hocba.jobs import Jobs, running
from hocba.settings import Settings
from hocba.store.models import (
    DocumentRow,
    EventRow,
    SignatureRow,
    SigningAccountRow,
    SigningItemRow,
    SigningRequestRow,
    TranscriptRow,
)
from tests.actions import world as worlds
from tests.actions.agents import paired, values
from tests.actions.world import SECRETS, Token, World
from tests.faults.child import house_of
from tests.pki import Holder

ROOT = Path(__file__).parents[2]
PUPILS = 8
BATCH = 3


def pem(holder: Holder) -> str:
    key = holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (key + holder.pem).decode()


async def killed(world: World, settings: Settings, step: Step, signers: list[UUID], kept: int) -> None:
    """A process signs, and is killed (SIGKILL) when its phone has the order number ``kept``."""
    account = {Step.ISSUE: world.school_account}
    keys = [world.school_holder] if step is Step.ISSUE else [world.holders[each] for each in signers]
    plan = {
        "database_url": settings.database_url,
        "data_dir": str(settings.data_dir),
        "school": str(world.school.id),
        "transcripts": [str(each) for each in world.transcripts],
        "step": step.value,
        "accounts": {str(each): str(account.get(step) or world.accounts[each]) for each in signers},
        "keys": {str(number): pem(each) for number, each in enumerate(keys) if each},
        "max_batch": BATCH,
        "kept": kept,
    }
    file = settings.data_dir / "plan.json"
    file.write_text(json.dumps(plan))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.child", str(file), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"READY\n"
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


@asynccontextmanager
async def restarted(world: World, settings: Settings) -> AsyncIterator[World]:
    """The next process: its own house and jobs on the same database; the phone works now."""
    jobs = Jobs(StubBroker())
    house = house_of(settings, world.phone, jobs)
    async with running(jobs, house):
        yield replace(world, house=house)


async def ended(world: World) -> list[SigningRequestRow]:
    """Every request of a remote signer, once nothing moves any more."""
    async with asyncio.timeout(30):
        working = SigningRequestRow.filter(state="working", signer_key=worlds.Phone.key)
        while await working.exists():  # noqa: ASYNC110 -- a task or the sweep ends them
            await asyncio.sleep(0.1)
    return await SigningRequestRow.filter(signer_key=worlds.Phone.key)


async def exactly_once(world: World, slots: set[str]) -> None:
    pairs = Counter(await SignatureRow.filter(slot_key__in=slots).values_list("transcript_id", "slot_key"))
    assert pairs == {(transcript, slot): 1 for transcript in world.transcripts for slot in slots}
    for transcript in await TranscriptRow.all():
        events = (
            await EventRow.filter(aggregate_id=transcript.id).order_by("version").values("version", "kind")
        )
        assert [each["version"] for each in events] == list(range(transcript.version + 1))
        signed = await SignatureRow.filter(transcript_id=transcript.id).count()
        assert sum(each["kind"] == "SignatureAdded" for each in events) == signed
    done = await SigningItemRow.filter(state="done", purpose="slot").count()
    assert done == await SignatureRow.all().count()


@pytest.mark.parametrize("kept", [1, 5, 9], ids=["the first", "one in between", "the last"])
async def test_killed_while_teachers_sign(db: None, settings: Settings, kept: int) -> None:
    """Three teachers give three orders each; the phone has the ``kept``-th of the nine."""
    world = await worlds.make(settings, students=PUPILS)
    remote, at_token = world.school.teachers[:3], world.school.teachers[3]
    world.house = replace(world.house, clock=lambda: worlds.datetime.now(worlds.build.UTC))
    await SigningAccountRow.filter(id=world.accounts[at_token.id]).update(signer_key=Token.key)
    agent, _ = await paired(world, at_token, world.holders[at_token.id])
    await world.begin(at_token, Step.SUBJECT_TEACHERS)
    job = await agents.take_job(world.house, agent)
    assert job is not None

    await killed(world, settings, Step.SUBJECT_TEACHERS, [each.id for each in remote], kept)

    async with restarted(world, settings) as again:
        results = await agents.answer(
            again.house, agent, job.request_id, values(job, world.holders[at_token.id])
        )
        assert {each.outcome for each in results} == {Outcome.DONE}
        requests = await ended(again)
        assert {request.state for request in requests} <= {RequestState.EXPIRED, RequestState.FINISHED}
        assert RequestState.EXPIRED in {request.state for request in requests}
        by_id = {each.id: each for each in remote}
        for request in requests:
            if request.state == RequestState.EXPIRED:
                await signing.retry(again.house, by_id[request.person_id], request.id, SECRETS)
        assert {request.state for request in await ended(again)} == {RequestState.FINISHED}
        for teacher in remote:
            # A teacher whose request was not even written before the end begins anew.
            begun = await again.begin(teacher, Step.SUBJECT_TEACHERS)
            if begun.request_id:
                await last_state(again, teacher.id, begun.request_id)

    await exactly_once(world, {f"gvbm-{n}" for n in (1, 2, 3, 4)})


@pytest.mark.parametrize("kept", [1, 2, 4], ids=["signatures", "seals", "the last seal"])
async def test_killed_while_the_school_signs_and_seals(db: None, settings: Settings, kept: int) -> None:
    """Three signatures, their seals, one signature, its seal: the phone has the ``kept``-th order."""
    world = await worlds.make(settings, students=4)
    await world.sign_until(Step.ISSUE)
    issuer = world.school.issuer

    await killed(world, settings, Step.ISSUE, [issuer.id], kept)

    async with restarted(world, settings) as again:
        (request,) = await ended_of(again, issuer.id)
        assert request.state == RequestState.EXPIRED
        await signing.retry(again.house, issuer, request.id, SECRETS)
        await last_state(again, issuer.id, request.id)

    await exactly_once(world, {"ky-phat-hanh"})
    assert Counter(await DocumentRow.all().values_list("transcript_id", flat=True)) == dict.fromkeys(
        world.transcripts, 1
    )
    assert await EventRow.filter(kind="Sealed").count() == 4
    assert {row.status for row in await TranscriptRow.all()} == {Status.SIGNED}


async def ended_of(world: World, person: UUID) -> list[SigningRequestRow]:
    return [each for each in await ended(world) if each.person_id == person and each.step is Step.ISSUE]


async def last_state(world: World, person: UUID, request_id: UUID) -> None:
    actor = next(each for each in (*world.school.teachers, world.school.issuer) if each.id == person)
    async with asyncio.timeout(30):
        async for view in watching.request_states(world.house, actor, request_id):
            last = view
    assert last.state is RequestState.FINISHED
