"""A column against a text that somebody typed, however long it is."""

from tortoise.expressions import Q
from tortoise.fields import CharField
from tortoise.models import Model


def exactly(model: type[Model], column: str, text: str) -> Q:
    """Where ``column`` is ``text``; nowhere when it could not even be stored there.

    Without this the database layer refuses a text that is longer than its column.
    """
    field = model._meta.fields_map[column]  # noqa: SLF001 -- the only way to it
    assert isinstance(field, CharField)
    return Q(**{column: text}) if len(text) <= field.max_length else Q(id__in=[])
