"""*Xuất dữ liệu* (D4): what is in the bundle, and what never is."""

import hashlib
import io
import json
from zipfile import ZipFile

import pytest
from lxml import etree
from tortoise.transactions import in_transaction

from hocba.actions import exporting, lifecycle
from hocba.actions.outcomes import Outcome
from hocba.documents import bundle, content, preview, signing
from hocba.domain.errors import Code, Refusal
from hocba.domain.events import CancelProposed, Sealed, SignatureAdded
from hocba.domain.transcript import Transcript, reopen
from hocba.domain.values import Slot, Status
from hocba.store import ids, papers, transcripts
from hocba.store.models import CertificateRow, DocumentRow, ExportRow, TranscriptRow
from tests import build
from tests.actions.world import kept_certificate
from tests.pki import pki
from tests.statements import counted

DS = "{http://www.w3.org/2000/09/xmldsig#}"


async def sign(facts: Transcript, slot: Slot) -> Transcript:
    """Fill a slot with a real signature."""
    holder = pki().person(slot.identity)
    certificate_id = await kept_certificate(holder)
    data = (await papers.load([facts.id]))[facts.id].data
    prepared = signing.prepare(
        slot.key, facts.slots, signing.digests(data), {}, holder.certificate, build.NOW
    )
    value = signing.complete(prepared.tbs, holder.certificate, holder.sign(prepared.tbs))
    signature = transcripts.NewSignature(
        transcript=facts.id,
        slot_key=slot.key,
        person=slot.signer or ids.new(),
        certificate_id=certificate_id,
        signing_time=build.NOW,
        algorithm=prepared.algorithm,
        value=value,
    )
    return await move(facts, SignatureAdded(slot.key, holder.certificate.fingerprint), [signature])


async def move(facts: Transcript, event, rows=()) -> Transcript:
    async with in_transaction():
        changes = [(facts, event)]
        return (await transcripts.save(changes, by=build.actor().id, at=build.NOW, signatures=rows))[0]


async def download(export_id, person_id) -> dict[str, bytes]:
    pieces = [piece async for piece in bundle.stream(exporting.entries(export_id, person_id))]
    with ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_the_bundle_holds_xml_pdf_stylesheet_certificates_and_a_manifest(db):
    school = await build.school(students=2)
    made = await build.transcripts(school)
    first, second = await transcripts.load(made)
    first = await sign(await sign(first, first.slots[1]), first.slots[3])
    await sign(second, second.slots[1])

    export_id, results = await exporting.begin(school.homeroom, made, now=build.NOW)
    files = await download(export_id, school.homeroom.id)

    assert [result.outcome for result in results] == [Outcome.DONE] * 2
    rows = {row.id: row for row in await TranscriptRow.all()}
    names = {id_: f"6A1_{row.student_name}_{row.lookup_code}" for id_, row in rows.items()}
    fingerprints = [row.fingerprint for row in await CertificateRow.all()]
    assert len(fingerprints) == 2
    assert set(files) == {
        *(f"xml/{name}.xml" for name in names.values()),
        *(f"pdf/{name}.pdf" for name in names.values()),
        *(f"certificates/{fingerprint}.cer" for fingerprint in fingerprints),
        "xml/hocba-2.0.xslt",
        "manifest.json",
    }
    assert files["xml/hocba-2.0.xslt"] == preview.stylesheet()
    listed = {row["path"]: row["sha256"] for row in json.loads(files["manifest.json"])["files"]}
    assert listed == {
        path: hashlib.sha256(file).hexdigest() for path, file in files.items() if path != "manifest.json"
    }
    for path in listed:
        if path.startswith("certificates/"):
            assert hashlib.sha256(files[path]).hexdigest() in path
    xml = files[f"xml/{names[first.id]}.xml"]
    assert len(etree.fromstring(xml).findall(f".//{DS}Signature")) == 2
    assert content.read(xml).lookup_code == rows[first.id].lookup_code


