"""A service of the 769 profile in memory, with a telephone that can be told what to press."""

import base64
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from plugins.remote_signing.tests.services import Answer

SP_ID, SP_PASSWORD = "hocba-test", "canary-sp-password-5b1e"
PERSON = "001099000001"


@dataclass
class SmartCa:
    """One person's card.

    :ivar pressed: what the telephone answers: ``""`` while it rings, ``yes``, ``no``, ``late``.
    :ivar by_code: whether the status is known by ``tran_code`` alone.
    :ivar faults: path's end -> answers in turn; an exception is raised.
    """

    key: object
    certificate: bytes
    chain: tuple = ()
    pressed: str = ""
    by_code: bool = False
    statuses: list = field(default_factory=list)
    faults: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)

    async def post(self, url, *, json=None, body=None, headers=None, patience=None):
        path = url.partition("/sca/sp769")[2]
        self.calls.append((path, json))
        fault = self.faults.get(path, []).pop(0) if self.faults.get(path) else None
        if isinstance(fault, Answer):
            return fault
        if (json.get("sp_id"), json.get("sp_password")) != (SP_ID, SP_PASSWORD):
            return said(401, "SP_CREDENTIAL_INVALID")
        answer = self._answer(path, json)
        if isinstance(fault, Exception):
            raise fault  # it has worked, and its answer is lost
        return answer

    def made(self, path):
        return [body for each, body in self.calls if each == path]

    def _answer(self, path, given):
        if path == "/v1/credentials/get_certificate":
            return self._certificates(given)
        if path == "/v1/signatures/sign":
            return self._sign(given)
        return self._status(path.split("/")[-2])

    def _certificates(self, given):
        if given["user_id"] != PERSON:
            return said(400, "BAD_REQUEST")
        states = self.statuses or ["VALID"]
        return said(200, "SUCCESS", user_certificates=[self._listed(n, s) for n, s in enumerate(states)])

    def _listed(self, number, state):
        chain = {"ca_cert": coded(self.chain[0]), "root_cert": None} if self.chain else {}
        return {
            "service_type": "SMARTCA",
            "cert_id": f"cert-{number}",
            "serial_number": f"5401{number}",
            "cert_status": state,
            "cert_data": coded(self.certificate),
            "chain_data": chain,
        }

    def _sign(self, given):
        if given["transaction_id"] in self.orders:
            return said(400, "BAD_REQUEST")
        self.orders[given["transaction_id"]] = given
        code = f"code-{len(self.orders)}"
        if self.by_code:
            self.orders[code] = self.orders.pop(given["transaction_id"])
        return said(200, "sig_wait_for_user_confirm", transaction_id=given["transaction_id"], tran_code=code)

    def _status(self, name):
        if name not in self.orders:
            return said(400, "BAD_REQUEST")
        match self.pressed:
            case "":
                return said(200, "sig_wait_for_user_confirm")
            case "no":
                return said(200, "SIGNER_REJECTED")
            case "late":
                return said(400, "TRANSACTION_EXPIRED")
        files = self.orders[name]["sign_files"]
        return said(200, "SUCCESS", signatures=[self._signed(each) for each in files])

    def _signed(self, each):
        digest = bytes.fromhex(each["data_to_be_signed"])
        value = self.key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        return {"doc_id": each["doc_id"], "signature_value": coded(value), "timestamp_signature": None}


def said(status, message, **data):
    http = 200 if status == 200 else status
    body = {"status_code": status, "message": message, "data": data or None}
    return Answer(http, {"content-type": "application/json"}, json.dumps(body).encode())


def coded(data):
    return base64.b64encode(data).decode()
