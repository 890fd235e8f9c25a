"""What each certificate of a path must be: an authority, or a leaf for signing documents."""

from enum import StrEnum
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, ObjectIdentifier

HASHES = frozenset({"sha256", "sha384", "sha512"})
"""With which a certificate may be signed."""

_CURVES = {"secp256r1", "secp384r1", "secp521r1"}
_MIN_RSA = 2048
_UNDERSTOOD = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.CERTIFICATE_POLICIES,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
"""Extensions that may be critical; a path with another critical one is refused (RFC 5280, 4.2)."""

_PURPOSES = {
    ExtendedKeyUsageOID.CLIENT_AUTH,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # document signing (RFC 9336)
    ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # Microsoft's document signing
    ObjectIdentifier("1.2.840.113583.1.1.5"),  # Adobe's authentic documents
}
"""A certificate that names its purposes must name one of these."""


_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


class Problem(StrEnum):
    """Why a certificate is not trusted."""

    UNTRUSTED = "untrusted"  # no path to a root
    NOT_VALID_THEN = "not_valid_then"  # some certificate of the path was not valid at the moment
    WRONG_USAGE = "wrong_usage"  # not made for signing documents
    WEAK = "weak"  # a key below the floor
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation_unknown"  # required, and nobody says


def may_issue(certificate: x509.Certificate, *, below: int, root: bool) -> bool:
    """Whether it is an authority's, for a path with ``below`` authorities under it."""
    constraints = extension(certificate, x509.BasicConstraints)
    if constraints is None or not constraints.ca or not _understood(certificate) or is_weak(certificate):
        return False
    if constraints.path_length is not None and below > constraints.path_length:
        return False
    usage = extension(certificate, x509.KeyUsage)
    return root if usage is None else usage.key_cert_sign


def leaf_problem(leaf: x509.Certificate) -> Problem | None:
    """What makes ``leaf`` unfit for signing documents, if anything."""
    if is_weak(leaf):
        return Problem.WEAK
    constraints, usage = extension(leaf, x509.BasicConstraints), extension(leaf, x509.KeyUsage)
    purposes = extension(leaf, x509.ExtendedKeyUsage)
    signs = usage is not None and (usage.digital_signature or usage.content_commitment)
    fits = purposes is None or not _PURPOSES.isdisjoint(purposes)
    is_authority = constraints is not None and constraints.ca
    return None if signs and fits and not is_authority and _understood(leaf) else Problem.WRONG_USAGE


def _understood(certificate: x509.Certificate) -> bool:
    return all(not extension.critical or extension.oid in _UNDERSTOOD for extension in certificate.extensions)


def is_weak(certificate: x509.Certificate) -> bool:
    """Whether its key is below the floor."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < _MIN_RSA
    return not (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES)


def extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    """The extension of that kind, if there is one."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
