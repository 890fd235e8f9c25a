"""What revocation lists say of a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtensionOID

from hocba.trust.rules import HASHES, extension

_PARTIAL = {ExtensionOID.DELTA_CRL_INDICATOR, ExtensionOID.ISSUING_DISTRIBUTION_POINT}


class Revocation(StrEnum):
    """What the lists say about the leaf."""

    GOOD = "good"
    REVOKED = "revoked"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Step:
    """What the lists say of one certificate of a path, whatever the moment.

    :ivar revoked: since when it is not to be trusted.
    :ivar silent_until: until when lists in force say nothing against it; nothing when no list does.
    """

    revoked: datetime | None
    silent_until: datetime | None

    def at(self, moment: datetime) -> Revocation:
        """What that means for a signature made at ``moment``."""
        if self.revoked is not None and self.revoked <= moment:
            return Revocation.REVOKED
        covered = self.silent_until is not None and moment <= self.silent_until
        return Revocation.GOOD if covered else Revocation.NOT_CHECKED


Lists = Sequence[x509.CertificateRevocationList]
Remembered = dict[bytes, list[x509.CertificateRevocationList]]
"""The issuer's fingerprint -> the lists that it has signed."""


def step_of(
    certificate: x509.Certificate, issuer: x509.Certificate, lists: Lists, remembered: Remembered
) -> Step:
    """What the issuer's lists say about ``certificate``."""
    revoked: list[datetime] = []
    until: list[datetime] = []
    for crl in _lists_of(issuer, lists, remembered):
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            revoked.append(since(entry))
        if crl.last_update_utc <= certificate.not_valid_after_utc:  # later ones may have dropped it
            until.append(crl.next_update_utc or certificate.not_valid_after_utc)
    return Step(min(revoked, default=None), max(until, default=None))


def since(entry: x509.RevokedCertificate) -> datetime:
    """From when on it is not to be trusted: the invalidity date may lie before the revocation."""
    try:
        invalid = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension):
        return entry.revocation_date_utc
    return min(invalid, entry.revocation_date_utc)


def _lists_of(issuer: x509.Certificate, lists: Lists, remembered: Remembered) -> Lists:
    """The lists that ``issuer`` has signed; each signature is checked once."""
    key = issuer.fingerprint(SHA256())
    if key not in remembered:
        remembered[key] = [crl for crl in lists if is_whole_list_of(crl, issuer)]
    return remembered[key]


def is_whole_list_of(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether it is the issuer's own list, signed, and not a part or a difference of one.

    What is critical says that the list is partial, indirect or a difference; that is refused whole,
    and so is one that says so without being critical.
    """
    try:
        if any(part.critical or part.oid in _PARTIAL for part in crl.extensions):
            return False
        if crl.issuer != issuer.subject:
            return False
        if crl.signature_hash_algorithm is None or crl.signature_hash_algorithm.name not in HASHES:
            return False
        usage, key = extension(issuer, x509.KeyUsage), issuer.public_key()
        if usage is not None and not usage.crl_sign:
            return False
        return isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and crl.is_signature_valid(key)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return False
