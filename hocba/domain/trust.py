"""Whom we believe for what: the words in which an operator says it, and which of them applies.

A public school seals with a certificate of the government's own authority (VGCA), a private school
and everybody who signs in person with one of the public authorities.  Which roots these are is the
operator's to say (docs/operations.md), not ours.
"""

from enum import StrEnum


class Policy(StrEnum):
    """What a certificate is used for: each has its own list of roots."""

    SEAL_PUBLIC = "seal_public"
    SEAL_PRIVATE = "seal_private"
    PERSON = "person"


SEALS = (Policy.SEAL_PUBLIC, Policy.SEAL_PRIVATE)
"""The policies of schools' own certificates."""


def seal_policy(ownership: str) -> Policy:
    """Whose roots the seal of a school must lead to, ``public`` or ``private`` as it is."""
    return Policy.SEAL_PRIVATE if ownership == "private" else Policy.SEAL_PUBLIC


class RevocationMode(StrEnum):
    """How strictly revocation is asked for, where somebody registers or signs."""

    REQUIRE = "require"  # who is not known to be good does not sign
    KNOWN = "known"  # who is known to be revoked does not sign; that nothing is known is written down
    OFF = "off"  # nothing is fetched; only the operator's own lists speak


class Concern(StrEnum):
    """Why a registered certificate will not, or may not, serve until a year's transcripts are due."""

    ENDS_EARLY = "ends_early"
    UNTRUSTED = "untrusted"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation_unknown"
