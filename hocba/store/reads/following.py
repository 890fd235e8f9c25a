"""Who follows the signing sees how far it has come, class by class, and who is waited for (D14)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.functions import Count

from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import Status, Step
from hocba.store.enrolments import there
from hocba.store.models import ClassRow, SchoolRow, TranscriptRow
from hocba.store.reads import scope, sql
from hocba.store.reads.organisations import Schools
from hocba.store.reads.pages import Order, Page, Slice, take

STEPS = tuple(Step)
BY_CODE = Order(columns=("code", "id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of live transcripts.

    :ivar by_step: how many wait at each open step.
    :ivar students: the pupils; those without a transcript are the difference.
    """

    by_status: Mapping[Status, int]
    by_step: Mapping[Step, int]
    students: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A class that is followed."""

    id: UUID
    name: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedSchool:
    """A school that is followed."""

    id: UUID
    code: str
    name: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one person has to do with the transcripts of one class at one step.

    :ivar person_id: ``None`` where the school's own signature stands, whoever operates its key.
    :ivar waiting: how many could be signed now and are not.
    :ivar signed: how many are signed.
    """

    person_id: UUID | None
    name: str
    step: Step
    class_id: UUID
    waiting: int
    signed: int


async def classes(
    actor: Actor, year: str, *, class_ids: Sequence[UUID] | None = None, grade: int | None = None
) -> list[Followed]:
    """The classes that ``actor`` may follow, by name.  Three statements."""
    found = ClassRow.filter(scope.classes(actor, Permission.PROGRESS_VIEW), year=year)
    if class_ids is not None:
        found = found.filter(id__in=list(class_ids))
    if grade is not None:
        found = found.filter(grade=grade)
    rows = await found.order_by("grade", "name", "id").values("id", "name")
    tallies = await _tallied([row["id"] for row in rows])
    return [Followed(id=row["id"], name=row["name"], tally=tallies[row["id"]]) for row in rows]


async def schools(which: Schools, year: str, page: Page) -> Slice[FollowedSchool]:
    """How far each of these schools has come in ``year``, by code.  Three statements."""
    found = await take(SchoolRow.filter(which.of("id")), BY_CODE, page, ("id", "code", "name"))
    shown = [row["id"] for row in found.rows]
    live = TranscriptRow.filter(school_id__in=shown, year=year, live=True).annotate(n=Count("id"))
    rows = await live.group_by("school_id", "status", "open_step").values(
        "school_id", "status", "open_step", "n"
    )
    sizes = await sql.select(
        "SELECT c.school_id, COUNT(*) AS n FROM class c JOIN enrolment e ON e.class_id = c.id"
        " WHERE c.school_id IN (:schools...) AND c.year = :year AND e.left_on IS NULL GROUP BY c.school_id",
        schools=shown,
        year=year,
    )
    pupils = {sql.id_(row["school_id"]): int(row["n"]) for row in sizes}
    tallies = _tallies(shown, ((row["school_id"], row) for row in rows), pupils)
    return found.map(
        lambda row: FollowedSchool(id=row["id"], code=row["code"], name=row["name"], tally=tallies[row["id"]])
    )


async def _tallied(ids: Collection[UUID]) -> dict[UUID, Tally]:
    """The live transcripts and the pupils of each class.  Two statements."""
    live = TranscriptRow.filter(class_id__in=list(ids), live=True).annotate(n=Count("id"))
    rows = await live.group_by("class_id", "status", "open_step").values(
        "class_id", "status", "open_step", "n"
    )
    enrolled = there(class_id__in=list(ids)).annotate(n=Count("id"))
    sizes = {row["class_id"]: row["n"] for row in await enrolled.group_by("class_id").values("class_id", "n")}
    return _tallies(ids, ((row["class_id"], row) for row in rows), sizes)


