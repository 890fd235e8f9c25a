"""Messages to the operator's endpoints: at least once, under one id, whatever the endpoint does."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.responses import Response
from tortoise.transactions import in_transaction

from hocba.actions import webhooks
from hocba.actions.auditing import Linker
from hocba.actions.handles import encode
from hocba.actions.house import House
from hocba.actions.webhooks import CLAIM, Tell
from hocba.domain.events import Sealed
from hocba.domain.messages import PAUSES, DeliveryState, MessageKind
from hocba.domain.values import SchoolId
from hocba.settings import Settings
from hocba.store import events, ids
from hocba.store.events import Happened
from hocba.store.models import WebhookDeliveryRow
from tests.actions.receiver import KEY, SECRET, Receiver, courier, elsewhere, house, receiving

SCHOOL = SchoolId(UUID(int=7))
DATA = {"staffCode": "GV01", "waiting": 3}


@pytest.fixture
async def there() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def put(house: House, *, count: int = 1) -> None:
    async with in_transaction():
        messages = [DATA | {"number": number} for number in range(count)]
        await webhooks.put(house, MessageKind.REMINDER, messages, school=SCHOOL, now=house.clock())


async def states() -> list[tuple[str, str, int, str]]:
    rows = await WebhookDeliveryRow.all().order_by("id")
    return [(row.endpoint, row.state, row.attempts, row.answer) for row in rows]


async def test_a_message_is_believed_by_the_official_library(
    db: None, settings: Settings, there: Receiver
) -> None:
    home, _ = house(settings, there.named("mail"))
    await put(home)
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
        await sends.round()
        await home.tasks.idle()
    (message,) = there.read("mail")
    assert (message["type"], message["data"]) == ("signing.reminder", DATA | {"number": 0})
    assert datetime.fromisoformat(message["timestamp"]).tzinfo
    assert await states() == [("mail", "delivered", 1, "204")]


async def test_an_old_secret_is_believed_beside_the_new_one(
    db: None, settings: Settings, there: Receiver
) -> None:
    new = SECRET.replace("AAEC", "CCEC")
    home, _ = house(settings, there.named("mail", secret=f"{new} {SECRET}"))
    await put(home)
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
    ((headers, body),) = there.at("mail")
    assert Webhook(new).verify(body, dict(headers)) == Webhook(SECRET).verify(body, dict(headers))


async def test_what_was_heard_once_is_believed_by_nobody_later_or_changed(
    db: None, settings: Settings, there: Receiver
) -> None:
    home, clock = house(settings, there.named("mail"))
    await put(home)
    clock.ahead = -timedelta(minutes=6)  # as if it had been kept since then
    await WebhookDeliveryRow.all().update(next_at=clock())
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
    ((headers, body),) = there.at("mail")
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(SECRET).verify(body, dict(headers))
    fresh = dict(headers) | {"webhook-timestamp": str(int(datetime.now().timestamp()))}  # noqa: DTZ005
    with pytest.raises(WebhookVerificationError, match="No matching"):
        Webhook(SECRET).verify(body, fresh)


async def test_what_is_not_taken_is_tried_again_under_the_same_id_until_it_is(
    db: None, settings: Settings, there: Receiver
) -> None:
    home, clock = house(settings, there.named("mail"))
    said = iter([500, 503, 204])
    there.answers["mail"] = lambda: next(said)
    await put(home)
    async with courier(home) as sends:
        for pause in (*PAUSES[:2], timedelta()):
            await sends.round()
            await home.tasks.idle()
            await sends.round()  # too early
            await home.tasks.idle()
            clock.ahead += pause
    assert len(set(there.ids("mail"))) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in there.at("mail")}) > 1, "each try its time"
    assert await states() == [("mail", "delivered", 3, "204")]


async def test_after_the_last_pause_it_is_given_up_until_it_is_replayed(
    db: None, settings: Settings, there: Receiver
) -> None:
    home, clock = house(settings, there.named("mail"))
    there.answers["mail"] = lambda: 500
    await put(home)
    async with courier(home) as sends:
        for pause in (*PAUSES, timedelta(days=9)):
            await sends.round()
            await home.tasks.idle()
            clock.ahead += pause
        await sends.round()
        await home.tasks.idle()
        assert await states() == [("mail", "failed", 9, "500")]
        there.answers.clear()
        assert await webhooks.replay([], "mail", now=clock()) == 1
        await sends.round()
        await home.tasks.idle()
    assert await states() == [("mail", "delivered", 1, "204")]
    assert len(there.ids("mail")) == 10
    assert len(set(there.ids("mail"))) == 1


@pytest.mark.parametrize(
    ("misbehaves", "answer"),
    [
        (lambda _: asyncio.sleep(5, 204), "no answer in time"),
        (elsewhere, "answered with a redirect"),
        (lambda _: Response(b"x" * (2 << 20)), "the answer is too large"),
        (lambda _: 404, "404"),
        (lambda _: 429, "429"),
    ],
    ids=["slow", "redirect", "endless", "404", "429"],
)
async def test_whatever_else_it_does_the_message_waits_and_nobody_else_gets_it(
    db: None, settings: Settings, there: Receiver, misbehaves: object, answer: str
) -> None:
    home, _ = house(settings, there.named("mail"))
    there.answers["mail"] = lambda: misbehaves(there)  # type: ignore[operator]
    await put(home)
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
    assert await states() == [("mail", "waiting", 1, answer)]
    assert there.at("trap") == []


async def test_nobody_there_is_a_try_that_failed(db: None, settings: Settings, there: Receiver) -> None:
    nobody = replace(there.named("mail"), url="http://127.0.0.1:9/")
    home, _ = house(settings, nobody)
    await put(home)
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
    assert await states() == [("mail", "waiting", 1, "ConnectError")]


async def test_an_endpoint_that_is_gone_gets_nothing_more_until_it_is_replayed(
    db: None, settings: Settings, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    home, clock = house(settings, there.named("mail"), there.named("sms"))
    there.answers["mail"] = lambda: 410
    await put(home, count=3)
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
        await put(home)
        await sends.round()
        await home.tasks.idle()
        assert len(there.at("mail")) == 1
        assert len(there.at("sms")) == 4
        assert [state for state in await states() if state[0] == "mail"] == [
            ("mail", "failed", 1, "410"), *[("mail", "failed", 0, "410")] * 3,
        ]  # fmt: skip
        assert "webhook mail is gone" in caplog.text
        there.answers.clear()
        assert await webhooks.replay([], "mail", now=clock()) == 4
        await put(home)
        await sends.round()
        await home.tasks.idle()
    assert len(there.at("mail")) == 6
    assert {state for _, state, _, _ in await states()} == {"delivered"}


async def test_a_slow_endpoint_holds_up_nobody_else(db: None, settings: Settings, there: Receiver) -> None:
    home, _ = house(settings, there.named("slow"), there.named("quick"))
    there.answers["slow"] = lambda: asyncio.sleep(5, 204)
    await put(home, count=20)
    async with courier(home) as sends:
        await sends.round()
        await there.until("quick", 20)
        assert len(there.at("slow")) < 10
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await home.tasks.idle()


async def test_two_processes_do_not_send_the_same(db: None, settings: Settings, there: Receiver) -> None:
    homes = [house(settings, there.named("mail"))[0] for _ in range(3)]
    await put(homes[0], count=30)
    async with courier(homes[0]) as one, courier(homes[1]) as two, courier(homes[2]) as three:
        await asyncio.gather(*(each.round() for each in (one, two, three)))
        await asyncio.gather(*(home.tasks.idle() for home in homes))
    assert len(there.ids("mail")) == len(set(there.ids("mail"))) == 30
    assert set(await states()) == {("mail", "delivered", 1, "204")}


async def test_what_a_dead_process_had_claimed_is_sent_again_under_the_same_id(
    db: None, settings: Settings, there: Receiver
) -> None:
    home, clock = house(settings, there.named("mail"))
    there.answers["mail"] = lambda: asyncio.sleep(0.2, 204)
    await put(home)
    async with courier(home) as sends:
        await sends.round()
        await there.until("mail", 1)
        await home.tasks.cancel()  # sent, and never written down
    assert await states() == [("mail", "waiting", 1, "")]
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
        assert len(there.at("mail")) == 1, "the claim still holds"
        clock.ahead += CLAIM
        await sends.round()
        await home.tasks.idle()
    first, second = there.ids("mail")
    assert first == second
    assert await states() == [("mail", "delivered", 2, "204")]


async def test_what_is_undone_was_never_said(db: None, settings: Settings, there: Receiver) -> None:
    home, clock = house(settings, there.named("mail"))
    with suppress(ZeroDivisionError):
        async with in_transaction():
            await webhooks.put(home, MessageKind.REMINDER, [DATA], school=SCHOOL, now=clock())
            _ = 1 / 0
    assert await states() == []


async def test_an_endpoint_gets_only_what_it_asked_for(db: None, settings: Settings, there: Receiver) -> None:
    home, _ = house(settings, there.named("mail", kinds="transcript.signed"), there.named("all"))
    await put(home)
    assert [endpoint for endpoint, *_ in await states()] == ["all"]


async def test_without_endpoints_nothing_is_kept_and_nothing_is_asked(db: None, settings: Settings) -> None:
    home, _ = house(settings)
    await put(home)
    async with courier(home) as sends:
        await sends.round()
    assert await states() == []


async def test_each_issued_transcript_is_told_once_and_what_is_old_is_not(
    db: None, settings: Settings, there: Receiver
) -> None:
    home, clock = house(settings, there.named("all"))
    linker = Linker(Tell(home))
    transcript, old = ids.new(), ids.new()

    def sealed(of: UUID, at: datetime) -> Happened:
        event = Sealed(pdf_sha256="ab" * 32, xml_sha256="cd" * 32)
        return Happened(
            aggregate="transcript", aggregate_id=of, version=9, event=event, by=None, school=SCHOOL, at=at
        )

    await events.append([sealed(transcript, clock()), sealed(old, clock() - timedelta(days=2))])
    assert [await linker.round(), await linker.round(), await Linker(Tell(home)).round()] == [2, 0, 0]
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
    (message,) = there.read("all")
    assert message["type"] == "transcript.signed"
    assert message["data"] == {
        "transcriptId": encode("Transcript", transcript), "schoolId": encode("School", SCHOOL),
    }  # fmt: skip


async def test_the_secret_is_neither_in_rows_nor_in_the_log(
    db: None, settings: Settings, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    home, _ = house(settings, there.named("mail"))
    there.answers["mail"] = lambda: 500
    with caplog.at_level(logging.DEBUG):
        await put(home)
        async with courier(home) as sends:
            await sends.round()
            await home.tasks.idle()
    rows = repr([dict(row) for row in await WebhookDeliveryRow.all()])
    for text in (caplog.text, rows, repr(home)):
        assert SECRET[6:] not in text
        assert repr(KEY) not in text


async def test_what_was_settled_long_ago_is_forgotten_and_what_waits_is_not(
    db: None, settings: Settings, there: Receiver
) -> None:
    home, clock = house(settings, there.named("mail"))
    await put(home, count=3)
    first, second, _ = await WebhookDeliveryRow.all().order_by("id")
    await WebhookDeliveryRow.filter(id=first.id).update(state=DeliveryState.DELIVERED)
    await WebhookDeliveryRow.filter(id=second.id).update(state=DeliveryState.FAILED)
    there.answers["mail"] = lambda: 500
    clock.ahead = timedelta(days=91)
    async with courier(home) as sends:
        await sends.round()
        await home.tasks.idle()
    assert await states() == [("mail", "waiting", 1, "500")]
