"""How far signing has come (D14)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Self
from uuid import UUID

import strawberry

from hocba import words
from hocba.domain.errors import Code, Refusal
from hocba.domain.names import sort_key
from hocba.domain.permissions import Permission, Scope
from hocba.domain.values import Role, SchoolYear, Status, Step
from hocba.schema.context import Info, actor_of, asking_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, local_ids, maybe_id
from hocba.schema.moments import year_read
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.selection import asks
from hocba.store.reads import following as reads

LOOK_AGAIN = timedelta(seconds=2)
"""How old what a subscription has seen may be: another process may have moved something."""


@describe
@strawberry.type
class StatusCount:
    """How many transcripts are there.

    :ivar status: Where.
    :ivar status_label: What users call that.
    :ivar count: How many.
    """

    status: Status
    status_label: str
    count: int

    @classmethod
    def of_live(cls, counts: Mapping[Status, int], language: words.Lang) -> list[Self]:
        """One for each status that a live transcript may have, in the order of its life."""
        return [
            cls(status=status, status_label=words.label(status, language), count=counts.get(status, 0))
            for status in Status
            if status is not Status.CANCELLED
        ]


@describe
@strawberry.type
class StepCount:
    """How many transcripts wait there.

    :ivar step: At which step.
    :ivar step_label: What users call the step.
    :ivar count: How many.
    """

    step: Step
    step_label: str
    count: int


def steps_of(counts: Mapping[Step, int], language: words.Lang) -> list[StepCount]:
    """One for each step, in their order."""
    return [
        StepCount(step=step, step_label=words.label(step, language), count=counts.get(step, 0))
        for step in Step
    ]


@describe
@strawberry.type
class FollowedClass:
    """How far one class has come.

    :ivar class_id: The class.
    :ivar class_name: Lớp.
    :ivar students: Its pupils.
    :ivar without_transcript: Those of them without a live transcript: Chưa tạo học bạ.
    :ivar by_status: Its transcripts by status.
    :ivar by_step: Those that wait for signatures, by open step.
    """

    class_id: strawberry.ID
    class_name: str
    students: int
    without_transcript: int
    by_status: list[StatusCount]
    by_step: list[StepCount]

    @classmethod
    def of(cls, row: reads.Followed, language: words.Lang) -> Self:
        """From its row."""
        tally = row.tally
        return cls(
            class_id=global_id("Class", row.id),
            class_name=row.name,
            students=tally.students,
            without_transcript=tally.students - sum(tally.by_status.values()),
            by_status=StatusCount.of_live(tally.by_status, language),
            by_step=steps_of(tally.by_step, language),
        )


@describe
@strawberry.type
class FollowedSchool:
    """How far one school has come.

    :ivar school_id: The school.
    :ivar code: Mã trường.
    :ivar name: Tên trường.
    :ivar students: Its pupils.
    :ivar without_transcript: Those of them without a live transcript: Chưa tạo học bạ.
    :ivar by_status: Its transcripts by status.
    :ivar by_step: Those that wait for signatures, by open step.
    """

    school_id: strawberry.ID
    code: str
    name: str
    students: int
    without_transcript: int
    by_status: list[StatusCount]
    by_step: list[StepCount]

    @classmethod
    def of(cls, row: reads.FollowedSchool, language: words.Lang) -> Self:
        """From its row."""
        return cls(
            school_id=global_id("School", row.id),
            code=row.code,
            name=row.name,
            students=row.tally.students,
            without_transcript=row.tally.students - sum(row.tally.by_status.values()),
            by_status=StatusCount.of_live(row.tally.by_status, language),
            by_step=steps_of(row.tally.by_step, language),
        )


@describe
@strawberry.type
class FollowedPerson:
    """What one person has to do with the live transcripts of those classes, at one step.

    :ivar person_id: Who; null where the school's own signature stands, whoever operates its key.
    :ivar person_name: Who, by name; the role where the school's own signature stands.
    :ivar step: At which step.
    :ivar step_label: What users call the step.
    :ivar waiting: How many he could sign now, and has not.
    :ivar signed: How many he has signed.
    :ivar class_names: The classes in which he is waited for.
    """

    person_id: strawberry.ID | None
    person_name: str
    step: Step
    step_label: str
    waiting: int
    signed: int
    class_names: list[str]


@describe
@strawberry.type
class Progress:
    """Counts over the live transcripts of a year, and who is waited for.

    :ivar students: Pupils of those classes.
    :ivar without_transcript: Those of them without a live transcript: Chưa tạo học bạ.
    :ivar by_status: Transcripts by status.
    :ivar by_step: Transcripts that wait for signatures, by open step.
    :ivar by_class: The same for each class.
    :ivar by_person: Who has signed how many, and for whom how many wait; empty for AUTHORITY.
    :ivar waiting_for: Of those the ones who are waited for now, whoever holds up most first.
    """

    students: int
    without_transcript: int
    by_status: list[StatusCount]
    by_step: list[StepCount]
    by_class: list[FollowedClass]
    by_person: list[FollowedPerson]
    waiting_for: list[FollowedPerson]


@describe
@strawberry.type
class StepWork:
    """How much waits for whoever asks.

    :ivar step: At which step.
    :ivar step_label: What users call the step.
    :ivar count: How many transcripts wait for his signature now.
    """

    step: Step
    step_label: str
    count: int


@describe
@strawberry.input
class ProgressFilter:
    """Of which classes.

    :ivar school_year: Năm học; the year of the request when left out.
    :ivar grade: Khối.
    :ivar class_ids: Only these.
    """

    school_year: str | None = None
    grade: int | None = None
    class_ids: list[strawberry.ID] | None = None


@describe
@strawberry.type
class ProgressQueries:
    """Following the signing."""

    @strawberry.field
    async def progress(self, info: Info, filter: ProgressFilter | None = None) -> Progress:
        """How far signing has come, in the classes that one may follow."""
        given = filter or ProgressFilter()
        ids = None if given.class_ids is None else local_ids("Class", given.class_ids)
        return await _progress(info, year_read(info, given.school_year), ids, given.grade)

    @strawberry.field
    async def progress_by_school(
        self,
        info: Info,
        *,
        school_year: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[FollowedSchool]:
        """How far each school of one's area has come, by code; AUTHORITY only.

        :param school_year: Năm học; the year of the request when left out.
        """
        asking = asking_of(info)
        if Scope.AREA not in asking.actor.scopes(Permission.PROGRESS_VIEW):
            raise Refusal(Code.NOT_PERMITTED, needs=Permission.PROGRESS_VIEW.value)
        page = page_of(info, first, after, last, before)
        found = await reads.schools(asking.supervised, year_read(info, school_year), page)
        return connection(found, lambda row: FollowedSchool.of(row, info.context.language))

    @strawberry.field
    async def my_work(self, info: Info) -> list[StepWork]:
        """How much waits for one's own signature, by step."""
        return _work(await reads.own_work(actor_of(info)), info.context.language)


