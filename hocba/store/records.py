"""What transcripts are made of, gathered from the school's data: ``TranscriptRecord``.

Nine statements, for one pupil or a thousand.  What nobody has entered yet stays empty, and a date
is ``UNKNOWN_DATE``: ``hocba.domain.readiness`` says what is missing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hocba.domain.record import (
    UNKNOWN_DATE,
    HistoryRow,
    Printing,
    SchoolFacts,
    Signatory,
    TranscriptRecord,
)
from hocba.domain.values import SchoolYear, StudentId
from hocba.store import record_rows
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EnrolmentRow,
    PersonRow,
    PrintConfigurationRow,
    ResultRow,
    SchoolRow,
    StudentRow,
    SummaryRow,
)
from hocba.store.record_rows import Row

_NOT_CONFIGURED = Printing(place="", written_on=UNKNOWN_DATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """The rows that the records of some pupils need, by what they are looked up with."""

    students: Mapping[UUID, Row]
    enrolments: Mapping[UUID, Sequence[Row]]
    classes: Mapping[UUID, Row]
    schools: Mapping[UUID, SchoolFacts]
    results: Mapping[UUID, Sequence[Row]]
    summaries: Mapping[UUID, Row]
    teachers: Mapping[UUID, Mapping[str, UUID]]
    persons: Mapping[UUID, Signatory]
    printing: Mapping[UUID, Printing]


async def load_records(student_ids: Iterable[UUID], year: SchoolYear) -> dict[StudentId, TranscriptRecord]:
    """The record of each pupil's school year.  Who was in no class of that year is left out."""
    sources = await _sources(list(student_ids), year)
    return {
        StudentId(student): _record(sources, sources.students[student], rows, year)
        for student, rows in sources.enrolments.items()
        if rows[-1]["year"] == year
    }


async def _sources(student_ids: Sequence[UUID], year: SchoolYear) -> _Sources:
    students = await StudentRow.filter(id__in=student_ids).values()
    enrolments = await EnrolmentRow.filter(
        student_id__in=[row["id"] for row in students], year__lte=year
    ).values()
    now = [row["id"] for row in enrolments if row["year"] == year]
    classes = await ClassRow.filter(id__in={row["class_id"] for row in enrolments}).values()
    this_year = [row for row in classes if row["year"] == year]
    schools = {row["school_id"] for row in classes}
    teachers = await _teachers([row["id"] for row in this_year])
    return _Sources(
        students={row["id"]: row for row in students},
        enrolments=_grouped(sorted(enrolments, key=lambda row: str(row["year"])), "student_id"),
        classes={row["id"]: row for row in classes},
        schools={
            row["id"]: record_rows.school(row) for row in await SchoolRow.filter(id__in=schools).values()
        },
        results=_grouped(await ResultRow.filter(enrolment_id__in=now).values(), "enrolment_id"),
        summaries={
            row["enrolment_id"]: row for row in await SummaryRow.filter(enrolment_id__in=now).values()
        },
        teachers=teachers,
        persons=await _persons(this_year, teachers),
        printing=await _printing(schools, year),
    )


def _grouped(rows: Iterable[Row], column: str) -> dict[UUID, list[Row]]:
    groups: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return dict(groups)


async def _teachers(class_ids: Sequence[UUID]) -> dict[UUID, dict[str, UUID]]:
    """Class -> subject -> who answers for the year's row: the teacher of term II, else of term I."""
    rows = await AssignmentRow.filter(class_id__in=class_ids).order_by("term").values()
    found: defaultdict[UUID, dict[str, UUID]] = defaultdict(dict)
    for row in rows:
        found[row["class_id"]][row["subject"]] = row["person_id"]
    return found


async def _persons(
    classes: Sequence[Row], teachers: Mapping[UUID, Mapping[str, UUID]]
) -> dict[UUID, Signatory]:
    wanted = {person for of_class in teachers.values() for person in of_class.values()}
    wanted |= {row[role] for row in classes for role in ("homeroom_id", "leader_id")} - {None}
    rows = await PersonRow.filter(id__in=wanted).values()
    return {row["id"]: record_rows.signatory(row) for row in rows}


async def _printing(schools: Collection[UUID], year: SchoolYear) -> dict[UUID, Printing]:
    rows = await PrintConfigurationRow.filter(school_id__in=schools, year=year).values()
    return {row["school_id"]: Printing(place=row["place"], written_on=row["written_on"]) for row in rows}


def _record(sources: _Sources, student: Row, enrolments: Sequence[Row], year: SchoolYear) -> TranscriptRecord:
    enrolment = enrolments[-1]
    class_ = sources.classes[enrolment["class_id"]]
    school = sources.schools[class_["school_id"]]
    summary = sources.summaries.get(enrolment["id"])
    teachers = sources.teachers.get(class_["id"], {})
    rows = sources.results.get(enrolment["id"], ())
    return TranscriptRecord(
        year=year,
        grade=class_["grade"],
        class_name=class_["name"],
        school=school,
        student=record_rows.student(student),
        history=tuple(_past(sources, row) for row in enrolments),
        results=record_rows.results(rows, school.level, class_["grade"], year),
        summary=record_rows.summary(summary) if summary else record_rows.EMPTY_SUMMARY,
        printing=sources.printing.get(class_["school_id"], _NOT_CONFIGURED),
        teachers={
            subject: sources.persons[person]
            for subject, person in sorted(teachers.items())
            if person in sources.persons
        },
        homeroom=sources.persons.get(class_["homeroom_id"]),
        leader=sources.persons.get(class_["leader_id"]),
    )


def _past(sources: _Sources, enrolment: Row) -> HistoryRow:
    class_ = sources.classes[enrolment["class_id"]]
    return HistoryRow(
        year=SchoolYear(enrolment["year"]),
        class_name=class_["name"],
        school_name=sources.schools[class_["school_id"]].name,
        since=enrolment["since"],
    )
