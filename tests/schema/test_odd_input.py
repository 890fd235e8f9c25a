"""What a hurried or ill-willed client sends: a clear no, never a failure of ours."""

import time
from typing import Any

import pytest

from hocba.domain.people import Actor
from hocba.store.models import PrintConfigurationRow, RoleGrantRow, SigningAccountRow, StudentRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid

NO_YEARS = [
    "",
    "x",
    "2025",
    "2025-2027",
    "2025-2026 ",
    "'; drop table--",
    "٢٠٢٥-2026",
    "0000-0000",
    "y" * 500,
]

YEARLY = [
    "query($y: String) { classes(filter: {schoolYear: $y}) { edges { node { id } } } }",
    "query($y: String) { assignments(filter: {schoolYear: $y}) { edges { node { id } } } }",
    "query($y: String) { students(filter: {schoolYear: $y}) { edges { node { id } } } }",
    "query($y: String) { transcripts(filter: {schoolYear: $y}) { edges { node { id } } } }",
    "query($y: String) { signingAccounts(filter: {schoolYear: $y}) { edges { node { id } } } }",
    "query($y: String) { progress(filter: {schoolYear: $y}) { students } }",
    'query($y: String) { student(id: "x", schoolYear: $y) { id } }',
    'query($y: String) { signingPlan(studentIds: ["x"], schoolYear: $y) { studentId } }',
    "query($y: String) { printConfiguration(schoolYear: $y) { place } }",
    "query($y: String) { workbookTemplate(schoolYear: $y) }",
    "query($y: String) { mySigningAccounts(schoolYear: $y) { id } }",
    "query($y: String) { mySigningAccount(schoolYear: $y) { id } }",
    "query($y: String) { schoolCertificate(schoolYear: $y) { current { id } } }",
]


async def problem(asks: Api, who: Actor, document: str, **variables: Any) -> tuple[str, str]:
    """Code and sentence of the only error of an answer."""
    (error,) = (await asks.post(document, variables, who=who))["errors"]
    return error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("document", YEARLY)
async def test_what_is_no_school_year_is_said_to_be_none(asks: Api, here: World, document: str) -> None:
    for year in NO_YEARS:
        said = await problem(asks, here.school.admin, document, y=year)
        assert said == ("BAD_USER_INPUT", "a school year is written like 2025-2026"), year
    assert "errors" not in await asks.post(document, {"y": "2031-2032"}, who=here.school.admin)


@pytest.mark.parametrize("year", NO_YEARS[1:])
async def test_nothing_is_written_to_what_is_no_school_year(asks: Api, here: World, year: str) -> None:
    admin = here.school.admin
    before = await PrintConfigurationRow.all().count(), await SigningAccountRow.all().count()
    printed = await asks.do(
        "setPrintConfiguration", "refusal { code path }", admin,
        place="Huế", writtenOn="2026-05-31", schoolYear=year,
    )  # fmt: skip
    registered = await asks.do(
        "registerSigningAccount", "refusal { code path }", admin,
        signer="usb-token", reference="x", schoolYear=year,
    )  # fmt: skip
    made = await asks.do(
        "createTranscripts", "results { refusal { code path } }", admin,
        studentIds=[gid("Student", here.school.students[0])], schoolYear=year,
    )  # fmt: skip
    no = {"code": "INVALID_VALUE", "path": ["schoolYear"]}
    assert (printed["refusal"], registered["refusal"], made["results"]) == (no, no, [{"refusal": no}])
    assert before == (await PrintConfigurationRow.all().count(), await SigningAccountRow.all().count())


async def test_nobody_had_an_account_in_what_is_no_year(asks: Api, here: World) -> None:
    document = "mutation($y: String) { copySigningAccounts(input: {schoolYear: $y}) { results { id } } }"
    for year in NO_YEARS[1:]:
        said = await problem(asks, here.school.admin, document, y=year)
        assert said == ("BAD_USER_INPUT", "a school year is written like 2025-2026"), year


