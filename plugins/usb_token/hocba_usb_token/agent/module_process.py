"""What runs in the process of a PKCS#11 module: a vendor's library, on one thread, alone.

A vendor's library may crash or hang, and python-pkcs11 is not safe with threads.  So nothing
else lives in this process: it reads a request from a pipe, does it, and answers, one at a
time.  When the process dies, the agent says so and goes on (``pkcs11_module``).

Requests are ``(name, arguments)``; answers are ``("done", value)`` or
``("failed", problem, tries, detail)``.  The PIN is kept only for keys that ask for it at each
signature (CKA_ALWAYS_AUTHENTICATE).
"""

import hashlib
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag

from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft
from hocba_usb_token.agent.hardening import leave_no_dump

SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER of a DigestInfo up to the digest: raw RSA over it is understood by every token."""
REMOVED = (
    pkcs11.TokenNotPresent,
    pkcs11.DeviceRemoved,
    pkcs11.SessionHandleInvalid,
    pkcs11.ObjectHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.NoSuchToken,
)
WRONG_PIN = (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid)


def serve(pipe: Connection, module: str) -> None:
    """Answer requests until the other end of ``pipe`` is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the agent, which then closes the pipe
    leave_no_dump()
    if sys.platform != "win32" and os.getpgrp() != os.getpid():
        os.setpgrp()  # so that what the library forks can be ended with it
    os.environ.pop("HOCBA_AGENT_PIN", None)
    worker = Module(module)
    while True:
        try:
            name, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        answer = _answer(worker, name, arguments)
        del arguments  # among them the PIN: not until the next request
        pipe.send(answer)


def _answer(worker: "Module", name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    try:
        return "done", getattr(worker, name)(*arguments)
    except AgentError as error:
        return "failed", error.problem, error.tries, error.detail
    except REMOVED as error:
        return "failed", Problem.TOKEN_REMOVED, TriesLeft.UNKNOWN, type(error).__name__
    except Exception as error:  # noqa: BLE001 -- the library may raise anything; only its name may leave
        return "failed", Problem.TOKEN_ERROR, TriesLeft.UNKNOWN, type(error).__name__


class Module:
    """The module, and at most one session in which somebody is logged in."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._library: Any = None
        self._session: Any = None
        self._key: Any = None
        self._pin: str | None = None

    def certificates(self) -> list[tuple[bytes, str]]:
        """DER and token label of every certificate in every token; nobody is logged in for it."""
        return [(der, token.label.strip()) for token in self._tokens() for der, _ in _certificates(token)]

    def tries(self, fingerprint: str) -> TriesLeft:
        """What the token with this certificate tells of the tries left.  :raises AgentError: PIN_LOCKED."""
        token, _, _ = self._found(fingerprint)
        return _tries(token)

    def open(self, fingerprint: str, pin: str) -> tuple[bytes, str]:
        """Log in to the token with this certificate and find its key by CKA_ID."""
        token, der, key_id = self._found(fingerprint)
        self._log_in(token, key_id, pin)
        return der, token.label.strip()

    def sign(self, digest: bytes) -> bytes:
        """PKCS#1 v1.5 over the DigestInfo, or ECDSA as r‖s."""
        if self._key is None:
            raise AgentError(Problem.TOKEN_REMOVED)
        try:
            if self._key.key_type == KeyType.EC:
                value = self._key.sign(digest, mechanism=Mechanism.ECDSA, pin=self._pin)
            else:
                value = self._key.sign(SHA256_INFO + digest, mechanism=Mechanism.RSA_PKCS, pin=self._pin)
        except pkcs11.GeneralError:
            # What a library says of a token that was pulled out, until it is initialised again.
            raise AgentError(Problem.TOKEN_REMOVED, detail="GeneralError") from None
        except pkcs11.PinLocked:
            raise AgentError(Problem.PIN_LOCKED) from None
        except WRONG_PIN:
            raise _wrong_pin(self._session.token) from None
        return bytes(value)

    def close(self) -> None:
        """Log out and forget key and PIN."""
        session, self._session, self._key, self._pin = self._session, None, None, None
        if session is not None:
            try:
                session.close()
            except pkcs11.PKCS11Error:
                return  # the token is gone, and the session with it

    def _found(self, fingerprint: str) -> tuple[Any, bytes, bytes]:
        """The token with this certificate, its DER and its CKA_ID."""
        for token in self._tokens():
            for der, key_id in _certificates(token):
                if hashlib.sha256(der).hexdigest() == fingerprint:
                    return token, der, key_id
        raise AgentError(Problem.CERTIFICATE_NOT_ON_TOKEN)

    def _tokens(self) -> list[Any]:
        """The initialised tokens, those plugged in since the last look as well."""
        self.close()
        try:
            if self._library is None:
                self._library = pkcs11.lib(self._path)
            else:
                self._library.reinitialize()
        except (pkcs11.PKCS11Error, OSError, RuntimeError) as error:
            raise AgentError(Problem.MODULE_NOT_LOADED, detail=type(error).__name__) from None
        return list(self._library.get_tokens(token_flags=TokenFlag.TOKEN_INITIALIZED))

    def _log_in(self, token: Any, key_id: bytes, pin: str) -> None:
        try:
            self._session = token.open(user_pin=pin)
        except pkcs11.PinLocked:
            raise AgentError(Problem.PIN_LOCKED) from None
        except WRONG_PIN:
            raise _wrong_pin(token) from None
        try:
            self._key = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=key_id)
        except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned):
            self.close()
            raise AgentError(Problem.CERTIFICATE_NOT_ON_TOKEN) from None
        if self._key.key_type not in {KeyType.RSA, KeyType.EC}:
            self.close()
            raise AgentError(Problem.KEY_NOT_SUPPORTED)
        self._pin = pin if _always_authenticate(self._key) else None


def _certificates(token: Any) -> Iterator[tuple[bytes, bytes]]:
    """DER and CKA_ID of each certificate on ``token``."""
    with token.open() as session:
        found = [
            (bytes(each[Attribute.VALUE]), bytes(each[Attribute.ID]))
            for each in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        ]
    yield from found


def _always_authenticate(key: Any) -> bool:
    try:
        return bool(key[Attribute.ALWAYS_AUTHENTICATE])
    except pkcs11.PKCS11Error:
        return False  # older tokens do not know the attribute


def _wrong_pin(token: Any) -> AgentError:
    """PIN_INCORRECT with what the token tells of the tries left, or PIN_LOCKED."""
    try:
        return AgentError(Problem.PIN_INCORRECT, tries=_tries(token))
    except AgentError as locked:
        return locked
    except pkcs11.PKCS11Error:
        return AgentError(Problem.PIN_INCORRECT)  # it was wrong, whatever became of the token since


def _tries(token: Any) -> TriesLeft:
    """The flags of the token as they are now.  :raises AgentError: PIN_LOCKED."""
    flags = token.slot.get_token().flags
    if flags & TokenFlag.USER_PIN_LOCKED:
        raise AgentError(Problem.PIN_LOCKED)
    if flags & TokenFlag.USER_PIN_FINAL_TRY:
        return TriesLeft.FINAL
    return TriesLeft.LOW if flags & TokenFlag.USER_PIN_COUNT_LOW else TriesLeft.UNKNOWN
