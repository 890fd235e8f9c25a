"""The moves of a transcript, one rule a test."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from hocba.domain.errors import Code, Refusal
from hocba.domain.events import (
    Cancelled,
    CancelProposed,
    CancelRefused,
    Completed,
    Reopened,
    Sealed,
    SignatureAdded,
)
from hocba.domain.permissions import Permission
from hocba.domain.transcript import (
    approve_cancel,
    complete,
    evolve,
    may_see,
    own_slot,
    propose_cancel,
    refuse_cancel,
    reopen,
    seal,
    sign,
)
from hocba.domain.values import ClassId, Role, SlotKey, Status, Step
from tests.domain import facts

HASH = "a" * 64
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEACHERS = ("gvbm-1", "gvbm-2")
UNSEALED = facts.transcript(*facts.ALL)
SIGNED = facts.transcript(*facts.ALL, sealed=True)
COMPLETED = facts.transcript(*facts.ALL, sealed=True, completed=True)
RETURNED = facts.transcript("gvbm-1", proposed_by=facts.MATHS.id)
CANCELLED = facts.transcript("gvbm-1", proposed_by=facts.MATHS.id, cancelled=True)


def refused(code: Code, move: Any, *args: Any, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        move(*args, **options)
    assert caught.value.code is code
    return caught.value


@pytest.mark.parametrize(
    ("transcript", "status", "open_step"),
    [
        (facts.transcript(), Status.AWAITING_SIGNATURES, Step.SUBJECT_TEACHERS),
        (facts.transcript("gvbm-1"), Status.AWAITING_SIGNATURES, Step.SUBJECT_TEACHERS),
        (facts.transcript(*TEACHERS), Status.AWAITING_SIGNATURES, Step.HOMEROOM_TEACHER),
        (facts.transcript(*facts.ALL[:3]), Status.AWAITING_SIGNATURES, Step.LEADER),
        (facts.transcript(*facts.ALL[:4]), Status.AWAITING_SIGNATURES, Step.ISSUE),
        (UNSEALED, Status.AWAITING_SIGNATURES, Step.ISSUE),
        (SIGNED, Status.SIGNED, None),
        (COMPLETED, Status.COMPLETED, None),
        (RETURNED, Status.RETURNED, Step.SUBJECT_TEACHERS),
        (CANCELLED, Status.CANCELLED, Step.SUBJECT_TEACHERS),
    ],
)
def test_the_facts_say_the_status_and_the_open_step(transcript, status, open_step):
    assert (transcript.status, transcript.open_step) == (status, open_step)


@pytest.mark.parametrize(("who", "key"), [(facts.MATHS, "gvbm-1"), (facts.MUSIC, "gvbm-2")])
def test_subject_teachers_sign_in_any_order(who, key):
    event = sign(facts.transcript(), who, Step.SUBJECT_TEACHERS, certificate=HASH)

    assert event == SignatureAdded(SlotKey(key), HASH)


def test_the_homeroom_teacher_waits_for_every_subject_teacher():
    refusal = refused(
        Code.NOT_YOUR_TURN, own_slot, facts.transcript("gvbm-1"), facts.HOMEROOM, Step.HOMEROOM_TEACHER
    )

    assert refusal.facts == {"open_step": Step.SUBJECT_TEACHERS}


def test_nobody_signs_twice():
    refused(Code.ALREADY_SIGNED, own_slot, facts.transcript("gvbm-1"), facts.MATHS, Step.SUBJECT_TEACHERS)


def test_a_teacher_of_the_class_without_a_slot_is_no_signer():
    refused(Code.NOT_A_SIGNER, own_slot, facts.transcript(), facts.HOMEROOM, Step.SUBJECT_TEACHERS)


def test_a_transcript_that_one_may_not_see_is_not_found():
    for who in (facts.STRANGER, facts.FOREIGN_ADMIN):
        refused(Code.NOT_FOUND, own_slot, facts.transcript(), who, Step.SUBJECT_TEACHERS)


def test_issuing_needs_the_issue_right():
    ready = facts.transcript(*facts.ALL[:4])

    refused(Code.NOT_PERMITTED, own_slot, ready, facts.ADMIN, Step.ISSUE)
    assert own_slot(ready, facts.ISSUER, Step.ISSUE).key == "ky-phat-hanh"


def test_an_issuer_does_not_see_what_others_have_not_signed():
    refused(Code.NOT_FOUND, own_slot, facts.transcript(*TEACHERS), facts.ISSUER, Step.ISSUE)


def test_an_issuer_who_teaches_the_class_still_waits_for_the_leader():
    teacher = facts.actor(Role.ISSUER, Role.SUBJECT_TEACHER, taught=facts.OWN)

    refused(Code.NOT_YOUR_TURN, own_slot, facts.transcript(*TEACHERS), teacher, Step.ISSUE)


def test_after_the_schools_signature_only_the_seal_is_left():
    assert own_slot(UNSEALED, facts.ISSUER, Step.ISSUE).key == "ky-phat-hanh"
    refused(Code.ALREADY_SIGNED, sign, UNSEALED, facts.ISSUER, Step.ISSUE, certificate=HASH)
    assert seal(UNSEALED, facts.ISSUER, pdf_sha256=HASH, xml_sha256="b") == Sealed(HASH, "b")


def test_the_seal_waits_for_the_schools_signature():
    ready = facts.transcript(*facts.ALL[:4])

    refusal = refused(Code.NOT_FULLY_SIGNED, seal, ready, facts.ISSUER, pdf_sha256=HASH, xml_sha256=HASH)

    assert refusal.facts == {"missing": 1}


def test_what_is_issued_is_not_issued_again():
    refused(Code.ALREADY_SIGNED, seal, SIGNED, facts.ISSUER, pdf_sha256=HASH, xml_sha256=HASH)


@pytest.mark.parametrize("transcript", [RETURNED, CANCELLED])
def test_what_is_returned_or_cancelled_is_not_signed(transcript):
    refusal = refused(Code.WRONG_STATUS, own_slot, transcript, facts.MUSIC, Step.SUBJECT_TEACHERS)

    assert refusal.facts == {"status": transcript.status}


@pytest.mark.parametrize("who", [facts.MATHS, facts.MUSIC, facts.HOMEROOM, facts.LEADER, facts.ADMIN])
def test_every_signer_and_admin_may_hand_it_back(who):
    assert propose_cancel(facts.transcript(), who, " Sai điểm ") == CancelProposed("Sai điểm")


def test_an_issuer_may_hand_back_what_he_sees():
    assert propose_cancel(SIGNED, facts.ISSUER, "Sai tên") == CancelProposed("Sai tên")


def test_a_manager_hands_nothing_back():
    refused(Code.NOT_PERMITTED, propose_cancel, facts.transcript(), facts.MANAGER, "Sai điểm")


@pytest.mark.parametrize("transcript", [COMPLETED, RETURNED, CANCELLED])
def test_only_what_is_being_signed_or_signed_is_handed_back(transcript):
    refused(Code.WRONG_STATUS, propose_cancel, transcript, facts.ADMIN, "Sai điểm")


@pytest.mark.parametrize("reason", ["", " \n "])
def test_handing_back_takes_a_reason(reason):
    refused(Code.REASON_REQUIRED, propose_cancel, facts.transcript(), facts.MATHS, reason)


def test_a_reason_has_a_limit():
    longest = "x" * 1000

    assert propose_cancel(facts.transcript(), facts.MATHS, longest) == CancelProposed(longest)
    refused(Code.INVALID_VALUE, propose_cancel, facts.transcript(), facts.MATHS, longest + "x")
    refused(Code.INVALID_VALUE, refuse_cancel, RETURNED, facts.ADMIN, longest + "x")


def test_admin_refuses_a_proposal_and_need_not_say_why():
    assert refuse_cancel(RETURNED, facts.ADMIN) == CancelRefused("")
    assert refuse_cancel(RETURNED, facts.ADMIN, "Điểm đúng") == CancelRefused("Điểm đúng")


def test_nobody_approves_his_own_proposal():
    own = facts.transcript(proposed_by=facts.ADMIN.id)

    refused(Code.NOT_YOUR_OWN, approve_cancel, own, facts.ADMIN)
    assert approve_cancel(own, facts.OTHER_ADMIN) == Cancelled()


def test_only_what_is_fully_signed_is_completed():
    refusal = refused(Code.NOT_FULLY_SIGNED, complete, facts.transcript(*TEACHERS), facts.ADMIN, at=NOW)

    assert refusal.facts == {"missing": 3}
    refused(Code.NOT_FULLY_SIGNED, complete, UNSEALED, facts.ADMIN, at=NOW)
    assert complete(SIGNED, facts.ADMIN, at=NOW) == Completed(NOW)


def test_completion_is_undone_once():
    assert reopen(COMPLETED, facts.ADMIN) == Reopened()
    refused(Code.WRONG_STATUS, reopen, SIGNED, facts.ADMIN)


@pytest.mark.parametrize(
    ("transcript", "move", "options"),
    [
        (RETURNED, refuse_cancel, {}),
        (RETURNED, approve_cancel, {}),
        (SIGNED, complete, {"at": NOW}),
        (COMPLETED, reopen, {}),
    ],
)
def test_these_are_for_an_admin_of_the_school(transcript, move, options):
    for who in (facts.MATHS, facts.HOMEROOM, facts.LEADER, facts.MANAGER):
        refused(Code.NOT_PERMITTED, move, transcript, who, **options)
    refused(Code.NOT_FOUND, move, transcript, facts.FOREIGN_ADMIN, **options)


def test_a_refused_proposal_leaves_signing_where_it_stood():
    before = facts.transcript("gvbm-1")
    returned = evolve(before, propose_cancel(before, facts.MATHS, "Sai"), by=facts.MATHS.id)
    after = evolve(returned, refuse_cancel(returned, facts.ADMIN), by=facts.ADMIN.id)

    assert (after.signed, after.status, after.open_step) == (before.signed, before.status, before.open_step)
    assert after.version == before.version + 2


def test_a_slot_is_found_by_its_key():
    assert SIGNED.slot(SlotKey("cbql")).signer == facts.LEADER.id
    with pytest.raises(KeyError):
        SIGNED.slot(SlotKey("gvbm-3"))


def test_an_unknown_event_is_a_bug():
    with pytest.raises(AssertionError):
        evolve(SIGNED, cast("Any", "nothing"), by=facts.ADMIN.id)


def test_who_may_see_a_transcript():
    begun, ready = facts.transcript(), facts.transcript(*facts.ALL[:4])
    sees = {who.id for who in facts.EVERYBODY if may_see(begun, who)}

    assert sees == {
        who.id for who in facts.EVERYBODY if who not in (facts.ISSUER, facts.STRANGER, facts.FOREIGN_ADMIN)
    }
    assert may_see(ready, facts.ISSUER)


def test_a_signer_sees_it_after_he_has_left_the_class():
    left = facts.actor(Role.SUBJECT_TEACHER)
    slots = (facts.slot("gvbm-1", Step.SUBJECT_TEACHERS, left), *facts.SLOTS[1:])

    assert may_see(facts.transcript(slots=slots), left)


def test_classes_are_kept_by_their_homeroom_teacher_and_the_office():
    other = ClassId(facts.SCHOOL)

    create, view = Permission.TRANSCRIPT_CREATE, Permission.TRANSCRIPT_VIEW
    assert facts.HOMEROOM.may_in(create, facts.SCHOOL, facts.CLASS)
    assert not facts.HOMEROOM.may_in(create, facts.SCHOOL, other)
    assert facts.MANAGER.may_in(create, facts.SCHOOL, other)
    assert not facts.MATHS.may_in(create, facts.SCHOOL, facts.CLASS)
    assert not facts.FOREIGN_ADMIN.may_in(create, facts.SCHOOL, facts.CLASS)
    assert facts.LEADER.may_in(view, facts.SCHOOL, facts.CLASS)
    assert not facts.LEADER.may_in(view, facts.SCHOOL, other)


def test_another_schools_object_does_not_exist():
    facts.ADMIN.must_be_of(facts.SCHOOL)
    refused(Code.NOT_FOUND, facts.FOREIGN_ADMIN.must_be_of, facts.SCHOOL)


def test_a_refusal_shows_its_code_and_facts():
    refusal = Refusal(Code.INVALID_VALUE, field="reason")

    assert repr(refusal) == "Refusal(invalid_value, {'field': 'reason'})"
    assert str(refusal) == "invalid_value"


def test_the_document_calls_the_steps_by_their_own_names():
    assert [step.slot_role for step in Step] == ["GVBM", "GVCN", "CBQL", "KY_PHAT_HANH"]
