"""What is refused at the door, and what the transport says about it."""

import logging
from dataclasses import replace

import httpx
import pytest
from starlette.responses import Response

from hocba.store.reads import sql
from hocba.web import door
from tests import api
from tests.actions.world import World
from tests.api import Api
from tests.serving import served

QUERY = {"query": "{ viewer { username } }"}
JSON = {"content-type": "application/json"}


async def test_the_cookie_is_kept_from_scripts_and_other_sites(asks: Api, here: World) -> None:
    for url, expected in (
        ("http://127.0.0.1:8000", "hocba-session=t; HttpOnly; Max-Age=43200; Path=/; SameSite=strict"),
        ("https://a.vn", "__Host-hocba-session=t; HttpOnly; Max-Age=43200; Path=/; SameSite=strict; Secure"),
    ):
        response = Response()
        door.keep(replace(here.house.settings, public_url=url), response, "t")
        assert response.headers["set-cookie"] == expected


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
