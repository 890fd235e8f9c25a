"""School data row by row through the API: an outcome for each row, and who may."""

from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from hocba.documents.workbooks import SheetKey
from hocba.documents.workbooks.columns import PUPIL
from hocba.documents.workbooks.problems import ProblemCode
from hocba.documents.workbooks.sheets import ALL_LEVELS, tables
from hocba.schema import schema
from hocba.settings import Settings
from hocba.store.models import ClassRow, EventRow, PersonRow, ResultRow, SchoolRow, StudentRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.conftest import POSTGRES
from tests.schema.test_denied import contents

RESULTS = "results { row id outcome refusal { code message help path } problems { code severity path } }"
SHEETS = {
    "upsertStudents": ("students", SheetKey.STUDENTS),
    "upsertClasses": ("classes", SheetKey.CLASSES),
    "upsertStaff": ("staff", SheetKey.STAFF),
    "upsertAssignments": ("assignments", SheetKey.ASSIGNMENTS),
    "upsertResults": ("results", SheetKey.RESULTS),
    "upsertSummaries": ("summaries", SheetKey.SUMMARIES),
    "upsertPrimarySummaries": ("summaries", SheetKey.PRIMARY_SUMMARIES),
    "upsertEarlierYears": ("years", SheetKey.EARLIER_YEARS),
    "setOverrides": ("overrides", SheetKey.OVERRIDES),
}


def row_type(name: str) -> GraphQLInputObjectType:
    mutations = schema._schema.mutation_type
    assert mutations is not None
    given = mutations.fields[name].args["input"].type
    assert isinstance(given, GraphQLNonNull)
    rows = given.of_type.fields[SHEETS[name][0]].type
    assert isinstance(rows, GraphQLNonNull)
    assert isinstance(rows.of_type, GraphQLList)
    row = rows.of_type.of_type.of_type
    assert isinstance(row, GraphQLInputObjectType)
    return row


def snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


@pytest.mark.parametrize("name", SHEETS)
def test_a_rows_fields_are_the_columns_of_its_sheet(name: str) -> None:
    table = tables(ALL_LEVELS)[SHEETS[name][1]]
    beside = {column.field for column in PUPIL if column.field != "student"}
    shown = beside if PUPIL[0] in table.columns else set()
    columns = {column.field.partition(".")[0] for column in table.columns} - shown
    more = {"test"} if name == "upsertResults" else set()

    given = {snake(field): kind for field, kind in row_type(name).fields.items()}

    assert set(given) == columns | more
    required = {field for field, kind in given.items() if isinstance(kind.type, GraphQLNonNull)}
    assert required == {column.field for column in table.columns if column.required and not column.emptied}


async def free(world: World) -> StudentRow:
    """A pupil of the class without a transcript."""
    made = await build.student(world.school.id, world.school.class_id)
    return await StudentRow.get(id=made)


async def held(world: World) -> StudentRow:
    """A pupil of the class whose transcript waits for its signatures."""
    return await StudentRow.get(id=world.school.students[0])


async def test_a_code_without_its_zeros_is_refused_and_not_guessed(asks: Api, here: World) -> None:
    pupil = await free(here)
    await StudentRow.filter(id=pupil.id).update(code="0007")
    await PersonRow.filter(id=here.school.homeroom.id).update(code="0009")
    before = await ClassRow.all().values(), await StudentRow.all().values()
    whole = "Gửi mã dưới dạng chuỗi, đủ cả các số 0 ở đầu; hệ thống không tự thêm."
    asked: list[tuple[str, dict[str, Any], str, list[str]]] = [
        ("upsertClasses", {"classes": [{"name": "6A1", "grade": 6, "homeroom": "9"}]},
         "INVALID_VALUE", ["homeroom"]),
        ("upsertResults", {"results": [{"student": "7", "subject": "TOAN", "year": "8.0"}]},
         "NOT_FOUND", ["student"]),
        ("upsertStudents", {"students": [
            {"code": "7", "fullName": pupil.full_name, "className": "6A1"}]}, "INVALID_VALUE", ["code"]),
        ("upsertStudents", {"students": [
            {"code": "0007", "fullName": pupil.full_name, "className": "6A1", "personalId": "1214000001"}]},
         "INVALID_VALUE", ["personalId"]),
    ]  # fmt: skip

    for name, given, code, path in asked:
        (said,) = (await asks.do(name, RESULTS, here.school.admin, **given))["results"]

        assert (said["outcome"], said["refusal"]["code"], said["refusal"]["path"]) == ("FAILED", code, path)
        assert said["refusal"]["help"] == whole
        severities = {each["severity"] for each in said["problems"]}
        assert "ERROR" in severities
    assert (await ClassRow.all().values(), await StudentRow.all().values()) == before


