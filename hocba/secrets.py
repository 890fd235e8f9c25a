"""The server's own keys: made at first start, kept in one file that nobody else may read.

The file (``Settings.secrets_file``, mode 0600) holds generations of 32 random bytes.  From a
generation one key per purpose is derived (HKDF-SHA256): nothing that is encrypted with one says
anything of another.

====================== =================================== =====================================
what for               made with                           believed from
====================== =================================== =====================================
``encrypt``            the newest generation               every generation in the file
``pepper``             the newest generation               every one: look up ``peppers``
``sign_url``           the newest generation               every one
``job_signing_key``    the oldest generation               the one an agent learned at pairing
====================== =================================== =====================================

``rotate`` adds a generation, and nobody notices.  To be rid of an old one (somebody may have seen
the file) rotate with ``forget``: all sessions end, what waits at a vendor is asked for again, and
agents pair again.  None of it is ever in the database.
"""

import base64
import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_bytes
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class SecretsError(Exception):
    """The secrets file is not usable, or something was not encrypted with any of its keys."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One set of keys.  ``number`` grows by one and is never used again."""

    number: int
    key: bytes = field(repr=False)

    def derived(self, purpose: str) -> bytes:
        """The 32 bytes for ``purpose``."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"hocba/{purpose}".encode()).derive(self.key)


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The keys of this server, oldest generation first."""

    generations: tuple[Generation, ...]

    def __repr__(self) -> str:
        return "Secrets(***)"

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file, or make it; processes that start at once all get the same keys.

        :raises SecretsError: when others may read the file, or it is not what we wrote.
        """
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _make(path, _encoded(cls.random().generations))
        return cls(_decoded(_read(path)))

    @classmethod
    def random(cls) -> Self:
        """New keys, kept nowhere."""
        return cls((Generation(1, token_bytes(KEY_BYTES)),))

    def rotate(self, path: Path, *, forget: bool = False) -> Self:
        """Add a generation to the file; with ``forget``, drop all others."""
        added = Generation(self.generations[-1].number + 1, token_bytes(KEY_BYTES))
        rotated = type(self)((added,) if forget else (*self.generations, added))
        _replace(path, _encoded(rotated.generations))
        return rotated

    @property
    def job_signing_key(self) -> Ed25519PrivateKey:
        """Signs what an agent is given to do; its public half is handed out at pairing."""
        return Ed25519PrivateKey.from_private_bytes(self.generations[0].derived("job-signing"))

    def encrypt(self, data: bytes, *, about: bytes = b"") -> bytes:
        """``data``, readable by this server only.

        :param about: what it belongs to (the request's id): it decrypts nowhere else.
        """
        newest = self.generations[-1]
        nonce = token_bytes(NONCE_BYTES)
        sealed = AESGCM(newest.derived("encryption")).encrypt(nonce, data, about)
        return newest.number.to_bytes(4) + nonce + sealed

    def decrypt(self, data: bytes, *, about: bytes = b"") -> bytes:
        """What ``encrypt`` was given.

        :raises SecretsError: when no generation has the key, or the bytes were changed.
        """
        key = next((each for each in self.generations if each.number.to_bytes(4) == data[:4]), None)
        if key is None:
            raise SecretsError("encrypted with a key that is no longer kept")
        nonce, sealed = data[4 : 4 + NONCE_BYTES], data[4 + NONCE_BYTES :]
        try:
            return AESGCM(key.derived("encryption")).decrypt(nonce, sealed, about)
        except (InvalidTag, ValueError):
            raise SecretsError("not what was encrypted") from None

    def pepper(self, token: str) -> str:
        """The keyed hash under which ``token`` is stored: 64 hex digits."""
        return _hash(self.generations[-1], "pepper", token).hex()

    def peppers(self, token: str) -> tuple[str, ...]:
        """Every hash under which ``token`` may lie stored, newest first."""
        return tuple(_hash(each, "pepper", token).hex() for each in reversed(self.generations))

    def sign_url(self, url: str, *, expires: datetime) -> str:
        """``url`` with ``expires`` and ``signature`` added to its query; the host is not signed."""
        parts = urlsplit(url)
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), _until(expires)])
        signature = _text(_hash(self.generations[-1], "url", f"{parts.path}?{query}"))
        return parts._replace(query=f"{query}&signature={signature}").geturl()

    def verify_url(self, url: str, *, now: datetime) -> bool:
        """Whether we signed ``url`` (path and query as they came) and it has not expired."""
        parts = urlsplit(url)
        query, separator, signature = parts.query.rpartition("&signature=")
        if not separator or not signature.isascii():
            return False
        signed = f"{parts.path}?{query}"
        expected = (_text(_hash(each, "url", signed)) for each in self.generations)
        known = any(hmac.compare_digest(each, signature) for each in expected)
        return known and now.timestamp() < int(query.rpartition("expires=")[2])


def _until(expires: datetime) -> tuple[str, str]:
    return "expires", str(int(expires.timestamp()))


def _hash(generation: Generation, purpose: str, text: str) -> bytes:
    return hmac.digest(generation.derived(purpose), text.encode(), hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _encoded(generations: Sequence[Generation]) -> bytes:
    listed = [{"number": each.number, "key": base64.b64encode(each.key).decode()} for each in generations]
    return json.dumps({"generations": listed}, indent=2).encode() + b"\n"


def _decoded(data: bytes) -> tuple[Generation, ...]:
    try:
        listed = json.loads(data)["generations"]
        found = tuple(Generation(each["number"], base64.b64decode(each["key"])) for each in listed)
    except (ValueError, TypeError, KeyError):
        raise SecretsError("the secrets file is damaged") from None
    numbers = [each.number for each in found]
    if not found or numbers != sorted(set(numbers)) or any(len(each.key) != KEY_BYTES for each in found):
        raise SecretsError("the secrets file is damaged")
    return found


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
            raise SecretsError(f"others may read the secrets file: chmod 600 {path}")
        return file.read()


def _make(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` unless somebody was faster; it is whole from its first moment."""
    written = _written(path.parent, content)
    try:
        os.link(written, path)
    except FileExistsError:
        pass  # another process made it first: its keys are the server's
    finally:
        written.unlink()


def _replace(path: Path, content: bytes) -> None:
    _written(path.parent, content).replace(path)


def _written(folder: Path, content: bytes) -> Path:
    """A new file (mode 0600, as ``mkstemp`` makes them) that is safely on the disk."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".secrets-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
