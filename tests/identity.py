"""An identity provider for tests: a small real one, that can be told to misbehave."""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "hocba", "canary-client-secret-0815"
Claims = dict[str, Any]
Sign = Callable[["Provider", Claims], str]


def signed(provider: "Provider", claims: Claims) -> str:
    """As it should be."""
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key)


def unsigned(_: "Provider", claims: Claims) -> str:
    """With alg none."""
    parts = [b'{"alg":"none"}', JSONResponse(claims).body, b""]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def by_our_own_secret(_: "Provider", claims: Claims) -> str:
    """With HS256, and the client's secret as its key."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def by_the_public_key(provider: "Provider", claims: Claims) -> str:
    """With HS256, and the provider's public key as its key: the confusion of algorithms."""
    header = JSONResponse({"alg": "HS256", "kid": provider.key.kid}).body
    parts = [base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, JSONResponse(claims).body)]
    mac = hmac.digest(provider.key.as_pem(private=False), b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()


def by_another_key(provider: "Provider", claims: Claims) -> str:
    """With the provider's name of the key, and somebody else's key."""
    other = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, other)


def by_an_unknown_key(_: "Provider", claims: Claims) -> str:
    """With a key of which the provider says nothing."""
    other = RSAKey.generate_key(2048, {"kid": "unknown"})
    return jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, other)


def damaged(provider: "Provider", claims: Claims) -> str:
    """With another subject put in afterwards."""
    header, _, signature = signed(provider, claims).split(".")
    body = base64.urlsafe_b64encode(JSONResponse({**claims, "sub": "admin"}).body).decode().rstrip("=")
    return f"{header}.{body}.{signature}"


@dataclass(kw_only=True)
class Provider:
    """One provider, and who is signed in there.

    :ivar changed: what else it says in the token; ``None`` takes a claim out.
    :ivar sign: how it signs.
    :ivar once: whether a code is good once only.
    """

    clock: Callable[[], datetime]
    base: str = ""
    claims: Claims = field(default_factory=lambda: {"sub": "s-1", "preferred_username": "co.lan"})
    changed: Claims = field(default_factory=dict)
    about: Claims = field(default_factory=dict)
    sign: Sign = signed
    once: bool = True
    answer: Callable[[], Response] | None = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k-1", "use": "sig"}))
    codes: dict[str, Claims] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        """Its pages."""
        views: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/.well-known/openid-configuration": self._discovery,
            "/authorize": self._authorize,
            "/jwks": self._jwks,
        }
        routes = [Route(path, view) for path, view in views.items()]
        return Starlette(routes=[*routes, Route("/token", self._token, methods=["POST"])])

    async def _discovery(self, _: Request) -> Response:
        self.called.append("discovery")
        said = {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/jwks",
            **self.about,
        }
        return JSONResponse(said)

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.base})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def _token(self, request: Request) -> Response:
        self.called.append("token")
        if self.answer is not None:
            return self.answer()
        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(given["code"], None) if self.once else self.codes.get(given["code"])
        scheme, _, pair = request.headers.get("authorization", "").partition(" ")
        known = [unquote(each) for each in base64.b64decode(pair).decode().split(":")] if scheme else []
        known = known or [given.get("client_id", ""), given.get("client_secret", "")]
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or known != [CLIENT, SECRET] or challenge != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        assert given["redirect_uri"] == asked["redirect_uri"]
        now = int(self.clock().timestamp())
        claims = {"iss": self.base, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.claims | self.changed
        claims = {name: value for name, value in claims.items() if value is not None}
        return JSONResponse(
            {"id_token": self.sign(self, claims), "access_token": "a", "token_type": "Bearer"}
        )

    async def _jwks(self, _: Request) -> Response:
        self.called.append("jwks")
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


async def visited(address: str) -> str:
    """What a browser does that is sent to the provider and signs in there: where it is sent back to."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(address)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])
