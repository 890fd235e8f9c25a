"""A remote signing service (CSC v1) that stops in the middle of an order when it is told to.

It signs with the keys that it is given, asks nobody for a password, counts what it has signed,
and says when it stands still, so that nobody has to guess how long to wait.
"""

import asyncio
import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from hocba.testing.pki import Pki

AS_FIRST = "demo/"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"


@dataclass(slots=True)
class Halt:
    """Where the service stands still for one person.

    :ivar order: at which of his orders, from 1.
    :ivar signs: whether it has signed when it stands still, so that only its answer is lost.
    :ivar reached: set as soon as it stands there.
    :ivar over: set by whoever lets it go on; it then answers that it is out of order.
    """

    order: int
    signs: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class SlowService:
    """The service.

    :ivar signed: how often each hash was signed, by person.
    :ivar orders: how many orders it got, by person.
    """

    pki: Pki
    halts: dict[str, Halt] = field(default_factory=dict)
    signed: dict[str, Counter[str]] = field(default_factory=dict)
    orders: Counter[str] = field(default_factory=Counter)

    def app(self) -> Starlette:
        """What is served."""
        return Starlette(
            routes=[
                Route("/csc/v1/credentials/info", self._info, methods=["POST"]),
                Route("/csc/v1/credentials/authorize", self._authorize, methods=["POST"]),
                Route("/csc/v1/signatures/signHash", self._sign_hash, methods=["POST"]),
            ]
        )

    def stop_waiting(self) -> None:
        """Nobody is kept any longer."""
        for halt in self.halts.values():
            halt.over.set()

    async def _info(self, request: Request) -> JSONResponse:
        one = self.pki.holders[_name(await request.json())]
        chain = [base64.b64encode(each).decode() for each in (one.der, *self.pki.chain)]
        return JSONResponse(
            {
                "key": {"status": "enabled", "algo": [ECDSA_SHA256], "len": 256},
                "cert": {"status": "valid", "certificates": chain},
                "authMode": "implicit",
                "SCAL": "2",
                "multisign": 50,
            }
        )

    async def _authorize(self, request: Request) -> JSONResponse:
        return JSONResponse({"SAD": f"for {_name(await request.json())}", "expiresIn": 60})

    async def _sign_hash(self, request: Request) -> JSONResponse:
        body = await request.json()
        name = _name(body)
        self.orders[name] += 1
        halt = self.halts.get(name)
        if halt is None or halt.order != self.orders[name]:
            return JSONResponse({"signatures": self._signatures(name, body["hash"])})
        if halt.signs:
            self._signatures(name, body["hash"])
        halt.reached.set()
        await halt.over.wait()
        return JSONResponse({"error": "out_of_order"}, 503)

    def _signatures(self, name: str, digests: list[str]) -> list[str]:
        key = self.pki.holders[name].key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self.signed.setdefault(name, Counter()).update(digests)
        how = ec.ECDSA(Prehashed(hashes.SHA256()))
        return [base64.b64encode(key.sign(base64.b64decode(each), how)).decode() for each in digests]


def _name(body: Mapping[str, str]) -> str:
    return body["credentialID"].removeprefix(AS_FIRST)
