"""Signing accounts, one rule a test (C1-C9)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hocba.domain.accounts import (
    Account,
    AccountState,
    CertificateState,
    certificate_state,
    may_carry_over,
    may_copy,
    may_decide,
    may_grant,
    may_prove,
    may_register,
    may_withdraw,
    must_be_usable,
    must_fit,
)
from hocba.domain.errors import Code, Refusal
from hocba.domain.permissions import APPROVAL
from hocba.domain.values import PersonId, Role
from tests.domain import facts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
AUTHORITY = facts.actor(Role.AUTHORITY, staff=False)
DELEGATE = facts.actor(Role.MANAGER, delegated=APPROVAL)
PENDING = Account(
    id=uuid4(),
    school=facts.SCHOOL,
    person=facts.MATHS.id,
    year=facts.YEAR,
    signer_key="usb-token",
    vendor_reference="",
    state=AccountState.PENDING,
    certificate_id=uuid4(),
    certificate=b"",
    fingerprint="",
    requested_by=facts.MATHS.id,
    decided_at=None,
    closed_at=None,
)
APPROVED = replace(PENDING, state=AccountState.APPROVED, decided_at=NOW)
UNPROVEN = replace(PENDING, state=AccountState.UNPROVEN)
WITHDRAWN = replace(APPROVED, state=AccountState.WITHDRAWN, closed_at=NOW + HOUR)
SCHOOLS = replace(PENDING, person=None, requested_by=facts.ISSUER.id)


def said(rule: Any, *args: Any, **options: Any) -> Code | None:
    try:
        rule(*args, **options)
    except Refusal as refusal:
        return refusal.code
    return None


def test_an_account_counts_from_its_approval_to_its_successors():
    closed = replace(APPROVED, state=AccountState.CLOSED, closed_at=NOW + HOUR)

    assert [APPROVED.approved_at(NOW + step * HOUR) for step in (-1, 0, 9)] == [False, True, True]
    assert [closed.approved_at(NOW + step * HOUR) for step in (-1, 0, 1)] == [False, True, False]
    assert [WITHDRAWN.approved_at(NOW + step * HOUR) for step in (-1, 0, 1)] == [False, True, False]
    assert not PENDING.approved_at(NOW)
    assert not replace(PENDING, state=AccountState.REFUSED, decided_at=NOW).approved_at(NOW)
    assert not replace(PENDING, state=AccountState.CLOSED, closed_at=NOW).approved_at(NOW - HOUR)


def test_everybody_registers_his_own_and_some_the_schools():
    assert said(may_register, facts.MATHS, for_school=False) is None
    assert said(may_register, facts.MATHS, for_school=True) is Code.NOT_PERMITTED
    for who in (facts.ADMIN, facts.MANAGER, facts.ISSUER):
        assert said(may_register, who, for_school=True) is None


@pytest.mark.parametrize(
    ("holder", "organisation", "for_school", "code"),
    [
        ("CCCD:1", False, False, None),
        ("CCCD:1", True, True, None),
        ("CCCD:1", True, False, Code.CERTIFICATE_WRONG_KIND),
        ("CCCD:1", False, True, Code.CERTIFICATE_WRONG_KIND),
        ("CCCD:2", False, False, Code.CERTIFICATE_WRONG_IDENTITY),
    ],
)
def test_a_certificate_fits_its_holder(holder, organisation, for_school, code):
    facts_given = {"expected": "CCCD:1", "organisation": organisation, "for_school": for_school}

    assert said(must_fit, holder, **facts_given) is code


def test_a_certificate_without_an_identity_fits_nobody():
    given = {"expected": "", "organisation": False, "for_school": False}

    assert said(must_fit, "", **given) is Code.CERTIFICATE_WRONG_IDENTITY


def test_admin_grants_the_issue_right_but_not_to_himself():
    assert said(may_grant, facts.ADMIN, facts.MATHS.id) is None
    assert said(may_grant, facts.ADMIN, facts.ADMIN.id) is Code.NOT_YOUR_OWN
    assert said(may_grant, facts.MANAGER, facts.MATHS.id) is Code.NOT_PERMITTED


@pytest.mark.parametrize(
    ("account", "who", "owner_is_admin", "code"),
    [
        (PENDING, facts.ADMIN, False, None),
        (PENDING, AUTHORITY, False, Code.NOT_PERMITTED),
        (PENDING, AUTHORITY, True, None),
        (PENDING, facts.ADMIN, True, None),
        (PENDING, facts.LEADER, False, Code.NOT_PERMITTED),
        (PENDING, DELEGATE, False, None),
        (PENDING, DELEGATE, True, None),
        (PENDING, facts.MANAGER, False, Code.NOT_PERMITTED),
        (replace(PENDING, person=DELEGATE.id), DELEGATE, False, Code.NOT_YOUR_OWN),
        (SCHOOLS, DELEGATE, False, Code.NOT_PERMITTED),
        (PENDING, facts.FOREIGN_ADMIN, False, Code.NOT_FOUND),
        (APPROVED, facts.ADMIN, False, Code.ACCOUNT_WRONG_STATE),
        (UNPROVEN, facts.ADMIN, False, Code.ACCOUNT_NOT_PROVEN),
        (WITHDRAWN, facts.ADMIN, False, Code.ACCOUNT_WRONG_STATE),
        (SCHOOLS, AUTHORITY, False, None),
        (SCHOOLS, facts.ADMIN, False, Code.NOT_PERMITTED),
        (replace(PENDING, person=facts.ADMIN.id), facts.ADMIN, True, Code.NOT_YOUR_OWN),
        (replace(PENDING, requested_by=facts.ADMIN.id), facts.ADMIN, False, Code.NOT_YOUR_OWN),
        (replace(SCHOOLS, requested_by=AUTHORITY.id), AUTHORITY, False, Code.NOT_YOUR_OWN),
    ],
)
def test_who_decides_on_an_account(account, who, owner_is_admin, code):
    assert said(may_decide, account, who, owner_is_admin=owner_is_admin) is code


@pytest.mark.parametrize(
    ("account", "who", "for_school", "code"),
    [
        (APPROVED, facts.MATHS, False, None),
        (APPROVED, facts.MUSIC, False, Code.ACCOUNT_NOT_YOURS),
        (APPROVED, facts.MATHS, True, Code.ACCOUNT_WRONG_KIND),
        (APPROVED, facts.FOREIGN_ADMIN, False, Code.NOT_FOUND),
        (PENDING, facts.MATHS, False, Code.ACCOUNT_NOT_APPROVED),
        (replace(APPROVED, person=None), facts.ISSUER, True, None),
        (replace(APPROVED, person=None), facts.ADMIN, True, Code.NOT_PERMITTED),
        (replace(APPROVED, person=None), facts.ISSUER, False, Code.ACCOUNT_WRONG_KIND),
        (replace(APPROVED, person=PersonId(uuid4())), facts.ISSUER, False, Code.ACCOUNT_NOT_YOURS),
    ],
)
def test_who_signs_with_an_account(account, who, for_school, code):
    assert said(must_be_usable, account, who, for_school=for_school) is code


@pytest.mark.parametrize(
    ("account", "who", "code"),
    [
        (UNPROVEN, facts.MATHS, None),
        (UNPROVEN, facts.ADMIN, Code.ACCOUNT_NOT_YOURS),
        (UNPROVEN, facts.FOREIGN_ADMIN, Code.NOT_FOUND),
        (PENDING, facts.MATHS, Code.ACCOUNT_WRONG_STATE),
        (WITHDRAWN, facts.MATHS, Code.ACCOUNT_WRONG_STATE),
        (replace(SCHOOLS, state=AccountState.UNPROVEN), facts.ISSUER, None),
        (
            replace(SCHOOLS, state=AccountState.UNPROVEN, requested_by=facts.MATHS.id),
            facts.MATHS,
            Code.NOT_PERMITTED,
        ),
    ],
)
def test_who_registered_it_proves_that_he_holds_the_key(account, who, code):
    assert said(may_prove, account, who) is code


@pytest.mark.parametrize(
    ("account", "who", "code"),
    [
        (APPROVED, facts.MATHS, None),
        (APPROVED, facts.ADMIN, None),
        (PENDING, facts.MATHS, None),
        (UNPROVEN, facts.ADMIN, None),
        (APPROVED, facts.MUSIC, Code.NOT_PERMITTED),
        (APPROVED, facts.FOREIGN_ADMIN, Code.NOT_FOUND),
        (WITHDRAWN, facts.MATHS, Code.ACCOUNT_WRONG_STATE),
        (replace(PENDING, state=AccountState.REFUSED), facts.MATHS, Code.ACCOUNT_WRONG_STATE),
        (replace(APPROVED, state=AccountState.CLOSED), facts.ADMIN, Code.ACCOUNT_WRONG_STATE),
        (SCHOOLS, facts.ISSUER, None),
        (SCHOOLS, facts.ADMIN, None),
        (SCHOOLS, facts.MATHS, Code.NOT_PERMITTED),
    ],
)
def test_the_owner_and_admin_withdraw_an_account(account, who, code):
    assert said(may_withdraw, account, who) is code


def test_who_decides_on_accounts_carries_them_over():
    assert said(may_copy, facts.ADMIN, for_school=False) is None
    assert said(may_copy, facts.MATHS, for_school=False) is Code.NOT_PERMITTED
    assert said(may_copy, facts.ISSUER, for_school=True) is None
    assert said(may_copy, AUTHORITY, for_school=True) is Code.NOT_PERMITTED


OTHER = replace(APPROVED, id=uuid4(), certificate_id=uuid4())
AGAIN = replace(APPROVED, id=uuid4())


@pytest.mark.parametrize(
    ("source", "there", "has_role", "code"),
    [
        (APPROVED, [], True, None),
        (APPROVED, [], False, Code.NO_ROLE_THIS_YEAR),
        (PENDING, [], True, Code.ACCOUNT_WRONG_STATE),
        (WITHDRAWN, [], True, Code.ACCOUNT_WRONG_STATE),
        (replace(APPROVED, state=AccountState.REFUSED), [], True, Code.ACCOUNT_WRONG_STATE),
        (replace(APPROVED, state=AccountState.CLOSED), [], True, Code.ACCOUNT_WRONG_STATE),
        (APPROVED, [OTHER], True, Code.ACCOUNT_EXISTS),
        (APPROVED, [replace(OTHER, state=AccountState.PENDING)], True, Code.ACCOUNT_EXISTS),
        (APPROVED, [replace(AGAIN, state=AccountState.PENDING)], True, Code.ACCOUNT_EXISTS),
        (APPROVED, [replace(AGAIN, state=AccountState.REFUSED)], True, Code.ACCOUNT_WRONG_STATE),
        (APPROVED, [replace(AGAIN, state=AccountState.WITHDRAWN)], True, Code.ACCOUNT_WRONG_STATE),
        (APPROVED, [replace(OTHER, state=AccountState.REFUSED)], True, None),
        (APPROVED, [replace(AGAIN, state=AccountState.UNPROVEN)], True, None),
        (replace(APPROVED, person=facts.ADMIN.id), [], True, Code.NOT_YOUR_OWN),
        (replace(APPROVED, school=facts.FOREIGN_ADMIN.school), [], True, Code.NOT_FOUND),
    ],
)
def test_what_is_carried_over_and_why_not(source, there, has_role, code):
    assert said(may_carry_over, source, facts.ADMIN, facts.YEAR, there, has_role=has_role) is code


def test_what_was_carried_over_is_not_carried_over_again():
    assert may_carry_over(APPROVED, facts.ADMIN, facts.YEAR, [AGAIN], has_role=False) == AGAIN


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([], CertificateState.NOT_REGISTERED),
        (["closed"], CertificateState.NOT_REGISTERED),
        (["unproven"], CertificateState.UNPROVEN),
        (["pending", "closed"], CertificateState.PENDING),
        (["unproven", "pending"], CertificateState.PENDING),
        (["pending", "approved"], CertificateState.APPROVED),
        (["refused", "approved", "closed"], CertificateState.APPROVED),
        (["refused", "withdrawn"], CertificateState.REFUSED),
        (["withdrawn", "refused"], CertificateState.WITHDRAWN),
    ],
)
def test_how_far_a_school_has_come_with_its_certificate(states, state):
    assert certificate_state([AccountState(each) for each in states]) is state
