"""The command line: authorities, and the schools below them."""

import asyncio
from datetime import date

import pytest

from hocba import database
from hocba.domain.permissions import ADMINISTRATION
from hocba.settings import Settings
from hocba.store.models import RoleGrantRow, SchoolRow, SupervisionRow
from tests.conftest import POSTGRES
from tests.web.test_cli import OFFICER, PASSWORD, SCHOOL, env, run

__all__ = ["env"]

pytestmark = pytest.mark.skipif(POSTGRES, reason="opens a database of its own")


def add(code: str, kind: str, name: str = "Cơ quan") -> None:
    assert run("organisation", "add", "--code", code, "--name", name, "--kind", kind).exit_code == 0


def supervise(parent: str, child: str, *days: str) -> tuple[int, str]:
    result = run("organisation", "supervise", "--parent", parent, "--child", child, *days)
    return result.exit_code, result.output


def rows(settings: Settings, model: type) -> list[dict[str, object]]:
    async def read() -> list[dict[str, object]]:
        await database.open_(settings)
        try:
            return list(await model.all().values())
        finally:
            await database.close()

    return asyncio.run(read())


def test_a_school_moves_from_its_district_to_its_commune(env: dict[str, str], settings: Settings) -> None:
    assert run(*SCHOOL, "--ownership", "private").exit_code == 0
    for code, kind in (("SO", "so"), ("PHONG", "phong"), ("XA", "xa")):
        add(code, kind, f"Cơ quan {code}")
    assert supervise("SO", "PHONG", "--from", "2000-01-01") == (0, "")
    assert supervise("SO", "XA", "--from", "2025-07-01") == (0, "")
    assert supervise("PHONG", "0101", "--from", "2000-01-01") == (0, "")
    code, said = supervise("XA", "0101", "--from", "2025-07-01")
    assert code == 1
    assert "Another authority stands right above it in that time (from 01/01/2000)." in said
    assert supervise("PHONG", "0101", "--to", "2025-07-01") == (0, "")
    assert supervise("XA", "0101", "--from", "2025-07-01") == (0, "")
    assert [(row["valid_from"], row["valid_to"]) for row in rows(settings, SupervisionRow)][-2:] == [
        (date(2000, 1, 1), date(2025, 7, 1)), (date(2025, 7, 1), None),
    ]  # fmt: skip
    before = run("organisation", "list", "--on", "2025-06-30").output.splitlines()
    after = run("organisation", "list", "--on", "2025-07-01").output.splitlines()
    assert before == ["SO so - 0 Cơ quan SO", "PHONG phong SO 1 Cơ quan PHONG", "XA xa - 0 Cơ quan XA"]
    assert after == ["SO so - 0 Cơ quan SO", "PHONG phong SO 0 Cơ quan PHONG", "XA xa SO 1 Cơ quan XA"]
    assert [row["ownership"] for row in rows(settings, SchoolRow)] == ["private"]


def test_what_is_lower_does_not_stand_above(env: dict[str, str], settings: Settings) -> None:
    add("SO", "so")
    add("XA", "xa")
    code, said = supervise("XA", "SO")
    assert (code, rows(settings, SupervisionRow)) == (1, [])
    assert "Commune does not stand right above Provincial department." in said


def test_a_manager_has_what_the_operator_names_or_the_administration(
    env: dict[str, str], settings: Settings
) -> None:
    run(*SCHOOL)
    manager = ["user", "add", "--school", "0101", "--name", "Lê Ba", "--role", "manager"]
    one = [*manager, "--username", "mot", "--code", "M1", "--permission", "account.decide"]
    assert run(*one, HOCBA_PASSWORD=PASSWORD).exit_code == 0
    assert run(*manager, "--username", "hai", "--code", "M2", HOCBA_PASSWORD=PASSWORD).exit_code == 0
    assert [row["permissions"] for row in rows(settings, RoleGrantRow)] == [
        "account.decide", ",".join(sorted(ADMINISTRATION)),
    ]  # fmt: skip
    assert run(*one[:-1], "transcript.issue", HOCBA_PASSWORD=PASSWORD).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [*OFFICER, "--school", "0101"],
        [each for each in OFFICER if each not in ("--organisation", "SO")],
        [*OFFICER[:-1], "admin"],
        [*OFFICER[:3], "KHONG", *OFFICER[4:]],
    ],
)
def test_whoever_works_nowhere_or_twice_is_not_added(
    env: dict[str, str], settings: Settings, arguments: list[str]
) -> None:
    run(*SCHOOL)
    add("SO", "so")
    assert run(*arguments, HOCBA_PASSWORD=PASSWORD).exit_code in (1, 2)
    assert rows(settings, RoleGrantRow) == []
