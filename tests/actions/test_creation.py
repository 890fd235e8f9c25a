"""Making transcripts (D2): who may, of whom, and what keeps it from being done."""

import asyncio
import hashlib
import zlib
from datetime import timedelta

import pytest

from hocba import words
from hocba.actions import creation, year_end
from hocba.actions.outcomes import Outcome
from hocba.documents import content
from hocba.domain.errors import Code
from hocba.domain.people import Actor
from hocba.domain.readiness import Gap
from hocba.domain.values import Profile, Role, SchoolYear, Status, Step, Term
from hocba.store import ids, transcripts
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EarlierYearRow,
    EnrolmentRow,
    EventRow,
    PrimarySummaryRow,
    PrintConfigurationRow,
    ResultRow,
    RoleGrantRow,
    SlotRow,
    StudentRow,
    TranscriptRow,
)
from tests import build
from tests.actions.primary import into_primary
from tests.statements import counted

LATER = build.NOW + timedelta(hours=1)


async def create(actor: Actor, students, year: SchoolYear = build.YEAR):
    return await creation.create(actor, students, year, now=build.NOW)


async def nothing_was_made() -> bool:
    return not (
        await TranscriptRow.all().count() + await SlotRow.all().count() + await EventRow.all().count()
    )


async def test_the_review_says_who_will_sign_what_and_writes_nothing(db):
    school = await build.school(students=2)

    first, second = await creation.plan(school.admin, school.students, build.YEAR, now=build.NOW)

    assert (first.student_id, second.student_id) == school.students
    assert (first.refusal, first.missing) == (None, ())
    assert [slot.key for slot in first.slots] == [
        *(f"gvbm-{number}" for number in range(1, 11)),
        "gvcn",
        "cbql",
        "ky-phat-hanh",
    ]
    assert (first.slots[0].signer, first.slots[0].subjects) == (school.homeroom.id, ("TOAN", "TIN"))
    assert await nothing_was_made()


async def test_a_class_is_made_and_waits_for_its_signatures(db):
    school = await build.school(students=3)

    results = await create(school.admin, school.students)

    assert [(result.id, result.outcome) for result in results] == [
        (student, Outcome.DONE) for student in school.students
    ]
    rows = {row.id: row for row in await TranscriptRow.all()}
    assert {result.made for result in results} == set(rows)
    for student, result in zip(school.students, results, strict=True):
        row = rows[result.made]
        profile = await StudentRow.get(id=student)
        assert (row.student_id, row.class_id, row.year) == (student, school.class_id, build.YEAR)
        assert (row.status, row.open_step, row.version, row.live) == (
            Status.AWAITING_SIGNATURES,
            Step.SUBJECT_TEACHERS,
            0,
            True,
        )
        assert (row.student_name, row.personal_id) == (profile.full_name, profile.personal_id)
        assert row.created_by == school.admin.id
    assert await EventRow.filter(kind="Created", actor_id=school.admin.id).count() == 3


async def test_the_signed_data_says_what_the_school_entered(db):
    school = await build.school(students=1)
    (result,) = await create(school.admin, school.students)
    row = await TranscriptRow.get(id=result.made)

    data = zlib.decompress(row.content)

    assert hashlib.sha256(data).hexdigest() == row.content_sha256
    written = content.read(data)
    assert written.lookup_code == row.lookup_code
    assert written.lookup_code.version == 4
    assert (written.profile, written.student.full_name) == (row.profile, row.student_name)
    assert written.created_at == build.NOW
    (facts,) = await transcripts.load([row.id])
    assert [each.key for each in written.plan] == [slot.key for slot in facts.slots]
    assert len(written.results) == 13


async def test_the_homeroom_teacher_makes_those_of_his_own_class_only(db):
    school, other = await build.school(students=1), await build.school(students=1)

    own, foreign = await create(school.homeroom, [*school.students, *other.students])

    assert own.outcome is Outcome.DONE
    assert (foreign.outcome, foreign.refusal.code) == (Outcome.REFUSED, Code.NOT_FOUND)
    assert await TranscriptRow.all().count() == 1


