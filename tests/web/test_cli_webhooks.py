"""``hocba webhooks``: what became of messages, and sending them again."""

import asyncio

import pytest
from click.testing import CliRunner, Result
from tortoise.transactions import in_transaction

from hocba import database
from hocba.actions import webhooks
from hocba.cli import main
from hocba.domain.messages import DeliveryState, MessageKind, endpoint
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import WebhookDeliveryRow
from tests.actions.receiver import SECRET, house
from tests.conftest import POSTGRES

pytestmark = pytest.mark.skipif(POSTGRES, reason="opens a database of its own")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["webhooks", *arguments])


@pytest.fixture
def filled(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two messages to each of two endpoints; those to one failed."""
    monkeypatch.setenv("HOCBA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("HOCBA_DATA_DIR", str(settings.data_dir))
    made = [endpoint(name, {"url": f"https://{name}.vn/", "secret": SECRET}) for name in ("mail", "sms")]
    home, clock = house(settings, *made)

    async def fill() -> None:
        await database.open_(settings)
        try:
            async with in_transaction():
                await webhooks.put(
                    home, MessageKind.REMINDER, [{"n": 1}, {"n": 2}], school=ids.new(), now=clock()
                )
            failed = WebhookDeliveryRow.filter(endpoint="sms")
            await failed.update(state=DeliveryState.FAILED, attempts=9, answer="500", next_at=None)
        finally:
            await database.close()

    asyncio.run(fill())
    return settings


def test_messages_are_listed_newest_first(filled: Settings) -> None:
    lines = [line.split(" ", 2) for line in run("list").output.splitlines()]
    assert [line[0] for line in lines] == sorted((line[0] for line in lines), reverse=True)
    assert [line[2] for line in lines] == [
        "sms signing.reminder failed 9 500", "mail signing.reminder waiting 0 ",
    ] * 2  # fmt: skip
    assert len(run("list", "--state", "failed").output.splitlines()) == 2
    assert len(run("list", "--endpoint", "mail", "--most", "1").output.splitlines()) == 1


def test_what_failed_is_sent_again_by_endpoint_or_by_id(filled: Settings) -> None:
    (first, _) = run("list", "--state", "failed").output.splitlines()
    assert run("replay", first.split()[0]).output == "waiting again: 1\n"
    assert run("replay", "--endpoint", "sms").output == "waiting again: 1\n"
    assert run("replay", "--endpoint", "sms").output == "waiting again: 0\n"
    assert len(run("list", "--state", "waiting").output.splitlines()) == 4


@pytest.mark.parametrize("wrong", [[], ["--endpoint", "sms", str(ids.new())], ["no-id"]])
def test_what_to_send_again_is_said_one_way(filled: Settings, wrong: list[str]) -> None:
    assert run("replay", *wrong).exit_code == 2
