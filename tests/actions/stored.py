"""What the tables hold of a school, as the lines of its workbook."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from hocba.documents.workbooks import SheetKey
from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    EarlierYearLine,
    OverrideLine,
    PrimaryResultLine,
    PrimarySummaryLine,
    PrintingLine,
    ResultLine,
    StaffLine,
    StudentLine,
    SummaryLine,
)
from hocba.domain.values import Term
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EarlierYearRow,
    EnrolmentRow,
    OverrideRow,
    PersonRow,
    PrimarySummaryRow,
    PrintConfigurationRow,
    ResultRow,
    RoleGrantRow,
    StudentRow,
    SummaryRow,
    UserRow,
)
from hocba.store.record_rows import mark
from tests.schools import Place

Row = Mapping[str, Any]


def plain(kind: type[Any], row: Row, **more: Any) -> Any:
    """A line whose fields are called as the columns are."""
    names = {field.name for field in fields(kind)} - {"row", "student"} - set(more)
    return kind(row=0, **{name: row[name] for name in names if name in row}, **more)


async def lines(place: Place) -> dict[SheetKey, list[Any]]:
    """Every sheet's lines; row numbers are 0, names beside codes empty."""
    people = {row["id"]: row for row in await PersonRow.filter(school_id=place.id).values()}
    classes = {row["id"]: row for row in await ClassRow.filter(school_id=place.id).values()}
    students = {row["id"]: row for row in await StudentRow.filter(school_id=place.id).values()}
    seats = {row["id"]: row for row in await EnrolmentRow.filter(student_id__in=list(students)).values()}
    codes = {None: "", **{id_: row["code"] for id_, row in people.items()}}
    of = {id_: students[row["student_id"]]["code"] for id_, row in seats.items()}
    printing = await PrintConfigurationRow.filter(school_id=place.id).values()
    return {
        SheetKey.STAFF: [await _staff(row) for row in people.values()],
        SheetKey.CLASSES: [
            plain(ClassLine, row, homeroom=codes[row["homeroom_id"]], leader=codes[row["leader_id"]])
            for row in classes.values()
        ],
        SheetKey.STUDENTS: [
            plain(
                StudentLine,
                students[seat["student_id"]],
                class_name=classes[seat["class_id"]]["name"],
                since=seat["since"],
            )
            for seat in seats.values()
        ],
        SheetKey.ASSIGNMENTS: await _taught(classes, codes),
        **await _years(of, {id_ for id_, seat in seats.items() if classes[seat["class_id"]]["grade"] <= 5}),
        SheetKey.EARLIER_YEARS: [
            plain(EarlierYearLine, row, student=students[row["student_id"]]["code"])
            for row in await EarlierYearRow.filter(student_id__in=list(students)).values()
        ],
        SheetKey.PRINTING: [plain(PrintingLine, row) for row in printing],
    }


async def _staff(row: Row) -> StaffLine:
    user = await UserRow.get_or_none(person_id=row["id"])
    roles = set(await RoleGrantRow.filter(person_id=row["id"]).values_list("role", flat=True))
    granted = {name: name in roles for name in ("admin", "manager", "issuer")}
    line: StaffLine = plain(StaffLine, row, username=user.username if user else "", **granted)
    return line


async def _taught(classes: Mapping[UUID, Row], codes: Mapping[UUID | None, str]) -> list[AssignmentLine]:
    rows = await AssignmentRow.filter(class_id__in=list(classes)).order_by("term").values()
    found: dict[tuple[str, str, str, str], tuple[Term, ...]] = {}
    for row in rows:
        key = (classes[row["class_id"]]["name"], row["subject"], codes[row["person_id"]], row["basis"])
        found[key] = (*found.get(key, ()), Term(row["term"]))
    return [
        AssignmentLine(row=0, class_name=name, subject=subject, terms=terms, staff=staff, basis=basis)
        for (name, subject, staff, basis), terms in found.items()
    ]


async def _years(of: Mapping[UUID, str], primary: set[UUID]) -> dict[SheetKey, list[Any]]:
    results = await ResultRow.filter(enrolment_id__in=list(of)).values()
    return {
        SheetKey.RESULTS: [
            plain(
                ResultLine,
                row,
                student=of[row["enrolment_id"]],
                **{name: mark(row[name]) for name in ("term1", "term2", "year", "reassessed")},
            )
            for row in results
            if row["enrolment_id"] not in primary
        ],
        SheetKey.PRIMARY_RESULTS: [
            plain(
                PrimaryResultLine,
                row,
                student=of[row["enrolment_id"]],
                level=row["year"],
                test=int(row["test"]) if row["test"] else None,
            )
            for row in results
            if row["enrolment_id"] in primary
        ],
        SheetKey.SUMMARIES: [
            plain(SummaryLine, row, student=of[row["enrolment_id"]])
            for row in await SummaryRow.filter(enrolment_id__in=list(of)).values()
        ],
        SheetKey.PRIMARY_SUMMARIES: [
            plain(
                PrimarySummaryLine,
                row,
                student=of[row["enrolment_id"]],
                **{name: Decimal(row[name]) if row[name] else None for name in ("height", "weight")},
            )
            for row in await PrimarySummaryRow.filter(enrolment_id__in=list(of)).values()
        ],
        SheetKey.OVERRIDES: [
            plain(OverrideLine, row, student=of[row["enrolment_id"]])
            for row in await OverrideRow.filter(enrolment_id__in=list(of)).values()
        ],
    }