async def test_what_no_document_can_hold_is_one_pupils_refusal(db):
    school = await build.school(students=3)
    await into_primary(school, profile=Profile.MOET_TH)
    # Before the circular nobody knows which qualities a year has: readiness cannot ask for them.
    year = SchoolYear("2019-2020")
    for table in (ClassRow, EnrolmentRow, PrintConfigurationRow):
        await table.all().update(year=year)
    await ResultRow.all().delete()
    bad = await EnrolmentRow.get(student_id=school.students[1])
    await PrimarySummaryRow.filter(enrolment_id=bad.id).update(qualities={})

    results = await create(school.admin, school.students, year)

    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.REFUSED, Outcome.DONE]
    refusal = results[1].refusal
    assert (refusal.code, refusal.facts) == (Code.NOT_WRITABLE, {"tag": "PHAM_CHAT_YEU_NUOC"})
    assert "PHAM_CHAT_YEU_NUOC" in words.sentence(refusal)
    assert await TranscriptRow.all().count() == 2


async def test_an_earlier_year_that_is_not_whole_is_said_before(db):
    school = await build.school(students=2)
    first, second = school.students
    await EarlierYearRow.create(
        id=ids.new(), student_id=first, year="2024-2025", class_name="", school_name="  "
    )

    (planned,) = await creation.plan(school.admin, [first], build.YEAR, now=build.NOW)
    refused, made = await create(school.admin, [first, second])

    assert [(each.code, each.field) for each in planned.missing] == [
        (Gap.EMPTY, "history.class_name"),
        (Gap.EMPTY, "history.school_name"),
    ]
    assert (refused.refusal.code, refused.refusal.facts["missing"]) == (Code.MISSING_DATA, planned.missing)
    assert made.outcome is Outcome.DONE


async def test_that_nobody_may_issue_is_said_before_and_keeps_nothing_from_being_made(db):
    school = await build.school(students=1)
    assert (await creation.plan(school.admin, school.students, build.YEAR, now=build.NOW))[0].warnings == ()
    await RoleGrantRow.filter(role=Role.ISSUER).update(valid_to=build.NOW)

    (planned,) = await creation.plan(school.admin, school.students, build.YEAR, now=build.NOW)
    (made,) = await create(school.admin, school.students)

    assert [(gap.code, gap.field) for gap in planned.warnings] == [(Gap.NO_ISSUER, "school.issuer")]
    assert (planned.refusal, made.outcome) == (None, Outcome.DONE)


async def test_a_manager_makes_transcripts_too(db):
    school = await build.school(students=1)

    (result,) = await create(school.manager, school.students)

    assert result.outcome is Outcome.DONE


async def test_whoever_only_sees_the_class_makes_nothing(db):
    school = await build.school(students=2)

    for who in (school.teachers[3], school.leader):
        results = await create(who, school.students)
        reviews = await creation.plan(who, school.students, build.YEAR, now=build.NOW)

        assert [result.refusal.code for result in results] == [Code.NOT_PERMITTED] * 2
        assert [(review.refusal.code, review.slots) for review in reviews] == [(Code.NOT_PERMITTED, ())] * 2
    assert await nothing_was_made()


async def test_whom_one_may_not_see_is_not_found_and_neither_is_whom_nobody_knows(db):
    school, other = await build.school(students=1), await build.school(students=1)
    nobody = ids.new()

    for who in (other.admin, other.homeroom, school.issuer, build.actor(Role.SUBJECT_TEACHER)):
        results = await create(who, [*school.students, nobody])
        assert [result.refusal.code for result in results] == [Code.NOT_FOUND] * 2
    (review,) = await creation.plan(school.admin, [nobody], build.YEAR, now=build.NOW)
    (wrong_year,) = await create(school.admin, school.students, SchoolYear("2024-2025"))

    assert (review.refusal.code, review.missing) == (Code.NOT_FOUND, ())
    assert wrong_year.refusal.code is Code.NOT_FOUND
    assert await nothing_was_made()


