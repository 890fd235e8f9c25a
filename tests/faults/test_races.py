"""Two at once, two hundred times each: one of them wins, and the other is told.

Each pupil's race starts by itself, in tasks that share nothing but the database.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import pytest

from hocba.actions import lifecycle, signing
from hocba.actions.outcomes import Outcome, Result
from hocba.domain.errors import Refusal
from hocba.domain.transcript import approve_cancel, complete, propose_cancel, refuse_cancel
from hocba.domain.values import Status, Step
from hocba.settings import Settings
from hocba.store.models import EventRow, SignatureRow, SigningItemRow, TranscriptRow
from tests.actions import world as worlds
from tests.actions.world import SECRETS, World

RACES = 200
AT_ONCE = 8
"""Races that run beside each other, so that they meet in the database too."""

Racer = Callable[[UUID], Awaitable[object]]


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, students=RACES)


async def race(world: World, *racers: Racer) -> list[list[object]]:
    """Let all of ``racers`` go for each transcript at the same moment; what each of them got."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(transcript: UUID) -> list[object]:
        async with gate:
            return await asyncio.gather(*(racer(transcript) for racer in racers), return_exceptions=True)

    found = await asyncio.gather(*map(one, world.transcripts))
    assert [each for outcomes in found for each in outcomes if _unexpected(each)] == []
    return found


def _unexpected(outcome: object) -> bool:
    return isinstance(outcome, BaseException) and not isinstance(outcome, Refusal)


async def moved(world: World, move: lifecycle.Move, actor: object, transcript: UUID) -> Outcome:
    (result,) = await lifecycle.apply(actor, [transcript], move, now=world.clock.now)  # type: ignore[arg-type]
    return result.outcome


async def begun(world: World, actor: object, step: Step, transcript: UUID) -> Result:
    done = await signing.begin(
        world.house,
        actor,
        [transcript],
        step,
        world.account(actor, step),
        SECRETS,  # type: ignore[arg-type]
    )
    return done.results[0]


async def kinds(transcript: UUID) -> list[str]:
    """What happened to it, in order, without a gap."""
    rows = await EventRow.filter(aggregate_id=transcript).order_by("version").values("version", "kind")
    assert [row["version"] for row in rows] == list(range(len(rows)))
    return [row["kind"] for row in rows]


async def nothing_is_twice(world: World) -> None:
    """A signature for each event of one and for each item that is done; nothing still moves."""
    signatures = await SignatureRow.all().values_list("transcript_id", "slot_key")
    assert len(signatures) == len(set(signatures))
    assert await EventRow.filter(kind="SignatureAdded").count() == len(signatures)
    assert await SigningItemRow.filter(state="done", purpose="slot").count() == len(signatures)
    assert not await SigningItemRow.filter(active=True).exists()


async def test_a_double_click_signs_once(world: World) -> None:
    teacher = world.school.teachers[0]
    click = partial(begun, world, teacher, Step.SUBJECT_TEACHERS)

    found = await race(world, click, click)
    await world.house.tasks.idle()

    for results in found:
        assert sorted(each.outcome for each in results) == [Outcome.DONE, Outcome.UNCHANGED]  # type: ignore[attr-defined]
        assert len({each.made for each in results}) == 1  # type: ignore[attr-defined]
    assert await SignatureRow.all().count() == RACES
    await nothing_is_twice(world)


async def test_two_signers_of_one_transcript_both_sign_it(world: World) -> None:
    first, second = world.school.teachers[:2]

    await race(
        world,
        partial(begun, world, first, Step.SUBJECT_TEACHERS),
        partial(begun, world, second, Step.SUBJECT_TEACHERS),
    )
    await world.house.tasks.idle()

    assert await SignatureRow.all().count() == 2 * RACES
    await nothing_is_twice(world)


async def test_no_signature_comes_after_a_transcript_was_handed_back(world: World) -> None:
    first, second = world.school.teachers[:2]
    back = partial(moved, world, partial(propose_cancel, reason="Sai điểm"), second)
    await world.begin(first, Step.SUBJECT_TEACHERS)  # chunk by chunk, beside us

    shuffled = sorted(world.transcripts, key=lambda each: each.bytes[::-1])
    for few in range(0, RACES, AT_ONCE):
        await asyncio.gather(*map(back, shuffled[few : few + AT_ONCE]))
    await world.house.tasks.idle()

    happened = [await kinds(transcript) for transcript in world.transcripts]
    assert {each[-1] for each in happened} == {"CancelProposed"}
    assert {each.count("CancelProposed") for each in happened} == {1}
    signed = sum("SignatureAdded" in each for each in happened)
    assert 0 < signed < RACES, "neither was ever first"
    assert await TranscriptRow.filter(status=Status.RETURNED).count() == RACES
    await nothing_is_twice(world)


async def test_of_two_decisions_on_a_proposal_one_holds(world: World) -> None:
    reason = partial(propose_cancel, reason="Sai điểm")
    await lifecycle.apply(world.school.teachers[0], world.transcripts, reason, now=world.clock.now)

    found = await race(
        world,
        partial(moved, world, approve_cancel, world.school.admin),
        partial(moved, world, partial(refuse_cancel, reason="Đúng điểm"), world.school.other_admin),
    )

    for outcomes in found:
        assert sorted(outcomes) == [Outcome.DONE, Outcome.REFUSED]  # type: ignore[type-var]
    for transcript in world.transcripts:
        assert (await kinds(transcript))[-1] in {"Cancelled", "CancelRefused"}
    cancelled = await TranscriptRow.filter(status=Status.CANCELLED, live=None).count()
    waiting = await TranscriptRow.filter(status=Status.AWAITING_SIGNATURES, live=True).count()
    assert cancelled + waiting == RACES


async def test_who_completes_and_who_hands_back_do_not_both_win(world: World) -> None:
    await TranscriptRow.all().update(status=Status.SIGNED, open_step=None)

    found = await race(
        world,
        partial(moved, world, partial(complete, at=world.clock.now), world.school.admin),
        partial(moved, world, partial(propose_cancel, reason="Sai điểm"), world.school.other_admin),
    )

    for transcript, outcomes in zip(world.transcripts, found, strict=True):
        assert sorted(outcomes) == [Outcome.DONE, Outcome.REFUSED]  # type: ignore[type-var]
        assert (await kinds(transcript))[-1] in {"Completed", "CancelProposed"}
