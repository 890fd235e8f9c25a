"""Every word we use towards people is there, in both languages."""

from enum import StrEnum
from string import Formatter

import pytest

from hocba import words
from hocba.domain.accounts import AccountState
from hocba.domain.errors import Code, Refusal
from hocba.domain.readiness import Gap, Missing, Place
from hocba.domain.signing import ItemState, RequestState
from hocba.domain.values import Level, Role, Status, Step, Term
from hocba.words.advice import ADVICE
from hocba.words.fields import FIELDS
from hocba.words.gaps import GAPS
from hocba.words.labels import LABELS
from hocba.words.sentences import SENTENCES

STATES = (AccountState, RequestState, ItemState)


@pytest.mark.parametrize(("table", "keys"), [(SENTENCES, Code), (ADVICE, Code), (GAPS, Gap)])
def test_every_code_has_its_sentences(table, keys):
    assert set(table) == set(keys)
    assert all(text.strip().endswith(".") for pair in table.values() for text in pair)


@pytest.mark.parametrize("vocabulary", [Level, Role, Step, Term, Status, Place, *STATES])
def test_every_member_has_its_labels(vocabulary):
    assert set(LABELS[vocabulary]) == set(vocabulary)
    assert all(vi and en and vi != en for vi, en in LABELS[vocabulary].values())


@pytest.mark.parametrize("table", [SENTENCES, ADVICE, GAPS])
def test_both_languages_name_the_same_facts(table):
    def named(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert [code for code, (vi, en) in table.items() if named(vi) != named(en)] == []


def test_a_role_and_a_step_of_the_same_name_have_their_own_labels():
    assert words.label(Role.LEADER, "en") == "School leader"
    assert words.label(Step.LEADER, "en") == "School leader signs"


def test_facts_are_labelled_in_the_language_asked_for():
    turn = Refusal(Code.NOT_YOUR_TURN, open_step=Step.LEADER)
    role = Refusal(Code.NOT_PERMITTED, needs="admin")

    assert words.sentence(turn) == "Chưa đến lượt ký của bạn; đang chờ bước: Cán bộ quản lý ký."
    assert words.sentence(turn, "en") == "It is not your turn; the open step is: School leader signs."
    assert words.sentence(role, "en") == "You may not do this (role needed: Administrator)."


def test_a_fact_that_was_not_given_is_a_dash():
    assert words.sentence(Refusal(Code.NOT_YOUR_TURN, open_step=None)).endswith("đang chờ bước: –.")
    assert words.sentence(Refusal(Code.NOT_PERMITTED), "en").endswith("(role needed: –).")
    assert words.sentence(Refusal(Code.NOT_PERMITTED, needs=object), "en").endswith("'object'>).")


def test_braces_in_a_fact_are_text():
    refusal = Refusal(Code.YEAR_NOT_CONFIRMED, class_name="{needs}")

    assert words.sentence(refusal, "en") == "The year end of class {needs} is not confirmed."


def test_missing_data_names_the_field_as_the_form_does():
    gap = Missing(code=Gap.EMPTY, field="student.birthplace", where=Place.STUDENT)

    assert words.sentence(gap) == "Thiếu: Nơi sinh."
    assert words.sentence(gap, "en") == "Missing: Birthplace."


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
