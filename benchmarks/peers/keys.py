"""The signers' keys as peers want them: PEM bytes, and files for pyHanko."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from benchmarks.documents import pki
from hocba.domain.values import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerKey:
    """One signer's key and certificate, loaded and as PEM."""

    key: rsa.RSAPrivateKey
    key_pem: bytes
    certificate: x509.Certificate
    certificate_pem: bytes


@cache
def peer_key(slot: Slot) -> PeerKey:
    """The key of ``slot``'s signer."""
    issued = pki().holders[slot.identity]
    assert isinstance(issued.key, rsa.RSAPrivateKey)
    return PeerKey(
        key=issued.key,
        key_pem=issued.key_pem,
        certificate=issued.certificate,
        certificate_pem=issued.certificate.public_bytes(Encoding.PEM),
    )


def write_files(slot: Slot, folder: Path) -> tuple[str, str]:
    """The key and the certificate of ``slot``'s signer as files."""
    files = folder / "key.pem", folder / "certificate.pem"
    for file, content in zip(files, (peer_key(slot).key_pem, peer_key(slot).certificate_pem), strict=True):
        file.write_bytes(content)
    return str(files[0]), str(files[1])
