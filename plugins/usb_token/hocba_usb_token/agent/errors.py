"""Everything that can go wrong on the teacher's computer, by code.

A code is for programs and stays the same for ever; the sentence that a person reads is in
``words``.  Nothing here ever carries a PIN, a token or the text of an answer.
"""

from enum import StrEnum, auto


class Problem(StrEnum):
    """What went wrong."""

    # the PIN and the token
    PIN_INCORRECT = auto()
    PIN_LOCKED = auto()
    PIN_LAST_TRY = auto()
    USER_CANCELLED = auto()
    TOKEN_REMOVED = auto()
    CERTIFICATE_NOT_ON_TOKEN = auto()
    TOKEN_ERROR = auto()
    MODULE_NOT_LOADED = auto()
    MODULE_CRASHED = auto()
    MODULE_SILENT = auto()
    FILE_NOT_READABLE = auto()
    KEY_NOT_SUPPORTED = auto()
    # the job: it is dropped, nothing is signed
    JOB_NOT_TRUSTED = auto()
    JOB_EXPIRED = auto()
    JOB_REPLAYED = auto()
    ITEMS_NOT_IN_JOB = auto()
    ITEM_NOT_UNDERSTOOD = auto()
    DOCUMENT_MISMATCH = auto()
    OTHER_CERTIFICATE = auto()
    # the server
    SERVER_NOT_HTTPS = auto()
    SERVER_UNREACHABLE = auto()
    SERVER_REFUSED = auto()
    NOT_PAIRED = auto()
    PAIRING_EXPIRED = auto()
    STATE_NOT_READABLE = auto()
    # the face
    NO_WINDOW = auto()


class TriesLeft(StrEnum):
    """What a token tells of the tries that are left; it never gives a number."""

    UNKNOWN = auto()
    LOW = auto()  # at least one wrong PIN since the last right one
    FINAL = auto()  # one more wrong PIN locks the token


class AgentError(Exception):
    """Something went wrong, and nothing was signed because of it.

    :ivar problem: what.
    :ivar tries: with ``PIN_INCORRECT``: how near the token is to being locked.
    :ivar detail: a name for whoever looks into it, such as ``DeviceError``.
    """

    def __init__(self, problem: Problem, *, tries: TriesLeft = TriesLeft.UNKNOWN, detail: str = "") -> None:
        super().__init__(f"{problem} {detail}".rstrip())
        self.problem = problem
        self.tries = tries
        self.detail = detail
