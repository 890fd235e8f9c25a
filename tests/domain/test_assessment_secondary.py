"""A secondary record against TT 22/2021: what is found, where, with which article, and what is left alone."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hocba.domain import regulations
from hocba.domain.assessment import Finding, Rule, Severity, assess
from hocba.domain.record import Levels, Summary, TranscriptRecord
from hocba.domain.values import Level, SchoolYear
from tests.domain import facts

CIRCULAR = "TT 22/2021/TT-BGDĐT"
FAILED = Levels(term1="CĐ", term2="CĐ", year="CĐ")
GOOD = Levels(term1="T", term2="T", year="T")


@pytest.fixture
def later_rules() -> Iterator[None]:
    yield
    regulations.install({})


def record(
    *, rows: dict[str, dict[str, Any]] | None = None, grade: int = 6, **summary: Any
) -> TranscriptRecord:
    """A record that follows in everything, some rows and the summary changed."""
    whole = facts.record(grade=grade)
    results = tuple(replace(row, **(rows or {}).get(row.subject, {})) for row in whole.results)
    made = replace(whole, results=results, summary=replace(whole.summary, **summary))
    return made if "awards" in summary else replace(made, summary=replace(made.summary, awards=title(made)))


def title(of: TranscriptRecord) -> str:
    """What the supplied levels and marks deserve (TR-11)."""
    assert isinstance(of.summary, Summary)
    if (of.summary.learning.year, of.summary.conduct.year) != ("T", "T"):
        return ""
    high = [row for row in of.results if isinstance(row.year, Decimal) and row.year >= Decimal("9.0")]
    return "Học sinh Xuất sắc" if len(high) >= 6 else "Học sinh Giỏi"


def every(mark: str, level: str = "Đ") -> dict[str, dict[str, Any]]:
    """All rows with the same marks in both terms and the year."""
    return {
        row.subject: dict.fromkeys(
            ("term1", "term2", "year"), Decimal(mark) if isinstance(row.year, Decimal) else level
        )
        for row in facts.record().results
    }


def failed_year(**summary: Any) -> TranscriptRecord:
    """Maths and science below 5.0, everything else just passed: the year is not."""
    rows = every("5.0") | {
        code: dict.fromkeys(("term1", "term2", "year"), Decimal("3.0")) for code in SCIENCE
    }
    given: dict[str, Any] = {"learning": FAILED, "promoted": False} | summary
    return record(rows=rows, **given)


SCIENCE = ("TOAN", "KHTN", "TIN")


def reassessed(*, mark: str = "5.0", after: str | None = "Đ", **summary: Any) -> TranscriptRecord:
    whole = failed_year(learning=replace(FAILED, after=after), **summary)
    rows = tuple(
        replace(row, reassessed=Decimal(mark)) if row.subject in SCIENCE else row for row in whole.results
    )
    return replace(whole, results=rows)


def rules_toml() -> str:
    packaged = regulations.resources.files(regulations).joinpath("rules.toml")
    return packaged.read_text(encoding="utf-8")


def only(found: TranscriptRecord) -> Finding:
    (finding,) = assess(found)
    return finding


def said(found: TranscriptRecord) -> list[tuple[Rule, str, object, object]]:
    return [(each.rule, each.field, each.supplied, each.expected) for each in assess(found)]


def test_a_record_that_follows_has_no_finding():
    assert assess(record()) == []


def test_a_finding_says_all_that_is_needed_to_judge_it():
    finding = only(record(rows={"TOAN": {"year": Decimal("9.0")}}))

    assert finding == Finding(
        rule=Rule.TR_2,
        severity=Severity.ERROR,
        field="result.year",
        supplied=Decimal("9.0"),
        expected=Decimal("8.5"),
        article=f"{CIRCULAR} Đ9.1b",
        subject="Toán",
    )
    assert finding.blocks


def test_a_reason_stands_against_a_rule_and_stays_listed():
    wrong = record(rows={"TOAN": {"year": Decimal("9.0")}})

    finding = only(replace(wrong, overrides={"TR-2": " Học kì I học ở trường khác. "}))

    assert finding.overridden == "Học kì I học ở trường khác."
    assert not finding.blocks
    assert only(replace(wrong, overrides={"TR-2": "  "})).blocks
    assert only(replace(wrong, overrides={"TR-5": "khác"})).blocks


@pytest.mark.parametrize("field", ["term1", "term2", "year"])
def test_tr_2_waits_for_both_terms_and_the_year(field):
    assert assess(record(rows={"TOAN": {field: None}})) == []


def test_tr_4_the_year_of_a_comment_subject_is_that_of_term_two():
    finding = only(
        record(rows={"GDTC": {"term1": "CĐ", "term2": "Đ", "year": "CĐ"}}, learning=LEARNT_AROUND_GDTC)
    )

    assert (finding.rule, finding.supplied, finding.expected) == (Rule.TR_4, "CĐ", "Đ")
    assert (finding.subject, finding.article) == ("Giáo dục thể chất", f"{CIRCULAR} Đ9.1a")


LEARNT_AROUND_GDTC = Levels(term1="K", term2="T", year="K")
"""One comment subject CĐ among good marks: Đ by the table, K because it is one subject alone."""


@pytest.mark.parametrize("moment", ["term1", "term2", "year"])
@pytest.mark.parametrize("level", ["K", "Đ", "CĐ"])
def test_tr_5_the_learning_result_follows_in_each_term_and_the_year(moment, level):
    (finding, *others) = assess(record(learning=replace(GOOD, **{moment: level})))

    assert (finding.rule, finding.field) == (Rule.TR_5, f"summary.learning.{moment}")
    assert (finding.supplied, finding.expected, finding.article) == (level, "T", f"{CIRCULAR} Đ9.2")
    assert {each.rule for each in others} <= {Rule.TR_8}


@pytest.mark.parametrize("supplied", ["Đ", "T"])
def test_tr_6_is_named_where_it_is_what_decides(supplied):
    rows = {"TOAN": dict.fromkeys(("term1", "term2", "year"), Decimal("4.0"))}
    learnt = Levels(term1="K", term2="K", year=supplied)

    finding = only(record(rows=rows, learning=learnt))

    assert (finding.rule, finding.expected, finding.article) == (Rule.TR_6, "K", f"{CIRCULAR} Đ9.3")


def six_scores(level: str) -> TranscriptRecord:
    """Five scores of 9.0 and one of 4.0: whether the one that is set aside counts among six decides."""
    names = ("TOAN", "LSDL", "KHTN", "TIN", "NGUVAN", "NN1")
    exempt = {"exempt": True, "term1": None, "term2": None, "year": None}
    rows: dict[str, dict[str, Any]] = dict.fromkeys(("GDCD", "CN"), exempt)
    for code in names:
        rows[code] = dict.fromkeys(("term1", "term2", "year"), Decimal("9.0" if code != "TIN" else "4.0"))
    learnt = Levels(term1=level, term2=level, year=level)
    return record(rows=rows, learning=learnt, promoted=level != "CĐ")


def test_where_an_unverified_reading_decides_its_other_reading_is_only_warned_of():
    assert assess(six_scores("CĐ")) == []

    findings = assess(six_scores("Đ"))

    assert {each.field for each in findings} == {
        f"summary.learning.{name}" for name in ("term1", "term2", "year")
    }
    assert {(each.severity, each.unverified) for each in findings} == {(Severity.WARNING, True)}


def test_what_neither_reading_gives_is_an_error():
    findings = assess(six_scores("K"))

    assert {(each.severity, each.unverified) for each in findings} == {(Severity.ERROR, True)}


def test_an_optional_subject_counts_which_is_not_verified():
    whole = record()
    poor = dict.fromkeys(("term1", "term2", "year"), Decimal("6.0"))
    rows = (*whole.results, facts.row("NN2", **poor))

    findings = assess(replace(whole, results=rows))

    assert {(each.rule, each.expected) for each in findings} == {(Rule.TR_5, "K")}
    assert {(each.severity, each.unverified) for each in findings} == {(Severity.WARNING, True)}


def test_an_elective_subject_counts():
    school = replace(facts.record().school, level=Level.THPT)
    codes = ("NGUVAN", "TOAN", "NN1", "LICHSU", "GDQPAN", "GDTC", "NDGDDP", "HDTNHN")
    poor = dict.fromkeys(("term1", "term2", "year"), Decimal("6.0"))
    chosen = (*(facts.row(code) for code in ("DIALI", "VATLI", "HOAHOC")), facts.row("SINHHOC", **poor))
    rows = (*(facts.row(code) for code in codes), *chosen)

    findings = assess(facts.record(grade=10, school=school, results=rows))

    assert {(each.rule, each.expected, each.severity) for each in findings} == {
        (Rule.TR_5, "K", Severity.ERROR)
    }


def test_no_learning_result_is_judged_while_a_row_is_missing_or_a_mark_is_no_mark():
    whole = record(learning=replace(GOOD, year="K"))

    assert assess(replace(whole, results=whole.results[1:])) == []
    assert assess(record(rows={"TOAN": {"year": Decimal(11)}}, learning=replace(GOOD, year="K"))) == []


def test_exempt_subjects_do_not_count():
    exempt = {"exempt": True, "term1": None, "term2": None, "year": None}

    assert assess(record(rows={"NT": exempt, "NN1": exempt})) == []


@pytest.mark.parametrize("first", ["T", "K", "Đ", "CĐ"])
@pytest.mark.parametrize("second", ["T", "K", "Đ", "CĐ"])
@pytest.mark.parametrize("year", ["T", "K", "Đ", "CĐ"])
def test_tr_7_the_year_of_conduct_by_the_table(first, second, year):
    table = {
        "T": {"T": "T", "K": "K", "Đ": "K", "CĐ": "CĐ"},
        "K": {"T": "T", "K": "K", "Đ": "Đ", "CĐ": "CĐ"},
        "Đ": {"T": "K", "K": "K", "Đ": "Đ", "CĐ": "CĐ"},
        "CĐ": {"T": "K", "K": "Đ", "Đ": "Đ", "CĐ": "CĐ"},
    }
    conduct = Levels(term1=first, term2=second, year=year)

    found = said(record(conduct=conduct, promoted=year != "CĐ"))

    expected = table[first][second]
    assert found == ([] if year == expected else [(Rule.TR_7, "summary.conduct.year", year, expected)])


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ({}, True),
        ({"absences": 45}, True),
        ({"absences": 46}, False),
        ({"conduct": FAILED}, False),
        ({"conduct": replace(FAILED, after="Đ")}, True),
        ({"conduct": replace(FAILED, after="CĐ")}, False),
    ],
)
def test_tr_8_promotion_follows_from_the_levels_and_the_absences(summary, expected):
    assert assess(record(promoted=expected, **summary)) == []
    assert said(record(promoted=not expected, **summary)) == [
        (Rule.TR_8, "summary.promoted", not expected, expected)
    ]


@pytest.mark.parametrize(("absences", "promoted"), [(None, False), (0, None)])
def test_tr_8_waits_for_what_it_needs(absences, promoted):
    assert assess(record(absences=absences, promoted=promoted)) == []


def test_tr_8_the_completion_of_the_last_grade_is_our_reading():
    assert assess(record(grade=9, completed_level=True)) == []

    finding = only(record(grade=9, completed_level=False))

    assert (finding.rule, finding.field) == (Rule.TR_8, "summary.completed_level")
    assert (finding.severity, finding.unverified) == (Severity.WARNING, True)


@pytest.mark.parametrize(
    ("old", "new", "severities"),
    [
        ("{ value = true, ", "{ value = false, ", []),
        ('unverified = true, note = "that grades 9', 'note = "that grades 9', [Severity.ERROR]),
    ],
)
def test_tr_8_what_a_lawyer_says_of_the_completion_is_data(later_rules, old, new, severities):
    lines = rules_toml().splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("completed_as_promoted"))
    lines[at] = lines[at].replace(old, new)
    regulations.install({"rules.toml": "\n".join(lines)})

    found = assess(record(grade=9, completed_level=False))

    assert [each.severity for each in found] == severities


@pytest.mark.parametrize("year", ["T", "K", "Đ"])
def test_tr_9_summer_training_is_for_who_failed(year):
    conduct = {
        "T": GOOD,
        "K": Levels(term1="K", term2="K", year="K"),
        "Đ": Levels(term1="Đ", term2="Đ", year="Đ"),
    }

    found = said(record(conduct=replace(conduct[year], after="T")))

    assert found == [(Rule.TR_9, "summary.conduct.after", "T", None)]
    assert assess(record(conduct=replace(FAILED, after="Đ"))) == []


def test_tr_10_a_year_that_was_failed_and_not_assessed_again_follows():
    assert assess(failed_year()) == []


@pytest.mark.parametrize(("mark", "after"), [("5.0", "Đ"), ("3.5", "CĐ"), ("3.0", "CĐ")])
def test_tr_10_the_result_after_re_assessment_follows_from_the_new_marks(mark, after):
    assert assess(reassessed(mark=mark, after=after, promoted=after == "Đ")) == []


@pytest.mark.parametrize("supplied", [None, "T", "CĐ"])
def test_tr_10_another_result_after_re_assessment_does_not(supplied):
    found = said(reassessed(after=supplied, promoted=supplied == "T"))

    assert found == [(Rule.TR_10, "summary.learning.after", supplied, "Đ")]


def test_tr_10_a_subject_that_was_passed_is_not_assessed_again():
    whole = reassessed()
    rows = tuple(
        replace(row, reassessed=Decimal("6.0")) if row.subject == "LSDL" else row for row in whole.results
    )

    finding = only(replace(whole, results=rows, summary=replace(whole.summary, promoted=True)))

    assert (finding.rule, finding.field, finding.subject) == (
        Rule.TR_10,
        "result.reassessed",
        "Lịch sử và Địa lí",
    )
    assert (finding.supplied, finding.expected) == (Decimal("6.0"), None)


def test_tr_10_a_year_that_was_passed_is_not_assessed_again():
    rows = {
        "TOAN": dict.fromkeys(("term1", "term2", "year"), Decimal("4.0")) | {"reassessed": Decimal("6.0")}
    }
    learnt = Levels(term1="K", term2="K", year="K", after="T")

    assert said(record(rows=rows, learning=learnt)) == [
        (Rule.TR_10, "result.reassessed", Decimal("6.0"), None),
        (Rule.TR_10, "summary.learning.after", "T", None),
    ]


def test_tr_10_a_result_after_re_assessment_needs_a_re_assessment():
    assert said(failed_year(learning=replace(FAILED, after="Đ"), promoted=True)) == [
        (Rule.TR_10, "summary.learning.after", "Đ", None)
    ]


def test_tr_10_who_failed_in_both_is_for_a_person_to_decide():
    finding = only(reassessed(conduct=replace(FAILED, after="Đ"), promoted=True))

    assert (finding.rule, finding.field, finding.severity) == (
        Rule.TR_10,
        "summary.conduct.year",
        Severity.WARNING,
    )


@pytest.mark.parametrize(
    ("awards", "expected"),
    [
        ("", [(None, "Học sinh Giỏi")]),
        ("Học sinh Giỏi", []),
        ("HS giỏi", []),
        ("Giấy khen của Hiệu trưởng; Danh hiệu học sinh giỏi năm học 2025-2026", []),
        ("Học sinh Xuất sắc", [("Học sinh Xuất sắc", "Học sinh Giỏi")]),
        ("Học sinh Tiên tiến", [("Học sinh Tiên tiến", "Học sinh Giỏi")]),
        ("Giải Nhì kì thi học sinh xuất sắc cấp xã", [(None, "Học sinh Giỏi")]),
    ],
)
def test_tr_11_a_title_follows_from_the_year(awards, expected):
    findings = assess(record(awards=awards))

    assert [(each.supplied, each.expected) for each in findings] == expected
    assert all(each.rule is Rule.TR_11 and each.severity is Severity.WARNING for each in findings)


@pytest.mark.parametrize(
    ("awards", "supplied"), [("", None), ("Học sinh Giỏi", "Học sinh Giỏi"), ("Học sinh Xuất sắc", ...)]
)
def test_tr_11_the_best_title_that_is_deserved_is_given(awards, supplied):
    expected = [] if supplied is ... else [(Rule.TR_11, "summary.awards", supplied, "Học sinh Xuất sắc")]

    assert said(record(rows=every("9.0"), awards=awards)) == expected


def test_tr_11_without_a_title_none_may_be_claimed():
    finding = only(
        record(rows=every("7.0"), learning=Levels(term1="K", term2="K", year="K"), awards="Học sinh Giỏi")
    )

    assert (finding.rule, finding.supplied, finding.expected) == (Rule.TR_11, "Học sinh Giỏi", None)


def test_tr_11_re_assessment_gives_no_title():
    whole = reassessed(mark="10.0", after="Đ", promoted=True, awards="Học sinh Xuất sắc")

    assert Rule.TR_11 in {each.rule for each in assess(whole)}


@pytest.mark.parametrize(
    ("grade", "circular"), [(6, None), (7, "TT 58/2011/TT-BGDĐT")]
)  # fmt: skip
def test_tr_12_a_year_whose_rules_nobody_knows_is_only_warned_of(grade, circular):
    year = SchoolYear("2005-2006" if circular is None else "2021-2022")

    finding = only(replace(record(grade=grade, learning=FAILED), year=year))

    assert finding == Finding(
        rule=Rule.TR_12,
        severity=Severity.WARNING,
        field="year",
        supplied=year,
        expected=circular,
        article=f"{CIRCULAR} Đ21.1",
    )


def test_tr_13_who_is_exempt_from_practice_is_assessed_in_theory():
    exempt = {"exempt": True, "term1": None, "term2": None, "year": None}

    finding = only(record(rows={"GDTC": exempt}))

    assert (finding.rule, finding.severity, finding.subject) == (
        Rule.TR_13,
        Severity.WARNING,
        "Giáo dục thể chất",
    )


@pytest.mark.parametrize("field", ["term1", "term2", "year", "reassessed"])
def test_tr_14_what_is_exempt_has_no_marks(field):
    exempt: dict[str, Any] = {"exempt": True, "term1": None, "term2": None, "year": None, field: "Đ"}

    assert said(record(rows={"NT": exempt})) == [(Rule.TR_14, f"result.{field}", "Đ", None)]


def test_tr_14_who_is_not_assessed_follows_no_other_rule():
    unassessed = record(rows=every("1.0"), unassessed=True)

    assert assess(unassessed) == []
    assert isinstance(unassessed.summary, Summary)


def test_rows_that_the_form_does_not_have_are_not_judged():
    whole = record()
    stray = facts.row("VATLI", year=Decimal("1.0"))

    assert assess(replace(whole, results=(*whole.results, stray))) == []


def test_a_later_circular_is_data(later_rules):
    changed = rules_toml().replace("value = 45", "value = 10").replace('"Đ12.1"', '"Đ99"')
    assert assess(record(absences=20)) == []

    regulations.install({"rules.toml": changed})

    finding = only(record(absences=20))
    assert (finding.rule, finding.expected, finding.article) == (Rule.TR_8, False, f"{CIRCULAR} Đ99")
