"""Orders that wait for the person: polled, called back, gone on with, cancelled, expired."""

import asyncio
from datetime import timedelta

import pytest

from hocba.actions import signing
from hocba.domain.errors import Code, Refusal
from hocba.plugin_api import (
    LoginUrl,
    Needs,
    Order,
    Outcome,
    Pending,
    Secret,
    SecretName,
    SignerError,
)
from hocba.settings import Settings
from hocba.store.models import SignatureRow, SigningRequestRow
from tests.actions import world as worlds
from tests.actions.requests import STEP, one_each, parked, state, states
from tests.actions.world import SECRETS, Phone, World, says_yes


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings)


async def test_a_pending_order_is_polled_until_the_person_has_confirmed(world: World) -> None:
    request_id = await parked(world)
    row = await SigningRequestRow.get(id=request_id)
    assert b"ticket" not in bytes(row.resume)
    assert ("poll_signing", request_id) in world.rings

    async def still_waits(resume: bytes) -> Outcome:
        return Outcome(rest=Pending(resume, timedelta(seconds=2), world.clock.now + timedelta(minutes=5)))

    async def confirmed(resume: bytes) -> Outcome:
        return await says_yes(world.phone, world.phone.orders[0])

    world.phone.on_poll = still_waits
    assert await signing.poll(world.house, request_id) == world.clock.now + timedelta(seconds=2)
    assert world.phone.polls == []
    world.clock.forward(seconds=2)
    await signing.poll(world.house, request_id)
    assert (world.phone.polls, await state(request_id)) == ([b"ticket"], ("waiting", ""))
    world.phone.on_poll = confirmed
    world.clock.forward(seconds=2)
    due = await asyncio.gather(*(signing.poll(world.house, request_id) for _ in range(3)))
    await world.house.tasks.idle()

    assert None in due
    assert world.phone.polls == [b"ticket"] * 2
    assert await state(request_id) == ("finished", "")
    assert (await SigningRequestRow.get(id=request_id)).resume is None
    await one_each(world)


async def test_an_order_that_nobody_confirmed_expires_and_one_retry_does_it(world: World) -> None:
    request_id = await parked(world)

    async def away(resume: bytes) -> Outcome:
        raise SignerError("no answer")

    world.phone.on_poll = away
    world.clock.forward(minutes=6)
    await signing.poll(world.house, request_id)
    await world.house.tasks.idle()
    assert await states(request_id) == {("expired", "item_expired"): 3}
    assert await state(request_id) == ("expired", "")
    world.phone.behave = says_yes

    await signing.retry(world.house, world.school.teachers[0], request_id, SECRETS)
    await world.house.tasks.idle()

    await one_each(world)


async def test_a_vendor_may_call_by_itself_and_a_forged_call_changes_nothing(world: World) -> None:
    request_id = await parked(world)
    body = world.phone.orders[0].transaction.encode()

    with pytest.raises(Refusal):
        await signing.deliver(world.house, Phone.key, {"x-signature": "forged"}, body)
    assert await states(request_id) == {("asked", ""): 3}
    for _ in range(2):
        await signing.deliver(world.house, Phone.key, {"x-signature": "genuine"}, body)
    await world.house.tasks.idle()

    assert await state(request_id) == ("finished", "")
    await one_each(world)


async def test_an_order_may_need_a_one_time_code(world: World) -> None:
    async def wants_code(phone: Phone, order: Order) -> Outcome:
        return Outcome(rest=Needs((SecretName.OTP,)))

    teacher = world.school.teachers[0]
    world.phone.behave = wants_code
    request_id = await world.sign(teacher, STEP)
    assert await state(request_id) == ("needs_secret", "otp")
    world.phone.behave = says_yes

    with pytest.raises(Refusal) as missing:
        await signing.continue_signing(world.house, teacher, request_id, SECRETS)
    assert (missing.value.code, missing.value.facts) == (Code.SECRET_REQUIRED, {"fields": ["otp"]})
    await signing.continue_signing(
        world.house, teacher, request_id, {**SECRETS, SecretName.OTP: Secret("123456")}
    )
    await world.house.tasks.idle()

    assert len({order.transaction for order in world.phone.orders}) == 1
    assert await state(request_id) == ("finished", "")
    await one_each(world)


async def test_an_order_may_need_a_sign_in_at_the_vendors_page(world: World) -> None:
    async def wants_page(phone: Phone, order: Order) -> Outcome:
        return Outcome(rest=LoginUrl("https://vendor.example.vn/login?x=1"))

    teacher, other = world.school.teachers[:2]
    world.phone.behave = wants_page
    request_id = await world.sign(teacher, STEP)

    assert await state(request_id) == ("needs_login", "")
    assert await signing.login_url(world.house, teacher, request_id) == "https://vendor.example.vn/login?x=1"
    with pytest.raises(Refusal):
        await signing.login_url(world.house, other, request_id)
    assert b"vendor.example" not in bytes((await SigningRequestRow.get(id=request_id)).resume)


async def test_a_cancelled_request_takes_no_answer(world: World) -> None:
    request_id = await parked(world)
    teacher, other = world.school.teachers[:2]

    with pytest.raises(Refusal) as foreign:
        await signing.cancel(world.house, other, request_id)
    assert foreign.value.code is Code.NOT_FOUND
    await signing.cancel(world.house, teacher, request_id)
    await signing.cancel(world.house, teacher, request_id)
    await signing.deliver(
        world.house, Phone.key, {"x-signature": "genuine"}, world.phone.orders[0].transaction.encode()
    )
    await world.house.tasks.idle()

    assert await states(request_id) == {("cancelled", ""): 3}
    assert await state(request_id) == ("cancelled", "")
    assert world.phone.cancelled == [b"ticket"]
    assert await SignatureRow.all().count() == 0
    with pytest.raises(Refusal) as closed:
        await signing.retry(world.house, teacher, request_id, SECRETS)
    assert closed.value.code is Code.REQUEST_CLOSED
    world.phone.behave = says_yes
    await world.sign(teacher, STEP)
    await one_each(world)
