"""The words of a signing request: its states, its items' states, and what may be tried again.

::

    request   waiting | working | needs_secret | needs_login ──> finished | expired | cancelled
    item      open -> prepared -> asked -> answered -> done
                └────────┴─────────┴─────────┴──> refused | expired | cancelled

A final item may be opened again by a retry when it expired, or when what refused it lies outside
the rules: a wrong PIN, a phone that said no, a vendor that did not answer.
"""

from datetime import timedelta
from enum import StrEnum

from hocba.domain.errors import Code

CHUNK = 50
"""Most items prepared at once, and asked for in one order."""

LIFETIME = timedelta(minutes=15)
"""How long prepared bytes may be signed: the signing time in them grows old."""


class RequestState(StrEnum):
    """Where a signing request is.  The comment says who moves next."""

    WAITING = "waiting"  # the agent, or the vendor by ``poll``
    WORKING = "working"  # the process that holds the lease
    NEEDS_SECRET = "needs_secret"  # noqa: S105 -- a state; the person
    NEEDS_LOGIN = "needs_login"  # the person
    EXPIRED = "expired"  # the person: retry
    FINISHED = "finished"  # nobody
    CANCELLED = "cancelled"  # nobody

    @property
    def closed(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self in {RequestState.EXPIRED, RequestState.FINISHED, RequestState.CANCELLED}


OPEN_REQUESTS = tuple(state for state in RequestState if not state.closed)
"""The states in which a request still moves."""


class ItemState(StrEnum):
    """Where one thing to sign is."""

    OPEN = "open"
    PREPARED = "prepared"  # the bytes are there
    ASKED = "asked"  # the signer has them
    ANSWERED = "answered"  # a raw value came back
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """What a signature is for."""

    SLOT = "slot"
    SEAL = "seal"
    SUBMISSION_LIST = "submission_list"
    RECALL_LIST = "recall_list"
    CHALLENGE = "challenge"


RETRYABLE = frozenset(
    {
        Code.SIGNER_REFUSED,
        Code.USER_CANCELLED,
        Code.PIN_INCORRECT,
        Code.PIN_LOCKED,
        Code.TOKEN_REMOVED,
        Code.CERTIFICATE_NOT_ON_TOKEN,
        Code.SIGNER_LOGIN_FAILED,
        Code.SIGNER_UNAVAILABLE,
        Code.ITEM_EXPIRED,
        Code.SIGNATURE_WRONG,
        Code.CERTIFICATE_REVOCATION_UNKNOWN,
        Code.STALE,
    }
)
"""Why an item may have been refused and still be asked for again in the same request."""


def may_retry(state: str, code: str) -> bool:
    """Whether an item in ``state``, refused with ``code``, may be opened again."""
    if state == ItemState.EXPIRED:
        return True
    return state == ItemState.REFUSED and code in RETRYABLE