def _tallies(
    ids: Iterable[UUID], rows: Iterable[tuple[UUID, Mapping[str, Any]]], sizes: Mapping[UUID, int]
) -> dict[UUID, Tally]:
    """Rows of (status, open step, n), put together by what they are of."""
    statuses: defaultdict[UUID, dict[Status, int]] = defaultdict(dict)
    steps: defaultdict[UUID, dict[Step, int]] = defaultdict(dict)
    for id_, row in rows:
        status = Status(row["status"])
        statuses[id_][status] = statuses[id_].get(status, 0) + row["n"]
        if status is Status.AWAITING_SIGNATURES and row["open_step"]:
            steps[id_][Step(row["open_step"])] = row["n"]
    return {
        id_: Tally(by_status=statuses[id_], by_step=steps[id_], students=sizes.get(id_, 0)) for id_ in ids
    }


def total(tallies: Iterable[Tally]) -> Tally:
    """Several together."""
    statuses: dict[Status, int] = {}
    steps: dict[Step, int] = {}
    students = 0
    for each in tallies:
        students += each.students
        for status, n in each.by_status.items():
            statuses[status] = statuses.get(status, 0) + n
        for step, n in each.by_step.items():
            steps[step] = steps.get(step, 0) + n
    return Tally(by_status=statuses, by_step=steps, students=students)


async def shares(class_ids: Collection[UUID]) -> list[Share]:
    """Who has signed how many of these classes' live transcripts, and for whom how many wait now.

    One statement.  By step; of one step, whoever is waited for most stands first.
    """
    rows = await sql.select(
        "SELECT s.person_id, MAX(s.name) AS name, s.step, t.class_id, COUNT(g.id) AS signed,"
        " SUM(CASE WHEN g.id IS NULL AND t.status = :awaiting AND t.open_step = s.step"
        " THEN 1 ELSE 0 END) AS waiting"
        " FROM transcript t JOIN slot s ON s.transcript_id = t.id"
        " LEFT JOIN signature g ON g.transcript_id = s.transcript_id AND g.slot_key = s.key"
        " WHERE t.class_id IN (:classes...) AND t.live = :yes GROUP BY s.person_id, s.step, t.class_id",
        awaiting=Status.AWAITING_SIGNATURES.value,
        classes=sorted(class_ids),
        yes=True,
    )
    found = [
        Share(
            person_id=sql.id_(row["person_id"]) if row["person_id"] else None,
            name=row["name"] if row["person_id"] else "",
            step=Step(row["step"]),
            class_id=sql.id_(row["class_id"]),
            waiting=int(row["waiting"]),
            signed=int(row["signed"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (STEPS.index(each.step), -each.waiting, each.name))


async def fingerprint(class_ids: Collection[UUID]) -> tuple[int, int]:
    """What changes whenever a transcript of these classes is made, signed or moved.  One statement."""
    (row,) = await sql.select(
        "SELECT COUNT(*) AS n, COALESCE(SUM(version), 0) AS versions FROM transcript"
        " WHERE class_id IN (:classes...)",
        classes=sorted(class_ids),
    )
    return int(row["n"]), int(row["versions"])


async def own_work(actor: Actor) -> dict[Step, int]:
    """How many transcripts wait for the signature of ``actor`` now, by step.  At most two statements."""
    rows = await sql.select(
        "SELECT s.step, COUNT(*) AS n FROM slot s JOIN transcript t ON t.id = s.transcript_id"
        " LEFT JOIN signature g ON g.transcript_id = s.transcript_id AND g.slot_key = s.key"
        " WHERE s.person_id = :person AND t.school_id = :school AND t.status = :awaiting"
        " AND t.open_step = s.step AND g.id IS NULL GROUP BY s.step",
        person=actor.id,
        school=actor.school,
        awaiting=Status.AWAITING_SIGNATURES.value,
    )
    found = {Step(row["step"]): int(row["n"]) for row in rows}
    if actor.may(Permission.TRANSCRIPT_ISSUE):
        found[Step.ISSUE] = await TranscriptRow.filter(
            school_id=actor.school, status=Status.AWAITING_SIGNATURES, open_step=Step.ISSUE
        ).count()
    return found
