"""A CSC service as a signer.

An order is signed in chunks of the credential's ``multisign``::

    credentials/info ─> for each chunk: credentials/authorize ─> signatures/signHash

An authorisation (SAD) is bound to its credential, and at SCAL 2 to exactly the hashes of its
chunk; it is used once and kept nowhere.  What is signed is never given up: when a later chunk
fails, the items before it are answered, and those after it are refused.

CSC v1 has no transaction that one could ask about later, so nothing of it is ever pending; v2 may answer
that an authorisation or a signature comes later (``hocba_remote_signing.work``).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from hocba.plugin_api import (
    Capabilities,
    Kind,
    Login,
    LoginFailed,
    Needs,
    Order,
    Outcome,
    Pending,
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
from hocba_remote_signing.client import NOTHING_PENDING, Client, Later, Session
from hocba_remote_signing.client_v2 import ClientV2
from hocba_remote_signing.protocol import CARD_UNKNOWN, Credential, VendorRefusal
from hocba_remote_signing.service import Auth, Protocol, Service
from hocba_remote_signing.work import Work, load

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
        speaks = ClientV2 if service.version is Protocol.CSC_V2 else Client
        self._client: Client = speaks(context.http, service)
        self._clock = context.clock
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
            references = [item.reference for item in order.items]
            return Outcome(_refused(references, RefusalCode.CERTIFICATE_NOT_ON_TOKEN))
        if credential.mode not in {"implicit", "explicit"}:
            raise SignerError(f"the service wants authMode {credential.mode[:20]!r}, which is not supported")
        algorithm = protocol.sign_algorithm(credential, elliptic=_is_elliptic(order.certificate))
        work = Work.of(order, algorithm, min(credential.multisign, self._service.max_batch))
        return await self._go_on(work, session, credential, self._clock() + self._service.patience)

    async def poll(self, resume: bytes) -> Outcome:
        """Ask about what is pending, and go on with the next chunk when it is there (v2).

        :raises SignerError: of v1, which leaves nothing pending.
        """
        if self._service.version is Protocol.CSC_V1:
            raise SignerError(NOTHING_PENDING)
        work, session, until = load(resume)
        return await self._go_on(work, session, await self._client.credential(session, work.key), until)

    async def cancel(self, resume: bytes) -> None:
        """An authorisation that nobody confirms runs out by itself."""

    async def callback(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Outcome]:
        """:raises SignerError: always; CSC calls nobody back."""
        raise SignerError("CSC calls nobody back")

    async def _go_on(self, work: Work, session: Session, credential: Credential, until: datetime) -> Outcome:
        """Sign chunk after chunk, until nothing is left or something must be waited for."""
        signed: list[Signed] = []
        while work.chunks:
            try:
                if missing := await self._missing(session, work, credential):
                    return Outcome(tuple(signed), rest=Needs(missing))
                work, values = await self._step(work, session, credential)
            except SignerError as error:
                if _said(error) == "invalid_otp":
                    # The code is used up: the person needs a new one.
                    needs = Needs(await self._missing(session, work, credential))
                    return Outcome(tuple(signed), rest=needs)
                return self._broken(error, signed, work.references)
            if values is None:
                return Outcome(tuple(signed), rest=self._pending(work, session, until))
            signed += map(Signed, [part.reference for part in work.chunks[0]], values)
            work = work.next()
        return Outcome(tuple(signed))

    async def _step(
        self, work: Work, session: Session, credential: Credential
    ) -> tuple[Work, tuple[bytes, ...] | None]:
        """The signatures of the first chunk, or how far they have come."""
        if not work.sad:
            sad = await self._authorise(work, session, credential)
            if isinstance(sad, Later):
                return replace(work, handle=sad.name), None
            work = replace(work, sad=sad)
        count = len(work.chunks[0])
        values = (
            await self._client.check_signatures(session, work.sad, work.response_id, count)
            if work.response_id
            else await self._client.sign(session, work.key, work.sad, work.algorithm, work.hashes)
        )
        if isinstance(values, Later):
            return replace(work, response_id=values.name), None
        return work, values

    async def _authorise(self, work: Work, session: Session, credential: Credential) -> str | Later:
        if work.handle:
            return await self._client.check_authorization(session, work.handle)
        return await self._client.authorize(
            session,
            work.key,
            credential,
            work.hashes,
            description=work.description,
            transaction=work.transaction,
        )

    def _pending(self, work: Work, session: Session, until: datetime) -> Pending:
        every = timedelta(seconds=self._service.poll_seconds)
        return Pending(work.dump(session, until), poll_after=every, expires_at=until)

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

    async def _missing(self, session: Session, work: Work, credential: Credential) -> tuple[SecretName, ...]:
        """What the person must still give before the next authorisation."""
        if work.handle or work.sad:
            return ()
        missing = []
        if credential.needs_pin and session.pin is None:
            missing.append(SecretName.PIN)
        if credential.needs_otp and session.otp is None:
            missing.append(SecretName.OTP)
            if credential.otp_is_sent:
                await self._client.send_otp(session, work.key)
        return tuple(missing)

    def _broken(self, error: SignerError, signed: Sequence[Signed], rest: Sequence[str]) -> Outcome:
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


def _refused(references: Sequence[str], code: RefusalCode) -> tuple[Refused, ...]:
    return tuple(Refused(each, code) for each in references)


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
