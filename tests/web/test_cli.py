"""The command line: what an operator adds, and verifying files."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hocba import database
from hocba.cli import main
from hocba.settings import Settings
from hocba.store.models import PersonRow, RoleGrantRow, SchoolRow, UserRow
from tests.conftest import POSTGRES

PASSWORD = "hoa-phượng-đỏ-1975"
SCHOOL = [
    "school",
    "add",
    "--code",
    "0101",
    "--name",
    "Trường THCS Hoa Sen",
    "--level",
    "thcs",
    "--identity",
    "MST:0100000001",
]
ADMIN = [
    "user", "add", "--school", "0101", "--username", "Quan.Tri", "--name", "Trần Văn Quản",
    "--code", "QT", "--role", "admin",
]  # fmt: skip

OFFICER = [
    "user", "add", "--organisation", "SO", "--username", "so", "--name", "Chuyên Viên", "--code", "CV",
    "--role", "authority",
]  # fmt: skip

pytestmark = pytest.mark.skipif(POSTGRES, reason="opens a database of its own")


@pytest.fixture
def env(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    given = {
        "HOCBA_DATABASE_URL": settings.database_url,
        "HOCBA_DATA_DIR": str(settings.data_dir),
        "HOCBA_SECRETS_FILE": str(settings.secrets_file),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


def run(*arguments: str, typed: str | None = None, **env: str) -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed, env=env)


def rows(settings: Settings) -> tuple[list[SchoolRow], list[PersonRow], list[UserRow], list[RoleGrantRow]]:
    async def read() -> tuple[list[SchoolRow], list[PersonRow], list[UserRow], list[RoleGrantRow]]:
        await database.open_(settings)
        try:
            return (
                await SchoolRow.all(), await PersonRow.all(), await UserRow.all(), await RoleGrantRow.all(),
            )  # fmt: skip
        finally:
            await database.close()

    return asyncio.run(read())


def test_a_school_and_its_first_users_are_added(env: dict[str, str], settings: Settings) -> None:
    assert run(*SCHOOL).exit_code == 0
    assert run(*ADMIN, HOCBA_PASSWORD=PASSWORD).exit_code == 0
    assert run(*ADMIN, "--password-stdin", typed=f"{PASSWORD}-2\n").exit_code == 0
    assert run("organisation", "add", "--code", "SO", "--name", "Sở GDĐT", "--kind", "so").exit_code == 0
    assert run(*OFFICER, HOCBA_PASSWORD=PASSWORD).exit_code == 0
    schools, people, users, grants = rows(settings)
    assert [school.code for school in schools] == ["0101"]
    assert {user.username for user in users} == {"quan.tri", "so"}
    assert {(grant.role, grant.school_id) for grant in grants} == {
        ("admin", schools[0].id), ("authority", None),
    }  # fmt: skip
    assert len(grants) == 2
    assert {person.school_id == schools[0].id for person in people} == {True, False}


@pytest.mark.parametrize(
    "changed",
    [{"--code": "QT2", "--name": "Người khác"}, {"--username": "ten.khac"}],
    ids=["somebody else's user name", "another user name for the same person"],
)
def test_a_user_name_is_one_persons_and_a_person_has_one(
    env: dict[str, str], settings: Settings, changed: dict[str, str]
) -> None:
    run(*SCHOOL)
    assert run(*ADMIN, HOCBA_PASSWORD=PASSWORD).exit_code == 0
    before = [(user.id, user.username, user.password_hash) for user in rows(settings)[2]]
    again = list(ADMIN)
    for option, value in changed.items():
        again[again.index(option) + 1] = value
    refused = run(*again, HOCBA_PASSWORD=f"{PASSWORD}-2")
    assert (refused.exit_code, "exists already" in refused.output) == (1, True)
    _, people, users, grants = rows(settings)
    assert [(user.id, user.username, user.password_hash) for user in users] == before
    assert (len(people), len(grants)) == (1, 1)


FACTS = [
    "--department-code",
    "01",
    "--department",
    "Sở",
    "--commune",
    "Phường Ba Đình",
    "--province",
    "Hà Nội",
]


def test_what_is_known_of_a_school_is_changed_and_the_rest_stays(
    env: dict[str, str], settings: Settings
) -> None:
    run(*SCHOOL, *FACTS[:4])
    assert run("school", "set", "--code", "0101", "--level", "thpt", *FACTS[4:]).exit_code == 0
    (school,) = rows(settings)[0]
    assert (school.name, school.identity, school.levels) == (
        "Trường THCS Hoa Sen",
        "MST:0100000001",
        "thcs,thpt",
    )
    assert (school.department_code, school.department) == ("01", "Sở")
    assert (school.commune, school.province) == ("Phường Ba Đình", "Hà Nội")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--code", "9999", "--name", "Trường khác"], 1, "Error"),
        (["--code", "0101", "--name", " "], 1, "Error"),
        (["--code", "0101", "--identity", "0100000001"], 2, "MST:"),
    ],
)
def test_what_a_school_cannot_be_changes_nothing(
    env: dict[str, str], settings: Settings, arguments: list[str], code: int, said: str
) -> None:
    run(*SCHOOL)
    result = run("school", "set", *arguments)
    assert (result.exit_code, said in result.output) == (code, True)
    (school,) = rows(settings)[0]
    assert (school.name, school.identity) == ("Trường THCS Hoa Sen", "MST:0100000001")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (SCHOOL, "Error"),
        ([*ADMIN[:2], "--school", "không có", *ADMIN[4:]], "Error"),
    ],
)
def test_what_cannot_be_added_is_told_without_a_trace(
    env: dict[str, str], arguments: list[str], said: str
) -> None:
    run(*SCHOOL)
    result = run(*arguments, HOCBA_PASSWORD=PASSWORD)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_weak_password_is_refused_and_nothing_added(env: dict[str, str], settings: Settings) -> None:
    run(*SCHOOL)
    result = run(*ADMIN, HOCBA_PASSWORD="1234")
    assert result.exit_code == 1
    assert "1234" not in result.output
    _, people, users, grants = rows(settings)
    assert (people, users, grants) == ([], [], [])


def test_the_schema_that_is_printed_is_the_committed_one() -> None:
    assert run("schema").output == Path("schema.graphql").read_text(encoding="utf-8")


def test_plugins_are_listed(env: dict[str, str]) -> None:
    lines = run("plugins").output.splitlines()
    assert {"remote-signing", "usb-token"} <= {line.split()[0] for line in lines if " ready" in line}


def test_migrating_twice_does_nothing_twice(env: dict[str, str]) -> None:
    assert run("migrate").output == "0 migrations applied\n"


@pytest.fixture
def odd(tmp_path: Path) -> dict[str, Path]:
    made = {
        "empty": b"", "text": "học bạ".encode(), "xml": b"<HOC_BA/>", "half": b"<HOC_BA><",
        "bomb": b"<!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>", "pdf": b"%PDF-1.7\n%%EOF",
        "binary": os.urandom(5000), "nul": b"\0" * 100,
    }  # fmt: skip
    found = {}
    for name, content in made.items():
        found[name] = tmp_path / f"tệp {name}"
        found[name].write_bytes(content)
    found["missing"] = tmp_path / "không có"
    found["folder"] = tmp_path
    return found


def test_whatever_a_file_is_it_gets_a_verdict(odd: dict[str, Path]) -> None:
    result = run("verify", "--json", *map(str, odd.values()))
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(path) for path in odd.values()]
    for line in lines:
        assert set(line) >= {"file", "verdict", "reasons", "signatures"}
        assert line["verdict"] in ("failed", "indeterminate")
        assert line["reasons"]
    assert "Traceback" not in result.output
    text = run("verify", *map(str, odd.values()))
    assert text.exit_code == 1
    assert text.stdout.count("FAILED") + text.stdout.count("INDETERMINATE") == len(odd)


def test_authorities_that_cannot_be_read_are_told(odd: dict[str, Path]) -> None:
    for ca in ("missing", "text", "empty"):
        result = run("verify", "--ca", str(odd[ca]), str(odd["xml"]))
        assert result.exit_code == 1
        assert "cannot be read" in result.output
        assert "Traceback" not in result.output


def test_a_port_that_is_none_is_refused() -> None:
    for port in ("0", "65536", "99999", "x"):
        result = run("serve", "--port", port)
        assert (result.exit_code, "--port" in result.output) == (2, True)


@pytest.mark.parametrize(
    "identity",
    ["bad", "0100000001", "MST:", "MST:bad", "MST:010000000", "MST:01000000011", "MST:0100000001-01",
     "mst:0100000001", "CCCD:001185000001", "MST:0100000001\n"],
    ids=ascii,
)  # fmt: skip
def test_a_school_with_what_is_no_tax_code_is_not_added(
    env: dict[str, str], settings: Settings, identity: str
) -> None:
    result = run(*SCHOOL[:-1], identity)
    assert result.exit_code == 2
    assert "--identity" in result.output
    assert "like MST:0123456789 or MST:0123456789-001" in " ".join(result.output.split())
    assert rows(settings)[0] == []


def test_a_dependent_unit_has_three_digits_more(env: dict[str, str], settings: Settings) -> None:
    assert run(*SCHOOL[:-1], "MST:0100000001-001").exit_code == 0
    assert [school.identity for school in rows(settings)[0]] == ["MST:0100000001-001"]


@pytest.mark.parametrize(
    ("option", "given", "said"),
    [
        ("--name", "", "Invalid value: School name."),
        ("--name", "a" * 201, "Invalid value: School name."),
        ("--code", "01\x1b[31m", "(line break, control character): School code."),
        ("--province", "Hà\nNội", "(line break, control character): Province."),
    ],
)
def test_what_cannot_be_written_of_a_school_is_refused_and_nothing_added(
    env: dict[str, str], settings: Settings, option: str, given: str, said: str
) -> None:
    result = run(*SCHOOL, option, given)
    assert (result.exit_code, said in result.output) == (1, True)
    assert "Traceback" not in result.output
    assert rows(settings)[0] == []


@pytest.mark.parametrize(
    ("option", "given", "said"),
    [
        ("--personal-id", "12", "Invalid value: Personal id."),
        ("--name", " ", "Invalid value: Name of a signer."),
        ("--code", "Q\x07T", "(line break, control character): Staff code."),
        ("--title", "a" * 101, "Invalid value: Position."),
    ],
)
def test_what_cannot_be_written_of_a_person_is_refused_and_nothing_added(
    env: dict[str, str], settings: Settings, option: str, given: str, said: str
) -> None:
    run(*SCHOOL)
    result = run(*ADMIN, option, given, HOCBA_PASSWORD=PASSWORD)
    assert (result.exit_code, said in result.output) == (1, True)
    assert rows(settings)[1:] == ([], [], [])


@pytest.mark.parametrize("options", [["--crl", "{text}"], ["--crl", "{missing}"], ["--require-revocation"]])
def test_revocation_is_not_passed_over_when_nobody_is_believed(
    odd: dict[str, Path], options: list[str]
) -> None:
    given = [each.format(**odd) for each in options]
    result = run("verify", *given, str(odd["xml"]))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "revocation is checked with --ca only" in result.stderr
