"""A key in a PKCS#12 file (``.p12``, ``.pfx``); the PIN is the file's password."""

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft
from hocba_usb_token.agent.keystores import Held

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Pkcs12File:
    """One file with one key."""

    listing_needs_pin = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def certificates(self, pin: str | None = None) -> Sequence[Held]:
        """The file's certificate.  :raises AgentError: PIN_INCORRECT or FILE_NOT_READABLE."""
        return (self._load(pin or "")[0],)

    def tries(self, fingerprint: str) -> TriesLeft:
        """A file counts nothing."""
        return TriesLeft.UNKNOWN

    def open(self, fingerprint: str, pin: str) -> "Pkcs12Session":
        """Decrypt the key, once for all that will be signed with it."""
        held, key = self._load(pin)
        if held.fingerprint != fingerprint:
            raise AgentError(Problem.CERTIFICATE_NOT_ON_TOKEN)
        return Pkcs12Session(held, key)

    def close(self) -> None:
        """Nothing is held."""

    def _load(self, pin: str) -> tuple[Held, PrivateKey]:
        try:
            data = self._path.read_bytes()
        except OSError as error:
            raise AgentError(Problem.FILE_NOT_READABLE, detail=error.strerror or "") from None
        # A wrong password and a broken file give the same error: the file's outer form decides.
        if not data.startswith(b"\x30"):
            raise AgentError(Problem.FILE_NOT_READABLE)
        try:
            loaded = load_pkcs12(data, pin.encode())
        except ValueError:
            raise AgentError(Problem.PIN_INCORRECT) from None
        if loaded.cert is None or loaded.key is None:
            raise AgentError(Problem.FILE_NOT_READABLE)
        if not isinstance(loaded.key, PrivateKey):
            raise AgentError(Problem.KEY_NOT_SUPPORTED)
        return Held(loaded.cert.certificate.public_bytes(Encoding.DER), self._path.name), loaded.key


class Pkcs12Session:
    """The decrypted key, in memory until it is closed."""

    def __init__(self, held: Held, key: PrivateKey) -> None:
        self.held = held
        self._key: PrivateKey | None = key

    def sign(self, tbs: bytes) -> bytes:
        """PKCS#1 v1.5 for RSA, DER for ECDSA.  :raises AgentError: TOKEN_REMOVED after ``close``."""
        match self._key:
            case None:
                raise AgentError(Problem.TOKEN_REMOVED)
            case rsa.RSAPrivateKey():
                return self._key.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
            case _:
                return self._key.sign(tbs, ec.ECDSA(hashes.SHA256()))

    def close(self) -> None:
        """Forget the key."""
        self._key = None
