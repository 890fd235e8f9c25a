"""What was corrected of an object: field, old value, new value.  Whether one may see it is asked before."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from hocba.store.models import ClassRow, EventRow, PersonRow

_REFERENCES = frozenset({"class_id", "homeroom_id", "leader_id", "person_id"})
"""Columns whose values are ids of a class or a person; a name is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that an event replaced.

    :ivar field: ``birth_date``, ``result.TOAN.year``; of something new only what it is: ``result.TOAN``.
    """

    field: str
    old: str = ""
    new: str = ""


async def changes(id: UUID) -> dict[UUID, tuple[Change, ...]]:
    """Event -> what it changed of the object, as it was written.  At most three statements."""
    rows = await EventRow.filter(aggregate_id=id).order_by("version").values("id", "data")
    found = {row["id"]: tuple(_changes(row["data"] or {})) for row in rows}
    names = await _names({value for each in found.values() for value in _ids(each)})
    return {event: tuple(_named(change, names) for change in each) for event, each in found.items()}


def _changes(data: Mapping[str, Any]) -> Iterator[Change]:
    for field, old, new in data.get("changed", ()):
        yield Change(field=field, old=old, new=new)
    for field in data.get("added", ()):
        yield Change(field=field)


def _ids(changes: Collection[Change]) -> Iterator[str]:
    for change in changes:
        if change.field.rpartition(".")[2] in _REFERENCES:
            yield from filter(None, (change.old, change.new))


async def _names(ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    wanted = [UUID(each) for each in ids]
    people = await PersonRow.filter(id__in=wanted).values_list("id", "full_name")
    classes = await ClassRow.filter(id__in=wanted).values_list("id", "name")
    return {str(id_): str(name) for id_, name in (*people, *classes)}


def _named(change: Change, names: Mapping[str, str]) -> Change:
    return replace(change, old=names.get(change.old, change.old), new=names.get(change.new, change.new))
