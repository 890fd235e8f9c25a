"""A column against a text that somebody typed, however long it is.

Without this the database layer refuses a text that is longer than its column, SQLite refuses a pattern
of more than 50,000 bytes, and a megabyte is folded again and again to be compared with names.
"""

from tortoise.expressions import Q
from tortoise.fields import CharField
from tortoise.models import Model

from hocba.domain.names import search_key


def may_hold(model: type[Model], column: str, text: str) -> bool:
    """Whether ``text`` could stand in ``column``, or in a part of it."""
    field = model._meta.fields_map[column]  # noqa: SLF001 -- the only way to it
    assert isinstance(field, CharField)
    return len(text) <= field.max_length


def exactly(model: type[Model], column: str, text: str) -> Q:
    """Where ``column`` is ``text``; nowhere when it could not even be stored there."""
    return Q(**{column: text}) if may_hold(model, column, text) else Q(id__in=[])


def named(model: type[Model], text: str) -> Q:
    """Where ``text`` is a part of the name, accents aside."""
    if not may_hold(model, "search_key", text):
        return Q(id__in=[])
    return Q(search_key__contains=search_key(text))