async def test_pupils_are_made_and_changed_with_an_outcome_for_each(asks: Api, here: World) -> None:
    pupil = await free(here)
    rows = [
        {"code": "N1", "fullName": "Nguyễn Thị Ánh", "className": "6A1", "birthDate": "2014-05-06"},
        {"code": pupil.code, "fullName": pupil.full_name, "className": "6A1", "homeTown": "Huế"},
        {"code": "N2", "fullName": "Trần Bình", "className": "6Z", "personalId": "12"},
        {"code": pupil.code, "fullName": pupil.full_name, "className": "6A1"},
    ]

    said = await asks.do("upsertStudents", RESULTS, here.school.admin, students=rows)

    made = await StudentRow.get(code="N1")
    assert [(each["row"], each["outcome"], each["id"]) for each in said["results"]] == [
        (1, "CREATED", gid("Student", made.id)),
        (2, "UPDATED", gid("Student", pupil.id)),
        (3, "FAILED", None),
        (4, "FAILED", gid("Student", pupil.id)),
    ]
    assert said["results"][2]["refusal"] == {
        "code": "INVALID_VALUE",
        "message": "Số định danh cá nhân phải gồm đúng 12 chữ số, kể cả các số 0 ở đầu.",
        "help": "Gửi mã dưới dạng chuỗi, đủ cả các số 0 ở đầu; hệ thống không tự thêm.",
        "path": ["personalId"],
    }
    assert [(each["code"], each["severity"], each["path"]) for each in said["results"][2]["problems"]] == [
        ("PERSONAL_ID_INVALID", "ERROR", ["personalId"]),
        ("CLASS_UNKNOWN", "ERROR", ["className"]),
    ]
    assert said["results"][3]["refusal"]["code"] == "ALREADY_EXISTS"
    assert (await StudentRow.get(id=pupil.id)).home_town == "Huế"
    event = await EventRow.get(aggregate_id=pupil.id)
    assert (event.kind, event.actor_id, event.data["changed"]) == (
        "SchoolDataChanged",
        here.school.admin.id,
        [["home_town", "Nam Định", "Huế"]],
    )
    again = await asks.do("upsertStudents", RESULTS, here.school.admin, students=rows[:2])
    assert [each["outcome"] for each in again["results"]] == ["UNCHANGED", "UNCHANGED"]


async def test_what_a_live_transcript_holds_is_refused_whoever_sends_it(asks: Api, here: World) -> None:
    pupil = await held(here)
    row = {"student": pupil.code, "subject": "TOAN", "comment": "Khác."}

    for who in (here.school.admin, here.school.manager):
        said = await asks.do("upsertResults", RESULTS, who, results=[row])
        (result,) = said["results"]
        assert (result["outcome"], result["refusal"]["code"]) == ("REFUSED", "FROZEN_DATA")
        assert result["refusal"]["path"] is None
    assert await ResultRow.filter(comment="Khác.").count() == 0


async def test_of_every_kind_of_row_there_is_a_mutation(asks: Api, here: World) -> None:
    await SchoolRow.filter(id=here.school.id).update(levels="th,thcs")
    pupil, admin = await free(here), here.school.admin
    first = {"code": "B1", "fullName": "Hồ Bé", "className": "2B"}
    code = (await ClassRow.get(id=here.school.class_id)).name
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("upsertClasses", {"name": "2B", "grade": 2}),
        ("upsertStudents", first),
        ("upsertStaff", {"code": "NV1", "fullName": "Vũ Tú", "leftOn": None, "admin": False}),
        ("upsertAssignments", {"className": "2B", "subject": "TV", "terms": ["I", "II"], "staff": "NV1"}),
        ("upsertResults", {"student": "B1", "subject": "Tiếng Việt", "year": "H", "test": "8"}),
        ("upsertSummaries", {"student": pupil.code, "absences": 7}),
        (
            "upsertPrimarySummaries",
            {"student": "B1", "overall": "HT", "qualities": [{"code": "YEU_NUOC", "level": "T"}]},
        ),
        (
            "upsertEarlierYears",
            {"student": "B1", "year": "2024-2025", "className": "1A", "schoolName": "Nơi khác"},
        ),
        ("setOverrides", {"student": "B1", "rule": "TH-4", "reason": "Theo biên bản."}),
    )
    assert code == "6A1"

    for name, row in asked:
        said = await asks.do(name, RESULTS, admin, **{SHEETS[name][0]: [row]})
        (result,) = said["results"]
        assert result["outcome"] == ("UPDATED" if name == "upsertSummaries" else "CREATED"), (name, result)
        assert result["refusal"] is None
        again = await asks.do(name, RESULTS, admin, **{SHEETS[name][0]: [row]})
        assert again["results"][0]["outcome"] == "UNCHANGED", name


