"""What pupils lack: as a filter of lists, and as the workbook of a class (D1)."""

import io
from functools import partial
from typing import Any

import openpyxl
import pytest

from hocba.actions import incomplete
from hocba.store.models import ClassRow, EnrolmentRow, OverrideRow, ResultRow, StudentRow, TranscriptRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.schema.test_lists import statements

CLASSES = """{ classes { edges { node { name size missingDataUrl
  progress { withoutTranscript byStatus { status statusLabel count } } } } } }"""


async def lacking(here: World, name: str, **gone: Any) -> None:
    await build.student(here.school.id, here.school.class_id, full_name=name, **gone)


async def found(asks: Api, who: Any, **filter: Any) -> list[str]:
    document = "query($f: StudentFilter) { students(filter: $f) { edges { node { fullName } } } }"
    said = await asks.ask(document, who, f=filter)
    return [edge["node"]["fullName"] for edge in said["students"]["edges"]]


async def test_pupils_who_lack_something_are_found_and_nobody_else(asks: Api, here: World) -> None:
    await lacking(here, "Đỗ Thiếu", birthplace="", personal_id="")
    await lacking(here, "Lê Đủ")
    class_id = gid("Class", here.school.class_id)

    assert await found(asks, here.school.admin, classId=class_id, ready=False) == ["Đỗ Thiếu"]
    assert await found(asks, here.school.admin, grade=6, ready=True) == ["Lê Đủ"]
    assert await found(asks, here.school.homeroom, grade=6, ready=False) == ["Đỗ Thiếu"]
    assert await found(asks, here.school.admin, grade=7, ready=True) == []


PAGES = """query($f: StudentFilter, $first: Int, $after: String, $last: Int, $before: String) {
  students(filter: $f, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { node { id fullName } } } }"""


async def many(here: World, count: int) -> list[str]:
    """As many pupils of whom nearly nothing is entered; every seventh has left."""
    names = [f"Trần {number:05d}" for number in range(count)]
    rows = [
        StudentRow(
            id=build.ids.new(), school_id=here.school.id, code=f"M{name}", full_name=name,
            sort_key=f"~{name}", search_key=name.casefold(),
        )
        for name in names
    ]  # fmt: skip
    left = [None if number % 7 else build.NOW.date() for number in range(count)]
    places = [
        EnrolmentRow(
            id=build.ids.new(), student_id=row.id, class_id=here.school.class_id, year=build.YEAR, left_on=day
        )
        for row, day in zip(rows, left, strict=True)
    ]
    await StudentRow.bulk_create(rows, batch_size=1000)
    await EnrolmentRow.bulk_create(places, batch_size=1000)
    return [name for name, day in zip(names, left, strict=True) if day is None]


async def test_thousands_who_lack_something_are_counted_and_paged_to_the_last(asks: Api, here: World) -> None:
    names = await many(here, 2400)
    filter_ = {"classId": gid("Class", here.school.class_id), "ready": False}

    first = (await asks.ask(PAGES, here.school.admin, f=filter_, first=3))["students"]
    last = (await asks.ask(PAGES.replace("totalCount", ""), here.school.admin, f=filter_, last=3))["students"]
    answer = await download(asks, here.school.admin)

    assert len(names) > 2000
    assert first["totalCount"] == len(names)
    assert [edge["node"]["fullName"] for edge in first["edges"]] == names[:3]
    assert [edge["node"]["fullName"] for edge in last["edges"]] == names[-3:]
    rows = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True).active.iter_rows(min_row=2)
    assert list(dict.fromkeys(row[2].value for row in rows)) == names


