"""The only door through which foreign XML comes in.

No document type, no entities, no network, no other encoding than UTF-8, and limits on size, depth
and number of elements that a transcript never comes near.
"""

from lxml import etree

MAX_BYTES = 1 << 20
"""A transcript with 27 covered signatures is about 150 KB."""

MAX_DEPTH = 16
"""QualifyingProperties is the deepest thing in a file: 12."""

MAX_ELEMENTS = 8_000


_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_TOO_MANY = etree.XPath(f"count(//*) > {MAX_ELEMENTS}")


class UnreadableXmlError(ValueError):
    """The bytes are not XML that may come in."""


def parse(xml: bytes) -> etree._Element:
    """The root element of ``xml``; comments and processing instructions are kept in the tree.

    :raises UnreadableXmlError: for anything else than well-formed, small, plain UTF-8 XML.
    """
    if len(xml) > MAX_BYTES:
        raise UnreadableXmlError("too large")
    if b"\0" in xml or b"<!DOCTYPE" in xml:
        raise UnreadableXmlError("a document type, or not UTF-8")
    root = _parsed(xml)
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() != "UTF-8":
        raise UnreadableXmlError("not UTF-8")
    _within_limits(root)
    return root


def _parsed(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=False
    )
    try:
        return etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableXmlError("not well-formed") from error


def _within_limits(root: etree._Element) -> None:
    """:raises UnreadableXmlError: when the tree is too deep or has too many elements."""
    if _TOO_DEEP(root):
        raise UnreadableXmlError("too deep")
    if _TOO_MANY(root):
        raise UnreadableXmlError("too many elements")
