from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hocba.domain.curriculum import subjects
from hocba.domain.plan import MAX_COVERED
from hocba.domain.readiness import Gap, Missing, Place, missing
from hocba.domain.record import (
    UNKNOWN_DATE,
    Levels,
    PrimarySummary,
    Printing,
    Relative,
    TranscriptRecord,
)
from hocba.domain.values import Level, SchoolYear
from tests.domain import facts


def only(record: TranscriptRecord) -> Missing:
    (gap,) = missing(record)
    return gap


def by_itself(record: TranscriptRecord) -> list[Missing]:
    """What is wrong with the values of a record, whatever follows from them."""
    return [gap for gap in missing(record) if gap.code is not Gap.RULE]


def test_a_whole_record_lacks_nothing():
    assert missing(facts.record()) == []


def test_a_class_that_is_not_confirmed_is_said_first():
    first, second = missing(facts.with_student(ethnicity=""), confirmed=False)

    assert first == Missing(code=Gap.NOT_CONFIRMED, field="class.confirmed", where=Place.CLASS)
    assert second.field == "student.ethnicity"


@pytest.mark.parametrize(
    "field", ["full_name", "code", "birthplace", "address", "ethnicity", "register_number"]
)
def test_the_personal_page_needs(field):
    gap = only(facts.with_student(**{field: "  "}))

    assert gap == Missing(code=Gap.EMPTY, field=f"student.{field}", where=Place.STUDENT)


@pytest.mark.parametrize("field", ["code", "name", "department_code", "department", "commune", "province"])
def test_the_cover_needs(field):
    gap = only(facts.with_school(**{field: ""}))

    assert gap == Missing(code=Gap.EMPTY, field=f"school.{field}", where=Place.SCHOOL)


@pytest.mark.parametrize("personal_id", ["00121400000", "0012140000011", "00121400000A", "٠" * 12])
def test_a_personal_id_has_twelve_digits(personal_id):
    gap = only(facts.with_student(personal_id=personal_id))

    assert (gap.code, gap.field) == (Gap.FORMAT, "student.personal_id")


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (facts.with_student(birth_date=UNKNOWN_DATE), Gap.EMPTY, "student.birth_date"),
        (facts.with_student(sex=""), Gap.FORMAT, "student.sex"),
        (facts.with_student(mother=Relative()), Gap.EMPTY, "student.relatives"),
        (facts.with_school(identity="0100000001"), Gap.FORMAT, "school.identity"),
        (facts.with_school(identity="MST:01000000"), Gap.FORMAT, "school.identity"),
        (facts.with_school(identity="MST:----------"), Gap.FORMAT, "school.identity"),
        (facts.with_school(identity="MST:01000000011"), Gap.FORMAT, "school.identity"),
        (facts.record(class_name=" "), Gap.EMPTY, "class.name"),
        (facts.record(homeroom=None), Gap.EMPTY, "class.homeroom"),
        (facts.record(leader=None), Gap.EMPTY, "class.leader"),
        (facts.record(leader=replace(facts.signatory(1), title="")), Gap.EMPTY, "class.leader_title"),
        (
            facts.record(printing=Printing(place="", written_on=facts.record().printing.written_on)),
            Gap.EMPTY,
            "printing.place",
        ),
        (
            facts.record(printing=Printing(place="Hà Nội", written_on=UNKNOWN_DATE)),
            Gap.EMPTY,
            "printing.written_on",
        ),
        (facts.with_student(personal_id=" "), Gap.NOT_ELIGIBLE, "student.personal_id"),
        (facts.with_summary(absences=None), Gap.EMPTY, "summary.absences"),
        (facts.with_summary(absences=-1), Gap.NEGATIVE, "summary.absences"),
        (facts.with_summary(promoted=None), Gap.EMPTY, "summary.promoted"),
        (facts.with_summary(homeroom_comment=""), Gap.EMPTY, "summary.homeroom_comment"),
        (facts.record(grade=9), Gap.EMPTY, "summary.completed_level"),
        (facts.record(grade=5), Gap.EMPTY, "class.grade"),
        (facts.with_summary(completed_level=True), Gap.NOT_APPLICABLE, "summary.completed_level"),
        (facts.record(summary=PrimarySummary()), Gap.EMPTY, "summary"),
    ],
)
def test_this_alone_is_missing(record, code, field):
    gap = only(record)

    assert (gap.code, gap.field) == (code, field)


