"""A CSC v1 service as a signer.

An order is signed in chunks of the credential's ``multisign``::

    credentials/info ─> for each chunk: credentials/authorize ─> signatures/signHash

An authorisation (SAD) is bound to its credential, and at SCAL 2 to exactly the hashes of its
chunk; it is used once and kept nowhere.  What is signed is never given up: when a later chunk
fails, the items before it are answered, and those after it are refused.

CSC v1 has no transaction that one could ask about later, so nothing is ever pending here.
"""

import asyncio
from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from hocba.plugin_api import (
    Capabilities,
    Item,
    Kind,
    Login,
    LoginFailed,
    Needs,
    Order,
    Outcome,
    PluginContext,
    RefusalCode,
    Refused,
    Secret,
    SecretName,
    Signed,
    SignerError,
    VendorCertificate,
)
from hocba_remote_signing import protocol
from hocba_remote_signing.client import Client, Session
from hocba_remote_signing.protocol import CARD_UNKNOWN, Credential, VendorRefusal
from hocba_remote_signing.service import Auth, Service

AT_ONCE = 8
"""How many credentials are looked at together."""
LOGIN_REFUSED = frozenset({400, 401, 403})
NOT_THERE = frozenset({400, 404})
REFUSALS: Mapping[str, RefusalCode] = {
    "access_denied": RefusalCode.SIGNER_REFUSED,
    "authorization_denied": RefusalCode.SIGNER_REFUSED,
    "invalid_pin": RefusalCode.PIN_INCORRECT,
    "pin_locked": RefusalCode.PIN_LOCKED,
}
"""The vendor's error -> what the person is told.  Anything else: the service is unavailable."""


