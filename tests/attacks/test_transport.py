"""What comes over HTTP and is no request, or comes from another site; and what browsers are told."""

import asyncio
import gzip
import json
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from hocba import app
from hocba.web import refusing, server
from tests import api
from tests.actions.world import World
from tests.api import Api
from tests.attacks.conftest import Target

QUERY = b'{"query": "{ __typename }"}'
SIGN_OUT = "mutation { signOut { signedOut } }"
WATCH = 'subscription { signingRequest(id: "x") { id } }'
JSON = "application/json"


def by_get(document: str) -> str:
    return f"/graphql?query={quote(document)}"


def body(document: str, **more: Any) -> bytes:
    return json.dumps({"query": document, **more}).encode()


def typed(media: str, content: bytes = QUERY) -> tuple[str, str, dict[str, str], bytes]:
    return ("POST", "/graphql", {"content-type": media}, content)


def posted(content: bytes, **headers: str) -> tuple[str, str, dict[str, str], bytes]:
    return ("POST", "/graphql", {"content-type": JSON, **headers}, content)


Attack = tuple[tuple[str, str, dict[str, str], bytes], int]

ATTACKS: dict[str, Attack] = {
    "a mutation by GET": (("GET", by_get(SIGN_OUT), {}, b""), 405),
    "a mutation by GET behind a query": (
        (
            "GET",
            by_get("query a { __typename } " + SIGN_OUT.replace("{", "b {", 1)) + "&operationName=b",
            {},
            b"",
        ),
        405,
    ),
    "a subscription by GET": (("GET", by_get(WATCH), {}, b""), 405),
    "a subscription by POST that does not stream": (posted(body(WATCH)), 400),
    "a mutation by PUT": (("PUT", "/graphql", {"content-type": JSON}, body(SIGN_OUT)), 405),
    "a mutation by a method said to be another": (
        ("GET", by_get(SIGN_OUT), {"x-http-method-override": "POST"}, b""),
        405,
    ),
    "a query in the address of a post": (
        ("POST", by_get("{ __typename }"), {"content-type": JSON}, b"{}"),
        400,
    ),
    "a form": (typed("application/x-www-form-urlencoded", b"query=%7B__typename%7D"), 400),
    "plain text": (typed("text/plain"), 400),
    "plain text that speaks of JSON": (typed("text/plain; application/json"), 400),
    "a text called JSON": (typed("text/application/json"), 400),
    "a patch called JSON": (typed("application/json-patch+json"), 400),
    "nothing said of its kind": (("POST", "/graphql", {}, QUERY), 400),
    "a file by multipart": (
        typed(
            "multipart/form-data; boundary=x",
            b'--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}',
        ),
        400,
    ),
    "several at once": (posted(b"[" + QUERY + b"]"), 400),
    "nothing": (posted(b""), 400),
    "half of it": (posted(QUERY[:-1]), 400),
    "another encoding": (posted(QUERY.decode().encode("utf-16")), 400),
    "bytes that are no text": (posted(b'{"query": "\xff"}'), 400),
    "a query that is a number": (posted(b'{"query": 5}'), 400),
    "variables that are a list": (posted(b'{"query": "{ __typename }", "variables": []}'), 400),
    "extensions that are a text": (posted(b'{"query": "{ __typename }", "extensions": "x"}'), 400),
    "variables of a GET that are no JSON": (
        ("GET", by_get("{ __typename }") + "&variables=[[", {}, b""),
        400,
    ),
    "60,000 lists begun": (posted(b"[" * 60_000), 400),
    "more than 64 KiB": (posted(b'{"query": "' + b"a" * 65_536 + b'"}'), 413),
    "more than 64 KiB by somebody who says who he is": (
        posted(b'{"query": "' + b"a" * 65_536 + b'"}', authorization="Bearer hs_nobody"),
        413,
    ),
    "more than 64 KiB to a vendor's hook": (("POST", "/hooks/fake-phone", {}, b"x" * 65_537), 413),
    "compressed": (posted(gzip.compress(QUERY, mtime=0), **{"content-encoding": "gzip"}), 415),
    "compressed, besides": (posted(QUERY, **{"content-encoding": "identity, br"}), 415),
    "a page for a browser where none is": (("GET", "/graphql", {"accept": "text/html"}, b""), 404),
    "a path that leaves the folder": (("GET", "/files/xml/..%2f..%2fsecrets.json?for=1", {}, b""), 404),
    "a path that leaves the page's folder": (("GET", "/graphiql/..%2f..%2fsettings.py", {}, b""), 404),
    "a link with an end beyond all time": (
        ("GET", "/files/xml/x?for=1&expires=99999999999999999999&signature=x", {}, b""),
        404,
    ),
    "a link signed with something else than letters": (
        ("GET", "/files/xml/x?for=1&expires=%D9%A0&signature=%C3%A9", {}, b""),
        404,
    ),
    "a file by a stranger": (("POST", "/files", {}, b"<svg onload=alert(1)>"), 401),
}


async def test_what_is_no_request_is_refused_and_executes_nothing(target: Target) -> None:
    wrong = {}
    for attack, ((method, path, headers, content), status) in ATTACKS.items():
        answer = await target.http.request(method, path, headers=headers, content=content)
        if answer.status_code != status or "errors" not in answer.json() or answer.json().get("data"):
            wrong[attack] = (answer.status_code, answer.text[:200])
    assert wrong == {}


