"""Accounts that are withdrawn at once, and of two who decide at the same moment (C6)."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from hocba.actions import accounts, agents, signing
from hocba.actions.outcomes import Outcome, Result
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import Role, Step
from hocba.settings import Settings
from hocba.store.models import EventRow, SignatureRow, SigningAccountRow, SigningItemRow, SigningRequestRow
from tests import build
from tests.actions import world as worlds
from tests.actions.agents import paired, values
from tests.actions.registering import NOW, certified, codes, kinds, of_school, register, state
from tests.actions.requests import STEP, parked
from tests.actions.world import SECRETS, Token, World

LOST = "Mất USB Token"
ENDED = [(Outcome.REFUSED, Code.ACCOUNT_NOT_APPROVED)]


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, students=2)


@pytest.fixture
async def tokens(db: None, settings: Settings) -> World:
    return await worlds.make(settings, students=2, signer=Token.key)


async def withdraw(world: World, who: build.Actor, account: object, **more: object) -> list[Result]:
    given = {"reason": LOST, "now": world.clock.now} | more
    return await accounts.withdraw(world.house, who, [account], **given)


@pytest.mark.parametrize("by", ["owner", "admin"])
async def test_the_owner_or_admin_withdraws_and_nothing_is_begun_with_it_any_more(
    world: World, by: str
) -> None:
    teacher = world.school.teachers[0]
    account = world.accounts[teacher.id]

    results = await withdraw(world, teacher if by == "owner" else world.school.admin, account)

    assert codes(results) == [(Outcome.DONE, None)]
    row = await SigningAccountRow.get(id=account)
    assert (row.state, row.reason, row.closed_at) == ("withdrawn", LOST, NOW)
    event = await EventRow.get(aggregate_id=account, kind="AccountWithdrawn")
    actor = teacher if by == "owner" else world.school.admin
    assert (event.data, event.actor_id) == ({"reason": LOST}, actor.id)
    begun = await world.begin(teacher, STEP)
    assert codes(begun.results) == ENDED * 2
    again = await withdraw(world, teacher, account)
    assert codes(again) == [(Outcome.UNCHANGED, None)]
    assert await EventRow.filter(aggregate_id=account).count() == 1


async def test_who_may_not_withdraw_and_why_not(world: World) -> None:
    teacher, other = world.school.teachers[:2]
    account = world.accounts[teacher.id]
    assert world.school_account is not None

    for who, what, code in (
        (other, account, Code.NOT_PERMITTED),
        (world.school.manager, account, Code.NOT_PERMITTED),
        (build.actor(Role.ADMIN), account, Code.NOT_FOUND),
        (teacher, world.school_account, Code.NOT_PERMITTED),
    ):
        assert codes(await withdraw(world, who, what)) == [(Outcome.REFUSED, code)]
    without = await withdraw(world, teacher, account, reason=" ")
    assert codes(without) == [(Outcome.REFUSED, Code.REASON_REQUIRED)]
    assert {await state(account), await state(world.school_account)} == {"approved"}


async def test_an_order_that_waits_for_the_phone_ends_and_the_vendor_is_told(world: World) -> None:
    teacher = world.school.teachers[0]
    request_id = await parked(world)

    await withdraw(world, world.school.admin, world.accounts[teacher.id])
    await world.house.tasks.idle()

    request = await SigningRequestRow.get(id=request_id)
    assert (request.state, request.reason, request.resume) == ("finished", Code.ACCOUNT_NOT_APPROVED, None)
    items = await SigningItemRow.filter(request_id=request_id).values_list("state", "code")
    assert set(items) == {("refused", Code.ACCOUNT_NOT_APPROVED)}
    assert world.phone.cancelled == [b"ticket"]
    with pytest.raises(Refusal) as refused:
        await signing.retry(world.house, teacher, request.id, SECRETS)
    assert refused.value.code is Code.ACCOUNT_NOT_APPROVED


async def test_what_a_lost_token_still_signs_is_not_taken(tokens: World) -> None:
    teacher = tokens.school.teachers[0]
    holder = tokens.holders[teacher.id]
    agent, _ = await paired(tokens, teacher, holder)
    await tokens.begin(teacher, STEP)
    job = await agents.take_job(tokens.house, agent)
    assert job is not None

    await withdraw(tokens, teacher, tokens.accounts[teacher.id])
    results = await agents.answer(tokens.house, agent, job.request_id, values(job, holder))

    assert {each.outcome for each in results} == {Outcome.REFUSED}
    assert await SignatureRow.all().count() == 0
    assert await agents.take_job(tokens.house, agent) is None


async def test_an_answer_that_was_written_down_before_is_not_taken_after(tokens: World) -> None:
    teacher = tokens.school.teachers[0]
    holder = tokens.holders[teacher.id]
    agent, _ = await paired(tokens, teacher, holder)
    await tokens.begin(teacher, STEP)
    job = await agents.take_job(tokens.house, agent)
    assert job is not None
    for each, value in values(job, holder).items():
        await SigningItemRow.filter(id=each).update(state="answered", answer=value)
    await withdraw(tokens, teacher, tokens.accounts[teacher.id])

    await signing.settle(tokens.house, job.request_id)

    assert await SignatureRow.all().count() == 0
    items = await SigningItemRow.filter(request_id=job.request_id).values_list("state", "code")
    assert set(items) == {("refused", Code.ACCOUNT_NOT_APPROVED)}
    assert (await SigningRequestRow.get(id=job.request_id)).state == "finished"


async def test_what_was_signed_before_stays_signed(world: World) -> None:
    teacher = world.school.teachers[0]
    await world.sign(teacher, STEP)
    world.clock.forward(minutes=1)

    await withdraw(world, teacher, world.accounts[teacher.id])

    assert await SignatureRow.filter(person_id=teacher.id).count() == 2
    account = await SigningAccountRow.get(id=world.accounts[teacher.id])
    assert account.closed_at == NOW + timedelta(minutes=1)


async def test_the_schools_seal_does_not_follow_a_withdrawn_certificate(world: World) -> None:
    await world.sign_until(Step.ISSUE)
    assert world.school_account is not None

    await withdraw(world, world.school.issuer, world.school_account)

    begun = await world.begin(world.school.issuer, Step.ISSUE)
    assert codes(begun.results) == ENDED * 2


async def test_after_it_was_withdrawn_the_person_registers_again(world: World) -> None:
    teacher = world.school.teachers[0]
    await withdraw(world, teacher, world.accounts[teacher.id])

    account = await register(world, teacher, world.holders[teacher.id])
    await accounts.decide(world.school.admin, [account], approve=True, now=NOW)

    assert [await state(each) for each in (account, world.accounts[teacher.id])] == ["approved", "withdrawn"]


async def test_an_account_whose_proof_is_asked_for_is_withdrawn_with_its_request(tokens: World) -> None:
    teacher = tokens.school.teachers[0]
    new = certified(tokens, teacher)
    agent, _ = await paired(tokens, teacher, new)
    registered = await accounts.register(
        tokens.house, teacher, Token.key, {}, new.certificate.fingerprint, year=build.YEAR, now=NOW
    )
    job = await agents.take_job(tokens.house, agent)
    assert job is not None

    await withdraw(tokens, teacher, registered.account)
    results = await agents.answer(tokens.house, agent, job.request_id, values(job, new))

    assert {each.outcome for each in results} == {Outcome.REFUSED}
    assert await state(registered.account) == "withdrawn"
    assert await kinds(registered.account) == ["AccountRequested", "AccountWithdrawn"]


async def test_the_school_withdraws_its_certificate_and_registers_another_without_a_reason(
    world: World,
) -> None:
    assert world.school_account is not None
    await withdraw(world, world.school.admin, world.school_account)

    account = await register(world, world.school.admin, await of_school(world), school=True)

    assert await state(account) == "pending"


ROUNDS = 6


async def at_once(*work: Awaitable[list[Result]]) -> list[Result]:
    """The only result of each, all begun at the same moment."""
    return [results[0] for results in await asyncio.gather(*work)]


async def test_of_two_who_approve_at_once_one_does(world: World) -> None:
    teacher, school = world.school.teachers[0], world.school
    for _ in range(ROUNDS):
        account = await register(world, teacher, certified(world, teacher))

        results = await at_once(
            accounts.decide(school.admin, [account], approve=True, now=NOW),
            accounts.decide(school.other_admin, [account], approve=True, now=NOW),
        )

        assert sorted(each.outcome for each in results) == [Outcome.DONE, Outcome.UNCHANGED]
        assert (await kinds(account)).count("AccountApproved") == 1
    approved = SigningAccountRow.filter(person_id=teacher.id, state="approved")
    assert await approved.count() == 1


async def test_of_one_who_approves_and_one_who_refuses_at_once_one_is_right(world: World) -> None:
    teacher, school = world.school.teachers[0], world.school
    for _ in range(ROUNDS):
        account = await register(world, teacher, certified(world, teacher))

        results = await at_once(
            accounts.decide(school.admin, [account], approve=True, now=NOW),
            accounts.decide(school.other_admin, [account], approve=False, reason="Sai", now=NOW),
        )

        assert sorted(each.outcome for each in results) == [Outcome.DONE, Outcome.REFUSED]
        assert {each.refusal.code for each in results if each.refusal} == {Code.ACCOUNT_WRONG_STATE}


async def test_an_account_that_is_approved_and_withdrawn_at_once_ends_withdrawn(world: World) -> None:
    teacher, admin = world.school.teachers[0], world.school.admin
    for number in range(ROUNDS):
        account = await register(world, teacher, certified(world, teacher))
        approve = accounts.decide(admin, [account], approve=True, now=NOW)
        end = withdraw(world, teacher, account)

        results = await at_once(*((approve, end) if number % 2 else (end, approve)))

        approved, withdrawn = results if number % 2 else results[::-1]
        assert withdrawn.outcome is Outcome.DONE
        assert await state(account) == "withdrawn"
        came_first = approved.outcome is Outcome.DONE
        assert (await kinds(account))[2:] == [*["AccountApproved"] * came_first, "AccountWithdrawn"]


async def test_a_signature_and_the_withdrawal_of_its_account_come_one_after_the_other(tokens: World) -> None:
    """Whatever is signed was signed before; nothing comes later."""
    for number, teacher in enumerate(tokens.school.teachers[:ROUNDS]):
        holder = tokens.holders[teacher.id]
        agent, _ = await paired(tokens, teacher, holder)
        await tokens.begin(teacher, STEP)
        job = await agents.take_job(tokens.house, agent)
        assert job is not None
        answer = agents.answer(tokens.house, agent, job.request_id, values(job, holder))
        ended = withdraw(tokens, teacher, tokens.accounts[teacher.id])
        both = (answer, ended) if number % 2 else (ended, answer)

        await asyncio.gather(*both)

        assert await state(tokens.accounts[teacher.id]) == "withdrawn"
        signed = await SignatureRow.filter(person_id=teacher.id).count()
        done = await SigningItemRow.filter(request_id=job.request_id, state="done").count()
        assert signed == done
        assert await SigningItemRow.filter(request_id=job.request_id, active=True).count() == 0
