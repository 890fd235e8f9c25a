"""Regulations are data: what is packaged is whole, and what an operator lays on top is checked."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hocba.domain import codes, curriculum, regulations
from hocba.domain.errors import Refusal
from hocba.domain.record import Kind
from hocba.domain.regulations import RegulationError
from hocba.domain.regulations.letters import LISTS
from hocba.domain.regulations.policies import RULES, Tt22Policy, Tt27Policy
from hocba.domain.regulations.rules import Rule
from hocba.domain.values import GRADES, Level, SchoolYear

NOW, NEXT = SchoolYear("2025-2026"), SchoolYear("2026-2027")

NEW_YEAR = """
[[curriculum]]
id = "thcs-6-with-ai"
source = "an invented circular"
since = { 6 = "2026-2027" }
rows = [
  { code = "TOAN", name = "Toán", assessed = "score" },
  { code = "AI", name = "Trí tuệ nhân tạo", assessed = "comment", optional = true },
]
"""


@pytest.fixture(autouse=True)
def packaged_again() -> Iterator[None]:
    yield
    regulations.install({})


def taught(grade: int, year: SchoolYear, level: Level = Level.THCS) -> list[str]:
    return [subject.code for subject in curriculum.subjects(level, grade, year)]


def test_a_new_school_years_table_changes_what_is_taught_from_then_on_and_nothing_else():
    before = {grade: taught(grade, NEXT) for grade in GRADES[Level.THCS]}

    regulations.install({"2026.toml": NEW_YEAR})

    assert taught(6, NEXT) == taught(6, SchoolYear("2030-2031")) == ["TOAN", "AI"]
    assert taught(6, NOW) == before[6]
    assert {grade: taught(grade, NEXT) for grade in (7, 8, 9)} == {
        grade: before[grade] for grade in (7, 8, 9)
    }
    (_, ai) = curriculum.subjects(Level.THCS, 6, NEXT)
    assert (ai.name, ai.kind, ai.optional, ai.elective) == ("Trí tuệ nhân tạo", Kind.COMMENT, True, False)
    assert curriculum.ever_taught(Level.THCS).keys() == set(before[6]) | {"AI"}


def test_a_table_of_the_same_name_is_a_correction():
    regulations.install({"a.toml": NEW_YEAR.replace("thcs-6-with-ai", "thcs")})

    assert taught(6, NEXT) == ["TOAN", "AI"]
    assert curriculum.form(Level.THCS, 6, NOW) == {}


def test_files_are_laid_on_each_other_in_the_order_of_their_names():
    regulations.install({"b.toml": NEW_YEAR.replace('code = "AI"', 'code = "B"'), "a.toml": NEW_YEAR})

    assert taught(6, NEXT) == ["TOAN", "B"]


def test_a_table_that_has_ended_gives_nothing():
    regulations.install({"a.toml": NEW_YEAR.replace("rows", 'until = "2027-2028"\nrows')})

    assert taught(6, SchoolYear("2027-2028")) == ["TOAN", "AI"]
    with pytest.raises(Refusal):
        taught(6, SchoolYear("2028-2029"))


def test_nothing_installed_is_what_is_packaged():
    regulations.install({"2026.toml": NEW_YEAR})

    assert regulations.install({}) is regulations.packaged()
    assert regulations.current() is regulations.packaged()


def test_every_grade_has_its_form_and_its_rules_this_year():
    for level, grades in GRADES.items():
        for grade in grades:
            rules = regulations.newest(regulations.packaged().rule_sets, grade, NOW)
            assert rules is not None
            assert isinstance(rules.policy, Tt27Policy if level is Level.TH else Tt22Policy)
            assert curriculum.subjects(level, grade, NOW)
            assert bool(curriculum.traits(grade, NOW)) == (level is Level.TH)


def test_every_rule_but_those_of_the_cohorts_is_of_a_rule_set():
    assert frozenset().union(*RULES.values()) == set(Rule) - {Rule.TH_SCOPE, Rule.TR_12}


@pytest.mark.parametrize(
    ("grade", "year", "rules"),
    [
        (1, "2019-2020", None),
        (1, "2020-2021", "tt27"),
        (5, "2023-2024", None),
        (5, "2024-2025", "tt27"),
        (6, "2010-2011", None),
        (6, "2020-2021", "tt58"),
        (6, "2021-2022", "tt22"),
        (7, "2021-2022", "tt58"),
        (7, "2022-2023", "tt22"),
        (8, "2022-2023", "tt58"),
        (8, "2023-2024", "tt22"),
        (9, "2023-2024", "tt58"),
        (9, "2024-2025", "tt22"),
        (10, "2022-2023", "tt22"),
        (11, "2023-2024", "tt22"),
        (12, "2023-2024", "tt58"),
        (12, "2024-2025", "tt22"),
    ],
)
def test_each_cohort_follows_its_circular(grade, year, rules):
    found = regulations.newest(regulations.packaged().rule_sets, grade, SchoolYear(year))

    assert (found.about.id if found else None) == rules


def test_no_number_is_a_float():
    def walk(value: Any) -> Iterator[object]:
        if dataclasses.is_dataclass(value):
            value = [getattr(value, each.name) for each in dataclasses.fields(value)]
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            for each in value:
                yield from walk(each)
        else:
            yield value

    found = {type(value) for value in walk(regulations.packaged())}

    assert Decimal in found
    assert float not in found


def test_everything_unverified_says_what():
    doubts = list(regulations.doubts(regulations.packaged()))

    assert {what for what, _, _ in doubts} >= {
        "list ethnic-groups",
        "portal moet",
        "rules tt22: set_aside_counts",
    }
    assert all(source and note for _, source, note in doubts)


def test_there_are_54_ethnic_groups_and_foreigners():
    entries = codes.entries("ethnic-groups")

    assert [entry.code for entry in entries] == [f"{number:02d}" for number in (*range(1, 55), 99)]
    assert (entries[0].name, entries[53].name) == ("Kinh", "Rơ-măm")


@pytest.mark.parametrize(("day", "count"), [(date(2025, 6, 30), 0), (date(2025, 7, 1), 34)])
def test_the_34_provinces_hold_since_the_mergers(day, count):
    assert len(codes.names("provinces", day)) == count
    assert len(codes.names("provinces")) == 34


TWO_ENTRIES = """
[[list]]
id = "x"
source = "s"
since = 2020-01-01
entries = [{ code = "1", name = "a", until = 2021-12-31 }, { code = "2", name = "b", since = 2022-01-01 }]
"""


def test_an_entry_holds_between_its_days():
    regulations.install({"a.toml": TWO_ENTRIES})

    assert codes.names("x", date(2021, 12, 31)) == ("a",)
    assert codes.names("x", date(2022, 1, 1)) == ("b",)
    assert codes.names("x", date(2019, 12, 31)) == ()


@pytest.mark.parametrize(
    ("list_", "code", "word"),
    [
        ("th-overall", "HTXS", "Hoàn thành xuất sắc"),
        ("th-subject-levels", "H", "Hoàn thành"),
        ("th-trait-levels", "C", "Cần cố gắng"),
        ("year-levels", "K", "Khá"),
        ("subject-levels", "CĐ", "Chưa đạt"),
        ("year-levels", "Z", "Z"),
        ("year-levels", None, ""),
    ],
)
def test_a_letter_has_its_words(list_, code, word):
    assert codes.word(list_, code) == word


def test_the_lists_of_levels_have_the_letters_that_rules_compute_with():
    assert {id_: tuple(entry.code for entry in codes.entries(id_)) for id_ in LISTS} == LISTS


def test_the_grade_gives_the_level():
    assert {grade: curriculum.level_of(grade) for grades in GRADES.values() for grade in grades} == {
        **dict.fromkeys(range(1, 6), Level.TH),
        **dict.fromkeys(range(6, 10), Level.THCS),
        **dict.fromkeys(range(10, 13), Level.THPT),
    }
    with pytest.raises(Refusal):
        curriculum.level_of(13)


def test_portals_get_our_codes_until_somebody_says_theirs():
    assert codes.portal_subject("moet", Level.TH, "TV") == "TV"

    regulations.install(
        {"a.toml": '[[portal]]\nid = "moet"\nsource = "read"\nsubjects.th = { TV = "0101" }\n'}
    )

    assert codes.portal_subject("moet", Level.TH, "TV") == "0101"
    assert codes.portal_subject("moet", Level.THCS, "TV") == "TV"


RULES_TOML = '[[rules]]\nid = "r"\ncircular = "c"\nsource = "s"\nsince = { 6 = "2030-2031" }\n'
TRAITS = """
[[traits]]
id = "t"
source = "s"
since = { 1 = "2030-2031" }
rows = [{ code = "A", name = "a", group = "quality", optional = ["1"] }]
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[curriculum", "x.toml: is not TOML"),
        ("[[curricula]]\nid = 1", "x.toml: curricula: there is no such name"),
        ("curriculum = 1", "x.toml: curriculum: must be a list"),
        ("curriculum = []", "x.toml: curriculum: must be a list of tables"),
        (NEW_YEAR.replace("id =", "key ="), "x.toml: curriculum 1: id: is missing"),
        (NEW_YEAR + NEW_YEAR, "x.toml: curriculum thcs-6-with-ai: stands there twice"),
        (NEW_YEAR.replace('"an invented circular"', '" "'), "source: is empty"),
        (NEW_YEAR.replace("source", "electives = 1\nsource"), "electives: there are not so many"),
        (NEW_YEAR.replace("source", "unverified = true\nsource"), "note: must say what is not verified"),
        (NEW_YEAR.replace("source", 'unverified = "yes"\nsource'), "unverified: must be true or false"),
        (NEW_YEAR.replace("2026-2027", "2026-2028"), "since: 6: is no school year"),
        (NEW_YEAR.replace("6 =", "13 ="), "since: 13: there is no such name"),
        (NEW_YEAR.replace('6 = "2026-2027"', ""), "since: must name a grade"),
        (NEW_YEAR.replace("6 =", '5 = "2026-2027", 6 ='), "primary and secondary grades"),
        (NEW_YEAR.replace('"score"', '"test"'), "rows 1: assessed: must be score or comment"),
        (NEW_YEAR.replace('"AI"', '"TOAN"'), "TOAN: stands there twice"),
        (NEW_YEAR.replace("optional = true", "optional = 1"), "rows 2: optional: must be true or false"),
        (NEW_YEAR.replace("optional = true", "hidden = true"), "rows 2: hidden: there is no such name"),
        (NEW_YEAR.replace("2026-2027", "2021-2022"), "thcs and thcs-6-with-ai: two tables of grade 6 begin"),
        (TRAITS, "rows 1: optional: must be a list of grades"),
        (
            '[[list]]\nid = "year-levels"\nsource = "s"\nentries = [{ code = "A", name = "Giỏi" }]',
            "entries: the codes must be T, K, Đ, CĐ",
        ),
        (
            '[[list]]\nid = "x"\nsource = "s"\nsince = "2025"\nentries = [{ code = "A", name = "a" }]',
            "since: must be date",
        ),
        ('[[portal]]\nid = "p"\nsource = "s"\nsubjects.mn = {}', "subjects: mn: there is no such name"),
        (RULES_TOML + "policy.tt99 = {}", "policy: tt99: there is no such name"),
        (RULES_TOML + "policy.tt22 = {}\npolicy.tt27 = {}", "policy: must be of one kind"),
        (RULES_TOML + "policy.tt22 = {}", "policy: tt22: term2_weight: is missing"),
        (RULES_TOML + "policy.tt22.term2_weight = { value = 2.5, article = 'Đ9' }", "value: must be a whole"),
        (RULES_TOML + 'articles.TR-5 = { article = "Đ9" }', "articles: TR-5: there is no such name"),
    ],
)
def test_a_file_that_does_not_fit_says_where_and_changes_nothing(text, said):
    with pytest.raises(RegulationError) as refused:
        regulations.install({"x.toml": text})

    assert said in str(refused.value)
    assert regulations.current() is regulations.packaged()


