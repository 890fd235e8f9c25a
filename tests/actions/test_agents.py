"""The agent on a teacher's computer: paired once, given signed jobs, and believed item by item."""

import asyncio
import base64
import json
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.actions import agents, signing
from hocba.actions.agents import AgentActor, AgentJob
from hocba.actions.outcomes import Outcome
from hocba.documents import signing as xml
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import Status, Step
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import (
    AgentPairingRow,
    AgentRow,
    DocumentRow,
    SignatureRow,
    SigningItemRow,
    SigningRequestRow,
    TranscriptRow,
    UserRow,
)
from tests.actions import world as worlds
from tests.actions.test_signing import states
from tests.actions.world import Token, World
from tests.documents.signed import small
from tests.pki import Holder

STEP = Step.SUBJECT_TEACHERS


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, signer=Token.key)


async def paired(world: World, actor: Actor, *holders: Holder) -> tuple[AgentActor, str]:
    """An agent of ``actor`` whose tokens hold the certificates of ``holders``, and its token."""
    pairing = await agents.begin_pairing(
        world.house, "MÁY-PHÒNG-GV", "10.0.0.7", [holder.der for holder in holders]
    )
    await agents.confirm_pairing(world.house, actor, pairing.code)
    claimed = await agents.claim_pairing(world.house, pairing.device_code)
    assert claimed is not None
    agent = await agents.agent_of(world.house, claimed.token)
    assert agent is not None
    return agent, claimed.token


async def teacher_with_agent(world: World) -> tuple[Actor, AgentActor, Holder]:
    teacher = world.school.teachers[0]
    holder = world.holders[teacher.id]
    agent, _ = await paired(world, teacher, holder)
    return teacher, agent, holder


def values(job: AgentJob, holder: Holder) -> dict[UUID, bytes]:
    return {UUID(item.reference): holder.sign(item.tbs) for item in job.items}


def outcomes(results: Sequence[worlds.signing.Begun]) -> list[tuple[Outcome, Code | None]]:
    return [(r.outcome, r.refusal.code if r.refusal else None) for r in results]


def claims(world: World, job: AgentJob) -> dict[str, object]:
    """The claims of a job, its signature checked with the public key only."""
    header, payload, signature = job.job.split(".")

    def unpadded(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    assert unpadded(header) == b'{"alg":"EdDSA","typ":"hocba-job"}'
    key: Ed25519PublicKey = world.house.secrets.job_signing_key.public_key()
    key.verify(unpadded(signature), f"{header}.{payload}".encode())
    with pytest.raises(InvalidSignature):
        key.verify(unpadded(signature), f"{header}.{payload}x".encode())
    return json.loads(unpadded(payload))


async def test_pairing_gives_one_token_once(world: World) -> None:
    teacher = world.school.teachers[0]
    pairing = await agents.begin_pairing(world.house, " MÁY\tA\n", "10.0.0.7", [])
    assert len(pairing.code) == 8
    assert await agents.claim_pairing(world.house, pairing.device_code) is None

    seen = await agents.look_up_pairing(world.house, teacher, pairing.code.lower())
    assert (seen.name, seen.address) == ("MÁY A", "10.0.0.7")
    confirmed = await agents.confirm_pairing(world.house, teacher, f"{pairing.code[:4]}-{pairing.code[4:]}")
    claimed = await agents.claim_pairing(world.house, pairing.device_code)

    assert claimed is not None
    public = world.house.secrets.job_signing_key.public_key()
    assert claimed.job_key == public.public_bytes_raw()
    agent = await agents.agent_of(world.house, claimed.token)
    assert agent is not None
    assert (agent.id, agent.person) == (confirmed.id, teacher.id)
    for again in (
        agents.claim_pairing(world.house, pairing.device_code),
        agents.confirm_pairing(world.house, world.school.teachers[1], pairing.code),
    ):
        with pytest.raises(Refusal) as used:
            await again
        assert used.value.code is Code.PAIRING_UNKNOWN
    assert [each.name for each in await agents.agents(teacher)] == ["MÁY A"]


async def test_codes_and_tokens_are_nowhere_in_the_database(world: World) -> None:
    _, token = await paired(world, world.school.teachers[0])

    rows = [*await AgentRow.all().values(), *await AgentPairingRow.all().values()]
    assert token not in repr(rows)
    assert token.removeprefix("ha_") not in repr(rows)


async def test_a_pairing_lives_ten_minutes(world: World) -> None:
    pairing = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])
    world.clock.forward(minutes=10)

    for late in (
        agents.confirm_pairing(world.house, world.school.teachers[0], pairing.code),
        agents.claim_pairing(world.house, pairing.device_code),
    ):
        with pytest.raises(Refusal) as expired:
            await late
        assert expired.value.code is Code.PAIRING_EXPIRED
    world.clock.forward(seconds=1)
    await signing.sweep(world.house)
    assert await AgentPairingRow.all().count() == 0


