"""Who may import, and which file: what is refused as a whole leaves nothing."""

from datetime import timedelta

import pytest

from hocba.actions.importing import import_workbook
from hocba.actions.upserting import upsert
from hocba.documents.workbooks import SheetKey
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import Role, SchoolId, SchoolYear
from hocba.store import ids
from hocba.store.models import (
    ImportRow,
    PersonRow,
    UploadRow,
)
from tests.actions.imports import bring
from tests.schools import NOW, YEAR, counts, filled, make_place, small, upload, user

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("roles", [(), (Role.LEADER,), (Role.ISSUER,), (Role.HOMEROOM_TEACHER,)])
async def test_only_an_administrator_or_manager_imports(roles):
    place = await make_place()
    other = user(place.id, *roles)
    file = await upload(other, filled(small()))
    before = await counts()

    with pytest.raises(Refusal) as refusal:
        await import_workbook(other, file, year=YEAR, dry_run=False, now=NOW)

    assert refusal.value.code is Code.NOT_PERMITTED
    assert await counts() == before


async def test_a_file_of_somebody_else_is_unknown():
    place = await make_place()
    file = await upload(user(place.id, Role.ADMIN), filled(small()))
    before = await counts()

    with pytest.raises(Refusal) as refusal:
        await import_workbook(place.admin, file, year=YEAR, dry_run=False, now=NOW)

    assert refusal.value.code is Code.FILE_UNKNOWN
    assert await counts() == before


async def test_a_file_lives_for_a_day():
    place = await make_place()
    file = await upload(place.admin, filled(small()), at=NOW - timedelta(days=1))

    with pytest.raises(Refusal) as refusal:
        await import_workbook(place.admin, file, year=YEAR, dry_run=False, now=NOW)

    assert refusal.value.code is Code.FILE_UNKNOWN
    assert await UploadRow.all().count() == 1


@pytest.mark.parametrize("year", ["2025", "2025-2027", "năm nay!!", "2025/2026"])
async def test_a_school_year_is_two_years_in_a_row(year):
    place = await make_place()
    file = await upload(place.admin, filled(small()))

    with pytest.raises(Refusal) as refusal:
        await import_workbook(place.admin, file, year=SchoolYear(year), dry_run=False, now=NOW)

    assert (refusal.value.code, refusal.value.facts["field"]) == (Code.INVALID_VALUE, "year")
    assert await ImportRow.all().count() == 0


async def test_what_is_no_workbook_is_refused_and_leaves_nothing():
    place = await make_place()
    before = await counts()

    with pytest.raises(Refusal) as refusal:
        await bring(place.admin, b"%PDF-1.7")

    assert refusal.value.code is Code.FILE_NOT_READABLE
    assert await counts() == before


async def test_a_school_that_is_not_there_takes_nothing():
    nowhere = user(SchoolId(ids.new()), Role.ADMIN)

    for imported in (
        bring(nowhere, filled(small())),
        upsert(nowhere, SheetKey.STAFF, [{"code": "1", "full_name": "Vũ Tú"}], year=YEAR, now=NOW),
    ):
        with pytest.raises(Refusal) as refusal:
            await imported
        assert refusal.value.code is Code.NOT_FOUND

    assert await PersonRow.all().count() == 0