def test_a_guardian_stands_in_for_the_mother():
    record = facts.with_student(mother=Relative(), guardian=Relative(name="Lê Văn Bác"))

    assert missing(record) == []


@pytest.mark.parametrize("part", ["learning", "conduct"])
@pytest.mark.parametrize(
    ("levels", "code", "field"),
    [
        (Levels(term2="T", year="T"), Gap.EMPTY, "term1"),
        (Levels(term1="T", term2="T"), Gap.EMPTY, "year"),
        (Levels(term1="T", term2="Tốt", year="T"), Gap.LEVEL_DOMAIN, "term2"),
        (Levels(term1="T", term2="T", year="T", after="x"), Gap.LEVEL_DOMAIN, "after"),
    ],
)
def test_levels_are_there_and_among_the_four(part, levels, code, field):
    gap = only(facts.with_summary(**{part: levels}))

    assert (gap.code, gap.field) == (code, f"summary.{part}.{field}")


def test_a_required_row_is_missed_by_its_name():
    rows = tuple(row for row in facts.record().results if row.subject != "KHTN")

    gap = only(facts.record(results=rows))

    assert (gap.code, gap.sentence_facts) == (Gap.ROW_MISSING, {"subject": "Khoa học tự nhiên"})


def test_an_optional_row_is_not_missed_but_its_teacher_is():
    rows = (*facts.record().results, facts.row("NN2"))

    gap = only(facts.record(results=rows))

    assert (gap.code, gap.sentence_facts) == (Gap.NOT_ASSIGNED, {"subject": "Ngoại ngữ 2"})


def test_a_required_subject_needs_a_teacher():
    teachers = {code: who for code, who in facts.record().teachers.items() if code != "TOAN"}

    assert only(facts.record(teachers=teachers)).sentence_facts == {"subject": "Toán"}


def test_a_row_that_the_form_does_not_have_is_refused():
    rows = (*facts.record().results, facts.row("VATLI"))
    teachers = facts.record().teachers | {"VATLI": facts.signatory(70)}

    gap = only(facts.record(results=rows, teachers=teachers))

    assert (gap.code, gap.sentence_facts) == (Gap.ROW_UNKNOWN, {"subject": "Vật lí"})


@pytest.mark.parametrize("mark", ["10", "0", "8.5", "8.50"])
def test_scores_from_nought_to_ten_with_one_decimal_pass(mark):
    assert by_itself(facts.with_row("TOAN", year=Decimal(mark))) == []


@pytest.mark.parametrize("mark", [Decimal("10.1"), Decimal("-0.1"), Decimal("8.55"), Decimal("NaN"), "Đ"])
def test_other_scores_do_not(mark):
    gap = only(facts.with_row("TOAN", term2=mark))

    assert (gap.code, gap.field) == (Gap.MARK_RANGE, "result.term2")
    assert gap.sentence_facts == {"subject": "Toán", "found": str(mark)}


@pytest.mark.parametrize(("mark", "fits"), [("Đ", True), ("CĐ", True), ("T", False), (Decimal(8), False)])
def test_comment_subjects_have_two_levels(mark, fits):
    gaps = by_itself(facts.with_row("GDTC", reassessed=mark))

    assert [(gap.code, gap.field) for gap in gaps] == (
        [] if fits else [(Gap.MARK_LEVEL, "result.reassessed")]
    )


@pytest.mark.parametrize("field", ["term1", "term2", "year"])
def test_a_row_needs_both_terms_and_the_year(field):
    gap = only(facts.with_row("TOAN", **{field: None}))

    assert (gap.code, gap.field) == (Gap.MARK_EMPTY, f"result.{field}")


