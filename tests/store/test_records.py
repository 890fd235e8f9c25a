"""A record is what the school's data says, and readiness finds what the data lacks."""

from datetime import date
from decimal import Decimal

import pytest

from hocba import words
from hocba.domain.readiness import Gap, missing
from hocba.domain.record import UNKNOWN_DATE, HistoryRow, Kind, PrimarySummary, Printing
from hocba.domain.values import Level, Profile, SchoolYear, Term
from hocba.store import ids, record_rows
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EarlierYearRow,
    EnrolmentRow,
    OverrideRow,
    PrimarySummaryRow,
    PrintConfigurationRow,
    ResultRow,
    SchoolRow,
    StudentRow,
    SummaryRow,
)
from hocba.store.records import load_records
from tests import build
from tests.statements import counted


async def only(school: build.School):
    return (await load_records(school.students[:1], build.YEAR))[school.students[0]]


async def test_a_whole_school_year_is_ready(db):
    school = await build.school(students=1)

    record = await only(school)

    assert missing(record) == []
    assert (record.grade, record.class_name, record.school.level) == (6, "6A1", Level.THCS)
    assert record.printing == Printing(place="Hà Nội", written_on=date(2026, 5, 29))
    assert record.homeroom is not None
    assert record.leader is not None
    assert (record.homeroom.person, record.leader.title) == (school.homeroom.id, "Hiệu trưởng")
    assert [row.subject for row in record.results][:3] == ["TOAN", "LSDL", "KHTN"]
    assert (record.results[0].year, record.results[8].kind) == (Decimal("8.5"), Kind.COMMENT)
    assert (record.student.mother.occupation, record.student.birth_date) == ("Y tá", date(2014, 3, 8))
    assert (record.summary.learning.year, record.summary.learning.after) == ("T", None)


async def test_the_teacher_of_term_two_answers_for_the_year(db):
    school = await build.school(students=1)
    await AssignmentRow.filter(subject="NT", term=Term.II).update(person_id=school.leader.id)
    await AssignmentRow.filter(subject="GDTC", term=Term.II).delete()

    record = await only(school)

    assert record.teachers["NT"].person == school.leader.id
    assert record.teachers["GDTC"].person == school.teachers[6].id


async def test_earlier_years_are_the_history_and_nothing_else_of_them_is_taken(db):
    school = await build.school(students=1)
    for year, name in (("2024-2025", "5A"), ("2026-2027", "7A1")):
        class_id = ids.new()
        await ClassRow.create(id=class_id, school_id=school.id, year=year, name=name, grade=6)
        row = EnrolmentRow(id=ids.new(), student_id=school.students[0], class_id=class_id, year=year)
        await row.save()
        await ResultRow.create(id=ids.new(), enrolment_id=row.id, subject="TOAN", year="1.0")

    record = await only(school)

    assert record.history == (
        HistoryRow(year=SchoolYear("2024-2025"), class_name="5A", school_name="Trường THCS Hoa Sen"),
        HistoryRow(
            year=build.YEAR,
            class_name="6A1",
            school_name="Trường THCS Hoa Sen",
            since=date(2025, 9, 5),
        ),
    )
    assert record.results[0].year == Decimal("8.5")


async def test_whoever_is_in_no_class_of_the_year_has_no_record(db):
    school = await build.school(students=1)

    assert await load_records([*school.students, ids.new()], SchoolYear("2026-2027")) == {}
    assert await load_records([], build.YEAR) == {}


async def test_what_nobody_entered_is_missing_and_not_invented(db):
    school = await build.school(students=1)
    await StudentRow.all().update(birth_date=None)
    await SummaryRow.all().delete()
    await ResultRow.filter(subject="TOAN").delete()
    await AssignmentRow.filter(subject="TOAN").delete()
    await PrintConfigurationRow.all().delete()
    await ClassRow.all().update(homeroom_id=None, leader_id=None)

    record = await only(school)

    assert record.student.birth_date == record.printing.written_on == UNKNOWN_DATE
    assert record.summary == record_rows.EMPTY_SUMMARY
    assert [gap.field for gap in missing(record)] == [
        "class.homeroom",
        "class.leader",
        "printing.place",
        "printing.written_on",
        "student.birth_date",
        "result",
        "assignment",
        "summary.learning.term1",
        "summary.learning.term2",
        "summary.learning.year",
        "summary.conduct.term1",
        "summary.conduct.term2",
        "summary.conduct.year",
        "summary.absences",
        "summary.promoted",
        "summary.homeroom_comment",
    ]


