"""Every word we use towards people is there, in both languages."""

from decimal import Decimal
from enum import StrEnum
from string import Formatter

import pytest

from hocba import words
from hocba.domain.accounts import AccountState, CertificateState
from hocba.domain.errors import Code, Refusal
from hocba.domain.organisations import OrganisationKind
from hocba.domain.permissions import Permission, Scope
from hocba.domain.readiness import Gap, Missing, Place
from hocba.domain.regulations.rules import Rule
from hocba.domain.signing import ItemState, RequestState
from hocba.domain.values import Level, Ownership, Role, Status, Step, Term
from hocba.words.advice import ADVICE
from hocba.words.fields import FIELDS
from hocba.words.gaps import GAPS
from hocba.words.labels import LABELS
from hocba.words.rules import RULES
from hocba.words.sentences import SENTENCES

STATES = (AccountState, CertificateState, RequestState, ItemState)


@pytest.mark.parametrize(("table", "keys"), [(SENTENCES, Code), (ADVICE, Code), (GAPS, Gap), (RULES, Rule)])
def test_every_code_has_its_sentences(table, keys):
    assert set(table) == set(keys)
    assert all(text.strip().endswith(".") for pair in table.values() for text in pair)


@pytest.mark.parametrize(
    "vocabulary",
    [Level, Role, OrganisationKind, Ownership, Permission, Scope, Step, Term, Status, Place, *STATES],
)
def test_every_member_has_its_labels(vocabulary):
    assert set(LABELS[vocabulary]) == set(vocabulary)
    assert all(vi and en and vi != en for vi, en in LABELS[vocabulary].values())


@pytest.mark.parametrize("table", [SENTENCES, ADVICE, GAPS, RULES])
def test_both_languages_name_the_same_facts(table):
    def named(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert [code for code, (vi, en) in table.items() if named(vi) != named(en)] == []


def test_a_role_and_a_step_of_the_same_name_have_their_own_labels():
    assert words.label(Role.LEADER, "en") == "School leader"
    assert words.label(Step.LEADER, "en") == "School leader signs"


def test_facts_are_labelled_in_the_language_asked_for():
    turn = Refusal(Code.NOT_YOUR_TURN, open_step=Step.LEADER)
    right = Refusal(Code.NOT_PERMITTED, needs="account.decide")

    assert words.sentence(turn) == "Chưa đến lượt ký của bạn; đang chờ bước: Cán bộ quản lý ký."
    assert words.sentence(turn, "en") == "It is not your turn; the open step is: School leader signs."
    assert (
        words.sentence(right, "en") == "You may not do this (permission needed: Decide on signing accounts)."
    )


def test_a_fact_that_was_not_given_is_a_dash():
    assert words.sentence(Refusal(Code.NOT_YOUR_TURN, open_step=None)).endswith("đang chờ bước: –.")
    assert words.sentence(Refusal(Code.NOT_PERMITTED), "en").endswith("(permission needed: –).")
    assert words.sentence(Refusal(Code.NOT_PERMITTED, needs=object), "en").endswith("'object'>).")


def test_braces_in_a_fact_are_text():
    refusal = Refusal(Code.YEAR_NOT_CONFIRMED, class_name="{needs}")

    assert words.sentence(refusal, "en") == "The year end of class {needs} is not confirmed."


def test_missing_data_names_the_field_as_the_form_does():
    gap = Missing(code=Gap.EMPTY, field="student.birthplace", where=Place.STUDENT)

    assert words.sentence(gap) == "Thiếu: Nơi sinh."
    assert words.sentence(gap, "en") == "Missing: Birthplace."


def broken_rule(**facts: object) -> Missing:
    given = {"rule": Rule.TR_2, "article": "TT 22/2021/TT-BGDĐT Đ9.1b", "subject": "Toán"} | facts
    return Missing(code=Gap.RULE, field="result.year", where=Place.RESULTS, sentence_facts=given)


def test_a_contradiction_names_the_subject_the_article_and_what_follows():
    gap = broken_rule(found=Decimal("9.0"), expected=Decimal("8.5"))

    said = "Toán: Cả năm đang là 9,0; theo TT 22/2021/TT-BGDĐT Đ9.1b (quy tắc TR-2) là 8,5."
    assert words.sentence(gap) == said
    said = "Toán: Whole year is 9.0; by TT 22/2021/TT-BGDĐT Đ9.1b (rule TR-2) it is 8.5."
    assert words.sentence(gap, "en") == said


@pytest.mark.parametrize(
    ("found", "expected", "vi", "en"),
    [
        (True, False, "đang là Có; theo c (quy tắc TR-2) là Không.", "is yes; by c (rule TR-2) it is no."),
        ("T", None, "đang là T; theo c (quy tắc TR-2) là để trống.", "is T; by c (rule TR-2) it is nothing."),
        (None, "Đ", "đang là –; theo c (quy tắc TR-2) là Đ.", "is –; by c (rule TR-2) it is Đ."),
    ],
)
def test_yes_no_and_nothing_have_words(found, expected, vi, en):
    gap = broken_rule(subject="", article="c", found=found, expected=expected)

    assert words.sentence(gap) == f"Cả năm {vi}"
    assert words.sentence(gap, "en") == f"Whole year {en}"


def test_a_rule_has_its_sentence():
    assert words.rule_text(Rule.TR_7) == "Kết quả rèn luyện cả năm theo kết quả rèn luyện của hai học kì."
    assert words.rule_text(Rule.TR_7, "en") == "The year's conduct follows from the conduct of both terms."


def test_advice_has_both_languages():
    assert words.help_(Refusal(Code.REASON_REQUIRED)) == "Ghi lý do rồi gửi lại."
    assert words.help_(Refusal(Code.REASON_REQUIRED), "en") == "Write the reason and send again."


def test_what_has_no_word_is_shown_as_it_is():
    class Odd(StrEnum):
        THING = "thing"

    assert words.label(Odd.THING) == "thing"
    assert words.field_label("student.shoe_size") == "student.shoe_size"
    assert words.field_label("student.sex", "en") == "Sex"


def test_field_labels_differ_by_language():
    assert all(vi and en and vi != en for vi, en in FIELDS.values())


@pytest.mark.parametrize(
    ("state", "of_a_person", "of_the_school"),
    [
        (AccountState.PENDING, "Đã đăng ký, chờ duyệt", "Chờ duyệt đăng ký"),
        (AccountState.APPROVED, "Đã duyệt tài khoản", "Đã duyệt"),
        (AccountState.REFUSED, "Từ chối duyệt", "Từ chối duyệt"),
    ],
)
def test_an_account_and_a_schools_certificate_are_called_as_in_the_guide(state, of_a_person, of_the_school):
    assert words.account_label(state, of_school=False) == of_a_person
    assert words.account_label(state, of_school=True) == of_the_school


def test_a_login_that_the_provider_does_not_know_is_told_in_the_guides_words():
    said = words.sentence(Refusal(Code.SIGNER_LOGIN_FAILED))
    assert said == "Thông tin thẻ không tồn tại hoặc không đúng."