def policy(text: str) -> str:
    """The packaged rules of TT 22 from a later year on, changed as ``text`` says."""
    packaged = regulations.resources.files(regulations).joinpath("rules.toml").read_text(encoding="utf-8")
    start, end = packaged.index('[[rules]]\nid = "tt22"'), packaged.index("# Before the curriculum")
    later = re.sub(r"202(\d)-202(\d)", r"203\1-203\2", packaged[start:end].replace('"tt22"', '"later"'))
    old, new = text.split(" -> ")
    assert old in later
    return later.replace(old, new)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('TR-14 = { article = "Đ11" } -> ', "articles: TR-14: is missing"),
        ('severity = "warning" -> severity = "fatal"', "severity: must be error or warning"),
        ("good_high = { value = 8.0, -> good_high = { value = inf,", "good_high: value: must be a number"),
        ("good_high = { value = 8.0, -> good_high = { value = true,", "good_high: value: must be a number"),
        ("most_absences = { value = 45, -> most_absences = { value = 45.0,", "value: must be a whole number"),
        ('["GDTC", "GDQPAN"] -> ["GDTC", 1]', "practical: value: must be a list of texts"),
        ('value.K = { T = "T" -> value.K = { T = "A"', "conduct: value: K: T: must be T or K or Đ or CĐ"),
        ('value.K = { T = "T", -> value.K = {', "conduct: value: K: T: is missing"),
        ('value.K = { -> value.K = { X = "T", ', "conduct: value: K: X: there is no such name"),
    ],
)
def test_a_policy_is_whole_and_of_its_types(change, said):
    with pytest.raises(RegulationError) as refused:
        regulations.install({"x.toml": policy(change)})

    assert said in str(refused.value)


def test_an_amendment_is_a_new_table_with_its_own_numbers():
    regulations.install({"x.toml": policy("value = 45 -> value = 30")})

    found = {
        year: regulations.newest(regulations.current().rule_sets, 6, SchoolYear(year))
        for year in ("2025-2026", "2031-2032")
    }
    assert {year: rules.policy.most_absences for year, rules in found.items()} == {
        "2025-2026": 45,
        "2031-2032": 30,
    }
