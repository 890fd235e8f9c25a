"""Docstrings become GraphQL descriptions, so that GraphiQL reads like the code.

A type's first sentences describe the type, ``:ivar name:`` its fields; a resolver's first
sentences describe the field, ``:param name:`` its arguments.  Every enum says its values in
Vietnamese, with the guide's words.
"""

import inspect
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField

T = TypeVar("T", bound=type)

EVERYWHERE = {
    "id": "Opaque global id.",
    "after": "Only what lies behind this cursor.",
    "before": "Only what lies in front of this cursor.",
    "filter": "Which ones are wanted.",
    "first": "The first so many, at most 100.",
    "input": "What is asked for.",
    "last": "The last so many, at most 100.",
    "order_by": "How the list is ordered.",
    "refusal": "Why nothing was done; null when it was done.",
    "results": "One result per object asked for, in the order asked.",
}
"""What the same name means wherever it stands."""

_FIELD = re.compile(r"^:(?:ivar|param) (\w+): ", re.MULTILINE)


def describe(type_: T) -> T:
    """Give a type and each of its fields and arguments what its docstrings say."""
    definition = get_object_definition(type_, strict=True)
    text, fields = _parts(inspect.getdoc(type_) or "")
    for base in type_.__mro__[1:]:
        fields = _parts(inspect.cleandoc(base.__doc__ or ""))[1] | fields
    definition.description = definition.description or text
    for field in definition.fields:
        if field.base_resolver:
            _describe_resolver(field)
        field.description = (
            field.description or fields.get(field.python_name) or EVERYWHERE.get(field.python_name)
        )
    return type_


def describe_enum(enum: type[Enum], text: str, values: Mapping[Any, str], *, name: str | None = None) -> None:
    """Make ``enum`` known to GraphQL, with a description and one for each value."""
    strawberry.enum(enum, name=name, description=text)
    for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[enum[value.name]]


def _describe_resolver(field: StrawberryField) -> None:
    assert field.base_resolver
    text, arguments = _parts(inspect.getdoc(field.base_resolver.wrapped_func) or "")
    field.description = field.description or text
    for argument in field.arguments:
        name = argument.python_name
        argument.description = argument.description or arguments.get(name) or EVERYWHERE.get(name)


def _parts(doc: str) -> tuple[str, dict[str, str]]:
    """The text of a docstring, and what it says of each name."""
    text, *rest = _FIELD.split(doc)
    return " ".join(text.split()), {
        name: " ".join(said.split()) for name, said in zip(rest[::2], rest[1::2], strict=True)
    }
