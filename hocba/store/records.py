"""What transcripts are made of, gathered from the school's data: ``TranscriptRecord``.

Thirteen statements, for one pupil or a thousand.  What nobody has entered yet stays empty, and a date
is ``UNKNOWN_DATE``: ``hocba.domain.readiness`` says what is missing.  A year says of its school what held
on the day that stands on its transcripts (``hocba.store.former``).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from hocba.domain.record import (
    UNKNOWN_DATE,
    HistoryRow,
    PrimarySummary,
    Printing,
    Signatory,
    Summary,
    TranscriptRecord,
)
from hocba.domain.values import Level, SchoolYear, StudentId
from hocba.store import former, record_rows
from hocba.store.enrolments import there
from hocba.store.former import Former
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EarlierYearRow,
    OverrideRow,
    PersonRow,
    PrimarySummaryRow,
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
    earlier: Mapping[UUID, Sequence[Row]]
    classes: Mapping[UUID, Row]
    schools: Mapping[UUID, Row]
    former: Former
    results: Mapping[UUID, Sequence[Row]]
    summaries: Mapping[UUID, Row]
    primary: Mapping[UUID, Row]
    overrides: Mapping[UUID, Sequence[Row]]
    teachers: Mapping[UUID, Mapping[str, Row]]
    persons: Mapping[UUID, Signatory]
    printing: Mapping[tuple[UUID, str], Row]


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
    enrolments = await there(student_id__in=[row["id"] for row in students], year__lte=year).values()
    now = [row["id"] for row in enrolments if row["year"] == year]
    classes = await ClassRow.filter(id__in={row["class_id"] for row in enrolments}).values()
    this_year = [row for row in classes if row["year"] == year]
    schools = {row["school_id"] for row in classes}
    teachers = await _teachers([row["id"] for row in this_year])
    earlier = EarlierYearRow.filter(student_id__in=student_ids, year__lt=year).exclude(school_name="")
    return _Sources(
        students={row["id"]: row for row in students},
        enrolments=_grouped(sorted(enrolments, key=lambda row: str(row["year"])), "student_id"),
        earlier=_grouped(await earlier.values(), "student_id"),
        classes={row["id"]: row for row in classes},
        schools={row["id"]: row for row in await SchoolRow.filter(id__in=schools).values()},
        former=await former.load(schools),
        results=_grouped(await ResultRow.filter(enrolment_id__in=now).values(), "enrolment_id"),
        summaries=_by_enrolment(await SummaryRow.filter(enrolment_id__in=now).values()),
        primary=_by_enrolment(await PrimarySummaryRow.filter(enrolment_id__in=now).values()),
        overrides=_grouped(
            await OverrideRow.filter(enrolment_id__in=now).exclude(reason="").values(), "enrolment_id"
        ),
        teachers=teachers,
        persons=await _persons(this_year, teachers),
        printing=await _printing(schools, year),
    )


def _grouped(rows: Iterable[Row], column: str) -> dict[UUID, list[Row]]:
    groups: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return dict(groups)


def _by_enrolment(rows: Iterable[Row]) -> dict[UUID, Row]:
    return {row["enrolment_id"]: row for row in rows}


async def _teachers(class_ids: Sequence[UUID]) -> dict[UUID, dict[str, Row]]:
    """Class -> subject -> who answers for the year's row: the teacher of term II, else of term I."""
    rows = await AssignmentRow.filter(class_id__in=class_ids).order_by("term").values()
    found: defaultdict[UUID, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        found[row["class_id"]][row["subject"]] = row
    return found


async def _persons(
    classes: Sequence[Row], teachers: Mapping[UUID, Mapping[str, Row]]
) -> dict[UUID, Signatory]:
    wanted = {row["person_id"] for of_class in teachers.values() for row in of_class.values()}
    wanted |= {row[role] for row in classes for role in ("homeroom_id", "leader_id")} - {None}
    rows = await PersonRow.filter(id__in=wanted).values()
    return {row["id"]: record_rows.signatory(row) for row in rows}


async def _printing(schools: Collection[UUID], year: SchoolYear) -> dict[tuple[UUID, str], Row]:
    """Of the year and those before it: they say on which day a year's transcripts were written."""
    rows = await PrintConfigurationRow.filter(school_id__in=schools, year__lte=year).values()
    return {(row["school_id"], row["year"]): row for row in rows}


def _record(sources: _Sources, student: Row, enrolments: Sequence[Row], year: SchoolYear) -> TranscriptRecord:
    enrolment = enrolments[-1]
    class_ = sources.classes[enrolment["class_id"]]
    school = _school(sources, class_)
    level = record_rows.level(school, class_["grade"])
    rows = sources.results.get(enrolment["id"], ())
    printing = sources.printing.get((class_["school_id"], year))
    return TranscriptRecord(
        year=year,
        grade=class_["grade"],
        class_name=class_["name"],
        school=record_rows.school(school, level),
        student=record_rows.student(student),
        history=_history(sources, student["id"], enrolments),
        results=record_rows.results(rows, level, class_["grade"], year),
        summary=_summary(sources, enrolment["id"], level),
        printing=record_rows.printing(printing) if printing else _NOT_CONFIGURED,
        teachers={
            subject: signatory
            for subject, row in sorted(sources.teachers.get(class_["id"], {}).items())
            if (signatory := _signatory(sources, row["person_id"], row["basis"]))
        },
        homeroom=_signatory(sources, class_["homeroom_id"], class_["homeroom_basis"]),
        leader=_signatory(sources, class_["leader_id"], class_["leader_basis"]),
        overrides={row["rule"]: row["reason"] for row in sources.overrides.get(enrolment["id"], ())},
        profile=record_rows.profile(printing, level),
    )


def _school(sources: _Sources, class_: Row) -> Row:
    """The school of a class, as it was in the class's year."""
    printing = sources.printing.get((class_["school_id"], class_["year"]))
    day = former.day_of(SchoolYear(class_["year"]), printing)
    return former.on(day, sources.schools[class_["school_id"]], sources.former)


def _summary(sources: _Sources, enrolment: UUID, level: Level) -> Summary | PrimarySummary:
    if level is Level.TH:
        primary = sources.primary.get(enrolment)
        return record_rows.primary_summary(primary) if primary else PrimarySummary()
    row = sources.summaries.get(enrolment)
    return record_rows.summary(row) if row else record_rows.EMPTY_SUMMARY


def _signatory(sources: _Sources, person: UUID, basis: str) -> Signatory | None:
    known = sources.persons.get(person)
    return replace(known, basis=basis) if known and basis else known


def _history(sources: _Sources, student: UUID, enrolments: Sequence[Row]) -> tuple[HistoryRow, ...]:
    """Every year at this school and elsewhere; of a year that both know, this school's own row."""
    here = {row["year"] for row in enrolments}
    elsewhere = [
        record_rows.earlier(row) for row in sources.earlier.get(student, ()) if row["year"] not in here
    ]
    return tuple(sorted([*elsewhere, *(_past(sources, row) for row in enrolments)], key=lambda row: row.year))


def _past(sources: _Sources, enrolment: Row) -> HistoryRow:
    class_ = sources.classes[enrolment["class_id"]]
    return HistoryRow(
        year=SchoolYear(enrolment["year"]),
        class_name=class_["name"],
        school_name=_school(sources, class_)["name"],
        since=enrolment["since"],
    )
