"""Remind whoever is waited for (D14): one message each to the operator's endpoints, not too often.

An ADMIN, whoever has the administration delegated, or the homeroom teacher of the class asks for it.
A message says whom (id and staff code), in which classes, at which steps and how many transcripts
wait; no names and no personal ids.  The same person is reminded again after ``AGAIN`` at the earliest,
whoever asks.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from hocba.actions import webhooks
from hocba.actions.handles import encode
from hocba.actions.house import House
from hocba.actions.outcomes import Outcome, Result, done, in_order, refused, unchanged
from hocba.domain.errors import Code, Refusal
from hocba.domain.messages import MessageKind
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import ClassId, Role, SchoolId, Step
from hocba.store import histories
from hocba.store.models import ClassRow, EventRow, PersonRow, RoleGrantRow, SchoolRow
from hocba.store.reads import following

AGAIN = timedelta(hours=12)
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """Somebody was reminded of what waits for his signature; ``waiting`` transcripts."""

    classes: tuple[UUID, ...]
    waiting: int


@dataclass(slots=True, kw_only=True)
class Awaited:
    """Somebody who is waited for.

    :ivar steps: how many transcripts wait for him at each step.
    """

    person_id: UUID
    steps: dict[Step, int] = field(default_factory=lambda: defaultdict(int))
    classes: set[UUID] = field(default_factory=set)

    @property
    def waiting(self) -> int:
        """How many transcripts wait for him."""
        return sum(self.steps.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """What came of it.

    :ivar classes: for each class asked for: whether somebody was reminded of it now.
    :ivar people: for each who is waited for there: DONE, or UNCHANGED when it was done of late.
    """

    classes: list[Result]
    people: list[Result]
    awaited: Mapping[UUID, Awaited]


async def remind(
    house: House,
    actor: Actor,
    class_ids: Sequence[UUID],
    *,
    step: Step | None = None,
    person_ids: Collection[UUID] | None = None,
) -> Reminding:
    """Remind those who are waited for in these classes.

    Refused, per class, with NOT_FOUND, NOT_PERMITTED.

    :param step: only at this step.
    :param person_ids: only these people.
    :raises Refusal: NO_ENDPOINT when the operator has named none that takes reminders.
    """
    actor.must(Permission.PROGRESS_VIEW)
    rows = {
        ClassId(row["id"]): row
        for row in await ClassRow.filter(id__in=list(class_ids), school_id=actor.school).values()
    }
    judged = {class_: _judge(actor, class_) for class_ in rows}
    chosen = [class_ for class_, result in judged.items() if result.outcome is Outcome.DONE]
    if chosen and not webhooks.wants(house, MessageKind.REMINDER):
        raise Refusal(Code.NO_ENDPOINT)
    awaited = await _awaited(house, actor, chosen, step, person_ids)
    people = await _told(house, actor, awaited, rows) if awaited else []
    now_told = {result.id for result in people if result.outcome is Outcome.DONE}
    reached = {class_ for each in awaited.values() if each.person_id in now_told for class_ in each.classes}
    classes: dict[UUID, Result] = {
        class_: result if result.refusal or class_ in reached else unchanged(class_)
        for class_, result in judged.items()
    }
    return Reminding(classes=in_order(class_ids, classes), people=people, awaited=awaited)


def _judge(actor: Actor, class_: ClassId) -> Result:
    if not actor.may_in(Permission.PROGRESS_VIEW, actor.school, class_):
        return refused(class_, Refusal(Code.NOT_FOUND))
    needed = Permission.TRANSCRIPT_CREATE  # who makes a class's transcripts sees them through
    if not actor.may_in(needed, actor.school, class_):
        return refused(class_, Refusal(Code.NOT_PERMITTED, needs=needed.value))
    return done(class_)


async def _awaited(
    house: House,
    actor: Actor,
    classes: Collection[UUID],
    step: Step | None,
    person_ids: Collection[UUID] | None,
) -> dict[UUID, Awaited]:
    found: dict[UUID, Awaited] = {}
    issuers: list[UUID] | None = None
    for share in await following.shares(classes) if classes else ():
        if not share.waiting or step not in (None, share.step):
            continue
        if share.person_id is None and issuers is None:
            issuers = await _issuers(actor.school, house.clock())
        for person in [share.person_id] if share.person_id else issuers or ():
            if person_ids is None or person in person_ids:
                one = found.setdefault(person, Awaited(person_id=person))
                one.steps[share.step] += share.waiting
                one.classes.add(share.class_id)
    return found


async def _issuers(school: SchoolId, now: datetime) -> list[UUID]:
    """Whoever operates the school's key: any of them may."""
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=now)
    rows = RoleGrantRow.filter(held, school_id=school, role=Role.ISSUER, valid_from__lte=now)
    return sorted({UUID(str(each)) for each in await rows.values_list("person_id", flat=True)})


async def _told(
    house: House, actor: Actor, awaited: Mapping[UUID, Awaited], classes: Mapping[ClassId, Any]
) -> list[Result]:
    """Write message and event for each who was not reminded of late."""
    for _ in range(_TRIES):
        now = house.clock()
        try:
            async with in_transaction():
                # Whoever asks at the same moment waits here, and then finds that it was done.
                await PersonRow.filter(id__in=list(awaited)).order_by("id").select_for_update().only("id")
                lately = await _lately(awaited, now)
                told = [each for id_, each in awaited.items() if id_ not in lately]
                messages = await _messages(actor.school, told, classes)
                await webhooks.put(house, MessageKind.REMINDER, messages, school=actor.school, now=now)
                events = {each.person_id: _event(each) for each in told}
                await histories.add_all("person", events, by=actor.id, school=actor.school, at=now)
        except IntegrityError:
            continue
        return [unchanged(id_) if id_ in lately else done(id_) for id_ in awaited]
    raise Refusal(Code.STALE)


def _event(each: Awaited) -> Reminded:
    return Reminded(classes=tuple(sorted(each.classes)), waiting=each.waiting)


async def _lately(people: Collection[UUID], now: datetime) -> set[UUID]:
    rows = EventRow.filter(aggregate_id__in=list(people), kind=Reminded.__name__, at__gt=now - AGAIN)
    return {UUID(str(each)) for each in await rows.values_list("aggregate_id", flat=True)}


async def _messages(
    school: SchoolId, people: Sequence[Awaited], classes: Mapping[ClassId, Any]
) -> list[dict[str, Any]]:
    codes = dict(await PersonRow.filter(id__in=[each.person_id for each in people]).values_list("id", "code"))
    own = await SchoolRow.get(id=school)
    return [
        {
            "personId": encode("Person", each.person_id),
            "staffCode": codes.get(each.person_id, ""),
            "schoolCode": own.code,
            "waiting": each.waiting,
            "steps": [{"step": step.name, "waiting": n} for step, n in each.steps.items()],
            "classes": [
                {"id": encode("Class", id_), "name": classes[ClassId(id_)]["name"]}
                for id_ in sorted(each.classes)
            ],
        }
        for each in people
    ]
