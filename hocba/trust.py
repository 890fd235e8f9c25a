"""Whether a certificate was to be trusted at a moment.  Pure over the evidence it is given.

A path is built from the leaf to one of the given roots, over the given intermediates only:
nothing is fetched, and the addresses and certificates that a stranger's document brings along are
not followed.  Every step is checked: signature, basicConstraints, path length, key usage, critical
extensions, and a floor for algorithms (RSA 2048, P-256, SHA-256).

Revocation is looked up in the given lists.  A list says something about a moment when it is made
after it, or was in force at it.  Nothing said is "not checked", and never "good".

Building a path costs signatures and does not depend on the moment, so it is done once for each
leaf; the moment is compared with the path's validity afterwards.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Protocol, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, ObjectIdentifier

MAX_PATH = 6
"""Certificates in a path, the leaf and the root included."""

MAX_SIGNATURES = 64
"""Signatures that building one path may cost: pathological stores end here."""

MAX_REMEMBERED = 20_000

_HASHES = {"sha256", "sha384", "sha512"}
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


class Leaf(Protocol):
    """What is checked: a certificate by its bytes."""

    @property
    def der(self) -> bytes:
        """The certificate, DER."""

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of it."""


class Problem(StrEnum):
    """Why a certificate is not trusted."""

    UNTRUSTED = "untrusted"  # no path to a root
    NOT_VALID_THEN = "not_valid_then"  # some certificate of the path was not valid at the moment
    WRONG_USAGE = "wrong_usage"  # not made for signing documents
    WEAK = "weak"  # a key below the floor
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation_unknown"  # required, and nobody says


class Revocation(StrEnum):
    """What the lists say about the leaf."""

    GOOD = "good"
    REVOKED = "revoked"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainVerdict:
    """What was found.

    :ivar problem: nothing, when the certificate was to be trusted.
    :ivar path: the subjects from the leaf to the root, when there is a path.
    """

    problem: Problem | None
    revocation: Revocation = Revocation.NOT_CHECKED
    path: tuple[str, ...] = ()

    @property
    def trusted(self) -> bool:
        """Whether there is no problem."""
        return self.problem is None


_Path = tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """What the lists say of one certificate of a path, whatever the moment.

    :ivar revoked: since when it is not to be trusted.
    :ivar silent_until: until when lists in force say nothing against it; nothing when no list does.
    """

    revoked: datetime | None
    silent_until: datetime | None

    def at(self, moment: datetime) -> Revocation:
        if self.revoked is not None and self.revoked <= moment:
            return Revocation.REVOKED
        covered = self.silent_until is not None and moment <= self.silent_until
        return Revocation.GOOD if covered else Revocation.NOT_CHECKED


@dataclass(frozen=True, slots=True)
class _Found:
    """A path, with what the moment is compared with."""

    subjects: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    steps: tuple[_Step, ...]


_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom we trust, and what we know of revocation.

    :ivar require_revocation: a certificate of whose revocation nothing is known is not trusted.
    """

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...] = ()
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    require_revocation: bool = False
    _built: dict[str, "_Found | Problem"] = field(default_factory=dict, repr=False, compare=False)
    _lists: dict[bytes, list[x509.CertificateRevocationList]] = field(
        default_factory=dict, repr=False, compare=False
    )


def load_pem(data: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates in ``data``: any number in PEM, or one in DER.

    :raises ValueError: when there is none.
    """
    if b"-----BEGIN" in data:
        return tuple(x509.load_pem_x509_certificates(data))
    return (x509.load_der_x509_certificate(data),)


def load_crls(data: bytes) -> tuple[x509.CertificateRevocationList, ...]:
    """The revocation lists in ``data``: any number in PEM, or one in DER.

    :raises ValueError: when there is none.
    """
    begin, end = b"-----BEGIN X509 CRL-----", b"-----END X509 CRL-----"
    if begin not in data:
        return (x509.load_der_x509_crl(data),)
    blocks = [block for block in data.split(begin) if end in block]
    return tuple(x509.load_pem_x509_crl(begin + block.partition(end)[0] + end + b"\n") for block in blocks)


def check(certificate: Leaf, at: datetime, trust: Trust) -> ChainVerdict:
    """Whether ``certificate`` was to be trusted at ``at`` for signing documents."""
    path = _path_of(certificate, trust)
    if isinstance(path, Problem):
        return ChainVerdict(problem=path)
    if not path.not_before <= at <= path.not_after:
        return ChainVerdict(problem=Problem.NOT_VALID_THEN, path=path.subjects)
    said = [step.at(at) for step in path.steps]
    if Revocation.REVOKED in said:
        return ChainVerdict(problem=Problem.REVOKED, revocation=Revocation.REVOKED, path=path.subjects)
    unknown = trust.require_revocation and Revocation.NOT_CHECKED in said
    return ChainVerdict(
        problem=Problem.REVOCATION_UNKNOWN if unknown else None, revocation=said[0], path=path.subjects
    )


