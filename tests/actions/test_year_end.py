"""Year-end confirmation (B5)."""

import asyncio
from datetime import timedelta

from hocba.actions import creation, year_end
from hocba.actions.outcomes import Outcome
from hocba.domain.errors import Code
from hocba.store import ids
from hocba.store.models import ClassRow, EventRow, TranscriptRow
from tests import build

LATER = build.NOW + timedelta(hours=1)


async def history(class_id) -> list[tuple[int, str]]:
    rows = await EventRow.filter(aggregate_id=class_id).order_by("version")
    return [(row.version, row.kind) for row in rows]


async def test_an_office_confirms_and_reopens_and_all_of_it_is_written_down(db):
    school = await build.school(students=0)

    (unchanged,) = await year_end.confirm(school.admin, [school.class_id], now=build.NOW)
    (reopened,) = await year_end.reopen(school.manager, [school.class_id], now=build.NOW)
    (again,) = await year_end.reopen(school.admin, [school.class_id], now=build.NOW)
    (confirmed,) = await year_end.confirm(school.manager, [school.class_id], now=LATER)

    assert [each.outcome for each in (unchanged, reopened, again, confirmed)] == [
        Outcome.UNCHANGED,
        Outcome.DONE,
        Outcome.UNCHANGED,
        Outcome.DONE,
    ]
    row = await ClassRow.get(id=school.class_id)
    assert (row.confirmed_at, row.confirmed_by) == (LATER, school.manager.id)
    assert await history(school.class_id) == [(1, "YearReopened"), (2, "YearConfirmed")]


async def test_nobody_else_does_and_nothing_changes(db):
    school, other = await build.school(students=0), await build.school(students=0)
    before = await ClassRow.get(id=school.class_id)

    for who, code in (
        (school.homeroom, Code.NOT_PERMITTED),
        (school.leader, Code.NOT_PERMITTED),
        (school.issuer, Code.NOT_FOUND),
        (other.admin, Code.NOT_FOUND),
    ):
        for action in (year_end.confirm, year_end.reopen):
            (result,) = await action(who, [school.class_id], now=LATER)
            assert (result.outcome, result.refusal.code) == (Outcome.REFUSED, code)

    after = await ClassRow.get(id=school.class_id)
    assert (after.confirmed_at, after.confirmed_by) == (before.confirmed_at, before.confirmed_by)
    assert await EventRow.all().count() == 0


async def test_a_class_with_a_live_transcript_is_not_reopened(db):
    school = await build.school(students=2)
    first, second = await build.transcripts(school)

    (refused,) = await year_end.reopen(school.admin, [school.class_id], now=LATER)

    assert refused.refusal.code is Code.LIVE_TRANSCRIPT
    assert (await ClassRow.get(id=school.class_id)).confirmed_at is not None
    await build.cancelled(school, [first])
    (still,) = await year_end.reopen(school.admin, [school.class_id], now=LATER)
    assert still.refusal.code is Code.LIVE_TRANSCRIPT
    await build.cancelled(school, [second])
    (reopened,) = await year_end.reopen(school.admin, [school.class_id], now=LATER)
    assert reopened.outcome is Outcome.DONE


async def test_answers_come_in_the_order_asked_and_unknown_classes_are_not_found(db):
    school = await build.school(students=0)
    nobody = ids.new()

    results = await year_end.reopen(school.admin, [nobody, school.class_id, nobody], now=LATER)

    assert [result.id for result in results] == [nobody, school.class_id, nobody]
    assert [result.outcome for result in results] == [Outcome.REFUSED, Outcome.DONE, Outcome.REFUSED]
    assert results[0].refusal.code is Code.NOT_FOUND


async def test_reopening_and_making_at_once_never_both_succeed(db):
    school = await build.school(students=2)

    made, (reopened,) = await asyncio.gather(
        creation.create(school.admin, school.students, build.YEAR, now=build.NOW),
        year_end.reopen(school.admin, [school.class_id], now=LATER),
    )

    confirmed = (await ClassRow.get(id=school.class_id)).confirmed_at is not None
    live = await TranscriptRow.filter(live=True).count()
    assert (confirmed, live) == ((True, 2) if reopened.outcome is Outcome.REFUSED else (False, 0))
    assert all((result.outcome is Outcome.DONE) == confirmed for result in made)
