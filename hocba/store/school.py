"""A school's data of one year: loaded as a whole, compared in memory, written in bulk.

The number of statements does not grow with the rows: one to load each table, and to write it one
for new rows and one for changed ones (each sent in batches of 1,000).  Changed rows go by
``INSERT … ON CONFLICT (id) DO UPDATE``, which both databases do.

Everything a school year holds fits into memory many times over.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Max
from tortoise.models import Model
from tortoise.queryset import QuerySet

from hocba.domain.values import (
    ClassId,
    Level,
    PersonId,
    Role,
    SchoolId,
    SchoolYear,
    Status,
    StudentId,
    Term,
    TranscriptId,
)
from hocba.store import events
from hocba.store.editing import EditedTable, Row
from hocba.store.enrolments import there
from hocba.store.events import Happened
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EarlierYearRow,
    EnrolmentRow,
    EventRow,
    OverrideRow,
    PersonRow,
    PrimarySummaryRow,
    PrintConfigurationRow,
    ResultRow,
    RoleGrantRow,
    SchoolRow,
    SlotRow,
    StudentRow,
    SummaryRow,
    TranscriptRow,
    UserRow,
)
from hocba.store.record_rows import levels

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTranscript:
    """A transcript that is not cancelled, and holds its pupil's data."""

    id: TranscriptId
    class_id: ClassId
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolData:
    """What a school has, with the edits that wait to be written.

    :ivar people: by staff code.
    :ivar users: by person; with them the users elsewhere who hold one of the names asked for.
    :ivar summaries: of secondary pupils, by enrolment; ``primary`` those of primary pupils.
    :ivar earlier: years elsewhere, by pupil and school year.
    :ivar overrides: by enrolment and rule.
    :ivar left: pupils who were in a class of the year and are no longer.
    :ivar live: pupils with a live transcript of the year: their data is frozen (B5).
    """

    id: SchoolId
    year: SchoolYear
    levels: tuple[Level, ...]
    people: EditedTable[str]
    users: EditedTable[UUID]
    grants: EditedTable[tuple[UUID, Role]]
    classes: EditedTable[str]
    assignments: EditedTable[tuple[UUID, str, Term]]
    students: EditedTable[str]
    enrolments: EditedTable[UUID]
    results: EditedTable[tuple[UUID, str]]
    summaries: EditedTable[UUID]
    primary: EditedTable[UUID]
    earlier: EditedTable[tuple[UUID, str]]
    overrides: EditedTable[tuple[UUID, str]]
    printing: EditedTable[SchoolYear]
    left: frozenset[StudentId]
    live: Mapping[StudentId, LiveTranscript]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupils:
    """Some pupils of a school, and whoever could be taken for one of them.

    :ivar search_keys: of full names.
    """

    codes: frozenset[str]
    personal_ids: frozenset[str] = frozenset()
    record_numbers: frozenset[str] = frozenset()
    search_keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDataChanged:
    """An import changed the data of a pupil, a class, a member of staff, or the print configuration.

    :ivar source: the import.
    :ivar new: whether the thing itself is new.
    :ivar added: what it got that it had not: ``result.TOAN``, ``enrolment``, ``grant.issuer``.
    :ivar changed: what was corrected: column, old value, new value.
    :ivar reason: why, where somebody said so.
    """

    source: UUID
    new: bool
    added: tuple[str, ...]
    changed: tuple[tuple[str, str, str], ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An event and what it happened to.

    :ivar aggregate: ``student``, ``class``, ``person`` or ``print_configuration``.
    """

    aggregate: str
    id: UUID
    event: "DataclassInstance"


async def levels_of(school: SchoolId) -> tuple[Level, ...]:
    """The school's levels, ascending; none when there is no such school."""
    rows = await SchoolRow.filter(id=school).values("levels")
    return levels(rows[0]) if rows else ()


async def lock(school: SchoolId) -> None:
    """Let one import of a school happen after the other, until the transaction ends."""
    await SchoolRow.filter(id=school).select_for_update().only("id").get()


async def load(
    school: SchoolId,
    year: SchoolYear,
    levels: tuple[Level, ...],
    *,
    usernames: Collection[str],
    pupils: Pupils | None = None,
    now: datetime,
) -> SchoolData:
    """Everything of the school and the year, in a fixed number of statements.

    :param pupils: only these, and what belongs to them.
    """
    students = (
        StudentRow.filter(_named(pupils), school_id=school) if pupils else StudentRow.filter(school_id=school)
    )
    people = PersonRow.filter(school_id=school)
    classes = ClassRow.filter(school_id=school, year=year)
    enrolled = EnrolmentRow.filter(class_id__in=Subquery(classes.values("id")))
    if pupils:
        enrolled = enrolled.filter(student_id__in=Subquery(students.values("id")))
    users = UserRow.filter(Q(person_id__in=Subquery(people.values("id"))) | Q(username__in=list(usernames)))
    grants = RoleGrantRow.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), school_id=school)
    assignments = AssignmentRow.filter(class_id__in=Subquery(classes.values("id")))
    in_class = Subquery(enrolled.values("id"))
    earlier = EarlierYearRow.filter(student_id__in=Subquery(students.values("id")))
    return SchoolData(
        id=school,
        year=year,
        levels=levels,
        people=await _table(people, lambda row: row["code"]),
        users=await _table(users, lambda row: row["person_id"]),
        grants=await _table(grants, lambda row: (row["person_id"], row["role"])),
        classes=await _table(classes, lambda row: row["name"]),
        assignments=await _table(assignments, lambda row: (row["class_id"], row["subject"], row["term"])),
        students=await _table(students, lambda row: row["code"]),
        enrolments=await _table(enrolled.filter(left_on__isnull=True), lambda row: row["student_id"]),
        results=await _table(
            ResultRow.filter(enrolment_id__in=in_class), lambda row: (row["enrolment_id"], row["subject"])
        ),
        summaries=await _table(SummaryRow.filter(enrolment_id__in=in_class), lambda row: row["enrolment_id"]),
        primary=await _table(
            PrimarySummaryRow.filter(enrolment_id__in=in_class), lambda row: row["enrolment_id"]
        ),
        earlier=await _table(earlier, lambda row: (row["student_id"], row["year"])),
        overrides=await _table(
            OverrideRow.filter(enrolment_id__in=in_class), lambda row: (row["enrolment_id"], row["rule"])
        ),
        printing=await _table(
            PrintConfigurationRow.filter(school_id=school, year=year), lambda row: row["year"]
        ),
        left=frozenset(await _left(enrolled)),
        live=await _live(school, year),
    )


