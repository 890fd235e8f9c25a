"""The profile's XML schema, loaded once in each thread from our own files."""

from importlib.resources import files
from pathlib import Path
from threading import local
from typing import Any

from lxml import etree

from hocba.documents.profile import PROFILE

ASSETS = Path(str(files("hocba.documents").joinpath("assets")))
"""Where schemas and stylesheets lie."""

_loaded = local()  # an XMLSchema keeps its last errors: it is not shared between threads


def problem(root: etree._Element) -> str | None:
    """Where ``root`` first breaks the schema, or nothing.  Values are not repeated."""
    schema = _schema()
    if schema.validate(root):
        return None
    log: Any = schema.error_log  # the stubs know less of it than lxml
    first = log[0]
    return f"line {first.line}: {first.type_name}"


def _schema() -> etree.XMLSchema:
    if not hasattr(_loaded, "schema"):
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        _loaded.schema = etree.XMLSchema(etree.parse(ASSETS / f"{PROFILE}.xsd", parser))
    schema: etree.XMLSchema = _loaded.schema
    return schema
