"""Too much of what would be fine: requests, messages, passwords, files."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hocba.actions.house import House
from hocba.settings import Settings
from hocba.store.models import ThrottleRow, UploadRow
from hocba.web import files
from hocba.web.rates import REMEMBERED, Buckets, Rates
from tests import api
from tests.actions.world import World
from tests.api import Api
from tests.attacks.conftest import Target, codes
from tests.attacks.test_sockets import INIT, closed
from tests.serving import served

QUERY = {"query": "{ __typename }"}
SIGN_IN = "signIn(input: $i) { token refusal { code } }"
WRONG = {"i": {"username": "ai-do", "password": "sai-mat-roi-sai"}}


def test_a_bucket_holds_a_minutes_worth_and_is_filled_all_the_time() -> None:
    now = 100.0
    buckets = Buckets(6, clock=lambda: now)
    assert [buckets.take("a") for _ in range(6)] == [0.0] * 6
    assert buckets.take("a") == pytest.approx(10)
    assert buckets.take("b") == 0.0
    now += 9
    assert buckets.take("a") == pytest.approx(1)
    now += 1.1
    assert buckets.take("a") == 0.0
    assert buckets.take("a", 3) == pytest.approx(29, abs=1)
    now += 3_600
    assert buckets.take("a", 60) == 0.0, "what is more than a bucket holds takes all of it"
    assert buckets.take("a") > 0


def test_who_was_silent_longest_is_forgotten_first() -> None:
    buckets = Buckets(1, clock=lambda: 0.0)
    for number in range(REMEMBERED):
        buckets.take(number)
    assert buckets.take(0) > 0
    buckets.take("new")
    assert buckets.take(0) > 0
    assert buckets.take(1) == 0.0


def test_to_take_one_costs_less_than_20_microseconds() -> None:
    rates = Rates(Settings())
    people, addresses = [uuid4() for _ in range(500)], [f"2001:db8:{n:x}::1" for n in range(500)]
    best = 1.0
    for _ in range(3):
        begun = time.process_time()
        for person, address in zip(people * 20, addresses * 20, strict=True):
            rates.request(person, address)
            rates.request(None, address)
        best = min(best, (time.process_time() - begun) / 20_000)
    assert best < 20e-6


def limited(house: House, **rates: Any) -> House:
    return replace(house, settings=replace(house.settings, **rates))


async def test_strangers_at_one_address_are_told_to_wait_and_nobody_else(here: World) -> None:
    proxy = ip_network("127.0.0.1")
    async with api.client(limited(here.house, rate_strangers=3, trusted_proxies=(proxy,))) as asks:

        async def status(address: str, **headers: str) -> int:
            answer = await asks.http.post(
                "/graphql", json=QUERY, headers={"x-forwarded-for": address, **headers}
            )
            return answer.status_code

        assert [await status("203.0.113.7") for _ in range(4)] == [200, 200, 200, 429]
        assert await status("203.0.113.7", authorization="Bearer hs_nobody") == 429
        assert await status("203.0.113.7", **await asks.headers(here.school.admin)) == 200
        assert await status("203.0.113.8") == 200
        assert [await status(f"2001:db8::{n}") for n in range(4)] == [200, 200, 200, 429]
        refused = await asks.http.post("/graphql", content=b"[", headers={"x-forwarded-for": "203.0.113.7"})
        assert (refused.status_code, codes(refused)) == (429, ["RATE_LIMITED"])
        assert 1 <= int(refused.headers["retry-after"]) <= 20
        for path in ("/hooks/fake-phone", "/files"):
            answer = await asks.http.post(path, headers={"x-forwarded-for": "203.0.113.7"})
            assert answer.status_code == 429, path


async def test_one_person_has_a_bucket_wherever_he_asks_from(here: World) -> None:
    async with api.client(limited(here.house, rate_signed_in=3)) as asks:
        leader = await asks.headers(here.school.leader)
        another = {"authorization": f"Bearer {await api.token(here.house, here.school.leader.id)}"}
        found = [
            (await asks.http.post("/graphql", json=QUERY, headers=headers)).status_code
            for headers in (leader, another, leader, another)
        ]
        assert found == [200, 200, 200, 429]
        assert "errors" not in await asks.post("{ __typename }", who=here.school.admin)


async def test_passwords_are_tried_so_often_a_minute_and_not_looked_at_beyond(here: World) -> None:
    async with api.client(limited(here.house, rate_costly=2)) as asks:
        one = f"mutation($i: SignInInput!) {{ {SIGN_IN} }}"
        two = f"fragment two on Mutation {{ b: {SIGN_IN} c: {SIGN_IN} }}"
        three = f"mutation($i: SignInInput!) {{ a: {SIGN_IN} ...two }} {two}"
        said = await asks.post(one, WRONG)
        assert said["data"]["signIn"]["refusal"]["code"] == "SIGN_IN_FAILED"
        counted = await ThrottleRow.all().order_by("guesser").values()
        (error,) = (await asks.post(three, WRONG))["errors"]
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert 1 <= error["extensions"]["retryAfter"] <= 60
        assert await ThrottleRow.all().order_by("guesser").values() == counted
        assert "errors" not in await asks.post("{ __typename }")


@pytest.mark.parametrize(
    "document",
    [
        '{ verifyTranscript(uploadId: "x") { known } }',
        "{ __schema { types { name } } }",
        'mutation { importWorkbook(input: {uploadId: "x"}) { refusal { code } } }',
        'mutation { beginPairing(input: {name: "a", certificates: []}) { code } }',
    ],
)
async def test_what_keeps_a_processor_busy_is_rated(here: World, document: str) -> None:
    async with api.client(limited(here.house, rate_costly=1)) as asks:
        assert "errors" not in await asks.post(document, who=here.school.admin)
        (error,) = (await asks.post(document, who=here.school.admin))["errors"]
        assert error["extensions"]["code"] == "RATE_LIMITED"


@pytest.mark.parametrize("message", ['{"type": "ping"}', '{"id": "1", "type": "complete"}'])
async def test_a_flood_of_messages_is_hung_up_on(here: World, asks: Api, message: str) -> None:
    house = limited(here.house, rate_signed_in=20)
    async with served(api.make(house)) as base, httpx.AsyncClient() as http:
        _, code, reason = await closed(Target(base, http, here, asks), INIT, *[message] * 30)
    assert (code, reason) == (4429, "Too many messages")


async def test_sockets_are_opened_so_often_a_minute(here: World, asks: Api) -> None:
    async with served(api.make(limited(here.house, rate_strangers=1))) as base, httpx.AsyncClient() as http:
        target = Target(base, http, here, asks)
        assert (await closed(target, "null"))[1] == 4429
        assert (await closed(target))[1] == 4429


async def test_one_person_sends_three_files_at_a_time(target: Target) -> None:
    headers, done = await target.admin(), asyncio.Event()

    async def content() -> AsyncIterator[bytes]:
        yield b"a"
        await done.wait()
        yield b"b"

    async def send() -> int:
        return (await target.http.post("/files", content=content(), headers=headers)).status_code

    begun = [asyncio.create_task(send()) for _ in range(files.UPLOADS)]
    await asyncio.sleep(0.3)
    assert (await target.http.post("/files", content=b"x", headers=headers)).status_code == 429
    done.set()
    assert await asyncio.gather(*begun) == [201] * 3
    assert (await target.http.post("/files", content=b"x", headers=headers)).status_code == 201
    assert await UploadRow.all().count() == 4
