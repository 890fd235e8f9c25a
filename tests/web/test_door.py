"""What is refused at the door, and what the transport says about it."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from starlette.responses import Response

from hocba.store.reads import sql
from hocba.web import door
from tests import api
from tests.actions.world import World
from tests.api import BASE, Api
from tests.serving import served

QUERY = {"query": "{ viewer { username } }"}
JSON = {"content-type": "application/json"}


@pytest.fixture
async def cookie(asks: Api, here: World) -> dict[str, str]:
    return {"cookie": f"hocba-session={await api.token(here.house, here.school.admin.id)}"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": BASE}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:8001"}, 403),
    ],
    ids=str,
)
async def test_a_cookie_is_good_from_our_own_pages_only(
    asks: Api, here: World, cookie: dict[str, str], headers: dict[str, str], status: int
) -> None:
    posted = await asks.http.post("/graphql", json=QUERY, headers={**cookie, **headers})
    got = await asks.http.get("/graphql", params=QUERY, headers={**cookie, **headers})
    up = await asks.http.post("/files", content=b"x", headers={**cookie, **headers})
    assert [posted.status_code, got.status_code] == [status, status]
    assert up.status_code == (201 if status == 200 else 403)
    if status == 200:
        assert posted.json()["data"]["viewer"]["username"]
    else:
        assert "data" not in posted.json()


async def test_the_cookie_is_kept_from_scripts_and_other_sites(asks: Api, here: World) -> None:
    for url, expected in (
        ("http://127.0.0.1:8000", "hocba-session=t; HttpOnly; Max-Age=43200; Path=/; SameSite=strict"),
        ("https://a.vn", "__Host-hocba-session=t; HttpOnly; Max-Age=43200; Path=/; SameSite=strict; Secure"),
    ):
        response = Response()
        door.keep(replace(here.house.settings, public_url=url), response, "t")
        assert response.headers["set-cookie"] == expected


async def test_programs_with_a_token_pass_from_anywhere(asks: Api, here: World) -> None:
    headers = {**await asks.headers(here.school.admin), "origin": "https://evil.example"}
    assert (await asks.http.post("/graphql", json=QUERY, headers=headers)).status_code == 200


async def test_a_mutation_by_get_is_405_and_changes_nothing(asks: Api, here: World) -> None:
    headers = await asks.headers(here.school.admin)
    for document in ("mutation { signOut { signedOut } }", "subscription { signingRequest(id: 1) { id } }"):
        answer = await asks.http.get("/graphql", params={"query": document}, headers=headers)
        assert answer.status_code == 405
    assert (await asks.http.get("/graphql", params=QUERY, headers=headers)).status_code == 200
    plain = {"query": "subscription { signingRequest(id: 1) { id } }"}
    assert (await asks.http.post("/graphql", json=plain, headers=headers)).status_code == 400


SEVERAL = "several operations: say which one by operationName."
TWO = "query first { viewer { username } } mutation second { signOut { signedOut } }"


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
@pytest.mark.parametrize(
    ("document", "name", "why"),
    [
        (TWO, None, SEVERAL),
        ("mutation second { signOut { signedOut } } query first { viewer { username } }", None, SEVERAL),
        (TWO, "canary-third", "no operation of that name."),
        (TWO, "", "no operation of that name."),
        ("{ viewer { username } }", "canary-third", "no operation of that name."),
        ("fragment f on Query { viewer { username } }", None, "no operation."),
    ],
)
async def test_where_it_cannot_be_told_which_operation_is_meant_none_is_executed(
    asks: Api, here: World, document: str, name: str | None, why: str, accept: str
) -> None:
    headers = {**await asks.headers(here.school.admin), "accept": accept}
    asked = {"query": document, "operationName": name}
    answer = await asks.http.post("/graphql", json=asked, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
    said = {"message": f"The document holds {why}", "extensions": {"code": "BAD_USER_INPUT"}}
    assert answer.json() == {"errors": [said]}
    assert (await asks.http.post("/graphql", json=QUERY, headers=headers)).json()["data"]["viewer"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("first", {"viewer"}), ("second", {"signOut"})],
)
async def test_the_operation_that_is_named_is_executed(
    asks: Api, here: World, name: str, found: set[str]
) -> None:
    headers = await asks.headers(here.school.admin)
    asked = {"query": TWO, "operationName": name}
    answer = await asks.http.post("/graphql", json=asked, headers=headers)
    assert (answer.status_code, set(answer.json()["data"])) == (200, found)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b'{"query": "{ __typename }"}', {"content-type": "text/plain"}, 400),
        (b"query=%7B__typename%7D", {"content-type": "application/x-www-form-urlencoded"}, 400),
        (b"--x--", {"content-type": "multipart/form-data; boundary=x"}, 400),
        (b'[{"query": "{ __typename }"}]', JSON, 400),
        (b"{", JSON, 400),
        (b"[" * 100_000, JSON, 413),
        (b"[" * 50_000, JSON, 400),
        (gzip.compress(b'{"query": "{ __typename }"}', mtime=0), {**JSON, "content-encoding": "gzip"}, 415),
        (b'{"query": "{ __typename }", "x": "' + b"a" * 65_536 + b'"}', JSON, 413),
        (b'{"query": 5}', JSON, 400),
        (b'{"query": "{ __typename }", "variables": []}', JSON, 400),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_other_bodies_are_refused(
    asks: Api, here: World, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await asks.http.post("/graphql", content=body, headers=headers)
    assert answer.status_code == status
    assert "errors" in answer.json()
    assert "data" not in answer.json()


async def test_whoever_is_signed_in_may_send_a_megabyte_and_no_more(asks: Api, here: World) -> None:
    headers = {**JSON, **await asks.headers(here.school.admin)}
    for size, status in ((900_000, 200), (1_100_000, 413)):
        body = b'{"query": "{ __typename }", "variables": {"x": "' + b"a" * size + b'"}}'
        assert (await asks.http.post("/graphql", content=body, headers=headers)).status_code == status
    fake = {**JSON, "authorization": "Bearer hs_nobody"}
    body = b'{"query": "{ __typename }", "variables": {"x": "' + b"a" * 70_000 + b'"}}'
    assert (await asks.http.post("/graphql", content=body, headers=fake)).status_code == 413


async def test_an_endless_body_is_stopped(asks: Api, here: World) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"[" * 10_000

    answer = await asks.http.post("/graphql", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert sent <= 8


async def test_a_slow_body_is_stopped(asks: Api, here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hocba.web.refusing.BODY_SECONDS", 0.2)

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    async with served(api.make(here.house)) as base, httpx.AsyncClient(timeout=3) as http:
        answer = await http.post(f"{base}/graphql", content=slow(), headers=JSON)
    assert answer.status_code == 408


async def test_health_says_whether_the_database_answers(
    asks: Api, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await asks.http.get("/healthz")).text == "ok"
    assert (await asks.http.get("/readyz")).status_code == 200

    async def away(*_: object, **__: object) -> object:
        raise OSError("postgres://user:password@db")

    monkeypatch.setattr(sql, "select", away)
    answer = await asks.http.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready")
    assert (await asks.http.get("/healthz")).status_code == 200


async def test_graphiql_comes_from_our_own_files_and_keeps_nothing(here: World) -> None:
    house = replace(here.house, settings=replace(here.house.settings, graphiql=True))
    async with api.client(house) as shown, api.client(here.house) as hidden:
        page = await shown.http.get("/graphql", headers={"accept": "text/html"})
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "http" not in policy
        sources = [part.split('"')[0] for part in page.text.replace("href=", "src=").split('src="')[1:]]
        for source in sources:
            if source != "data:,":
                assert source.startswith("/graphiql/")
                assert (await shown.http.get(source)).status_code == 200
        start = (await shown.http.get("/graphiql/start.js")).text
        assert "storage: nowhere" in start
        assert (await hidden.http.get("/graphql", headers={"accept": "text/html"})).status_code == 404
        assert (await hidden.http.get("/graphiql/start.js")).status_code == 404


async def test_a_query_by_get_is_logged_by_nobody(here: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    async with served(api.make(here.house)) as base, httpx.AsyncClient() as http:
        answer = await http.get(f"{base}/graphql", params={"query": "{ chimHoangYen: __typename }"})
    assert answer.json() == {"data": {"chimHoangYen": "Query"}}
    ours = [record for record in caplog.records if not record.name.startswith(("asyncio", "websockets"))]
    assert not any("chimHoangYen" in record.getMessage() for record in ours)


async def test_a_vendors_call_is_heard_when_it_is_genuine(asks: Api, here: World) -> None:
    assert (await asks.http.post("/hooks/nobody", content=b"x")).status_code == 404
    assert (await asks.http.post("/hooks/fake-phone", content=b"x")).status_code == 403
