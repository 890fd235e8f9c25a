from dataclasses import replace

import pytest

from hocba.domain.errors import Code, Refusal
from hocba.domain.plan import MAX_COVERED, signing_plan
from hocba.domain.values import Level, Profile, Step
from tests.domain import facts


def test_a_teacher_of_several_subjects_signs_once():
    one, other = facts.signatory(1), facts.signatory(2)
    teachers = dict.fromkeys(facts.record().teachers, other) | {"LSDL": one, "NN1": one}

    plan = signing_plan(facts.record(teachers=teachers))

    assert [(slot.key, slot.signer) for slot in plan[:2]] == [
        ("gvbm-1", other.person),
        ("gvbm-2", one.person),
    ]
    assert plan[1].subjects == ("LSDL", "NN1")
    assert plan[0].subjects == tuple(
        row.subject for row in facts.record().results if row.subject not in {"LSDL", "NN1"}
    )


def test_the_plan_ends_with_homeroom_leader_and_school():
    record = facts.record()
    assert record.homeroom is not None
    assert record.leader is not None

    homeroom, leader, school = signing_plan(record)[-3:]

    assert (homeroom.key, homeroom.step, homeroom.identity) == (
        "gvcn",
        Step.HOMEROOM_TEACHER,
        "CCCD:000000000090",
    )
    assert (leader.key, leader.step, leader.signer) == ("cbql", Step.LEADER, record.leader.person)
    assert (school.key, school.step, school.signer, school.identity) == (
        "ky-phat-hanh",
        Step.ISSUE,
        None,
        "MST:0100000001",
    )


def test_whoever_is_not_assigned_has_no_slot():
    plan = signing_plan(facts.record(teachers={}, homeroom=None, leader=None))

    assert [slot.key for slot in plan] == ["ky-phat-hanh"]


def test_a_teacher_of_a_subject_that_the_pupil_does_not_take_does_not_sign():
    teachers = facts.record().teachers | {"NN2": facts.signatory(50)}

    plan = signing_plan(facts.record(teachers=teachers))

    assert all("NN2" not in slot.subjects for slot in plan)


@pytest.mark.parametrize(("profile", "sign"), [(Profile.MOET_TH, False), (Profile.HOCBA, True)])
def test_the_profile_says_whether_subject_teachers_sign(profile, sign):
    steps = {slot.step for slot in signing_plan(facts.record(profile=profile))}

    assert steps == (set(Step) if sign else set(Step) - {Step.SUBJECT_TEACHERS})


def test_a_record_has_the_profile_of_its_level_unless_another_is_chosen():
    of_level = {level: replace(facts.record().school, level=level) for level in Level}

    assert {level: facts.record(school=school).profile for level, school in of_level.items()} == {
        Level.TH: Profile.MOET_TH,
        Level.THCS: Profile.HOCBA,
        Level.THPT: Profile.HOCBA,
    }
    assert facts.record(school=of_level[Level.TH], profile=Profile.HOCBA).profile is Profile.HOCBA


@pytest.mark.parametrize(("count", "refused"), [(MAX_COVERED, False), (MAX_COVERED + 1, True)])
def test_no_signature_covers_more_than_a_verifier_resolves(count, refused):
    first = facts.record().results[0]
    rows = tuple(replace(first, subject=f"X{number}") for number in range(count))
    teachers = {row.subject: facts.signatory(number) for number, row in enumerate(rows)}
    record = facts.record(results=rows, teachers=teachers)

    if not refused:
        assert len(signing_plan(record)) == count + 3
        return
    with pytest.raises(Refusal) as refusal:
        signing_plan(record)
    assert refusal.value.code is Code.TOO_MANY_SIGNERS
    assert refusal.value.facts == {"signers": count, "limit": MAX_COVERED}
