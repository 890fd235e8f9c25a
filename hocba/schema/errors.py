"""GraphQL's ``errors[]``: only for what is not an answer, and never with anything inside.

=================  =========================================================
UNAUTHENTICATED    nobody is signed in
BAD_USER_INPUT     the operation or its variables do not fit the schema
COST_EXCEEDED      the operation is too large
RATE_LIMITED       too many of them; ``retryAfter`` says in how many seconds again
PASSWORD_CHANGE_…  whoever asks has something to do first: PASSWORD_CHANGE_REQUIRED, SECOND_FACTOR_REQUIRED
INTERNAL           a bug of ours: ``errorId`` stands in the log beside the trace
=================  =========================================================

What a client typed is not repeated, neither to him nor to the log: it may be a secret in the
wrong place.  The log gets the kind of a failure and where it happened, never its text.
"""

import math
import re
from collections.abc import Iterator

from graphql import GraphQLError
from strawberry.schema.exceptions import InvalidOperationTypeError

from hocba.bugs import log_bug
from hocba.domain.errors import Code, Refusal

_VARIABLE = re.compile(
    r"^Variable '(?P<name>\$\w+)' (?:has invalid value(?P<place> at [\w.\[\]]+)?: )?"
    r"(?:Expected value of type '(?P<type>\w+)' "
    r"(?:to include required field '(?P<missing>\w+)'|not to include unknown field)"
    r"|(?P<null>Expected (?:a )?value of non-null))?"
)
_FOUND = re.compile(r",? (?:but )?found[ :]| Did you mean |: (?=['\"{\[])")


class NotSignedInError(Exception):
    """The request carries no person."""


class BadUserInputError(GraphQLError):
    """The input fits the schema and still makes no sense.  The message names no value."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "BAD_USER_INPUT"})


class TooCostlyError(GraphQLError):
    """The operation is larger than what the server is willing to work on."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The operation is too large: {what}.", extensions={"code": "COST_EXCEEDED"})


class RateLimitedError(GraphQLError):
    """Too much of what is costly, or too many messages."""

    def __init__(self, wait: float) -> None:
        seconds = math.ceil(wait)
        said = {"code": "RATE_LIMITED", "retryAfter": seconds}
        super().__init__(f"Too many requests: try again in {seconds} seconds.", extensions=said)


class NotReadyError(GraphQLError):
    """Whoever asks has something else to do first.  The message is for him, the code for his program."""

    def __init__(self, needs: Code, message: str) -> None:
        super().__init__(message, extensions={"code": needs.name})


OURS = (BadUserInputError, TooCostlyError, RateLimitedError, NotReadyError)
"""What is told as it is."""


def make_safe(error: GraphQLError) -> None:
    """Take out of ``error`` what must not leave, give it a code, and log what it was."""
    chain = list(_chain(error))
    own = next((each for each in chain if isinstance(each, OURS)), None)
    cause = chain[-1]
    if own is not None:
        error.message, error.extensions = own.message, dict(own.extensions or {})
    elif isinstance(cause, (GraphQLError, InvalidOperationTypeError)):
        # GraphQL's own: it says what it was given.
        error.message, error.extensions = _without_values(error.message), {"code": "BAD_USER_INPUT"}
    elif isinstance(cause, NotSignedInError):
        error.message, error.extensions = "Sign in first.", {"code": "UNAUTHENTICATED"}
    elif isinstance(cause, Refusal):
        error.message = "The rules say no."
        error.extensions = {"code": "BAD_USER_INPUT", "refusal": cause.code.name}
    else:
        _mask(error, cause)


def _chain(error: GraphQLError) -> Iterator[BaseException]:
    """The error and what lies behind it; GraphQL's own may lie around each other."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.original_error if isinstance(found, GraphQLError) else None


def _without_values(message: str) -> str:
    """What a parser or validator said, without the values that it quotes and the names that it suggests."""
    if found := _VARIABLE.match(message):
        return f"The variable {found['name']} does not fit its type{found['place'] or ''}{_why(found)}."
    return _FOUND.split(message)[0].rstrip(".") + "."


def _why(found: re.Match[str]) -> str:
    """What of a variable does not fit, by names of the schema alone: not what was sent in their place."""
    if found["missing"]:
        return f": {found['type']} needs {found['missing']}"
    if found["type"]:
        return f": {found['type']} has no such field"
    return ": it is needed" if found["null"] else ""


def _mask(error: GraphQLError, cause: BaseException) -> None:
    id_ = log_bug(cause)
    error.message, error.extensions = "Something went wrong here.", {"code": "INTERNAL", "errorId": id_}
