"""Who is to sign and has left: a warning for each place in the signing plan that stays empty so.

A teacher who left during the year cannot sign on the day the transcripts are dated.  The school names who
signs instead, and by which decision (*Căn cứ ký thay*); until then the import says whose place it is, at the
row that names him or the row that says he left.  Whoever acts for another and has left himself signs no more
than the other, so a decision beside his name changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hocba.documents.workbooks import Problem, ProblemCode, SheetKey, Sheets
from hocba.documents.workbooks.sheets import column_of
from hocba.domain.curriculum import form, level_of
from hocba.domain.values import SchoolYear
from hocba.store.editing import Row
from hocba.store.school import SchoolData

_ROLES = {"homeroom": "GVCN", "leader": "Lãnh đạo ký"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One place in the signing plan of a class: whose, and where the sheets say so."""

    person: UUID | None
    name: str
    sheet: SheetKey
    key: tuple[str, ...]
    field: str


def check(sheets: Sheets, data: SchoolData) -> Iterator[Problem]:
    """The places of people who left, as far as the sheets name them.

    :param data: with the sheets' rows in it.
    """
    day = _signing_day(data)
    left = {row["id"]: row for row in data.people.rows.values() if row["left_on"] and row["left_on"] <= day}
    if not left:
        return
    rows = _rows(sheets)
    for place in _places(data):
        if place.person in left:
            yield from _problem(place, left[place.person], rows)


def _signing_day(data: SchoolData) -> date:
    """The date written on the transcripts; without one the end of the school year, 31 May."""
    printing = data.printing.get(data.year)
    return (printing["written_on"] if printing else None) or date(int(data.year[5:]), 5, 31)


def _rows(sheets: Sheets) -> Mapping[tuple[SheetKey, tuple[str, ...]], int]:
    rows: dict[tuple[SheetKey, tuple[str, ...]], int] = {}
    rows |= {(SheetKey.CLASSES, (line.name,)): line.row for line in sheets.classes}
    rows |= {(SheetKey.ASSIGNMENTS, (line.class_name, line.subject)): line.row for line in sheets.assignments}
    rows |= {(SheetKey.STAFF, (line.code,)): line.row for line in sheets.staff}
    return rows


def _places(data: SchoolData) -> Iterator[_Place]:
    names = {row["id"]: (name, row["grade"]) for name, row in data.classes.rows.items()}
    for name, row in data.classes.rows.items():
        for field, role in _ROLES.items():
            yield _Place(
                person=row[f"{field}_id"],
                name=f"{role} {name}",
                sheet=SheetKey.CLASSES,
                key=(name,),
                field=field,
            )
    for row in _answering(data).values():
        name, grade = names[row["class_id"]]
        yield _Place(
            person=row["person_id"],
            name=f"{_subject(row['subject'], grade, data.year)} {name}",
            sheet=SheetKey.ASSIGNMENTS,
            key=(name, row["subject"]),
            field="staff",
        )


def _answering(data: SchoolData) -> Mapping[tuple[UUID, str], Row]:
    """Of each class and subject the teacher who signs: of term II, else of term I."""
    ordered = sorted(data.assignments.rows.items(), key=lambda item: item[0][2])
    return {(class_, subject): row for (class_, subject, _), row in ordered}


def _subject(code: str, grade: int, year: SchoolYear) -> str:
    found = form(level_of(grade), grade, year).get(code)
    return found.name if found else code


def _problem(
    place: _Place, person: Row, rows: Mapping[tuple[SheetKey, tuple[str, ...]], int]
) -> Iterator[Problem]:
    sheet, field = place.sheet, place.field
    row = rows.get((sheet, place.key))
    if row is None:
        sheet, field = SheetKey.STAFF, "left_on"
        row = rows.get((sheet, (person["code"],)))
    if row is not None:
        facts = {"name": person["full_name"], "day": f"{person['left_on']:%d/%m/%Y}", "slot": place.name}
        header = column_of(sheet, field).header
        yield Problem(sheet=sheet, row=row, code=ProblemCode.SIGNER_LEFT, header=header, facts=facts)
