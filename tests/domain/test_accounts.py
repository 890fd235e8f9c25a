"""Signing accounts, one rule a test (C1-C9)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hocba.domain.accounts import (
    Account,
    AccountState,
    may_decide,
    may_grant,
    may_register,
    must_be_usable,
    must_fit,
)
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import PersonId, Role
from tests.domain import facts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
AUTHORITY = facts.actor(Role.AUTHORITY)
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
        (PENDING, facts.FOREIGN_ADMIN, False, Code.NOT_FOUND),
        (APPROVED, facts.ADMIN, False, Code.ACCOUNT_WRONG_STATE),
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