async def test_the_same_requests_are_fine_when_nothing_is_wrong_with_them(target: Target) -> None:
    for media in (JSON, "application/json; charset=utf-8"):
        answer = await target.http.post("/graphql", content=QUERY, headers={"content-type": media})
        assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}})
    answer = await target.http.get(by_get("{ __typename }"))
    assert answer.json() == {"data": {"__typename": "Query"}}


ORIGINS = [
    ({}, 200),
    ({"sec-fetch-site": "same-origin"}, 200),
    ({"sec-fetch-site": "none"}, 200),
    ({"origin": api.BASE, "host": "127.0.0.1:8000"}, 200),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "http://127.0.0.1:8001", "host": "127.0.0.1:8000"}, 403),
]


async def test_a_cookie_is_good_from_our_own_pages_only(target: Target, here: World) -> None:
    token = await api.token(here.house, here.school.admin.id)
    for given, status in ORIGINS:
        headers = {"cookie": f"hocba-session={token}", **given}
        asked = {"query": "{ viewer { username } }"}
        posted_ = await target.http.post("/graphql", json=asked, headers=headers)
        got = await target.http.get("/graphql", params=asked, headers=headers)
        up = await target.http.post("/files", content=b"x", headers=headers)
        found = (posted_.status_code, got.status_code, up.status_code)
        assert found == (status, status, 201 if status == 200 else status), given
        assert ("data" in posted_.json()) is (status == 200)
    program = {**await target.admin(), "origin": "https://evil.example"}
    assert (
        await target.http.post("/graphql", content=QUERY, headers={**program, "content-type": JSON})
    ).is_success


async def test_a_megabyte_from_whoever_is_signed_in_and_no_more(target: Target) -> None:
    admin = await target.admin()
    for size, status in ((900_000, 200), (1_100_000, 413), (3_000_000, 413)):
        content = b'{"query": "{ __typename }", "variables": {"x": "' + b"a" * size + b'"}}'
        assert (await target.send(content, **admin)).status_code == status


HEAD = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"

UNENDING: dict[str, tuple[bytes, bytes, bytes]] = {
    "a body that does not come": (HEAD + b"content-length: 100\r\n\r\n{", b"", b"408"),
    "a body a byte at a time": (HEAD + b"content-length: 100\r\n\r\n{", b" ", b"408"),
    "a body of pieces that do not come": (
        HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
        b"",
        b"408",
    ),
    "a body that does not end": (
        HEAD + b"transfer-encoding: chunked\r\n\r\n",
        b"ffff\r\n" + b"[" * 65_535 + b"\r\n",
        b"413",
    ),
    "a body that says it is very long": (HEAD + b"content-length: 99999999\r\n\r\n{", b"", b"413"),
    "a body nobody asked for": (
        b"GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{",
        b"",
        b"200",
    ),
    "a stranger's file": (b"POST /files HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{", b"", b"401"),
    "a body with two lengths": (
        HEAD + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n{",
        b"",
        b"400",
    ),
    "a body with a length below nothing": (HEAD + b"content-length: -5\r\n\r\n{", b"", b"400"),
    "a head that does not end": (HEAD, b"", b""),
    "a head a byte at a time": (HEAD + b"x-a: ", b"a", b""),
    "nothing at all": (b"", b"", b""),
    "a second head that does not end": (b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET", b"", b"200"),
}
"""What is sent, what is sent again and again behind it, and the answer's status; no answer to no request."""


@pytest.mark.parametrize("attack", UNENDING, ids=str)
async def test_whoever_does_not_come_to_an_end_is_hung_up_on(
    target: Target, attack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "BODY_SECONDS", 0.2)
    monkeypatch.setattr(refusing, "FINISH_SECONDS", 0.1)
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.2)
    first, again, status = UNENDING[attack]
    url = httpx.URL(target.base)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(first)
    begun = time.monotonic()
    async with asyncio.timeout(3):
        heard, _ = await asyncio.gather(_heard(reader), _repeat(writer, again))
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    assert heard.partition(b" ")[2][:3] == status
    assert time.monotonic() - begun < 1.5


async def _repeat(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Send ``piece`` until the server has hung up."""
    with suppress(ConnectionError):
        while piece and not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)


async def _heard(reader: asyncio.StreamReader) -> bytes:
    """What the server says until it hangs up."""
    heard = b""
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            heard += piece
    return heard


def test_so_long_are_they_waited_for() -> None:
    assert (refusing.BODY_SECONDS, server.HEAD_SECONDS) == (15, 15)


async def test_browsers_are_told_what_not_to_do_with_our_answers(asks: Api, here: World) -> None:
    told = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    }
    for path in ("/healthz", "/graphql?query={__typename}", "/nowhere", "/graphql"):
        answer = await asks.http.get(path)
        assert {name: answer.headers.get(name) for name in told} == told, path
        assert "strict-transport-security" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


async def test_over_https_browsers_never_come_back_without(here: World) -> None:
    settings = replace(here.house.settings, public_url="https://hocba.example.vn")
    assert [each.kwargs["https"] for each in app.middleware(settings) if "https" in each.kwargs] == [True]
    async with api.client(replace(here.house, settings=settings)) as asks:
        answer = await asks.http.get("/healthz")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_nobody_says_which_server_this_is(target: Target) -> None:
    assert "server" not in (await target.http.get("/healthz")).headers
