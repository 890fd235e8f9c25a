"""What comes over a socket and is no message of the protocol, or no operation."""

import asyncio
import json
import logging
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from hocba.store.models import SchoolRow
from tests import api, build
from tests.actions.world import World
from tests.api import Api
from tests.serving import served

PROTOCOL = Subprotocol("graphql-transport-ws")


async def talk(here: World, *messages: str, signed_in: bool = True) -> tuple[list[Any], int | None]:
    """What the server says until it is silent or hangs up, and the code it hangs up with."""
    token = await api.token(here.house, here.school.admin.id)
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
    heard: list[Any] = []
    async with served(api.make(here.house)) as base:
        address = base.replace("http", "ws", 1) + "/graphql"
        async with connect(address, subprotocols=[PROTOCOL]) as socket:
            for message in ([json.dumps(init)] if signed_in else []) + list(messages):
                await socket.send(message)
            try:
                while True:
                    heard.append(json.loads(await asyncio.wait_for(socket.recv(), 1)))
            except TimeoutError:
                return heard, None
            except ConnectionClosed as closed:
                return heard, closed.rcvd.code if closed.rcvd else 1006


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize(
    "message",
    [
        "null",
        "[]",
        "5",
        '{"id": "1", "type": "subscribe", "payload": null}',
        '{"id": "1", "type": "subscribe", "payload": {"query": 5}}',
    ],
)
async def test_what_is_no_message_is_hung_up_on(
    asks: Api, here: World, caplog: pytest.LogCaptureFixture, message: str, signed_in: bool
) -> None:
    heard, code = await talk(here, message, signed_in=signed_in)
    assert (heard, code) == ([{"type": "connection_ack"}] if signed_in else [], 4400)
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


async def test_what_cannot_be_parsed_is_told_and_not_logged(
    asks: Api, here: World, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {"id": "1", "type": "subscribe", "payload": {"query": 'subscription { "canary-123456" }'}}
    right = {"id": "2", "type": "subscribe", "payload": {"query": "{ __typename }"}}
    with caplog.at_level(logging.INFO):
        (_, error, answer, _), code = await talk(here, json.dumps(wrong), json.dumps(right))
    assert (error["id"], error["type"], error["payload"][0]["extensions"]) == (
        "1", "error", {"code": "BAD_USER_INPUT"},
    )  # fmt: skip
    assert answer["payload"] == {"data": {"__typename": "Query"}}
    assert code is None
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith("websockets")]
    assert not any("canary" in each for each in ours)
    assert "canary" not in json.dumps(error)


async def test_two_operations_of_which_none_is_named_are_not_executed(asks: Api, here: World) -> None:
    both = "query first { __typename } mutation second { signOut { signedOut } }"
    unnamed = {"id": "1", "type": "subscribe", "payload": {"query": both}}
    named = {"id": "2", "type": "subscribe", "payload": {"query": both, "operationName": "first"}}
    (_, error, answer, _), code = await talk(here, json.dumps(unnamed), json.dumps(named))
    why = "The document holds several operations: say which one by operationName."
    said = {"message": why, "extensions": {"code": "BAD_USER_INPUT"}}
    assert error == {"id": "1", "type": "error", "payload": [said]}
    assert answer == {"id": "2", "type": "next", "payload": {"data": {"__typename": "Query"}}}
    assert code is None


async def answered(socket: ClientConnection, message: object) -> str | bytes:
    await socket.send(json.dumps(message))
    return await asyncio.wait_for(socket.recv(), 5)


async def test_a_socket_for_a_school_that_is_not_ones_own_is_refused(asks: Api, here: World) -> None:
    other = await build.school(students=1)
    code = (await SchoolRow.get(id=other.id)).code
    token = await api.token(here.house, here.school.admin.id)
    bearer = f"Bearer {token}"
    async with served(api.make(here.house)) as base:
        address = base.replace("http", "ws", 1) + "/graphql"
        for headers in ({"authorization": bearer}, {}):
            named = {**headers, "hocba-school": code}
            async with connect(address, subprotocols=[PROTOCOL], additional_headers=named) as socket:
                init = {"type": "connection_init", "payload": {"authorization": bearer}}
                with pytest.raises(ConnectionClosed) as closed:
                    await answered(socket, init)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4403
