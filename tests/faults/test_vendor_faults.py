"""Every way in which a vendor goes wrong, and what is left: nothing lost, nothing twice, nothing false."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hocba.actions import signing
from hocba.domain.errors import Code
from hocba.domain.signing import ItemState, RequestState
from hocba.domain.values import Step
from hocba.plugin_api import Secret, SecretName
from hocba.settings import Settings
from hocba.store.models import EventRow, SignatureRow, SigningAccountRow, SigningItemRow, SigningRequestRow
from hocba.testing import FakeVendor, Fault
from hocba.testing.vendor import CODE
from tests.actions import world as worlds
from tests.actions.world import World

CLASS = 6

LEFT: dict[Fault, dict[str, int]] = {
    Fault.WRONG_PIN: {Code.PIN_INCORRECT: CLASS},
    Fault.REJECTED: {Code.SIGNER_REFUSED: CLASS},
    Fault.REVOKED: {Code.CERTIFICATE_NOT_ON_TOKEN: CLASS},
    Fault.EXPIRED_IN_THE_MIDDLE: {"": CLASS // 2, Code.ITEM_EXPIRED: CLASS // 2},
    Fault.PART_LEFT_OUT: {"": CLASS // 2, Code.SIGNER_UNAVAILABLE: CLASS // 2},
    Fault.SWAPPED: {Code.SIGNATURE_WRONG: CLASS},
    Fault.LYING: {Code.SIGNATURE_WRONG: CLASS},
    Fault.OTHER_CERTIFICATE: {Code.SIGNATURE_WRONG: CLASS},
    Fault.BROKEN: {Code.SIGNER_UNAVAILABLE: CLASS},
    Fault.NEVER: {Code.SIGNER_UNAVAILABLE: CLASS},
    Fault.ANSWER_LOST: {"": CLASS},
    Fault.DUPLICATE: {"": CLASS},
    Fault.STRANGE_ITEMS: {"": CLASS},
    Fault.SLOW: {"": CLASS},
}
"""What the items say when the order is over: signed (empty), or why not."""


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, students=CLASS, signer="fake-vendor")


@pytest.fixture
def vendor(world: World) -> FakeVendor:
    """In the place of the telephone: everybody's key is on a card of his own."""
    made = FakeVendor(cards=dict(world.phone.holders), patience=timedelta(milliseconds=50))
    signers = {**world.house.plugins.signers, made.key: made}
    world.house = replace(world.house, plugins=replace(world.house.plugins, signers=signers))
    return made


async def begin(world: World) -> signing.Begun:
    teacher = world.school.teachers[0]
    begun = await signing.begin(
        world.house,
        teacher,
        world.transcripts,
        Step.SUBJECT_TEACHERS,
        world.accounts[teacher.id],
        secrets(world),
    )
    await world.house.tasks.idle()
    return begun


def secrets(world: World) -> dict[SecretName, Secret]:
    label = world.holders[world.school.teachers[0].id].certificate.fingerprint
    return {SecretName.USERNAME: Secret(label), SecretName.PASSWORD: Secret(CODE)}


async def codes() -> dict[str, int]:
    """Why items ended as they did, and how many of each; nothing else is left of them."""
    found: dict[str, int] = {}
    for row in await SigningItemRow.all():
        assert row.active is None
        assert (row.tbs, row.prepared, row.answer) == (None, None, None)
        assert (row.code == "") == (row.state == ItemState.DONE)
        found[row.code] = found.get(row.code, 0) + 1
    return found


def test_every_fault_has_its_line() -> None:
    assert set(LEFT) == set(Fault)


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_fault_leaves_nothing_false_and_one_retry_does_the_rest(
    world: World, vendor: FakeVendor, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    vendor.faults.append(fault)
    begun = await begin(world)
    assert begun.request_id is not None

    assert await codes() == LEFT[fault]
    signed = LEFT[fault].get("", 0)
    assert await SignatureRow.all().count() == signed
    request = await SigningRequestRow.get(id=begun.request_id)
    assert RequestState(request.state).closed

    if signed < CLASS:
        world.clock.forward(seconds=5)  # nobody types so fast that the same bytes are asked for again
        await signing.retry(world.house, world.school.teachers[0], begun.request_id, secrets(world))
        await world.house.tasks.idle()
    assert await codes() == {"": CLASS}
    await everything_is_true(world)
    assert CODE not in caplog.text
    assert [count for count in vendor.signed.values() if count > 1] == []


async def everything_is_true(world: World) -> None:
    """One signature a transcript, each its own, all by the registered certificate, and one event of each."""
    account = await SigningAccountRow.get(id=world.accounts[world.school.teachers[0].id])
    signatures = await SignatureRow.all()
    assert sorted(row.transcript_id for row in signatures) == sorted(world.transcripts)
    assert len({bytes(row.value) for row in signatures}) == CLASS
    assert {row.certificate_id for row in signatures} == {account.certificate_id}
    assert await EventRow.filter(kind="SignatureAdded").count() == CLASS