async def test_before_issue_the_pdf_is_a_draft_after_it_the_stored_one(db):
    school = await build.school(students=2)
    made = await build.transcripts(school)
    facts = (await transcripts.load(made))[0]
    await DocumentRow.create(id=ids.new(), transcript_id=facts.id, sha256="0" * 64, content=b"%PDF sealed")

    export_id, _ = await exporting.begin(school.admin, made, now=build.NOW)
    drafts = await download(export_id, school.admin.id)
    await move(facts, Sealed("0" * 64, "1" * 64))
    after = await download(export_id, school.admin.id)

    changed = [path for path, file in drafts.items() if path.startswith("pdf/") and after[path] != file]
    (path,) = changed
    assert str((await TranscriptRow.get(id=facts.id)).lookup_code) in path
    assert after[path] == b"%PDF sealed"
    assert drafts[path].startswith(b"%PDF-")
    assert b"%PDF sealed" not in drafts.values()


async def test_what_is_returned_or_cancelled_is_never_exported(db):
    school = await build.school(students=3)
    made = await build.transcripts(school)
    await move((await transcripts.load(made[:1]))[0], CancelProposed("Sai"))
    await build.cancelled(school, made[1:2])

    export_id, results = await exporting.begin(school.admin, made, now=build.NOW)
    await move((await transcripts.load(made[2:]))[0], CancelProposed("Sai"))
    files = await download(export_id, school.admin.id)

    assert [
        (result.refusal.code, result.refusal.facts) if result.refusal else result.outcome
        for result in results
    ] == [
        (Code.EXPORT_NOT_ALLOWED, {"status": Status.RETURNED}),
        (Code.EXPORT_NOT_ALLOWED, {"status": Status.CANCELLED}),
        Outcome.DONE,
    ]
    assert (await ExportRow.get(id=export_id)).transcript_ids == [str(made[2])]
    assert set(files) == {"manifest.json"}


async def test_only_who_keeps_the_class_exports_it(db):
    school, other = await build.school(students=1), await build.school(students=1)
    made = await build.issued(school)

    for who, code in (
        (school.teachers[1], Code.NOT_PERMITTED),
        (school.leader, Code.NOT_PERMITTED),
        (school.issuer, Code.NOT_PERMITTED),
        (other.admin, Code.NOT_FOUND),
        (other.homeroom, Code.NOT_FOUND),
    ):
        export_id, (result,) = await exporting.begin(who, made, now=build.NOW)
        assert (export_id, result.refusal.code) == (None, code)

    assert await ExportRow.all().count() == 0


async def test_what_may_not_be_exported_does_not_stop_the_rest(db):
    school, other = await build.school(students=2), await build.school(students=1)
    made, foreign = await build.transcripts(school), await build.transcripts(other)
    nobody = ids.new()
    asked = [foreign[0], made[1], nobody, made[0], made[1]]

    export_id, results = await exporting.begin(school.manager, asked, now=build.NOW)

    assert [result.id for result in results] == asked
    assert [result.outcome for result in results] == [
        Outcome.REFUSED,
        Outcome.DONE,
        Outcome.REFUSED,
        Outcome.DONE,
        Outcome.DONE,
    ]
    assert (await ExportRow.get(id=export_id)).transcript_ids == [str(made[1]), str(made[0])]


async def test_nobody_downloads_what_another_asked_for(db):
    school = await build.school(students=1)
    export_id, _ = await exporting.begin(school.admin, await build.transcripts(school), now=build.NOW)

    for export, person in ((export_id, school.other_admin.id), (ids.new(), school.admin.id)):
        files = exporting.entries(export, person)
        with pytest.raises(Refusal) as refusal:
            await anext(files)
        assert refusal.value.code is Code.FILE_UNKNOWN


async def test_issued_transcripts_are_exported_in_every_later_state(db):
    school = await build.school(students=1)
    made = await build.issued(school)
    for move_on in (lambda t, who: lifecycle.complete(t, who, at=build.NOW), reopen):
        _, (result,) = await exporting.begin(school.admin, made, now=build.NOW)
        assert result.outcome is Outcome.DONE
        await lifecycle.apply(school.admin, made, move_on, now=build.NOW)


async def test_statements_grow_by_the_chunk_and_not_by_the_transcript(db):
    school = await build.school(students=10)
    made = await build.transcripts(school)
    counts = []
    for chosen in (made[:1], made):
        export_id, _ = await exporting.begin(school.admin, chosen, now=build.NOW)
        with counted() as statements:
            files = [entry async for entry in exporting.entries(export_id, school.admin.id)]
        counts.append((len(files), len(statements)))

    assert [files for files, _ in counts] == [3, 21]
    assert counts[0][1] == counts[1][1]
