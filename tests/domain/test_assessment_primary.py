"""A primary record against TT 27/2020: what is found, where, with which article, and what is left alone."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hocba.domain.assessment import Finding, Rule, Severity, assess
from hocba.domain.record import PrimarySummary, TranscriptRecord
from hocba.domain.values import GRADES, Level, SchoolYear
from tests.domain import facts

CIRCULAR = "TT 27/2020/TT-BGDĐT"
XUAT_SAC = "Học sinh Xuất sắc"
TIEU_BIEU = "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện"


def only(record: TranscriptRecord) -> Finding:
    (finding,) = assess(record)
    return finding


def said(record: TranscriptRecord) -> list[tuple[Rule, str, object, object]]:
    return [(each.rule, each.field, each.supplied, each.expected) for each in assess(record)]


def with_rows(rows: dict[str, dict[str, Any]], **summary: Any) -> TranscriptRecord:
    whole = facts.primary()
    results = tuple(replace(row, **rows.get(row.subject, {})) for row in whole.results)
    return replace(whole, results=results, summary=facts.primary_summary(**summary))


@pytest.mark.parametrize("grade", GRADES[Level.TH])
def test_the_best_year_of_every_grade_has_no_finding(grade):
    assert assess(facts.primary(grade)) == []


@pytest.mark.parametrize("level", ["Đ", "CĐ", "A", "t", ""])
def test_th_1_a_subject_has_three_levels(level):
    finding = only(facts.with_primary_row("DAODUC", year=level))

    assert finding == Finding(
        rule=Rule.TH_1,
        severity=Severity.ERROR,
        field="result.level",
        supplied=level,
        expected="T, H, C",
        article=f"{CIRCULAR} Đ7.1a",
        subject="Đạo đức",
    )


@pytest.mark.parametrize("mark", ["9.5", "-1", "11", "10.5", "NaN", "Infinity"])
def test_th_2_a_test_mark_is_whole_and_from_nought_to_ten(mark):
    finding = only(facts.with_primary_row("TOAN", test=Decimal(mark)))

    assert (finding.rule, finding.field, finding.subject) == (Rule.TH_2, "result.test", "Toán")
    assert (str(finding.supplied), finding.expected) == (mark, "0–10")


@pytest.mark.parametrize("mark", ["9", "9.0", "10"])
def test_th_2_whole_marks_are_whole_however_they_are_written(mark):
    assert assess(facts.with_primary_row("TOAN", test=Decimal(mark))) == []


def test_th_2_a_subject_without_a_test_has_no_mark():
    assert said(facts.with_primary_row("DAODUC", test=Decimal(9))) == [
        (Rule.TH_2, "result.test", Decimal(9), None)
    ]


@pytest.mark.parametrize(
    ("grade", "tested"),
    [
        (1, {"TV", "TOAN"}),
        (2, {"TV", "TOAN"}),
        (3, {"TV", "TOAN", "NN1", "TIN", "CN"}),
        (4, {"TV", "TOAN", "NN1", "LSDL", "KH", "TIN", "CN"}),
        (5, {"TV", "TOAN", "NN1", "LSDL", "KH", "TIN", "CN"}),
    ],
)
def test_th_2_which_subjects_have_a_test(grade, tested):
    whole = facts.primary(grade)
    marked = tuple(replace(row, test=Decimal(9)) for row in whole.results)

    found = {each.subject for each in assess(replace(whole, results=marked))}

    assert found == {row.name for row in whole.results if row.subject not in tested}


@pytest.mark.parametrize(
    ("field", "given", "subject", "expected"),
    [
        ("qualities", {"YEU_NUOC": "H"}, "Yêu nước", "T, Đ, C"),
        ("abilities", {"THE_CHAT": "CĐ"}, "Thể chất", "T, Đ, C"),
        ("qualities", {"LOVE": "T"}, "LOVE", None),
        ("qualities", {"THE_CHAT": "T"}, "THE_CHAT", None),
        ("abilities", {"YEU_NUOC": "T"}, "YEU_NUOC", None),
    ],
)
def test_th_3_qualities_and_abilities_are_those_of_the_form_and_have_three_levels(
    field, given, subject, expected
):
    whole = facts.primary_summary()
    changed = replace(whole, **{field: {**getattr(whole, field), **given}})

    finding = only(facts.primary(summary=changed))

    assert (finding.rule, finding.field, finding.subject) == (Rule.TH_3, f"summary.{field}", subject)
    assert (finding.expected, finding.article) == (expected, f"{CIRCULAR} Đ7.2")


@pytest.mark.parametrize("rule", ["TH-1", "TH-2", "TH-3"])
def test_no_reason_stands_against_what_a_value_can_be(rule):
    wrong = with_rows({"TOAN": {"year": "A", "test": Decimal("9.5")}}, qualities={"YEU_NUOC": "A"})

    assert all(each.blocks for each in assess(replace(wrong, overrides={rule: "Lí do"})))


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ({}, "HTXS"),
        ({"TOAN": {"test": Decimal(8)}}, "HTT"),
        ({"TOAN": {"test": Decimal(7)}}, "HTT"),
        ({"TOAN": {"test": Decimal(6)}}, "HT"),
        ({"TOAN": {"test": Decimal(5)}}, "HT"),
        ({"TOAN": {"test": Decimal(4)}}, "CHT"),
        ({"DAODUC": {"year": "H"}}, "HT"),
        ({"DAODUC": {"year": "C"}}, "CHT"),
    ],
)
@pytest.mark.parametrize("supplied", ["HTXS", "HTT", "HT", "CHT"])
def test_th_4_the_overall_result_follows(rows, level, supplied):
    done = supplied != "CHT"
    record = with_rows(rows, overall=supplied, completed_grade=done, completed_level=done, promoted=done)

    expected = [(Rule.TH_4, "summary.overall", supplied, level)]
    assert said(record) == ([] if supplied == level else expected)


@pytest.mark.parametrize(("letter", "level"), [("Đ", "HT"), ("C", "CHT")])
@pytest.mark.parametrize("field", ["qualities", "abilities"])
def test_th_4_counts_qualities_and_abilities(field, letter, level):
    whole = facts.primary_summary()
    code = next(iter(getattr(whole, field)))
    changed = replace(whole, **{field: {**getattr(whole, field), code: letter}})

    assert said(facts.primary(summary=changed)) == [(Rule.TH_4, "summary.overall", "HTXS", level)]


@pytest.mark.parametrize(
    "record",
    [
        with_rows({"TOAN": {"test": None}}, overall="HT"),
        with_rows({"TOAN": {"year": None}}, overall="HT"),
        replace(with_rows({}, overall="HT"), results=facts.primary().results[1:]),
        with_rows({}, overall="HT", qualities={}),
        with_rows({}, overall=None),
        with_rows({}, overall="Tốt"),
    ],
    ids=["a test", "a level", "a row", "a quality", "nothing supplied", "no level"],
)
def test_th_4_waits_for_what_it_needs(record):
    assert assess(record) == []


@pytest.mark.parametrize(("grade", "judged"), [(1, True), (3, False)])
def test_th_4_does_not_wait_for_abilities_that_are_optional_in_the_grade(grade, judged):
    abilities = {
        code: level
        for code, level in facts.primary_summary(grade).abilities.items()
        if code not in {"CONG_NGHE", "TIN_HOC"}
    }

    record = facts.primary(grade, summary=facts.primary_summary(grade, abilities=abilities, overall="HT"))

    assert bool(assess(record)) is judged


def test_th_4_whether_an_optional_subject_counts_is_not_verified():
    whole = facts.primary()
    rows = (*whole.results, facts.primary_row("TDT", year="H"))

    finding = only(replace(whole, results=rows))

    assert (finding.rule, finding.expected) == (Rule.TH_4, "HT")
    assert (finding.severity, finding.unverified) == (Severity.WARNING, True)


def test_th_4_leaves_out_what_is_exempt():
    assert assess(with_rows({"GDTC": {"exempt": True, "year": None}})) == []


@pytest.mark.parametrize(
    ("overall", "awards", "expected"),
    [
        ("HTXS", XUAT_SAC, []),
        ("HTXS", TIEU_BIEU, [(TIEU_BIEU, XUAT_SAC)]),
        ("HTXS", "", [(None, XUAT_SAC)]),
        ("HTXS", "Thư khen", [(None, XUAT_SAC)]),
        ("HTXS", "HS xuất sắc", []),
        ("HTT", "", []),
        ("HTT", TIEU_BIEU, []),
        ("HTT", f"Thư khen; {XUAT_SAC}", [(XUAT_SAC, TIEU_BIEU)]),
    ],
)
def test_th_5_a_title_follows_from_the_overall_result(overall, awards, expected):
    test = Decimal(9 if overall == "HTXS" else 8)

    findings = assess(with_rows({"TOAN": {"test": test}}, overall=overall, awards=awards))

    assert [(each.supplied, each.expected) for each in findings] == expected
    assert all(each.rule is Rule.TH_5 and each.severity is Severity.WARNING for each in findings)


FAILED = {"TOAN": {"test": Decimal(3), "year": "C"}}


def failed(**summary: Any) -> TranscriptRecord:
    given = {"overall": "CHT", "completed_grade": False, "completed_level": False, "promoted": False}
    return with_rows(FAILED, **given | summary)


def test_th_6_who_failed_completes_nothing():
    assert assess(failed()) == []


@pytest.mark.parametrize(
    ("record", "field", "supplied", "expected"),
    [
        (
            failed(completed_grade=True, completed_level=True, promoted=True),
            "summary.completed_grade",
            True,
            False,
        ),
        (
            with_rows({}, completed_grade=False, completed_level=False, promoted=False),
            "summary.completed_grade",
            False,
            True,
        ),
        (failed(promoted=True), "summary.promoted", True, False),
        (with_rows({}, promoted=False), "summary.promoted", False, True),
        (failed(completed_level=True), "summary.completed_level", True, False),
    ],
)
def test_th_6_completion_and_promotion_follow(record, field, supplied, expected):
    finding = only(record)

    assert (finding.rule, finding.severity) == (Rule.TH_6, Severity.ERROR)
    assert (finding.field, finding.supplied, finding.expected) == (field, supplied, expected)


def test_th_6_the_principal_may_let_somebody_move_up_with_a_reason():
    finding = only(replace(failed(promoted=True), overrides={"TH-6": "Quyết định của Hiệu trưởng"}))

    assert finding.overridden == "Quyết định của Hiệu trưởng"
    assert not finding.blocks


def test_th_6_waits_for_what_it_needs():
    assert assess(with_rows({}, completed_grade=None, promoted=None, completed_level=None)) == []


@pytest.mark.parametrize(
    ("completion", "found"),
    [
        ("Hoàn thành chương trình tiểu học.", 0),
        ("Hoàn thành chương trình lớp 2; Được lên lớp 3.", 0),
        ("Chưa hoàn thành chương trình lớp 2", 1),
        ("Hoàn thành chương trình lớp 2; chưa được lên lớp", 1),
        ("Không hoàn thành chương trình lớp 2, không được lên lớp", 2),
        ("", 0),
        ("Em rất ngoan", 0),
    ],
)
def test_th_6_the_words_of_item_6_say_what_the_marks_say(completion, found):
    findings = assess(with_rows({}, completion=completion))

    assert [each.field for each in findings] == ["summary.completion"] * found
    assert all(each.severity is Severity.WARNING for each in findings)
    assert len(assess(failed(completion="Hoàn thành chương trình lớp 2; Được lên lớp 3."))) == 2


def test_th_6_says_in_words_what_item_6_should_say():
    text = "Chưa hoàn thành chương trình lớp 2; không được lên lớp 3"

    expected = [each.expected for each in assess(with_rows({}, completion=text))]

    assert expected == ["Hoàn thành chương trình lớp 2", "Được lên lớp"]
    against = assess(failed(completion="Hoàn thành chương trình lớp 2; Được lên lớp 3."))
    assert [each.expected for each in against] == ["Chưa hoàn thành chương trình lớp 2", "Chưa được lên lớp"]


def test_th_7_who_is_not_assessed_has_no_level_and_follows_no_other_rule():
    assert assess(with_rows(FAILED, unassessed=True, overall=None, qualities={"YEU_NUOC": "C"})) == []
    assert said(with_rows({}, unassessed=True)) == [(Rule.TH_7, "summary.overall", "HTXS", None)]


def test_th_7_an_exempt_subject_has_neither_level_nor_mark():
    assert said(with_rows({"TOAN": {"exempt": True}})) == [
        (Rule.TH_7, "result.level", "T", None),
        (Rule.TH_7, "result.test", Decimal(9), None),
    ]


@pytest.mark.parametrize("summary", [{}, {"unassessed": True, "overall": None}])
@pytest.mark.parametrize("exempt", [True, False])
def test_what_a_value_can_be_holds_also_of_who_is_not_assessed_or_exempt(summary, exempt):
    rows = {"TOAN": {"year": "A", "exempt": exempt}, "NN1": {"test": Decimal("9.5"), "exempt": exempt}}

    found = {
        (each.rule, each.supplied)
        for each in assess(with_rows(rows, qualities={"YEU_NUOC": "x"}, **summary))
        if each.blocks
    }

    assert found == {(Rule.TH_1, "A"), (Rule.TH_2, Decimal("9.5")), (Rule.TH_3, "x")}


@pytest.mark.parametrize(("grade", "year"), [(5, "2023-2024"), (1, "2019-2020")])
def test_a_year_before_the_circular_is_only_warned_of(grade, year):
    finding = only(facts.primary(grade, year=SchoolYear(year), summary=PrimarySummary(overall="CHT")))

    assert (finding.rule, finding.severity) == (Rule.TH_SCOPE, Severity.WARNING)
    assert (finding.supplied, finding.expected, finding.article) == (year, None, f"{CIRCULAR} Đ2")


def test_a_summary_of_another_level_is_not_judged():
    assert assess(facts.primary(summary=facts.record().summary)) == []
    assert assess(facts.record(summary=PrimarySummary())) == []