def _named(pupils: Pupils) -> Q:
    asked = {
        "code__in": pupils.codes,
        "personal_id__in": pupils.personal_ids,
        "record_number__in": pupils.record_numbers,
        "search_key__in": pupils.search_keys,
    }
    found = Q(code__in=[])
    for name, given in asked.items():
        wanted: dict[str, Any] = {name: sorted(given)}
        found |= Q(**wanted)
    return found


async def signed_by(
    school: SchoolId, year: SchoolYear, people: Collection[UUID]
) -> dict[UUID, list[TranscriptId]]:
    """The live transcripts of the year in whose signing plan each of these people stands.  One statement."""
    live = TranscriptRow.filter(school_id=school, year=year, live=True)
    slots = SlotRow.filter(transcript_id__in=Subquery(live.values("id")), person_id__in=list(people))
    found: defaultdict[UUID, list[TranscriptId]] = defaultdict(list)
    for person, transcript in await slots.values_list("person_id", "transcript_id"):
        found[person].append(transcript)
    return found


async def grades_of(school: SchoolId, year: SchoolYear, codes: Collection[str]) -> dict[str, int]:
    """The grade of each pupil's class of the year, by his code; who is in none is left out."""
    students = dict(await StudentRow.filter(school_id=school, code__in=list(codes)).values_list("id", "code"))
    enrolled = there(student_id__in=list(students), year=year)
    classes = dict(await enrolled.values_list("student_id", "class_id"))
    grades = dict(await ClassRow.filter(id__in=set(classes.values())).values_list("id", "grade"))
    return {students[student]: grades[class_] for student, class_ in classes.items() if class_ in grades}


