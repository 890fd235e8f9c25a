"""A certificate as the documents need it: whose it is, how long, and with what key.

Vietnamese certification authorities write the holder's number into the subject's UID
(0.9.2342.19200300.100.1.1): ``CCCD:<12 digits>`` for a person, ``MST:<digits>`` for an
organisation.  Some use serialNumber or organizationIdentifier instead; which attributes are
looked at is data (``IdentityRule``).
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID, ObjectIdentifier


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """Where a subject says who the holder is.

    :ivar attribute: the dotted OID of the subject's attribute.
    :ivar pattern: must match the whole value; its first group is the number.
    :ivar scheme: what the identity begins with, ``CCCD`` or ``MST``.
    """

    attribute: str
    pattern: str
    scheme: str


UID, SERIAL_NUMBER, ORGANIZATION_IDENTIFIER = "0.9.2342.19200300.100.1.1", "2.5.4.5", "2.5.4.97"

DEFAULT_RULES = (
    IdentityRule(UID, r"CCCD:([0-9]{12})", "CCCD"),
    IdentityRule(UID, r"MST:([0-9]{1,20}(?:-[0-9]{3})?)", "MST"),
    IdentityRule(SERIAL_NUMBER, r"CCCD:([0-9]{12})", "CCCD"),
    IdentityRule(SERIAL_NUMBER, r"MST:([0-9]{1,20}(?:-[0-9]{3})?)", "MST"),
    IdentityRule(ORGANIZATION_IDENTIFIER, r"VATVN-([0-9]{1,20}(?:-[0-9]{3})?)", "MST"),
)
"""What the authorities in use write; a deployment may give others."""


class UnreadableCertificateError(ValueError):
    """The bytes are no X.509 certificate, or one with a key that cannot sign here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A signer's certificate.  Two are equal when their bytes are.

    :ivar b64: DER in base64, as X509Certificate holds it.
    :ivar fingerprint: hex SHA-256 of the DER.
    :ivar digest64: base64 SHA-256 of the DER, as SigningCertificateV2 holds it.
    :ivar subject: RFC 4514, as X509SubjectName holds it.
    :ivar identity: ``CCCD:<12 digits>``, ``MST:<digits>``, or nothing when the subject does not
        say it, or says two different ones.
    :ivar organisation: whether it is an organisation's.
    :ivar name: the common name.
    :ivar key: ``rsa`` or ``ec``.
    """

    der: bytes = field(repr=False)
    b64: str = field(repr=False, compare=False)
    fingerprint: str = field(compare=False)
    digest64: str = field(repr=False, compare=False)
    subject: str = field(compare=False)
    issuer: str = field(compare=False)
    serial: int = field(compare=False)
    identity: str = field(compare=False)
    organisation: bool = field(compare=False)
    name: str = field(compare=False)
    issuer_name: str = field(compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    key: str = field(compare=False)
    public_key: RSAPublicKey | EllipticCurvePublicKey = field(repr=False, compare=False)

    @classmethod
    def load(cls, der: bytes, rules: tuple[IdentityRule, ...] = DEFAULT_RULES) -> "Certificate":
        """The certificate in ``der``; parsed once, then remembered.

        :raises UnreadableCertificateError: for anything that is not a certificate with an RSA or
            elliptic-curve key.
        """
        return _load(bytes(der), rules)

    def valid_at(self, moment: datetime) -> bool:
        """Whether ``moment`` lies in its validity, both ends included."""
        return self.not_before <= moment <= self.not_after


@lru_cache(maxsize=8192)
def _load(der: bytes, rules: tuple[IdentityRule, ...]) -> Certificate:
    try:
        return _read(der, rules)
    except UnreadableCertificateError:
        raise
    except Exception as error:  # the parser has many ways to dislike hostile bytes
        raise UnreadableCertificateError("not an X.509 certificate") from error


def _read(der: bytes, rules: tuple[IdentityRule, ...]) -> Certificate:
    parsed = x509.load_der_x509_certificate(der)
    public_key = parsed.public_key()
    if not isinstance(public_key, RSAPublicKey | EllipticCurvePublicKey):
        raise UnreadableCertificateError("neither an RSA nor an elliptic-curve key")
    digest = sha256(der)
    identity = _identity(parsed.subject, rules)
    return Certificate(
        der=der,
        b64=b64encode(der).decode(),
        fingerprint=digest.hexdigest(),
        digest64=b64encode(digest.digest()).decode(),
        subject=parsed.subject.rfc4514_string(),
        issuer=parsed.issuer.rfc4514_string(),
        serial=parsed.serial_number,
        identity=identity,
        organisation=identity.startswith("MST:"),
        name=_common_name(parsed.subject),
        issuer_name=_common_name(parsed.issuer),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key="rsa" if isinstance(public_key, RSAPublicKey) else "ec",
        public_key=public_key,
    )


def _identity(subject: x509.Name, rules: tuple[IdentityRule, ...]) -> str:
    """The one identity that the rules find; two different ones are none."""
    found = {identity for rule in rules for identity in _by(rule, subject)}
    return found.pop() if len(found) == 1 else ""


def _by(rule: IdentityRule, subject: x509.Name) -> Iterator[str]:
    for part in subject.get_attributes_for_oid(ObjectIdentifier(rule.attribute)):
        if isinstance(part.value, str) and (match := re.fullmatch(rule.pattern, part.value)):
            yield f"{rule.scheme}:{match[1]}"


def _common_name(name: x509.Name) -> str:
    values = [part.value for part in name.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return values[0] if values and isinstance(values[0], str) else ""
