"""What a secondary pupil's marks say (TT 22/2021, TR-2 to TR-6): what is found, where, by which article."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hocba.domain.assessment import Finding, Rule, Severity, assess
from hocba.domain.record import Levels, TranscriptRecord
from hocba.domain.values import Level
from tests.domain import facts
from tests.domain.secondary import CIRCULAR, GOOD, only, record


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
