"""The calls of the CSC API v1, over the one way out that a plugin is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hocba.plugin_api import Answer, Http, Secret, SignerError
from hocba_remote_signing import protocol
from hocba_remote_signing.protocol import Credential
from hocba_remote_signing.service import Service

MOST_PAGES = 20
NOTHING_PENDING = "CSC v1 leaves nothing pending"


@dataclass(frozen=True, slots=True)
class Later:
    """The answer is not there yet; ask about ``name``."""

    name: str = field(repr=False)


@dataclass(slots=True)
class Session:
    """A sign-in: who, the service's token, and what else the person gave.  Memory only."""

    username: str = ""
    token: Secret | None = field(default=None, repr=False)
    pin: Secret | None = field(default=None, repr=False)
    otp: Secret | None = field(default=None, repr=False)

    def take_otp(self) -> Secret | None:
        """The one-time code, once."""
        otp, self.otp = self.otp, None
        return otp


class Client:
    """One service that speaks v1."""

    version = "v1"

    def __init__(self, http: Http, service: Service) -> None:
        self._http = http
        self._service = service

    async def login(self, username: str, password: Secret) -> Secret:
        """``auth/login`` with HTTP Basic; gives the access token."""
        headers = {"Authorization": protocol.basic(username, password.reveal())}
        given = await self._post("auth/login", {"rememberMe": False}, headers)
        return Secret(protocol.parse_token(given))

    async def credential_ids(self, session: Session) -> tuple[str, ...]:
        """The credentials of this session: listed page by page, or as they are configured."""
        how = self._service.credentials
        if how != "list":
            ids = how.replace("{username}", session.username).split(",")
            return tuple(each.strip() for each in ids if each.strip())
        found: list[str] = []
        page = ""
        for _ in range(MOST_PAGES):
            body = {"pageToken": page} if page else {}
            given = await self._post("credentials/list", body, bearer(session))
            ids_here, page = protocol.parse_page(given)
            found += ids_here
            if not page:
                return tuple(found)
        raise SignerError("credentials/list: there is no end of pages")

    async def credential(self, session: Session, id: str, *, chain: bool = False) -> Credential:
        """``credentials/info`` with what it takes to authorise."""
        body = {"credentialID": id, "certificates": "chain" if chain else "single", "authInfo": True}
        return protocol.parse_credential(await self._post("credentials/info", body, bearer(session)))

    async def send_otp(self, session: Session, id: str) -> None:
        """Have the service send the person a one-time code."""
        await self._post("credentials/sendOTP", {"credentialID": id}, bearer(session))

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
        """``credentials/authorize`` for these hashes; may wait as long as the person's phone does."""
        body: dict[str, Any] = {"credentialID": id, "numSignatures": len(hashes), "description": description}
        body["clientData"] = transaction
        if credential.binds_hashes:
            body["hash"] = protocol.encode(hashes)
        body |= self._given(session, credential)
        return protocol.parse_sad(
            await self._post("credentials/authorize", body, bearer(session), waits=True)
        )

    async def sign(
        self, session: Session, id: str, sad: str, algorithm: str, hashes: Sequence[bytes]
    ) -> tuple[bytes, ...] | Later:
        """``signatures/signHash``: one raw signature for each hash, in their order."""
        body = {
            "credentialID": id,
            "SAD": sad,
            "hash": protocol.encode(hashes),
            "hashAlgo": self._service.hash_algorithm,
            "signAlgo": self._service.sign_algorithm or algorithm,
        }
        given = await self._post("signatures/signHash", body, bearer(session), waits=True)
        return protocol.parse_signatures(given, len(hashes))

    async def check_authorization(self, session: Session, handle: str) -> str | Later:
        """:raises SignerError: always; v1 leaves nothing pending."""
        raise SignerError(NOTHING_PENDING)

    async def check_signatures(
        self, session: Session, sad: str, response_id: str, count: int
    ) -> tuple[bytes, ...] | Later:
        """:raises SignerError: always; v1 leaves nothing pending."""
        raise SignerError(NOTHING_PENDING)

    def _given(self, session: Session, credential: Credential) -> dict[str, str]:
        """What the person gave and the credential wants; a one-time code is used up."""
        given = {}
        if credential.needs_pin and session.pin is not None:
            given["PIN"] = session.pin.reveal()
        if credential.needs_otp and (otp := session.take_otp()) is not None:
            given["OTP"] = otp.reveal()
        return given

    async def _post(
        self, method: str, body: Mapping[str, Any], headers: Mapping[str, str], *, waits: bool = False
    ) -> Mapping[str, Any]:
        return protocol.parse(method, await self._send(method, body, headers, waits=waits))

    async def _send(
        self, method: str, body: Mapping[str, Any], headers: Mapping[str, str], *, waits: bool = False
    ) -> Answer:
        url = f"{self._service.base_url}/csc/{self.version}/{method}"
        patience = self._service.patience if waits else None
        return await self._http.post(url, json=body, headers=headers, patience=patience)


def bearer(session: Session) -> Mapping[str, str]:
    """The headers that say whose session it is."""
    return {"Authorization": f"Bearer {session.token.reveal()}"} if session.token else {}
