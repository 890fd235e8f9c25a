"""The one way out: every call to a vendor, portal or authority goes through here.

* https only; http for answers that are themselves signed (CRL, OCSP, time stamps), and on
  loopback in development;
* only hosts that the operator listed (``Settings.outbound_hosts``, ``host`` or ``host:port``);
* the host is resolved here, once, and the connection goes to the very address that was checked:
  no private, loopback or otherwise special address unless the operator listed it as a number;
* no redirects, no proxies from the environment, no compressed answers, and no cookies: people
  must not share a vendor's session;
* limits for connecting, for waiting, for the size of an answer; its kind of content is checked.

What goes wrong is a ``SignerError`` that names the host and nothing else: neither the path nor
what was sent or answered, for they may hold a secret.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpx

from hocba.plugin_api import SignerError
from hocba.settings import Settings, is_loopback

CONNECT = 3.0
"""Seconds to reach a host, its name's resolution among them."""

TRIED_ADDRESSES = 2
"""How many of a host's addresses are tried."""

NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer may take.

    :ivar patience: from the connection to the last byte.
    :ivar size: bytes of the answer.
    :ivar kinds: media types that are taken; ``*`` for anything.
    :ivar plain_http: whether http will do, because the answer is signed.
    """

    patience: timedelta = timedelta(seconds=15)
    size: int = 1 << 20
    kinds: frozenset[str] = frozenset({"application/json", "text/plain", "application/xml", "text/xml"})
    plain_http: bool = False


VENDOR = Limits()
"""Calls of plugins."""

LISTS = Limits(
    patience=timedelta(seconds=30),
    size=32 << 20,
    kinds=frozenset({"application/pkix-crl", "application/x-pkcs7-crl", "application/octet-stream"}),
    plain_http=True,
)
"""Revocation lists: signed by who made them."""

RESPONDERS = Limits(
    size=1 << 20,
    kinds=frozenset({"application/ocsp-response", "application/octet-stream"}),
    plain_http=True,
)
"""Answers about one certificate (OCSP): signed as well."""

PORTAL = Limits(patience=timedelta(seconds=60), size=16 << 20)
"""Receiving portals."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: a name that was allowed, and the addresses that were checked."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()


