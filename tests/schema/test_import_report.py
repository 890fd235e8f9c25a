"""What a client reads of an import: what changes, and whose transcript stands in its way."""

import io
from typing import Any

import openpyxl

from hocba.documents.workbooks.lines import StudentLine
from hocba.domain.values import Level, Status
from hocba.store.models import ClassRow, SchoolRow, StudentRow, TranscriptRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.schools import only, upload

SELECTION = """
refusal { code }
report {
  committed problemCount changeCount heldPupilCount
  sheets { sheet read updated refused }
  changes { sheet row column of old new }
  heldPupils { studentId code fullName className transcriptId status statusLabel rows refusal { code help } }
  problems { code severity row }
}
"""


async def line(pupil: StudentRow, row: int) -> StudentLine:
    """The pupil's row, with another address."""
    names = ("code", "full_name", "birth_date", "sex", "personal_id", "ethnicity")
    return StudentLine(
        row=row, class_name="6A1", address="Huế", **{name: getattr(pupil, name) for name in names}
    )


async def imported(asks: Api, here: World, pupils: list[StudentRow], **more: Any) -> dict[str, Any]:
    """A workbook in which these pupils have moved to Huế; the columns that it has not are left alone."""
    lines = [await line(pupil, row) for row, pupil in enumerate(pupils, start=2)]
    assert (await ClassRow.get(id=here.school.class_id)).name == "6A1"
    file = await upload(here.school.admin, only((Level.THCS,), students=lines))
    given = {"uploadId": gid("Upload", file), "schoolYear": build.YEAR, **more}
    said: dict[str, Any] = await asks.do("importWorkbook", SELECTION, here.school.admin, **given)
    assert said["refusal"] is None
    return said["report"]  # type: ignore[no-any-return]


async def test_a_dry_run_says_what_a_correction_would_change(asks: Api, here: World) -> None:
    pupil = await StudentRow.get(id=await build.student(here.school.id, here.school.class_id))

    report = await imported(asks, here, [pupil], dryRun=True)

    assert (report["committed"], report["heldPupils"], report["heldPupilCount"]) == (False, [], 0)
    address = next(each for each in report["changes"] if each["column"] == "Chỗ ở hiện nay")
    assert address == {
        "sheet": "STUDENTS",
        "row": 2,
        "column": "Chỗ ở hiện nay",
        "of": pupil.code,
        "old": "Phường Ba Đình, Hà Nội",
        "new": "Huế",
    }
    assert report["changeCount"] == len(report["changes"])
    assert (await StudentRow.get(id=pupil.id)).address == "Phường Ba Đình, Hà Nội"


async def test_pupils_whose_transcripts_hold_their_data_are_named_with_what_would_help(
    asks: Api, here: World
) -> None:
    first, second = [await StudentRow.get(id=each) for each in here.school.students[:2]]
    await TranscriptRow.filter(student_id=second.id).update(status=Status.ACCEPTED)
    transcripts = {row.student_id: row.id for row in await TranscriptRow.all()}

    report = await imported(asks, here, [first, second])

    held = {each["code"]: each for each in report["heldPupils"]}
    assert report["heldPupilCount"] == 2
    assert held[first.code] == {
        "studentId": gid("Student", first.id),
        "code": first.code,
        "fullName": first.full_name,
        "className": "6A1",
        "transcriptId": gid("Transcript", transcripts[first.id]),
        "status": "AWAITING_SIGNATURES",
        "statusLabel": "Chờ ký",
        "rows": 1,
        "refusal": {"code": "FROZEN_DATA", "help": held[first.code]["refusal"]["help"]},
    }
    assert held[second.code]["refusal"] == {"code": "RECALL_FIRST", "help": "Tạo yêu cầu thu hồi trước."}
    assert [(each["code"], each["severity"], each["row"]) for each in report["problems"]] == [
        ("FROZEN_DATA", "REFUSED", 2),
        ("FROZEN_DATA", "REFUSED", 3),
    ]
    assert (report["problemCount"], report["changeCount"]) == (2, 0)
    assert (await StudentRow.get(id=first.id)).address != "Huế"


async def test_the_template_is_that_of_the_schools_levels(asks: Api, here: World) -> None:
    await SchoolRow.filter(id=here.school.id).update(levels="th,thcs")
    url = (await asks.ask("{ workbookTemplate }", here.school.admin))["workbookTemplate"]

    answer = await asks.http.get(url, headers=await asks.headers(here.school.admin))

    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert {"Kết quả", "Kết quả tiểu học"} <= set(book.sheetnames)
    assert "/files/template/th.thcs-2025-2026?" in url