async def save(data: SchoolData) -> None:
    """Write what waits.  The transaction is the caller's.

    :raises IntegrityError: when somebody wrote the same meanwhile.
    """
    tables: tuple[tuple[type[Model], EditedTable[Any]], ...] = (
        (PersonRow, data.people),
        (UserRow, data.users),
        (RoleGrantRow, data.grants),
        (ClassRow, data.classes),
        (AssignmentRow, data.assignments),
        (StudentRow, data.students),
        (EnrolmentRow, data.enrolments),
        (ResultRow, data.results),
        (SummaryRow, data.summaries),
        (PrimarySummaryRow, data.primary),
        (EarlierYearRow, data.earlier),
        (OverrideRow, data.overrides),
        (PrintConfigurationRow, data.printing),
    )
    for model, table in tables:
        await _insert(model, table)
        await _update(model, table)


async def record(changes: Collection[Change], *, by: PersonId, school: SchoolId, at: datetime) -> None:
    """Append one event for each thing that changed, after those it has had."""
    by_aggregate: dict[str, list[UUID]] = defaultdict(list)
    for change in changes:
        by_aggregate[change.aggregate].append(change.id)
    versions: dict[UUID, int] = {}
    for aggregate, things in by_aggregate.items():
        versions |= await _versions(aggregate, things)
    await events.append(
        [
            Happened(
                aggregate=change.aggregate,
                aggregate_id=change.id,
                version=versions.get(change.id, 0) + 1,
                event=change.event,
                by=by,
                school=school,
                at=at,
            )
            for change in changes
        ]
    )


async def _left(enrolled: QuerySet[Any]) -> list[Any]:
    return await enrolled.filter(left_on__not_isnull=True).values_list("student_id", flat=True)


async def _live(school: SchoolId, year: SchoolYear) -> dict[StudentId, LiveTranscript]:
    held = TranscriptRow.filter(school_id=school, year=year, live=True)
    rows = await held.values_list("student_id", "id", "class_id", "status")
    return {
        student: LiveTranscript(id=id_, class_id=class_, status=Status(status))
        for student, id_, class_, status in rows
    }


async def _table(query: QuerySet[Any], key: Callable[[Row], Any]) -> EditedTable[Any]:
    rows: list[Row] = await query.values()
    return EditedTable({key(row): row for row in rows})


async def _insert(model: type[Model], table: EditedTable[Any]) -> None:
    for rows in _batches(table.waiting(table.inserted)):
        await model.bulk_create([model(**row) for row in rows], batch_size=_BATCH)


async def _update(model: type[Model], table: EditedTable[Any]) -> None:
    columns = [name for name in model._meta.db_fields if name != "id"]  # noqa: SLF001 -- Tortoise's own name for it
    for rows in _batches(table.waiting(table.updated)):
        changed = [model(**row) for row in rows]
        await model.bulk_create(changed, batch_size=_BATCH, on_conflict=["id"], update_fields=columns)


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """A thousand at a time, so that no more are models at once."""
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


async def _versions(aggregate: str, things: list[UUID]) -> dict[UUID, int]:
    """The latest version of each thing that has a history."""
    versions: dict[UUID, int] = {}
    for start in range(0, len(things), _BATCH):
        batch = things[start : start + _BATCH]
        rows = (
            await EventRow.filter(aggregate=aggregate, aggregate_id__in=batch)
            .annotate(latest=Max("version"))
            .group_by("aggregate_id")
            .values_list("aggregate_id", "latest")
        )
        versions |= dict(rows)
    return versions
