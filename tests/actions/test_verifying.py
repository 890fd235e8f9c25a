"""An uploaded transcript of this server is held to the plan that was made for it here, in every profile."""

import hashlib
import io
from dataclasses import replace
from uuid import uuid4
from zipfile import ZipFile

import pytest

from hocba.actions import exporting, reading, verifying
from hocba.actions.verifying import Verified
from hocba.documents import bundle, content, preview
from hocba.documents.reasons import Reason
from hocba.documents.sealed import open_sealed
from hocba.documents.verdict import Checked, Outcome
from hocba.domain.values import Profile, Step
from hocba.settings import Settings
from hocba.store import ids, papers
from hocba.store.models import DocumentRow, SlotRow, TranscriptRow, UploadRow
from hocba.trust import Trust
from tests import build
from tests.actions import primary
from tests.actions import world as worlds
from tests.actions.world import World
from tests.pki import pki

TRUST = Trust(roots=(pki().root.cert,), intermediates=(pki().intermediate.cert,))
STEPS = {
    Profile.MOET_TH: ["gvcn", "cbql", "ky-phat-hanh"],
    Profile.HOCBA: ["gvbm-1", "gvbm-2", "gvcn", "cbql", "ky-phat-hanh"],
}


async def uploaded(world: World, data: bytes) -> Verified:
    """What a stranger to the class is told of ``data``."""
    who = world.school.other_admin
    row = await UploadRow.create(
        id=ids.new(),
        person_id=who.id,
        name="hocba",
        content=data,
        sha256=hashlib.sha256(data).hexdigest(),
        created_at=build.NOW,
    )
    house = replace(world.house, trust=lambda: TRUST)
    return await verifying.verify_upload(house, who, row.id, now=build.NOW)


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, students=1)


async def primary_world(settings: Settings, profile: Profile) -> World:
    """A world whose one pupil is in grade 4; his transcript is of ``profile``."""
    return await worlds.make(settings, students=1, before=primary.INTO[profile])


async def issue(world: World) -> None:
    """Everybody signs, and the school seals."""
    signers = {
        Step.SUBJECT_TEACHERS: world.school.teachers[:2],
        Step.HOMEROOM_TEACHER: [world.school.homeroom],
        Step.LEADER: [world.school.leader],
        Step.ISSUE: [world.school.issuer],
    }
    first = await SlotRow.filter(transcript_id=world.transcripts[0], step=Step.SUBJECT_TEACHERS).exists()
    for step, people in signers.items():
        if step is Step.SUBJECT_TEACHERS and not first:
            continue
        for person in people:
            await world.sign(person, step)


@pytest.mark.parametrize("profile", Profile)
async def test_a_primary_transcript_is_made_signed_sealed_exported_and_verified(
    db: None, settings: Settings, profile: Profile
) -> None:
    world = await primary_world(settings, profile)
    (transcript,) = world.transcripts
    await issue(world)

    assert (await TranscriptRow.get(id=transcript)).profile == profile
    pdf = bytes((await DocumentRow.get(transcript_id=transcript)).content)
    for file in (pdf, open_sealed(pdf).xml or b""):
        said = await uploaded(world, file)
        assert said.verdict.outcome is Outcome.PASSED, said.verdict.reasons
        assert said.verdict.profile == profile
        assert [each.slot for each in said.verdict.signatures] == STEPS[profile]
        assert said.verdict.school_register is Checked.YES
        assert said.known

    export_id, _ = await exporting.begin(world.school.admin, [transcript], now=build.NOW)
    assert export_id is not None
    pieces = [piece async for piece in bundle.stream(exporting.entries(export_id, world.school.admin.id))]
    with ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.read(f"xml/{profile}.xslt") == preview.stylesheet()
        assert [name for name in archive.namelist() if name.endswith(".xslt")] == [f"xml/{profile}.xslt"]
    page = await reading.html(transcript, masked=False)
    assert "Hoàn thành xuất sắc" in page
    assert "Chưa ký" not in page


async def test_a_file_under_our_code_that_is_signed_by_another_plan_is_refused(
    db: None, settings: Settings
) -> None:
    world = await primary_world(settings, Profile.MOET_TH)
    (transcript,) = world.transcripts
    data = (await papers.load([transcript]))[transcript].data
    facts = content.read(data)
    forged = (await reading.xml(transcript)).replace(
        f"<SO_CCCD_GIAO_VIEN_CHU_NHIEM>{facts.homeroom_id}".encode(),
        b"<SO_CCCD_GIAO_VIEN_CHU_NHIEM>001185099999",
    )

    said = await uploaded(world, forged)

    assert said.verdict.outcome is Outcome.FAILED
    assert said.verdict.codes == (Reason.PLAN_DIFFERS,)
    assert said.verdict.signatures == ()
    assert not said.known
    assert facts.homeroom_id not in str(said.verdict.as_dict())
    honest = await uploaded(world, await reading.xml(transcript))
    assert set(honest.verdict.codes) == {Reason.INCOMPLETE}


async def test_a_transcript_of_another_server_has_no_plan_here(world: World) -> None:
    (transcript,) = world.transcripts
    code = (await TranscriptRow.get(id=transcript)).lookup_code
    xml = await reading.xml(transcript)

    said = await uploaded(world, xml.replace(str(code).encode(), str(uuid4()).encode()))

    assert set(said.verdict.codes) == {Reason.INCOMPLETE}
    assert said.verdict.school_register is Checked.NOT_CHECKED


@pytest.mark.parametrize(
    "data", [b"", b"khong phai", b"<HOC_BA/>", b"%PDF-1.7 hong", b"\xef\xbb\xbf<HOC_BA/>"]
)
async def test_what_says_no_code_is_verified_without_a_plan(world: World, data: bytes) -> None:
    assert (await uploaded(world, data)).verdict.outcome is Outcome.FAILED
