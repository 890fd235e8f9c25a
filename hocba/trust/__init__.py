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
from itertools import pairwise
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from hocba.trust.paths import MAX_PATH, MAX_SIGNATURES, Budget, Path, search
from hocba.trust.revocation import Revocation, Step, step_of
from hocba.trust.rules import Problem, leaf_problem

__all__ = [
    "MAX_PATH",
    "MAX_SIGNATURES",
    "ChainVerdict",
    "Leaf",
    "Problem",
    "Revocation",
    "Trust",
    "check",
    "load_crls",
    "load_pem",
]

MAX_REMEMBERED = 20_000
"""Leaves whose paths are remembered."""


class Leaf(Protocol):
    """What is checked: a certificate by its bytes."""

    @property
    def der(self) -> bytes:
        """The certificate, DER."""

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of it."""


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


@dataclass(frozen=True, slots=True)
class _Found:
    """A path, with what the moment is compared with."""

    subjects: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    steps: tuple[Step, ...]


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
        if problem := leaf_problem(leaf):
            return problem
        path = search((leaf,), trust.roots, trust.intermediates, Budget())
        return Problem.UNTRUSTED if path is None else _described(path, trust)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return Problem.UNTRUSTED


def _described(path: Path, trust: Trust) -> _Found:
    lists = trust._lists  # noqa: SLF001 -- the cache is this module's
    return _Found(
        subjects=tuple(certificate.subject.rfc4514_string() for certificate in path),
        not_before=max(certificate.not_valid_before_utc for certificate in path),
        not_after=min(certificate.not_valid_after_utc for certificate in path),
        steps=tuple(
            step_of(certificate, issuer, trust.crls, lists) for certificate, issuer in pairwise(path)
        ),
    )
