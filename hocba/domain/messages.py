"""Messages to endpoints of the operator: what is told, to whom, and how long it is tried.

An endpoint is a program of the school's or the province's own: it writes the mail, the SMS or the Zalo
message.  Messages hold ids, codes and counts; neither names nor personal ids.  They are sent as
*Standard Webhooks* says: an id that stays the same however often it is tried, a time, a signature.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit


class MessageKind(StrEnum):
    """What is told."""

    REMINDER = "signing.reminder"  # somebody is waited for
    TRANSCRIPT_SIGNED = "transcript.signed"  # all have signed, and the seal is stored


class DeliveryState(StrEnum):
    """Where a message to one endpoint is.  The comment says who moves next."""

    WAITING = "waiting"  # the sweep, when it is time
    DELIVERED = "delivered"  # nobody
    FAILED = "failed"  # the operator


PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 86_400))
"""How long is waited after the first, second, … try that failed; after the last of them it is given up."""

GONE = 410
"""An endpoint that answers this wants nothing more."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_PREFIX = "whsec_"
_SECRET_BYTES = (24, 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where messages go.

    :ivar secrets: keys of 24 to 64 bytes, the newest first; each signs every message.
    """

    name: str
    url: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    kinds: frozenset[MessageKind]

    @property
    def host(self) -> str:
        """Host and port as an allow-list names them."""
        return urlsplit(self.url).netloc.lower()


def endpoint(name: str, given: Mapping[str, Any]) -> Endpoint:
    """The endpoint that the operator describes by ``url``, ``secret`` and ``kinds``.

    :raises ValueError: naming what is wrong with it, never the value.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("the name of an endpoint has small letters, digits and hyphens")
    if unknown := given.keys() - {"url", "secret", "kinds"}:
        raise ValueError(f"{min(unknown)}: there is no such setting")
    listed = given.get("kinds", "")
    names = listed.split(",") if isinstance(listed, str) else listed
    try:
        kinds = frozenset(MessageKind(each.strip()) for each in names if each.strip())
    except (ValueError, AttributeError, TypeError):
        raise ValueError(f"kinds: out of {', '.join(MessageKind)}") from None
    return Endpoint(
        name=name,
        url=_url(given.get("url")),
        secrets=tuple(map(_secret, str(given.get("secret", "")).split())) or (_secret(""),),
        kinds=kinds or frozenset(MessageKind),
    )


def signature(secrets: tuple[bytes, ...], id: str, at: datetime, body: str) -> str:
    """What the header ``webhook-signature`` says (Standard Webhooks: symmetric, v1)."""
    signed = f"{id}.{int(at.timestamp())}.{body}".encode()
    made = (hmac.digest(secret, signed, hashlib.sha256) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(each).decode()}" for each in made)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many tries that failed; ``None`` when it is given up."""
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def _url(given: Any) -> str:
    wrong = ValueError("url: must be https, or http on loopback")
    try:
        parts = urlsplit(given if isinstance(given, str) else "")
        whole = parts.hostname and parts.port != 0
    except ValueError:  # its own words quote the address
        raise wrong from None
    if parts.scheme not in ("https", "http") or not whole or "@" in parts.netloc:
        raise wrong
    return str(given)


def _secret(given: str) -> bytes:
    try:
        key = base64.b64decode(given.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    low, high = _SECRET_BYTES
    if not given.startswith(_PREFIX) or not low <= len(key) <= high:
        raise ValueError(f"secret: {_PREFIX} and the Base64 of {low} to {high} random bytes")
    return key
