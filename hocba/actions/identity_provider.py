"""An identity provider that a Sở runs: OpenID Connect, code flow with PKCE.  Needs ``hocba[oidc]``.

What is asked of it goes through the one outbound client: only hosts that the operator listed, no
redirects, with limits.  What it says of itself is kept for an hour; keys are asked for again when a
token names one that is not there, at most once a minute.

A token is believed when one of the provider's keys signed it, by an algorithm of our list, for us,
by this provider, in answer to this very sign-in, and its time is not over.
"""

import asyncio
import base64
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from hocba.domain.errors import Code, Refusal
from hocba.plugin_api import Answer, Http, SignerError
from hocba.settings import Oidc, is_loopback

log = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""What a token may be signed with: public keys only, never none, never our own secret."""

KEPT_FOR = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=1)
LEEWAY = 60
"""Seconds that its clock and ours may differ."""

OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one sign-in is known by, here and there.

    :ivar state: comes back with the answer.
    :ivar nonce: comes back inside the token.
    :ivar verifier: proves that whoever began it ends it; only its hash is sent at first.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What the provider says of itself."""

    authorize: str
    token: str
    keys: str
    by_form: bool
    at: datetime


class Provider:
    """The provider that the settings name.  One per process."""

    def __init__(
        self, oidc: Oidc, http: Http, *, public_url: str, development: bool, clock: Callable[[], datetime]
    ) -> None:
        """Prepare; nothing is called yet."""
        self.settings = oidc
        self._http, self._clock, self._development = http, clock, development
        self._back = f"{public_url.rstrip('/')}/oidc/callback"
        self._about: _About | None = None
        self._keys: tuple[Mapping[str, Any], ...] = ()
        self._keys_at: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def address(self, attempt: Attempt) -> str:
        """Where the browser goes to sign in.  :raises Refusal: IDENTITY_PROVIDER_FAILED."""
        about = await self._known()
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self._back,
            "scope": " ".join(self.settings.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        separator = "&" if urlsplit(about.authorize).query else "?"
        return f"{about.authorize}{separator}{urlencode(asked, quote_via=quote)}"

    async def claims(self, code: str, attempt: Attempt) -> Mapping[str, Any]:
        """Who signed in there, as the provider swears.

        :param code: what the browser brought back.
        :raises Refusal: IDENTITY_PROVIDER_FAILED, whatever was wrong; the log says which check.
        """
        about = await self._known()
        answer = await self._exchanged(about, code, attempt)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _failed("there is no token")
        try:
            return await self._verified(token, attempt.nonce, str(answer.get("access_token") or ""))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            # The kind of failure and the claim's name: the text may quote what was sent.
            claim = getattr(error, "claim", "")
            raise _failed(f"the token: {type(error).__name__} {claim}".rstrip()) from None

    async def _verified(self, token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        header = json.loads(_decoded(token.partition(".")[0]))
        if not isinstance(header, dict) or header.get("alg") not in ALGORITHMS:
            raise _failed("the token: its algorithm")
        decoded = jwt.decode(token, await self._key(header.get("kid")), algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            },
            params={
                "nonce": nonce,
                "client_id": self.settings.client_id,
                "access_token": access_token,
            },
        )
        claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY)
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise _failed("the token: sub")
        return dict(claims)

    async def _exchanged(self, about: _About, code: str, attempt: Attempt) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": attempt.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if about.by_form or not self.settings.client_secret:
            form["client_id"] = self.settings.client_id
            form |= {"client_secret": self.settings.client_secret} if self.settings.client_secret else {}
        else:
            pair = f"{quote(self.settings.client_id)}:{quote(self.settings.client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        try:
            answer = await self._http.post(about.token, body=urlencode(form).encode(), headers=headers)
        except SignerError as error:
            raise _failed(str(error)) from None
        return _object(answer, "the token endpoint")

    async def _key(self, kid: object) -> Key:
        """The key that a token names.  :raises Refusal: when the provider has no such key."""
        await self._known()
        for _ in range(2):
            found = [each for each in self._keys if kid is None or each.get("kid") == kid]
            if len(found) == 1:
                return JWKRegistry.import_key(dict(found[0]))
            if not await self._fetch_keys():
                break
        raise _failed("the token: its key is not known")

    async def _known(self) -> _About:
        """What the provider says of itself, at most an hour ago."""
        async with self._one_at_a_time:
            if self._about is None or self._about.at + KEPT_FOR <= self._clock():
                self._about = await self._asked()
            return self._about

    async def _asked(self) -> _About:
        issuer = self.settings.issuer
        said = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            raise _failed("it says that it is another issuer")
        addresses = [said.get(each) for each in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(each, str) for each in addresses) or not self._may_lead(str(addresses[0])):
            raise _failed("it does not say where to sign in")
        authorize, token, keys = map(str, addresses)
        ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by_form = "client_secret_basic" not in ways and "client_secret_post" in ways
        return _About(authorize=authorize, token=token, keys=keys, by_form=by_form, at=self._clock())

    async def _fetch_keys(self) -> bool:
        """Ask for the keys; not again within a minute.  Whether they were asked for."""
        about = await self._known()
        async with self._one_at_a_time:
            if self._keys_at is not None and self._keys_at + AGAIN_AFTER > self._clock():
                return False
            self._keys_at = self._clock()
            found = (await self._get(about.keys)).get("keys")
        listed = found if isinstance(found, list) else []
        self._keys = tuple(
            each for each in listed if isinstance(each, dict) and each.get("use", "sig") == "sig"
        )
        return True

    async def _get(self, url: str) -> Mapping[str, Any]:
        try:
            return _object(await self._http.get(url, headers={"Accept": "application/json"}), "it")
        except SignerError as error:
            raise _failed(str(error)) from None

    def _may_lead(self, url: str) -> bool:
        """Whether a browser may be sent there."""
        parts = urlsplit(url)
        local = self._development and is_loopback(parts.hostname or "")
        return parts.scheme == "https" or (parts.scheme == "http" and local)


def _object(answer: Answer, who: str) -> Mapping[str, Any]:
    if answer.status != OK:
        raise _failed(f"{who} answered {answer.status}")
    try:
        said = json.loads(answer.body)
    except ValueError:
        raise _failed(f"{who} did not answer JSON") from None
    if not isinstance(said, dict):
        raise _failed(f"{who} did not answer an object")
    return said


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _failed(why: str) -> Refusal:
    """The refusal; ``why`` goes to the log only, and holds nothing that was sent."""
    log.warning("signing in at the identity provider failed: %s", why)
    return Refusal(Code.IDENTITY_PROVIDER_FAILED)
