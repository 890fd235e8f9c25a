"""A secret stays with whom it was given to: canaries go in everywhere and are found nowhere."""

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from hocba.domain.values import Step
from hocba.plugin_api import Login, Secret, SecretName
from hocba.plugins import Plugins
from hocba.quiet import keep_quiet
from hocba.settings import Settings
from hocba.store.models import UserRow
from tests import api
from tests.actions.world import Phone, World
from tests.api import Api, gid
from tests.attacks.leaks import Canaries, Ear, filled, in_files, in_rows, takers, written
from tests.conftest import POSTGRES
from tests.serving import served

pytestmark = pytest.mark.skipif(POSTGRES, reason="looks into the SQLite file")


class Chatty(Phone):
    """A vendor that repeats what it was given, in every failure of its own."""

    key = "chatty-phone"

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        raise RuntimeError("wrong: " + ", ".join(each.reveal() for each in secrets.values()))


@dataclass
class Search:
    """A server, who is let loose on it, and where is looked afterwards."""

    base: str
    http: httpx.AsyncClient
    world: World
    asks: Api
    settings: Settings
    ear: Ear
    capture: pytest.CaptureFixture[str]
    canaries: Canaries = field(default_factory=Canaries)
    answers: list[bytes] = field(default_factory=list)

    async def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        """A request, whose answer is kept."""
        answer = await self.http.request(method, path, **given)
        self.answers.append(repr(answer.headers).encode() + answer.content)
        return answer

    async def ask(self, query: str, variables: Any = None, **headers: str) -> None:
        """An operation, as JSON."""
        await self.send("POST", "/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def found(self) -> dict[str, set[str]]:
        """Where canaries are, and where those had been let go."""
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self.world.house.tasks.idle()
        printed = self.capture.readouterr()
        database = Path(self.settings.database_url.removeprefix("sqlite://"))
        places = {
            "answers": b"".join(self.answers),
            "log": b"".join(self.ear.heard),
            "output": (printed.out + printed.err).encode(),
            "bells": repr(self.world.rings).encode(),
        }
        found = {place: self.canaries.found_in(content) for place, content in places.items()}
        for place, content in (*in_files(self.settings.data_dir), *in_rows(database)):
            found[place] = found.get(place, set()) | self.canaries.found_in(content)
        return {place: each for place, each in found.items() if each}


@pytest.fixture
async def search(
    here: World,
    asks: Api,
    settings: Settings,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    everything: Ear,
) -> AsyncIterator[Search]:
    temporary = settings.data_dir / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    signers = {**here.house.plugins.signers, Chatty.key: Chatty()}
    house = replace(here.house, plugins=Plugins(signers=signers, portals={}, states=()))
    async with served(api.make(house)) as base, httpx.AsyncClient(base_url=base, timeout=30) as http:
        yield Search(base, http, here, asks, settings, everything, capfd)


@pytest.fixture
def everything() -> Iterator[Ear]:
    """The log at its loudest; libraries that carry things are kept quiet, as the application does."""
    ear, root = Ear(), logging.getLogger()
    level = root.level
    keep_quiet()
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield ear
    root.removeHandler(ear)
    root.setLevel(level)


LEAKS = {
    "log": lambda _, canary: logging.getLogger("hocba.anything").debug("it was %s", canary),
    "output": lambda _, canary: sys.stderr.write(canary),
    "answers": lambda search, canary: search.answers.append(canary.encode()),
    "left.txt": lambda search, canary: (search.settings.data_dir / "tmp" / "left.txt").write_text(canary),
    "bells": lambda search, canary: search.world.rings.append((canary, None)),
}


@pytest.mark.parametrize("place", LEAKS)
async def test_the_search_finds_what_leaks(search: Search, place: str) -> None:
    assert await search.found() == {}
    LEAKS[place](search, search.canaries.new("here"))
    assert await search.found() == {place: {"here"}}


async def test_the_search_finds_what_leaks_into_a_trace_or_a_row(search: Search) -> None:
    error = ValueError(search.canaries.new("an exception"))
    logging.getLogger("hocba.anything").error("broken", exc_info=error)
    await UserRow.filter(person_id=search.world.school.admin.id).update(username=search.canaries.new("a row"))
    await search.asks.headers(search.world.school.admin)
    await UserRow.all().update(username=search.canaries.new("a row"))
    found = await search.found()
    assert found.pop("log") == {"an exception"}
    assert found.pop("user") == {"a row"}
    assert set(found) <= {"hocba.sqlite3", "hocba.sqlite3-wal"}
    assert found


async def test_a_secret_in_an_operation_is_found_nowhere(search: Search) -> None:
    """Each mutation that takes one: rightly, and in every way in which a client gets it wrong."""
    headers = await search.asks.headers(search.world.school.leader)
    assert {"signIn", "changePassword", "providerSignIn", "beginSigning", "confirmTotp"} <= set(takers())
    for name, kind in takers().items():
        ask = f"mutation Do($input: {kind.name}!) {{ {name}(input: $input) {{ __typename }} }}"

        def let(how: str, name: str = name) -> str:
            return search.canaries.new(f"{name}: {how}")

        right = filled(kind, let("in its place"))
        wrongs = [
            filled(kind, [let("in a list")]),
            filled(kind, {"value": let("in an object")}),
            filled(kind, let("too long") * 100),
            {**right, "pasword": let("in an unknown field")},
            {**right, let("as a name"): 1},
            [filled(kind, let("in a list of inputs"))] * 2,
            let("instead of the input"),
            {let("as the only name"): let("as the only value")},
        ]
        for who in ({}, headers):
            for given in (right, *wrongs):
                await search.ask(ask, {"input": given}, **who)
            for signer in ("fake-phone", Chatty.key):
                given = filled(kind, let(f"with {signer}"))
                if "signer" in kind.fields:
                    given["signer"] = signer
                await search.ask(ask, {"input": given}, **who)
            literal = written(kind, filled(kind, let("as a literal")))
            await search.ask(f"mutation {{ {name}(input: {literal}) {{ __typename }} }}", **who)
            by_get = quote(f"mutation {{ {name}(input: {literal}) {{ __typename }} }}")
            await search.send("GET", f"/graphql?query={by_get}", headers=who)
            variables = quote(json.dumps({"input": filled(kind, let("in the address"))}))
            await search.send("GET", f"/graphql?query={quote(ask)}&variables={variables}", headers=who)
    assert await search.found() == {}


TEXTS = [
    'mutation {{ signIn(input: "{}") {{ token }} }}',
    '{{ viewer(pin: "{}") {{ username }} }}',
    '{{ viewer(pin: "{}',
    '{{ __typename }} "{}"',
    "{{ viewer {{ {} }} }}",
    "query($v: String = {}) {{ __typename }}",
    "{{ ...f }} fragment f on {} {{ a }}",
    '{{ __typename @skip(if: "{}") }}',
    '{{ node(id: "{}") {{ id }} }}',
    '{{ transcript(lookupCode: "{}") {{ id }} }}',
    "# {}",
]


async def test_a_secret_in_the_text_of_an_operation_is_found_nowhere(search: Search) -> None:
    headers = await search.asks.headers(search.world.school.leader)
    for text in TEXTS:
        query = text.format(search.canaries.new(text).replace("-", "_" if "{}" in text else "-"))
        for asked in (query, text.format(search.canaries.new(text))):
            await search.ask(asked, **headers)
            await search.send("GET", f"/graphql?query={quote(asked)}", headers=headers)
    assert await search.found() == {}


async def test_a_secret_beside_an_operation_is_found_nowhere(search: Search) -> None:
    new, fine = search.canaries.new, "{ __typename }"
    for body in (
        {"query": fine, "operationName": new("the name of the operation")},
        {"query": fine, "variables": {new("the name of a variable"): 1}},
        {"query": fine, "variables": {"x": new("a variable nobody asked for")}},
        {"query": fine, "extensions": {"x": new("an extension")}},
        {"query": fine, new("beside the query"): new("beside the query")},
        {"query": [new("instead of the query")]},
        [{"query": new("in several")}],
        new("instead of the request"),
    ):
        await search.send("POST", "/graphql", json=body)
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        content = f"password={new(media)}".encode()
        await search.send("POST", "/graphql", content=content, headers={"content-type": media})
    await search.send(
        "POST", "/graphql", content=new("no JSON"), headers={"content-type": "application/json"}
    )
    assert await search.found() == {}


async def test_a_token_or_a_secret_of_a_request_is_found_nowhere(search: Search) -> None:
    new, world = search.canaries.new, search.world
    for name, scheme in (
        ("authorization", "Bearer "),
        ("authorization", "Bearer hs_"),
        ("authorization", "Bearer ha_"),
        ("authorization", "Basic "),
        ("cookie", "hocba-session="),
        ("cookie", "hocba-session=hs_"),
        ("hocba-school", ""),
        ("hocba-school-year", ""),
        ("x-api-key", ""),
        ("content-encoding", ""),
        ("origin", "https://"),
        ("accept", ""),
    ):
        headers = {name: scheme + new(f"{name} {scheme}")}
        for query in ("{ viewer { username } }", "mutation { takeAgentJob { requestId } }"):
            await search.ask(query, **headers)
        await search.send("GET", "/files/xml/x", headers=headers)
        await search.send("POST", "/hooks/fake-phone", headers=headers)
    own = await search.asks.headers(world.school.leader)
    for query, name, given in (
        ("claimPairing", "ClaimPairingInput", {"deviceCode": new("a device code")}),
        ("lookUpPairing", "LookUpPairingInput", {"code": new("a pairing code")}),
        ("confirmPairing", "ConfirmPairingInput", {"code": new("a pairing code")}),
    ):
        document = f"mutation($i: {name}!) {{ {query}(input: $i) {{ refusal {{ message help }} }} }}"
        await search.ask(document, {"i": given}, **own)
    for path in (
        "/{}",
        "/files/xml/{}",
        "/files/xml/x?signature={}",
        "/graphql/{}",
        "/oidc/callback?code={}",
    ):
        await search.send("GET", path.format(new(path)))
    await search.send("POST", f"/hooks/{new('the name of a plugin')}", content=new("a vendor's call"))
    await search.send("POST", "/hooks/fake-phone", content=new("a vendor's call"))
    await search.send(
        "POST", f"/files?name={new('the name of a stranger s file')}", content=new("a stranger's file")
    )
    assert await search.found() == {}


async def test_a_secret_over_a_socket_is_found_nowhere(search: Search) -> None:
    new, token = search.canaries.new, await api.token(search.world.house, search.world.school.admin.id)
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
    for path, messages in (
        (f"?token={quote(new('the address of a socket'))}", [init]),
        ("", [{"type": "connection_init", "payload": {"authorization": "Bearer " + new("a token")}}]),
        ("", [{"type": "connection_init", "payload": {new("a name"): new("a value")}}]),
        ("", [{"type": new("a type")}]),
        ("", [init, {"type": new("a type")}]),
        ("", [new("no JSON")]),
        ("", [new("bytes").encode()]),
        ("", [init, {"type": "complete", "id": new("an id")}]),
        *(
            ("", [init, {"type": "subscribe", "id": "1", "payload": payload}])
            for payload in (
                {"query": f'{{ viewer(pin: "{new("an argument")}") {{ username }} }}'},
                {"query": f'subscription {{ "{new("no operation")}" }}'},
                {"query": "{ __typename }", "operationName": new("a name")},
                {"query": "{ __typename }", "variables": {"x": new("a variable")}},
                {"query": [new("a query in a list")]},
            )
        ),
    ):
        search.answers.append(await _said(search.base.replace("http", "ws") + "/graphql" + path, messages))
    assert await search.found() == {}


async def _said(address: str, messages: list[Any]) -> bytes:
    """What the server says to that, and with which words it hangs up."""
    heard = []
    with suppress(WebSocketException, TimeoutError):
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            for message in messages:
                await socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))
            with suppress(WebSocketException, TimeoutError):
                while True:
                    heard.append(await asyncio.wait_for(socket.recv(), 0.2))
            heard.append(socket.close_reason or "")
    return "".join(map(str, heard)).encode()