@pytest.mark.parametrize("address", ["", "10.9.9.9"])
async def test_after_five_wrong_codes_a_person_and_an_address_wait(world: World, address: str) -> None:
    guesser, other = world.school.teachers[:2]
    pairing = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])
    codes = []
    for _ in range(6):
        with pytest.raises(Refusal) as wrong:
            await agents.confirm_pairing(world.house, guesser, "AAAAAAAA", address=address)
        codes.append(wrong.value.code)

    assert codes == [Code.PAIRING_UNKNOWN] * 5 + [Code.TOO_MANY_ATTEMPTS]
    with pytest.raises(Refusal) as right_but_late:
        await agents.confirm_pairing(world.house, guesser, pairing.code)
    assert right_but_late.value.code is Code.TOO_MANY_ATTEMPTS
    if address:
        with pytest.raises(Refusal):
            await agents.confirm_pairing(world.house, other, pairing.code, address=address)
    await agents.confirm_pairing(world.house, other, pairing.code, address="10.0.0.8")
    world.clock.forward(minutes=10)
    fresh = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])
    await agents.confirm_pairing(world.house, guesser, fresh.code, address=address)


async def test_a_person_has_at_most_five_agents(world: World) -> None:
    teacher = world.school.teachers[0]
    for _ in range(3):
        await paired(world, teacher)
    codes = [(await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])).code for _ in range(4)]

    confirmed = await asyncio.gather(
        *(agents.confirm_pairing(world.house, teacher, code) for code in codes), return_exceptions=True
    )

    refused = [each for each in confirmed if isinstance(each, Refusal)]
    assert [each.code for each in refused] == [Code.TOO_MANY_AGENTS] * 2
    await agents.revoke_agent(world.house, teacher, (await agents.agents(teacher))[0].id)
    await agents.confirm_pairing(world.house, teacher, codes[confirmed.index(refused[0])])


async def test_a_computer_that_says_nonsense_of_itself_is_not_paired(world: World) -> None:
    for name, certificates in (("", []), ("a" * 101, []), ("MÁY", [b"junk"]), ("MÁY", [b""] * 21)):
        with pytest.raises(Refusal) as nonsense:
            await agents.begin_pairing(world.house, name, "10.0.0.7", certificates)
        assert nonsense.value.code is Code.INVALID_VALUE
    assert await AgentPairingRow.all().count() == 0


async def test_a_revoked_agent_and_one_of_a_locked_out_person_get_nothing(world: World) -> None:
    teacher, other = world.school.teachers[:2]
    agent, token = await paired(world, teacher)
    with pytest.raises(Refusal) as foreign:
        await agents.revoke_agent(world.house, other, agent.id)
    assert foreign.value.code is Code.NOT_FOUND
    assert await agents.agent_of(world.house, token) == agent

    await UserRow.create(id=ids.new(), person_id=teacher.id, username="gv", active=False)
    assert await agents.agent_of(world.house, token) is None
    await UserRow.all().update(active=True)
    assert await agents.revoke_agent(world.house, teacher, agent.id) is True
    assert await agents.revoke_agent(world.house, teacher, agent.id) is False

    assert await agents.agent_of(world.house, token) is None
    assert await agents.agent_of(world.house, "ha_unknown") is None


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