@describe
@strawberry.type
class ProgressSubscriptions:
    """Following the signing as it happens."""

    @strawberry.subscription
    async def progress(self, info: Info, class_ids: list[strawberry.ID]) -> AsyncIterator[Progress]:
        """How far these classes have come, each time something moves.

        :param class_ids: The classes, at most 500; those that one may not follow are not there.
        """
        ids = local_ids("Class", class_ids)
        year = year_read(info, None)
        seen: object = None
        shown: Progress | None = None
        async for _ in _looks(info):
            now = (await reads.fingerprint(ids), actor_of(info))
            if now != seen:
                seen, found = now, await _progress(info, year, ids, None)
                if found != shown:  # classes that he may not follow move too
                    shown = found
                    yield found

    @strawberry.subscription
    async def my_work(self, info: Info) -> AsyncIterator[list[StepWork]]:
        """How much waits for one's own signature, by step, each time that changes."""
        seen: object = None
        async for _ in _looks(info):
            now = await reads.own_work(actor_of(info))
            if now != seen:
                seen = now
                yield _work(now, info.context.language)


async def _looks(info: Info) -> AsyncIterator[None]:
    """Each moment to look, as long as the session lasts: other processes move transcripts too."""
    while await info.context.ready():
        yield
        await asyncio.sleep(LOOK_AGAIN.total_seconds())


async def _progress(info: Info, year: SchoolYear, ids: Sequence[UUID] | None, grade: int | None) -> Progress:
    actor, language = actor_of(info), info.context.language
    classes = await reads.classes(actor, year, class_ids=ids, grade=grade)
    tally = reads.total(each.tally for each in classes)
    people: list[FollowedPerson] = []
    if asks(info, "byPerson", "waitingFor") and actor.scopes(Permission.PROGRESS_VIEW) != {Scope.AREA}:
        names = {each.id: each.name for each in classes}
        people = _people(await reads.shares(list(names)), names, language)
    return Progress(
        students=tally.students,
        without_transcript=tally.students - sum(tally.by_status.values()),
        by_status=StatusCount.of_live(tally.by_status, language),
        by_step=steps_of(tally.by_step, language),
        by_class=[FollowedClass.of(each, language) for each in classes],
        by_person=people,
        waiting_for=[each for each in people if each.waiting],
    )


def _people(
    shares: Sequence[reads.Share], names: Mapping[UUID, str], language: words.Lang
) -> list[FollowedPerson]:
    """The shares of several classes put together, one for each person and step."""
    found: dict[tuple[UUID | None, Step], FollowedPerson] = {}
    for share in shares:
        one = found.setdefault(
            (share.person_id, share.step),
            FollowedPerson(
                person_id=maybe_id("Person", share.person_id),
                person_name=share.name or words.label(Role.ISSUER, language),
                step=share.step,
                step_label=words.label(share.step, language),
                waiting=0,
                signed=0,
                class_names=[],
            ),
        )
        one.waiting += share.waiting
        one.signed += share.signed
        if share.waiting:
            one.class_names.append(names[share.class_id])
    steps = list(Step)
    return sorted(
        found.values(), key=lambda one: (steps.index(one.step), -one.waiting, sort_key(one.person_name))
    )


def _work(counts: Mapping[Step, int], language: words.Lang) -> list[StepWork]:
    return [
        StepWork(step=step, step_label=words.label(step, language), count=counts[step])
        for step in Step
        if counts.get(step)
    ]
