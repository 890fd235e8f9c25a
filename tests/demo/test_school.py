"""The invented school is one that could be."""

import re
import time
import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache

import pytest

from hocba.demo.school import DemoSchool, make_school, workbook
from hocba.documents.workbooks import read
from hocba.documents.workbooks.lines import ResultLine
from hocba.domain.assessment import rule_set, tt22
from hocba.domain.curriculum import subjects
from hocba.domain.record import Kind
from hocba.domain.values import Level, SchoolYear, Term

YEAR = SchoolYear("2025-2026")
POLICY = rule_set(6, YEAR).policy
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


@cache
def school(seed: int = 3) -> DemoSchool:
    return make_school(seed=seed)


@cache
def large() -> DemoSchool:
    return make_school(seed=8, classes=45, students=2000)


def test_the_workbook_reads_back_as_the_school_without_a_problem():
    sheets = read(workbook(school()), (Level.THCS,))

    assert sheets.problems == ()
    assert {key: sheets.lines(key) for key in school().lines()} == school().lines()


def test_the_same_seed_makes_the_same_school_to_the_byte():
    assert workbook(make_school(seed=3)) == workbook(make_school(seed=3))
    assert make_school(seed=3).students != make_school(seed=4).students


def test_it_has_the_size_that_was_asked_for():
    assert (len(school().students), len(school().staff), len(school().results)) == (160, 20, 160 * 13)
    assert Counter(line.class_name for line in school().students) == {
        "6A1": 40,
        "7A1": 40,
        "8A1": 40,
        "9A1": 40,
    }
    assert [line.grade for line in make_school(seed=1, classes=6, students=30).classes] == [6, 6, 7, 7, 8, 9]


def test_the_names_use_every_vietnamese_letter_with_every_tone():
    every = {unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES} | {"đ"}

    for seed in range(5):
        used = set("".join(line.full_name for line in make_school(seed=seed).students).lower())
        assert every - used == set()


def test_every_pupil_has_an_id_that_fits_him_and_a_code_of_his_own():
    pupils = large().students
    assert len({line.personal_id for line in pupils} | {line.personal_id for line in large().staff}) == 2092
    assert len({line.code for line in pupils}) == len({line.register_number for line in pupils}) == 2000
    for line in pupils:
        assert line.birth_date is not None
        born = line.birth_date.year
        sex = 2 + (line.sex == "Nữ")
        assert re.fullmatch(rf"0\d\d{sex}{born % 100}\d{{6}}", line.personal_id)


def test_pupils_are_of_the_age_of_their_grade():
    grades = {line.name: line.grade or 0 for line in school().classes}

    assert {
        line.birth_date.year + grades[line.class_name] for line in school().students if line.birth_date
    } == {2020}


@pytest.mark.parametrize("made", [school, large])
def test_each_class_has_nine_to_eleven_teachers_for_every_subject_in_both_terms(made):
    teachers = defaultdict(set)
    taught = Counter()
    for line in made().assignments:
        teachers[line.class_name].add(line.staff)
        taught.update((line.class_name, line.subject, term) for term in line.terms)

    assert {len(found) for found in teachers.values()} <= {9, 10, 11}
    expected = {
        (class_.name, subject.code, term)
        for class_ in made().classes
        for subject in subjects(Level.THCS, class_.grade or 0, YEAR)
        if subject.code != "TDTTS"  # optional, and not taught there
        for term in Term
    }
    assert taught == dict.fromkeys(expected, 1)


@pytest.mark.parametrize("made", [school, large])
def test_a_class_has_its_own_homeroom_teacher_who_teaches_it_and_a_leader(made):
    taught = {(line.class_name, line.staff) for line in made().assignments}
    titles = {line.code: line.title for line in made().staff}

    assert len({line.homeroom for line in made().classes}) == len(made().classes)
    assert all((line.name, line.homeroom) in taught for line in made().classes)
    assert {titles[line.leader] for line in made().classes} == {"Hiệu trưởng", "Phó Hiệu trưởng"}
    assert all((line.name, line.leader) not in taught or line.grade == 9 for line in made().classes)


def test_nobody_teaches_more_than_two_subjects_besides_being_homeroom_teacher():
    taught = defaultdict(set)
    for line in large().assignments:
        taught[line.staff].add(line.subject)

    assert max(len(found - {"HDTNHN"}) for found in taught.values()) == 2


def test_the_clerk_issues_and_another_one_administers():
    issuers = [line for line in school().staff if line.issuer]
    admins = [line for line in school().staff if line.admin]

    assert [line.title for line in issuers] == ["Văn thư"]
    assert [line.title for line in admins] == ["Nhân viên công nghệ thông tin"]
    assert len({line.username for line in large().staff}) == len(large().staff)


def test_marks_fit_their_subject_and_the_year_follows_from_the_terms():
    kinds = {subject.code: subject.kind for subject in subjects(Level.THCS, 6, YEAR)}
    for line in large().results:
        if line.exempt:
            assert (line.term1, line.term2, line.year) == (None, None, None)
            continue
        assert isinstance(line.year, Decimal) == (kinds[line.subject] is Kind.SCORE)
        assert line.year == tt22.year_mark(POLICY, line.term1, line.term2)
        if isinstance(line.year, Decimal):
            assert 0 <= line.year <= 10
            assert line.year.as_tuple().exponent == -1
        assert line.comment


def test_levels_promotion_and_titles_follow_from_the_marks():
    rows: dict[str, list[ResultLine]] = defaultdict(list)
    for line in large().results:
        rows[line.student].append(line)
    for summary in large().summaries:
        counted = [line for line in rows[summary.student] if not line.exempt]
        year = [line.year for line in counted]
        assert summary.learning_term1 == tt22.learning(POLICY, [line.term1 for line in counted])
        assert summary.learning_year == tt22.learning(POLICY, year)
        assert summary.conduct_year == tt22.conduct(POLICY, summary.conduct_term1, summary.conduct_term2)
        titles = tt22.titles(POLICY, summary.learning_year, summary.conduct_year, year)
        assert summary.awards == (titles[0] if titles else "")
        assert summary.absences is not None
        assert summary.promoted == tt22.moves_up(
            POLICY,
            summary.learning_after or summary.learning_year,
            summary.conduct_after or summary.conduct_year,
            summary.absences,
        )


def test_only_who_failed_was_assessed_again():
    failed = {line.student for line in large().summaries if line.learning_year == "CĐ"}
    again = {line.student for line in large().results if line.reassessed is not None}

    assert again
    assert again <= failed
    assert again == {line.student for line in large().summaries if line.learning_after}


def test_all_levels_and_both_answers_occur_in_a_large_school():
    assert {line.learning_year for line in large().summaries} == {"T", "K", "Đ", "CĐ"}
    assert {line.promoted for line in large().summaries} == {True, False}
    assert {line.awards for line in large().summaries} == {"", "Học sinh Giỏi", "Học sinh Xuất sắc"}


def test_comments_are_varied():
    said = Counter(line.comment for line in school().results)

    assert len(said) > 700
    assert max(said.values()) < 60


def test_only_the_last_grade_says_whether_the_level_was_completed():
    last = {line.code for line in school().students if line.class_name == "9A1"}

    assert {line.student for line in school().summaries if line.completed_level is not None} == last


def test_two_thousand_pupils_are_made_in_a_few_seconds():
    begun = time.process_time()

    make_school(seed=9, classes=45, students=2000)

    assert time.process_time() - begun < 5