async def test_a_class_that_is_not_confirmed_has_no_transcripts(db):
    school = await build.school(students=1)
    await ClassRow.filter(id=school.class_id).update(confirmed_at=None)

    (result,) = await create(school.admin, school.students)
    (review,) = await creation.plan(school.admin, school.students, build.YEAR, now=build.NOW)

    assert (result.refusal.code, result.refusal.facts) == (Code.YEAR_NOT_CONFIRMED, {"class_name": "6A1"})
    assert [gap.code for gap in review.missing] == [Gap.NOT_CONFIRMED]
    assert await nothing_was_made()


async def test_one_pupil_with_missing_data_does_not_stop_the_others(db):
    school = await build.school(students=3)
    await StudentRow.filter(id=school.students[1]).update(personal_id="123", ethnicity="")

    results = await create(school.admin, school.students)

    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.REFUSED, Outcome.DONE]
    refusal = results[1].refusal
    assert (refusal.code, refusal.facts["count"]) == (Code.MISSING_DATA, 2)
    assert [gap.field for gap in refusal.facts["missing"]] == ["student.ethnicity", "student.personal_id"]
    assert await TranscriptRow.filter(student_id=school.students[1]).count() == 0
    (review,) = await creation.plan(school.admin, [school.students[1]], build.YEAR, now=build.NOW)
    assert review.missing == refusal.facts["missing"]


async def test_more_teachers_than_one_signature_can_cover_are_too_many(db):
    school = await build.school(students=1)
    enrolment = await EnrolmentRow.get(student_id=school.students[0])
    for number in range(18):
        who = await build.person(school.id, Role.SUBJECT_TEACHER)
        subject = f"X{number}"
        await ResultRow.create(id=ids.new(), enrolment_id=enrolment.id, subject=subject, year="9")
        await AssignmentRow.create(
            id=ids.new(), class_id=school.class_id, subject=subject, term=Term.II, person_id=who.id
        )

    (result,) = await create(school.admin, school.students)
    (review,) = await creation.plan(school.admin, school.students, build.YEAR, now=build.NOW)

    assert (result.refusal.code, result.refusal.facts) == (
        Code.TOO_MANY_SIGNERS,
        {"signers": 28, "limit": 27},
    )
    assert (review.slots, review.refusal.code) == ((), Code.TOO_MANY_SIGNERS)
    assert await nothing_was_made()


async def test_doing_it_twice_makes_nothing_twice(db):
    school = await build.school(students=2)
    first = await create(school.admin, school.students)

    again = await create(school.admin, [*school.students, school.students[0]])

    assert [(result.outcome, result.refusal) for result in again] == [(Outcome.UNCHANGED, None)] * 3
    assert [result.made for result in again] == [first[0].made, first[1].made, first[0].made]
    assert await TranscriptRow.all().count() == 2


async def test_the_same_pupil_named_twice_is_made_once(db):
    school = await build.school(students=1)

    one, other = await create(school.admin, [*school.students, *school.students])

    assert one == other
    assert await TranscriptRow.all().count() == 1


async def test_two_who_make_the_same_class_at_once_make_it_once(db):
    school = await build.school(students=4)

    answers = await asyncio.gather(*(create(school.admin, school.students) for _ in range(3)))

    assert await TranscriptRow.all().count() == 4
    assert await SlotRow.all().count() == 4 * 13
    for of_one in zip(*answers, strict=True):
        assert sorted(result.outcome for result in of_one) == [
            Outcome.DONE,
            Outcome.UNCHANGED,
            Outcome.UNCHANGED,
        ]
        assert len({result.made for result in of_one}) == 1


