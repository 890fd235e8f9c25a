"""The first ADMIN has nobody who could unlock him: the operator does it from the shell."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from hocba import database
from hocba.actions import building, passwords, throttle
from hocba.actions.house import House
from hocba.plugin_api import Secret
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import PersonRow, UserRow
from tests.conftest import POSTGRES
from tests.web.test_cli import env, run

__all__ = ["env"]

T = TypeVar("T")
pytestmark = pytest.mark.skipif(POSTGRES, reason="opens a database of its own")


def inside(settings: Settings, work: Coroutine[Any, Any, T]) -> T:
    async def run_() -> T:
        await database.open_(settings)
        try:
            return await work
        finally:
            await database.close()

    return asyncio.run(run_())


@pytest.fixture
def house(env: dict[str, str], settings: Settings) -> House:
    """A server with one user, who guessed too often and has a phone."""
    made = building.build(settings, ring=lambda _name, _id: None)

    async def fill() -> None:
        person = await PersonRow.create(
            id=ids.new(), school_id=ids.new(), code="QT", full_name="Quản", sort_key="", personal_id=""
        )
        await UserRow.create(id=ids.new(), person_id=person.id, username="quan.tri", totp_secret=b"x")
        for _ in range(throttle.PASSWORD.tries):
            await throttle.reserve(made, passwords.guesser_of("quan.tri"))

    inside(settings, fill())
    return made


def test_he_is_unlocked(house: House) -> None:
    for said in ("unlocked\n", "was not locked\n"):
        result = run("user", "unlock", "--username", "Quan.Tri")
        assert (result.exit_code, result.output) == (0, said)


def test_his_phone_is_reset(house: House) -> None:
    for said in ("reset\n", "had none\n"):
        result = run("user", "reset-second-factor", "--username", "quan.tri")
        assert (result.exit_code, result.output) == (0, said)


async def kept() -> UserRow:
    return await UserRow.get(username="quan.tri")


def test_he_gets_a_password_to_change(house: House) -> None:
    result = run("user", "reset-password", "--username", "quan.tri")
    assert result.exit_code == 0
    row = inside(house.settings, kept())
    assert row.must_change
    assert asyncio.run(passwords.matches(Secret(result.output.strip()), row.password_hash))
    assert result.output.strip() not in str(row.password_hash)


@pytest.mark.parametrize("command", ["unlock", "reset-second-factor", "reset-password"])
def test_nobody_of_that_name_is_told_without_a_trace(house: House, command: str) -> None:
    result = run("user", command, "--username", "khong.co")
    assert result.exit_code == 1
    assert "Not found." in result.output
    assert "Traceback" not in result.output
