"""What comes over a socket and is no message of the protocol, or no operation, or too much of it.

That a session that is revoked ends what it watches, within 5 seconds: ``tests/schema/test_signing_by_api``.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from hocba.domain.values import Step
from hocba.plugin_api import Order, Outcome
from hocba.schema import sockets
from hocba.store.models import SchoolRow
from tests import api, build
from tests.actions.world import Phone, World
from tests.api import Api, gid
from tests.attacks.conftest import Target
from tests.serving import served

PROTOCOL = "graphql-transport-ws"
INIT = "<connection_init with the session's token>"
ACK = {"type": "connection_ack"}
WATCH = "subscription($id: ID!) { signingRequest(id: $id) { state } }"


def subscribe(id_: Any = "1", query: Any = "{ __typename }", **more: Any) -> str:
    return json.dumps({"id": id_, "type": "subscribe", "payload": {"query": query, **more}})


def init(authorization: Any) -> str:
    return json.dumps({"type": "connection_init", "payload": {"authorization": authorization}})


HUNG_UP_ON: dict[str, tuple[Sequence[str | bytes], int]] = {
    "an operation before the beginning": ([subscribe()], 4401),
    "nobody": ([json.dumps({"type": "connection_init"})], 4403),
    "a token that is nobody's": ([init("Bearer hs_nobody")], 4403),
    "a token that is no text": ([init({"Bearer": 1})], 4403),
    "a beginning without an object": (['{"type": "connection_init", "payload": []}'], 4400),
    "two beginnings": ([INIT, INIT], 4429),
    "bytes": ([b"{}"], 4400),
    "no JSON": (["{"], 4400),
    "100,000 lists begun": (["[" * 100_000], 4400),
    "a frame of 2 MiB": (["x" * (2 << 20)], 1009),
    "nothing": (["null"], 4400),
    "a list": (["[]"], 4400),
    "a number": (["5"], 4400),
    "no type": ([INIT, "{}"], 4400),
    "another type": ([INIT, json.dumps({"type": "canary-123456" * 20})], 4400),
    "a type that is no text": ([INIT, '{"type": {"a": "canary-123456"}}'], 4400),
    "an operation without payload": ([INIT, '{"id": "1", "type": "subscribe"}'], 4400),
    "a payload of nothing": ([INIT, '{"id": "1", "type": "subscribe", "payload": null}'], 4400),
    "a query that is a number": ([INIT, subscribe(query=5)], 4400),
    "variables that are a list": ([INIT, subscribe(variables=[1])], 4400),
    "a name that is a number": ([INIT, subscribe(operationName=5)], 4400),
    "an id that is a list": ([INIT, subscribe([1])], 4400),
    "an id that is nothing": ([INIT, subscribe(None)], 4400),
    "an empty id": ([INIT, subscribe("")], 4400),
    "an id of 300 characters": ([INIT, subscribe("canary-123456" * 25)], 4400),
    "an end of a list": ([INIT, '{"id": {}, "type": "complete"}'], 4400),
}
"""Messages, and the code with which the server hangs up."""


async def closed(target: Target, *messages: str | bytes, **more: Any) -> tuple[list[Any], int, str]:
    """What the server says until it hangs up, the code and the reason."""
    token = await api.token(target.world.house, target.world.school.admin.id)
    heard: list[Any] = []
    given = {"subprotocols": [Subprotocol(PROTOCOL)], **more}
    async with asyncio.timeout(5), connect(target.base.replace("http", "ws") + "/graphql", **given) as socket:
        try:
            for message in messages:
                await socket.send(init(f"Bearer {token}") if message == INIT else message)
            while True:
                heard.append(json.loads(await socket.recv()))
        except ConnectionClosed as end:
            return heard, *said(end)


def said(end: ConnectionClosed) -> tuple[int, str]:
    """With which code and reason the server hung up."""
    return (end.rcvd.code, end.rcvd.reason) if end.rcvd else (1006, "")


async def test_what_is_no_message_is_hung_up_on(target: Target, caplog: pytest.LogCaptureFixture) -> None:
    wrong = {}
    for attack, (messages, expected) in HUNG_UP_ON.items():
        heard, code, reason = await closed(target, *messages)
        greeted = [ACK] if INIT in messages and len(messages[-1]) < 2 << 20 else []
        if (heard, code) != (greeted, expected) or "canary" in reason:
            wrong[attack] = (heard, code, reason)
    assert wrong == {}
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []


async def test_only_our_protocol_is_spoken_and_only_with_our_own_pages(target: Target) -> None:
    for protocols in (None, [Subprotocol("graphql-ws")]):
        assert (await closed(target, subprotocols=protocols))[:2] == ([], 4406)
    token = await api.token(target.world.house, target.world.school.admin.id)
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        for cookie in ({}, {"cookie": f"hocba-session={token}"}):
            with pytest.raises(InvalidStatus) as refused:
                await closed(target, additional_headers={"origin": origin, **cookie})
            assert refused.value.response.status_code == 403
    own = {"origin": target.base, "cookie": f"hocba-session={token}"}
    address = target.base.replace("http", "ws") + "/graphql"
    async with connect(address, subprotocols=[Subprotocol(PROTOCOL)], additional_headers=own) as socket:
        assert await answered(socket, '{"type": "connection_init"}') == ACK


async def test_whoever_never_begins_is_hung_up_on(
    here: World, asks: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=10) == sockets.INIT_WITHIN
    monkeypatch.setattr(sockets, "INIT_WITHIN", timedelta(seconds=0.2))
    async with served(api.make(here.house)) as base, httpx.AsyncClient() as http:
        assert (await closed(Target(base, http, here, asks)))[:2] == ([], 4408)


async def opened(target: Target, person: Any) -> ClientConnection:
    token = await api.token(target.world.house, person.id)
    address = target.base.replace("http", "ws") + "/graphql"
    socket = await connect(address, subprotocols=[Subprotocol(PROTOCOL)])
    await socket.send(init(f"Bearer {token}"))
    return socket


async def test_one_person_has_five_sockets_open(target: Target) -> None:
    leader = target.world.school.leader
    six = [await opened(target, leader) for _ in range(6)]
    assert [json.loads(await each.recv()) for each in six[:5]] == [ACK] * 5
    with pytest.raises(ConnectionClosed) as full:
        await six[5].recv()
    assert said(full.value) == (4403, "Forbidden")
    await six[0].close()
    await asyncio.sleep(0.1)
    again = await opened(target, leader)
    assert json.loads(await again.recv()) == ACK
    for each in (again, *six[1:5]):
        await each.close()


@pytest.fixture
async def watched(target: Target) -> dict[str, str]:
    """A request of a teacher's that nobody confirms."""

    async def never(_phone: Phone, _order: Order) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    world = target.world
    world.phone.behave = never
    teacher = world.school.teachers[1]
    begun = await world.begin(teacher, Step.SUBJECT_TEACHERS)
    assert begun.request_id is not None
    return {"id": gid("SigningRequest", begun.request_id)}


