"""How far signing has come (D14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.functions import Count

from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import Status, Step
from hocba.store.enrolments import there
from hocba.store.models import ClassRow, TranscriptRow
from hocba.store.reads import scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts of the live transcripts of a year.

    :ivar by_step: how many wait at each open step.
    :ivar students: the pupils of those classes; those without a transcript are the difference.
    """

    by_status: dict[Status, int]
    by_step: dict[Step, int]
    students: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The live transcripts of one class, and its pupils."""

    by_status: Mapping[Status, int]
    students: int


async def of_classes(class_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    """How far these classes have come.  Two statements, however many they are."""
    live = TranscriptRow.filter(class_id__in=list(class_ids), live=True)
    rows = await live.annotate(n=Count("id")).group_by("class_id", "status").values("class_id", "status", "n")
    enrolled = there(class_id__in=list(class_ids)).annotate(n=Count("id"))
    sizes = {row["class_id"]: row["n"] for row in await enrolled.group_by("class_id").values("class_id", "n")}
    found: dict[UUID, dict[Status, int]] = {class_id: {} for class_id in class_ids}
    for row in rows:
        found[row["class_id"]][Status(row["status"])] = row["n"]
    return {id_: Counts(by_status=by_status, students=sizes.get(id_, 0)) for id_, by_status in found.items()}


async def progress(
    actor: Actor, year: str, *, class_ids: Sequence[UUID] | None, grade: int | None
) -> Progress:
    """Counts over the classes that ``actor`` may follow.  Three statements."""
    classes = ClassRow.filter(scope.classes(actor, Permission.PROGRESS_VIEW), year=year)
    if class_ids is not None:
        classes = classes.filter(id__in=list(class_ids))
    if grade is not None:
        classes = classes.filter(grade=grade)
    own = Subquery(classes.values("id"))
    live = TranscriptRow.filter(class_id__in=own, live=True)
    statuses = await live.annotate(n=Count("id")).group_by("status").values("status", "n")
    waiting = live.filter(status=Status.AWAITING_SIGNATURES)
    steps = await waiting.annotate(n=Count("id")).group_by("open_step").values("open_step", "n")
    return Progress(
        by_status={Status(row["status"]): row["n"] for row in statuses},
        by_step={Step(row["open_step"]): row["n"] for row in steps if row["open_step"]},
        students=await there(class_id__in=own, year=year).count(),
    )
