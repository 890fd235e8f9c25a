"""A remote signing service on this computer: ``certomancer-csc-dummy``, which speaks CSC v1.

It was written by others, asks nobody for a password, and signs with the keys that it is
given.  A credential is called ``demo/<name>``.  The service shows every certificate of its
architecture, those of the authorities as well, but has keys only for the credentials.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

ARCHITECTURE = "demo"
START = 30.0


@dataclass(frozen=True, slots=True)
class Credential:
    """A key that the service signs with.

    :ivar certificate: DER, as each of ``chain``: the issuing authority first, the root last.
    """

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: bytes
    chain: tuple[bytes, ...]


def write_config(folder: Path, credentials: Mapping[str, Credential]) -> Path:
    """Write the service's keys, certificates and configuration.

    :param credentials: by name; all of one chain.
    :returns: the configuration file.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys: dict[str, Any] = {}
    certificates: dict[str, Any] = {}
    chain = next(iter(credentials.values())).chain
    authorities = [f"authority-{number}" for number in range(len(chain))]
    for label, issuer, der in zip(authorities, [*authorities[1:], authorities[-1]], chain, strict=True):
        public = x509.load_der_x509_certificate(der).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        keys[label] = _write(folder, label, pem) | {"public-only": True}
        certificates[label] = _certificate(folder, label, issuer, der)
    for name, one in credentials.items():
        pem = one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        keys[name] = _write(folder, name, pem)
        certificates[name] = _certificate(folder, name, authorities[0], one.certificate)
    config = {
        "keysets": {ARCHITECTURE: {"keys": keys}},
        "pki-architectures": {
            ARCHITECTURE: {
                "keyset": ARCHITECTURE,
                # The names in the certificates count; these only tell the entities apart.
                "entities": {label: {"common-name": label} for label in certificates},
                "certs": certificates,
            }
        },
    }
    path = folder / "csc.yml"
    path.write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")  # JSON is YAML
    return path


def csc_command(config: Path, port: int, *, scal: int = 2) -> list[str]:
    """The command that runs the service on loopback.

    :param scal: 2 when an authorisation is bound to the hashes, else 1.
    """
    return [sys.executable, "-m", "csc_dummy", str(config), str(port), str(scal)]


@contextmanager
def start_csc_service(
    folder: Path, credentials: Mapping[str, Credential], port: int, *, scal: int = 2
) -> Iterator[str]:
    """Run the service for as long as the block lasts; give its base URL.

    :raises RuntimeError: when it does not start.
    """
    config = write_config(folder, credentials)
    with (folder / "csc.log").open("wb") as log:
        process = subprocess.Popen(csc_command(config, port, scal=scal), stdout=log, stderr=log)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _write(folder: Path, label: str, pem: bytes) -> dict[str, Any]:
    path = folder / f"{label}.pem"
    path.touch(mode=0o600)
    path.write_bytes(pem)
    return {"path": path.name}


def _certificate(folder: Path, label: str, issuer: str, der: bytes) -> dict[str, Any]:
    (folder / f"{label}.cer").write_bytes(der)
    loaded = x509.load_der_x509_certificate(der)
    return {
        "subject": label,
        "issuer": issuer,
        "certificate-file": f"{label}.cer",
        "validity": {
            "valid-from": loaded.not_valid_before_utc.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "valid-to": loaded.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%S%z"),
        },
    }


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url + "/info", timeout=2)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the signing service does not start: see csc.log")