@pytest.mark.parametrize("direction", ["forward", "backward"])
async def test_every_page_of_those_who_lack_something_is_there_once(
    asks: Api, here: World, monkeypatch: pytest.MonkeyPatch, direction: str
) -> None:
    monkeypatch.setattr(incomplete, "CHUNK", 4)
    names = await many(here, 40)
    for number in range(3):
        await lacking(here, f"Lê Đủ {number}")
    filter_ = {"classId": gid("Class", here.school.class_id), "ready": False}
    seen: list[str] = []
    at: dict[str, Any] = {"first": 5} if direction == "forward" else {"last": 5}
    side, more, edge = (
        ("after", "hasNextPage", "endCursor")
        if direction == "forward"
        else ("before", "hasPreviousPage", "startCursor")
    )

    while True:
        page = (await asks.ask(PAGES, here.school.admin, f=filter_, **at))["students"]
        found = [each["node"]["fullName"] for each in page["edges"]]
        seen = [*seen, *found] if direction == "forward" else [*found, *seen]
        assert page["totalCount"] == len(names)
        if not page["pageInfo"][more]:
            break
        at[side] = page["pageInfo"][edge]

    assert seen == names


async def test_who_cannot_make_transcripts_learns_nothing_of_what_is_missing(asks: Api, here: World) -> None:
    await lacking(here, "Đỗ Thiếu", birthplace="")
    for ready in (True, False):
        assert await found(asks, here.school.teachers[1], grade=6, ready=ready) == []


async def test_a_whole_school_is_not_judged_for_one_list(asks: Api, here: World) -> None:
    document = "{ students(filter: {ready: true}) { edges { cursor } } }"
    said = await asks.post(document, who=here.school.admin)
    assert [error["extensions"]["code"] for error in said["errors"]] == ["BAD_USER_INPUT"]


async def test_transcripts_are_made_of_all_who_are_ready(asks: Api, here: World) -> None:
    await lacking(here, "Đỗ Thiếu", birthplace="")
    await lacking(here, "Lê Đủ")
    said = await asks.do(
        "createTranscripts", "results { outcome }", here.school.admin, filter={"grade": 6, "ready": True}
    )
    assert said["results"] == [{"outcome": "DONE"}]
    assert await TranscriptRow.filter(student_name="Lê Đủ").count() == 1
    assert await TranscriptRow.all().count() == len(here.transcripts) + 1


async def test_the_counts_of_every_class_in_a_constant_number_of_statements(asks: Api, here: World) -> None:
    await lacking(here, "Đỗ Thiếu", birthplace="")
    before = len(await statements(asks, here.school.admin, CLASSES))
    said = await asks.ask(CLASSES, here.school.admin)
    (node,) = [edge["node"] for edge in said["classes"]["edges"]]
    assert (node["size"], node["progress"]["withoutTranscript"]) == (4, 1)
    counts = {row["status"]: row["count"] for row in node["progress"]["byStatus"]}
    assert counts["AWAITING_SIGNATURES"] == 3
    assert sum(counts.values()) == 3
    for name in ("6A8", "6A9"):
        await ClassRow.create(
            id=build.ids.new(), school_id=here.school.id, year=build.YEAR, name=name, grade=6
        )
    assert len(await statements(asks, here.school.admin, CLASSES)) == before == 4


async def test_the_workbook_of_a_class_lists_what_each_pupil_lacks(asks: Api, here: World) -> None:
    await lacking(here, "Đỗ Thiếu", birthplace="", personal_id="12")
    await lacking(here, "Ánh Không Tên Mẹ", mother="", guardian="")
    await StudentRow.filter(full_name="Đỗ Thiếu").update(code="=1+1")

    answer = await download(asks, here.school.homeroom)

    assert answer.status_code == 200
    assert "Th%C3%B4ng%20tin%20thi%E1%BA%BFu%206A1.xlsx" in answer.headers["content-disposition"]
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0] == (
        "Lớp", "Mã học sinh", "Họ và tên", "Trường dữ liệu", "Thông tin cần bổ sung", "Nơi bổ sung",
    )  # fmt: skip
    assert [(row[0], row[1], row[2], row[3]) for row in rows[1:] if row[2] == "Đỗ Thiếu"] == [
        ("6A1", "=1+1", "Đỗ Thiếu", "Nơi sinh"),
        ("6A1", "=1+1", "Đỗ Thiếu", "Mã số định danh cá nhân"),
    ]
    assert {row[2] for row in rows[1:]} == {"Đỗ Thiếu", "Ánh Không Tên Mẹ"}
    assert all(row[4] and row[5] for row in rows[1:])


