"""Whoever registers a certificate proves that he holds its key, before anybody decides on it (C1, C5)."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from hocba.actions import accounts, agents, signing
from hocba.actions.outcomes import Outcome
from hocba.documents import possession
from hocba.documents.phases import WrongSignature
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import Role
from hocba.plugin_api import ItemKind, Order, Pending, RefusalCode, Refused, Signed
from hocba.plugin_api import Outcome as Answer
from hocba.settings import Settings
from hocba.store.models import (
    EventRow,
    PersonRow,
    SigningAccountRow,
    SigningItemRow,
    SigningRequestRow,
)
from tests import build
from tests.actions import world as worlds
from tests.actions.agents import claims, paired, values
from tests.actions.registering import (
    NOW,
    ask,
    certified,
    codes,
    item,
    kinds,
    of_school,
    register,
    state,
)
from tests.actions.world import SECRETS, WRONG_SECRETS, Phone, Token, World, says_yes
from tests.pki import Holder


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    made = await worlds.make(settings, students=1)
    await SigningAccountRow.all().delete()
    made.phone.holders.clear()
    return made


async def says_no(phone: Phone, order: Order) -> Answer:
    return Answer([Refused(each.reference, RefusalCode.SIGNER_REFUSED) for each in order.items])


async def signs_something_else(phone: Phone, order: Order) -> Answer:
    return Answer([Signed(each.reference, phone.holders[order.key].sign(b"else")) for each in order.items])


async def test_the_key_signs_a_challenge_and_the_account_awaits_its_approval(world: World) -> None:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)

    registered = await ask(world, teacher, own)

    (order,) = world.phone.orders
    (asked,) = order.items
    row = await SigningAccountRow.get(id=registered.account)
    assert (row.state, row.proven_at) == ("pending", NOW)
    assert bytes(row.challenge) == asked.tbs
    assert asked.tbs.startswith(b"hocba-challenge:possession account=%s" % str(row.id).encode())
    assert (asked.kind, asked.digest) == (ItemKind.CHALLENGE, sha256(asked.tbs).digest())
    assert (asked.title, order.description) == (
        "Người Ký, 2025-2026",
        "Chứng minh giữ khóa của chứng thư số",
    )
    possession.prove(bytes(row.challenge), own.certificate, bytes(row.proof))
    request = await SigningRequestRow.get(id=registered.request)
    assert (request.purpose, request.step, request.state) == ("challenge", None, "finished")
    assert await item(registered.request) == ("done", "")
    assert await kinds(row.id) == ["AccountRequested", "AccountProven"]
    event = await EventRow.get(aggregate_id=row.id, kind="AccountProven")
    assert (event.actor_id, event.school_id) == (teacher.id, world.school.id)
    assert event.data == {"challenge": sha256(asked.tbs).hexdigest()}


async def test_two_challenges_are_never_the_same(world: World) -> None:
    teacher = world.school.teachers[0]
    await ask(world, teacher, certified(world, teacher))
    await ask(world, teacher, certified(world, teacher))

    nonces = [bytes(row.challenge).partition(b"nonce=")[2][:64] for row in await SigningAccountRow.all()]
    assert len(set(nonces)) == 2


@pytest.mark.parametrize(
    ("behave", "code"),
    [(says_no, Code.SIGNER_REFUSED), (signs_something_else, Code.SIGNATURE_WRONG)],
)
async def test_without_the_keys_signature_nobody_decides_on_it_and_it_is_tried_again(
    world: World, behave: worlds.Behaviour, code: Code
) -> None:
    teacher, admin = world.school.teachers[0], world.school.admin
    world.phone.behave = behave

    registered = await ask(world, teacher, certified(world, teacher))

    assert await item(registered.request) == ("refused", code)
    assert await state(registered.account) == "unproven"
    for approve in (True, False):
        said = await accounts.decide(admin, [registered.account], approve=approve, reason="x", now=NOW)
        assert codes(said) == [(Outcome.REFUSED, Code.ACCOUNT_NOT_PROVEN)]
    world.phone.behave = says_yes
    assert registered.request is not None
    again = await signing.retry(world.house, teacher, registered.request, SECRETS)
    await world.house.tasks.idle()

    assert [(each.id, each.outcome) for each in again.results] == [(registered.account, Outcome.DONE)]
    assert await state(registered.account) == "pending"
    assert await item(registered.request) == ("done", "")


async def test_only_who_registered_it_tries_again(world: World) -> None:
    teacher, other = world.school.teachers[:2]
    world.phone.behave = says_no
    registered = await ask(world, teacher, certified(world, teacher))
    assert registered.request is not None

    for who in (other, world.school.admin):
        with pytest.raises(Refusal) as refused:
            await signing.retry(world.house, who, registered.request, SECRETS)
        assert refused.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal) as refused:
        await signing.retry(world.house, teacher, registered.request, {})
    assert refused.value.code is Code.SECRET_REQUIRED


async def test_a_proof_that_nobody_confirmed_in_time_is_asked_for_again(world: World) -> None:
    teacher = world.school.teachers[0]

    async def waits(phone: Phone, order: Order) -> Answer:
        return Answer(rest=Pending(b"ticket", timedelta(seconds=2), NOW + timedelta(minutes=5)))

    async def still(resume: bytes) -> Answer:
        return await waits(world.phone, world.phone.orders[0])

    world.phone.behave, world.phone.on_poll = waits, still
    given = {"year": build.YEAR, "now": NOW}
    own = certified(world, teacher)
    registered = await accounts.register(
        world.house, teacher, Phone.key, SECRETS, own.certificate.fingerprint, **given
    )
    assert registered.request is not None
    async with asyncio.timeout(5):
        while (await SigningRequestRow.get(id=registered.request)).state != "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    world.clock.forward(minutes=6)
    await signing.poll(world.house, registered.request)
    await world.house.tasks.idle()

    assert (await SigningRequestRow.get(id=registered.request)).state == "expired"
    assert await item(registered.request) == ("expired", Code.ITEM_EXPIRED)
    assert await state(registered.account) == "unproven"
    world.phone.behave = says_yes
    await signing.retry(world.house, teacher, registered.request, SECRETS)
    await world.house.tasks.idle()
    assert await state(registered.account) == "pending"


async def test_while_its_proof_is_asked_for_a_certificate_is_not_registered_twice(
    world: World,
) -> None:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)
    agent, _ = await paired(world, teacher, own)
    first = await ask(world, teacher, own, signer=Token.key)

    second = await ask(world, teacher, own, signer=Token.key)

    assert second == first
    assert await SigningAccountRow.all().count() == await SigningRequestRow.all().count() == 1
    assert await agents.take_job(world.house, agent) is not None


async def test_registering_anew_replaces_what_was_never_proved_and_ends_its_request(world: World) -> None:
    teacher = world.school.teachers[0]
    first, second = certified(world, teacher), certified(world, teacher)
    agent, _ = await paired(world, teacher, first, second)
    old = await ask(world, teacher, first, signer=Token.key)
    job = await agents.take_job(world.house, agent)
    assert job is not None

    new = await ask(world, teacher, second, signer=Token.key)
    late = await agents.answer(world.house, agent, job.request_id, values(job, first))

    assert [await state(each.account) for each in (old, new)] == ["closed", "unproven"]
    assert await item(old.request) == ("refused", Code.ACCOUNT_WRONG_STATE)
    assert [each.outcome for each in late] == [Outcome.REFUSED]
    assert await kinds(old.account) == ["AccountRequested", "AccountClosed"]
    with pytest.raises(Refusal) as refused:
        await signing.retry(world.house, teacher, old.request or UUID(int=0), {})
    assert refused.value.code is Code.ACCOUNT_WRONG_STATE


async def test_what_awaits_its_approval_stays_until_the_new_one_is_proved(world: World) -> None:
    teacher = world.school.teachers[0]
    waiting = await register(world, teacher, certified(world, teacher))
    world.phone.behave = says_no
    registered = await ask(world, teacher, certified(world, teacher))

    assert [await state(each) for each in (waiting, registered.account)] == ["pending", "unproven"]
    world.phone.behave = says_yes
    assert registered.request is not None
    await signing.retry(world.house, teacher, registered.request, SECRETS)
    await world.house.tasks.idle()

    assert [await state(each) for each in (waiting, registered.account)] == ["closed", "pending"]


async def asked_of_an_agent(world: World) -> tuple[agents.AgentActor, Holder, accounts.Registered]:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)
    agent, _ = await paired(world, teacher, own)
    return agent, own, await ask(world, teacher, own, signer=Token.key)


async def test_an_agent_is_given_the_challenge_and_answers_it(world: World) -> None:
    agent, own, registered = await asked_of_an_agent(world)

    job = await agents.take_job(world.house, agent)

    assert job is not None
    (given,) = job.items
    row = await SigningAccountRow.get(id=registered.account)
    assert (given.kind, given.evidence, given.tbs) == ("CHALLENGE", None, bytes(row.challenge))
    said = claims(world, job)
    assert (said["certificate"], said["title"]) == (
        own.certificate.fingerprint,
        "Chứng minh giữ khóa của chứng thư số",
    )
    results = await agents.answer(world.house, agent, job.request_id, values(job, own))
    again = await agents.answer(world.house, agent, job.request_id, values(job, own))
    assert [each.outcome for each in results + again] == [Outcome.DONE, Outcome.UNCHANGED]
    assert await state(registered.account) == "pending"
    assert await agents.take_job(world.house, agent) is None


async def test_an_agent_that_declines_leaves_it_unproved(world: World) -> None:
    agent, own, registered = await asked_of_an_agent(world)
    job = await agents.take_job(world.house, agent)
    assert job is not None

    await agents.decline(world.house, agent, job.request_id, Code.USER_CANCELLED)

    assert await item(registered.request) == ("refused", Code.USER_CANCELLED)
    assert await state(registered.account) == "unproven"
    await signing.retry(world.house, world.school.teachers[0], job.request_id, {})
    anew = await agents.take_job(world.house, agent)
    assert anew is not None
    await agents.answer(world.house, agent, anew.request_id, values(anew, own))
    assert await state(registered.account) == "pending"


async def test_an_answer_after_its_quarter_of_an_hour_is_not_taken_but_the_challenge_comes_again(
    world: World,
) -> None:
    agent, own, registered = await asked_of_an_agent(world)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    world.clock.forward(minutes=16)

    late = await agents.answer(world.house, agent, job.request_id, values(job, own))

    assert codes(late) == [(Outcome.REFUSED, Code.ITEM_EXPIRED)]
    assert await state(registered.account) == "unproven"
    await signing.sweep(world.house)
    again = await agents.take_job(world.house, agent)
    assert again is not None
    await agents.answer(world.house, agent, again.request_id, values(again, own))
    assert await state(registered.account) == "pending"


async def test_the_proof_of_one_account_proves_no_other(world: World) -> None:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)
    before = await register(world, teacher, own)
    await accounts.decide(world.school.admin, [before], approve=False, reason="Sai", now=NOW)
    old = await SigningAccountRow.get(id=before)

    async def replays(phone: Phone, order: Order) -> Answer:
        return Answer([Signed(each.reference, bytes(old.proof)) for each in order.items])

    world.phone.behave = replays
    registered = await ask(world, teacher, own)

    assert registered.account != before
    assert await item(registered.request) == ("refused", Code.SIGNATURE_WRONG)
    new = await SigningAccountRow.get(id=registered.account)
    with pytest.raises(WrongSignature):
        possession.prove(bytes(new.challenge), own.certificate, bytes(old.proof))


async def test_who_left_meanwhile_proves_nothing(world: World) -> None:
    agent, own, registered = await asked_of_an_agent(world)
    job = await agents.take_job(world.house, agent)
    assert job is not None
    await PersonRow.filter(id=agent.person).update(left_on=NOW.date())

    results = await agents.answer(world.house, agent, job.request_id, values(job, own))

    assert codes(results) == [(Outcome.REFUSED, Code.NOT_PERMITTED)]
    assert await state(registered.account) == "unproven"


async def test_a_process_that_dies_while_it_asks_leaves_something_to_try_again(world: World) -> None:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)

    async def dies(phone: Phone, order: Order) -> Answer:
        await asyncio.sleep(3600)
        raise AssertionError

    world.phone.behave = dies
    registered = await accounts.register(
        world.house, teacher, Phone.key, SECRETS, own.certificate.fingerprint, year=build.YEAR, now=NOW
    )
    await asyncio.sleep(0.05)
    await world.house.tasks.cancel()
    await SigningRequestRow.filter(id=registered.request).update(
        lease_owner="dead", lease_until=NOW, state="working"
    )
    world.clock.forward(seconds=31)

    await signing.sweep(world.house)

    assert await item(registered.request) == ("expired", Code.ITEM_EXPIRED)
    world.phone.behave = says_yes
    assert registered.request is not None
    await signing.retry(world.house, teacher, registered.request, SECRETS)
    await world.house.tasks.idle()
    assert await state(registered.account) == "pending"


async def test_a_login_that_fails_writes_nothing_and_the_password_stands_nowhere(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)

    with pytest.raises(Refusal) as failed:
        await accounts.register(
            world.house, teacher, Phone.key, WRONG_SECRETS, own.certificate.fingerprint,
            year=build.YEAR, now=NOW,
        )  # fmt: skip

    assert failed.value.code is Code.SIGNER_LOGIN_FAILED
    assert await SigningAccountRow.all().count() == await SigningItemRow.all().count() == 0
    assert "sai" not in caplog.text


async def test_a_school_that_has_a_certificate_says_why_it_changes(world: World) -> None:
    admin = world.school.admin
    first = await register(world, admin, await of_school(world), school=True)
    authority = build.actor(Role.AUTHORITY, school=world.school.id, staff=False)
    await accounts.decide(authority, [first], approve=True, now=NOW)
    second = await of_school(world)

    with pytest.raises(Refusal) as refused:
        await ask(world, admin, second, school=True, reason="  ")
    assert refused.value.code is Code.REASON_REQUIRED
    assert await SigningAccountRow.all().count() == 1
    account = await register(world, admin, second, school=True, reason="Sắp hết hạn")

    assert [await state(each) for each in (first, account)] == ["approved", "pending"]
    later = NOW + timedelta(days=1)
    await accounts.decide(authority, [account], approve=True, now=later)
    assert [await state(each) for each in (first, account)] == ["closed", "approved"]
    assert (await SigningAccountRow.get(id=first)).closed_at == later


async def test_two_who_register_for_the_school_at_once_leave_one_that_counts(world: World) -> None:
    one, two = await of_school(world), await of_school(world)

    await asyncio.gather(
        ask(world, world.school.admin, one, school=True), ask(world, world.school.issuer, two, school=True)
    )

    found = sorted(await SigningAccountRow.all().values_list("state", flat=True))
    assert found == ["closed", "pending"]
