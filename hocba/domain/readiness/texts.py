"""Every text of a record can be written into the document."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from hocba.domain.readiness.gaps import Gap, Missing, Place, gap
from hocba.domain.record import TranscriptRecord

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_PLACES = {
    "school": Place.SCHOOL,
    "student": Place.STUDENT,
    "history": Place.STUDENT,
    "results": Place.RESULTS,
    "summary": Place.SUMMARY,
    "printing": Place.PRINTING,
    "teachers": Place.STAFF,
    "homeroom": Place.STAFF,
    "leader": Place.STAFF,
}


def texts(record: TranscriptRecord) -> Iterator[Missing]:
    """What XML cannot hold, once a field."""
    seen: set[str] = set()
    for path, text in _walk("", record):
        if _NOT_XML.search(text) and path not in seen:
            seen.add(path)
            yield gap(Gap.TEXT, path, _PLACES.get(path.partition(".")[0], Place.CLASS))


def _walk(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text of a record, with its path: ``student.father.name``."""
    if isinstance(value, str):
        yield path, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for name in _names(type(value)):
            yield from _walk(f"{path}.{name}" if path else name, getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _walk(path, each)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _walk(path, each)


@cache
def _names(type_: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(type_))