async def test_a_search_for_what_is_too_long_finds_nobody(asks: Api, here: World) -> None:
    pupil = await StudentRow.get(id=here.school.students[0])
    for text in (pupil.personal_id + "0", "9" * 5000, "'; drop table--"):
        found = await asks.ask(
            """query($t: String) {
              a: students(filter: {personalId: $t}) { edges { node { id } } }
              b: students(filter: {code: $t}) { edges { node { id } } }
              c: transcripts(filter: {personalId: $t}) { edges { node { id } } } }""",
            here.school.admin,
            t=text,
        )
        assert found == {name: {"edges": []} for name in "abc"}


async def test_a_name_that_nobody_can_have_is_not_looked_for(asks: Api, here: World) -> None:
    """SQLite refuses such a pattern, and to fold it for each name takes a minute."""
    for text in ("a" * 60_000, "ế" * 300_000):
        begun = time.process_time()
        found = await asks.ask(
            """query($t: String) {
              a: students(filter: {name: $t}) { edges { node { id } } }
              b: transcripts(filter: {name: $t}) { edges { node { id } } }
              c: classes(filter: {name: $t}) { edges { node { id } } }
              d: staff(name: $t) { edges { node { id } } } }""",
            here.school.admin,
            t=text,
        )
        assert found == {name: {"edges": []} for name in "abcd"}
        assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("until", "why"),
    [
        ("2030-01-01T00:00:00", "a time has a zone, like 2026-05-31T17:00:00+07:00"),
        ("9999-12-31T23:59:59-12:00", "that time is too far away"),
        ("0001-01-01T00:00:00+14:00", "that time is too far away"),
    ],
)
async def test_an_end_without_zone_or_near_the_end_of_time(
    asks: Api, here: World, until: str, why: str
) -> None:
    before = await RoleGrantRow.all().count()
    document = "mutation($i: GrantIssueRightInput!) { grantIssueRight(input: $i) { results { outcome } } }"
    given = {"personIds": [gid("Person", here.school.homeroom.id)], "until": until}
    assert await problem(asks, here.school.admin, document, i=given) == ("BAD_USER_INPUT", why)
    assert await RoleGrantRow.all().count() == before


async def test_no_text_holds_the_character_nul(asks: Api, here: World) -> None:
    admin = here.school.admin
    by_variable = "query($n: String) { staff(name: $n) { edges { node { id } } } }"
    why = ("BAD_USER_INPUT", "a text holds the character NUL")
    assert await problem(asks, admin, by_variable, n="a\0b") == why
    for literal in ('"a\\u0000b"', '"a\\u{0}b"'):
        assert (
            await problem(asks, admin, f"{{ staff(name: {literal}) {{ edges {{ node {{ id }} }} }} }}") == why
        )
    nested = "mutation($i: ProposeCancellationInput!) { proposeCancellation(input: $i) { results { id } } }"
    given = {"transcriptIds": [gid("Transcript", here.transcripts[0]), "\0"], "reason": "sai"}
    assert await problem(asks, admin, nested, i=given) == why


async def test_a_name_that_is_too_long_is_nobodys(asks: Api, here: World) -> None:
    said = await asks.do("signIn", "token refusal { code }", username="x" * 20_000, password="sai-mất-rồi")
    assert said == {"token": None, "refusal": {"code": "SIGN_IN_FAILED"}}


async def test_a_header_that_names_no_year_is_refused_before_anything_is_done(asks: Api, here: World) -> None:
    headers = await asks.headers(here.school.admin)

    async def seen(year: str) -> Any:
        return await asks.post("{ viewer { schoolYear } }", headers={**headers, "hocba-school-year": year})

    for year in ("abcdefghi", "2025-2027", "2025", "2099-1"):
        (error,) = (await seen(year))["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT", year
        assert error["message"] == "Hocba-School-Year is written like 2025-2026."
    assert (await seen(""))["data"]["viewer"]["schoolYear"] == build.YEAR
    assert (await seen("2020-2021"))["data"]["viewer"]["schoolYear"] == "2020-2021"


@pytest.mark.parametrize(
    "body", ["null", "5", "true", '"x"', "[]", "[null]", '{"query": "{ __typename }", "operationName": [1]}']
)
async def test_a_body_that_is_no_request_is_400(asks: Api, here: World, body: str) -> None:
    answer = await asks.http.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
