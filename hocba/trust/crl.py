"""Read a revocation list: whole, current, and signed by the very authority of the path (RFC 5280, 5)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cryptography import x509

from hocba.trust.evidence import GOOD, UNKNOWN, NotEvidenceError, Said
from hocba.trust.revocation import Revocation, is_whole_list_of, since


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list whose signature was checked; what it says of a certificate is looked up once."""

    der: bytes = field(repr=False)
    this_update: datetime
    until: datetime
    _parsed: x509.CertificateRevocationList = field(repr=False)
    _said: dict[int, Said] = field(default_factory=dict, repr=False)
    kind: Literal["crl"] = "crl"

    def says(self, certificate: x509.Certificate) -> Said:
        """Revoked when it is named; good unless it had ended and may have been dropped."""
        serial = certificate.serial_number
        if serial not in self._said:
            self._said[serial] = self._looked_up(certificate)
        return self._said[serial]

    def _looked_up(self, certificate: x509.Certificate) -> Said:
        try:
            entry = self._parsed.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None:
                return Said(Revocation.REVOKED, since(entry))
        except ValueError:  # an entry that cannot be read
            return UNKNOWN
        return GOOD if self.this_update <= certificate.not_valid_after_utc else UNKNOWN


def read(der: bytes, issuer: x509.Certificate) -> RevocationList:
    """The list in ``der``.

    :raises NotEvidenceError: when it is none, is a part or a difference of one, does not say until
        when it holds, or is not signed by ``issuer``.
    """
    try:
        found = x509.load_der_x509_crl(der)
        until = found.next_update_utc
    except ValueError:
        raise NotEvidenceError("it is no revocation list") from None
    if until is None:
        raise NotEvidenceError("the list does not say until when it holds")
    if not is_whole_list_of(found, issuer):
        raise NotEvidenceError("it is not the whole list of this issuer, signed by it")
    return RevocationList(der, found.last_update_utc, until, found)