async def test_an_uploaded_file_is_kept_and_nothing_of_it_told(search: Search) -> None:
    own = await search.asks.headers(search.world.school.admin)
    content = b"<?xml version='1.0'?><a>" + search.canaries.new("a file").encode()
    kept = await search.send("POST", "/files?name=x.xml", content=content, headers=own)
    given = {"input": {"uploadId": kept.json()["uploadId"]}}
    verify = "query($u: ID!) { verifyTranscript(uploadId: $u) { outcome reasons { code message } } }"
    await search.ask(verify, {"u": given["input"]["uploadId"]}, **own)
    document = (
        "mutation($input: ImportWorkbookInput!) { importWorkbook(input: $input) { refusal { message } } }"
    )
    await search.ask(document, given, **own)
    assert set(await search.found()) - {"upload", "hocba.sqlite3", "hocba.sqlite3-wal"} == set()


async def test_the_secret_that_signs_is_nowhere_when_all_is_signed(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, world = search.canaries.new("the password that signs"), search.world

    async def sign_in(secrets: Mapping[SecretName, Secret]) -> Login:
        assert secrets[SecretName.PASSWORD].reveal() == right
        return Login(secrets[SecretName.USERNAME].reveal())

    monkeypatch.setattr(world.phone, "sign_in", sign_in)
    teacher = world.school.teachers[1]
    own = await search.asks.headers(teacher)
    given = {
        "transcriptIds": [gid("Transcript", each) for each in world.transcripts],
        "step": Step.SUBJECT_TEACHERS.name,
        "accountId": gid("SigningAccount", world.account(teacher, Step.SUBJECT_TEACHERS)),
        "secrets": [{"name": "USERNAME", "value": "ai"}, {"name": "PASSWORD", "value": right}],
    }
    document = (
        "mutation($i: BeginSigningInput!) { beginSigning(input: $i) { request { id } refusal { code } } }"
    )
    begun = await search.send(
        "POST", "/graphql", json={"query": document, "variables": {"i": given}}, headers=own
    )
    assert begun.json()["data"]["beginSigning"]["request"], begun.text
    await world.house.tasks.idle()
    assert len(world.phone.orders) == 1
    admin = await search.asks.headers(world.school.admin)
    export = "mutation($i: ExportTranscriptsInput!) { exportTranscripts(input: $i) { export { url } } }"
    asked = {"query": export, "variables": {"i": {"transcriptIds": given["transcriptIds"]}}}
    made = (await search.send("POST", "/graphql", json=asked, headers=admin)).json()
    archive = await search.send("GET", made["data"]["exportTranscripts"]["export"]["url"], headers=admin)
    assert archive.content.startswith(b"PK")
    assert await search.found() == {}
