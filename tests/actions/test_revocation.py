"""Authorities are asked whether a certificate is revoked: what they say counts, and nothing else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.ocsp import OCSPCertStatus
from cryptography.x509.oid import AuthorityInformationAccessOID
from tortoise.transactions import in_transaction

from hocba.actions import certificate_checks, revocation
from hocba.actions.authorities import AT_ONCE
from hocba.actions.revocation.asking import cover
from hocba.domain.errors import Code, Refusal
from hocba.domain.trust import RevocationMode
from hocba.outbound import LISTS
from hocba.settings import Settings
from hocba.store import certificates, ids
from hocba.store.models import CertificateRow, RevocationRow, SignatureRow, SigningItemRow, SigningRequestRow
from hocba.trust.evidence import Link
from tests import build
from tests.actions import world as worlds
from tests.actions.authority import DAY, MADE, Authority, as_answer, as_list, asking, authority, believe
from tests.actions.requests import STEP, states
from tests.actions.world import SECRETS, Phone, World
from tests.conftest import POSTGRES
from tests.pki import Holder, crl, holder, ocsp_answer, pki, responder
from tests.server.fake_vendor import answer

HOUR = timedelta(hours=1)


@pytest.fixture
async def ca() -> AsyncIterator[Authority]:
    async with authority() as made:
        yield made


@pytest.fixture
async def world(db: None, settings: Settings, ca: Authority) -> AsyncIterator[World]:
    """A school whose operator says where the authorities are asked."""
    made = await worlds.make(settings, students=2)
    ca.knows(*made.holders.values(), *filter(None, [made.school_holder]))
    believe(made, asking(settings, ca))
    yield made
    await made.house.close()


def teacher(world: World) -> Holder:
    return world.holders[world.school.teachers[0].id]


async def refusal(world: World, one: Holder | None = None, **how: object) -> Refusal | None:
    """Why the certificate is refused to somebody who waits."""
    given = (one or teacher(world)).certificate
    try:
        await certificate_checks.must_hold(world.house, given, at=world.clock.now, **({"waits": True} | how))
    except Refusal as refused:
        return refused
    return None


async def code(world: World, one: Holder | None = None, **how: object) -> Code | None:
    refused = await refusal(world, one, **how)
    return refused.code if refused else None


def mode(world: World, given: RevocationMode) -> None:
    world.house = replace(world.house, settings=replace(world.house.settings, revocation=given))


def restarted(world: World) -> None:
    """Another process on the same rows."""
    believe(world, world.house.settings)


async def ask_anew(world: World) -> None:
    """As when the answer about the teacher runs out soon."""
    await cover(world.house, Link(teacher(world).cert, pki().intermediate.cert), ["ocsp"], anew=True)


# what they say


async def test_whoever_is_good_is_asked_about_once_and_kept(world: World, ca: Authority) -> None:
    assert await code(world) is None
    assert sorted(ca.paths) == ["/ocsp", "/root.crl"]
    assert await code(world) is None
    assert await code(world, waits=False) is None
    assert len(ca.paths) == 2
    rows = {row.kind: row for row in await RevocationRow.all()}
    assert rows["ocsp"].about == teacher(world).certificate.fingerprint
    assert rows["crl"].about == pki().root.certificate.fingerprint
    assert (rows["ocsp"].this_update, rows["ocsp"].next_update) == (MADE, MADE + DAY)
    assert (rows["crl"].url, rows["crl"].fetched_at) == (ca.url("/root.crl"), build.NOW)


async def test_whoever_is_revoked_is_refused_from_that_moment_on(world: World, ca: Authority) -> None:
    ca.revoke(teacher(world), build.NOW - HOUR)
    refused = await refusal(world)
    assert refused is not None
    assert (refused.code, refused.facts["since"]) == (Code.CERTIFICATE_REVOKED, "01/06/2026 07:00")
    mode(world, RevocationMode.KNOWN)
    assert await code(world, waits=False) is Code.CERTIFICATE_REVOKED


async def test_without_a_responder_the_list_says_it(world: World, ca: Authority, settings: Settings) -> None:
    believe(world, asking(settings, ca, ocsp_too=False))
    other = world.holders[world.school.leader.id]
    ca.revoke(other, build.NOW - HOUR)
    assert await code(world) is None
    assert await code(world, other) is Code.CERTIFICATE_REVOKED
    assert sorted(ca.paths) == ["/intermediate.crl", "/root.crl"]  # one list for both


async def test_an_authority_that_is_revoked_takes_its_people_along(world: World, ca: Authority) -> None:
    gone = as_list(crl(pki().root, [pki().intermediate], at=MADE, revoked_at=MADE))

    async def says(path: str, body: bytes) -> bytes:
        return gone if path == "/root.crl" else await Authority._answered(ca, path, body)

    ca._answered = says  # type: ignore[method-assign]
    assert await code(world) is Code.CERTIFICATE_REVOKED


async def _silent(_body: bytes) -> bytes:
    await asyncio.sleep(30)
    raise AssertionError


def liars(world: World, ca: Authority) -> dict[str, Callable[[bytes], bytes]]:
    """What a responder may do wrong."""
    one, other = teacher(world), world.holders[world.school.leader.id]
    return {
        "signed by another authority": lambda body: as_answer(ca.about(body, by=responder(pki().outsider))),
        "signed by somebody without a charge": lambda body: as_answer(ca.about(body, by=other)),
        "run out": lambda body: as_answer(ca.about(body, at=build.NOW - 9 * DAY, lasts=8 * DAY)),
        "of the future": lambda body: as_answer(ca.about(body, at=build.NOW + HOUR)),
        "about another certificate": lambda _: as_answer(ocsp_answer(other, pki().intermediate, at=MADE)),
        "to another request": lambda body: as_answer(ca.about(body, nonce=bytes(32))),
        "unknown": lambda body: as_answer(ca.about(body, status=OCSPCertStatus.UNKNOWN)),
        "garbage": lambda _: as_answer(b"\x30\x82\xff\xff nothing"),
        "a page": lambda _: answer(body=b"<html>", kind="text/html"),
        "an error": lambda body: answer("500 No", body=ca.about(body), kind="application/ocsp-response"),
        "elsewhere": lambda _: answer("302 Found", extra=b"Location: /root.crl\r\n"),
        "too large": lambda _: as_answer(ocsp_answer(one, pki().intermediate, at=MADE) + bytes(1 << 20)),
        "nothing": lambda _: b"",
    }


WAYS = [
    "signed by another authority", "signed by somebody without a charge", "run out", "of the future",
    "about another certificate", "to another request", "unknown", "garbage", "a page", "an error",
    "elsewhere", "too large", "nothing",
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_a_responder_that_lies_says_nothing(world: World, ca: Authority, way: str) -> None:
    lies = liars(world, ca)
    assert list(lies) == WAYS

    async def lie(body: bytes) -> bytes:
        return lies[way](body)

    ca.ocsp, ca.listing = lie, answer("404 Not Found")
    assert await code(world) is Code.CERTIFICATE_REVOCATION_UNKNOWN
    assert await RevocationRow.filter(kind="ocsp").count() == 0
    assert await RevocationRow.filter(about=pki().intermediate.certificate.fingerprint).count() == 0


@pytest.mark.parametrize("way", WAYS)
async def test_what_a_responder_does_not_say_the_list_does(world: World, ca: Authority, way: str) -> None:
    async def lie(body: bytes) -> bytes:
        return liars(world, ca)[way](body)

    ca.ocsp = lie
    assert await code(world) is None
    ca.paths.clear()
    assert await code(world) is None
    assert ca.paths == []


@pytest.mark.parametrize("way", ["another authority's", "run out", "too large", "another kind", "a part"])
async def test_a_list_that_lies_says_nothing(
    world: World, ca: Authority, settings: Settings, way: str
) -> None:
    believe(world, asking(settings, ca, ocsp_too=False))
    good = ca.intermediate_list()
    ca.listing = {
        "another authority's": as_list(crl(pki().outsider, at=MADE)),
        "run out": as_list(crl(pki().intermediate, at=build.NOW - 9 * DAY, lasts=8 * DAY)),
        "too large": as_list(good + bytes(LISTS.size)),
        "another kind": answer(body=good, kind="text/html"),
        "a part": as_list(good[:-1]),
    }[way]
    assert await code(world) is Code.CERTIFICATE_REVOCATION_UNKNOWN
    assert await RevocationRow.all().values_list("about", flat=True) == [pki().root.certificate.fingerprint]


# who does not answer


@pytest.mark.parametrize(
    ("given", "expected", "asked"),
    [
        (RevocationMode.REQUIRE, Code.CERTIFICATE_REVOCATION_UNKNOWN, True),
        (RevocationMode.KNOWN, None, True),
        (RevocationMode.OFF, None, False),
    ],
)
async def test_what_an_authority_that_cannot_be_reached_means(
    world: World, ca: Authority, given: RevocationMode, expected: Code | None, asked: bool
) -> None:
    mode(world, given)
    ca.vendor.says = _hangs_up
    assert await code(world) is expected
    assert (ca.vendor.asked != []) is asked
    before = len(ca.vendor.asked)
    assert await code(world) is expected
    assert len(ca.vendor.asked) == before  # it is left alone for a while
    ca.vendor.says = ca.says
    world.clock.forward(seconds=31)
    assert await code(world) is None


async def _hangs_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_a_slow_authority_is_waited_for_no_longer_than_that(world: World, ca: Authority) -> None:
    ca.ocsp, ca.listing = _silent, answer("404 Not Found")
    world.house = replace(
        world.house, limits=replace(world.house.limits, authority=timedelta(milliseconds=300))
    )
    began = asyncio.get_running_loop().time()
    assert await code(world) is Code.CERTIFICATE_REVOCATION_UNKNOWN
    assert asyncio.get_running_loop().time() - began < 2


async def test_the_list_is_asked_for_beside_a_responder_that_keeps_silent(
    world: World, ca: Authority
) -> None:
    ca.ocsp = _silent
    assert await code(world) is None
    assert sorted(ca.paths) == ["/intermediate.crl", "/ocsp", "/root.crl"]


async def test_a_responder_that_takes_its_time_is_still_heard(world: World, ca: Authority) -> None:
    async def late(body: bytes) -> bytes:
        await asyncio.sleep(1)
        return await ca.responds(body)

    ca.ocsp, ca.listing = late, answer("404 Not Found")
    assert await code(world) is None


async def test_what_nobody_waited_for_is_there_for_the_next_one(world: World, ca: Authority) -> None:
    waited = asyncio.Event()

    async def late(body: bytes) -> bytes:
        await waited.wait()
        return await ca.responds(body)

    ca.ocsp, ca.listing = late, answer("404 Not Found")
    world.house = replace(
        world.house, limits=replace(world.house.limits, authority=timedelta(milliseconds=200))
    )
    assert await code(world) is Code.CERTIFICATE_REVOCATION_UNKNOWN
    waited.set()
    await asyncio.gather(*world.house.authorities._flights.values())
    assert await code(world, waits=False) is None


async def test_an_old_answer_does_not_come_back_after_a_new_one(world: World, ca: Authority) -> None:
    good: list[bytes] = []

    async def recorded(body: bytes) -> bytes:
        good.append(as_answer(ca.about(body, nonce=None, lasts=9 * DAY)))
        return good[0]

    ca.ocsp = recorded
    assert await code(world) is None
    ca.ocsp, ca.made = None, build.NOW + DAY
    ca.revoke(teacher(world), build.NOW + HOUR)
    world.clock.forward(days=10)
    ca.lasts = 10 * DAY
    assert await code(world) is Code.CERTIFICATE_REVOKED

    async def replayed(_body: bytes) -> bytes:
        return good[0]

    ca.ocsp = replayed
    world.clock.forward(days=-8)  # so that the old one would still be in force
    restarted(world)
    assert await code(world) is Code.CERTIFICATE_REVOKED
    await ask_anew(world)
    assert ca.paths[-1] == "/ocsp"
    assert await code(world) is Code.CERTIFICATE_REVOKED


# addresses


async def test_what_a_certificate_says_is_followed_to_allowed_hosts_only(
    world: World, ca: Authority, settings: Settings
) -> None:
    ways = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ca.url("/ocsp"))
            )
        ]
    )
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier(ca.url("/intermediate.crl"))], None, None, None
    )
    named = holder(
        "X", "CCCD:001185000077", pki().intermediate,
        more=[(ways, False), (x509.CRLDistributionPoints([point]), False)],
    )  # fmt: skip
    ca.knows(named)
    root = {pki().root.certificate.fingerprint: {"crl": ca.url("/root.crl")}}
    elsewhere = {pki().root.certificate.fingerprint: {"crl": "http://localhost:9/root.crl"}}
    believe(world, replace(settings, revocation_sources=elsewhere))
    assert await code(world, named) is Code.CERTIFICATE_REVOCATION_UNKNOWN
    assert ca.vendor.asked == []
    link = Link(named.cert, pki().intermediate.cert)
    assert [world.house.authorities.addresses(link, kind) for kind in ("crl", "ocsp")] == [[], []]
    believe(
        world, replace(settings, outbound_hosts=(f"127.0.0.1:{ca.vendor.port}",), revocation_sources=root)
    )
    assert await code(world, named) is None
    assert sorted(ca.paths) == ["/ocsp", "/root.crl"]


async def test_where_the_operator_says_what_to_ask_the_certificate_is_not_followed(
    world: World, ca: Authority, settings: Settings
) -> None:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(ca.url("/evil.crl"))], None, None, None)
    named = holder(
        "X", "CCCD:001185000078", pki().intermediate,
        more=[(x509.CRLDistributionPoints([point, point]), False)],
    )  # fmt: skip
    ca.knows(named)
    ca.ocsp = _garbage
    believe(world, asking(settings, ca, outbound_hosts=(f"127.0.0.1:{ca.vendor.port}",)))
    assert await code(world, named) is None
    assert sorted(ca.paths) == ["/intermediate.crl", "/ocsp", "/root.crl"]


async def _garbage(_body: bytes) -> bytes:
    return as_answer(b"x")


# together, and again


async def test_fifty_at_once_ask_once(world: World, ca: Authority, settings: Settings) -> None:
    believe(world, asking(settings, ca, ocsp_too=False))
    people = [holder(f"X{n}", f"CCCD:0011850009{n:02d}", pki().intermediate) for n in range(50)]
    assert await asyncio.gather(*(code(world, each) for each in people)) == [None] * 50
    assert sorted(ca.paths) == ["/intermediate.crl", "/root.crl"]
    assert await RevocationRow.all().count() == 2


async def test_a_responder_that_keeps_silent_is_asked_by_a_few_only(
    world: World, ca: Authority, settings: Settings
) -> None:
    sources = asking(settings, ca).revocation_sources
    sources[pki().intermediate.certificate.fingerprint].pop("crl")
    believe(world, replace(settings, revocation_sources=sources))
    ca.vendor.says = _hangs_up
    people = [holder(f"X{n}", f"CCCD:0011850008{n:02d}", pki().intermediate) for n in range(40)]
    said = await asyncio.gather(*(code(world, each) for each in people))
    assert said == [Code.CERTIFICATE_REVOCATION_UNKNOWN] * 40
    assert len(ca.vendor.asked) <= 1 + AT_ONCE


async def test_a_process_that_starts_reads_what_another_was_told(world: World, ca: Authority) -> None:
    assert await code(world) is None
    ca.vendor.says = _hangs_up
    restarted(world)
    before = len(ca.vendor.asked)
    assert await code(world) is None
    assert await code(world, waits=False) is None
    assert len(ca.vendor.asked) == before


async def test_what_another_process_was_told_since_counts_here(world: World, ca: Authority) -> None:
    assert await code(world) is None
    here = world.house
    restarted(world)
    world.clock.forward(minutes=1)
    ca.revoke(teacher(world), world.clock.now)
    ca.made = world.clock.now
    await ask_anew(world)
    await world.house.authorities.close()
    world.house = here
    assert await code(world, waits=False) is Code.CERTIFICATE_REVOKED


async def test_what_has_run_out_is_asked_again_and_what_is_the_same_is_kept_once(
    world: World, ca: Authority
) -> None:
    assert await code(world) is None
    world.clock.forward(days=2)
    assert await code(world, waits=False) is Code.CERTIFICATE_REVOCATION_UNKNOWN
    ca.made = world.clock.now
    assert await code(world) is None
    assert len(ca.paths) == 4


async def test_nobody_is_asked_inside_a_transaction(world: World, ca: Authority) -> None:
    async with in_transaction():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            await certificate_checks.must_hold(
                world.house, teacher(world).certificate, at=build.NOW, waits=True
            )
    assert ca.vendor.asked == []


@pytest.mark.skipif(POSTGRES, reason="a transaction on SQLite keeps everybody else out")
async def test_no_transaction_is_open_while_an_authority_is_asked(
    world: World, ca: Authority, settings: Settings
) -> None:
    written = []

    async def write() -> None:
        connection = sqlite3.connect(settings.database_url.removeprefix("sqlite://"), timeout=0)
        connection.execute("BEGIN IMMEDIATE")
        connection.rollback()
        connection.close()
        written.append(True)

    ca.meanwhile = write
    begun = await world.begin(world.school.teachers[0], STEP)
    await world.house.tasks.idle()
    assert await states(begun.request_id) == {("done", ""): 2}
    assert len(written) == len(ca.paths) == 2


# signing


async def test_a_certificate_revoked_between_prepare_and_completion_signs_nothing(
    world: World, ca: Authority
) -> None:
    """The revocation becomes known while the phone is looked for: the sweep, or another process."""

    async def meanwhile(phone: Phone, order: worlds.Order) -> worlds.Outcome:
        world.clock.forward(minutes=5)
        ca.revoke(teacher(world), world.clock.now)
        ca.made = world.clock.now
        world.clock.forward(minutes=1)
        await ask_anew(world)
        return await worlds.says_yes(phone, order)

    world.phone.behave = meanwhile
    request_id = await world.sign(world.school.teachers[0], STEP)
    assert await states(request_id) == {("refused", "certificate_revoked"): 2}
    assert await SignatureRow.all().count() == 0


async def test_what_is_not_known_when_it_is_settled_may_be_tried_again(world: World, ca: Authority) -> None:
    async def late(phone: Phone, order: worlds.Order) -> worlds.Outcome:
        world.clock.forward(minutes=14)
        return await worlds.says_yes(phone, order)

    ca.lasts = timedelta(hours=1, minutes=10)  # until ten minutes from now
    world.phone.behave = late
    request_id = await world.sign(world.school.teachers[0], STEP)
    assert await states(request_id) == {("refused", "certificate_revocation_unknown"): 2}
    row = await CertificateRow.get(fingerprint=teacher(world).certificate.fingerprint)
    assert world.rings[-1] == ("refresh_revocation", row.id)
    assert len(ca.paths) == 2  # settling asked nobody

    ca.made, ca.lasts = world.clock.now, DAY
    await revocation.refresh(world.house, row.id)
    await world.house.tasks.idle()
    world.phone.behave = worlds.says_yes
    await worlds.signing.retry(world.house, world.school.teachers[0], request_id, SECRETS)
    await world.house.tasks.idle()
    assert await states(request_id) == {("done", ""): 2}


async def test_nothing_is_prepared_with_a_certificate_that_was_revoked_meanwhile(
    world: World, ca: Authority
) -> None:
    person = world.school.teachers[0]
    account = world.accounts[person.id]
    assert await code(world) is None
    item, request = await _open_request(world, account)
    ca.revoke(teacher(world), world.clock.now)
    ca.made = world.clock.now
    await ask_anew(world)
    assert await worlds.signing.asking.next_round(world.house, request, await _account(account)) == []
    assert await states(request.id) == {("refused", "certificate_revoked"): 1}
    assert (await SigningItemRow.get(id=item)).tbs is None


async def _account(id_: object) -> object:
    return await certificates.account(id_)  # type: ignore[arg-type]


async def _open_request(world: World, account: object) -> tuple[object, object]:
    person = world.school.teachers[0]
    request = await SigningRequestRow.create(
        id=ids.new(), school_id=world.school.id, person_id=person.id, account_id=account,
        signer_key=worlds.Token.key, purpose="slot", step=STEP, state="waiting",
        created_at=world.clock.now, changed_at=world.clock.now,
    )  # fmt: skip
    item = await SigningItemRow.create(
        id=ids.new(), request_id=request.id, position=0, purpose="slot", object_id=world.transcripts[0],
        slot_key="gvbm-1", state="open",
    )  # fmt: skip
    return item.id, request
