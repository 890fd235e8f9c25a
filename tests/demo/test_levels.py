"""A school of every level: whatever is generated comes in, is ready, and makes documents that are valid."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from lxml import etree

from hocba.demo.school import DemoSchool, make_school
from hocba.documents import content, schema, signing
from hocba.domain.plan import signing_plan
from hocba.domain.readiness import Gap, review
from hocba.domain.record import TranscriptRecord
from hocba.domain.values import Level
from hocba.settings import Settings
from hocba.store.models import StudentRow
from hocba.store.records import load_records
from tests.actions.imports import bring
from tests.demo import judges
from tests.schools import filled, make_place
from tests.tools import needs
from tests.walking import play, walking

LEVELS = tuple((level,) for level in Level)


@st.composite
def schools(draw: st.DrawFn, levels: tuple[Level, ...]) -> DemoSchool:
    classes = draw(st.integers(len(levels), 6), label="classes")
    return make_school(
        seed=draw(st.integers(0, 2**32), label="seed"),
        levels=levels,
        classes=classes,
        students=draw(st.integers(classes, classes + 6), label="students"),
        without_id=draw(st.integers(0, 2), label="without id"),
    )


def breach(record: TranscriptRecord) -> str | None:
    plan = signing_plan(record)
    data = content.build(record, plan, lookup_code=uuid4(), created_at=datetime(2026, 6, 1, tzinfo=UTC))
    return schema.problem(etree.fromstring(signing.assemble(data, plan, ())))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("levels", [*LEVELS, tuple(Level)], ids="-".join)
@examples(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_any_school_comes_in_and_every_eligible_pupil_has_a_valid_document(
    levels: tuple[Level, ...], data: st.DataObject
) -> None:
    school = data.draw(schools(levels))
    place = await make_place(school)
    staff = [replace(line, username=f"{line.username}.{uuid4().hex[:8]}") for line in school.staff]

    report = await bring(place.admin, filled(school, staff=staff))

    absent = len(school.students) - len(school.eligible)
    assert (report.committed, [each.code for each in report.problems]) == (
        True,
        ["personal_id_absent"] * absent,
    )
    students = await StudentRow.filter(school_id=place.id).values_list("id", flat=True)
    records = list((await load_records(students, school.year)).values())
    assert len(records) == len(school.students)
    for record in records:
        found = review(record)
        waits = not record.student.personal_id
        assert [each.code for each in found.missing] == [Gap.NOT_ELIGIBLE] * waits, found.missing
        assert found.warnings == ()
        assert waits or breach(record) is None


@pytest.mark.parametrize("levels", LEVELS, ids="-".join)
def test_every_level_has_the_pupils_who_are_out_of_the_usual(levels: tuple[Level, ...]) -> None:
    school = make_school(seed=3, levels=levels, classes=5, students=40, without_id=1)
    rows = (*school.results, *school.primary_results)

    grade = {line.name: line.grade for line in school.classes}[school.eligible[-1].class_name]
    years = [line.year for line in school.earlier_years]
    assert {line.student for line in school.earlier_years} == {school.eligible[-1].code}
    assert len(years) == grade - {Level.TH: 1, Level.THCS: 6, Level.THPT: 10}[levels[0]] > 0
    assert max(years) == "2024-2025"
    assert {"NN1", "AMNHAC"} & {line.subject for line in rows if line.exempt}
    again = {line.student for line in school.results if line.reassessed is not None}
    again |= {line.student for line in school.primary_results if "Kiểm tra lại" in line.comment}
    assert school.students[0].code in again
    assert [line.class_name for line in school.students if not line.personal_id] == [school.classes[-1].name]


def test_who_moves_up_without_having_completed_the_grade_was_let_by_the_principal() -> None:
    school = make_school(seed=5, levels=(Level.TH,), classes=10, students=400)
    failed = {line.student for line in school.primary_summaries if not line.completed_grade}
    moved = {line.student for line in school.primary_summaries if line.promoted}

    assert failed
    assert failed & moved == {line.student for line in school.overrides}
    assert {line.overall for line in school.primary_summaries if line.student in failed} == {"CHT"}
    assert {line.rule for line in school.overrides} == {"TH-6"}


def test_each_upper_secondary_class_chose_four_subjects() -> None:
    school = make_school(seed=5, levels=(Level.THPT,), classes=4, students=40)
    elective = {"DIALI", "GDKTPL", "VATLI", "HOAHOC", "SINHHOC", "CN", "TIN", "AMNHAC", "MITHUAT"}
    classes = {line.code: line.class_name for line in school.students}

    chosen: dict[str, set[str]] = {}
    for line in school.results:
        chosen.setdefault(classes[line.student], set()).update({line.subject} & elective)

    assert [len(each) for each in chosen.values()] == [4] * 4
    assert len({frozenset(each) for each in chosen.values()}) == 4
    second = [line.student for line in school.results if line.subject == "NN2"]
    assert 0 < len(second) < 20


def test_a_school_of_all_levels_has_classes_of_each() -> None:
    school = make_school(seed=1, levels=tuple(Level), classes=4, students=12)

    assert [line.grade for line in school.classes] == [1, 2, 6, 10]
    assert {line.class_name for line in school.students} == {"1A1", "2A1", "6A1", "10A1"}


@needs("xmlsec1", "pdfsig", "pdftotext")
async def test_primary_and_upper_secondary_transcripts_satisfy_everybody(
    settings: Settings, tmp_path: Path
) -> None:
    """From the workbook to the export; who has no personal id waits."""
    school = make_school(seed=11, levels=(Level.TH, Level.THPT), classes=2, students=4, without_id=1)
    async with walking(settings, school) as walk:
        archive = await play(walk)

    files = unpacked(archive, tmp_path)
    documents = sorted(files.glob("*.xml"))
    # in grade 10 one more signs for who learns a second foreign language; in grade 1 no subject teacher
    assert [len(judges.signatures(path)) for path in documents] == [13, 14, 3, 3]
    for path in documents:
        judges.xmlsec1(path)
        judges.pdfsig(path.with_suffix(".pdf"))
        judges.pdftotext(path, path.with_suffix(".pdf"))


def unpacked(archive: zipfile.ZipFile, folder: Path) -> Path:
    """Every file, flat."""
    for name in archive.namelist():
        (folder / Path(name).name).write_bytes(archive.read(name))
    return folder
