"""Vendors that are wrong or away: what is refused, what is asked again."""

import asyncio

import pytest

from hocba.actions import signing
from hocba.domain.errors import Code, Refusal
from hocba.plugin_api import (
    Login,
    Order,
    Outcome,
    RefusalCode,
    Refused,
    Signed,
    SignerError,
)
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import SignatureRow
from tests.actions import world as worlds
from tests.actions.requests import STEP, one_each, state, states
from tests.actions.world import SECRETS, WRONG_SECRETS, Phone, World, says_yes


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings)


async def test_a_wrong_signature_refuses_its_own_item(world: World) -> None:
    async def one_wrong(phone: Phone, order: Order) -> Outcome:
        good = await says_yes(phone, order)
        return Outcome(
            [Signed(order.items[0].reference, b"\x30\x06\x02\x01\x01\x02\x01\x01"), *good.items[1:]]
        )

    world.phone.behave = one_wrong
    request_id = await world.sign(world.school.teachers[0], STEP)

    assert await states(request_id) == {("refused", "signature_wrong"): 1, ("done", ""): 2}
    assert await SignatureRow.all().count() == 2


async def test_a_signature_by_another_certificate_is_refused(world: World) -> None:
    other = world.holders[world.school.teachers[1].id]

    async def by_another(phone: Phone, order: Order) -> Outcome:
        return Outcome([Signed(item.reference, other.sign(item.tbs)) for item in order.items])

    world.phone.behave = by_another
    request_id = await world.sign(world.school.teachers[0], STEP)

    assert await states(request_id) == {("refused", "signature_wrong"): 3}
    assert await SignatureRow.all().count() == 0


async def test_answers_swapped_between_documents_are_refused(world: World) -> None:
    async def swapped(phone: Phone, order: Order) -> Outcome:
        first, second, third = (await says_yes(phone, order)).items
        return Outcome([Signed(first.reference, second.value), Signed(second.reference, first.value), third])

    world.phone.behave = swapped
    request_id = await world.sign(world.school.teachers[0], STEP)

    assert await states(request_id) == {("refused", "signature_wrong"): 2, ("done", ""): 1}
    assert await SignatureRow.all().count() == 1


async def test_answers_out_of_order_and_for_strangers_change_nothing(world: World) -> None:
    async def mixed(phone: Phone, order: Order) -> Outcome:
        good = (await says_yes(phone, order)).items
        return Outcome([Signed("nonsense", b"x"), Signed(str(ids.new()), b"x"), *reversed(good)])

    world.phone.behave = mixed
    request_id = await world.sign(world.school.teachers[0], STEP)

    assert await states(request_id) == {("done", ""): 3}
    await one_each(world)


async def test_what_gets_no_answer_counts_as_unavailable_and_is_retried(world: World) -> None:
    async def partial_answer(phone: Phone, order: Order) -> Outcome:
        return Outcome((await says_yes(phone, order)).items[:1])

    world.phone.behave = partial_answer
    teacher = world.school.teachers[0]
    request_id = await world.sign(teacher, STEP)
    assert await states(request_id) == {("done", ""): 1, ("refused", "signer_unavailable"): 2}
    world.phone.behave = says_yes

    again = await signing.retry(world.house, teacher, request_id, SECRETS)
    await world.house.tasks.idle()

    assert again.request_id == request_id
    assert await states(request_id) == {("done", ""): 3}
    assert [len(order.items) for order in world.phone.orders] == [3, 2]
    await one_each(world)
    with pytest.raises(Refusal) as nothing:
        await signing.retry(world.house, teacher, request_id, SECRETS)
    assert nothing.value.code is Code.NOTHING_TO_RETRY


async def test_a_person_who_says_no_is_not_asked_for_the_rest(db: None, settings: Settings) -> None:
    world = await worlds.make(settings, max_batch=1)

    async def says_no(phone: Phone, order: Order) -> Outcome:
        return Outcome([Refused(item.reference, RefusalCode.SIGNER_REFUSED) for item in order.items])

    world.phone.behave = says_no
    request_id = await world.sign(world.school.teachers[0], STEP)

    assert len(world.phone.orders) == 1
    assert await states(request_id) == {("refused", "signer_refused"): 3}
    assert await state(request_id) == ("finished", "signer_refused")


async def test_a_vendor_that_is_away_for_a_moment_is_asked_again_with_the_same_transaction(
    world: World,
) -> None:
    async def away_twice(phone: Phone, order: Order) -> Outcome:
        if len(phone.orders) < 3:
            raise SignerError("503")
        return await says_yes(phone, order)

    world.phone.behave = away_twice
    request_id = await world.sign(world.school.teachers[0], STEP)

    assert len(world.phone.orders) == 3
    assert len({order.transaction for order in world.phone.orders}) == 1
    assert await states(request_id) == {("done", ""): 3}
    await one_each(world)


@pytest.mark.parametrize("kind", [RuntimeError, SystemExit, KeyError])
async def test_a_plugin_that_raises_takes_nothing_with_it(
    world: World, caplog: pytest.LogCaptureFixture, kind: type[BaseException]
) -> None:
    async def raises(phone: Phone, order: Order) -> Outcome:
        raise kind("mat-khau-dung")

    world.phone.behave = raises
    request_id = await world.sign(world.school.teachers[0], STEP)

    assert await states(request_id) == {("refused", "signer_unavailable"): 3}
    assert kind.__name__ in caplog.text
    assert "mat-khau-dung" not in caplog.text


async def test_a_plugin_that_hangs_is_left_alone(world: World) -> None:
    async def hangs(phone: Phone, order: Order) -> Outcome:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(0.05)
                raise

    world.phone.behave = hangs
    request_id = await world.sign(world.school.teachers[0], STEP)
    await asyncio.sleep(0.1)

    assert await states(request_id) == {("refused", "signer_unavailable"): 3}
    assert await SignatureRow.all().count() == 0


async def test_a_wrong_password_is_said_and_a_retry_with_the_right_one_signs(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    teacher = world.school.teachers[0]
    begun = await signing.begin(
        world.house, teacher, world.transcripts, STEP, world.accounts[teacher.id], WRONG_SECRETS
    )
    await world.house.tasks.idle()
    assert begun.request_id is not None
    assert await states(begun.request_id) == {("refused", "signer_login_failed"): 3}
    assert world.phone.orders == []
    assert "mat-khau" not in caplog.text

    await signing.retry(world.house, teacher, begun.request_id, SECRETS)
    await world.house.tasks.idle()

    assert await state(begun.request_id) == ("finished", "")
    await one_each(world)


async def test_a_login_is_opaque() -> None:
    assert "thay-giao" not in repr(Login("thay-giao"))
