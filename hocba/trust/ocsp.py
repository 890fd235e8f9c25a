"""Ask an OCSP responder, and read what it answers (RFC 6960).

An answer counts when it is about this very certificate, is signed by its issuer or by somebody whom
that issuer charged with it (id-kp-OCSPSigning), and carries our number when it carries one at all:
many responders sign their answers beforehand and carry none, then the times alone tell an old answer
from a new one.  ``unknown`` says nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha1, sha256
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from hocba.trust.evidence import GOOD, SKEW, UNKNOWN, Link, NotEvidenceError, Said
from hocba.trust.revocation import Revocation
from hocba.trust.rules import HASHES, extension, is_weak

NONCE_BYTES = 32
"""RFC 8954: at least 16, at most 32."""

WITHOUT_NEXT_UPDATE = timedelta(hours=1)
"""How long an answer holds that says newer ones are always to be had."""

MAX_ANSWERS = 8
"""Single answers and certificates in one response that are looked at."""

_Hash = hashes.SHA1 | hashes.SHA256


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer about one certificate whose signature was checked."""

    der: bytes = field(repr=False)
    this_update: datetime
    until: datetime
    said: Said
    serial: int
    kind: Literal["ocsp"] = "ocsp"

    def says(self, certificate: x509.Certificate) -> Said:
        """What was answered, to the certificate that was asked about."""
        return self.said if certificate.serial_number == self.serial else UNKNOWN


def request(link: Link, nonce: bytes) -> bytes:
    """The request about a certificate, DER.  SHA-1 only names the issuer, and everybody knows it."""
    return (
        ocsp.OCSPRequestBuilder()
        .add_certificate(link.certificate, link.issuer, hashes.SHA1())  # noqa: S303
        .add_extension(x509.OCSPNonce(nonce), critical=False)
        .build()
        .public_bytes(Encoding.DER)
    )


def read(der: bytes, link: Link, *, nonce: bytes | None = None) -> Answer:
    """The answer in ``der`` about the certificate of ``link``.

    :param nonce: what was sent; nothing when an answer that was kept is read again.
    :raises NotEvidenceError: when it is none, or not about this certificate, or not signed by
        somebody who may.
    """
    try:
        return _read(der, link, nonce)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, InvalidSignature):
        raise NotEvidenceError("it is no answer that can be read") from None


def _read(der: bytes, link: Link, nonce: bytes | None) -> Answer:
    response = ocsp.load_der_ocsp_response(der)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise NotEvidenceError(f"the responder says {response.response_status.name}")
    signer = _signer(response, link)
    _must_carry(response, nonce)
    single = _about(response, link)
    until = single.next_update_utc or single.this_update_utc + WITHOUT_NEXT_UPDATE
    until = min(until, signer.not_valid_after_utc)  # who ended signs nothing more, whatever date he writes
    if response.produced_at_utc + SKEW < single.this_update_utc:
        raise NotEvidenceError("it was made before what it knows")
    return Answer(der, single.this_update_utc, until, _said(single), link.certificate.serial_number)


def _said(single: ocsp.OCSPSingleResponse) -> Said:
    match single.certificate_status:
        case ocsp.OCSPCertStatus.GOOD:
            return GOOD
        case ocsp.OCSPCertStatus.REVOKED:
            return Said(Revocation.REVOKED, single.revocation_time_utc)
        case _:
            raise NotEvidenceError("the responder does not know the certificate")


def _must_carry(response: ocsp.OCSPResponse, nonce: bytes | None) -> None:
    """:raises NotEvidenceError: when it carries another number than was sent: somebody else's answer."""
    if nonce is None:
        return
    try:
        carried = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return
    if carried != nonce:
        raise NotEvidenceError("it answers another request")


def _about(response: ocsp.OCSPResponse, link: Link) -> ocsp.OCSPSingleResponse:
    """The one answer that names the certificate by its number and by its issuer's name and key."""
    for number, single in enumerate(response.responses):
        if number < MAX_ANSWERS and _names(single, link):
            return single
    raise NotEvidenceError("it is about another certificate")


def _names(single: ocsp.OCSPSingleResponse, link: Link) -> bool:
    if single.serial_number != link.certificate.serial_number:
        return False
    if not isinstance(single.hash_algorithm, _Hash):
        return False
    name = link.certificate.issuer.public_bytes()
    digest = sha1 if isinstance(single.hash_algorithm, hashes.SHA1) else sha256
    return (
        single.issuer_name_hash == digest(name).digest()
        and single.issuer_key_hash == digest(_key_bits(link.issuer)).digest()
    )


def _key_bits(certificate: x509.Certificate) -> bytes:
    """The bits of its key, as certID and responderID hash them: without algorithm and padding count."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _signer(response: ocsp.OCSPResponse, link: Link) -> x509.Certificate:
    """The issuer, or whom it charged with answering, if one of them signed.

    :raises NotEvidenceError: when somebody else did.
    """
    algorithm = response.signature_hash_algorithm
    if algorithm is None or algorithm.name not in HASHES:
        raise NotEvidenceError("it is signed with a weak algorithm")
    for signer in (link.issuer, *response.certificates[:MAX_ANSWERS]):
        may = _is_responder(response, signer) and _may_answer(signer, link.issuer, response.produced_at_utc)
        if may and _signed(response, signer, algorithm):
            return signer
    raise NotEvidenceError("nobody signed it who may")


def _is_responder(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    """Whether the answer says that ``signer`` gives it."""
    if response.responder_name is not None:
        return response.responder_name == signer.subject
    return response.responder_key_hash == sha1(_key_bits(signer), usedforsecurity=False).digest()


def _may_answer(signer: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    """Whether ``signer`` is the issuer, or has its charge, valid when the answer was made."""
    if signer == issuer:
        return True
    purposes, usage = extension(signer, x509.ExtendedKeyUsage), extension(signer, x509.KeyUsage)
    charged = purposes is not None and ExtendedKeyUsageOID.OCSP_SIGNING in purposes
    if not charged or is_weak(signer) or not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        return False
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        return False
    try:
        signer.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    hash_ = signer.signature_hash_algorithm
    return hash_ is not None and hash_.name in HASHES


def _signed(response: ocsp.OCSPResponse, signer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bool:
    key, value, what = signer.public_key(), response.signature, response.tbs_response_bytes
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, what, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, what, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True