async def test_what_is_made_after_a_cancellation_says_what_it_replaces(db):
    school = await build.school(students=1)
    (first,) = await create(school.admin, school.students)
    await build.cancelled(school, [first.made])
    (second,) = await create(school.admin, school.students)
    await build.cancelled(school, [second.made])

    (third,) = await create(school.admin, school.students)

    rows = {row.id: row for row in await TranscriptRow.all()}
    assert [rows[each.made].replaces_id for each in (first, second, third)] == [
        None,
        first.made,
        second.made,
    ]
    assert len({row.lookup_code for row in rows.values()}) == 3
    assert [rows[each.made].live for each in (first, second, third)] == [None, None, True]
    created = await EventRow.get(aggregate_id=third.made, kind="Created")
    assert created.data == {"replaces": str(second.made)}


async def test_results_that_change_while_the_data_is_built_are_what_is_signed(db, monkeypatch):
    """The race is real: the change comes from another connection while the thread builds."""
    school = await build.school(students=2)
    started, changed = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    build_data, calls = content.build, []

    def slowly(*args, **options):
        calls.append(1)
        loop.call_soon_threadsafe(started.set)
        asyncio.run_coroutine_threadsafe(changed.wait(), loop).result(10)
        return build_data(*args, **options)

    monkeypatch.setattr(content, "build", slowly)
    making = asyncio.create_task(create(school.admin, school.students))
    await started.wait()
    await ResultRow.filter(subject="TOAN").update(term1="7.0", term2="7.0", year="7.0")
    changed.set()
    results = await making

    assert [result.outcome for result in results] == [Outcome.DONE] * 2
    assert len(calls) == 4
    for row in await TranscriptRow.all():
        assert str(content.read(zlib.decompress(row.content)).results[0].year) == "7.0"


async def test_a_class_that_is_reopened_while_the_data_is_built_gets_none(db, monkeypatch):
    school = await build.school(students=1)
    loop, build_data = asyncio.get_running_loop(), content.build

    def reopened(*args, **options):
        undo = year_end.reopen(school.admin, [school.class_id], now=LATER)
        asyncio.run_coroutine_threadsafe(undo, loop).result(10)
        return build_data(*args, **options)

    monkeypatch.setattr(content, "build", reopened)
    (result,) = await create(school.admin, school.students)

    assert result.refusal.code is Code.YEAR_NOT_CONFIRMED
    assert await TranscriptRow.all().count() == 0


async def test_data_that_never_stands_still_is_stale(db, monkeypatch):
    school = await build.school(students=1)
    loop, build_data, marks = asyncio.get_running_loop(), content.build, iter(("7.3", "7.4", "7.5", "7.6"))

    def moving(*args, **options):
        mark = next(marks)
        change = ResultRow.filter(subject="TOAN").update(term1=mark, term2=mark, year=mark)

        async def write():
            await change

        asyncio.run_coroutine_threadsafe(write(), loop).result(10)
        return build_data(*args, **options)

    monkeypatch.setattr(content, "build", moving)
    (result,) = await create(school.admin, school.students)

    assert result.refusal.code is Code.STALE
    assert next(marks) == "7.6"
    assert await nothing_was_made()


@pytest.mark.parametrize("students", [1, 15])
async def test_the_number_of_statements_does_not_grow_within_a_chunk(db, students):
    school = await build.school(students=students)

    with counted() as statements:
        await create(school.admin, school.students)

    assert len(statements) == 3 + 13 + 2 + 3 + 13 + 3


async def test_more_than_a_chunk_is_made_in_the_order_asked(db, monkeypatch):
    school = await build.school(students=5)
    monkeypatch.setattr(creation, "CHUNK", 2)

    results = await create(school.admin, school.students)

    assert [result.id for result in results] == list(school.students)
    assert {result.outcome for result in results} == {Outcome.DONE}
