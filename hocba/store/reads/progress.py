"""How far signing has come (D14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.functions import Count

from hocba.domain.people import Actor
from hocba.domain.values import Role, Status, Step
from hocba.store.models import ClassRow, EnrolmentRow, TranscriptRow
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


async def progress(
    actor: Actor, year: str, *, class_ids: Sequence[UUID] | None, grade: int | None
) -> Progress:
    """Counts over the classes that ``actor`` may follow.  Three statements."""
    follows = {"school_id": actor.school} if actor.has(Role.ISSUER, Role.AUTHORITY) else {}
    classes = ClassRow.filter(**follows) if follows else ClassRow.filter(scope.classes(actor))
    classes = classes.filter(year=year)
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
        students=await EnrolmentRow.filter(class_id__in=own, year=year).count(),
    )
