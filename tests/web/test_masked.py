"""What breaks behind the door: the client and the log learn that it did, not what it said."""

import asyncio
import logging
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from hocba import app
from hocba.settings import Settings

SECRET = "123456-canary"


async def _break(_: Request) -> Response:
    raise ValueError(SECRET)


async def _break_later(_: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"begun"
        raise ValueError(SECRET)

    return StreamingResponse(pieces())


@pytest.fixture
def broken() -> Starlette:
    """Routes that break, behind the real door; an exception that gets out fails the test."""
    routes = [Route("/at-once", _break), Route("/later", _break_later)]
    return Starlette(routes=routes, middleware=app.middleware(Settings()))


async def test_the_answer_names_the_line_of_the_log_and_neither_names_the_text(
    broken: Starlette, caplog: pytest.LogCaptureFixture
) -> None:
    transport = httpx.ASGITransport(app=broken)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        with caplog.at_level(logging.DEBUG, logger="hocba"):
            answer = await http.get("/at-once")
    assert answer.status_code == 500
    assert answer.headers["cache-control"] == "no-store"
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    (record,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert error["extensions"]["errorId"] in record.getMessage()
    assert "ValueError" in record.getMessage()
    assert record.exc_info is None
    assert SECRET not in caplog.text + answer.text


async def test_an_answer_that_had_begun_is_cut_off_without_a_word(
    broken: Starlette, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # nothing more comes, and nobody hangs up
        return {}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/later", "query_string": b"", "headers": []}
    await broken(scope, receive, send)
    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]
    assert (sent[0]["status"], sent[1]["body"], sent[1]["more_body"]) == (200, b"begun", True)
    assert "ValueError" in caplog.text or "ExceptionGroup" in caplog.text
    assert SECRET not in caplog.text
