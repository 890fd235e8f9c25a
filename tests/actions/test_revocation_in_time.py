"""What is known of revocation is asked for again in time, kept as evidence, and asked of the right roots."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from hocba import jobs
from hocba.actions import certificate_checks, revocation
from hocba.actions.authorities import Authorities
from hocba.actions.building import TrustFiles
from hocba.actions.revocation import refreshing
from hocba.domain.accounts import AccountState
from hocba.domain.errors import Code, Refusal
from hocba.domain.trust import Policy, RevocationMode
from hocba.settings import Settings
from hocba.store import ids, revocations
from hocba.store.models import CertificateRow, RevocationRow, SchoolRow, SigningAccountRow
from hocba.store.revocations import NewEvidence, OutdatedError
from hocba.trust import Revocation, Trust, load_crls
from tests import build
from tests.actions import world as worlds
from tests.actions.authority import DAY, MADE, Authority, asking, authority, believe, trust
from tests.actions.requests import STEP
from tests.actions.world import World
from tests.pki import Holder, crl, pki

HOUR = timedelta(hours=1)


@pytest.fixture
async def ca() -> AsyncIterator[Authority]:
    async with authority() as made:
        yield made


@pytest.fixture
async def world(db: None, settings: Settings, ca: Authority) -> AsyncIterator[World]:
    made = await worlds.make(settings, students=1)
    ca.knows(*made.holders.values(), *filter(None, [made.school_holder]))
    believe(made, asking(settings, ca))
    yield made
    await made.house.close()


async def rung(world: World) -> list[UUID]:
    """For which certificates the sweep rings."""
    before = len(world.rings)
    await revocation.sweep(world.house)
    assert {name for name, _ in world.rings[before:]} <= {"refresh_revocation"}
    return [id_ for _, id_ in world.rings[before:]]


async def hear(world: World, bells: list[UUID]) -> None:
    for id_ in bells:
        await revocation.refresh(world.house, id_)
    await world.house.tasks.idle()


# the sweep


async def test_one_bell_asks_for_the_list_that_serves_everybody(world: World, ca: Authority) -> None:
    (bell,) = await rung(world)
    assert await CertificateRow.exists(id=bell)
    await hear(world, [bell])
    assert sorted(ca.paths) == ["/intermediate.crl", "/root.crl"]
    for each in (*world.holders.values(), world.school_holder):
        assert each is not None
        await certificate_checks.must_hold(world.house, each.certificate, at=world.clock.now)
    assert len(ca.paths) == 2


async def test_nobody_is_asked_again_before_it_is_time(world: World, ca: Authority) -> None:
    await hear(world, await rung(world))
    world.clock.forward(minutes=4)
    assert await rung(world) == []  # it does not even look
    world.clock.forward(hours=17)
    assert await rung(world) == []
    world.clock.forward(hours=5, minutes=30)  # half an hour before the end
    assert await rung(world) == []
    world.clock.forward(minutes=15)
    bells = await rung(world)
    assert len(bells) == 1
    ca.made = world.clock.now
    await hear(world, bells)
    assert len(ca.paths) == 4
    world.clock.forward(hours=20)
    assert await rung(world) == []


async def test_an_authority_that_failed_is_rung_for_again(world: World, ca: Authority) -> None:
    ca.vendor.says = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
    await hear(world, await rung(world))
    assert await RevocationRow.all().count() == 0
    ca.vendor.says = ca.says
    world.clock.forward(minutes=6)
    await hear(world, await rung(world))
    assert await RevocationRow.all().count() == 2


async def test_a_bell_rung_twice_asks_once(world: World, ca: Authority) -> None:
    (bell,) = await rung(world)
    await hear(world, [bell, bell])
    assert sorted(ca.paths) == ["/intermediate.crl", "/root.crl"]
    await hear(world, [bell, UUID(int=1)])
    assert len(ca.paths) == 2


async def test_what_the_operators_own_lists_say_is_not_asked_for(world: World, ca: Authority) -> None:
    lists = [crl(each, at=MADE, lasts=90 * DAY) for each in (pki().intermediate, pki().root)]
    given = replace(trust(), crls=tuple(found for der in lists for found in load_crls(der)))
    believe(world, world.house.settings, given)
    assert await rung(world) == []
    world.clock.forward(days=89, minutes=1)
    assert len(await rung(world)) == 1
    mode = replace(world.house.settings, revocation=RevocationMode.OFF)
    believe(world, mode, given)
    assert await rung(world) == []


async def test_where_there_is_no_list_each_is_asked_about_alone(
    world: World, ca: Authority, settings: Settings
) -> None:
    sources = {pki().intermediate.certificate.fingerprint: {"ocsp": ca.url("/ocsp")}}
    believe(world, replace(settings, revocation_sources=sources))
    bells = await rung(world)
    assert (
        len(bells)
        == len({*world.holders.values(), world.school_holder})
        == await CertificateRow.all().count()
    )
    await hear(world, bells)
    assert set(ca.paths) == {"/ocsp"}
    assert await RevocationRow.filter(kind="ocsp").count() == len(bells)


async def test_who_signs_no_more_is_not_watched(world: World, ca: Authority) -> None:
    await SigningAccountRow.all().update(state=AccountState.REFUSED)
    assert await rung(world) == []


async def test_other_roots_make_other_paths(world: World, ca: Authority, settings: Settings) -> None:
    believe(world, asking(settings, ca), Trust(roots=(pki().outsider.cert,)))
    assert await rung(world) == []
    world.clock.forward(minutes=6)
    world.house = replace(world.house, trust=_always(trust()))
    assert len(await rung(world)) == 1


def _always(given: Trust):
    return lambda: given


async def test_a_server_asks_by_itself(world: World, ca: Authority) -> None:
    """Sweep, bell, job, authority, rows: with the real jobs."""
    work = jobs.Jobs(jobs.make_broker(None))
    house = replace(world.house, ring=work.ring)
    async with jobs.running(work, house), asyncio.timeout(10):
        while await RevocationRow.all().count() < 2:  # noqa: ASYNC110 -- rows are what there is to see
            await asyncio.sleep(0.05)
    assert sorted(ca.paths) == ["/intermediate.crl", "/root.crl"]


# rows


def new(at: datetime, der: bytes = b"1", *, fetched: datetime | None = None) -> NewEvidence:
    return NewEvidence(
        kind="crl", about="a" * 64, url="http://x", der=der, this_update=at, until=at + DAY,
        fetched_at=fetched or build.NOW,
    )  # fmt: skip


async def test_the_same_answer_is_one_row_and_an_older_one_is_refused(db: None) -> None:
    first = await revocations.keep(new(MADE))
    assert await revocations.keep(new(MADE)) == first
    with pytest.raises(OutdatedError):
        await revocations.keep(new(MADE - HOUR, b"0"))
    assert await RevocationRow.all().values_list("id", flat=True) == [first]
    assert await revocations.newest(["a" * 64, "b" * 64]) == {("crl", "a" * 64): first}


async def test_a_row_goes_when_it_was_replaced_and_nothing_rests_on_it(db: None) -> None:
    soon = datetime.now(build.NOW.tzinfo) + HOUR  # ids are made with the clock of the computer
    await revocations.keep(new(MADE, b"1", fetched=soon))
    second = await revocations.keep(new(MADE + HOUR, b"2", fetched=soon))
    assert await RevocationRow.all().values_list("id", flat=True) == [second]


async def test_what_a_signature_rests_on_stays(world: World, ca: Authority) -> None:
    await world.sign(world.school.teachers[0], STEP)
    row = await CertificateRow.get(fingerprint=_teacher(world).certificate.fingerprint)
    then = world.clock.now
    world.clock.forward(days=2)
    ca.made = world.clock.now
    ca.revoke(_teacher(world), world.clock.now)
    with pytest.raises(Refusal, match="certificate_revoked"):
        await certificate_checks.must_hold(
            world.house, _teacher(world).certificate, at=world.clock.now, waits=True
        )

    rests = await revocation.evidence(world.house, row.id, then)
    assert [each.revocation for each in rests] == [Revocation.GOOD, Revocation.GOOD]
    assert [[kept.kind for kept in each.rows] for each in rests] == [["ocsp"], ["crl"]]
    assert rests[0].certificate == row.fingerprint
    assert rests[0].rows[0].this_update == MADE
    later = await revocation.evidence(world.house, row.id, world.clock.now)
    assert later[0].revocation is Revocation.REVOKED
    assert await RevocationRow.filter(kind="ocsp").count() == 2
    before = await revocation.evidence(world.house, row.id, then - DAY)
    assert [(each.revocation, each.rows) for each in before] == [(Revocation.NOT_CHECKED, ())] * 2
    assert await revocation.evidence(world.house, ids.new(), then) == []


def _teacher(world: World) -> Holder:
    return world.holders[world.school.teachers[0].id]


# roots by what a certificate is for


@pytest.fixture
def files(tmp_path: Path) -> dict[Policy, tuple[Path, ...]]:
    """Private schools' seals lead to the root of the test, public ones' to another."""
    (tmp_path / "root.pem").write_bytes(pki().root.pem)
    (tmp_path / "outsider.pem").write_bytes(pki().outsider.pem)
    ours, theirs = (tmp_path / "root.pem",), (tmp_path / "outsider.pem",)
    return {Policy.SEAL_PUBLIC: theirs, Policy.SEAL_PRIVATE: ours, Policy.PERSON: ours}


async def test_whose_a_school_is_chooses_the_roots_of_its_seal(
    world: World, ca: Authority, settings: Settings, files: dict[Policy, tuple[Path, ...]]
) -> None:
    given = asking(settings, ca, trust=files)
    believe(world, given, TrustFiles(given)())
    assert world.school_holder is not None
    seal, person = world.school_holder.certificate, _teacher(world).certificate
    between = (pki().intermediate.der,)

    async def refused(school: object = None, certificate: object = person) -> Code | None:
        try:
            await certificate_checks.must_hold(
                world.house, certificate, at=build.NOW, school=school, given=between, waits=True
            )
        except Refusal as no:
            return no.code
        return None

    assert await refused() is None
    assert await refused(world.school.id, seal) is Code.CERTIFICATE_UNTRUSTED
    await SchoolRow.filter(id=world.school.id).update(ownership="private")
    assert await refused(world.school.id, seal) is None


async def test_what_came_along_when_it_was_registered_helps_ever_after(
    world: World, ca: Authority, settings: Settings, files: dict[Policy, tuple[Path, ...]]
) -> None:
    given = asking(settings, ca, trust=files)
    believe(world, given, TrustFiles(given)())
    one = _teacher(world).certificate
    with pytest.raises(Refusal) as no:
        await certificate_checks.must_hold(world.house, one, at=build.NOW, waits=True)
    assert no.value.code is Code.CERTIFICATE_UNTRUSTED
    chain = b64encode(pki().intermediate.der).decode()
    await CertificateRow.filter(fingerprint=one.fingerprint).update(chain=["bm8=", chain])
    await certificate_checks.must_hold(world.house, one, at=build.NOW, waits=True)
    assert len(await rung(world)) == 0  # and whoever watches finds the same path, of which all is known


async def test_the_files_are_read_again_when_they_change(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "root.pem"
    path.write_bytes(pki().outsider.pem)
    read = TrustFiles(
        replace(settings, trust={Policy.PERSON: (path,)}, trust_file=tmp_path / "all.pem")
        if (tmp_path / "all.pem").write_bytes(pki().root.pem)
        else settings
    )
    first = read()
    assert read() is first
    assert first.under(Policy.PERSON).roots == (pki().outsider.cert,)
    assert first.under(Policy.SEAL_PUBLIC).roots == (pki().root.cert,)
    assert set(first.roots) == {pki().outsider.cert, pki().root.cert}
    path.write_bytes(pki().root.pem + pki().intermediate.pem)
    assert read().under(Policy.PERSON).roots == (pki().root.cert,)
    assert read().under(Policy.PERSON).intermediates == (pki().intermediate.cert,)


def test_the_sweep_looks_more_often_than_anything_may_run_out() -> None:
    assert refreshing.EVERY < refreshing.EARLY


async def test_without_a_way_out_nobody_is_rung_for(world: World) -> None:
    world.house = replace(world.house, authorities=Authorities())
    assert await rung(world) == []
