"""Facts come back as they were saved, in a number of statements that does not grow."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.domain.events import (
    Cancelled,
    CancelProposed,
    CancelRefused,
    Completed,
    Event,
    Reopened,
    Sealed,
    SignatureAdded,
)
from hocba.domain.people import Actor
from hocba.domain.transcript import Transcript, evolve
from hocba.domain.values import Status, Step
from hocba.store import ids, transcripts
from hocba.store.models import EventRow, SignatureRow, SlotRow, TranscriptRow
from hocba.store.transcripts import StaleTranscriptError
from tests import build
from tests.conftest import POSTGRES
from tests.statements import counted

PDF, XML = "1" * 64, "2" * 64


async def move(found: list[Transcript], event: Event, who: Actor) -> list[Transcript]:
    rows = []
    if isinstance(event, SignatureAdded):
        rows = [build.signature(each, event.slot) for each in found]
    async with in_transaction():
        return await transcripts.save(
            [(each, event) for each in found], by=who.id, at=build.NOW, signatures=rows
        )


async def copies(id_: UUID) -> dict[str, Any]:
    names = (
        "version",
        "status",
        "open_step",
        "live",
        "sealed",
        "proposed_by",
        "proposal",
        "completed_at",
        "xml_sha256",
    )
    return (await TranscriptRow.filter(id=id_).values(*names))[0]


async def test_a_whole_life_is_loaded_as_it_was_saved_and_folds_to_the_same(db):
    school = await build.school(students=1)
    (id_,) = await build.transcripts(school)
    (first,) = facts = await transcripts.load([id_])
    for slot in first.slots:
        facts = await move(facts, SignatureAdded(slot.key, "c" * 64), school.admin)
    for event in (
        Sealed(PDF, XML),
        Completed(build.NOW),
        Reopened(),
        CancelProposed("Sai tên"),
        CancelRefused("Tên đúng"),
        CancelProposed("Sai điểm"),
        Cancelled(),
    ):
        facts = await move(facts, event, school.leader)
        assert await transcripts.load([id_]) == facts

    folded = first
    for by, event in await transcripts.acts(id_):
        folded = evolve(folded, event, by=by)
    assert folded == facts[0]
    assert [event for _, event in await transcripts.acts(id_)] == await transcripts.history(id_)
    assert folded.version == len(first.slots) + 7
    assert await EventRow.filter(aggregate_id=id_, kind="Created", version=0).count() == 1


async def test_the_copies_follow_the_facts(db):
    school = await build.school(students=1)
    (id_,) = await build.transcripts(school)
    facts = await transcripts.load([id_])
    fresh = {
        "version": 0,
        "status": Status.AWAITING_SIGNATURES,
        "open_step": Step.SUBJECT_TEACHERS,
        "live": True,
        "sealed": False,
        "proposed_by": None,
        "proposal": "",
        "completed_at": None,
        "xml_sha256": None,
    }
    assert await copies(id_) == fresh

    for slot in facts[0].slots:
        facts = await move(facts, SignatureAdded(slot.key, "c" * 64), school.admin)
    signed = fresh | {"version": 13, "open_step": Step.ISSUE}
    assert await copies(id_) == signed

    facts = await move(facts, Sealed(PDF, XML), school.issuer)
    sealed = signed | {
        "version": 14,
        "status": Status.SIGNED,
        "open_step": None,
        "sealed": True,
        "xml_sha256": XML,
    }
    assert await copies(id_) == sealed

    facts = await move(facts, Completed(build.NOW), school.admin)
    assert await copies(id_) == sealed | {
        "version": 15,
        "status": Status.COMPLETED,
        "completed_at": build.NOW,
    }

    facts = await move(facts, Reopened(), school.admin)
    assert await copies(id_) == sealed | {"version": 16}

    facts = await move(facts, CancelProposed("Sai tên"), school.leader)
    returned = {
        "version": 17,
        "status": Status.RETURNED,
        "proposed_by": school.leader.id,
        "proposal": "Sai tên",
    }
    assert await copies(id_) == sealed | returned

    facts = await move(facts, CancelRefused(""), school.admin)
    assert await copies(id_) == sealed | {"version": 18}

    facts = await move(facts, CancelProposed("Sai điểm"), school.leader)
    await move(facts, Cancelled(), school.admin)
    assert await copies(id_) == sealed | returned | {
        "version": 20,
        "status": Status.CANCELLED,
        "proposal": "Sai điểm",
        "live": None,
    }


async def test_a_save_is_all_or_nothing_and_names_the_stale(db):
    school = await build.school(students=3)
    old = await transcripts.load(await build.transcripts(school))
    await move(old[1:2], CancelProposed("Sai"), school.leader)
    before = await EventRow.all().count()

    with pytest.raises(StaleTranscriptError) as stale:
        await move(old, SignatureAdded(old[0].slots[0].key, "c" * 64), school.homeroom)

    assert stale.value.ids == (old[1].id,)
    assert await EventRow.all().count() == before
    assert await SignatureRow.all().count() == 0
    assert [each.version for each in await transcripts.load([each.id for each in old])] == [0, 1, 0]


async def test_a_transcript_that_is_gone_is_stale(db):
    school = await build.school(students=1)
    (facts,) = await transcripts.load(await build.transcripts(school))
    await TranscriptRow.filter(id=facts.id).delete()

    with pytest.raises(StaleTranscriptError):
        await move([facts], CancelProposed("Sai"), school.leader)


async def test_two_who_save_at_once_do_not_both_succeed(db):
    school = await build.school(students=2)
    facts = await transcripts.load(await build.transcripts(school))

    answers = await asyncio.gather(
        *(move(facts, CancelProposed(f"Sai {number}"), school.leader) for number in range(4)),
        return_exceptions=True,
    )

    assert sum(isinstance(answer, StaleTranscriptError) for answer in answers) == 3
    assert [each.version for each in await transcripts.load(each.id for each in facts)] == [1, 1]


async def test_unknown_ids_are_left_out_and_the_rest_is_in_the_order_of_ids(db):
    school = await build.school(students=3)
    made = await build.transcripts(school)

    loaded = await transcripts.load([*reversed(made), ids.new()])

    assert [each.id for each in loaded] == sorted(made)
    assert [slot.key for slot in loaded[0].slots][-3:] == ["gvcn", "cbql", "ky-phat-hanh"]
    assert await transcripts.load([]) == []


@pytest.mark.parametrize("students", [1, 12])
async def test_the_number_of_statements_does_not_grow_with_the_transcripts(db, students):
    school = await build.school(students=students)
    made = await build.transcripts(school)
    with counted() as loading:
        facts = await transcripts.load(made)
    async with in_transaction():
        with counted() as locking:
            assert await transcripts.load(made, lock=True) == facts
    event = SignatureAdded(facts[0].slots[0].key, "c" * 64)
    rows = [build.signature(each, event.slot) for each in facts]
    async with in_transaction():
        with counted() as saving:
            facts = await transcripts.save(
                [(each, event) for each in facts], by=school.admin.id, at=build.NOW, signatures=rows
            )
    async with in_transaction():
        with counted() as sealing:
            await transcripts.save(
                [(each, Sealed(PDF, f"{number:064d}")) for number, each in enumerate(facts)],
                by=school.admin.id,
                at=build.NOW,
            )

    assert (len(loading), len(locking), len(saving), len(sealing)) == (2, 1 + POSTGRES, 4, 4)


async def test_a_pupil_has_one_live_transcript_of_a_year(db):
    school = await build.school(students=1)
    (id_,) = await build.transcripts(school)
    (facts,) = await transcripts.load([id_])
    row = await TranscriptRow.get(id=id_)
    again = transcripts.NewTranscript(
        facts=Transcript(
            id=ids.new(), school=facts.school, class_=facts.class_, version=0, slots=facts.slots
        ),
        student=school.students[0],
        year=build.YEAR,
        lookup_code=ids.new(),
        replaces=id_,
        profile=row.profile,
        student_name=row.student_name,
        personal_id=row.personal_id,
        content=row.content,
        content_sha256=row.content_sha256,
    )

    with pytest.raises(IntegrityError):
        async with in_transaction():
            await transcripts.add([again], by=school.admin.id, at=build.NOW + timedelta(days=1))

    assert await TranscriptRow.all().count() == 1
    assert await SlotRow.all().count() == len(facts.slots)
