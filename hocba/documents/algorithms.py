"""The few algorithms that are allowed, and the forms in which raw signatures arrive.

SHA-256 everywhere; RSA PKCS#1 v1.5 and ECDSA are made, RSASSA-PSS is accepted as well (TT 39/2017
asks for it, the field uses PKCS#1 v1.5).  A raw answer may be the plain signature, ECDSA in DER
or as r‖s, or a CMS around it; XMLDSig holds the plain signature and r‖s.
"""

from collections.abc import Iterator
from enum import StrEnum

from asn1crypto import cms
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)

EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

_HASH = hashes.SHA256()
_PREHASHED = Prehashed(_HASH)
_PKCS1 = padding.PKCS1v15()
_PSS = padding.PSS(mgf=padding.MGF1(_HASH), salt_length=_HASH.digest_size)

PublicKey = RSAPublicKey | EllipticCurvePublicKey


class Algorithm(StrEnum):
    """A signature algorithm, by the name that plugins use."""

    RSA = "rsa-sha256"
    ECDSA = "ecdsa-sha256"
    RSA_PSS = "rsa-pss-sha256"

    @property
    def uri(self) -> str:
        """What SignatureMethod says."""
        return _URIS[self]


_URIS = {
    Algorithm.RSA: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    Algorithm.ECDSA: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    Algorithm.RSA_PSS: "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
}
BY_URI = {uri: algorithm for algorithm, uri in _URIS.items()}


def default_for(key: str) -> Algorithm:
    """The algorithm that a key of kind ``rsa`` or ``ec`` signs with here."""
    return Algorithm.RSA if key == "rsa" else Algorithm.ECDSA


def is_valid(public_key: PublicKey, algorithm: Algorithm, digest: bytes, value: bytes) -> bool:
    """Whether ``value``, in XMLDSig form, signs ``digest``."""
    try:
        if isinstance(public_key, EllipticCurvePublicKey):
            if algorithm is not Algorithm.ECDSA:
                return False
            public_key.verify(_der(public_key, value), digest, ECDSA(_PREHASHED))
        elif algorithm is Algorithm.RSA:
            public_key.verify(value, digest, _PKCS1, _PREHASHED)
        elif algorithm is Algorithm.RSA_PSS:
            public_key.verify(value, digest, _PSS, _PREHASHED)
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def readings(public_key: PublicKey, raw: bytes) -> Iterator[bytes]:
    """The XMLDSig forms that ``raw`` may mean, the likeliest first."""
    yield from _plain(public_key, raw)
    if len(raw) > _size(public_key):
        yield from (value for inner in _inside_cms(raw) for value in _plain(public_key, inner))


def _size(public_key: PublicKey) -> int:
    size = (public_key.key_size + 7) // 8
    return 2 * size if isinstance(public_key, EllipticCurvePublicKey) else size


def _plain(public_key: PublicKey, raw: bytes) -> Iterator[bytes]:
    if len(raw) == _size(public_key):
        yield raw
    if isinstance(public_key, EllipticCurvePublicKey):
        half = _size(public_key) // 2
        try:
            yield b"".join(part.to_bytes(half, "big") for part in decode_dss_signature(raw))
        except (ValueError, OverflowError):
            return


def _der(public_key: EllipticCurvePublicKey, value: bytes) -> bytes:
    """:raises ValueError: unless ``value`` is r‖s of the curve's size."""
    half = _size(public_key) // 2
    if len(value) != 2 * half:
        raise ValueError("not r‖s")
    return encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))


def _inside_cms(raw: bytes) -> list[bytes]:
    """The one signature in a CMS without signed attributes: with them it signs something else."""
    try:
        signed = cms.ContentInfo.load(raw, strict=True)["content"]
        signers = list(signed["signer_infos"])
        return [s["signature"].native for s in signers if not s["signed_attrs"].native and len(signers) == 1]
    except (ValueError, TypeError, KeyError):
        return []
