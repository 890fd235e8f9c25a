"""What a primary transcript needs, and what is only worth a look."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hocba.domain.readiness import Gap, Missing, Place, Severity, missing, review
from hocba.domain.record import PrimarySummary, Relative, TranscriptRecord
from hocba.domain.values import GRADES, Level, Profile
from hocba.words import sentence
from tests.domain import facts


def only(record: TranscriptRecord) -> Missing:
    (gap,) = missing(record)
    return gap


def shown(record: TranscriptRecord) -> list[tuple[Gap, str, Any]]:
    return [(gap.code, gap.field, gap.sentence_facts.get("subject")) for gap in missing(record)]


@pytest.mark.parametrize("grade", GRADES[Level.TH])
def test_a_whole_record_of_every_grade_lacks_nothing(grade):
    found = review(facts.primary(grade))

    assert (found.missing, found.warnings) == ((), ())


@pytest.mark.parametrize("field", ["home_town", "nationality"])
def test_the_personal_page_of_primary_schools_shows_more(field):
    student = replace(facts.primary().student, **{field: " "})

    assert only(facts.primary(student=student)).field == f"student.{field}"
    assert missing(facts.record(student=replace(facts.record().student, **{field: " "}))) == []


def test_every_year_of_the_course_of_study_has_its_date():
    history = (replace(facts.primary().history[0], since=None),)

    gap = only(facts.primary(history=history))

    assert (gap.code, gap.field, gap.where) == (Gap.EMPTY, "history.since", Place.STUDENT)
    assert gap.sentence_facts == {"subject": facts.YEAR}


def test_a_row_needs_its_level_and_its_test_where_there_is_one():
    assert shown(facts.with_primary_row("TOAN", year=None, test=None)) == [
        (Gap.MARK_EMPTY, "result.level", "Toán"),
        (Gap.MARK_EMPTY, "result.test", "Toán"),
    ]
    assert shown(facts.with_primary_row("DAODUC", year=None)) == [(Gap.MARK_EMPTY, "result.level", "Đạo đức")]


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"year": "Đ"}, Gap.MARK_LEVEL, "result.level"),
        ({"test": Decimal("9.5")}, Gap.TEST_RANGE, "result.test"),
        ({"test": Decimal(11)}, Gap.TEST_RANGE, "result.test"),
    ],
)
def test_levels_and_test_marks_are_those_of_the_circular_whatever_the_reason(given, code, field):
    record = replace(facts.with_primary_row("TOAN", **given), overrides={"TH-1": "x", "TH-2": "x"})

    assert shown(record) == [(code, field, "Toán")]


def test_a_subject_without_a_test_has_no_mark():
    assert shown(facts.with_primary_row("DAODUC", test=Decimal(9))) == [
        (Gap.NOT_APPLICABLE, "result.test", "Đạo đức")
    ]


def test_a_required_row_is_missed_by_its_name():
    rows = tuple(row for row in facts.primary().results if row.subject != "KH")

    assert shown(facts.primary(results=rows)) == [(Gap.ROW_MISSING, "result", "Khoa học")]


def test_a_foreign_language_is_optional_in_the_first_grades():
    rows = (*facts.primary(1).results, facts.primary_row("NN1", 1))

    assert missing(facts.primary(1, results=rows)) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"overall": None}, "summary.overall"),
        ({"height": None}, "summary.height"),
        ({"weight": None}, "summary.weight"),
        ({"absences_with_leave": None}, "summary.absences_with_leave"),
        ({"absences_without_leave": None}, "summary.absences_without_leave"),
        ({"promoted": None}, "summary.promoted"),
        ({"completed_grade": None}, "summary.completed_grade"),
        ({"completed_level": None}, "summary.completed_level"),
        ({"homeroom_comment": " "}, "summary.homeroom_comment"),
        ({"qualities_comment": ""}, "summary.qualities_comment"),
        ({"general_abilities_comment": ""}, "summary.general_abilities_comment"),
        ({"specific_abilities_comment": ""}, "summary.specific_abilities_comment"),
    ],
)
def test_the_year_needs(given, field):
    gap = only(facts.with_primary_summary(**given))

    assert gap == Missing(code=Gap.EMPTY, field=field, where=Place.SUMMARY)


@pytest.mark.parametrize("field", ["height", "weight", "absences_with_leave", "absences_without_leave"])
def test_no_number_is_below_nought(field):
    gap = only(facts.with_primary_summary(**{field: -1}))

    assert (gap.code, gap.field) == (Gap.NEGATIVE, f"summary.{field}")


@pytest.mark.parametrize(
    ("field", "code", "name"), [("qualities", "YEU_NUOC", "Yêu nước"), ("abilities", "TIN_HOC", "Tin học")]
)
def test_every_quality_and_ability_has_its_level(field, code, name):
    whole = facts.primary_summary()
    given = {key: level for key, level in getattr(whole, field).items() if key != code}

    assert shown(facts.with_primary_summary(**{field: given})) == [
        (Gap.TRAIT_EMPTY, f"summary.{field}", name)
    ]
    assert shown(facts.with_primary_summary(**{field: {**given, code: "H"}})) == [
        (Gap.LEVEL_DOMAIN, f"summary.{field}", name)
    ]


@pytest.mark.parametrize(("grade", "missed"), [(1, 0), (2, 0), (3, 2), (4, 2), (5, 2)])
def test_technology_and_computing_are_optional_in_the_first_grades(grade, missed):
    abilities = facts.primary_summary(grade).abilities
    given = {code: level for code, level in abilities.items() if code not in {"CONG_NGHE", "TIN_HOC"}}

    gaps = missing(facts.primary(grade, summary=facts.primary_summary(grade, abilities=given)))

    assert [gap.code for gap in gaps] == [Gap.TRAIT_EMPTY] * missed


def test_a_quality_that_the_form_does_not_have_must_go():
    given = {**facts.primary_summary().qualities, "LOVE": "T"}

    assert shown(facts.with_primary_summary(qualities=given)) == [
        (Gap.NOT_APPLICABLE, "summary.qualities", "LOVE")
    ]


def test_the_overall_result_is_one_of_four():
    gap = only(facts.with_primary_summary(overall="Tốt"))

    assert (gap.code, gap.field) == (Gap.LEVEL_DOMAIN, "summary.overall")


@pytest.mark.parametrize("grade", [1, 4])
def test_only_grade_5_says_whether_primary_school_was_completed(grade):
    gap = only(facts.primary(grade, summary=facts.primary_summary(grade, completed_level=True)))

    assert (gap.code, gap.field) == (Gap.NOT_APPLICABLE, "summary.completed_level")


def test_what_does_not_follow_is_an_error_with_its_rule():
    gap = only(facts.with_primary_summary(overall="HT"))

    assert (gap.code, gap.field, gap.where) == (Gap.RULE, "summary.overall", Place.SUMMARY)
    assert gap.sentence_facts == {
        "rule": "TH-4",
        "article": "TT 27/2020/TT-BGDĐT Đ9.2a",
        "subject": "",
        "found": "HT",
        "expected": "HTXS",
        "unverified": False,
    }


def test_a_reason_lets_it_pass_and_is_shown():
    record = replace(facts.with_primary_summary(overall="HT"), overrides={"TH-4": "Hội đồng quyết định"})

    found = review(record)

    assert found.missing == ()
    (accepted,) = found.warnings
    assert (accepted.code, accepted.sentence_facts["rule"]) == (Gap.ACCEPTED, "TH-4")
    assert "được chấp nhận vì: “Hội đồng quyết định”." in sentence(accepted)


def test_the_official_document_needs_no_subject_teachers_and_no_comment_of_theirs():
    rows = tuple(replace(row, comment="") for row in facts.primary().results)

    found = review(facts.primary(results=rows))

    assert found.missing == ()
    assert {gap.code for gap in found.warnings} == {Gap.COMMENT_EMPTY}
    assert len(found.warnings) == len(rows)


def test_our_own_document_needs_both():
    rows = tuple(replace(row, comment="") for row in facts.primary().results)

    codes = [gap.code for gap in missing(facts.primary(results=rows, profile=Profile.HOCBA))]

    assert codes == [Gap.COMMENT_EMPTY] * len(rows) + [Gap.NOT_ASSIGNED] * len(rows)


def test_subject_teachers_are_nobodys_concern_where_they_do_not_sign():
    teachers = {"TOAN": replace(facts.signatory(1), personal_id="1", name="")}

    assert missing(facts.primary(teachers=teachers)) == []
    assert {gap.code for gap in missing(facts.primary(teachers=teachers, profile=Profile.HOCBA))} == {
        Gap.EMPTY,
        Gap.STAFF_ID,
        Gap.NOT_ASSIGNED,
    }


def test_who_is_not_assessed_needs_no_level():
    empty = PrimarySummary(
        unassessed=True,
        absences_with_leave=0,
        absences_without_leave=0,
        height=Decimal(120),
        weight=Decimal(25),
        promoted=True,
        completed_grade=False,
        completed_level=False,
        homeroom_comment="Em cố gắng.",
    )

    assert missing(facts.primary(results=(), summary=empty)) == []
    rows = (replace(facts.primary().results[0], year=None, test=None, comment=""),)
    assert missing(facts.primary(results=rows, summary=empty)) == []


def test_a_secondary_pupil_who_is_not_assessed_needs_no_level_either():
    rows = tuple(
        replace(row, term1=None, term2=None, year=None, comment="") for row in facts.record().results
    )
    summary = replace(facts.record().summary, unassessed=True, learning=EMPTY, conduct=EMPTY)

    assert missing(facts.record(results=rows, summary=summary)) == []


EMPTY = type(facts.record().summary.learning)()


def test_a_primary_pupil_has_a_primary_year():
    gap = only(facts.primary(summary=facts.record().summary))

    assert (gap.code, gap.field) == (Gap.EMPTY, "summary")


@pytest.mark.parametrize(
    ("student", "code"),
    [
        ({"sex": "Nữ"}, Gap.ID_DIFFERS),
        ({"personal_id": "001215000001"}, Gap.ID_DIFFERS),
        ({"ethnicity": "Na'vi"}, Gap.NOT_IN_LIST),
    ],
)
def test_what_is_odd_on_the_personal_page_is_a_warning(student, code):
    found = review(facts.with_student(**student))

    assert found.missing == ()
    assert [(gap.code, gap.severity) for gap in found.warnings] == [(code, Severity.WARNING)]


@pytest.mark.parametrize("ethnicity", ["Kinh", "kinh", "KHƠ-ME", "Người nước ngoài"])
def test_ethnic_groups_are_known_in_either_case(ethnicity):
    assert review(facts.with_student(ethnicity=ethnicity)).warnings == ()


def test_a_personal_id_that_several_pupils_have_is_a_warning():
    own = facts.record().student.personal_id

    assert [gap.code for gap in review(facts.record(), shared_ids={own}).warnings] == [Gap.ID_SHARED]
    assert review(facts.record(), shared_ids={"001214999999"}).warnings == ()


def test_who_has_no_personal_id_is_not_eligible_and_nothing_else_is_said_of_it():
    found = review(facts.with_student(personal_id=""), shared_ids={""})

    assert [(gap.code, gap.field) for gap in found.missing] == [(Gap.NOT_ELIGIBLE, "student.personal_id")]
    assert found.warnings == ()


def test_a_year_without_known_rules_is_a_warning():
    found = review(facts.primary(5, year="2023-2024"))

    assert Gap.RULES_UNKNOWN in {gap.code for gap in found.warnings}


@pytest.mark.parametrize("profile", Profile)
def test_a_guardian_does_not_stand_in_for_the_mother_whom_the_official_document_demands(profile):
    student = replace(facts.primary().student, mother=Relative(), guardian=Relative(name="Lê Văn Bác"))

    gaps = missing(facts.primary(student=student, profile=profile))

    assert (Gap.EMPTY, "student.mother") in {(gap.code, gap.field) for gap in gaps}


def test_text_that_xml_cannot_hold_is_found_in_qualities_too():
    given = {**facts.primary_summary().qualities, "YEU_NUOC": "\x01"}

    assert (Gap.TEXT, "summary.qualities", None) in shown(facts.with_primary_summary(qualities=given))
