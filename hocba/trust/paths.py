"""Search a path from a leaf to a root, with bounded work."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from hocba.trust.rules import HASHES, may_issue

Path = tuple[x509.Certificate, ...]
"""From the leaf to the root."""

MAX_PATH = 6
"""Certificates in a path, the leaf and the root included."""

MAX_SIGNATURES = 64
"""Signatures that building one path may cost: pathological stores end here."""


Certificates = Sequence[x509.Certificate]


class Budget:
    """How many signatures may still be tried."""

    def __init__(self) -> None:
        self.left = MAX_SIGNATURES

    def spend(self) -> bool:
        """Take one; whether there was one left."""
        self.left -= 1
        return self.left >= 0


def search(path: Path, roots: Certificates, between: Certificates, budget: Budget) -> Path | None:
    """The first path that ends at a root, depth first."""
    if len(path) >= MAX_PATH:
        return None
    for root in roots:
        if _issued(path, root, budget, root=True):
            return (*path, root)
    for issuer in between:
        if issuer in path or not _issued(path, issuer, budget, root=False):
            continue
        if found := search((*path, issuer), roots, between, budget):
            return found
    return None


def _issued(path: Path, issuer: x509.Certificate, budget: Budget, *, root: bool) -> bool:
    """Whether ``issuer`` may have issued the last certificate of ``path``, and did."""
    last = path[-1]
    if last.issuer != issuer.subject or not may_issue(issuer, below=len(path) - 1, root=root):
        return False
    if (last.signature_hash_algorithm is None) or last.signature_hash_algorithm.name not in HASHES:
        return False
    if not budget.spend():
        return False
    try:
        last.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
