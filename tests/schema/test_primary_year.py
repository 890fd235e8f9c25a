"""A primary pupil's year, the years he spent elsewhere, and whoever acts for another, through the API."""

from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EarlierYearRow,
    EnrolmentRow,
    PrimarySummaryRow,
    ResultRow,
    SchoolRow,
    StudentRow,
)
from tests import build
from tests.actions.world import World
from tests.api import Api, gid

STUDENT = """query($id: ID!) { student(id: $id) {
  profile { recordNumber } results { subject year test } summary { absences }
  primarySummary { overall overallLabel height weight absencesWithLeave
    traits { code name group level levelLabel } }
  history { schoolYear className schoolName since } } }"""


async def test_a_primary_pupils_year_is_said_in_its_own_terms(asks: Api, here: World) -> None:
    student = here.school.students[0]
    await SchoolRow.all().update(levels="th,thcs")
    await ClassRow.all().update(grade=4)
    await StudentRow.filter(id=student).update(record_number="HS-2026-1")
    enrolment = await EnrolmentRow.get(student_id=student)
    await ResultRow.filter(enrolment_id=enrolment.id).delete()
    await ResultRow.create(id=build.ids.new(), enrolment_id=enrolment.id, subject="TOAN", year="T", test="10")
    await PrimarySummaryRow.create(
        id=build.ids.new(), enrolment_id=enrolment.id, overall="HTXS", qualities={"YEU_NUOC": "T"},
        abilities={"NGON_NGU": "C"}, absences_with_leave=1, height="131.5",
    )  # fmt: skip
    await EarlierYearRow.create(
        id=build.ids.new(), student_id=student, year="2024-2025", class_name="3B", school_name="Trường cũ"
    )

    said = (await asks.ask(STUDENT, here.school.admin, id=gid("Student", student)))["student"]

    assert said["profile"] == {"recordNumber": "HS-2026-1"}
    assert said["summary"] is None
    assert said["results"] == [{"subject": "TOAN", "year": "T", "test": "10"}]
    traits = said["primarySummary"].pop("traits")
    assert said["primarySummary"] == {
        "overall": "HTXS",
        "overallLabel": "Hoàn thành xuất sắc",
        "height": "131.5",
        "weight": None,
        "absencesWithLeave": 1,
    }
    assert len(traits) == 15
    patriotic = {"code": "YEU_NUOC", "name": "Yêu nước", "group": "quality"}
    assert traits[0] == patriotic | {"level": "T", "levelLabel": "Tốt"}
    by_code = {trait["code"]: (trait["group"], trait["levelLabel"]) for trait in traits}
    assert by_code["NGON_NGU"] == ("specific", "Cần cố gắng")
    assert by_code["TU_CHU_TU_HOC"] == ("general", None)
    assert [(row["schoolYear"], row["className"], row["schoolName"]) for row in said["history"]] == [
        ("2024-2025", "3B", "Trường cũ"),
        ("2025-2026", "6A1", "Trường THCS Hoa Sen"),
    ]


async def test_a_secondary_pupil_has_no_primary_summary(asks: Api, here: World) -> None:
    said = await asks.ask(STUDENT, here.school.admin, id=gid("Student", here.school.students[0]))
    assert said["student"]["primarySummary"] is None
    assert said["student"]["summary"] == {"absences": 2}
    assert len(said["student"]["history"]) == 1


async def test_whoever_acts_for_another_is_shown_with_the_decision_from_plan_to_transcript(
    asks: Api, here: World
) -> None:
    basis = "Quyết định số 15/QĐ-THCS ngày 20/5/2026"
    await AssignmentRow.filter(subject="NT").update(person_id=here.school.manager.id, basis=basis)
    student = await build.student(here.school.id, here.school.class_id)
    plan = "query($ids: [ID!]!) { signingPlan(studentIds: $ids) { slots { subjects basis } } }"
    planned = (await asks.ask(plan, here.school.admin, ids=[gid("Student", student)]))["signingPlan"][0]
    assert {"subjects": ["NT"], "basis": basis} in planned["slots"]
    made = await asks.do(
        "createTranscripts",
        "results { outcome transcript { slots { subjects basis } } }",
        here.school.admin,
        studentIds=[gid("Student", student)],
    )
    (result,) = made["results"]
    assert result["outcome"] == "DONE"
    assert result["transcript"]["slots"] == planned["slots"]
