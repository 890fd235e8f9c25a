"""Staff become users with the roles that the workbook grants, within what the importer may grant."""

from dataclasses import replace

import pytest

from hocba.documents.workbooks import ProblemCode, SheetKey
from hocba.domain.people import Actor
from hocba.domain.values import Role
from hocba.store.models import (
    PersonRow,
    RoleGrantRow,
    UserRow,
)
from tests.actions.imports import bring, said, sheet
from tests.schools import changed, filled, make_place, only, small, user

pytestmark = pytest.mark.usefixtures("db")


async def test_staff_become_people_who_can_be_given_a_password_with_the_roles_granted():
    place = await make_place()

    await bring(place.admin, filled(small()))

    clerk = await PersonRow.get(school_id=place.id, title="Văn thư")
    account = await UserRow.get(person_id=clerk.id)
    grant = await RoleGrantRow.get(person_id=clerk.id)
    assert (account.password_hash, account.active) == (None, True)
    assert (grant.role, grant.school_id, grant.granted_by, grant.valid_to) == (
        Role.ISSUER,
        place.id,
        place.admin.id,
        None,
    )
    assert await RoleGrantRow.all().count() == 2


async def test_a_manager_sets_no_user_names_and_grants_no_roles():
    place = await make_place()
    manager = user(place.id, Role.MANAGER)

    report = await bring(manager, only(staff=[s for s in small().staff if s.issuer]))

    assert said(report) == [
        ("staff", 2, "Tên đăng nhập", ProblemCode.ADMIN_ONLY),
        ("staff", 2, "Ký phát hành", ProblemCode.ADMIN_ONLY),
    ]
    assert (await PersonRow.all().count(), await RoleGrantRow.all().count()) == (0, 0)


async def test_a_manager_imports_staff_whose_rights_stay_as_they_are():
    place = await make_place()
    await bring(place.admin, filled(small()))
    staff = changed(small().staff, 0, title="Quyền Hiệu trưởng")

    report = await bring(user(place.id, Role.MANAGER), only(staff=staff))

    assert (report.committed, sheet(report, SheetKey.STAFF)) == (True, (20, 0, 1, 19, 0, 0))


async def test_nobody_grants_himself_the_right_to_issue():
    place = await make_place()
    await bring(place.admin, filled(small()))
    own = await PersonRow.get(title="Nhân viên công nghệ thông tin")
    himself = Actor(id=own.id, school=place.id, roles=frozenset({Role.ADMIN}))
    index = next(i for i, line in enumerate(small().staff) if line.code == own.code)

    report = await bring(himself, only(staff=changed(small().staff, index, issuer=True)))

    assert said(report) == [("staff", index + 2, "Ký phát hành", ProblemCode.NOT_TO_ONESELF)]
    assert await RoleGrantRow.filter(person_id=own.id, role=Role.ISSUER).count() == 0


async def test_an_empty_cell_withdraws_no_role():
    place = await make_place()
    await bring(place.admin, filled(small()))
    plain = [replace(line, admin=False, issuer=False, username="") for line in small().staff]

    report = await bring(place.admin, only(staff=plain))

    assert sheet(report, SheetKey.STAFF) == (20, 0, 0, 20, 0, 0)
    assert (await RoleGrantRow.all().count(), await UserRow.all().count()) == (2, 20)


async def test_a_user_name_that_somebody_elsewhere_has_is_refused():
    first, second = await make_place(), await make_place()
    await bring(first.admin, only(staff=small().staff[:1]))

    report = await bring(second.admin, only(staff=small().staff[:1]))

    assert said(report) == [("staff", 2, "Tên đăng nhập", ProblemCode.USERNAME_TAKEN)]
    assert await PersonRow.filter(school_id=second.id).count() == 0
