"""Where the keys are: a token behind its PKCS#11 module, or a PKCS#12 file.

Both are used in the same way: list the certificates, open one with the PIN, sign with what
was opened, close it.  A wrong PIN is an answer, and nobody here ever tries one twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hocba_usb_token.agent.errors import TriesLeft


@dataclass(frozen=True, slots=True)
class Held:
    """One certificate with its key.

    :ivar certificate: DER.
    :ivar place: the token's label or the file's name.
    """

    certificate: bytes
    place: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return hashlib.sha256(self.certificate).hexdigest()


class SigningSession(Protocol):
    """A key that was opened with the PIN.  Used by one thread."""

    @property
    def held(self) -> Held:
        """The certificate that this session signs for."""
        ...

    def sign(self, tbs: bytes) -> bytes:
        """The raw signature (PKCS#1 v1.5 or ECDSA, with SHA-256) of ``tbs``, which is hashed here.

        :raises AgentError: TOKEN_REMOVED, TOKEN_ERROR, MODULE_CRASHED…
        """
        ...

    def close(self) -> None:
        """Forget the key.  Never raises."""
        ...


class KeyStore(Protocol):
    """A token or a file."""

    @property
    def listing_needs_pin(self) -> bool:
        """Whether the certificates cannot be seen without the PIN (a PKCS#12 file)."""
        ...

    def certificates(self, pin: str | None = None) -> Sequence[Held]:
        """The certificates that have a key here, those of authorities left out.

        :raises AgentError: when the token or file cannot be read.
        """
        ...

    def tries(self, fingerprint: str) -> TriesLeft:
        """What is told of the tries left, before anybody types a PIN.

        :raises AgentError: PIN_LOCKED, CERTIFICATE_NOT_ON_TOKEN…
        """
        ...

    def open(self, fingerprint: str, pin: str) -> SigningSession:
        """Log in and find the key of one certificate.

        :param fingerprint: SHA-256 of the certificate, in hex.
        :raises AgentError: PIN_INCORRECT, PIN_LOCKED, CERTIFICATE_NOT_ON_TOKEN…
        """
        ...

    def close(self) -> None:
        """Let go of the token or file.  Never raises."""
        ...
