"""Signing in at an identity provider, against a small real one (A1)."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, Response

from hocba.actions import bootstrap, building
from hocba.actions import identity_provider as ours
from hocba.actions.house import House
from hocba.domain.values import Role
from hocba.outbound import Outbound
from hocba.plugin_api import Secret
from hocba.settings import Settings, SettingsError
from hocba.store.models import EventRow, ExternalIdentityRow, PersonRow, SchoolRow, SessionRow, UserRow
from hocba.web import oidc
from tests import api, build, identity
from tests.actions.world import World
from tests.api import BASE
from tests.conftest import POSTGRES
from tests.identity import Provider
from tests.serving import served

PASSWORD = "hoa-phượng-đỏ-1975"
VIEWER = {"query": "{ viewer { username needs level school { code } } }"}


@dataclass
class Office:
    """The server, the provider, and a browser at the server."""

    here: World
    house: House
    provider: Provider
    browser: httpx.AsyncClient

    async def begin(self, **asked: str) -> str:
        """Where the provider sends the browser back to."""
        answer = await self.browser.get("/oidc/start", params=asked)
        assert answer.status_code == 302, answer.text
        return (await identity.visited(answer.headers["location"])).removeprefix(BASE)

    async def sign_in(self, **asked: str) -> httpx.Response:
        return await self.browser.get(await self.begin(**asked))

    async def viewer(self) -> dict[str, Any] | None:
        said = (await self.browser.post("/graphql", json=VIEWER)).json()
        found: dict[str, Any] | None = (said.get("data") or {}).get("viewer")
        return found


@pytest.fixture
async def office(here: World) -> AsyncIterator[Office]:
    """A server whose people may sign in at a provider; co.lan is one of them."""
    school = await SchoolRow.get(id=here.school.id)
    new = bootstrap.NewUser(
        school=school.code, username="co.lan", full_name="Nguyễn Thị Lan", role=Role.ADMIN, code="LAN",
        personal_id="001175000001",
    )  # fmt: skip
    await bootstrap.add_user(new, Secret(PASSWORD), now=build.NOW)
    provider = Provider(clock=here.clock)
    async with served(provider.app()) as base:
        provider.base = base
        settings = replace(
            here.house.settings,
            oidc_issuer=base,
            oidc_client_id=identity.CLIENT,
            oidc_client_secret=identity.SECRET,
            outbound_hosts=(urlsplit(base).netloc,),
        )
        async with open_office(here, provider, settings) as made:
            yield made


class open_office:  # noqa: N801 -- reads as the verb it is
    """An office with other settings."""

    def __init__(self, here: World, provider: Provider, settings: Settings) -> None:
        assert settings.oidc is not None
        self._here, self._provider = here, provider
        self._outbound = Outbound(settings)
        known = ours.Provider(
            settings.oidc, self._outbound, public_url=settings.public_url, development=True, clock=here.clock
        )
        self._house = replace(here.house, settings=settings, identity_provider=known)
        transport = httpx.ASGITransport(api.make(self._house), raise_app_exceptions=False)
        self._browser = httpx.AsyncClient(transport=transport, base_url=BASE)

    async def __aenter__(self) -> Office:
        return Office(self._here, self._house, self._provider, self._browser)

    async def __aexit__(self, *_: object) -> None:
        await self._browser.aclose()
        await self._outbound.aclose()


def refused(answer: httpx.Response, code: str = "IDENTITY_PROVIDER_FAILED") -> bool:
    return (
        answer.status_code == 403
        and f"({code})" in answer.text
        and "hocba-session" not in str(answer.headers)
    )


async def test_whoever_the_provider_names_is_in(office: Office) -> None:
    answer = await office.sign_in()
    assert answer.status_code == 200
    assert 'content="0; url=/"' in answer.text
    assert (await office.viewer()) is not None
    (linked,) = await ExternalIdentityRow.all()
    assert (linked.issuer, linked.subject) == (office.provider.base, "s-1")
    (session,) = await SessionRow.all()
    assert session.method == "oidc"
    (event,) = await EventRow.filter(kind="IdentityLinked")
    assert event.data == {"issuer": office.provider.base}


async def test_the_cookies_are_kept_from_scripts_and_go_when_they_are_used(office: Office) -> None:
    start = await office.browser.get("/oidc/start")
    cookie = start.headers["set-cookie"]
    assert cookie.startswith("hocba-oidc=")
    assert cookie.partition("; ")[2] == "HttpOnly; Max-Age=600; Path=/; SameSite=lax"
    sent = parse_qs(urlsplit(start.headers["location"]).query)
    assert sent["redirect_uri"] == [f"{BASE}/oidc/callback"]
    assert not any(each in cookie for values in sent.values() for each in values if len(each) > 20)
    back = await identity.visited(start.headers["location"])
    done = await office.browser.get(back.removeprefix(BASE))
    session, pending = done.headers.get_list("set-cookie")
    assert session.startswith("hocba-session=hs_")
    assert session.endswith("HttpOnly; Max-Age=43200; Path=/; SameSite=strict")
    assert 'hocba-oidc=""' in pending
    assert "Max-Age=0" in pending
    secure = replace(office.house.settings, public_url="https://a.vn")
    assert oidc.cookie_name(secure) == "__Host-hocba-oidc"


async def test_afterwards_the_subject_alone_decides(office: Office) -> None:
    await office.sign_in()
    await UserRow.filter(username="co.lan").update(username="co.lan.moi")
    office.provider.claims["preferred_username"] = "somebody"
    assert (await office.sign_in()).status_code == 200
    assert await ExternalIdentityRow.all().count() == 1
    office.provider.claims = {"sub": "s-2", "preferred_username": "co.lan.moi"}
    assert refused(await office.sign_in(), "IDENTITY_UNKNOWN"), "his name went to somebody else there"
    assert await ExternalIdentityRow.all().count() == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"nonce": "another"}, "InvalidClaimError nonce"),
        ({"nonce": None}, "MissingClaimError nonce"),
        ({"aud": "another"}, "InvalidClaimError aud"),
        ({"aud": None}, "MissingClaimError aud"),
        ({"aud": ["hocba", "another"]}, "MissingClaimError azp"),
        ({"aud": ["hocba", "another"], "azp": "another"}, "InvalidClaimError azp"),
        ({"iss": "https://another.example"}, "InvalidClaimError iss"),
        ({"exp": 1}, "ExpiredTokenError exp"),
        ({"exp": None}, "MissingClaimError exp"),
        ({"exp": "soon"}, "InvalidClaimError exp"),
        ({"iat": 4_000_000_000}, "InvalidClaimError iat"),
        ({"nbf": 4_000_000_000}, "InvalidClaimError nbf"),
        ({"sub": None}, "MissingClaimError sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 5}, "InvalidClaimError sub"),
        ({"at_hash": "canary"}, "InvalidClaimError at_hash"),
    ],
)
async def test_a_token_that_is_not_for_us_and_now_lets_nobody_in(
    office: Office, changed: dict[str, Any], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.provider.changed = changed
    await nobody_gets_in(office, f"the token: {why}", caplog)


@pytest.mark.parametrize(
    ("sign", "why"),
    [
        (identity.unsigned, "the token: its algorithm"),
        (identity.by_our_own_secret, "the token: its algorithm"),
        (identity.by_the_public_key, "the token: its algorithm"),
        (identity.by_another_key, "the token: BadSignatureError"),
        (identity.damaged, "the token: BadSignatureError"),
        (identity.by_an_unknown_key, "the token: its key is not known"),
        (lambda *_: "no.token.atall", "the token: UnicodeDecodeError"),
        (lambda *_: "canary", "the token: UnicodeDecodeError"),
        (lambda *_: "W10.W10.W10", "the token: its algorithm"),
        (lambda *_: 5, "there is no token"),
    ],
)
async def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    office: Office, sign: identity.Sign, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.provider.sign = sign
    await nobody_gets_in(office, why, caplog)


async def nobody_gets_in(office: Office, why: str, caplog: pytest.LogCaptureFixture) -> None:
    assert refused(await office.sign_in())
    assert await office.viewer() is None
    assert await ExternalIdentityRow.all().count() == await SessionRow.all().count() == 0
    assert caplog.messages == [f"signing in at the identity provider failed: {why}"]


@pytest.mark.parametrize(
    "answer",
    [
        lambda: JSONResponse({"error": "invalid_grant", "canary": 1}, 400),
        lambda: JSONResponse([1]),
        lambda: JSONResponse({}),
        lambda: Response("canary", media_type="application/json"),
        lambda: Response("canary", media_type="text/html"),
        lambda: Response("", 302, {"location": "http://127.0.0.1:1/"}),
        lambda: JSONResponse({"id_token": "a" * 2_000_000}),
    ],
)
async def test_a_provider_that_answers_something_else_lets_nobody_in(
    office: Office, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    office.provider.answer = answer
    assert refused(await office.sign_in())
    assert "canary" not in caplog.text


async def test_an_answer_is_taken_once_also_when_the_provider_would_take_it_twice(office: Office) -> None:
    office.provider.once = False
    start = await office.browser.get("/oidc/start")
    pending = office.browser.cookies["hocba-oidc"]
    back = (await identity.visited(start.headers["location"])).removeprefix(BASE)
    assert (await office.browser.get(back)).status_code == 200
    office.browser.cookies.clear()
    again = await office.browser.get(back, headers={"cookie": f"hocba-oidc={pending}"})
    assert refused(again)
    assert await SessionRow.all().count() == 1
    assert office.provider.called.count("token") == 1


async def test_of_two_that_come_at_once_one_is_taken(office: Office) -> None:
    office.provider.once = False
    back = await office.begin()
    both = await asyncio.gather(office.browser.get(back), office.browser.get(back))
    assert sorted(each.status_code for each in both) == [200, 403]


async def test_an_answer_that_this_browser_did_not_ask_for_is_refused(office: Office) -> None:
    back = await office.begin()
    code = parse_qs(urlsplit(back).query)["code"][0]
    pending = office.browser.cookies["hocba-oidc"]
    state = parse_qs(urlsplit(back).query)["state"][0]
    for cookie, query in (
        (pending, f"code={code}&state=another"),
        (pending, f"code={code}"),
        (pending, f"code={code}&state={state}&iss=https://another.example"),
        (pending, f"state={state}"),
        (pending, f"state={state}&error=access_denied"),
        (pending[:-4] + "AAAA", f"code={code}&state={state}"),
        ("", f"code={code}&state={state}"),
        ("\u00e9", f"code={code}&state={state}"),
    ):
        office.browser.cookies.clear()
        headers = {"cookie": f"hocba-oidc={cookie}".encode("latin-1")} if cookie else {}
        assert refused(await office.browser.get(f"/oidc/callback?{query}", headers=headers)), query
    assert office.provider.called.count("token") == 0
    office.here.clock.forward(minutes=10)
    headers = {"cookie": f"hocba-oidc={pending}"}
    late = await office.browser.get(f"/oidc/callback?code={code}&state={state}", headers=headers)
    assert refused(late)


@pytest.mark.parametrize("names", [{"preferred_username": "khong.co"}, {}, {"preferred_username": 5}])
async def test_whom_we_do_not_know_is_not_let_in(office: Office, names: dict[str, Any]) -> None:
    office.provider.claims = {"sub": "s-9", **names}
    assert refused(await office.sign_in(), "IDENTITY_UNKNOWN")
    assert await ExternalIdentityRow.all().count() == 0


@pytest.mark.parametrize("linked", [False, True])
async def test_whoever_is_shut_out_or_has_left_is_not_let_in(office: Office, linked: bool) -> None:
    if linked:
        await office.sign_in()
        office.browser.cookies.clear()
    before = await SessionRow.all().count()
    await UserRow.filter(username="co.lan").update(active=False)
    assert refused(await office.sign_in(), "IDENTITY_UNKNOWN")
    await UserRow.filter(username="co.lan").update(active=True)
    await PersonRow.filter(code="LAN").update(left_on=build.NOW.date() - timedelta(days=1))
    assert refused(await office.sign_in(), "IDENTITY_UNKNOWN")
    assert await SessionRow.all().count() == before


async def test_a_personal_id_names_one_person_or_nobody(office: Office) -> None:
    settings = replace(office.house.settings, oidc_claim="cccd", oidc_claim_is="personal_id")
    other = await build.person(office.here.school.id, Role.MANAGER)
    await UserRow.create(id=build.ids.new(), person_id=other.id, username="nguoi.khac")
    await PersonRow.filter(id=other.id).update(personal_id="")
    async with open_office(office.here, office.provider, settings) as here:
        for unknown in ("", "001175000009", "co.lan", "1"):
            office.provider.claims = {"sub": "s-1", "cccd": unknown}
            assert refused(await here.sign_in(), "IDENTITY_UNKNOWN"), unknown
        await PersonRow.filter(id=other.id).update(personal_id="001175000001")
        office.provider.claims = {"sub": "s-1", "cccd": "001175000001"}
        assert refused(await here.sign_in(), "IDENTITY_UNKNOWN"), "two people have it"
        await PersonRow.filter(id=other.id).update(personal_id="001175000002")
        assert (await here.sign_in()).status_code == 200
        assert await here.viewer() is not None


async def test_an_address_of_mail_counts_when_it_was_verified(office: Office) -> None:
    settings = replace(office.house.settings, oidc_claim="email")
    await UserRow.filter(username="co.lan").update(username="lan@truong.example")
    async with open_office(office.here, office.provider, settings) as here:
        office.provider.claims = {"sub": "s-1", "email": "Lan@truong.example"}
        assert refused(await here.sign_in(), "IDENTITY_UNKNOWN")
        office.provider.claims["email_verified"] = True
        assert (await here.sign_in()).status_code == 200


async def test_a_school_and_a_level_may_be_chosen_there_too(office: Office) -> None:
    code = (await SchoolRow.get(id=office.here.school.id)).code
    assert (await office.sign_in(school=code, level="THCS")).status_code == 200
    viewer = await office.viewer()
    assert viewer is not None
    assert (viewer["level"], viewer["school"]) == ("THCS", {"code": code})
    assert refused(await office.sign_in(school="không có"), "SCHOOL_NOT_YOURS")
    assert refused(await office.sign_in(level="th"), "LEVEL_NOT_TAUGHT")
    assert refused(await office.browser.get("/oidc/start", params={"level": "xx"}), "LEVEL_NOT_TAUGHT")


async def test_a_second_factor_of_ours_is_asked_for_there_too(office: Office) -> None:
    await UserRow.filter(username="co.lan").update(totp_since=build.NOW, totp_secret=b"x", must_change=True)
    await office.sign_in()
    viewer = await office.viewer()
    assert viewer is not None
    assert viewer["needs"] == "SECOND_FACTOR_REQUIRED", "and not the password that he did not use"


async def test_the_provider_is_asked_about_itself_once_an_hour_and_for_new_keys_when_needed(
    office: Office,
) -> None:
    for _ in range(3):
        assert (await office.sign_in()).status_code == 200
    called = office.provider.called
    assert (called.count("discovery"), called.count("jwks"), called.count("token")) == (1, 1, 3)
    office.provider.key = RSAKey.generate_key(2048, {"kid": "k-2", "use": "sig"})
    assert refused(await office.sign_in()), "not again within a minute"
    office.here.clock.forward(minutes=1)
    assert (await office.sign_in()).status_code == 200
    assert called.count("jwks") == 2
    office.here.clock.forward(hours=1)
    assert (await office.sign_in()).status_code == 200
    assert called.count("discovery") == 2


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://another.example"},
        {"authorization_endpoint": "http://another.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"token_endpoint": 5},
    ],
)
async def test_a_provider_that_says_odd_things_of_itself_is_not_gone_to(
    office: Office, about: dict[str, Any]
) -> None:
    office.provider.about = about
    assert refused(await office.browser.get("/oidc/start"))


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri"])
async def test_what_the_operator_did_not_list_is_not_called(office: Office, name: str) -> None:
    office.provider.about = {name: "http://127.0.0.2:9/x"}
    assert refused(await office.sign_in())


async def test_a_provider_may_want_the_secret_in_the_form(office: Office) -> None:
    office.provider.about = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert (await office.sign_in()).status_code == 200


async def test_without_a_provider_there_are_no_routes_and_a_client_is_told(
    office: Office, here: World
) -> None:
    ways = "{ signInWays { password oidcUrl } }"
    said = (await office.browser.post("/graphql", json={"query": ways})).json()["data"]["signInWays"]
    assert said == {"password": True, "oidcUrl": "/oidc/start"}
    async with api.client(here.house) as asks:
        assert (await asks.ask(ways))["signInWays"] == {"password": True, "oidcUrl": None}
        for path in ("/oidc/start", "/oidc/callback"):
            assert (await asks.http.get(path)).status_code == 404


def test_without_the_extra_nobody_signs_in_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    given = replace(settings, oidc_issuer="https://sso.example.vn", oidc_client_id="hocba")
    assert building._identity_provider(given, Outbound(given)) is not None
    monkeypatch.setattr(building, "find_spec", lambda _name: None)
    assert building._identity_provider(given, Outbound(given)) is None
    assert "hocba[oidc] is not installed" in caplog.text
    assert building._identity_provider(settings, Outbound(settings)) is None


@pytest.mark.skipif(POSTGRES, reason="looks into the SQLite file")
async def test_no_secret_is_kept_or_logged(
    office: Office, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="hocba")
    back = await office.begin()
    pending = office.browser.cookies["hocba-oidc"]
    assert (await office.browser.get(back)).status_code == 200
    asked = parse_qs(urlsplit(back).query)
    kept = "\n".join(sqlite3.connect(settings.database_url.removeprefix("sqlite://")).iterdump())
    wal = settings.data_dir / "hocba.sqlite3-wal"
    kept += wal.read_bytes().decode("latin-1") if wal.exists() else ""
    token = office.browser.cookies["hocba-session"]
    for secret in (identity.SECRET, *asked["state"], pending, token):
        assert secret not in kept
        assert secret not in caplog.text
    assert identity.SECRET not in repr(office.house.settings) + repr(office.house.settings.oidc)


def test_the_file_may_describe_it_as_a_table(tmp_path: Any) -> None:
    file = tmp_path / "hocba.toml"
    file.write_text(
        '[oidc]\nissuer = "https://sso.example.vn"\nclient_id = "hocba"\nscopes = ["openid", "cccd"]\n'
    )
    given = Settings.load({"HOCBA_OIDC_CLIENT_SECRET": "canary", "HOCBA_OIDC_CLAIM_IS": "personal_id"}, file)
    assert given.oidc is not None
    assert (given.oidc.issuer, given.oidc.scopes) == ("https://sso.example.vn", ("openid", "cccd"))
    assert (given.oidc.by_personal_id, given.oidc.client_secret) == (True, "canary")
    assert "canary" not in repr(given) + repr(given.oidc)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"HOCBA_OIDC_ISSUER": "https://a.vn"}, "oidc: needs an issuer and a client_id"),
        ({"HOCBA_OIDC_CLAIM_IS": "canary"}, "^oidc_claim_is: not a value"),
        ({"HOCBA_OIDC_SCOPES": "profile"}, "oidc_scopes: openid"),
        ({"HOCBA_OIDC_LANDING": "https://evil.example"}, "oidc_landing: must be a path"),
        ({"HOCBA_OIDC_LANDING": "//evil.example"}, "oidc_landing: must be a path"),
    ],
)
def test_what_makes_no_sense_is_refused(env: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as refused_:
        Settings.load(env)
    assert "canary" not in str(refused_.value)
