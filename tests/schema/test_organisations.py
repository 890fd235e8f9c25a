"""What an authority sees of the authorities and schools below it, and what nobody else does."""

from datetime import date
from uuid import UUID

import pytest

from hocba.actions import organisations as actions
from hocba.domain.organisations import OrganisationKind
from hocba.domain.values import Role
from hocba.store.models import OrganisationRow, PersonRow, RoleGrantRow, SchoolRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.statements import counted

TREE = "{ organisations { code kindLabel parentId schools } }"
LIST = """query ($filter: SupervisedSchoolFilter, $first: Int, $after: String) {
  supervisedSchools(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage } edges { node { code levels ownershipLabel } } } }"""


@pytest.fixture
async def officer(here: World):
    """Somebody of a Sở: over it a Bộ, below it a commune with the school of ``here`` and four more."""
    made: dict[str, UUID] = {}
    for code, kind in (("BO", "bo"), ("SO", "so"), ("XA", "xa")):
        made[code] = await actions.add(code, f"Cơ quan {code}", OrganisationKind(kind), now=build.NOW)
    mine = (await SchoolRow.get(id=here.school.id)).code
    for number, levels in enumerate(("th", "thcs", "th,thcs", "thpt")):
        ownership = "private" if number == 3 else "public"
        await SchoolRow.create(
            id=build.ids.new(), code=f"S{number}", name=f"Trường {number}", levels=levels, ownership=ownership
        )
    links = [("BO", "SO"), ("SO", "XA"), ("XA", mine), *(("SO", f"S{number}") for number in range(4))]
    for parent, child in links:
        await actions.supervise(parent, child, since=date(2000, 1, 1), until=None, now=build.NOW)
    person = await build.person(here.school.id)
    await PersonRow.filter(id=person.id).update(school_id=made["SO"])
    await RoleGrantRow.create(
        id=build.ids.new(),
        person_id=person.id,
        organisation_id=made["SO"],
        role=Role.AUTHORITY,
        valid_from=build.NOW,
    )
    return person


async def codes(asks: Api, who, **wanted) -> list[str]:
    said = await asks.post(LIST, {"filter": wanted}, who=who)
    return [edge["node"]["code"] for edge in said["data"]["supervisedSchools"]["edges"]]


async def test_an_authority_sees_its_tree_and_not_what_stands_above(asks: Api, officer) -> None:
    so = gid("Organisation", (await OrganisationRow.get(code="SO")).id)
    assert (await asks.post(TREE, who=officer))["data"]["organisations"] == [
        {"code": "SO", "kindLabel": "Sở Giáo dục và Đào tạo", "parentId": None, "schools": 4},
        {"code": "XA", "kindLabel": "UBND xã, phường, đặc khu", "parentId": so, "schools": 1},
    ]


async def test_the_schools_below_are_listed_by_code_page_by_page(asks: Api, here: World, officer) -> None:
    mine = (await SchoolRow.get(id=here.school.id)).code
    everything = sorted([mine, "S0", "S1", "S2", "S3"])
    seen, after = [], None
    while True:
        said = await asks.post(LIST, {"first": 2, "after": after}, who=officer)
        page = said["data"]["supervisedSchools"]
        assert page["totalCount"] == 5
        seen += [edge["node"]["code"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == everything


async def test_they_are_narrowed(asks: Api, here: World, officer) -> None:
    mine = (await SchoolRow.get(id=here.school.id)).code
    assert await codes(asks, officer, level="TH") == ["S0", "S2"]
    assert await codes(asks, officer, level="THCS") == sorted([mine, "S1", "S2"])
    assert await codes(asks, officer, ownership="PRIVATE") == ["S3"]
    assert await codes(asks, officer, code="S1") == ["S1"]
    xa = gid("Organisation", (await OrganisationRow.get(code="XA")).id)
    bo = gid("Organisation", (await OrganisationRow.get(code="BO")).id)
    assert await codes(asks, officer, organisationId=xa) == [mine]
    assert await codes(asks, officer, organisationId=bo) == [], "it stands above"


async def test_a_schools_own_people_see_none_of_it(asks: Api, here: World, officer) -> None:
    for who in (here.school.admin, here.school.leader):
        assert (await asks.post(TREE, who=who))["data"]["organisations"] == []
        assert await codes(asks, who) == []


async def test_the_statements_do_not_grow_with_the_schools(asks: Api, officer) -> None:
    await asks.post(LIST, {"first": 1}, who=officer)
    with counted() as few:
        await asks.post(LIST, {"first": 1}, who=officer)
    with counted() as many:
        await asks.post(LIST, {"first": 100}, who=officer)
    assert len(many) == len(few)
