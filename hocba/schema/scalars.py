"""Values that GraphQL does not know by itself."""

from typing import NewType

import strawberry
from graphql import ValueNode
from strawberry.types.scalar import ScalarDefinition

from hocba import plugin_api
from hocba.schema.errors import BadUserInputError

Secret = NewType("Secret", plugin_api.Secret)
"""A password, PIN or one-time code: it comes in as a variable, and never goes out."""

MAX_SECRET = 1_000


def _read(value: object) -> plugin_api.Secret:
    if not isinstance(value, str) or len(value) > MAX_SECRET:
        raise BadUserInputError("A secret must be a text.")
    return plugin_api.Secret(value)


def _refuse_literal(_node: ValueNode, _variables: object = None) -> plugin_api.Secret:
    # The text of an operation is kept in caches and traces; variables are not.
    raise BadUserInputError("A secret must be given as a variable.")


def _refuse_output(_value: object) -> str:
    raise TypeError("a secret does not go out")


SECRET: ScalarDefinition = strawberry.scalar(
    name="Secret",
    description="A password, PIN or one-time code. Given as a variable only: a literal is refused.",
    serialize=_refuse_output,
    parse_value=_read,
    parse_literal=_refuse_literal,
)
