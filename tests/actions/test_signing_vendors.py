"""Vendors that are late, wrong or away: what is refused, what is asked again, what never happens twice."""

import asyncio
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from hocba.actions import lifecycle, signing, watching
from hocba.domain.errors import Code, Refusal
from hocba.domain.signing import RequestState
from hocba.domain.transcript import propose_cancel, refuse_cancel
from hocba.domain.values import Step
from hocba.plugin_api import (
    Login,
    LoginUrl,
    Needs,
    Order,
    Outcome,
    Pending,
    RefusalCode,
    Refused,
    Secret,
    SecretName,
    Signed,
    SignerError,
)
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import EventRow, SignatureRow, SigningAccountRow, SigningItemRow, SigningRequestRow
from tests.actions import world as worlds
from tests.actions.test_signing import states
from tests.actions.world import SECRETS, WRONG_SECRETS, Phone, World, says_yes

STEP = Step.SUBJECT_TEACHERS


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings)


async def state(request_id: object) -> tuple[str, str]:
    row = await SigningRequestRow.get(id=request_id)
    return row.state, row.reason


async def one_each(world: World) -> None:
    """Every transcript has the teacher's signature once, and its event once."""
    signed = Counter(await SignatureRow.all().values_list("transcript_id", flat=True))
    assert signed == dict.fromkeys(world.transcripts, 1)
    assert await EventRow.filter(kind="SignatureAdded").count() == len(world.transcripts)


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


async def pending(phone: Phone, order: Order) -> Outcome:
    worlds_clock = phone.clock  # type: ignore[attr-defined]
    return Outcome(rest=Pending(b"ticket", timedelta(seconds=2), worlds_clock.now + timedelta(minutes=5)))


async def parked(world: World) -> object:
    """A request whose order waits for a person's phone."""
    world.phone.clock = world.clock  # type: ignore[attr-defined]
    world.phone.behave = pending
    teacher = world.school.teachers[0]
    begun = await world.begin(teacher, STEP)
    assert begun.request_id is not None
    async with asyncio.timeout(5):
        async for view in watching.request_states(world.house, teacher, begun.request_id):
            if view.state is RequestState.WAITING:
                break
    return begun.request_id


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


async def test_a_login_is_opaque() -> None:
    assert "thay-giao" not in repr(Login("thay-giao"))
