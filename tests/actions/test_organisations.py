"""Authorities and the schools below them, day by day."""

from datetime import date
from uuid import UUID

import pytest

from hocba.actions import organisations as actions
from hocba.domain.errors import Code, Refusal
from hocba.domain.organisations import OrganisationKind
from hocba.domain.values import SchoolId
from hocba.store import ids
from hocba.store.models import EventRow, OrganisationRow, SchoolRow, SupervisionRow
from hocba.store.reads import organisations as reads
from hocba.store.reads.organisations import Schools
from tests import build
from tests.statements import counted

BEFORE, REFORM = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture
async def tree(db: None) -> dict[str, UUID]:
    """Bộ over Sở over a Phòng and a commune; one school moved from the one to the other."""
    made = {}
    for code, kind in (("BO", "bo"), ("SO", "so"), ("PHONG", "phong"), ("XA", "xa"), ("SO2", "so")):
        made[code] = await actions.add(code, f"Cơ quan {code}", OrganisationKind(kind), now=build.NOW)
    for code in ("T1", "T2", "T3"):
        made[code] = ids.new()
        await SchoolRow.create(id=made[code], code=code, name=code, levels="thcs")
    for parent, child, since, until in (
        ("BO", "SO", date(2000, 1, 1), None),
        ("SO", "PHONG", date(2000, 1, 1), REFORM),
        ("SO", "XA", REFORM, None),
        ("PHONG", "T1", date(2000, 1, 1), REFORM),
        ("XA", "T1", REFORM, None),
        ("SO", "T2", date(2000, 1, 1), None),
        ("SO2", "T3", date(2000, 1, 1), None),
    ):
        await actions.supervise(parent, child, since=since, until=until, now=build.NOW)
    return made


async def below(tree: dict[str, UUID], code: str, day: date) -> set[str]:
    """The schools below, asked both ways: from the schools upwards, and from the authority downwards."""
    schools = {code: SchoolId(tree[code]) for code in ("T1", "T2", "T3")}
    up = await reads.supervised([tree[code]], list(schools.values()), day)
    which = Schools(day=day, organisations=[tree[code]])
    down = await SchoolRow.filter(which.of("id")).values_list("code", flat=True)
    assert set(down) == {code for code, id_ in schools.items() if id_ in up}
    return set(down)  # type: ignore[arg-type]


async def test_what_stands_below_is_asked_of_a_day(tree: dict[str, UUID]) -> None:
    assert await below(tree, "PHONG", BEFORE) == {"T1"}
    assert await below(tree, "PHONG", REFORM) == set()
    assert await below(tree, "XA", BEFORE) == set()
    assert await below(tree, "XA", REFORM) == {"T1"}
    for day in (BEFORE, REFORM):
        assert await below(tree, "SO", day) == {"T1", "T2"}
        assert await below(tree, "BO", day) == {"T1", "T2"}
        assert await below(tree, "SO2", day) == {"T3"}


async def test_a_schools_supervisors_are_told_from_the_nearest(tree: dict[str, UUID]) -> None:
    with counted() as statements:
        found = await reads.supervisors([tree["T1"], tree["T3"]], REFORM)
    assert len(statements) == 1
    assert [each.organisation.code for each in found[tree["T1"]]] == ["XA", "SO", "BO"]
    assert [each.organisation.code for each in found[tree["T3"]]] == ["SO2"]


async def test_the_tree_below_an_authority(tree: dict[str, UUID]) -> None:
    found = await reads.tree([tree["SO"]], REFORM)
    assert [(each.organisation.code, each.parent, each.schools) for each in found] == [
        ("SO", None, 1), ("XA", tree["SO"], 1),
    ]  # fmt: skip


async def test_a_circle_in_the_data_is_not_walked_for_ever(tree: dict[str, UUID]) -> None:
    await SupervisionRow.create(
        id=ids.new(), child_id=tree["BO"], parent_id=tree["XA"], valid_from=date(2000, 1, 1)
    )
    with counted() as statements:
        assert await below(tree, "XA", REFORM) == {"T1", "T2"}
    assert len(statements) == 2


async def test_two_thousand_schools_are_not_loaded_to_ask_about_one(tree: dict[str, UUID]) -> None:
    many = [SchoolRow(id=ids.new(), code=f"N{n}", name="T", levels="th") for n in range(2000)]
    await SchoolRow.bulk_create(many)
    await SupervisionRow.bulk_create(
        [
            SupervisionRow(id=ids.new(), child_id=row.id, parent_id=tree["SO2"], valid_from=BEFORE)
            for row in many
        ]
    )
    with counted() as statements:
        assert await reads.supervised([tree["SO2"]], [SchoolId(many[7].id)], REFORM) == {many[7].id}
    assert len(statements) == 1
    which = Schools(day=REFORM, organisations=[tree["SO2"]])
    page = SchoolRow.filter(which.of("id")).limit(3).order_by("code")
    assert await page.values_list("code", flat=True) == ["N0", "N1", "N10"]


@pytest.mark.parametrize(
    ("parent", "child", "since", "code"),
    [
        ("PHONG", "SO", REFORM, Code.SUPERVISION_WRONG_ORDER),
        ("SO", "SO", REFORM, Code.SUPERVISION_WRONG_ORDER),
        ("SO2", "T1", date(2026, 1, 1), Code.SUPERVISION_OVERLAPS),
        ("SO2", "XA", BEFORE, Code.SUPERVISION_OVERLAPS),
        ("SO", "NO", REFORM, Code.NOT_FOUND),
        ("T1", "T2", REFORM, Code.NOT_FOUND),
    ],
)
async def test_what_cannot_stand_there_is_refused_and_nothing_is_written(
    tree: dict[str, UUID], parent: str, child: str, since: date, code: Code
) -> None:
    rows, events = await SupervisionRow.all().count(), await EventRow.all().count()
    with pytest.raises(Refusal) as refused:
        await actions.supervise(parent, child, since=since, now=build.NOW)
    assert refused.value.code is code
    assert (await SupervisionRow.all().count(), await EventRow.all().count()) == (rows, events)


async def test_said_again_it_gets_another_end(tree: dict[str, UUID]) -> None:
    await actions.supervise("SO", "T2", until=REFORM, now=build.NOW)
    row = await SupervisionRow.get(child_id=tree["T2"])
    assert (row.valid_from, row.valid_to) == (date(2000, 1, 1), REFORM)
    await actions.supervise("SO2", "T2", since=REFORM, now=build.NOW)
    assert await below(tree, "SO2", REFORM) == {"T2", "T3"}
    kinds = await EventRow.filter(aggregate="supervision", aggregate_id=tree["T2"]).values_list(
        "kind", flat=True
    )
    assert kinds == ["SupervisionSet"] * 3


async def test_an_authority_is_added_once(tree: dict[str, UUID]) -> None:
    with pytest.raises(Refusal) as refused:
        await actions.add("SO", "Sở khác", OrganisationKind.SO, now=build.NOW)
    assert refused.value.code is Code.ALREADY_EXISTS
    assert await OrganisationRow.all().count() == 5


async def test_what_the_migration_made_of_an_authority_gets_its_name(db: None) -> None:
    id_ = await actions.add("01", "Sở", OrganisationKind.SO, now=build.NOW)
    await OrganisationRow.filter(id=id_).update(code=id_.hex[:20], name="")
    assert await actions.add("01", "Sở Hà Nội", OrganisationKind.SO, now=build.NOW) == id_
    row = await OrganisationRow.get()
    assert (row.code, row.name) == ("01", "Sở Hà Nội")
