"""What this process knows of what authorities answered, and how it asks them.

What is known lies in rows, which all processes share; here are those that were read, so that nobody
reads a list of megabytes twice.  An authority that is asked already is not asked a second time at
once, and one that gave no answer is left alone for a while.
"""

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from hocba.outbound import LISTS, RESPONDERS, Outbound
from hocba.plugin_api import SignerError
from hocba.settings import Settings
from hocba.store.revocations import Key
from hocba.trust import crl, ocsp
from hocba.trust.evidence import Evidence, Kind, Link, NotEvidenceError, must_be_current

AT_ONCE = 8
"""Questions to one authority at the same time."""

ADDRESSES = 3
"""Addresses of one kind that are tried."""

QUIET = timedelta(seconds=30)
"""How long an authority that gave no answer is left alone."""

HTTP_OK = 200


@dataclass(frozen=True, slots=True)
class Held:
    """A row that was read."""

    row: UUID
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What is to be known of one certificate of a path.

    :ivar keys: any of these says it.
    :ivar given_until: until when the operator's own lists say it.
    """

    keys: tuple[Key, ...]
    given_until: datetime | None


@dataclass(slots=True)
class Watch:
    """What the sweep remembers of the certificates that it watches.

    :ivar trust: for which roots that is so; other roots make other paths.
    :ivar needs: fingerprint of a certificate -> what is to be known, so that it may sign.
    :ivar next_at: when it is time to look again.
    """

    trust: object = None
    needs: dict[str, tuple[Needed, ...]] = field(default_factory=dict)
    next_at: datetime | None = None


class Authorities:
    """One per process."""

    def __init__(
        self,
        lists: Outbound | None = None,
        responders: Outbound | None = None,
        sources: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Without clients nobody is asked.

        :param sources: an issuer's subject, or the SHA-256 of its certificate -> where it is asked.
        """
        self._clients = {"crl": lists, "ocsp": responders}
        self._sources = sources or {}
        self._at_once: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self._silent: dict[tuple[Kind, str], datetime] = {}
        self._flights: dict[Key, asyncio.Task[None]] = {}
        self._quiet: dict[Key, datetime] = {}
        self.held: dict[Key, Held] = {}
        self.asked: dict[Key, datetime] = {}
        self.watch = Watch()

    @classmethod
    def of(cls, settings: Settings) -> "Authorities":
        """Those of a server; closed at its end."""
        tables = settings.revocation_sources.values()
        hosts = {urlsplit(url).netloc.lower() for table in tables for url in table.values()}
        lists = Outbound(settings, LISTS, more_hosts=hosts)
        responders = Outbound(settings, RESPONDERS, more_hosts=hosts)
        return cls(lists, responders, settings.revocation_sources)

    @property
    def can_ask(self) -> bool:
        """Whether there is a way out at all."""
        return any(self._clients.values())

    def addresses(self, link: Link, kind: Kind) -> list[str]:
        """Where ``link.issuer`` is asked: what the operator says, else what the certificate says.

        Only hosts that the operator allowed: whoever made the certificate chose its addresses.
        """
        if (http := self._clients[kind]) is None:
            return []
        for name in (link.issuer_fingerprint, link.issuer.subject.rfc4514_string()):
            if name in self._sources:
                return [url for what, url in self._sources[name].items() if what == kind]
        return [url for url in _named(link.certificate, kind)[:ADDRESSES] if http.allows(url)]

    async def ask(self, link: Link, kind: Kind, url: str, now: datetime) -> Evidence:
        """What is answered at ``url``, read and in force.

        Whoever keeps silent is left alone for a while, also by those who stand in line for him.

        :raises SignerError: when there is no answer in time.
        :raises NotEvidenceError: when it says nothing.
        """
        http, host = self._clients[kind], urlsplit(url).netloc.lower()
        if http is None:
            raise NotEvidenceError("nobody is asked here")
        async with self._at_once[host]:
            if now < self._silent.get((kind, host), now):
                raise NotEvidenceError("it has just given no answer")
            try:
                found = await (_list if kind == "crl" else _answer)(http, link, url)
            except SignerError:
                self._silent[kind, host] = now + QUIET
                raise
        must_be_current(found, now)
        return found

    async def once(self, key: Key, work: Callable[[], Awaitable[bool]], *, now: datetime) -> None:
        """Do ``work`` for ``key`` unless somebody does already, or it has just failed; wait for it.

        Whoever stops waiting stops nobody else.
        """
        quiet = self._quiet.get(key)
        if key not in self._flights and (quiet is None or quiet <= now):
            self._flights[key] = asyncio.create_task(self._fly(key, work, now), name=f"revocation {key[0]}")
        await self.landed(key)

    async def landed(self, key: Key) -> None:
        """Wait for whoever is asked about ``key`` now, if anybody is."""
        if flight := self._flights.get(key):
            await asyncio.shield(flight)

    async def close(self) -> None:
        """Ask nobody any more."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        for flight in flights:
            with contextlib.suppress(asyncio.CancelledError):
                await flight
        for client in filter(None, self._clients.values()):
            await client.aclose()

    async def _fly(self, key: Key, work: Callable[[], Awaitable[bool]], now: datetime) -> None:
        try:
            if await work():
                self._quiet.pop(key, None)
                self.asked[key] = now
            else:
                self._quiet[key] = now + QUIET
        finally:
            self._flights.pop(key, None)


async def _list(http: Outbound, link: Link, url: str) -> Evidence:
    answer = await http.get(url)
    if answer.status != HTTP_OK:
        raise NotEvidenceError(f"status {answer.status}")
    return await asyncio.to_thread(crl.read, answer.body, link.issuer)


async def _answer(http: Outbound, link: Link, url: str) -> Evidence:
    nonce = secrets.token_bytes(ocsp.NONCE_BYTES)
    kind = {"Content-Type": "application/ocsp-request"}
    answer = await http.post(url, body=ocsp.request(link, nonce), headers=kind)
    if answer.status != HTTP_OK:
        raise NotEvidenceError(f"status {answer.status}")
    return await asyncio.to_thread(ocsp.read, answer.body, link, nonce=nonce)


def _named(certificate: x509.Certificate, kind: Kind) -> list[str]:
    """The addresses of that kind that a certificate names."""
    try:
        names = _points(certificate) if kind == "crl" else _responders(certificate)
    except (ValueError, x509.DuplicateExtension):
        return []
    urls = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return [url for url in urls if url.startswith(("http://", "https://"))]


def _points(certificate: x509.Certificate) -> list[x509.GeneralName]:
    """Where its issuer's whole list lies; a point for some reasons only is none."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [
        name for point in points if not (point.reasons or point.crl_issuer) for name in point.full_name or ()
    ]


def _responders(certificate: x509.Certificate) -> list[x509.GeneralName]:
    try:
        ways = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return [way.access_location for way in ways if way.access_method == AuthorityInformationAccessOID.OCSP]
