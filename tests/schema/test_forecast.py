"""Who looks after accounts sees in time which certificates will not serve."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hocba.domain.people import Actor
from hocba.domain.trust import RevocationMode
from hocba.settings import Settings
from hocba.store.models import CertificateRow, SigningAccountRow
from hocba.trust import Trust, load_crls
from tests import api, build
from tests.actions import world as worlds
from tests.actions.authority import believe, trust
from tests.actions.world import World
from tests.api import Api, gid
from tests.pki import crl, holder, pki
from tests.statements import counted

DAY = timedelta(days=1)
ALL = """query($f: CertificateForecastFilter, $n: Int, $a: String) {
  certificateForecast(filter: $f, first: $n, after: $a) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { accountId schoolName personName state concerns concernLabels revokedSince
                   certificate { notAfter } } } } }"""


@pytest.fixture
async def here(db: None, settings: Settings) -> AsyncIterator[World]:
    """A school all of whose certificates are known to be good, by the operator's own lists."""
    made = await worlds.make(settings, students=1)
    believe(made, settings, with_lists())
    yield made
    await made.house.close()


@pytest.fixture
async def asks(here: World) -> AsyncIterator[Api]:
    async with api.client(here.house) as made:
        yield made


def with_lists(*revoked: Any, root: bool = True) -> Trust:
    since = build.NOW - 3 * DAY
    lists = [crl(pki().intermediate, revoked, at=build.NOW - DAY, revoked_at=since, lasts=90 * DAY)]
    if root:
        lists.append(crl(pki().root, at=build.NOW - DAY, lasts=90 * DAY))
    believed = trust()
    crls = tuple(each for der in lists for each in load_crls(der))
    return Trust(roots=believed.roots, intermediates=believed.intermediates, crls=crls)


async def seen(asks: Api, who: Actor, **given: Any) -> list[dict[str, Any]]:
    variables = {name: given.pop(name) for name in ("n", "a") if name in given}
    said = await asks.ask(ALL, who, f=given, **variables)
    return [edge["node"] for edge in said["certificateForecast"]["edges"]]


async def end(world: World, person: Actor | None, at: Any) -> str:
    """Let somebody's certificate be one that ends then; without a person, the school's."""
    one = world.holders[person.id] if person else world.school_holder
    assert one is not None
    shorter = holder(
        "Người Ký", one.certificate.identity, pki().intermediate, until=at, kind="ec" if person else "rsa"
    )
    row = await CertificateRow.get(id=await worlds.kept_certificate(shorter))
    account = world.accounts[person.id] if person else world.school_account
    await SigningAccountRow.filter(id=account).update(certificate_id=row.id)
    return gid("SigningAccount", account)


async def test_what_ends_before_the_transcripts_are_due_is_named_first_to_end_first(
    asks: Api, here: World
) -> None:
    admin, (first, second, *_) = here.school.admin, here.school.teachers
    assert await seen(asks, admin) == []
    late = await end(here, first, build.NOW + 27 * DAY)
    soon = await end(here, second, build.NOW + 3 * DAY)
    seal = await end(here, None, build.NOW + 20 * DAY)
    await end(here, here.school.leader, build.NOW + 300 * DAY)  # it ends after the 30th of June
    rows = await seen(asks, admin)
    assert [row["accountId"] for row in rows] == [soon, seal, late]
    assert rows[0]["concerns"] == ["ENDS_EARLY"]
    assert rows[0]["concernLabels"] == ["Hết hạn trước thời hạn nộp học bạ"]
    assert (rows[0]["state"], rows[1]["personName"], rows[1]["schoolName"]) == (
        "APPROVED",
        None,
        "Trường THCS Hoa Sen",
    )
    sooner = await seen(asks, admin, until=(build.NOW + 5 * DAY).isoformat())
    assert [row["accountId"] for row in sooner] == [soon]
    assert await seen(asks, admin, schoolYear="2024-2025") == []


async def test_its_pages_follow_one_another(asks: Api, here: World) -> None:
    for each in here.school.teachers[:3]:
        await end(here, each, build.NOW + 3 * DAY)
    found, after, more = [], None, True
    while more:
        page = (await asks.ask(ALL, here.school.admin, f={}, n=2, a=after))["certificateForecast"]
        assert page["totalCount"] == 3
        found += [edge["node"]["accountId"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len(set(found)) == len(found) == 3


async def test_who_is_revoked_and_of_whom_nothing_is_known_is_named(here: World, settings: Settings) -> None:
    gone = here.school.teachers[0]
    believe(here, settings, with_lists(here.holders[gone.id]))
    async with api.client(here.house) as asks:
        (row,) = await seen(asks, here.school.admin)
        assert (row["personName"] is not None, row["concerns"]) == (True, ["REVOKED"])
        assert row["revokedSince"] == (build.NOW - 3 * DAY).isoformat()
    accounts = await SigningAccountRow.all().count()
    believe(here, settings, with_lists(root=False))
    async with api.client(here.house) as asks:
        rows = await seen(asks, here.school.admin, n=100)
        assert [row["concerns"] for row in rows] == [["REVOCATION_UNKNOWN"]] * accounts
    believe(here, turned_off(settings), with_lists(root=False))
    async with api.client(here.house) as asks:
        assert await seen(asks, here.school.admin) == []
    believe(here, settings, Trust(roots=(pki().outsider.cert,)))
    async with api.client(here.house) as asks:
        rows = await seen(asks, here.school.admin, n=100)
        assert [row["concerns"] for row in rows] == [["UNTRUSTED"]] * accounts


def turned_off(settings: Settings) -> Settings:
    return replace(settings, revocation=RevocationMode.OFF)


async def test_a_teacher_sees_his_own_and_a_stranger_nothing(asks: Api, here: World) -> None:
    first, second = here.school.teachers[:2]
    own = await end(here, first, build.NOW + 3 * DAY)
    await end(here, second, build.NOW + 3 * DAY)
    await end(here, None, build.NOW + 3 * DAY)
    assert [row["accountId"] for row in await seen(asks, first)] == [own]
    other = await build.school(students=1, name="6A2")
    assert await seen(asks, other.admin) == []
    officer = await build.authority(here.school.id)
    seals = await seen(asks, officer)
    assert [row["personName"] for row in seals] == [None]


async def test_it_takes_the_same_statements_however_many_there_are(asks: Api, here: World) -> None:
    async def statements() -> int:
        await api.token(here.house, here.school.admin.id)
        await seen(asks, here.school.admin)
        with counted() as made:
            await seen(asks, here.school.admin)
        return len([each for each in made if "signing_account" in each or "revocation" in each])

    assert await statements() == 2
    for each in here.school.teachers[:5]:
        await end(here, each, build.NOW + 3 * DAY)
    assert await statements() == 2
