"""The agent's side of a PKCS#11 module: a process of its own, started when needed.

A module that crashes (``MODULE_CRASHED``) or does not answer in time (``MODULE_SILENT``) is an error
message; the next thing that is asked of it starts a new process.  What a library forked is ended with
it then, and never waited for: it may hold our pipe open for ever.
"""

import hashlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cryptography import x509

from hocba_usb_token.agent import module_process
from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft
from hocba_usb_token.agent.keystores import Held

PATIENCE = 120.0
"""Seconds for one request: some tokens ask on their own PIN pad."""
LOOK = 0.5
"""Seconds between two looks whether the process still lives."""


class Pkcs11Module:
    """The tokens that one PKCS#11 library sees."""

    listing_needs_pin = False

    def __init__(self, module: Path, *, patience: float = PATIENCE) -> None:
        self._module = module
        self._patience = patience
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    @property
    def place(self) -> Path:
        """Where the library lies."""
        return self._module.absolute()

    @property
    def process_id(self) -> int | None:
        """The process that holds the library, when one is running."""
        return self._process.pid if self._process and self._process.is_alive() else None

    def certificates(self, pin: str | None = None) -> Sequence[Held]:
        """Every certificate of a person or organisation on the plugged tokens."""
        held = (Held(der, place) for der, place in self.ask("certificates"))
        return tuple(each for each in held if not _is_authority(each.certificate))

    def tries(self, fingerprint: str) -> TriesLeft:
        """What the token tells of the tries left.  :raises AgentError: PIN_LOCKED."""
        told: TriesLeft = self.ask("tries", fingerprint)
        return told

    def open(self, fingerprint: str, pin: str) -> "Pkcs11Session":
        """Log in once; the key stays open until the session is closed."""
        certificate, place = self.ask("open", fingerprint, pin)
        return Pkcs11Session(self, Held(certificate, place))

    def close(self) -> None:
        """End the process: politely, by closing the pipe; then not politely, and what it forked with it."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is None or process.pid is None:
            return
        process.join(1)
        if process.exitcode != 0:
            process.kill()
            process.join()
            _kill_group(process.pid)

    def ask(self, name: str, *arguments: Any) -> Any:
        """Have ``module_process.Module`` do ``name``.

        :raises AgentError: what it failed with; MODULE_CRASHED when it died, MODULE_SILENT when it hangs.
        """
        pipe = self._running()
        try:
            pipe.send((name, arguments))
            self._await(pipe)
            outcome, *values = pipe.recv()
        except TimeoutError:
            self._end()
            raise AgentError(Problem.MODULE_SILENT) from None
        except (EOFError, OSError):
            self._end()
            raise AgentError(Problem.MODULE_CRASHED) from None
        if outcome == "failed":
            problem, tries, detail = values
            raise AgentError(problem, tries=tries, detail=detail)
        return values[0]

    def _await(self, pipe: Connection) -> None:
        """Until an answer is there.  :raises EOFError: it died.  :raises TimeoutError: it hangs."""
        deadline = time.monotonic() + self._patience
        while not pipe.poll(max(0.0, min(LOOK, deadline - time.monotonic()))):
            if self.process_id is None:
                raise EOFError
            if time.monotonic() >= deadline:
                raise TimeoutError

    def _end(self) -> None:
        """End the process without asking."""
        if self._process is not None:
            self._process.kill()
        self.close()

    def _running(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self.close()
        if not self._module.is_file():
            raise AgentError(Problem.MODULE_NOT_LOADED)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=module_process.serve, args=(theirs, str(self._module)), daemon=True, name="pkcs11"
        )
        self._process.start()
        theirs.close()
        return self._pipe


class Pkcs11Session:
    """A key on a token to which somebody is logged in."""

    def __init__(self, module: Pkcs11Module, held: Held) -> None:
        self.held = held
        self._module = module
        self._owner = module.process_id

    def sign(self, tbs: bytes) -> bytes:
        """PKCS#1 v1.5 for RSA, r‖s for ECDSA."""
        if self._module.process_id != self._owner:
            # A new process has nobody logged in; the PIN is not kept to log in again.
            raise AgentError(Problem.MODULE_CRASHED)
        value: bytes = self._module.ask("sign", hashlib.sha256(tbs).digest())
        return value

    def close(self) -> None:
        """Log out, if the process is still the one that was logged in."""
        if self._module.process_id is None or self._module.process_id != self._owner:
            return
        try:
            self._module.ask("close")
        except AgentError:
            return


def _kill_group(leader: int) -> None:
    """What a library forked and did not set free; ``serve`` made a group for it."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def _is_authority(certificate: bytes) -> bool:
    try:
        loaded = x509.load_der_x509_certificate(certificate)
        return bool(loaded.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False
    except ValueError:
        return True  # whatever it is, nobody can sign with it
