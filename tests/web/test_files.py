"""Files up and down."""

import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator

from hocba.actions import uploads
from hocba.actions.handles import decode
from hocba.demo.school import make_school, workbook
from hocba.domain.values import Step
from hocba.store.models import UploadRow
from tests import api, build
from tests.actions.world import World
from tests.api import Api, gid


async def test_a_file_is_kept_for_whoever_sent_it(asks: Api, here: World) -> None:
    headers = await asks.headers(here.school.admin)
    answer = await asks.http.post(
        "/files", params={"name": "lớp 6.xlsx\r\n"}, content=b"abc", headers=headers
    )
    assert answer.status_code == 201
    row = await UploadRow.get()
    assert decode(answer.json()["uploadId"]) == ("Upload", row.id)
    assert (row.name, bytes(row.content), row.person_id) == ("lớp 6.xlsx", b"abc", here.school.admin.id)
    assert row.sha256 == hashlib.sha256(b"abc").hexdigest()


async def test_strangers_send_nothing(asks: Api, here: World) -> None:
    for headers in ({}, {"authorization": "Bearer hs_nobody"}):
        assert (await asks.http.post("/files", content=b"abc", headers=headers)).status_code == 401
    assert await UploadRow.all().count() == 0


async def test_20_mib_are_taken_and_not_a_byte_more(asks: Api, here: World) -> None:
    headers = await asks.headers(here.school.admin)

    async def pieces(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 2**20):
            yield b"\0" * 2**20
        yield b"\0" * (size % 2**20)

    assert (
        await asks.http.post("/files", content=pieces(uploads.MAX_BYTES), headers=headers)
    ).status_code == 201
    more = await asks.http.post("/files", content=pieces(uploads.MAX_BYTES + 1), headers=headers)
    assert more.status_code == 413
    assert await UploadRow.all().count() == 1


async def test_one_person_keeps_so_many_files_and_for_a_day(asks: Api, here: World) -> None:
    headers = await asks.headers(here.school.admin)
    statuses = [
        (await asks.http.post("/files", content=b"x", headers=headers)).status_code
        for _ in range(uploads.MAX_KEPT + 1)
    ]
    assert statuses == [201] * uploads.MAX_KEPT + [429]
    here.clock.forward(days=1, seconds=1)
    asks.tokens.clear()
    headers = await asks.headers(here.school.admin)
    assert (await asks.http.post("/files", content=b"x", headers=headers)).status_code == 201
    assert await UploadRow.all().count() == 1


async def test_a_link_is_good_for_a_quarter_of_an_hour_unchanged(asks: Api, here: World) -> None:
    document = "query($id: ID!) { transcript(id: $id) { files { kind url } } }"
    found = await asks.ask(document, here.school.admin, id=gid("Transcript", here.transcripts[0]))
    urls = {file["kind"]: file["url"] for file in found["transcript"]["files"]}
    assert set(urls) == {"XML", "HTML"}
    own = await asks.headers(here.school.admin)
    xml = await asks.http.get(urls["XML"], headers=own)
    assert xml.status_code == 200
    assert xml.content.startswith(b"<?xml")
    assert xml.headers["cache-control"] == "no-store"
    page = await asks.http.get(urls["HTML"], headers=own)
    assert "sandbox" in page.headers["content-security-policy"]
    other = found["transcript"]["files"][0]["url"].replace(here.transcripts[0].hex, here.transcripts[1].hex)
    for changed in (other, urls["XML"].replace("/xml/", "/pdf/"), urls["XML"].split("?")[0]):
        assert (await asks.http.get(changed, headers=own)).status_code == 404
    asks.http.cookies.clear()
    assert (await asks.http.get(urls["XML"])).status_code == 401
    stranger = await asks.http.get(urls["XML"], headers=await asks.headers(here.school.leader))
    assert stranger.status_code == 404
    here.clock.forward(minutes=16)
    assert (await asks.http.get(urls["XML"], headers=own)).status_code == 404


async def test_a_booklet_is_for_whom_its_link_was_made_and_only_while_it_may_go_out(
    asks: Api, here: World
) -> None:
    document = "query($id: ID!) { booklet(transcriptId: $id) { url schoolYears } }"
    asked = {"id": gid("Transcript", here.transcripts[0])}
    found = (await asks.ask(document, here.school.leader, **asked))["booklet"]
    assert found["schoolYears"] == ["2025-2026"]
    own = await asks.headers(here.school.leader)
    answer = await asks.http.get(found["url"], headers=own)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "c%C3%A1c%20n%C4%83m%20h%E1%BB%8Dc.pdf" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"%PDF-")
    changed = found["url"].replace(here.transcripts[0].hex, here.transcripts[1].hex)
    assert (await asks.http.get(changed, headers=own)).status_code == 404
    admin = await asks.headers(here.school.admin)
    assert (await asks.http.get(found["url"], headers=admin)).status_code == 404
    await asks.do("proposeCancellation", "results { outcome }", here.school.leader,
                  transcriptIds=[asked["id"]], reason="Sai điểm")  # fmt: skip
    assert (await asks.http.get(found["url"], headers=own)).status_code == 404
    assert (await asks.ask(document, here.school.leader, **asked))["booklet"] is None


