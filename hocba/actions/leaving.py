"""Pupils out of their class, and back: wrongly entered, or moved away (B1).

What was entered for a pupil stays with his place in the class, and nobody counts it until he is back.  A
live transcript rests on that place: while there is one, he stays.  No import brings him back in silence.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions.outcomes import Outcome, Result, done, in_order, refused, unchanged
from hocba.domain import entries
from hocba.domain.errors import Code, Refusal
from hocba.domain.events import StudentLeft, StudentRestored
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import VIETNAM, ClassId, SchoolId, SchoolYear
from hocba.store import school
from hocba.store.models import ClassRow, EnrolmentRow, TranscriptRow
from hocba.store.school import Change


async def remove(
    actor: Actor,
    student_ids: Sequence[UUID],
    year: SchoolYear,
    *,
    reason: str,
    left_on: date | None = None,
    now: datetime,
) -> list[Result]:
    """Take these pupils out of their classes of ``year``; who is out already is UNCHANGED.

    Refused, per pupil, with NOT_FOUND, LIVE_TRANSCRIPT.

    :param left_on: from when; today when it is left out.
    :raises Refusal: NOT_PERMITTED; REASON_REQUIRED, INVALID_VALUE, CHARACTER_NOT_ALLOWED.
    """
    actor.must(Permission.SCHOOL_DATA_WRITE)
    entries.school_year(year)
    kept = entries.reason(reason)
    day = entries.day(left_on or now.astimezone(VIETNAM).date(), field="student.left_on")
    event = StudentLeft(year=year, left_on=day.isoformat(), reason=kept)
    return await _settle(actor, student_ids, day, event, now)


async def restore(
    actor: Actor, student_ids: Sequence[UUID], year: SchoolYear, *, reason: str, now: datetime
) -> list[Result]:
    """Bring these pupils back into the classes they were in; who is in it is UNCHANGED.

    Refused, per pupil, with NOT_FOUND.

    :raises Refusal: NOT_PERMITTED; REASON_REQUIRED, INVALID_VALUE, CHARACTER_NOT_ALLOWED.
    """
    actor.must(Permission.SCHOOL_DATA_WRITE)
    entries.school_year(year)
    event = StudentRestored(year=year, reason=entries.reason(reason))
    return await _settle(actor, student_ids, None, event, now)


async def _settle(
    actor: Actor,
    student_ids: Sequence[UUID],
    left_on: date | None,
    event: StudentLeft | StudentRestored,
    now: datetime,
) -> list[Result]:
    async with in_transaction():
        await school.lock(actor.school)  # no import, and no transcript is made meanwhile
        places = await _places(actor, student_ids, SchoolYear(event.year))
        live = await TranscriptRow.filter(
            student_id__in=list(places), year=event.year, live=True
        ).values_list("student_id", flat=True)
        results = {
            student: _judge(student, place, leaves=left_on is not None, is_live=student in live)
            for student, place in places.items()
        }
        chosen = [id_ for id_, result in results.items() if result.outcome is Outcome.DONE]
        await EnrolmentRow.filter(id__in=[places[id_]["id"] for id_ in chosen]).update(left_on=left_on)
        changes = [Change(aggregate="student", id=id_, event=event) for id_ in chosen]
        await school.record(changes, by=actor.id, school=actor.school, at=now)
    return in_order(student_ids, results)


async def _places(
    actor: Actor, student_ids: Sequence[UUID], year: SchoolYear
) -> dict[UUID, Mapping[str, Any]]:
    """The enrolments of those whom ``actor`` may change."""
    rows = await EnrolmentRow.filter(student_id__in=list(student_ids), year=year).values()
    classes = await ClassRow.filter(id__in={row["class_id"] for row in rows}).values("id", "school_id")
    allowed = {
        row["id"]
        for row in classes
        if actor.may_in(Permission.SCHOOL_DATA_WRITE, SchoolId(row["school_id"]), ClassId(row["id"]))
    }
    return {row["student_id"]: row for row in rows if row["class_id"] in allowed}


def _judge(student: UUID, place: Mapping[str, Any], *, leaves: bool, is_live: bool) -> Result:
    if (place["left_on"] is not None) is leaves:
        return unchanged(student)
    if leaves and is_live:
        return refused(student, Refusal(Code.LIVE_TRANSCRIPT))
    return done(student)