class Outbound:
    """Implements ``plugin_api.Http``.  One per process and purpose; closed at the end."""

    def __init__(
        self,
        settings: Settings,
        limits: Limits = VENDOR,
        *,
        more_hosts: Collection[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare; nothing is called yet.

        :param more_hosts: what the operator allowed for this purpose, beside ``outbound_hosts``.
        :param tls: what certificates of hosts are checked against; the usual roots by default.
        """
        self._allowed = frozenset({*settings.outbound_hosts, *more_hosts})
        self._development = settings.development
        self._limits = limits
        self._tls = tls or _usual_roots()
        # One client per host: connections are kept by address, and two hosts may share one.
        self._clients: dict[str, httpx.AsyncClient] = {}
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # they would log whole addresses

    async def post(
        self,
        url: str,
        *,
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patience: timedelta | None = None,
    ) -> HttpAnswer:
        """Send ``json`` or ``body``.  :raises SignerError: when there is no answer in time."""
        return await self._call("POST", url, headers, patience, json=json, content=body)

    async def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, patience: timedelta | None = None
    ) -> HttpAnswer:
        """Ask.  :raises SignerError: when there is no answer in time."""
        return await self._call("GET", url, headers, patience)

    def allows(self, url: str) -> bool:
        """Whether ``url`` may be called at all; where its host leads is seen when it is."""
        try:
            self._allowed_target(url)
        except SignerError:
            return False
        return True

    async def aclose(self) -> None:
        """Close every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        patience: timedelta | None,
        **content: Any,
    ) -> HttpAnswer:
        target = self._allowed_target(url)
        wait = (patience or self._limits.patience).total_seconds()
        try:
            async with asyncio.timeout(CONNECT + wait):
                target = await self._resolved(target)
                async with self._answered(target, method, headers, wait, content) as response:
                    return await self._taken(target, response)
        except (TimeoutError, httpx.TimeoutException):
            raise SignerError(f"{target.host}: no answer in time") from None
        except (httpx.HTTPError, UnicodeError) as error:
            raise SignerError(f"{target.host}: {type(error).__name__}") from None

    def _allowed_target(self, url: str) -> Target:
        """Where ``url`` leads.  :raises SignerError: when nobody allowed that."""
        try:
            parts = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            raise SignerError("not an address that can be called") from None
        host = parts.host.lower()
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
        if not host or parts.userinfo or parts.scheme not in {"https", "http"}:
            raise SignerError("not an address that can be called")
        named = f"[{host}]" if ":" in host else host
        usual = {named} if parts.port is None else set()
        if self._allowed.isdisjoint({f"{named}:{port}"} | usual):
            raise SignerError(f"{host}: not in outbound_hosts")
        local = is_loopback(host) and self._development
        if parts.scheme == "http" and not (self._limits.plain_http or local):
            raise SignerError(f"{host}: https is required")
        return Target(parts.scheme, host, port, parts.raw_path.decode("ascii"))

    async def _resolved(self, target: Target) -> Target:
        """``target`` with its addresses.  :raises SignerError: when one of them is special."""
        try:
            async with asyncio.timeout(CONNECT):
                found = await asyncio.get_running_loop().getaddrinfo(
                    target.host, target.port, type=socket.SOCK_STREAM
                )
        except (OSError, UnicodeError):
            raise SignerError(f"{target.host}: the name is not known") from None
        addresses = tuple(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))
        for address in addresses:
            if not self._may_reach(target.host, address):
                raise SignerError(f"{target.host}: leads to an address inside")
        return Target(target.scheme, target.host, target.port, target.path, addresses)

    def _may_reach(self, host: str, address: IPv4Address | IPv6Address) -> bool:
        if address.is_loopback:
            return self._development and is_loopback(host)
        return is_public(address) or host == str(address)

    @asynccontextmanager
    async def _answered(
        self,
        target: Target,
        method: str,
        headers: Mapping[str, str] | None,
        wait: float,
        content: Mapping[str, Any],
    ) -> AsyncIterator[httpx.Response]:
        """The beginning of an answer, from the first address that can be reached."""
        client = self._client(target.host)
        failure: httpx.HTTPError = httpx.ConnectError("no address")
        for address in target.addresses[:TRIED_ADDRESSES]:
            request = client.build_request(
                method,
                _pinned(target, address),
                headers=_headers(target, headers),
                timeout=httpx.Timeout(wait, connect=CONNECT),
                extensions={"sni_hostname": target.host},
                **content,
            )
            try:
                response = await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
                continue
            try:
                yield response
            finally:
                await response.aclose()
            return
        raise failure

    def _client(self, host: str) -> httpx.AsyncClient:
        if host not in self._clients:
            self._clients[host] = httpx.AsyncClient(
                verify=self._tls,
                trust_env=False,
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                headers={"User-Agent": "hocba"},
            )
        return self._clients[host]

    async def _taken(self, target: Target, response: httpx.Response) -> HttpAnswer:
        """The answer, whole.  :raises SignerError: when it is not one that we take."""
        if response.is_redirect:
            raise SignerError(f"{target.host}: answered with a redirect")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise SignerError(f"{target.host}: answered compressed")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._limits.size:
                raise SignerError(f"{target.host}: the answer is too large")
        if body and not self._takes(response.headers.get("content-type", "")):
            if response.is_success:
                raise SignerError(f"{target.host}: answered with another kind of content")
            body.clear()  # an error page of some proxy: the status says enough
        return HttpAnswer(response.status_code, dict(response.headers), bytes(body))

    def _takes(self, content_type: str) -> bool:
        kind = content_type.partition(";")[0].strip().lower()
        return "*" in self._limits.kinds or kind in self._limits.kinds or kind.endswith("+json")


@cache
def _usual_roots() -> ssl.SSLContext:
    """What hosts are checked against, made once: it takes longer than a call."""
    return httpx.create_ssl_context()


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether ``address`` is one of the public Internet, also where it wraps another one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in NAT64:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _pinned(target: Target, address: IPv4Address | IPv6Address) -> str:
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return f"{target.scheme}://{host}:{target.port}{target.path}"


def _headers(target: Target, given: Mapping[str, str] | None) -> Sequence[tuple[str, str]]:
    """``given``, but for those that are ours to say."""
    named = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"https": 443, "http": 80}[target.scheme] == target.port
    ours = [("Host", named if usual else f"{named}:{target.port}"), ("Accept-Encoding", "identity")]
    kept = [
        (name, value)
        for name, value in (given or {}).items()
        if name.lower() not in {"host", "accept-encoding"}
    ]
    return [*ours, *kept]