async def test_an_export_is_one_zip_with_its_manifest(asks: Api, here: World) -> None:
    for step in (Step.HOMEROOM_TEACHER, Step.LEADER):
        await here.sign_until(step) if step is Step.HOMEROOM_TEACHER else None
    ids = [gid("Transcript", id_) for id_ in here.transcripts]
    other = await build.school(students=1)
    foreign = gid("Transcript", (await build.transcripts(other))[0])
    said = await asks.do(
        "exportTranscripts",
        "export { url } results { outcome refusal { code } }",
        here.school.admin,
        transcriptIds=[*ids, foreign],
    )
    assert [row["outcome"] for row in said["results"]] == ["DONE"] * 3 + ["REFUSED"]
    answer = await asks.http.get(said["export"]["url"], headers=await asks.headers(here.school.admin))
    assert answer.headers["content-type"] == "application/zip"
    assert "filename*=UTF-8''H%E1%BB%8Dc%20b%E1%BA%A1.zip" in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert len([name for name in archive.namelist() if name.endswith(".xml")]) == 3
    assert manifest


async def test_a_workbook_is_looked_at_then_taken(asks: Api, here: World) -> None:
    school = make_school(seed=7, classes=1, students=3)
    headers = await asks.headers(here.school.admin)
    answer = await asks.http.post("/files", content=workbook(school), headers=headers)
    upload = answer.json()["uploadId"]
    selection = (
        "refusal { code } report { committed dryRun errorWorkbookUrl problems { code message }"
        " sheets { sheet read created errors } }"
    )
    given = {"uploadId": upload, "schoolYear": "2025-2026"}
    looked = await asks.do("importWorkbook", selection, here.school.admin, **given, dryRun=True)
    assert looked["report"]["committed"] is False
    taken = await asks.do("importWorkbook", selection, here.school.admin, **given)
    assert taken["refusal"] is None
    assert taken["report"]["committed"] is True
    read = {sheet["sheet"]: sheet["read"] for sheet in taken["report"]["sheets"]}
    assert read["STUDENTS"] == 3
    others = await asks.do("importWorkbook", selection, here.school.other_admin, **given)
    assert others["refusal"]["code"] == "FILE_UNKNOWN"
    teacher = await asks.do("importWorkbook", selection, here.school.homeroom, **given)
    assert teacher["refusal"]["code"] == "NOT_PERMITTED"


async def test_the_template_and_the_error_workbook_are_downloaded(asks: Api, here: World) -> None:
    url = (await asks.ask("{ workbookTemplate }", here.school.admin))["workbookTemplate"]
    template = await asks.http.get(url, headers=await asks.headers(here.school.admin))
    assert template.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(template.content)).testzip() is None
    school = make_school(seed=7, classes=1, students=2)
    headers = await asks.headers(here.school.admin)
    book = zipfile.ZipFile(io.BytesIO(workbook(school)))
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as out:
        for name in book.namelist():
            content = book.read(name)
            out.writestr(name, content.replace(school.students[0].personal_id.encode(), b"12"))
    upload = (await asks.http.post("/files", content=broken.getvalue(), headers=headers)).json()["uploadId"]
    said = await asks.do(
        "importWorkbook",
        "report { committed errorWorkbookUrl problems { code sheet row message } }",
        here.school.admin,
        uploadId=upload,
        schoolYear="2025-2026",
    )
    assert said["report"]["problems"]
    own = await asks.headers(here.school.admin)
    errors = await asks.http.get(said["report"]["errorWorkbookUrl"], headers=own)
    assert errors.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(errors.content)).testzip() is None


async def test_an_uploaded_transcript_is_verified(asks: Api, here: World) -> None:
    document = "query($id: ID!) { transcript(id: $id) { files { kind url } } }"
    found = await asks.ask(document, here.school.admin, id=gid("Transcript", here.transcripts[0]))
    own = await asks.headers(here.school.admin)
    xml = (await asks.http.get(found["transcript"]["files"][0]["url"], headers=own)).content
    verify = "query($u: ID!) { verifyTranscript(uploadId: $u) { outcome known reasons { code message } } }"
    for content, outcome in ((xml, "INDETERMINATE"), (b"khong phai", "FAILED"), (b"", "FAILED")):
        answer = await asks.http.post(
            "/files", content=content, headers=await asks.headers(here.school.leader)
        )
        said = await asks.ask(verify, here.school.leader, u=answer.json()["uploadId"])
        assert said["verifyTranscript"]["outcome"] == outcome, content[:20]
        assert said["verifyTranscript"]["known"] is False


async def test_a_page_of_another_time_is_not_served(here: World) -> None:
    async with api.client(here.house) as asks:
        for path in (
            "/files/xml/x",
            "/files/xml/x?for=1",
            "/files/export/%00?expires=1&signature=x",
            "/nowhere",
        ):
            answer = await asks.http.get(path)
            assert answer.status_code == 404
            assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
