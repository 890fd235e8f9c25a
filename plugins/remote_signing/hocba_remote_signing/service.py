"""What an operator sets for a signing service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from hocba.plugin_api import SecretName

SHA256 = "2.16.840.1.101.3.4.2.1"
KEY = "csc-v1"
LIST = "list"


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
    """

    key: str = KEY
    title: str = "Ký số từ xa (CSC)"
    base_url: str
    auth: Auth = Auth.BASIC
    credentials: str = LIST
    hash_algorithm: str = SHA256
    sign_algorithm: str = ""
    max_batch: int = 50
    patience: timedelta = timedelta(minutes=5)
    asks_for: tuple[SecretName, ...] = ()

    @property
    def secrets(self) -> tuple[SecretName, ...]:
        """Everything that a person must give for each batch."""
        needed: tuple[SecretName, ...] = ()
        if self.auth is Auth.BASIC:
            needed = (SecretName.USERNAME, SecretName.PASSWORD)
        elif "{username}" in self.credentials:
            needed = (SecretName.USERNAME,)
        return (*needed, *(each for each in self.asks_for if each not in needed))


def services(settings: Mapping[str, str]) -> tuple[Service, ...]:
    """The services that ``settings`` describe.

    :raises ValueError: naming the setting that is missing or wrong, never its value.
    """
    names = [name.strip() for name in settings.get("services", "").split(",") if name.strip()]
    found = [_service(settings, name.replace("-", "_") + "_", f"csc-{name}") for name in names]
    if "base_url" in settings:
        found.insert(0, _service(settings, "", KEY))
    if len({each.key for each in found}) != len(found):
        raise ValueError("services: a name is there twice")
    return tuple(found)


def _service(settings: Mapping[str, str], prefix: str, key: str) -> Service:
    given = {name: settings[prefix + name] for name in _READERS if prefix + name in settings}
    if "base_url" not in given:
        raise ValueError(f"{prefix}base_url is missing")
    read = {}
    for name, value in given.items():
        try:
            read[name] = _READERS[name](value)
        except ValueError:
            raise ValueError(f"{prefix}{name}: not a value that this setting can have") from None
    return Service(key=key, **read)


def _url(text: str) -> str:
    trimmed = text.strip().rstrip("/").removesuffix("/csc/v1")
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


_READERS: Mapping[str, Callable[[str], Any]] = {
    "title": str,
    "base_url": _url,
    "auth": Auth,
    "credentials": str.strip,
    "hash_algorithm": str.strip,
    "sign_algorithm": str.strip,
    "max_batch": _count,
    "patience": lambda text: timedelta(seconds=_count(text)),
    "asks_for": _secrets,
}
