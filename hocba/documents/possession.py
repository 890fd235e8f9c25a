"""Proof that whoever registers a certificate holds its key: a line of text that the key signs.

::

    hocba-challenge:possession account=<id> certificate=<SHA-256, hex> school=<id> year=2025-2026
        nonce=<64 hex> at=2026-06-01T01:02:03Z                           (on the same line)

One line of ASCII that says what it is.  It begins neither with ``<`` nor with a DER tag, so it can be
mistaken for no SignedInfo and for no CMS attributes, and it names the one account and the one
certificate for which it was made: a signature on it is good for nothing else.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from hocba.documents.algorithms import Algorithm, is_valid, readings
from hocba.documents.certificates import Certificate
from hocba.documents.phases import WrongSignature
from hocba.domain.values import SchoolYear

NONCE_BYTES = 32
"""Random bytes in a challenge."""

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
FORM = re.compile(
    rf"hocba-challenge:possession account={_ID} certificate=[0-9a-f]{{64}} school={_ID}"
    r" year=[0-9]{4}-[0-9]{4} nonce=[0-9a-f]{64} at=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"
)
"""The whole of a challenge; the agent has the same one."""


def challenge(
    account: UUID, certificate: Certificate, school: UUID, year: SchoolYear, *, nonce: bytes, at: datetime
) -> bytes:
    """The bytes that the key of ``certificate`` signs to be registered as ``account``.

    :param nonce: ``NONCE_BYTES`` that nobody can guess.
    :raises ValueError: when a part is not what it must be.
    """
    moment = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    text = (
        f"hocba-challenge:possession account={account} certificate={certificate.fingerprint}"
        f" school={school} year={year} nonce={nonce.hex()} at={moment}"
    )
    if not FORM.fullmatch(text):
        raise ValueError("no challenge is written like that")
    return text.encode("ascii")


def prove(made: bytes, certificate: Certificate, raw: bytes) -> bytes:
    """The signature that proves it, in XMLDSig's form: what is kept as evidence.

    :param made: the challenge.
    :param raw: PKCS#1 or PSS bytes, ECDSA as DER or r‖s, or a CMS without signed attributes.
    :raises WrongSignature: unless ``raw`` signs exactly this challenge with the key of ``certificate``.
    """
    key, digest = certificate.public_key, sha256(made).digest()
    for value in readings(key, raw):
        if any(is_valid(key, algorithm, digest, value) for algorithm in _algorithms(certificate)):
            return value
    raise WrongSignature("not a signature of this challenge by this certificate")


def _algorithms(certificate: Certificate) -> Sequence[Algorithm]:
    if isinstance(certificate.public_key, RSAPublicKey):
        return (Algorithm.RSA, Algorithm.RSA_PSS)
    return (Algorithm.ECDSA,)