def test_a_row_needs_its_teachers_comment():
    assert only(facts.with_row("TOAN", comment=" ")).code is Gap.COMMENT_EMPTY


def test_an_exempt_row_needs_nothing():
    exempt = {"exempt": True, "term1": None, "term2": None, "year": None, "comment": ""}

    assert missing(facts.with_row("GDTC", **exempt)) == []


def test_whoever_signs_has_a_personal_id():
    teachers = facts.record().teachers | {"TOAN": replace(facts.signatory(3), personal_id="123")}

    gap = only(facts.record(teachers=teachers))

    assert gap == Missing(
        code=Gap.STAFF_ID,
        field="staff.personal_id",
        where=Place.STAFF,
        sentence_facts={"name": "Giáo viên 3"},
    )


def test_whoever_signs_has_a_name():
    teachers = facts.record().teachers | {"TOAN": replace(facts.signatory(3), name=" ")}

    assert only(facts.record(teachers=teachers)).field == "staff.full_name"


@pytest.mark.parametrize(("left_on", "is_gone"), [(date(2026, 5, 29), True), (date(2026, 5, 30), False)])
def test_whoever_left_before_the_day_of_the_transcript_does_not_sign_it(left_on: date, is_gone: bool):
    printing = replace(facts.record().printing, written_on=date(2026, 5, 29))
    homeroom = replace(facts.signatory(3), left_on=left_on)

    found = missing(facts.record(homeroom=homeroom, printing=printing))

    assert [gap.code for gap in found] == [Gap.SIGNER_LEFT] * is_gone
    assert all(gap.sentence_facts == {"name": "Giáo viên 3", "found": "29/05/2026"} for gap in found)


def test_more_teachers_than_a_signature_covers_are_too_many():
    rows = tuple(replace(facts.row("TOAN"), subject=f"X{number}") for number in range(MAX_COVERED + 1))
    teachers = {row.subject: facts.signatory(number) for number, row in enumerate(rows)}

    codes = {gap.code for gap in missing(facts.record(results=rows, teachers=teachers))}

    assert Gap.TOO_MANY_SIGNERS in codes


def upper(chosen: int) -> TranscriptRecord:
    form = subjects(Level.THPT, 10, facts.YEAR)
    taken = [row.code for row in form if row.elective][:chosen]
    codes = [row.code for row in form if not row.optional] + taken
    return facts.record(
        grade=10,
        school=replace(facts.record().school, level=Level.THPT),
        results=tuple(facts.row(code) for code in codes),
        teachers={code: facts.signatory(number) for number, code in enumerate(codes)},
    )


@pytest.mark.parametrize("chosen", [3, 4, 5])
def test_upper_secondary_takes_exactly_four_electives(chosen):
    gaps = missing(upper(chosen))

    expected: list[Any] = [] if chosen == 4 else [(Gap.ELECTIVES, {"expected": 4, "found": chosen})]
    assert [(gap.code, gap.sentence_facts) for gap in gaps] == expected


def test_a_year_before_the_curriculum_knows_no_row():
    gaps = missing(facts.record(year=SchoolYear("2019-2020")))

    assert {gap.code for gap in gaps} == {Gap.ROW_UNKNOWN}


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\ud800", "\uffff"])
def test_text_that_xml_cannot_hold_is_found_where_it_is(char):
    of_class = only(facts.record(class_name=f"6A{char}"))
    of_student = only(facts.with_student(address=f"Hà {char}Nội"))

    assert (of_class.code, of_class.field, of_class.where) == (Gap.TEXT, "class_name", Place.CLASS)
    assert (of_student.code, of_student.field, of_student.where) == (
        Gap.TEXT,
        "student.address",
        Place.STUDENT,
    )


def test_text_is_looked_for_everywhere_and_said_once_a_field():
    record = facts.record(results=tuple(replace(row, comment="\x01") for row in facts.record().results))

    gap = only(record)

    assert (gap.code, gap.field, gap.where) == (Gap.TEXT, "results.comment", Place.RESULTS)


def test_a_dependent_school_has_three_digits_more():
    assert missing(facts.with_school(identity="MST:0100000001-001")) == []
