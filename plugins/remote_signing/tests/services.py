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

    version = "v1"

    async def post(self, url, *, json=None, body=None, headers=None, patience=None):
        method = url.partition(f"/csc/{self.version}/")[2]
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


@dataclass
class ScriptedV2(Scripted):
    """The same, speaking v2, with a telephone that takes its time.

    :ivar rings: how often an authorisation is still waited for.
    :ivar works: how often signatures are still waited for, in operation mode A.
    :ivar in_prose: says that it still waits by an error 400.
    """

    rings: int = 0
    works: int = 0
    in_prose: bool = False
    waiting: dict = field(default_factory=dict)

    version = "v2"

    def credentials_getChallenge(self, body, headers):  # noqa: N802 -- the standard's name
        return {}

    def credentials_info(self, body, headers):
        auth = {"mode": "implicit", "expression": "", "objects": []}
        return {**super().credentials_info(body, headers), "authMode": None, "auth": auth} | self.info

    def credentials_authorize(self, body, headers):
        handle = f"handle-{len(self.waiting)}"
        self.waiting[handle] = [self.rings, body.get("hashes")]
        return self._authorised(handle)

    def credentials_authorizeCheck(self, body, headers):  # noqa: N802 -- the standard's name
        return self._authorised(body["handle"])

    def _authorised(self, handle):
        left, hashes = self.waiting[handle]
        self.waiting[handle][0] -= 1
        if left > 0:
            return self._later(handle=handle)
        sad = f"SAD-{len(self.authorised)}"
        self.authorised[sad] = hashes
        return {"SAD": sad, "expiresIn": 60}

    def signatures_signHash(self, body, headers):  # noqa: N802 -- the standard's name
        bound = self.authorised.pop(body["SAD"], "used up")
        if bound not in (None, body["hashes"]):
            return bad(400, "invalid_request")
        values = [coded(self._sign(base64.b64decode(each))) for each in body["hashes"]]
        if body["operationMode"] == "S":
            return {"signatures": values}
        name = f"response-{len(self.waiting)}"
        self.waiting[name] = [self.works, values]
        return accepted(responseID=name)

    def signatures_signPolling(self, body, headers):  # noqa: N802 -- the standard's name
        left, values = self.waiting[body["responseID"]]
        self.waiting[body["responseID"]][0] -= 1
        return self._later(responseID=body["responseID"]) if left > 0 else {"signatures": values}

    def _later(self, **named):
        if self.in_prose and "handle" not in named:
            return bad(400, "invalid_request", "A previous asynchronous signature request is running")
        return accepted(**named)


def accepted(**body):
    return Answer(202, {"content-type": "application/json"}, json.dumps(body).encode())


def coded(data):
    return base64.b64encode(data).decode()


def good(body):
    return Answer(200, {"content-type": "application/json"}, json.dumps(body).encode())


def bad(status, error="", description=""):
    body = json.dumps({"error": error, "error_description": description}).encode()
    return Answer(status, {"content-type": "application/json"}, body)