class CscSigner:
    """Signs by one service."""

    kinds = frozenset({Kind.PERSON, Kind.ORGANISATION})

    def __init__(self, context: PluginContext, service: Service) -> None:
        self.key = service.key
        self.title = service.title
        self.capabilities = Capabilities(secrets=service.secrets, max_batch=service.max_batch)
        self._service = service
        self._client = Client(context.http, service)
        self._log = context.log

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        """``auth/login``, when the service has one; PIN and one-time code are kept for ``start``."""
        if any(name not in secrets for name in self._service.secrets):
            raise LoginFailed(CARD_UNKNOWN)
        username = secrets[SecretName.USERNAME].reveal() if SecretName.USERNAME in secrets else ""
        session = Session(username, pin=secrets.get(SecretName.PIN), otp=secrets.get(SecretName.OTP))
        if self._service.auth is Auth.BASIC:
            try:
                session.token = await self._client.login(username, secrets[SecretName.PASSWORD])
            except VendorRefusal as refusal:
                if refusal.status in LOGIN_REFUSED:
                    raise LoginFailed(CARD_UNKNOWN) from None
                raise
        return Login(session)

    async def certificates(self, login: Login) -> Sequence[VendorCertificate]:
        """The certificates of persons and organisations whose key may sign now."""
        session: Session = login.value
        ids = await self._client.credential_ids(session)
        found: list[VendorCertificate] = []
        for start in range(0, len(ids), AT_ONCE):
            together = [self._certificate(session, each) for each in ids[start : start + AT_ONCE]]
            found += [each for each in await asyncio.gather(*together) if each is not None]
        return tuple(found)

    async def start(self, order: Order, login: Login) -> Outcome:
        """Sign in chunks; may wait for the person's phone at each."""
        session: Session = login.value
        credential = await self._client.credential(session, order.key)
        if not credential.enabled or credential.certificates[:1] != (order.certificate,):
            return Outcome(_refused(order.items, RefusalCode.CERTIFICATE_NOT_ON_TOKEN))
        if credential.mode not in {"implicit", "explicit"}:
            raise SignerError(f"the service wants authMode {credential.mode[:20]!r}, which is not supported")
        return await self._in_chunks(session, order, credential)

    async def poll(self, resume: bytes) -> Outcome:
        """:raises SignerError: always; CSC v1 leaves nothing pending."""
        raise SignerError("CSC v1 leaves nothing pending")

    async def cancel(self, resume: bytes) -> None:
        """Nothing is pending, so there is nothing to cancel."""

    async def callback(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Outcome]:
        """:raises SignerError: always; CSC v1 calls nobody back."""
        raise SignerError("CSC v1 calls nobody back")

    async def _in_chunks(self, session: Session, order: Order, credential: Credential) -> Outcome:
        size = min(credential.multisign, self._service.max_batch)
        signed: list[Signed] = []
        for begin in range(0, len(order.items), size):
            chunk = order.items[begin : begin + size]
            if missing := await self._missing(session, order.key, credential):
                return Outcome(tuple(signed), rest=Needs(missing))
            try:
                signed += await self._sign(session, order, credential, chunk)
            except SignerError as error:
                if _said(error) == "invalid_otp":
                    # The code is used up: the person needs a new one.
                    return Outcome(
                        tuple(signed), rest=Needs(await self._missing(session, order.key, credential))
                    )
                return self._broken(error, signed, order.items[begin:])
        return Outcome(tuple(signed))

    async def _certificate(self, session: Session, id: str) -> VendorCertificate | None:
        try:
            credential = await self._client.credential(session, id, chain=True)
        except VendorRefusal as refusal:
            if refusal.status in NOT_THERE and self._service.credentials != "list":
                raise LoginFailed(CARD_UNKNOWN) from None  # nobody is known by this name
            raise
        leaf, *chain = credential.certificates or (b"",)
        if not credential.enabled or not _may_sign(leaf):
            return None
        return VendorCertificate(id, leaf, tuple(chain))

    async def _missing(self, session: Session, id: str, credential: Credential) -> tuple[SecretName, ...]:
        """What the person must still give before the next authorisation."""
        missing = []
        if credential.needs_pin and session.pin is None:
            missing.append(SecretName.PIN)
        if credential.needs_otp and session.otp is None:
            missing.append(SecretName.OTP)
            if credential.otp_is_sent:
                await self._client.send_otp(session, id)
        return tuple(missing)

    async def _sign(
        self, session: Session, order: Order, credential: Credential, items: Sequence[Item]
    ) -> list[Signed]:
        hashes = [item.digest for item in items]
        sad = await self._client.authorize(
            session,
            order.key,
            credential,
            hashes,
            description=order.description,
            transaction=order.transaction,
        )
        algorithm = protocol.sign_algorithm(credential, elliptic=_is_elliptic(order.certificate))
        values = await self._client.sign(session, order.key, sad, algorithm, hashes)
        return [Signed(item.reference, value) for item, value in zip(items, values, strict=True)]

    def _broken(self, error: SignerError, signed: Sequence[Signed], rest: Sequence[Item]) -> Outcome:
        """What became of an order whose next chunk failed.

        :raises SignerError: the error itself when nothing is signed yet and a new try may help.
        """
        said = _said(error)
        if said in REFUSALS:
            return Outcome((*signed, *_refused(rest, REFUSALS[said])))
        if not signed:
            raise error
        self._log.warning("%s: %d of an order are signed, %d are not", self.key, len(signed), len(rest))
        code = RefusalCode.SIGNER_UNAVAILABLE
        if isinstance(error, LoginFailed):
            code = RefusalCode.SIGNER_LOGIN_FAILED
        return Outcome((*signed, *_refused(rest, code)))


def _said(error: SignerError) -> str:
    return error.code if isinstance(error, VendorRefusal) else ""


def _refused(items: Sequence[Item], code: RefusalCode) -> tuple[Refused, ...]:
    return tuple(Refused(item.reference, code) for item in items)


def _may_sign(certificate: bytes) -> bool:
    """Whether it is a certificate, and not an authority's."""
    try:
        loaded = x509.load_der_x509_certificate(certificate)
        return not loaded.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False


def _is_elliptic(certificate: bytes) -> bool:
    return isinstance(x509.load_der_x509_certificate(certificate).public_key(), ec.EllipticCurvePublicKey)
