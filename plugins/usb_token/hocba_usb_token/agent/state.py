"""What the agent remembers between two starts: with which server it is paired, and what it used.

One JSON file, readable by its owner only, written in one piece.  It holds the agent's token
and the server's pinned key, never a PIN.
"""

import base64
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba_usb_token.agent.errors import AgentError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A pairing.

    :ivar job_key: base64 of the server's raw Ed25519 public key.
    :ivar p12: path of the PKCS#12 file, or empty; ``module``: path of the PKCS#11 module.
    :ivar used: ``jti`` of the jobs taken -> when each expires, seconds since 1970.
    """

    server: str
    name: str
    token: str = field(repr=False)
    job_key: str
    p12: str = ""
    module: str = ""
    used: dict[str, float] = field(default_factory=dict)

    def key(self) -> Ed25519PublicKey:
        """The pinned key.  :raises AgentError: STATE_NOT_READABLE."""
        return pinned_key(self.job_key)

    def with_used(self, job: str, expires: float, *, now: float) -> "State":
        """The state in which ``job`` was used; what has expired by itself is forgotten."""
        kept = {each: until for each, until in self.used.items() if until >= now}
        return replace(self, used={**kept, job: expires})


def pinned_key(text: str) -> Ed25519PublicKey:
    """The key of which ``text`` is the base64.  :raises AgentError: STATE_NOT_READABLE."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError:
        raise AgentError(Problem.STATE_NOT_READABLE) from None


def default_path() -> Path:
    """``agent.json`` in the user's own folder for settings."""
    return Path(click.get_app_dir("hocba-agent")) / "agent.json"


def load(path: Path) -> State:
    """Read the state.  :raises AgentError: NOT_PAIRED or STATE_NOT_READABLE."""
    try:
        return State(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise AgentError(Problem.NOT_PAIRED) from None
    except (OSError, ValueError, TypeError):
        raise AgentError(Problem.STATE_NOT_READABLE) from None


def save(path: Path, state: State) -> None:
    """Write the state, mode 0600, so that a crash leaves either the old or the new one.

    :raises AgentError: STATE_NOT_READABLE when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # mkstemp makes the file for its owner only, before anything is in it.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file, ensure_ascii=False)
        Path(temporary).replace(path)
    except OSError as error:
        raise AgentError(Problem.STATE_NOT_READABLE, detail=error.strerror or "") from None
