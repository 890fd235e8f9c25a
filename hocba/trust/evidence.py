"""What an authority answered about revocation, and what it says of a certificate.  Pure.

Two kinds: a list (CRL) of an issuer, and an answer (OCSP) about one certificate.  Both are read
with the certificates of a path that leads to a root, never with what they bring along, and both
carry the time at which they were made and until when they hold.

    good      an answer in force says so, or a list in force does not name the certificate
    revoked   an answer or a list says so: whatever else says good
    unknown   everything else.  Good is never a default
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from hocba.trust.revocation import Revocation

SKEW = timedelta(minutes=5)
"""How far an authority's clock may be before ours."""

Kind = Literal["crl", "ocsp"]
"""A list, or an answer about one certificate."""


class NotEvidenceError(Exception):
    """What came back says nothing: the text says why, and names nobody."""


@dataclass(frozen=True)
class Link:
    """A certificate of a path, and the next one, which issued it."""

    certificate: x509.Certificate = field(repr=False)
    issuer: x509.Certificate = field(repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """Hex SHA-256 of the certificate: what an OCSP answer is kept under."""
        return self.certificate.fingerprint(SHA256()).hex()

    @cached_property
    def issuer_fingerprint(self) -> str:
        """Hex SHA-256 of its issuer: what a list is kept under."""
        return self.issuer.fingerprint(SHA256()).hex()

    def about(self, kind: Kind) -> str:
        """Under what evidence of this kind is kept."""
        return self.issuer_fingerprint if kind == "crl" else self.fingerprint


@dataclass(frozen=True, slots=True)
class Said:
    """What something says of a certificate.

    :ivar since: from when it is not to be trusted, when it is revoked.
    """

    revocation: Revocation
    since: datetime | None = None


UNKNOWN = Said(Revocation.NOT_CHECKED)
GOOD = Said(Revocation.GOOD)


class Evidence(Protocol):
    """A list or an answer whose signature was checked."""

    @property
    def kind(self) -> Kind:
        """Which of the two."""

    @property
    def der(self) -> bytes:
        """As the authority gave it."""

    @property
    def this_update(self) -> datetime:
        """Of when it is."""

    @property
    def until(self) -> datetime:
        """Until when it holds."""

    def says(self, certificate: x509.Certificate) -> Said:
        """What it says, whatever the moment."""


def links(path: Sequence[x509.Certificate]) -> tuple[Link, ...]:
    """The links of a path from the leaf to the root."""
    return tuple(Link(certificate, issuer) for certificate, issuer in pairwise(path))


def must_be_current(evidence: Evidence, now: datetime) -> None:
    """:raises NotEvidenceError: when it is of the future, or has run out."""
    if evidence.this_update > now + SKEW:
        raise NotEvidenceError("it is of the future")
    if evidence.until <= evidence.this_update:
        raise NotEvidenceError("it ends before it begins")
    if evidence.until < now:
        raise NotEvidenceError("it has run out")


def judged(certificate: x509.Certificate, evidence: Iterable[Evidence], at: datetime) -> Said:
    """What all that is known says of ``certificate`` at ``at``.

    What has run out still revokes, and says nothing good any more.
    """
    found = UNKNOWN
    for each in evidence:
        said = each.says(certificate)
        if said.since is not None and said.since <= at:
            return said
        in_force = each.this_update <= at + SKEW and at <= each.until
        if in_force and said.revocation is not Revocation.NOT_CHECKED:
            found = GOOD
    return found
