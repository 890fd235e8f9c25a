"""Parse, measure, validate: each once for the same text."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    validate,
)
from graphql.validation import specified_rules
from strawberry.extensions import SchemaExtension

from hocba import words
from hocba.domain.errors import Refusal
from hocba.schema import limits
from hocba.schema.errors import (
    OURS,
    BadUserInputError,
    NotReadyError,
    RateLimitedError,
    TooCostlyError,
    make_safe,
)

_BRACKETS = re.compile(r"[{}\[\]()]")
_NUL = re.compile(r"\0|\\u(?:0000|\{0+\})")
_LONG_NUMBER = re.compile(r"\d{400}")
BEFORE_ANYTHING = frozenset(
    {
        "__typename",
        "viewer",
        "sessions",
        "changePassword",
        "enrolTotp",
        "confirmTotp",
        "signOut",
        "signIn",
        "signInWays",
    }
)
"""What is left to whoever must change his password, or show a second factor, first."""

REMEMBERED = 256
"""Operations whose parsing and validation are remembered."""


class Guard(SchemaExtension):
    """Refuses what is too large before it is validated, and remembers what was valid."""

    def on_parse(self) -> Iterator[None]:
        """Parse, within limits."""
        context = self.execution_context
        if context.query:
            context.graphql_document = _parsed(context.query)
        yield

    def on_validate(self) -> Iterator[None]:
        """Measure, then validate."""
        context = self.execution_context
        document = context.graphql_document
        try:
            if document is not None:
                _must_be_allowed(document, context.context)
                limits.values_must_fit(context.variables or {})
                _must_be_left(limits.must_fit(document, context.variables or {}), context.context)
                _must_be_ready(document, context.context)
                _must_be_text(context.query or "", context.variables or {})
                context.pre_execution_errors = list(_validated(context.schema._schema, context.query or ""))  # noqa: SLF001 -- the only way to it
        except OURS as error:
            context.pre_execution_errors = [error]
        yield


def subscribes(query: str | None, operation_name: str | None) -> bool:
    """Whether this is a subscription; what cannot be parsed is none."""
    if not query:
        return False
    try:
        operation = get_operation_ast(_parsed(query), operation_name)
    except GraphQLError:
        return False
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


def unreadable(query: str) -> GraphQLError | None:
    """Why ``query`` cannot be parsed, made safe; ``None`` when it can."""
    try:
        _parsed(query)
    except GraphQLError as error:
        make_safe(error)
        return error
    return None


def undetermined(query: str, operation_name: str | None) -> BadUserInputError | None:
    """Why it cannot be told which operation of ``query`` is meant; ``None`` when it can, or cannot be parsed.

    Strawberry would execute the first of several (GraphQL specification, 6.1: a request error).
    """
    try:
        document = _parsed(query)
    except GraphQLError:
        return None
    if get_operation_ast(document, operation_name) is not None:
        return None
    if not any(isinstance(each, OperationDefinitionNode) for each in document.definitions):
        return BadUserInputError("The document holds no operation.")
    if operation_name is None:
        return BadUserInputError("The document holds several operations: say which one by operationName.")
    return BadUserInputError("The document holds no operation of that name.")


def _parsed(query: str) -> DocumentNode:
    if len(query) > limits.MAX_LENGTH:
        raise TooCostlyError(f"more than {limits.MAX_LENGTH} characters")
    if _nesting(query) > limits.MAX_NESTING:
        raise TooCostlyError("nested too deeply")
    try:
        return _parse(query)
    except RecursionError:
        raise TooCostlyError("nested too deeply") from None
    except GraphQLError as error:
        if "tokens" in error.message:
            raise TooCostlyError(f"more than {limits.MAX_TOKENS} tokens") from None
        if "nested too deeply" in error.message:
            raise TooCostlyError("nested too deeply") from None
        raise


def _nesting(query: str) -> int:
    """How deep brackets lie in each other, those in texts included: cheaper than to parse and give up."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(query):
        depth += 1 if bracket in "{[(" else -1
        deepest = max(deepest, depth)
    return deepest


@lru_cache(REMEMBERED)
def _parse(query: str) -> DocumentNode:
    return parse(query, no_location=False, max_tokens=limits.MAX_TOKENS)


@lru_cache(REMEMBERED)
def _validated(schema: GraphQLSchema, query: str) -> tuple[GraphQLError, ...]:
    # Keyed by the text: to hash a parsed document is to walk it.
    return tuple(validate(schema, _parse(query), specified_rules))


def _must_be_allowed(document: DocumentNode, context: Any) -> None:
    """:raises BadUserInputError: when somebody asks for the schema who may not see it."""
    if not getattr(context, "may_introspect", False) and limits.introspects(document):
        raise BadUserInputError("the schema is shown to administrators")


def _must_be_left(rated: int, context: Any) -> None:
    """:raises RateLimitedError: when whoever asks has asked for too much of that lately."""
    if rated and (wait := context.costly(rated)):
        raise RateLimitedError(wait)


def _must_be_ready(document: DocumentNode, context: Any) -> None:
    """:raises NotReadyError: when somebody who has something to do first asks for anything else."""
    asking = getattr(context, "asking", None)
    needs = asking.needs if asking else None
    if needs is not None and not limits.root_fields(document) <= BEFORE_ANYTHING:
        raise NotReadyError(needs, words.sentence(Refusal(needs), context.language))


def _must_be_text(query: str, variables: Any) -> None:
    """:raises BadUserInputError: for NUL, which no database keeps in a text, and for a number of no use."""
    if _NUL.search(query) or _has_nul(variables):
        raise BadUserInputError("a text holds the character NUL")
    if _LONG_NUMBER.search(query):
        # Python reads no whole number of more than 4,300 digits: the failure would be ours.
        raise BadUserInputError("a number of more than 400 digits")


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(map(_has_nul, value.values()))
    return isinstance(value, list) and any(map(_has_nul, value))


def forget() -> None:
    """Forget every operation: for tests."""
    _parse.cache_clear()
    _validated.cache_clear()
