"""Several years of one pupil as one booklet: whose, which years, and what never."""

import zlib
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from hocba.actions import booklets
from hocba.documents import content
from hocba.domain.events import CancelProposed
from hocba.domain.values import GRADES, Role, SchoolYear
from hocba.store import ids, transcripts
from hocba.store.models import ClassRow, SlotRow, TranscriptRow
from tests import build
from tests.actions.test_exporting import move
from tests.documents.forms import pages
from tests.statements import counted


async def a_year(of: UUID, year: str, grade: int) -> UUID:
    """The same pupil's transcript of another year, with the same slots."""
    row = await TranscriptRow.get(id=of).values()
    level = next(level for level, grades in GRADES.items() if grade in grades)
    made = content.read(zlib.decompress(row["content"]))
    class_ = await ClassRow.get(id=row["class_id"]).values()
    class_ |= {"id": ids.new(), "year": year, "grade": grade, "name": f"{grade}A1"}
    await ClassRow.create(**class_)
    code = uuid4()
    changed = replace(
        made,
        year=SchoolYear(year),
        grade=grade,
        class_name=f"{grade}A1",
        lookup_code=code,
        school=replace(made.school, level=level),
    )
    row |= {"id": ids.new(), "year": year, "class_id": class_["id"], "lookup_code": code}
    await TranscriptRow.create(**row | {"content": zlib.compress(content.write(changed))})
    for slot in await SlotRow.filter(transcript_id=of).values():
        await SlotRow.create(**slot | {"id": ids.new(), "transcript_id": row["id"]})
    return UUID(str(row["id"]))


async def held(actor, transcript):
    return [(row.id, row.year) for row in await booklets.years(actor, transcript)]


@pytest.fixture
async def school(db):
    return await build.school(students=1)


async def test_a_booklet_holds_the_years_of_one_level_up_to_the_one_asked_about(school):
    (sixth,) = await build.transcripts(school)
    tenth, eighth, seventh = [
        await a_year(sixth, year, grade)
        for year, grade in (("2029-2030", 10), ("2027-2028", 8), ("2026-2027", 7))
    ]

    assert await held(school.admin, seventh) == [(sixth, build.YEAR), (seventh, "2026-2027")]
    assert [id_ for id_, _ in await held(school.admin, eighth)] == [sixth, seventh, eighth]
    assert [id_ for id_, _ in await held(school.admin, tenth)] == [tenth]


async def test_another_pupils_years_stand_in_his_own_booklet(db):
    school = await build.school(students=2)
    first, second = await build.transcripts(school)
    later = await a_year(first, "2026-2027", 7)

    assert [id_ for id_, _ in await held(school.admin, later)] == [first, later]
    assert [id_ for id_, _ in await held(school.admin, second)] == [second]


async def test_one_reads_only_the_years_that_one_may_see(school):
    (sixth,) = await build.transcripts(school)
    seventh = await a_year(sixth, "2026-2027", 7)
    row = await TranscriptRow.get(id=seventh)
    later = replace(school.homeroom, id=ids.new(), homeroom=frozenset({row.class_id}), taught=frozenset())
    await SlotRow.filter(transcript_id=seventh, key="gvcn").update(person_id=later.id)
    other = await build.school(students=1)
    stranger = await build.person(school.id, Role.SUBJECT_TEACHER)

    assert [id_ for id_, _ in await held(later, seventh)] == [seventh]
    assert await held(later, sixth) == []
    assert await held(other.admin, seventh) == []
    assert await held(stranger, seventh) == []
    assert await held(school.admin, ids.new()) == []


async def test_what_was_returned_or_cancelled_is_in_no_booklet(school):
    (sixth,) = await build.transcripts(school)
    seventh = await a_year(sixth, "2026-2027", 7)
    await move((await transcripts.load([sixth]))[0], CancelProposed("Sai"))

    assert await held(school.admin, sixth) == []
    assert [id_ for id_, _ in await held(school.admin, seventh)] == [seventh]
    made = await booklets.booklet([sixth, seventh], now=build.NOW)
    assert made is not None
    await move((await transcripts.load([seventh]))[0], CancelProposed("Sai"))
    assert await booklets.booklet([sixth, seventh], now=build.NOW) is None


async def test_a_booklet_shows_each_year_and_which_are_not_issued(school, tmp_path):
    (sixth,) = await build.transcripts(school)
    seventh = await a_year(sixth, "2026-2027", 7)
    await TranscriptRow.filter(id=sixth).update(sealed=True)

    made = await booklets.booklet([seventh, sixth], now=build.NOW)

    assert made is not None
    assert made.student_name == (await TranscriptRow.get(id=sixth)).student_name
    read = pages(made.pdf, tmp_path)
    assert ["BẢN XEM" in page for page in read] == [True] * 6
    assert ["CHƯA PHÁT HÀNH" in page for page in read] == [False] * 4 + [True] * 2
    assert "Lớp: 6A1 Năm học: 2025-2026" in read[2]
    assert "Lớp: 7A1 Năm học: 2026-2027" in read[4]


async def test_what_is_asked_is_not_stored(school):
    (sixth,) = await build.transcripts(school)
    with counted() as statements:
        await booklets.years(school.admin, sixth)
        await booklets.booklet([sixth], now=build.NOW)
    assert [said for said in statements if not said.lstrip().upper().startswith("SELECT")] == []
    assert len(statements) <= 9


async def test_the_statements_do_not_grow_with_the_years(school):
    (sixth,) = await build.transcripts(school)
    last = [sixth, *[await a_year(sixth, f"{2020 + g}-{2021 + g}", g) for g in (7, 8, 9)]]
    counts = []
    for chosen in (last[:1], last):
        with counted() as statements:
            held_now = await booklets.years(school.admin, chosen[-1])
            await booklets.booklet([row.id for row in held_now], now=build.NOW)
        counts.append((len(held_now), len(statements)))
    assert [years for years, _ in counts] == [1, 4]
    assert counts[0][1] == counts[1][1]
