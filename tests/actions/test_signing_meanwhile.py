"""A process dies, a transcript goes back, an account closes while somebody signs: nothing happens twice."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from hocba.actions import lifecycle, signing
from hocba.domain.errors import Code, Refusal
from hocba.domain.transcript import propose_cancel, refuse_cancel
from hocba.plugin_api import (
    Order,
    Outcome,
)
from hocba.settings import Settings
from hocba.store.models import EventRow, SignatureRow, SigningAccountRow, SigningItemRow, SigningRequestRow
from tests.actions import world as worlds
from tests.actions.requests import STEP, one_each, state, states
from tests.actions.world import SECRETS, Phone, World, says_yes


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings)


async def test_the_items_of_a_process_that_died_expire_and_one_retry_does_them(world: World) -> None:
    """The task is gone with its process; another process sweeps when the lease has run out."""
    started = asyncio.Event()

    async def never(phone: Phone, order: Order) -> Outcome:
        started.set()
        await asyncio.sleep(3600)
        raise AssertionError

    world.phone.behave = never
    teacher = world.school.teachers[0]
    begun = await world.begin(teacher, STEP)
    await started.wait()
    lease = (await SigningRequestRow.get(id=begun.request_id)).lease_until
    await signing.sweep(world.house)
    assert await states(begun.request_id) == {("asked", ""): 3}

    await world.house.tasks.cancel()
    await SigningRequestRow.filter(id=begun.request_id).update(lease_owner="dead", lease_until=lease)
    await signing.sweep(world.house)
    assert await states(begun.request_id) == {("asked", ""): 3}
    world.clock.forward(seconds=31)
    await signing.sweep(world.house)

    assert await states(begun.request_id) == {("expired", "item_expired"): 3}
    assert await state(begun.request_id) == ("expired", "")
    world.phone.behave = says_yes
    assert begun.request_id is not None
    await signing.retry(world.house, teacher, begun.request_id, SECRETS)
    await world.house.tasks.idle()
    await one_each(world)


async def test_what_was_answered_before_the_process_died_is_settled_by_the_sweep(world: World) -> None:
    teacher = world.school.teachers[0]
    holder = world.holders[teacher.id]

    async def dies_after_two(phone: Phone, order: Order) -> Outcome:
        for item in order.items[:2]:
            await SigningItemRow.filter(id=item.reference).update(
                state="answered", answer=holder.sign(item.tbs)
            )
        raise asyncio.CancelledError

    world.phone.behave = dies_after_two
    begun = await world.begin(teacher, STEP)
    await world.house.tasks.idle()
    await signing.sweep(world.house)

    assert await states(begun.request_id) == {("done", ""): 2, ("expired", "item_expired"): 1}
    assert await SignatureRow.all().count() == 2


async def test_a_transcript_handed_back_meanwhile_takes_no_signature(world: World) -> None:
    teacher, other = world.school.teachers[:2]
    moved = world.transcripts[1]

    async def meanwhile(phone: Phone, order: Order) -> Outcome:
        reason = partial(propose_cancel, reason="Sai điểm")
        await lifecycle.apply(other, [moved], reason, now=world.clock.now)
        return await says_yes(phone, order)

    world.phone.behave = meanwhile
    request_id = await world.sign(teacher, STEP)

    assert await states(request_id) == {("done", ""): 2, ("refused", "wrong_status"): 1}
    assert await SignatureRow.filter(transcript_id=moved).count() == 0
    with pytest.raises(Refusal) as nothing:
        await signing.retry(world.house, teacher, request_id, SECRETS)
    assert nothing.value.code is Code.NOTHING_TO_RETRY


async def test_proposing_to_cancel_races_with_settling_and_neither_is_lost(world: World) -> None:
    """Whoever is first, no transcript is signed after it was handed back, and no event is lost."""
    teachers = world.school.teachers
    reason = partial(propose_cancel, reason="Sai điểm")
    refuse = partial(refuse_cancel, reason="Đúng điểm")

    async def disturb() -> None:
        for _ in range(5):
            await lifecycle.apply(teachers[9], world.transcripts, reason, now=world.clock.now)
            await lifecycle.apply(world.school.admin, world.transcripts, refuse, now=world.clock.now)

    await asyncio.gather(disturb(), *(world.begin(teacher, STEP) for teacher in teachers[:6]))
    await world.house.tasks.idle()

    for transcript in world.transcripts:
        events = await EventRow.filter(aggregate_id=transcript).order_by("version").values("version", "kind")
        assert [each["version"] for each in events] == list(range(len(events)))
        returned = False
        for each in events:
            assert not (returned and each["kind"] == "SignatureAdded")
            returned = {"CancelProposed": True, "CancelRefused": False}.get(each["kind"], returned)
        added = sum(each["kind"] == "SignatureAdded" for each in events)
        assert added == await SignatureRow.filter(transcript_id=transcript).count()
    done = await SigningItemRow.filter(state="done").count()
    assert done == await SignatureRow.all().count()


async def test_an_account_closed_after_preparing_still_completes_and_one_closed_before_does_not(
    world: World,
) -> None:
    first, second = world.school.teachers[:2]

    async def closes(phone: Phone, order: Order) -> Outcome:
        own = SigningAccountRow.filter(id=world.accounts[first.id])
        await own.update(state="closed", closed_at=world.clock.now + timedelta(seconds=1))
        before = SigningAccountRow.filter(id=world.accounts[second.id])
        await before.update(state="closed", closed_at=world.clock.now)
        return await says_yes(phone, order)

    world.phone.behave = closes
    assert await states(await world.sign(first, STEP)) == {("done", ""): 3}
    await SigningAccountRow.filter(id=world.accounts[second.id]).update(state="approved", closed_at=None)
    assert await states(await world.sign(second, STEP)) == {("refused", "account_not_approved"): 3}