async def test_a_class_that_lacks_nothing_has_an_empty_workbook(asks: Api, here: World) -> None:
    answer = await download(asks, here.school.admin, language="en")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[:3] for row in rows] == [("Class", "Student code", "Full name")]


async def test_who_cannot_make_transcripts_gets_no_workbook(asks: Api, here: World) -> None:
    assert await url_of(asks, here.school.teachers[1]) is None
    assert await url_of(asks, here.school.leader) is None


async def test_a_workbook_is_gone_with_the_right_to_it(asks: Api, here: World) -> None:
    url = await url_of(asks, here.school.homeroom)
    assert url is not None
    await ClassRow.all().update(homeroom_id=here.school.leader.id)
    answer = await asks.http.get(url, headers=await asks.headers(here.school.homeroom))
    assert answer.status_code == 404


async def url_of(asks: Api, who: Any, language: str = "vi") -> str | None:
    said = await asks.post(CLASSES, who=who, headers={"accept-language": language})
    (edge,) = said["data"]["classes"]["edges"]
    url: str | None = edge["node"]["missingDataUrl"]
    return url


async def download(asks: Api, who: Any, language: str = "vi") -> Any:
    url = await url_of(asks, who, language)
    assert url is not None
    return await asks.http.get(url, headers=await asks.headers(who))


REVIEW = """query($id: ID!) { student(id: $id) {
  readiness { ready missing { code rule message } warnings { code rule message } } } }"""


async def test_a_warning_is_said_and_keeps_nothing_from_being_made(asks: Api, here: World) -> None:
    taken = (await StudentRow.get(id=here.school.students[0])).personal_id
    await lacking(here, "Đỗ Trùng Mã", personal_id=taken)
    student = await StudentRow.get(full_name="Đỗ Trùng Mã")

    said = (await asks.ask(REVIEW, here.school.admin, id=gid("Student", student.id)))["student"]["readiness"]

    assert (said["ready"], said["missing"]) == (True, [])
    assert "ID_SHARED" in {warning["code"] for warning in said["warnings"]}
    made = await asks.do(
        "createTranscripts",
        "results { outcome }",
        here.school.admin,
        studentIds=[gid("Student", student.id)],
    )
    assert made["results"] == [{"outcome": "DONE"}]


async def test_a_value_against_its_circular_names_the_rule_until_a_reason_stands_against_it(
    asks: Api, here: World
) -> None:
    await lacking(here, "Đỗ Cộng Sai")
    student = await StudentRow.get(full_name="Đỗ Cộng Sai")
    enrolment = await EnrolmentRow.get(student_id=student.id)
    await ResultRow.filter(enrolment_id=enrolment.id, subject="TOAN").update(year="9.9")
    ask = partial(asks.ask, REVIEW, here.school.admin, id=gid("Student", student.id))

    said = (await ask())["student"]["readiness"]

    assert said["ready"] is False
    assert [(gap["code"], gap["rule"]) for gap in said["missing"]] == [("RULE", "TR-2")]
    assert said["missing"][0]["message"] == (
        "Toán: Cả năm đang là 9,9; theo TT 22/2021/TT-BGDĐT Đ9.1b (quy tắc TR-2) là 8,5."
    )
    await OverrideRow.create(
        id=build.ids.new(), enrolment_id=enrolment.id, rule="TR-2", reason="Biên bản số 5"
    )
    said = (await ask())["student"]["readiness"]
    assert (said["ready"], said["missing"]) == (True, [])
