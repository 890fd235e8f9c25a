"""A school that changes its name keeps the old one in the years that had it."""

from datetime import UTC, date, datetime

import pytest

from hocba.actions.bootstrap import change_school
from hocba.actions.creation import create
from hocba.documents import content
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import SchoolYear, StudentId
from hocba.store import ids, papers
from hocba.store.models import (
    ClassRow,
    EnrolmentRow,
    EventRow,
    FormerSchoolRow,
    PrintConfigurationRow,
    SchoolRow,
)
from hocba.store.records import load_records
from tests import build

pytestmark = pytest.mark.usefixtures("db")

OLD, NEW, LAST = "Trường THCS Hoa Sen", "Trường THCS Sông Hồng", "Trường THCS Đống Đa"
YEARS = ("2023-2024", "2024-2025", build.YEAR)
TODAY = datetime(2026, 6, 1, tzinfo=UTC)


async def made() -> tuple[build.School, StudentId]:
    """A pupil who has been at the school for three years; this year's transcripts are of 29 May 2026."""
    school = await build.school(students=1)
    for year, name in zip(YEARS[:2], ("6A", "7A"), strict=True):
        class_id = ids.new()
        await ClassRow.create(id=class_id, school_id=school.id, year=year, name=name, grade=6)
        await EnrolmentRow.create(id=ids.new(), student_id=school.students[0], class_id=class_id, year=year)
    return school, StudentId(school.students[0])


async def rename(school: build.School, name: str, since: date | None = None, **more: str) -> None:
    row = await SchoolRow.get(id=school.id)
    await change_school(row.code, {"name": name, **more}, since=since, now=TODAY)


async def names(student: StudentId, year: str = build.YEAR) -> list[str]:
    """The school's name in the document of a year, then year by year in its history."""
    record = (await load_records([student], SchoolYear(year)))[student]
    return [record.school.name, *(row.school_name for row in record.history)]


async def test_a_new_name_is_not_that_of_the_years_before():
    school, student = await made()
    commune = (await SchoolRow.get(id=school.id)).commune

    await rename(school, NEW, date(2025, 7, 1), commune="Phường mới")

    assert await names(student) == [NEW, OLD, OLD, NEW]
    assert await names(student, "2024-2025") == [OLD, OLD, OLD]
    past = (await load_records([student], SchoolYear("2024-2025")))[student]
    now = (await load_records([student], build.YEAR))[student]
    assert (past.school.commune, now.school.commune) == (commune, "Phường mới")
    changed = (await EventRow.get(aggregate_id=school.id, kind="SchoolChanged")).data
    assert changed == {"new": {"name": NEW, "commune": "Phường mới"}, "since": "2025-07-01"}


async def test_a_name_that_changes_after_the_transcripts_day_is_not_theirs_either():
    school, student = await made()

    await rename(school, NEW)

    assert await names(student) == [OLD, OLD, OLD, OLD]
    await PrintConfigurationRow.all().update(written_on=date(2026, 6, 2))
    assert await names(student) == [NEW, OLD, OLD, NEW]


async def test_a_name_that_changes_in_the_middle_of_a_year_is_that_years():
    school, student = await made()

    await rename(school, NEW, date(2025, 1, 15))
    await rename(school, LAST, date(2026, 1, 15))

    assert await names(student) == [LAST, OLD, NEW, LAST]
    await PrintConfigurationRow.create(
        id=ids.new(), school_id=school.id, year="2024-2025", place="Huế", written_on=date(2025, 1, 14)
    )
    assert await names(student) == [LAST, OLD, OLD, LAST]


async def test_a_misspelt_name_is_mended_from_the_day_it_should_have_been_right():
    school, student = await made()
    await rename(school, "Trường THCS Sông Hòng", date(2025, 7, 1))

    await rename(school, NEW, date(2025, 7, 1))

    assert await names(student) == [NEW, OLD, OLD, NEW]
    await rename(school, LAST, date(1900, 1, 1))
    assert await names(student) == [LAST, LAST, LAST, LAST]
    assert await FormerSchoolRow.all().count() == 1


async def test_what_is_not_printed_or_did_not_change_keeps_no_former_school():
    school, student = await made()

    await rename(school, OLD, date(2025, 7, 1), identity="MST:0123456789")

    assert await names(student) == [OLD, OLD, OLD, OLD]
    assert await FormerSchoolRow.all().count() == 0


async def test_a_change_on_no_day_of_a_school_changes_nothing():
    school, student = await made()
    with pytest.raises(Refusal) as refused:
        await rename(school, NEW, date(1, 1, 1))
    assert refused.value.code is Code.INVALID_VALUE
    assert await names(student) == [OLD, OLD, OLD, OLD]


async def test_the_document_of_a_renamed_school_holds_what_each_year_had():
    school, student = await made()
    await rename(school, NEW, date(2025, 7, 1))

    (result,) = await create(school.admin, [student], build.YEAR, now=TODAY)

    assert result.made is not None
    written = content.read((await papers.load([result.made]))[result.made].data)
    assert (written.school.name, [row.school_name for row in written.history]) == (NEW, [OLD, OLD, NEW])
