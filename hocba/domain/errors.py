"""Every "no" the rules can say.

A refusal carries a code and the facts behind it, and never prose for users: the words are
chosen at the edge (``hocba.words``) by the code, with the facts filled in.

>>> raise Refusal(Code.NOT_YOUR_TURN, open_step=Step.LEADER)
"""

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Any


class Code(StrEnum):
    """The names that clients match on.  Add freely; never rename or reuse."""

    # who
    NOT_PERMITTED = auto()
    NOT_FOUND = auto()
    NOT_YOUR_OWN = auto()
    NOT_DELEGABLE = auto()
    NO_ENDPOINT = auto()
    # the transcript's life
    NOT_YOUR_TURN = auto()
    ALREADY_SIGNED = auto()
    NOT_A_SIGNER = auto()
    WRONG_STATUS = auto()
    NOT_FULLY_SIGNED = auto()
    REASON_REQUIRED = auto()
    ALREADY_EXISTS = auto()
    STALE = auto()
    RECALL_FIRST = auto()
    OPEN_SUBMISSION = auto()
    # creation
    YEAR_NOT_CONFIRMED = auto()
    MISSING_DATA = auto()
    NOT_WRITABLE = auto()
    TOO_MANY_SIGNERS = auto()
    LIVE_TRANSCRIPT = auto()
    STUDENT_LEFT = auto()
    YEAR_CONFIRMED = auto()
    # signing
    ACCOUNT_NOT_APPROVED = auto()
    ACCOUNT_NOT_YOURS = auto()
    ACCOUNT_WRONG_KIND = auto()
    ACCOUNT_WRONG_STATE = auto()
    ACCOUNT_NOT_PROVEN = auto()
    ACCOUNT_EXISTS = auto()
    NO_ROLE_THIS_YEAR = auto()
    CERTIFICATE_ENDS_EARLY = auto()
    NOTHING_TO_COPY = auto()
    SIGNER_UNKNOWN = auto()
    SIGNER_UNAVAILABLE = auto()
    SIGNER_REFUSED = auto()
    SIGNER_LOGIN_FAILED = auto()
    SECRET_REQUIRED = auto()
    PIN_INCORRECT = auto()
    PIN_LOCKED = auto()
    USER_CANCELLED = auto()
    TOKEN_REMOVED = auto()
    CERTIFICATE_NOT_ON_TOKEN = auto()
    CERTIFICATE_NOT_VALID = auto()
    CERTIFICATE_REVOKED = auto()
    CERTIFICATE_REVOCATION_UNKNOWN = auto()
    CERTIFICATE_WRONG_KIND = auto()
    CERTIFICATE_WRONG_IDENTITY = auto()
    CERTIFICATE_UNTRUSTED = auto()
    SIGNATURE_WRONG = auto()
    ITEM_EXPIRED = auto()
    ITEM_CLOSED = auto()
    REQUEST_CLOSED = auto()
    NOTHING_TO_RETRY = auto()
    JUDGES_DISAGREE = auto()
    # accounts, sign-in, agents
    SIGN_IN_FAILED = auto()
    TOO_MANY_ATTEMPTS = auto()
    PASSWORD_WEAK = auto()
    PASSWORD_KEPT = auto()
    PASSWORD_REUSED = auto()
    PASSWORD_CHANGE_REQUIRED = auto()
    SECOND_FACTOR_REQUIRED = auto()
    SECOND_FACTOR_WRONG = auto()
    SECOND_FACTOR_NOT_OFFERED = auto()
    SCHOOL_NOT_YOURS = auto()
    LEVEL_NOT_TAUGHT = auto()
    USERNAME_TAKEN = auto()
    IDENTITY_UNKNOWN = auto()
    IDENTITY_PROVIDER_FAILED = auto()
    PAIRING_UNKNOWN = auto()
    PAIRING_EXPIRED = auto()
    TOO_MANY_AGENTS = auto()
    AGENT_NOT_PAIRED = auto()
    # authorities
    SUPERVISION_WRONG_ORDER = auto()
    SUPERVISION_OVERLAPS = auto()
    # data and files
    FILE_UNKNOWN = auto()
    FILE_TOO_LARGE = auto()
    FILE_NOT_READABLE = auto()
    IMPORT_HAS_ERRORS = auto()
    FROZEN_DATA = auto()
    EXPORT_NOT_ALLOWED = auto()
    INVALID_VALUE = auto()
    CHARACTER_NOT_ALLOWED = auto()


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not an error
    """The rules say no.

    :ivar code: what clients match on.
    :ivar facts: what the sentence names; plain values only, never a secret.
    """

    def __init__(self, code: Code, /, **facts: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts: Mapping[str, Any] = facts

    def __repr__(self) -> str:
        return f"Refusal({self.code.value}, {dict(self.facts)!r})"
