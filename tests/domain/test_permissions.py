"""The table of who may do what, and what an actor makes of it."""

import re

import pytest

from hocba.domain.errors import Code, Refusal
from hocba.domain.permissions import (
    ADMINISTRATION,
    APPROVAL,
    BY_ROLE,
    DELEGABLE,
    STAFF,
    TABLE,
    Permission,
    Scope,
)
from hocba.domain.values import ClassId, Role
from hocba.store import ids
from tests import build

P = Permission


def test_every_permission_has_one_row_in_the_order_of_the_vocabulary():
    assert [row.permission for row in TABLE] == list(Permission)


def test_a_permission_is_called_what_and_verb():
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+", permission) for permission in Permission)


def test_an_admin_signs_nothing_by_his_role_and_decides_on_no_certificate_of_a_school():
    assert Role.ADMIN not in BY_ROLE[P.TRANSCRIPT_ISSUE]
    assert Role.ADMIN not in BY_ROLE[P.SCHOOL_CERTIFICATE_DECIDE]
    assert build.actor(Role.ADMIN).scopes(P.TRANSCRIPT_SIGN) == {Scope.OWN}


def test_a_manager_has_nothing_by_his_role():
    manager = build.actor(Role.MANAGER, delegated=frozenset())
    staff = build.actor()

    assert {p for p in Permission if manager.may(p)} == {p for p in Permission if staff.may(p)} == set(STAFF)


def test_a_manager_has_what_was_delegated_and_only_as_long_as_he_is_manager():
    manager = build.actor(Role.MANAGER, delegated=frozenset({P.ACCOUNT_DECIDE}))
    dismissed = build.actor(delegated=frozenset({P.ACCOUNT_DECIDE}))

    assert manager.scopes(P.ACCOUNT_DECIDE) == {Scope.SCHOOL}
    assert not manager.may(P.TRANSCRIPT_CREATE)
    assert not dismissed.may(P.ACCOUNT_DECIDE)


def test_what_may_be_delegated_is_the_guides_two_columns_and_the_second_eye_on_cancellations():
    assert {P.CANCELLATION_DECIDE} == DELEGABLE - ADMINISTRATION - APPROVAL
    assert P.ACCOUNT_DECIDE not in ADMINISTRATION
    assert P.ACCOUNT_DECIDE in APPROVAL
    never = {P.TRANSCRIPT_ISSUE, P.ISSUE_RIGHT_GRANT, P.USER_MANAGE, P.ROLE_GRANT, P.RECALL_SEND}
    assert not DELEGABLE & never


def test_an_authority_is_no_staff_and_reaches_the_schools_below_it():
    authority = build.actor(Role.AUTHORITY, staff=False)

    assert not authority.may(P.ACCOUNT_REGISTER)
    assert authority.scopes(P.SCHOOL_CERTIFICATE_DECIDE) == {Scope.AREA}
    assert authority.everywhere(P.PROGRESS_VIEW)


def test_each_role_opens_its_own_classes():
    own, taught, led, other = [ClassId(ids.new()) for _ in range(4)]
    scope = {"homeroom": frozenset({own}), "taught": frozenset({taught}), "led": frozenset({led})}
    roles = (Role.HOMEROOM_TEACHER, Role.SUBJECT_TEACHER, Role.LEADER)
    teacher = build.actor(*roles, **scope)

    assert teacher.classes(P.TRANSCRIPT_VIEW) == {own, taught, led}
    assert teacher.classes(P.PROFILE_VIEW) == {own, led}
    assert teacher.classes(P.TRANSCRIPT_CREATE) == {own}
    assert teacher.may_in(P.TRANSCRIPT_CREATE, build.SCHOOL, own)
    assert not teacher.may_in(P.TRANSCRIPT_CREATE, build.SCHOOL, other)


def test_no_class_of_another_school():
    admin = build.actor(Role.ADMIN)

    assert admin.may_in(P.TRANSCRIPT_CREATE, build.SCHOOL, ClassId(ids.new()))
    assert not admin.may_in(P.TRANSCRIPT_CREATE, build.elsewhere(), ClassId(ids.new()))


def test_the_refusal_says_which_permission_is_needed():
    with pytest.raises(Refusal) as refused:
        build.actor(Role.LEADER).must(P.ACCOUNT_DECIDE)

    assert refused.value.code is Code.NOT_PERMITTED
    assert refused.value.facts == {"needs": "account.decide"}