async def test_ten_operations_go_on_at_once_and_each_has_an_id_of_its_own(
    target: Target, watched: dict[str, str]
) -> None:
    socket = await opened(target, target.world.school.teachers[1])
    for number in range(11):
        await socket.send(subscribe(str(number), WATCH, variables=watched))
    heard = [json.loads(await socket.recv()) for _ in range(12)]
    refused = [each for each in heard if each["type"] == "error"]
    assert refused == [{"id": "10", "type": "error", "payload": [{"message": "Subscription limit reached"}]}]
    assert {each["id"] for each in heard if each["type"] == "next"} == set(map(str, range(10)))
    await socket.send(json.dumps({"id": "3", "type": "complete"}))
    await socket.send(subscribe("3", "{ __typename }"))
    assert json.loads(await socket.recv())["payload"] == {"data": {"__typename": "Query"}}
    await socket.send(subscribe("4", "{ __typename }"))
    with pytest.raises(ConnectionClosed) as twice:
        await rest(socket)
    assert said(twice.value) == (4409, "Subscriber for 4 already exists")


async def test_ten_streams_of_events_are_open_at_once(target: Target, watched: dict[str, str]) -> None:
    headers = {
        **await target.asks.headers(target.world.school.teachers[1]),
        "accept": "text/event-stream",
    }
    asked = {"query": WATCH, "variables": watched}
    first = asyncio.Event()

    async def watch() -> int:
        async with target.http.stream("POST", "/graphql", json=asked, headers=headers) as answer:
            if answer.status_code == 200:
                pieces = answer.aiter_text()
                await anext(pieces)
                await first.wait()
            return answer.status_code

    ten = [asyncio.create_task(watch()) for _ in range(10)]
    await asyncio.sleep(0.5)
    assert await watch() == 429
    first.set()
    assert await asyncio.gather(*ten) == [200] * 10
    await asyncio.sleep(0.1)
    assert await watch() == 200
    stranger = await target.http.post("/graphql", json=asked, headers={"accept": "text/event-stream"})
    assert stranger.status_code == 401


async def rest(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def answered(socket: ClientConnection, message: str) -> Any:
    await socket.send(message)
    return json.loads(await asyncio.wait_for(socket.recv(), 5))


async def test_what_cannot_be_parsed_is_told_and_not_logged(
    target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        socket = await opened(target, target.world.school.admin)
        assert json.loads(await socket.recv()) == ACK
        error = await answered(socket, subscribe("1", 'subscription { "canary-123456" }'))
        answer = await answered(socket, subscribe("2"))
        await socket.close()
    (problem,) = error["payload"]
    assert (error["id"], error["type"], problem["extensions"]) == ("1", "error", {"code": "BAD_USER_INPUT"})
    assert answer["payload"] == {"data": {"__typename": "Query"}}
    assert "canary" not in json.dumps(error) + caplog.text


async def test_two_operations_of_which_none_is_named_are_not_executed(target: Target) -> None:
    both = "query first { __typename } mutation second { signOut { signedOut } }"
    socket = await opened(target, target.world.school.admin)
    assert json.loads(await socket.recv()) == ACK
    error = await answered(socket, subscribe("1", both))
    answer = await answered(socket, subscribe("2", both, operationName="first"))
    await socket.close()
    why = "The document holds several operations: say which one by operationName."
    said = {"message": why, "extensions": {"code": "BAD_USER_INPUT"}}
    assert error == {"id": "1", "type": "error", "payload": [said]}
    assert answer == {"id": "2", "type": "next", "payload": {"data": {"__typename": "Query"}}}


async def test_a_socket_for_a_school_that_is_not_ones_own_is_refused(target: Target) -> None:
    other = await build.school(students=1)
    code = (await SchoolRow.get(id=other.id)).code
    bearer = f"Bearer {await api.token(target.world.house, target.world.school.admin.id)}"
    for headers in ({"authorization": bearer}, {}):
        named = {**headers, "hocba-school": code}
        assert (await closed(target, INIT, additional_headers=named))[:2] == ([], 4403)
