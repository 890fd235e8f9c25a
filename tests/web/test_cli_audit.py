"""``hocba audit``: what an operator keeps elsewhere, and what he learns from it later."""

import asyncio
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from hocba import database
from hocba.cli import main
from hocba.domain.events import Cancelled
from hocba.settings import Settings
from hocba.store import events, ids
from hocba.store.events import Happened
from tests import elsewhere
from tests.conftest import POSTGRES

pytestmark = pytest.mark.skipif(POSTGRES, reason="opens a database of its own")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", *arguments])


@pytest.fixture
def filled(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database with three events that nobody has linked yet."""
    monkeypatch.setenv("HOCBA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("HOCBA_DATA_DIR", str(settings.data_dir))

    async def fill() -> None:
        await database.open_(settings)
        try:
            now = datetime.now(UTC)
            await events.append(
                [
                    Happened(
                        aggregate="class", aggregate_id=ids.new(), version=1, event=Cancelled(),
                        by=None, school=None, at=now,
                    )
                    for _ in range(3)
                ]
            )  # fmt: skip
        finally:
            await database.close()

    asyncio.run(fill())
    return settings


def test_what_waits_is_linked_and_the_head_is_shown_to_be_kept(filled: Settings) -> None:
    assert run("head").output.split()[:2] == ["0", "00" * 32]
    said = run("verify")
    assert said.exit_code == 0, said.output
    first, last = said.output.splitlines()
    assert first == "3 links checked"
    position, hash_, at = run("head").output.split()
    assert last == f"whole up to {position} {hash_} {at}"
    assert (position, len(hash_)) == ("3", 64)


def test_a_change_past_the_triggers_is_named_and_exits_1(filled: Settings) -> None:
    assert run("verify").exit_code == 0
    _, kept, _ = run("head").output.split()
    elsewhere.execute(filled, "DROP TRIGGER event_no_update")
    elsewhere.execute(
        filled,
        "UPDATE event SET kind = 'Other' WHERE id = (SELECT event_id FROM audit_link WHERE position = 2)",
    )
    said = run("verify")
    assert said.exit_code == 1
    assert "broken at position 2: the event was changed (event 0" in said.output
    assert said.output.splitlines()[-1].startswith("whole only up to 1 ")
    assert run("verify", "--from", "3", "--expect", kept).exit_code == 0
    assert run("verify", "--from", "3", "--expect", "ab" * 32).exit_code == 1
    assert run("verify", "--from", "4", "--expect", kept).exit_code == 1


@pytest.mark.parametrize(
    "wrong", [["--expect", "ab" * 32], ["--from", "1", "--expect", "no hash"], ["--from", "-1"]]
)
def test_options_that_make_no_sense_are_refused(filled: Settings, wrong: list[str]) -> None:
    assert run("verify", *wrong).exit_code == 2
