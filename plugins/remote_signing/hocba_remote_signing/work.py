"""An order on its way through a CSC service, chunk by chunk.

::

    chunk: authorize ──> SAD ──> signHash ──> raw values ──> the next chunk
              └ handle, asked about      └ responseID, asked about      (CSC v2)

What waits can be written down and taken up by another process.  It holds the service's token and, while
signatures are being made, the authorisation: the core keeps it encrypted and forgets it with the order.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from hocba.plugin_api import Order, Secret, SignerError
from hocba_remote_signing.client import Session


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to sign."""

    reference: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is left of an order, and what its first chunk waits for, if anything.

    :ivar key: the credential.
    :ivar handle: of the authorisation that is asked about.
    :ivar sad: the authorisation, once it is there.
    :ivar response_id: of the signatures that are asked about.
    """

    key: str
    algorithm: str
    description: str
    transaction: str
    chunks: tuple[tuple[Part, ...], ...] = field(repr=False)
    handle: str = field(default="", repr=False)
    sad: str = field(default="", repr=False)
    response_id: str = field(default="", repr=False)

    @classmethod
    def of(cls, order: Order, algorithm: str, size: int) -> Self:
        """All of ``order``, ``size`` at a time."""
        parts = [Part(item.reference, item.digest) for item in order.items]
        chunks = tuple(tuple(parts[begin : begin + size]) for begin in range(0, len(parts), size))
        return cls(
            key=order.key,
            algorithm=algorithm,
            description=order.description,
            transaction=order.transaction,
            chunks=chunks,
        )

    @property
    def hashes(self) -> list[bytes]:
        """The digests of the chunk that is under way."""
        return [part.digest for part in self.chunks[0]]

    @property
    def references(self) -> list[str]:
        """Everything that has no signature yet."""
        return [part.reference for chunk in self.chunks for part in chunk]

    def next(self) -> Self:
        """Without the chunk that is done, and its authorisation with it."""
        return replace(self, chunks=self.chunks[1:], handle="", sad="", response_id="")

    def dump(self, session: Session, until: datetime) -> bytes:
        """All that it takes to go on elsewhere."""
        held: dict[str, Any] = {
            "token": session.token.reveal() if session.token else None,
            "until": until.isoformat(),
            "chunks": [[[p.reference, base64.b64encode(p.digest).decode()] for p in c] for c in self.chunks],
        }
        plain = ("key", "algorithm", "description", "transaction", "handle", "sad", "response_id")
        return json.dumps(held | {name: getattr(self, name) for name in plain}).encode()


def load(resume: bytes) -> tuple[Work, Session, datetime]:
    """What ``Work.dump`` wrote.

    :raises SignerError: when it is nothing of ours.
    """
    try:
        return _loaded(json.loads(resume))
    except (ValueError, TypeError, KeyError):
        raise SignerError("not what was written down") from None


def _loaded(held: Mapping[str, Any]) -> tuple[Work, Session, datetime]:
    session = Session(token=Secret(held["token"]) if held["token"] else None)
    chunks: Sequence[Sequence[tuple[str, str]]] = held["chunks"]
    work = Work(
        key=held["key"],
        algorithm=held["algorithm"],
        description=held["description"],
        transaction=held["transaction"],
        chunks=tuple(tuple(Part(ref, base64.b64decode(digest)) for ref, digest in c) for c in chunks),
        handle=held["handle"],
        sad=held["sad"],
        response_id=held["response_id"],
    )
    return work, session, datetime.fromisoformat(held["until"])