async def test_the_seal_comes_in_a_later_job_of_the_same_request(db: None, settings: Settings) -> None:
    world = await worlds.make(settings)
    await world.sign_until(Step.ISSUE)
    holder, issuer = world.school_holder, world.school.issuer
    assert holder is not None
    await worlds.SigningAccountRow.filter(id=world.school_account).update(signer_key=Token.key)
    agent, _ = await paired(world, issuer, holder)
    begun = await world.begin(issuer, Step.ISSUE)
    assert begun.request_id is not None

    first = await agents.take_job(world.house, agent)
    assert first is not None
    assert {item.kind for item in first.items} == {"XADES"}
    await agents.answer(world.house, agent, first.request_id, values(first, holder))
    assert world.rings[-1] == ("prepare_seals", begun.request_id)
    assert await agents.take_job(world.house, agent) is None
    assert await signing.prepare_some(world.house, begun.request_id) == 3
    second = await agents.take_job(world.house, agent)
    assert second is not None
    assert (second.request_id, {item.kind for item in second.items}) == (first.request_id, {"PADES"})
    assert {item.evidence for item in second.items} == {None}
    await agents.answer(world.house, agent, second.request_id, values(second, holder))

    assert await states(begun.request_id) == {("done", ""): 6}
    assert await DocumentRow.all().count() == 3
    assert {row.status for row in await TranscriptRow.all()} == {Status.SIGNED}


async def test_no_seal_is_rendered_twice_and_a_dead_renderer_s_are_taken_over(
    db: None, settings: Settings
) -> None:
    world = await worlds.make(settings)
    await world.sign_until(Step.ISSUE)
    holder, issuer = world.school_holder, world.school.issuer
    assert holder is not None
    await worlds.SigningAccountRow.filter(id=world.school_account).update(signer_key=Token.key)
    agent, _ = await paired(world, issuer, holder)
    begun = await world.begin(issuer, Step.ISSUE)
    assert begun.request_id is not None
    first = await agents.take_job(world.house, agent)
    assert first is not None
    await agents.answer(world.house, agent, first.request_id, values(first, holder))

    prepared = await asyncio.gather(*(signing.prepare_some(world.house, begun.request_id) for _ in range(4)))
    assert sorted(prepared) == [0, 0, 0, 3]

    seals = SigningItemRow.filter(purpose="seal")
    claimed = world.house.clock() + world.house.limits.lease
    await seals.update(state="open", tbs=None, prepared=None, prepared_until=claimed)
    assert await signing.prepare_some(world.house, begun.request_id) == 0
    world.clock.forward(seconds=world.house.limits.lease.total_seconds() + 1)
    assert await signing.prepare_some(world.house, begun.request_id) == 3
    assert {row.state for row in await seals} == {"prepared"}


async def test_a_seal_of_a_school_signature_that_failed_fails_with_it(db: None, settings: Settings) -> None:
    world = await worlds.make(settings)
    await world.sign_until(Step.ISSUE)
    holder, issuer = world.school_holder, world.school.issuer
    assert holder is not None
    await worlds.SigningAccountRow.filter(id=world.school_account).update(signer_key=Token.key)
    agent, _ = await paired(world, issuer, holder)
    begun = await world.begin(issuer, Step.ISSUE)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    good = values(job, holder)
    spoilt = next(iter(good))

    await agents.answer(world.house, agent, job.request_id, good | {spoilt: b"\x00" * 256})

    assert await states(begun.request_id) == {
        ("done", ""): 2,
        ("refused", "signature_wrong"): 2,
        ("open", ""): 2,
    }


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
