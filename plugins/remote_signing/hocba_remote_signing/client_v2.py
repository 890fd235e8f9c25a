"""The calls of the CSC API v2, where they differ from v1.

An authorisation may answer 202 and a ``handle`` (asked about by ``credentials/authorizeCheck``), a
signature a ``responseID`` (``signatures/signPolling``).  Nobody waits inside a call.

Source: Cloud Signature Consortium, *Architectures and protocols for remote signature applications*, 2.0.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from hocba.plugin_api import Answer, SignerError
from hocba_remote_signing import protocol
from hocba_remote_signing.client import Client, Later, Session, bearer
from hocba_remote_signing.protocol import Credential

_STILL = "previous asynchronous"
"""How some services say 202: as an error 400 whose text speaks of the request before."""


class ClientV2(Client):
    """One service that speaks v2."""

    version = "v2"

    async def credential(self, session: Session, id: str, *, chain: bool = False) -> Credential:
        """``credentials/info``; what a person must give stands in ``auth.objects``."""
        body = {"credentialID": id, "certificates": "chain" if chain else "single", "authInfo": True}
        given = await self._post("credentials/info", body, bearer(session))
        return protocol.parse_credential(_as_v1(given))

    async def send_otp(self, session: Session, id: str) -> None:
        """``credentials/getChallenge`` took the place of ``sendOTP``."""
        await self._post("credentials/getChallenge", {"credentialID": id}, bearer(session))

    async def authorize(
        self,
        session: Session,
        id: str,
        credential: Credential,
        hashes: Sequence[bytes],
        *,
        description: str,
        transaction: str,
    ) -> str | Later:
        """``credentials/authorize``: the SAD, or what to ask about."""
        body: dict[str, Any] = {
            "credentialID": id,
            "numSignatures": len(hashes),
            "description": description,
            "clientData": transaction,
        }
        if credential.binds_hashes:
            body |= {
                "hashes": protocol.encode(hashes),
                "hashAlgorithmOID": self._service.hash_algorithm,
            }
        given = self._given(session, credential)
        if given:
            body["authData"] = [{"id": name, "value": value} for name, value in given.items()]
        answer = await self._send("credentials/authorize", body, bearer(session), waits=True)
        return self._authorised(answer)

    async def check_authorization(self, session: Session, handle: str) -> str | Later:
        """``credentials/authorizeCheck``."""
        answer = await self._send("credentials/authorizeCheck", {"handle": handle}, bearer(session))
        if _still_waits(answer):
            return Later(handle)
        return self._authorised(answer, handle)

    async def sign(
        self, session: Session, id: str, sad: str, algorithm: str, hashes: Sequence[bytes]
    ) -> tuple[bytes, ...] | Later:
        """``signatures/signHash``: the raw values, or what to ask about."""
        body = {
            "credentialID": id,
            "SAD": sad,
            "hashes": protocol.encode(hashes),
            "hashAlgorithmOID": self._service.hash_algorithm,
            "signAlgo": self._service.sign_algorithm or algorithm,
            "operationMode": "A" if self._service.asynchronous else "S",
        }
        answer = await self._send("signatures/signHash", body, bearer(session), waits=True)
        return self._signed("signatures/signHash", answer, len(hashes))

    async def check_signatures(
        self, session: Session, sad: str, response_id: str, count: int
    ) -> tuple[bytes, ...] | Later:
        """``signatures/signPolling``."""
        method, body = "signatures/signPolling", {"SAD": sad, "responseID": response_id}
        answer = await self._send(method, body, bearer(session))
        if _still_waits(answer):
            return Later(response_id)
        return self._signed(method, answer, count, response_id)

    def _authorised(self, answer: Answer, handle: str = "") -> str | Later:
        given = protocol.parse("credentials/authorize", answer)
        if answer.status == HTTPStatus.ACCEPTED:
            return Later(_name(given.get("handle") or handle))
        return protocol.parse_sad(given)

    def _signed(
        self, method: str, answer: Answer, count: int, response_id: str = ""
    ) -> tuple[bytes, ...] | Later:
        given = protocol.parse(method, answer)
        if answer.status == HTTPStatus.ACCEPTED or "signatures" not in given:
            return Later(_name(given.get("responseID") or response_id))
        return protocol.parse_signatures(given, count)


def _as_v1(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """``auth`` of v2 in the words of v1."""
    auth = given.get("auth")
    if not isinstance(auth, dict):
        return given
    wanted: dict[str, Any] = {"authMode": auth.get("mode")}
    for each in auth.get("objects") or ():
        if not isinstance(each, dict):
            continue
        kind = "OTP" if "OTP" in f"{each.get('type')} {each.get('id')}".upper() else "PIN"
        sent = "online" if each.get("type") == "ChallengeResponse" or each.get("generator") else "offline"
        wanted[kind] = {"presence": "true", "type": sent}
    return {**given, **wanted}


def _still_waits(answer: Answer) -> bool:
    """Whether an error is no error: the text is looked at, and not kept."""
    if answer.status != HTTPStatus.BAD_REQUEST:
        return False
    try:
        given = json.loads(answer.body)
    except ValueError:
        return False
    return isinstance(given, dict) and _STILL in str(given.get("error_description") or "").lower()


def _name(given: Any) -> str:
    if isinstance(given, str) and given:
        return given
    raise SignerError("the service does not say what to ask about")
