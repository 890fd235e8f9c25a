"""The agent on a teacher's computer: given signed jobs, and believed item by item."""

import asyncio
import base64
from collections import Counter
from hashlib import sha256

import pytest

from hocba.actions import agents
from hocba.actions.outcomes import Outcome
from hocba.documents import signing as xml
from hocba.domain.errors import Code, Refusal
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import (
    SignatureRow,
    SigningItemRow,
    SigningRequestRow,
)
from tests.actions import world as worlds
from tests.actions.agents import claims, outcomes, paired, teacher_with_agent, values
from tests.actions.requests import STEP, states
from tests.actions.world import Token, World
from tests.documents.signed import small


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, signer=Token.key)


async def test_a_job_is_the_servers_word_for_exactly_these_bytes(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    assert await agents.take_job(world.house, agent) is None
    begun = await world.begin(teacher, STEP)

    job = await agents.take_job(world.house, agent)

    assert job is not None
    said = claims(world, job)
    assert said["request"] == str(begun.request_id) == str(job.request_id)
    assert said["count"] == len(job.items) == 3
    assert said["certificate"] == holder.certificate.fingerprint
    assert said["tbs"] == [sha256(item.tbs).hexdigest() for item in job.items]
    assert said["exp"] - said["iat"] == 15 * 60
    assert set(said) == {"jti", "iat", "exp", "request", "title", "count", "certificate", "tbs"}
    assert {item.kind for item in job.items} == {"XADES"}
    for item in job.items:
        assert item.evidence is not None
        assert item.evidence.startswith(b"<THONG_TIN_CHUNG ")
        assert base64.b64encode(sha256(item.evidence).digest()) in item.tbs


async def test_an_agent_signs_a_class(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None

    results = await agents.answer(world.house, agent, job.request_id, values(job, holder))

    assert outcomes(results) == [(Outcome.DONE, None)] * 3
    assert [str(result.id) for result in results] == [item.reference for item in job.items]
    assert await states(begun.request_id) == {("done", ""): 3}
    assert (await SigningRequestRow.get(id=begun.request_id)).state == "finished"
    assert await agents.take_job(world.house, agent) is None
    again = await agents.answer(world.house, agent, job.request_id, values(job, holder))
    assert outcomes(again) == [(Outcome.UNCHANGED, None)] * 3
    assert await SignatureRow.all().count() == 3


async def test_a_lost_job_is_handed_out_again_with_the_same_bytes(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    second, _ = await paired(world, teacher, holder)
    await world.begin(teacher, STEP)
    first = await agents.take_job(world.house, agent)
    assert first is not None

    assert await agents.take_job(world.house, second) is None
    again = await agents.take_job(world.house, agent)

    assert again is not None
    assert again.items == first.items
    assert claims(world, again)["jti"] != claims(world, first)["jti"]


async def test_partial_answers_settle_and_the_rest_follows(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    everything = values(job, holder)
    first, *rest = everything

    await agents.answer(world.house, agent, job.request_id, {first: everything[first]})
    assert await states(begun.request_id) == {("done", ""): 1, ("asked", ""): 2}
    await agents.answer(world.house, agent, job.request_id, {item: everything[item] for item in rest})

    assert await states(begun.request_id) == {("done", ""): 3}


async def test_values_are_judged_one_by_one(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    good = values(job, holder)
    first, second, third = good
    stranger = ids.new()

    results = await agents.answer(
        world.house,
        agent,
        job.request_id,
        {first: good[second], stranger: b"x", third: good[third]},
        refusals={second: Code.TOKEN_REMOVED},
    )

    assert outcomes(results) == [
        (Outcome.REFUSED, Code.SIGNATURE_WRONG),
        (Outcome.REFUSED, Code.NOT_FOUND),
        (Outcome.DONE, None),
        (Outcome.DONE, None),
    ]
    assert await states(begun.request_id) == {
        ("refused", "signature_wrong"): 1,
        ("refused", "token_removed"): 1,
        ("done", ""): 1,
    }
    late = await agents.answer(world.house, agent, job.request_id, {first: good[first]})
    assert outcomes(late) == [(Outcome.REFUSED, Code.SIGNATURE_WRONG)]
    assert await SignatureRow.all().count() == 1


async def test_an_answer_that_waits_is_not_overwritten(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    good = values(job, holder)
    first = next(iter(good))
    await SigningItemRow.filter(id=first).update(state="answered", answer=good[first])

    results = await agents.answer(world.house, agent, job.request_id, {first: b"another"})

    assert outcomes(results) == [(Outcome.UNCHANGED, None)]
    assert await SignatureRow.all().count() == 1


async def test_an_agent_reaches_only_its_persons_requests(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    other = world.school.teachers[1]
    stranger, _ = await paired(world, other, holder, world.holders[other.id])
    without_certificate, _ = await paired(world, teacher)
    begun = await world.begin(teacher, STEP)
    assert begun.request_id is not None

    assert await agents.take_job(world.house, stranger) is None
    assert await agents.take_job(world.house, without_certificate) is None
    job = await agents.take_job(world.house, agent)
    assert job is not None
    results = await agents.answer(world.house, stranger, job.request_id, values(job, holder))
    assert outcomes(results) == [(Outcome.REFUSED, Code.NOT_FOUND)] * 3
    with pytest.raises(Refusal) as foreign:
        await agents.decline(world.house, stranger, begun.request_id, Code.USER_CANCELLED)

    assert foreign.value.code is Code.NOT_FOUND
    assert await states(begun.request_id) == {("asked", ""): 3}
    assert await SignatureRow.all().count() == 0


async def test_a_session_may_not_answer_for_a_remote_signer(world: World) -> None:
    """An agent reaches requests of pushed signers only, though the person is the same."""
    teacher, agent, holder = await teacher_with_agent(world)
    begun = await world.begin(teacher, STEP)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    await SigningRequestRow.filter(id=begun.request_id).update(signer_key=worlds.Phone.key)

    results = await agents.answer(world.house, agent, job.request_id, values(job, holder))

    assert outcomes(results) == [(Outcome.REFUSED, Code.NOT_FOUND)] * 3
    assert await SignatureRow.all().count() == 0


async def test_no_more_than_fifty_are_prepared_at_once(db: None, settings: Settings) -> None:
    world = await worlds.make(settings, students=52, signer=Token.key)
    teacher, agent, holder = await teacher_with_agent(world)
    await world.begin(teacher, STEP)

    sizes = []
    while job := await agents.take_job(world.house, agent):
        sizes.append(len(job.items))
        await agents.answer(world.house, agent, job.request_id, values(job, holder))

    assert sizes == [50, 2]
    assert await SignatureRow.all().count() == 52


async def test_two_agents_of_one_person_share_the_work_without_signing_twice(world: World) -> None:
    teacher, agent, holder = await teacher_with_agent(world)
    other, _ = await paired(world, teacher, holder)
    await world.begin(teacher, STEP)

    jobs = await asyncio.gather(*(agents.take_job(world.house, each) for each in (agent, other)))
    for each, job in zip((agent, other), jobs, strict=True):
        if job is not None and job.items:
            await agents.answer(world.house, each, job.request_id, values(job, holder))

    handed = Counter(item.reference for job in jobs if job for item in job.items)
    assert set(handed.values()) == {1}
    assert await SignatureRow.all().count() == 3


def test_the_evidence_is_what_the_first_reference_covers() -> None:
    signed = small()
    data = xml.evidence(signed.data, "gvbm-1", signed.plan)
    assert data.startswith(b"<THONG_TIN_CHUNG ")