async def test_a_wrong_quality_and_a_wrong_level_are_found_by_their_paths(asks: Api, here: World) -> None:
    await SchoolRow.filter(id=here.school.id).update(levels="th,thcs")
    admin = here.school.admin
    await asks.do("upsertClasses", RESULTS, admin, classes=[{"name": "2B", "grade": 2}])
    await asks.do(
        "upsertStudents", RESULTS, admin, students=[{"code": "B1", "fullName": "Hồ Bé", "className": "2B"}]
    )
    traits = [{"code": "YEU_NUOC", "level": "K"}, {"code": "KHAC", "level": "T"}]

    said = await asks.do(
        "upsertPrimarySummaries", RESULTS, admin, summaries=[{"student": "B1", "qualities": traits}]
    )

    (result,) = said["results"]
    assert [(each["code"], each["path"]) for each in result["problems"]] == [
        ("TRAIT_UNKNOWN", ["qualities", "KHAC"]),
        ("CHOICE_INVALID", ["qualities", "YEU_NUOC"]),
    ]
    said = await asks.do(
        "upsertResults", RESULTS, admin, results=[{"student": "B1", "subject": "TV", "year": "K"}]
    )
    assert said["results"][0]["refusal"]["path"] == ["year"]


async def test_more_than_two_hundred_rows_are_too_many(asks: Api, here: World) -> None:
    row = {"code": "1", "fullName": "Vũ Tú"}
    document = "mutation ($input: UpsertStaffInput!) { upsertStaff(input: $input) { results { row } } }"

    said = await asks.post(document, {"input": {"staff": [row] * 201}}, who=here.school.admin)

    assert [error["extensions"]["code"] for error in said["errors"]] == ["BAD_USER_INPUT"]
    whole = [row | {"code": str(number)} for number in range(200)]
    said = await asks.post(document, {"input": {"staff": whole}}, who=here.school.admin)
    assert [each["row"] for each in said["data"]["upsertStaff"]["results"]] == list(range(1, 201))


ROW: dict[str, dict[str, Any]] = {
    "upsertStudents": {"code": "N1", "fullName": "Vũ Tú", "className": "6A1"},
    "upsertClasses": {"name": "6B", "grade": 6},
    "upsertStaff": {"code": "N1", "fullName": "Vũ Tú"},
    "upsertAssignments": {"className": "6A1", "subject": "TOAN", "terms": ["I"], "staff": "N1"},
    "upsertResults": {"student": "N1", "subject": "TOAN"},
    "upsertSummaries": {"student": "N1"},
    "upsertPrimarySummaries": {"student": "N1"},
    "upsertEarlierYears": {"student": "N1", "year": "2024-2025", "className": "x", "schoolName": "y"},
    "setOverrides": {"student": "N1", "rule": "TR-5", "reason": "z"},
}


@pytest.mark.skipif(POSTGRES, reason="looks into the SQLite file")
@pytest.mark.parametrize("name", SHEETS)
async def test_nobody_but_an_administrator_or_manager_sends_rows(
    asks: Api, here: World, settings: Settings, name: str
) -> None:
    school = here.school
    before = contents(settings)

    for who in (school.leader, school.homeroom, school.teachers[3], school.issuer):
        said = await asks.do(name, RESULTS, who, **{SHEETS[name][0]: [ROW[name]] * 2})
        assert [(each["outcome"], each["refusal"]["code"]) for each in said["results"]] == [
            ("REFUSED", "NOT_PERMITTED")
        ] * 2

    assert contents(settings) == before


def test_every_problem_is_known_to_the_api() -> None:
    kind = schema._schema.type_map["ImportProblemCode"]
    assert {code.name for code in ProblemCode} == set(getattr(kind, "values", {}))


async def test_what_a_level_does_not_have_is_named_by_its_field(asks: Api, here: World) -> None:
    pupil = await free(here)
    row = {"student": pupil.code, "subject": "TOAN", "test": "9"}

    (said,) = (await asks.do("upsertResults", RESULTS, here.school.admin, results=[row]))["results"]

    assert (said["problems"][0]["code"], said["problems"][0]["path"]) == ("NOT_OF_LEVEL", ["test"])
    assert said["refusal"]["path"] == ["test"]
