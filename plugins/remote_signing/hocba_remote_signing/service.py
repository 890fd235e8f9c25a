"""What an operator sets for a signing service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from hocba.plugin_api import Secret, SecretName

SHA256 = "2.16.840.1.101.3.4.2.1"
LIST = "list"


class Protocol(StrEnum):
    """What a service speaks.  The value is also the key of a service without a name."""

    CSC_V1 = "csc-v1"  # Cloud Signature Consortium API 1.0.4
    CSC_V2 = "csc-v2"  # the same, 2.0
    SP769 = "sp769"  # the 769 profile: VNPT SmartCA, and whoever stands behind the NEAC gateway

    @property
    def prefix(self) -> str:
        """What stands before the name of a service in its signer's key."""
        return self.value.partition("-")[0]


class Auth(StrEnum):
    """How a person signs in at the service."""

    BASIC = "basic"  # auth/login with user name and password
    NONE = "none"  # whoever may reach the service may use it


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One signing service.

    :ivar key: of its signer, ``csc-v1`` or ``csc-<name>``; stored, so never change it.
    :ivar base_url: what stands before ``/csc/v1``.
    :ivar credentials: ``list`` (ask the service), a pattern such as ``demo/{username}``, or the
        credential ids themselves, separated by commas.
    :ivar hash_algorithm: sent as ``hashAlgo``; some services want a name instead of the OID.
    :ivar sign_algorithm: sent as ``signAlgo``; empty: chosen from what the credential offers.
    :ivar max_batch: most items in one order; the credential's ``multisign`` may be smaller.
    :ivar patience: how long an authorisation may wait for the person's phone.
    :ivar asks_for: secrets that a person gives from the start, beside those of the sign-in.
    :ivar asynchronous: ask for signatures in operation mode A (v2 only).
    :ivar poll_seconds: how often what is pending is asked about (v2 only).
    """

    key: str = Protocol.CSC_V1.value
    title: str = "Ký số từ xa (CSC)"
    base_url: str
    auth: Auth = Auth.BASIC
    credentials: str = LIST
    hash_algorithm: str = SHA256
    sign_algorithm: str = ""
    max_batch: int = 50
    patience: timedelta = timedelta(minutes=5)
    asks_for: tuple[SecretName, ...] = ()
    version: Protocol = Protocol.CSC_V1
    asynchronous: bool = False
    poll_seconds: int = 2

    @property
    def secrets(self) -> tuple[SecretName, ...]:
        """Everything that a person must give for each batch."""
        needed: tuple[SecretName, ...] = ()
        if self.auth is Auth.BASIC:
            needed = (SecretName.USERNAME, SecretName.PASSWORD)
        elif "{username}" in self.credentials:
            needed = (SecretName.USERNAME,)
        return (*needed, *(each for each in self.asks_for if each not in needed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sp769Service:
    """One signing service of the 769 profile.

    :ivar key: of its signer, ``sp769`` or ``sp769-<name>``; stored, so never change it.
    :ivar base_url: what stands before ``/v1``.
    :ivar sp_id: who we are to the service; ``sp_password`` goes with it.
    :ivar known_by_code: whether the status is asked for by the service's ``tran_code`` instead of our id.
    :ivar poll_seconds: how often it is asked how an order is going.
    :ivar max_batch: most documents in one order.
    :ivar patience: how long the telephone rings.
    """

    key: str = Protocol.SP769.value
    title: str = "Ký số từ xa (SmartCA)"
    base_url: str
    sp_id: str
    sp_password: Secret = field(repr=False)
    known_by_code: bool = False
    poll_seconds: int = 10
    max_batch: int = 50
    patience: timedelta = timedelta(minutes=4)


def services(settings: Mapping[str, str]) -> tuple[Service | Sp769Service, ...]:
    """The services that ``settings`` describe.

    :raises ValueError: naming the setting that is missing or wrong, never its value.
    """
    names = [name.strip() for name in settings.get("services", "").split(",") if name.strip()]
    found = [_service(settings, name.replace("-", "_") + "_", name) for name in names]
    if "base_url" in settings:
        found.insert(0, _service(settings, "", ""))
    if len({each.key for each in found}) != len(found):
        raise ValueError("services: a name is there twice")
    return tuple(found)


def _service(settings: Mapping[str, str], prefix: str, name: str) -> Service | Sp769Service:
    spoken = _read({"protocol": Protocol}, settings, prefix).get("protocol", Protocol.CSC_V1)
    kind, readers = _KINDS[spoken]
    given = _read(readers, settings, prefix)
    for required in ("base_url", *(("sp_id", "sp_password") if spoken is Protocol.SP769 else ())):
        if required not in given:
            raise ValueError(f"{prefix}{required} is missing")
    return kind(key=f"{spoken.prefix}-{name}" if name else spoken.value, **given)


def _read(
    readers: Mapping[str, Callable[[str], Any]], settings: Mapping[str, str], prefix: str
) -> dict[str, Any]:
    read = {}
    for name in readers:
        if prefix + name not in settings:
            continue
        try:
            read[name] = readers[name](settings[prefix + name])
        except ValueError:
            raise ValueError(f"{prefix}{name}: not a value that this setting can have") from None
    return read


def _url(text: str) -> str:
    trimmed = text.strip().rstrip("/")
    for version in ("/csc/v1", "/csc/v2"):
        trimmed = trimmed.removesuffix(version)
    if not trimmed.startswith(("https://", "http://")):
        raise ValueError
    return trimmed


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _secrets(text: str) -> tuple[SecretName, ...]:
    return tuple(SecretName(each.strip().lower()) for each in text.split(",") if each.strip())


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError
    return text.lower() == "true"


_COMMON: Mapping[str, Callable[[str], Any]] = {
    "title": str,
    "base_url": _url,
    "max_batch": _count,
    "patience": lambda text: timedelta(seconds=_count(text)),
}
_CSC: Mapping[str, Callable[[str], Any]] = {
    **_COMMON,
    "auth": Auth,
    "credentials": str.strip,
    "hash_algorithm": str.strip,
    "sign_algorithm": str.strip,
    "asks_for": _secrets,
}
_CSC_V2: Mapping[str, Callable[[str], Any]] = {**_CSC, "asynchronous": _flag, "poll_seconds": _count}
_SP769: Mapping[str, Callable[[str], Any]] = {
    **_COMMON,
    "sp_id": str.strip,
    "sp_password": Secret,
    "known_by_code": _flag,
    "poll_seconds": _count,
}
_KINDS: Mapping[
    Protocol, tuple[Callable[..., Service | Sp769Service], Mapping[str, Callable[[str], Any]]]
] = {
    Protocol.CSC_V1: (Service, _CSC),
    Protocol.CSC_V2: (partial(Service, version=Protocol.CSC_V2, title="Ký số từ xa (CSC v2)"), _CSC_V2),
    Protocol.SP769: (Sp769Service, _SP769),
}
