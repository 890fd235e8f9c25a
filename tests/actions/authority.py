"""A certification authority on loopback: its lists and its responder, with real signatures."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.ocsp import OCSPCertStatus

from hocba.actions.authorities import Authorities
from hocba.settings import Settings
from hocba.trust import Trust
from tests import build
from tests.actions.world import World
from tests.pki import Holder, crl, ocsp_answer, pki
from tests.server.fake_vendor import Vendor, answer, vendor

DAY = timedelta(days=1)
MADE = build.NOW - timedelta(hours=1)
"""Of when everything is that the authority answers, unless it is told otherwise."""

Says = Callable[[bytes], Awaitable[bytes]]


@dataclass
class Authority:
    """The test's root and its intermediate; everybody is good unless he is among ``revoked``.

    :ivar ocsp: what the responder does with a request instead.
    :ivar listing: what is answered for the intermediate's list instead; a whole HTTP answer.
    """

    vendor: Vendor
    people: dict[int, Holder] = field(default_factory=dict)
    revoked: dict[int, datetime] = field(default_factory=dict)
    made: datetime = MADE
    lasts: timedelta = DAY
    ocsp: Says | None = None
    listing: bytes | None = None
    paths: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    def url(self, path: str) -> str:
        return self.vendor.url(path)

    def knows(self, *holders: Holder) -> None:
        self.people |= {each.cert.serial_number: each for each in holders}

    def revoke(self, one: Holder, at: datetime) -> None:
        self.revoked[one.cert.serial_number] = at

    async def says(self, writer: asyncio.StreamWriter) -> None:
        asked = self.vendor.asked[-1]
        path = asked.split(b" ", 2)[1].decode()
        self.paths.append(path)
        if self.meanwhile:
            await self.meanwhile()
        writer.write(await self._answered(path, asked.partition(b"\r\n\r\n")[2]))
        await writer.drain()

    async def _answered(self, path: str, body: bytes) -> bytes:
        match path:
            case "/root.crl":
                return as_list(crl(pki().root, at=self.made, lasts=self.lasts))
            case "/intermediate.crl":
                return self.listing or as_list(self.intermediate_list())
            case "/ocsp":
                return await (self.ocsp or self.responds)(body)
            case _:
                return answer("404 Not Found")

    def intermediate_list(self) -> bytes:
        gone = [self.people[serial] for serial in self.revoked]
        at = min(self.revoked.values(), default=self.made)
        return crl(pki().intermediate, gone, at=self.made, revoked_at=at, lasts=self.lasts)

    async def responds(self, body: bytes) -> bytes:
        return as_answer(self.about(body))

    def about(self, body: bytes, **changed: object) -> bytes:
        """The right answer to an OCSP request, or one that is ``changed``."""
        asked = ocsp.load_der_ocsp_request(body)
        (nonce,) = [each.value.nonce for each in asked.extensions]
        known = self.people.get(asked.serial_number)
        if known is None:
            return ocsp.OCSPResponseBuilder.build_unsuccessful(
                ocsp.OCSPResponseStatus.UNAUTHORIZED
            ).public_bytes(Encoding.DER)
        since = self.revoked.get(asked.serial_number)
        status = OCSPCertStatus.REVOKED if since else OCSPCertStatus.GOOD
        given = {"status": status, "at": self.made, "lasts": self.lasts, "nonce": nonce}
        if since:
            given["revoked_at"] = since
        return ocsp_answer(known, pki().intermediate, **(given | changed))


def as_list(der: bytes) -> bytes:
    return answer(body=der, kind="application/pkix-crl")


def as_answer(der: bytes) -> bytes:
    return answer(body=der, kind="application/ocsp-response")


@asynccontextmanager
async def authority() -> AsyncIterator[Authority]:
    async with vendor() as listening:
        made = Authority(listening)
        listening.says = made.says
        yield made


def trust() -> Trust:
    return Trust(roots=(pki().root.cert,), intermediates=(pki().intermediate.cert,))


def asking(settings: Settings, one: Authority, *, ocsp_too: bool = True, **changed: object) -> Settings:
    """Settings of an operator who says where the test's authorities are asked."""
    own = {"crl": one.url("/intermediate.crl")} | ({"ocsp": one.url("/ocsp")} if ocsp_too else {})
    sources = {
        pki().intermediate.certificate.fingerprint: own,
        pki().root.cert.subject.rfc4514_string(): {"crl": one.url("/root.crl")},
    }
    return replace(settings, **({"revocation_sources": sources} | changed))


def believe(world: World, settings: Settings, given: Trust | None = None) -> None:
    """Give the world's house roots, and a way out."""
    believed = given or trust()
    authorities = Authorities.of(settings)
    world.house = replace(
        world.house,
        settings=settings,
        trust=lambda: believed,
        authorities=authorities,
        at_close=(*world.house.at_close, authorities.close),
        limits=replace(world.house.limits, authority=timedelta(seconds=5)),
    )