async def test_rows_the_form_does_not_know_come_last_and_are_refused(db):
    school = await build.school(students=1)
    enrolment = await EnrolmentRow.get(student_id=school.students[0])
    await ResultRow.create(id=ids.new(), enrolment_id=enrolment.id, subject="ASTRO", year="9")

    record = await only(school)

    assert record.results[-1].subject == "ASTRO"
    assert Gap.ROW_UNKNOWN in {gap.code for gap in missing(record)}
    await ResultRow.filter(subject="TOAN").update(subject="VATLI")
    (unknown,) = [
        words.sentence(gap)
        for gap in missing(await only(school))
        if gap.code is Gap.ROW_UNKNOWN and "lí" in words.sentence(gap)
    ]
    assert unknown == "Môn Vật lí không thuộc chương trình của khối lớp."


async def test_a_choice_entered_by_mistake_is_taken_back_by_emptying_its_row(db):
    school = await build.school(students=1)
    enrolment = await EnrolmentRow.get(student_id=school.students[0])
    await ResultRow.create(id=ids.new(), enrolment_id=enrolment.id, subject="TDTTS", year="9", comment="Tốt.")
    before = await only(school)

    await ResultRow.filter(subject="TDTTS").update(year="", comment="")
    await ResultRow.filter(subject="TOAN").update(term1="", term2="", year="", comment="")
    after = await only(school)

    assert "TDTTS" in {row.subject for row in before.results}
    assert "TDTTS" not in {row.subject for row in after.results}
    assert "TOAN" in {row.subject for row in after.results}
    assert {(gap.code, gap.sentence_facts["subject"]) for gap in missing(after)} == {
        (Gap.MARK_EMPTY, "Toán"),
        (Gap.COMMENT_EMPTY, "Toán"),
    }


async def test_a_class_of_a_grade_that_the_level_does_not_have(db):
    school = await build.school(students=1)
    await ClassRow.all().update(grade=10)

    assert [gap.field for gap in missing(await only(school))] == ["class.grade"]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("8.5", Decimal("8.5")),
        ("8,5", Decimal("8.5")),
        ("10", Decimal(10)),
        ("-1", Decimal(-1)),
        ("Đ", "Đ"),
        ("", None),
        ("NaN", "NaN"),
        ("1e1", "1e1"),
        ("٣", "٣"),
    ],
)
def test_marks_are_read_as_they_are_written(text, mark):
    assert record_rows.mark(text) == mark


async def test_lines_of_text_are_a_list(db):
    school = await build.school(students=1)
    await SummaryRow.all().update(contests="Giải Nhì Toán\n\n  Giải Ba Tin học \n", certificates="")

    summary = (await only(school)).summary

    assert (summary.contests, summary.certificates) == (("Giải Nhì Toán", "Giải Ba Tin học"), ())


@pytest.mark.parametrize("students", [1, 20])
async def test_thirteen_statements_for_any_number_of_pupils(db, students):
    school = await build.school(students=students)

    with counted() as statements:
        records = await load_records(school.students, build.YEAR)

    assert set(records) == set(school.students)
    assert len(statements) == 13


async def test_a_primary_pupils_year_is_read_in_its_own_terms(db):
    school = await build.school(students=1)
    await SchoolRow.all().update(levels="th,thcs")
    await ClassRow.all().update(grade=4)
    enrolment = await EnrolmentRow.get(student_id=school.students[0])
    await ResultRow.filter(subject="TOAN").update(year="T", test="9")
    await PrimarySummaryRow.create(
        id=ids.new(), enrolment_id=enrolment.id, overall="HTT", qualities={"YEU_NUOC": "T"},
        abilities={"NGON_NGU": "Đ"}, absences_with_leave=2, height="130.5", promoted=True,
    )  # fmt: skip

    record = await only(school)

    assert (record.school.level, record.school.district) == (Level.TH, "")  # so no TEN_QUAN_HUYEN
    assert isinstance(record.summary, PrimarySummary)
    assert (record.summary.overall, record.summary.height) == ("HTT", Decimal("130.5"))
    assert (record.summary.weight, record.summary.absences_with_leave) == (None, 2)
    assert record.summary.qualities == {"YEU_NUOC": "T"}
    mathematics = next(row for row in record.results if row.subject == "TOAN")
    assert (mathematics.year, mathematics.test) == ("T", Decimal(9))


