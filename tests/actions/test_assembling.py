"""The files of a transcript say how each of its signatures was really made."""

import io
from uuid import UUID
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree
from tortoise.transactions import in_transaction

from hocba.actions import exporting, reading
from hocba.documents import bundle, judge, layout, signing
from hocba.documents.algorithms import Algorithm
from hocba.documents.sealed import open_sealed
from hocba.documents.verify import verify_xml
from hocba.documents.verify_pdf import verify_pdf
from hocba.domain.events import SignatureAdded
from hocba.domain.transcript import Transcript
from hocba.domain.values import Slot, Step
from hocba.settings import Settings
from hocba.store import papers, transcripts
from hocba.store.models import CertificateRow, SigningAccountRow, TranscriptRow
from hocba.trust import Trust
from tests.actions import world as worlds
from tests.actions.world import World
from tests.pki import Holder, holder, pki

METHODS = "//ds:SignedInfo/ds:SignatureMethod/@Algorithm"


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, students=1)


def trust() -> Trust:
    return Trust(roots=(pki().root.cert,), intermediates=(pki().intermediate.cert,))


async def sign_with_pss(world: World, slot: Slot) -> None:
    """Fill the leader's slot with an RSASSA-PSS signature, as a signer that makes them would."""
    own = holder("Hiệu Trưởng", slot.identity, pki().intermediate, kind="rsa")
    await SigningAccountRow.filter(id=world.accounts[world.school.leader.id]).delete()
    await worlds.account(world, own, world.school.leader.id)
    row = await CertificateRow.get(fingerprint=own.certificate.fingerprint)
    (facts,) = await transcripts.load(world.transcripts)
    made = await pss(facts, slot, own)
    new = transcripts.NewSignature(
        transcript=facts.id,
        slot_key=slot.key,
        person=world.school.leader.id,
        certificate_id=row.id,
        signing_time=world.clock(),
        algorithm=Algorithm.RSA_PSS,
        value=made,
    )
    event = SignatureAdded(slot.key, row.fingerprint)
    async with in_transaction():
        await transcripts.save(
            [(facts, event)], by=world.school.leader.id, at=world.clock(), signatures=[new]
        )


async def pss(facts: Transcript, slot: Slot, own: Holder) -> bytes:
    """The value of the signature, by the key that ``own`` holds."""
    data = (await papers.load([facts.id]))[facts.id].data
    signed = (await papers.signatures([facts.id]))[facts.id]
    prepared = signing.prepare(
        slot.key,
        facts.slots,
        signing.digests(data),
        {each.slot_key: each.value for each in signed},
        own.certificate,
        max(each.signing_time for each in signed),
        algorithm=Algorithm.RSA_PSS,
    )
    salted = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
    return signing.complete(
        prepared.tbs, own.certificate, own.key.sign(prepared.tbs, salted, hashes.SHA256())
    )


async def exported(world: World, chosen: UUID) -> tuple[bytes, bytes]:
    """The XML and the PDF of a transcript, out of a downloaded export."""
    export_id, _ = await exporting.begin(world.school.admin, [chosen], now=world.clock())
    assert export_id is not None
    files = exporting.entries(export_id, world.school.admin.id)
    archive = ZipFile(io.BytesIO(b"".join([piece async for piece in bundle.stream(files)])))
    (xml,) = (name for name in archive.namelist() if name.endswith(".xml"))
    (pdf,) = (name for name in archive.namelist() if name.endswith(".pdf"))
    return archive.read(xml), archive.read(pdf)


@pytest.mark.parametrize("leader", [Algorithm.ECDSA, Algorithm.RSA_PSS])
async def test_what_was_signed_with_any_allowed_algorithm_is_issued_exported_and_verified(
    world: World, leader: Algorithm
) -> None:
    (chosen,) = world.transcripts
    if leader is Algorithm.RSA_PSS:
        await world.sign_until(Step.LEADER)
        (slot,) = (s for s in (await transcripts.load([chosen]))[0].slots if s.step is Step.LEADER)
        await sign_with_pss(world, slot)
    else:
        await world.sign_until(Step.ISSUE)
    await world.sign(world.school.issuer, Step.ISSUE)

    assert (await TranscriptRow.get(id=chosen)).sealed
    xml, pdf = await exported(world, chosen)

    teachers = [Algorithm.ECDSA.uri] * len(world.school.teachers)
    assert etree.fromstring(xml).xpath(METHODS, namespaces={"ds": layout.DS}) == [
        *teachers,
        Algorithm.ECDSA.uri,
        leader.uri,
        Algorithm.RSA.uri,
    ]
    assert await reading.xml(chosen) == xml
    assert open_sealed(pdf).xml == xml
    assert judge.second_opinion(xml) == []
    for verdict in (verify_xml(xml, trust=trust()), verify_pdf(pdf, trust=trust())):
        assert (verdict.outcome, verdict.reasons) == ("passed", ())
