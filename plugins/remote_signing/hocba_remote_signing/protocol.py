"""The CSC API v1 on the wire: what is sent, and what an answer means.  Pure.

Source: Cloud Signature Consortium, *Architectures and protocols for remote signature
applications*, 1.0.4.0.  An error is known by its code alone: the description is the vendor's
own prose, may repeat what was sent, and is never kept.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from hocba.plugin_api import Answer, LoginFailed, SignerError

CARD_UNKNOWN = "Thông tin thẻ không tồn tại hoặc không đúng"
RSA_SHA256 = "1.2.840.113549.1.1.11"
RSA = "1.2.840.113549.1.1.1"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
SIGN_ALGORITHMS = (RSA_SHA256, ECDSA_SHA256, RSA)
"""The ones that may be asked for, best first; bare RSA takes the hash from ``hashAlgo``."""


class VendorRefusal(SignerError):  # noqa: N818 -- reads as the fact that it is
    """The service answered with an error.  ``code`` is its ``error``, or empty."""

    def __init__(self, method: str, status: int, code: str) -> None:
        super().__init__(f"{method}: {status} {code}".rstrip())
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What ``credentials/info`` tells of a key.

    :ivar certificates: DER, the leaf first.
    :ivar multisign: most signatures of one authorisation.
    :ivar otp_is_sent: whether the service must be asked to send the one-time code.
    """

    enabled: bool
    certificates: tuple[bytes, ...] = field(repr=False)
    algorithms: tuple[str, ...]
    mode: str
    binds_hashes: bool
    multisign: int
    needs_pin: bool
    needs_otp: bool
    otp_is_sent: bool


def parse(method: str, answer: Answer) -> Mapping[str, Any]:
    """The JSON object of a good answer.

    :raises LoginFailed: when the service does not, or no longer, know who asks.
    :raises VendorRefusal: for any other error.
    :raises SignerError: when it is no answer of this protocol.
    """
    if answer.status == HTTPStatus.UNAUTHORIZED:
        raise LoginFailed(CARD_UNKNOWN)
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        raise VendorRefusal(method, answer.status, _error(answer.body))
    return _object(method, answer.body)


def basic(username: str, password: str) -> str:
    """The ``Authorization`` of HTTP Basic (RFC 7617, UTF-8)."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def parse_token(given: Mapping[str, Any]) -> str:
    """``access_token`` of ``auth/login``."""
    token = given.get("access_token")
    if not isinstance(token, str) or not token:
        raise SignerError("auth/login: no access token")
    return token


def parse_page(given: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    """The ids of a page of ``credentials/list``, and the token of the next page, or empty."""
    ids = given.get("credentialIDs")
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise SignerError("credentials/list: no credential ids")
    return tuple(ids), str(given.get("nextPageToken") or "")


def parse_credential(given: Mapping[str, Any]) -> Credential:
    """What ``credentials/info`` answered.  What it leaves out has the standard's default."""
    try:
        key, certificate = given.get("key") or {}, given.get("cert") or {}
        pin, otp = given.get("PIN") or {}, given.get("OTP") or {}
        return Credential(
            enabled=key.get("status", "enabled") == "enabled"
            and certificate.get("status", "valid") in {"valid", ""},
            certificates=tuple(_bytes(each) for each in certificate.get("certificates") or ()),
            algorithms=tuple(str(each) for each in key.get("algo") or ()),
            mode=str(given.get("authMode") or "explicit"),
            binds_hashes=str(given.get("SCAL") or "1") == "2",
            multisign=max(1, int(given.get("multisign") or 1)),
            needs_pin=_is_true(pin),
            needs_otp=_is_true(otp),
            otp_is_sent=otp.get("type", "offline") == "online",
        )
    except (AttributeError, TypeError, ValueError):
        raise SignerError("credentials/info: not what the standard says") from None


def sign_algorithm(credential: Credential, *, elliptic: bool) -> str:
    """The ``signAlgo`` to ask for, of those that the credential offers."""
    for each in SIGN_ALGORITHMS:
        if each in credential.algorithms:
            return each
    return ECDSA_SHA256 if elliptic else RSA_SHA256


def encode(hashes: Sequence[bytes]) -> list[str]:
    """Hashes as they travel."""
    return [base64.b64encode(each).decode() for each in hashes]


def parse_sad(given: Mapping[str, Any]) -> str:
    """The authorisation that ``credentials/authorize`` gave."""
    sad = given.get("SAD")
    if not isinstance(sad, str) or not sad:
        raise SignerError("credentials/authorize: no SAD")
    return sad


def parse_signatures(given: Mapping[str, Any], count: int) -> tuple[bytes, ...]:
    """The raw signatures of ``signatures/signHash``, in the order of the hashes.

    :raises SignerError: unless there is exactly one for each hash: nobody could tell whose they are.
    """
    signatures = given.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != count:
        raise SignerError("signatures/signHash: not one signature for each hash")
    try:
        return tuple(_bytes(each) for each in signatures)
    except (AttributeError, ValueError):
        raise SignerError("signatures/signHash: not base64") from None


def _object(method: str, body: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(body)
    except ValueError:
        raise SignerError(f"{method}: not JSON") from None
    if not isinstance(given, dict):
        raise SignerError(f"{method}: not a JSON object")
    return given


def _error(body: bytes) -> str:
    try:
        code = str(_object("", body).get("error", ""))
    except SignerError:
        return ""
    return code if re.fullmatch(r"[a-z_]{1,40}", code) else ""


def _bytes(text: str) -> bytes:
    # Some services break their base64 into lines.
    return base64.b64decode("".join(text.split()), validate=True)


def _is_true(given: Mapping[str, Any]) -> bool:
    return str(given.get("presence", "false")).lower() == "true"
