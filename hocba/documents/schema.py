"""The XML schemas of the profiles, each loaded once in each thread from our own files."""

from importlib.resources import files
from pathlib import Path
from threading import local
from typing import Any

from lxml import etree

from hocba.documents import profile
from hocba.documents.shape import Shape

ASSETS = Path(str(files("hocba.documents").joinpath("assets")))
"""Where schemas and stylesheets lie."""


class _Loaded(local):
    """By file; an XMLSchema keeps its last errors, so it is not shared between threads."""

    def __init__(self) -> None:
        self.schemas: dict[str, etree.XMLSchema] = {}


_loaded = _Loaded()


def problem(root: etree._Element) -> str | None:
    """Where ``root`` first breaks the schema of its profile, or nothing.  Values are not repeated."""
    shape = profile.of_file(root)
    return "of no known profile, or not of its levels" if shape is None else breach(root, shape)


def breach(root: etree._Element, shape: Shape) -> str | None:
    """Where ``root`` first breaks the schema of ``shape``, or nothing."""
    schema = _schema(shape.schema)
    if schema.validate(root):
        return None
    log: Any = schema.error_log  # the stubs know less of it than lxml
    first = log[0]
    return f"line {first.line}: {first.type_name}"


def _schema(name: str) -> etree.XMLSchema:
    if name not in _loaded.schemas:
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        _loaded.schemas[name] = etree.XMLSchema(etree.parse(ASSETS / name, parser))
    return _loaded.schemas[name]
