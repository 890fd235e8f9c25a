"""The moves in bulk: propose, refuse, approve, complete, reopen (D8, D9, D10)."""

import asyncio
from functools import partial

import pytest

from hocba.actions import lifecycle
from hocba.actions.outcomes import Outcome
from hocba.domain.errors import Code
from hocba.domain.transcript import approve_cancel, complete, propose_cancel, refuse_cancel, reopen
from hocba.domain.values import Status
from hocba.store import ids
from hocba.store.models import EventRow, TranscriptRow
from tests import build, elsewhere

PROPOSE = partial(propose_cancel, reason="Sai điểm Toán")
COMPLETE = partial(complete, at=build.NOW)


async def apply(who, made, move):
    return await lifecycle.apply(who, made, move, now=build.NOW)


async def states(made):
    rows = {row.id: (row.status, row.version) for row in await TranscriptRow.filter(id__in=made)}
    return [rows[id_] for id_ in made]


async def events() -> int:
    return await EventRow.filter(version__gt=0).count()


async def test_a_mistake_is_found_and_the_transcript_cancelled(db):
    school = await build.school(students=1)
    made = await build.transcripts(school)

    (proposed,) = await apply(school.teachers[1], made, PROPOSE)
    (approved,) = await apply(school.admin, made, approve_cancel)

    assert (proposed.outcome, approved.outcome) == (Outcome.DONE, Outcome.DONE)
    row = await TranscriptRow.get(id=made[0])
    assert (row.status, row.live, row.proposal) == (Status.CANCELLED, None, "Sai điểm Toán")
    rows = await EventRow.filter(aggregate_id=made[0]).order_by("version")
    assert [(each.kind, each.actor_id) for each in rows] == [
        ("Created", school.admin.id),
        ("CancelProposed", school.teachers[1].id),
        ("Cancelled", school.admin.id),
    ]


async def test_a_refused_proposal_leaves_it_waiting(db):
    school = await build.school(students=1)
    made = await build.transcripts(school)
    await apply(school.leader, made, PROPOSE)

    await apply(school.admin, made, partial(refuse_cancel, reason="Điểm đúng"))

    row = await TranscriptRow.get(id=made[0])
    assert (row.status, row.proposed_by, row.proposal) == (Status.AWAITING_SIGNATURES, None, "")


async def test_what_is_signed_is_completed_and_may_be_reopened(db):
    school = await build.school(students=1)
    made = await build.issued(school)

    (completed,) = await apply(school.admin, made, COMPLETE)
    assert await states(made) == [(Status.COMPLETED, 15)]
    (reopened,) = await apply(school.admin, made, reopen)

    assert (completed.outcome, reopened.outcome) == (Outcome.DONE, Outcome.DONE)
    assert await states(made) == [(Status.SIGNED, 16)]


async def test_one_refusal_does_not_stop_the_others_and_answers_keep_their_order(db):
    school, other = await build.school(students=3), await build.school(students=1)
    made, foreign = await build.transcripts(school), await build.transcripts(other)
    await apply(school.leader, made[1:2], PROPOSE)
    nobody = ids.new()

    asked = [made[2], nobody, made[1], foreign[0], made[0]]
    results = await apply(school.teachers[1], asked, PROPOSE)

    assert [result.id for result in results] == asked
    assert [result.refusal.code if result.refusal else result.outcome for result in results] == [
        Outcome.DONE,
        Code.NOT_FOUND,
        Code.WRONG_STATUS,
        Code.NOT_FOUND,
        Outcome.DONE,
    ]
    assert await states(foreign) == [(Status.AWAITING_SIGNATURES, 0)]


