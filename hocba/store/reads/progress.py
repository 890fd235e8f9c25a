"""How far signing has come (D14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.functions import Count

from hocba.domain.values import Status
from hocba.store.enrolments import there
from hocba.store.models import TranscriptRow


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
