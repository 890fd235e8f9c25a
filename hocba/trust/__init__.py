"""Whether a certificate was to be trusted at a moment.  Pure over the evidence it is given.

A path is built from the leaf to one of the given roots, over the given intermediates and those that
a vendor gave with the certificate: these are candidates only, a root is never taken from them.
Nothing is fetched, and the addresses that a certificate names are not followed.  Every step is
checked: signature, basicConstraints, path length, key usage, critical extensions, and a floor for
algorithms (RSA 2048, P-256, SHA-256) that holds for authorities too.

Revocation is looked up in the given lists.  A list says something about a moment when it is made
after it, or was in force at it.  Nothing said is "not checked", and never "good".  What authorities
answer while the server runs is judged in ``hocba.trust.evidence``.

Building a path costs signatures and does not depend on the moment, so it is done once for each
leaf; the moment is compared with the path's validity afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from hocba.domain.trust import Policy
from hocba.trust.paths import MAX_PATH, MAX_SIGNATURES, Budget, Path, search
from hocba.trust.revocation import Revocation, Step, step_of
from hocba.trust.rules import Problem, leaf_problem

__all__ = [
    "MAX_GIVEN",
    "MAX_PATH",
    "MAX_SIGNATURES",
    "ChainVerdict",
    "Leaf",
    "Problem",
    "Revocation",
    "Trust",
    "TrustedPath",
    "check",
    "check_under",
    "load_crls",
    "load_pem",
    "path_of",
]

MAX_REMEMBERED = 20_000
"""Leaves whose paths are remembered."""

MAX_GIVEN = 8
"""Certificates of a vendor's chain that are looked at, and with them ..."""

MAX_GIVEN_BYTES = 16_384
"""... the size of each: nobody's chain is longer, and whoever sends more is not waited for."""


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
class TrustedPath:
    """A path to a root, with what the moment is compared with.

    :ivar certificates: from the leaf to the root.
    :ivar not_before: since when all of them are valid; ``not_after``, until when.
    :ivar steps: what the given lists say of each but the root.
    """

    certificates: tuple[x509.Certificate, ...] = field(repr=False)
    subjects: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    steps: tuple[Step, ...]

    def valid_at(self, moment: datetime) -> bool:
        """Whether every certificate of it was valid at ``moment``."""
        return self.not_before <= moment <= self.not_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom we trust, and what we know of revocation.

    :ivar require_revocation: a certificate of whose revocation nothing is known is not trusted.
    :ivar policies: whom we trust for one use, where that is not everybody.
    """

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...] = ()
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    require_revocation: bool = False
    policies: Mapping[Policy, "Trust"] = field(default_factory=dict)
    _built: dict[tuple[str, tuple[bytes, ...]], "TrustedPath | Problem"] = field(
        default_factory=dict, repr=False, compare=False
    )
    _lists: dict[bytes, list[x509.CertificateRevocationList]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def under(self, policy: Policy) -> "Trust":
        """Whom we trust for ``policy``: everybody, when the operator made no difference."""
        return self.policies.get(policy, self)


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
    path = path_of(certificate, trust)
    if isinstance(path, Problem):
        return ChainVerdict(problem=path)
    if not path.valid_at(at):
        return ChainVerdict(problem=Problem.NOT_VALID_THEN, path=path.subjects)
    said = [step.at(at) for step in path.steps]
    if Revocation.REVOKED in said:
        return ChainVerdict(problem=Problem.REVOKED, revocation=Revocation.REVOKED, path=path.subjects)
    unknown = trust.require_revocation and Revocation.NOT_CHECKED in said
    return ChainVerdict(
        problem=Problem.REVOCATION_UNKNOWN if unknown else None, revocation=said[0], path=path.subjects
    )


def check_under(certificate: Leaf, at: datetime, trust: Trust, policies: Sequence[Policy]) -> ChainVerdict:
    """As ``check``, under whichever of ``policies`` believes the certificate; else under the first."""
    if not trust.policies:
        return check(certificate, at, trust)
    first, *others = {id(each): each for each in map(trust.under, policies)}.values()
    verdict = check(certificate, at, first)
    for other in others:
        if verdict.problem is Problem.UNTRUSTED:
            verdict = check(certificate, at, other)
    return verdict


def path_of(certificate: Leaf, trust: Trust, given: Sequence[bytes] = ()) -> TrustedPath | Problem:
    """The path from ``certificate`` to a root, built once for each leaf; or why there is none.

    :param given: DER of certificates that came along, which may stand between.
    """
    key, built = (certificate.fingerprint, tuple(given)), trust._built  # noqa: SLF001 -- the cache is this module's
    if key not in built:
        found = _built(certificate.der, trust, key[1])
        if len(built) >= MAX_REMEMBERED:
            built.clear()
        built[key] = found
    return built[key]


def _built(der: bytes, trust: Trust, given: Sequence[bytes]) -> TrustedPath | Problem:
    try:
        leaf = x509.load_der_x509_certificate(der)
        if problem := leaf_problem(leaf):
            return problem
        between = (*trust.intermediates, *_read(given))
        path = search((leaf,), trust.roots, between, Budget())
        return Problem.UNTRUSTED if path is None else _described(path, trust)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return Problem.UNTRUSTED


def _read(given: Sequence[bytes]) -> list[x509.Certificate]:
    """The certificates among what came along; what is none is passed over."""
    found = []
    for der in given[:MAX_GIVEN]:
        if len(der) > MAX_GIVEN_BYTES:
            continue
        try:
            found.append(x509.load_der_x509_certificate(der))
        except ValueError:
            continue
    return found


def _described(path: Path, trust: Trust) -> TrustedPath:
    lists = trust._lists  # noqa: SLF001 -- the cache is this module's
    return TrustedPath(
        certificates=path,
        subjects=tuple(certificate.subject.rfc4514_string() for certificate in path),
        not_before=max(certificate.not_valid_before_utc for certificate in path),
        not_after=min(certificate.not_valid_after_utc for certificate in path),
        steps=tuple(
            step_of(certificate, issuer, trust.crls, lists) for certificate, issuer in pairwise(path)
        ),
    )