@pytest.mark.parametrize("move", [PROPOSE, COMPLETE, approve_cancel, reopen])
async def test_pressing_the_button_twice_changes_nothing_more(db, move):
    school = await build.school(students=2)
    made = await (build.issued(school) if move in (COMPLETE, reopen) else build.transcripts(school))
    if move is approve_cancel:
        await apply(school.leader, made, PROPOSE)
    if move is reopen:
        await apply(school.admin, made, COMPLETE)
    first = await apply(school.admin, made, move)
    before = await events()

    again = await apply(school.admin, made, move)

    assert [result.outcome for result in first] == [Outcome.DONE] * 2
    assert [result.outcome for result in again] == [Outcome.UNCHANGED] * 2
    assert await events() == before


async def test_whoever_may_not_is_refused_and_nothing_changes(db):
    school, other = await build.school(students=1), await build.school(students=1)
    made = await build.transcripts(school)
    await apply(school.leader, made, PROPOSE)
    before = (await states(made), await events())

    for who in (school.manager, school.homeroom, school.leader, school.teachers[2]):
        for move in (approve_cancel, refuse_cancel):
            (result,) = await apply(who, made, move)
            assert (result.outcome, result.refusal.code) == (Outcome.REFUSED, Code.NOT_PERMITTED)
    for who in (other.admin, school.issuer):
        (result,) = await apply(who, made, approve_cancel)
        assert result.refusal.code is Code.NOT_FOUND

    assert (await states(made), await events()) == before


async def test_nobody_approves_what_he_proposed_himself(db):
    school = await build.school(students=1)
    made = await build.transcripts(school)
    await apply(school.admin, made, PROPOSE)

    (own,) = await apply(school.admin, made, approve_cancel)
    (other,) = await apply(school.other_admin, made, approve_cancel)

    assert own.refusal.code is Code.NOT_YOUR_OWN
    assert other.outcome is Outcome.DONE


async def test_of_many_who_move_at_once_each_gets_an_honest_answer(db):
    school = await build.school(students=3)
    made = await build.transcripts(school)
    people = [school.leader, *school.teachers[1:4]]

    answers = await asyncio.gather(*(apply(who, made, PROPOSE) for who in people))

    assert await events() == 3
    for of_one in zip(*answers, strict=True):
        said = sorted(result.refusal.code if result.refusal else result.outcome for result in of_one)
        assert said == sorted([Outcome.DONE, *[Code.WRONG_STATUS] * 3])


def meanwhile(settings, only, tries, times):
    """``PROPOSE``; and while it decides about ``only``, somebody else changes it, so many times."""

    def move(transcript, actor):
        if transcript.id == only:
            tries.append(transcript.version)
            if len(tries) <= times:
                elsewhere.execute(
                    settings, f"UPDATE transcript SET version = version + 1 WHERE id = '{only}'"
                )
        return PROPOSE(transcript, actor)

    return move


async def test_what_somebody_else_changed_meanwhile_is_tried_again(db, settings):
    school = await build.school(students=2)
    made, tries = await build.transcripts(school), []

    results = await apply(school.leader, made, meanwhile(settings, made[0], tries, times=2))

    assert [result.outcome for result in results] == [Outcome.DONE] * 2
    assert tries == [0, 1, 2]
    assert await states(made) == [(Status.RETURNED, 3), (Status.RETURNED, 1)]


async def test_a_transcript_that_never_stands_still_is_stale_and_stops_no_other(db, settings):
    school = await build.school(students=2)
    made, tries = await build.transcripts(school), []

    results = await apply(school.leader, made, meanwhile(settings, made[0], tries, times=9))

    assert (results[0].outcome, results[0].refusal.code) == (Outcome.REFUSED, Code.STALE)
    assert results[1].outcome is Outcome.DONE
    assert tries == [0, 1, 2]
    assert await states(made) == [(Status.AWAITING_SIGNATURES, 3), (Status.RETURNED, 1)]
    assert await events() == 1


async def test_more_than_a_chunk_is_moved(db, monkeypatch):
    school = await build.school(students=5)
    made = await build.transcripts(school)
    monkeypatch.setattr(lifecycle, "CHUNK", 2)

    results = await apply(school.leader, made, PROPOSE)

    assert [(result.id, result.outcome) for result in results] == [(id_, Outcome.DONE) for id_ in made]
