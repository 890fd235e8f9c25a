"""A job: what the server asks this computer to sign, and whether it may ask that.

The server's key is pinned when the computer is paired.  A job is a compact JWS by that key
over the request, the certificate and the SHA-256 of everything that is to be signed:

1. its header is exactly ``{"alg":"EdDSA","typ":"hocba-job"}`` and its signature is right;
2. it is not expired, and not from a future that no wrong clock explains;
3. it was never used before;
4. the items that came along are those of the job, in its order, no more and no fewer.

Only then does anybody look at the items (``items``), and only then is a person asked.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba_usb_token.agent.errors import AgentError, Problem

HEADER = b'{"alg":"EdDSA","typ":"hocba-job"}'
CLOCK_SKEW = 15 * 60
"""Seconds that the clock of this computer may be behind the server's."""
SHA256_HEX = 64


class ItemKind(StrEnum):
    """What the bytes to be signed are."""

    XADES = "XADES"  # a canonical ds:SignedInfo
    PADES = "PADES"  # DER of CMS signed attributes
    CHALLENGE = "CHALLENGE"  # proof of possession


@dataclass(frozen=True, slots=True, kw_only=True)
class JobItem:
    """One thing to sign.

    :ivar reference: goes back with the signature.
    :ivar tbs: the very bytes to be signed.
    :ivar evidence: the canonical bytes behind the first Reference of an XAdES item.
    """

    reference: str
    kind: ItemKind
    tbs: bytes
    evidence: bytes | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that the pinned key signed.

    :ivar request: the request as the key signed it; later jobs of it need no second PIN.
    :ivar answer_to: what the server's API calls that request.
    :ivar certificate: SHA-256 of the certificate that is to sign, in hex.
    :ivar expires: seconds since 1970, as ``issued``.
    """

    id: str
    request: str
    answer_to: str
    title: str
    certificate: str
    issued: float
    expires: float
    items: tuple[JobItem, ...]


def verify(answer: Mapping[str, Any], key: Ed25519PublicKey, *, now: float, used: Container[str]) -> Job:
    """The job in ``answer`` of ``takeAgentJob``.

    :param now: seconds since 1970.
    :param used: the ``jti`` of jobs that were taken before.
    :raises AgentError: JOB_NOT_TRUSTED, JOB_EXPIRED, JOB_REPLAYED or ITEMS_NOT_IN_JOB.
    """
    claims = _claims(str(answer.get("job", "")), key)
    items = _items(answer.get("items"))
    job = _job(claims, items, str(answer.get("requestId", "")))
    if not job.issued - CLOCK_SKEW <= now <= job.expires:
        raise AgentError(Problem.JOB_EXPIRED)
    if job.id in used:
        raise AgentError(Problem.JOB_REPLAYED)
    hashes = [hashlib.sha256(item.tbs).hexdigest() for item in items]
    alike = claims["tbs"] == hashes and claims["count"] == len(items) > 0
    if not alike or len({item.reference for item in items}) != len(items):
        raise AgentError(Problem.ITEMS_NOT_IN_JOB)
    return job


def _claims(jws: str, key: Ed25519PublicKey) -> Mapping[str, Any]:
    try:
        header, payload, signature = (part.encode("ascii") for part in jws.split("."))
        key.verify(_unpadded(signature), header + b"." + payload)
        claims = json.loads(_unpadded(payload))
    except (ValueError, InvalidSignature):
        raise AgentError(Problem.JOB_NOT_TRUSTED) from None
    if _unpadded(header) != HEADER or not isinstance(claims, dict):
        raise AgentError(Problem.JOB_NOT_TRUSTED)
    return claims


def _unpadded(part: bytes) -> bytes:
    return base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _job(claims: Mapping[str, Any], items: tuple[JobItem, ...], answer_to: str) -> Job:
    """The claims, each of the type that it must have: the server is trusted, not its bugs."""
    try:
        texts = {name: claims[name] for name in ("jti", "request", "title", "certificate")}
        times = float(claims["iat"]), float(claims["exp"])
        well_formed = all(isinstance(each, str) and each for each in texts.values())
        well_formed &= len(texts["certificate"]) == SHA256_HEX and isinstance(claims["tbs"], list)
        well_formed &= isinstance(claims["count"], int)
    except (KeyError, TypeError, ValueError):
        raise AgentError(Problem.JOB_NOT_TRUSTED) from None
    if not well_formed:
        raise AgentError(Problem.JOB_NOT_TRUSTED)
    return Job(
        id=texts["jti"],
        request=texts["request"],
        answer_to=answer_to,
        title=texts["title"],
        certificate=texts["certificate"],
        issued=times[0],
        expires=times[1],
        items=items,
    )


def _items(given: Any) -> tuple[JobItem, ...]:
    try:
        return tuple(_item(each) for each in given)
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error):
        raise AgentError(Problem.ITEMS_NOT_IN_JOB) from None


def _item(given: Mapping[str, Any]) -> JobItem:
    evidence = given.get("evidence")
    return JobItem(
        reference=str(given["reference"]),
        kind=ItemKind(given["kind"]),
        tbs=base64.b64decode(given["tbs"], validate=True),
        evidence=None if evidence is None else base64.b64decode(evidence, validate=True),
        title=str(given["title"]),
    )
