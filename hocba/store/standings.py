"""Where pupils stand in a school year: their class, and the transcripts they have of it.

What creation asks before it makes anything.  Three statements, for any number of pupils.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from hocba.domain.values import ClassId, SchoolId, SchoolYear, StudentId, TranscriptId
from hocba.store.enrolments import there
from hocba.store.models import ClassRow, TranscriptRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A pupil's place in a school year.

    :ivar confirmed: whether the class's year end is confirmed (B5).
    :ivar live: his transcript of the year that is not cancelled.
    :ivar cancelled: the newest of those that are.
    """

    student: StudentId
    school: SchoolId
    class_: ClassId
    class_name: str
    confirmed: bool
    live: TranscriptId | None = None
    cancelled: TranscriptId | None = None


async def load_standings(student_ids: Iterable[UUID], year: SchoolYear) -> dict[StudentId, Standing]:
    """The pupils among ``student_ids`` who are in a class of ``year``."""
    enrolled = there(student_id__in=list(student_ids), year=year)
    enrolments = await enrolled.values_list("student_id", "class_id")
    classes = {
        row["id"]: row
        for row in await ClassRow.filter(id__in={class_ for _, class_ in enrolments}).values(
            "id", "school_id", "name", "confirmed_at"
        )
    }
    live, cancelled = await _transcripts([student for student, _ in enrolments], year)
    return {
        StudentId(student): Standing(
            student=StudentId(student),
            school=SchoolId(classes[class_]["school_id"]),
            class_=ClassId(class_),
            class_name=classes[class_]["name"],
            confirmed=classes[class_]["confirmed_at"] is not None,
            live=live.get(student),
            cancelled=cancelled.get(student),
        )
        for student, class_ in enrolments
    }


async def lock_classes(class_ids: Iterable[UUID]) -> None:
    """Keep these classes as they are until the transaction ends.

    Making transcripts, confirming a year end and changing results of a class all begin so, and
    therefore never cross.
    """
    # ``only`` and not ``values``, in which Tortoise forgets the lock.
    await ClassRow.filter(id__in=list(class_ids)).order_by("id").select_for_update().only("id")


async def _transcripts(
    students: Sequence[UUID], year: SchoolYear
) -> tuple[dict[UUID, TranscriptId], dict[UUID, TranscriptId]]:
    live: dict[UUID, TranscriptId] = {}
    cancelled: dict[UUID, TranscriptId] = {}
    rows = TranscriptRow.filter(student_id__in=students, year=year).order_by("id")
    for id_, student, is_live in await rows.values_list("id", "student_id", "live"):
        (live if is_live else cancelled)[student] = TranscriptId(id_)
    return live, cancelled
