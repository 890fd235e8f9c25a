"""The "769" profile on the wire: remote signing that a telephone confirms.  Pure.

Source: VNPT SmartCA, integration guide SP769 4.1 (3 May 2024); the NEAC gateway uses the same nouns.
Where sources disagree both are read: the HTTP status and ``status_code`` of the body, a transaction
known by our own id or by the service's ``tran_code``.  What an answer says in prose is never kept.

====================================  ============================================================
``/v1/credentials/get_certificate``   a person's certificates, by his personal id
``/v1/signatures/sign``               digests in; the telephone rings: ``sig_wait_for_user_confirm``
``/v1/signatures/sign/{id}/status``   how it is going, and in the end the raw values
====================================  ============================================================
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from hocba.plugin_api import Answer, Item, ItemKind, SignerError, VendorCertificate

GET_CERTIFICATE = "/v1/credentials/get_certificate"
SIGN = "/v1/signatures/sign"

_WORD = re.compile(r"[A-Za-z_]{1,60}")
_UNUSABLE = {"EXPIRED", "REVOKED", "SUSPENDED", "LOCKED", "INVALID", "DISABLED"}
_REJECTED = re.compile(r"REJECT|DENIED|DENY|CANCEL", re.IGNORECASE)
_EXPIRED = re.compile(r"EXPIRE|TIME_?OUT", re.IGNORECASE)
_WAITING = re.compile(r"WAIT|PENDING|PROCESSING", re.IGNORECASE)


class Phase(StrEnum):
    """How a transaction is going."""

    WAITING = "waiting"
    SIGNED = "signed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Said(SignerError):  # noqa: N818 -- reads as the fact that it is
    """The service answered with an error.

    :ivar status: the HTTP status, or the body's own when that is an error.
    :ivar word: its ``message``, when it is one word.
    """

    def __init__(self, status: int, word: str) -> None:
        super().__init__(f"769: {status} {word}".rstrip())
        self.status = status
        self.word = word


@dataclass(frozen=True, slots=True)
class Status:
    """What a status call told.

    :ivar signatures: ``doc_id`` -> the raw value, when it is signed.
    """

    phase: Phase
    signatures: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def parse(answer: Answer) -> Mapping[str, Any]:
    """The JSON object of a good answer.

    :raises Said: when the service says no, by HTTP or in the body.
    :raises SignerError: when it is no answer of this protocol.
    """
    try:
        given = json.loads(answer.body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise Said(answer.status, "")
        raise SignerError("769: not a JSON object")
    inner = given.get("status_code")
    status = max(answer.status, inner if isinstance(inner, int) and inner < 600 else 0)  # noqa: PLR2004
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise Said(status, _word(given))
    return given


def certificates(given: Mapping[str, Any]) -> list[VendorCertificate]:
    """What ``get_certificate`` offers, without what may not sign any more."""
    listed = (given.get("data") or {}).get("user_certificates")
    if not isinstance(listed, list):
        raise SignerError("769: get_certificate: no certificates")
    return [_certificate(each) for each in listed if _usable(each)]


def files(items: Sequence[Item]) -> list[dict[str, str]]:
    """``sign_files``: the digests, in hex."""
    return [
        {
            "doc_id": item.reference,
            "file_type": "pdf" if item.kind is ItemKind.PADES else "xml",
            "sign_type": "hash",
            "data_to_be_signed": item.digest.hex(),
        }
        for item in items
    ]


def stamp(moment: datetime) -> str:
    """``time_stamp``: yyyyMMddHHmmssZ, UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def tran_code(given: Mapping[str, Any]) -> str:
    """How the service itself calls a transaction; empty when it says nothing."""
    return str((given.get("data") or {}).get("tran_code") or "")


def status(given: Mapping[str, Any]) -> Status:
    """How a transaction is going, from ``…/status``.

    :raises SignerError: when a value is no base64.
    """
    signatures = (given.get("data") or {}).get("signatures")
    if isinstance(signatures, list) and signatures:
        return Status(Phase.SIGNED, dict(map(_signature, signatures)))
    return Status(phase_of(_word(given)))


def phase_of(word: str) -> Phase:
    """What a message means, whoever worded it."""
    for pattern, phase in ((_REJECTED, Phase.REJECTED), (_EXPIRED, Phase.EXPIRED), (_WAITING, Phase.WAITING)):
        if pattern.search(word):
            return phase
    return Phase.UNKNOWN


def _usable(listed: Any) -> bool:
    return isinstance(listed, dict) and str(listed.get("cert_status") or "").upper() not in _UNUSABLE


def _certificate(listed: Mapping[str, Any]) -> VendorCertificate:
    chain = listed.get("chain_data") or {}
    issuers = [chain.get(name) for name in ("ca_cert", "root_cert")]
    return VendorCertificate(
        str(listed.get("serial_number") or ""),
        _bytes(listed.get("cert_data")),
        tuple(_bytes(each) for each in issuers if each),
    )


def _signature(listed: Any) -> tuple[str, bytes]:
    try:
        return str(listed["doc_id"]), _bytes(listed["signature_value"])
    except (TypeError, KeyError):
        raise SignerError("769: a signature without its document") from None


def _bytes(text: Any) -> bytes:
    # Some services break their base64 into lines, some wrap certificates in PEM.
    plain = re.sub(r"-----[A-Z ]+-----|\s", "", str(text or ""))
    try:
        return base64.b64decode(plain, validate=True)
    except ValueError:
        raise SignerError("769: not base64") from None


def _word(given: Mapping[str, Any]) -> str:
    word = str(given.get("message") or "")
    return word if _WORD.fullmatch(word) else ""