@pytest.mark.parametrize(
    ("levels", "grade", "chosen", "profile"),
    [
        ("th", 4, "", Profile.MOET_TH),
        ("th", 4, "hocba-2.0", Profile.HOCBA),
        ("th,thcs", 6, "moet-th-1.0", Profile.HOCBA),
    ],
)
async def test_a_year_may_choose_the_profile_of_its_primary_documents(db, levels, grade, chosen, profile):
    school = await build.school(students=1)
    await SchoolRow.all().update(levels=levels)
    await ClassRow.all().update(grade=grade)
    await PrintConfigurationRow.all().update(primary_profile=chosen)

    assert (await only(school)).profile is profile


async def test_a_primary_pupil_of_whom_nothing_is_entered(db):
    school = await build.school(students=1)
    await SchoolRow.all().update(levels="th,thcs")
    await ClassRow.all().update(grade=4)

    assert (await only(school)).summary == PrimarySummary()


async def test_years_elsewhere_stand_in_the_history_and_never_beside_a_year_here(db):
    school = await build.school(students=1)
    for year, name in (("2025-2026", "6Z"), ("2023-2024", "4B"), ("2026-2027", "7B")):
        await EarlierYearRow.create(
            id=ids.new(), student_id=school.students[0], year=year, class_name=name, school_name="Trường cũ"
        )

    assert [(row.year, row.class_name) for row in (await only(school)).history] == [
        ("2023-2024", "4B"),
        ("2025-2026", "6A1"),
    ]


async def test_whoever_acts_for_another_names_the_decision_and_only_there(db):
    school = await build.school(students=1)
    await AssignmentRow.filter(subject="NT").update(person_id=school.leader.id, basis="QĐ 15/QĐ-THCS")
    await ClassRow.all().update(leader_basis="QĐ 16/QĐ-THCS")

    record = await only(school)

    assert record.teachers["NT"].basis == "QĐ 15/QĐ-THCS"
    assert record.leader is not None
    assert record.leader.basis == "QĐ 16/QĐ-THCS"
    assert record.teachers["TOAN"].basis == ""


async def test_the_reasons_why_a_value_stands_against_a_rule(db):
    school = await build.school(students=1)
    enrolment = await EnrolmentRow.get(student_id=school.students[0])
    await OverrideRow.create(
        id=ids.new(), enrolment_id=enrolment.id, rule="TR-8", reason="QĐ của hiệu trưởng"
    )

    assert (await only(school)).overrides == {"TR-8": "QĐ của hiệu trưởng"}


@pytest.mark.parametrize(("levels", "grade"), [("th,thcs", 6), ("th,thcs", 4)])
async def test_a_pupil_who_changes_the_level_keeps_nothing_of_the_other_in_his_results(db, levels, grade):
    """Whatever the other level wrote into the columns that this one does not have."""
    school = await build.school(students=1)
    await SchoolRow.all().update(levels=levels)
    await ClassRow.all().update(grade=grade)
    await ResultRow.all().update(term1="8.0", term2="9.0", reassessed="5.0", test="7", year="")
    enrolment = await EnrolmentRow.get(student_id=school.students[0])
    other = {"test": "9"} if grade == 6 else {"term1": "9.0"}
    await ResultRow.create(id=ids.new(), enrolment_id=enrolment.id, subject="OLD", **other)

    rows = (await only(school)).results

    assert "OLD" not in {row.subject for row in rows}
    marks = {(row.term1, row.term2, row.reassessed, row.test) for row in rows}
    term1, term2, after = Decimal("8.0"), Decimal("9.0"), Decimal("5.0")
    assert marks == ({(term1, term2, after, None)} if grade == 6 else {(None, None, None, Decimal(7))})
