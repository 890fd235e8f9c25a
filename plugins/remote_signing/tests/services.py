"""Ways out for the plugin: the real network on loopback, and a service that does what it is told."""

import base64
import json
from dataclasses import dataclass, field

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from hocba.plugin_api import SignerError


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


class Loopback:
    """The way out to a service that runs on this computer; counts the calls of each method."""

    def __init__(self):
        self.calls = []

    async def post(self, url, *, json=None, body=None, headers=None, patience=None):
        self.calls.append(url.partition("/csc/v1/")[2])
        async with httpx.AsyncClient(timeout=30) as http:
            try:
                answer = await http.post(url, json=json, content=body, headers=headers)
            except httpx.TransportError:
                raise SignerError("no answer") from None
        return Answer(answer.status_code, dict(answer.headers), answer.content)


@dataclass
class Scripted:
    """A CSC service in memory that can be told to misbehave.

    :ivar faults: method -> answers in turn; ``None`` is a right one, an exception is raised.
    """

    key: object
    certificate: bytes
    info: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    pages: list = field(default_factory=lambda: [["card-1"]])
    faults: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    authorised: dict = field(default_factory=dict)
    patience: list = field(default_factory=list)

    async def post(self, url, *, json=None, body=None, headers=None, patience=None):
        method = url.partition("/csc/v1/")[2]
        self.calls.append((method, json, dict(headers or {})))
        self.patience.append((method, patience))
        fault = self.faults.get(method, []).pop(0) if self.faults.get(method) else None
        if isinstance(fault, Exception):
            raise fault
        if isinstance(fault, Answer):
            return fault
        right = getattr(self, method.replace("/", "_"))(json, headers or {})
        return right if isinstance(right, Answer) else good(fault(right) if fault else right)

    def made(self, method):
        return [body for each, body, _ in self.calls if each == method]

    def auth_login(self, body, headers):
        given = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
        name, _, password = given.partition(":")
        if self.users.get(name) != password:
            return bad(401, "authentication_error", f"no {name} with {password}")
        return {"access_token": "token-of-the-service", "expires_in": 3600}

    def credentials_list(self, body, headers):
        page = int(body.get("pageToken", "0"))
        more = {"nextPageToken": str(page + 1)} if page + 1 < len(self.pages) else {}
        return {"credentialIDs": self.pages[page], **more}

    def credentials_info(self, body, headers):
        base = {
            "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.11"], "len": 2048},
            "cert": {"status": "valid", "certificates": [coded(self.certificate)]},
            "authMode": "implicit",
            "SCAL": "2",
            "multisign": 10,
        }
        return base | self.info

    def credentials_sendOTP(self, body, headers):  # noqa: N802 -- the standard's name
        return {}

    def credentials_authorize(self, body, headers):
        sad = f"SAD-{len(self.authorised)}"
        self.authorised[sad] = body.get("hash")
        return {"SAD": sad, "expiresIn": 60}

    def signatures_signHash(self, body, headers):  # noqa: N802 -- the standard's name
        bound = self.authorised.pop(body["SAD"], "used up")
        if bound not in (None, body["hash"]):
            return bad(400, "invalid_request")
        return {"signatures": [coded(self._sign(base64.b64decode(each))) for each in body["hash"]]}

    def _sign(self, digest):
        return self.key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))


def coded(data):
    return base64.b64encode(data).decode()


def good(body):
    return Answer(200, {"content-type": "application/json"}, json.dumps(body).encode())


def bad(status, error="", description=""):
    body = json.dumps({"error": error, "error_description": description}).encode()
    return Answer(status, {"content-type": "application/json"}, body)
