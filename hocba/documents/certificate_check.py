"""The certificate of one signature: the right person's, registered, valid, trusted, not revoked.

Offline, with roots: the path is checked, and of revocation what the given lists say.  With the
register of the school's certificates: the registered one must have signed, and no root is needed.
With neither the answer is indeterminate.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from hocba.documents.certificates import Certificate
from hocba.documents.facts import PlanRow
from hocba.documents.reasons import Reason
from hocba.documents.shape import ISSUE_ROLE
from hocba.documents.verdict import Checked
from hocba.domain.trust import SEALS, Policy
from hocba.trust import ChainVerdict, Problem, Revocation, Trust, check_under

_MIN_RSA, _MIN_EC = 2048, 256

_REASONS = {
    Problem.UNTRUSTED: Reason.CERTIFICATE_UNTRUSTED,
    Problem.NOT_VALID_THEN: Reason.CERTIFICATE_NOT_VALID_THEN,
    Problem.WRONG_USAGE: Reason.CERTIFICATE_WRONG_USAGE,
    Problem.WEAK: Reason.CERTIFICATE_WEAK,
    Problem.REVOKED: Reason.CERTIFICATE_REVOKED,
    Problem.REVOCATION_UNKNOWN: Reason.REVOCATION_UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateVerdict:
    """What is wrong with a certificate, and what a person is shown of it."""

    reasons: tuple[Reason, ...]
    shown: Mapping[str, Any]


def check_certificate(
    certificate: Certificate,
    row: PlanRow,
    at: datetime,
    *,
    trust: Trust | None,
    registered: Mapping[str, str] | None,
) -> CertificateVerdict:
    """Everything about ``certificate`` for the slot ``row``, signed at ``at``."""
    at = at.astimezone(UTC)  # times of one zone are compared ten times faster
    policies = SEALS if row.role == ISSUE_ROLE else (Policy.PERSON,)
    chain = None if trust is None else check_under(certificate, at, trust, policies)
    is_registered = registered is not None and registered.get(row.key) == certificate.fingerprint
    reasons = list(_own(certificate, row, at))
    if registered is not None and not is_registered:
        reasons.append(Reason.CERTIFICATE_NOT_REGISTERED)
    if chain is not None and chain.problem is not None:
        reasons.append(_REASONS[chain.problem])
    shown = {
        "valid_then": Checked.YES if certificate.valid_at(at) else Checked.NO,
        "registered": Checked.NOT_CHECKED if registered is None else _said(yes=is_registered),
        "trusted": _trusted(chain),
        "revocation": Revocation.NOT_CHECKED if chain is None else chain.revocation,
    }
    return CertificateVerdict(reasons=tuple(dict.fromkeys(reasons)), shown=shown)


def _own(certificate: Certificate, row: PlanRow, at: datetime) -> Iterator[Reason]:
    """What the certificate itself says against it; whose it must be is asked where the plan says it."""
    if certificate.organisation != (row.role == ISSUE_ROLE):
        yield Reason.CERTIFICATE_WRONG_KIND
    elif row.identity and certificate.identity != row.identity:
        yield Reason.CERTIFICATE_WRONG_IDENTITY
    least = _MIN_RSA if isinstance(certificate.public_key, RSAPublicKey) else _MIN_EC
    if certificate.public_key.key_size < least:
        yield Reason.CERTIFICATE_WEAK
    if not certificate.valid_at(at):
        yield Reason.CERTIFICATE_NOT_VALID_THEN


def _trusted(chain: ChainVerdict | None) -> Checked:
    if chain is None:
        return Checked.NOT_CHECKED
    return _said(yes=chain.problem in (None, Problem.REVOKED, Problem.REVOCATION_UNKNOWN))


def _said(*, yes: bool) -> Checked:
    return Checked.YES if yes else Checked.NO