def _path_of(certificate: Leaf, trust: Trust) -> "_Found | Problem":
    """The path, built once for each leaf."""
    found = trust._built.get(certificate.fingerprint)  # noqa: SLF001 -- the cache is this module's
    if found is None:
        found = _built(certificate.der, trust)
        if len(trust._built) >= MAX_REMEMBERED:  # noqa: SLF001
            trust._built.clear()  # noqa: SLF001
        trust._built[certificate.fingerprint] = found  # noqa: SLF001
    return found


def _built(der: bytes, trust: Trust) -> "_Found | Problem":
    try:
        leaf = x509.load_der_x509_certificate(der)
        if problem := _leaf_problem(leaf):
            return problem
        path = _search((leaf,), trust, _Budget())
        return Problem.UNTRUSTED if path is None else _described(path, trust)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return Problem.UNTRUSTED


def _described(path: _Path, trust: Trust) -> _Found:
    return _Found(
        subjects=tuple(certificate.subject.rfc4514_string() for certificate in path),
        not_before=max(certificate.not_valid_before_utc for certificate in path),
        not_after=min(certificate.not_valid_after_utc for certificate in path),
        steps=tuple(_revocation(certificate, issuer, trust) for certificate, issuer in pairwise(path)),
    )


class _Budget:
    """How many signatures may still be tried."""

    def __init__(self) -> None:
        self.left = MAX_SIGNATURES

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


def _search(path: _Path, trust: Trust, budget: _Budget) -> _Path | None:
    """The first path that ends at a root, depth first."""
    if len(path) >= MAX_PATH:
        return None
    for root in trust.roots:
        if _issued(path, root, budget, root=True):
            return (*path, root)
    for issuer in trust.intermediates:
        if issuer in path or not _issued(path, issuer, budget, root=False):
            continue
        if found := _search((*path, issuer), trust, budget):
            return found
    return None


def _issued(path: _Path, issuer: x509.Certificate, budget: _Budget, *, root: bool) -> bool:
    """Whether ``issuer`` may have issued the last certificate of ``path``, and did."""
    last = path[-1]
    if last.issuer != issuer.subject or not _may_issue(issuer, below=len(path) - 1, root=root):
        return False
    if (last.signature_hash_algorithm is None) or last.signature_hash_algorithm.name not in _HASHES:
        return False
    if not budget.spend():
        return False
    try:
        last.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def _may_issue(certificate: x509.Certificate, *, below: int, root: bool) -> bool:
    """Whether it is an authority's, for a path with ``below`` authorities under it."""
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is None or not constraints.ca or not _understood(certificate) or _is_weak(certificate):
        return False
    if constraints.path_length is not None and below > constraints.path_length:
        return False
    usage = _extension(certificate, x509.KeyUsage)
    return root if usage is None else usage.key_cert_sign


def _leaf_problem(leaf: x509.Certificate) -> Problem | None:
    if _is_weak(leaf):
        return Problem.WEAK
    constraints, usage = _extension(leaf, x509.BasicConstraints), _extension(leaf, x509.KeyUsage)
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    signs = usage is not None and (usage.digital_signature or usage.content_commitment)
    fits = purposes is None or not _PURPOSES.isdisjoint(purposes)
    is_authority = constraints is not None and constraints.ca
    return None if signs and fits and not is_authority and _understood(leaf) else Problem.WRONG_USAGE


def _understood(certificate: x509.Certificate) -> bool:
    return all(not extension.critical or extension.oid in _UNDERSTOOD for extension in certificate.extensions)


def _is_weak(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < _MIN_RSA
    return not (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES)


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _revocation(certificate: x509.Certificate, issuer: x509.Certificate, trust: Trust) -> _Step:
    """What the issuer's lists say about ``certificate``."""
    revoked: list[datetime] = []
    until: list[datetime] = []
    for crl in _lists_of(issuer, trust):
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            revoked.append(_since(entry))
        if crl.last_update_utc <= certificate.not_valid_after_utc:  # later ones may have dropped it
            until.append(crl.next_update_utc or certificate.not_valid_after_utc)
    return _Step(min(revoked, default=None), max(until, default=None))


def _since(entry: x509.RevokedCertificate) -> datetime:
    """From when on it is not to be trusted: the invalidity date may lie before the revocation."""
    try:
        invalid = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension):
        return entry.revocation_date_utc
    return min(invalid, entry.revocation_date_utc)


def _lists_of(issuer: x509.Certificate, trust: Trust) -> list[x509.CertificateRevocationList]:
    """The lists that ``issuer`` has signed; each signature is checked once."""
    remembered = trust._lists  # noqa: SLF001 -- the cache is this module's
    key = issuer.fingerprint(hashes.SHA256())
    if key not in remembered:
        remembered[key] = [crl for crl in trust.crls if _is_whole_list_of(crl, issuer)]
    return remembered[key]


def _is_whole_list_of(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether it is the issuer's own list, signed, and not a part or a difference of one."""
    try:
        if crl.issuer != issuer.subject or any(extension.critical for extension in crl.extensions):
            return False
        usage, key = _extension(issuer, x509.KeyUsage), issuer.public_key()
        if usage is not None and not usage.crl_sign:
            return False
        return isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and crl.is_signature_valid(key)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return False
