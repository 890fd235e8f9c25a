"""XML that is born canonical: what is written here *is* its own exclusive C14N.

The documents of a profile are fixed, so nothing has to be parsed and re-serialised in order to
be hashed: a fragment is written once, hashed, and put into the file as it stands.  The rules
kept here are those of Exclusive XML Canonicalization 1.0 without comments:

* no declaration, no self-closing tag, double quotes, UTF-8;
* namespace declarations first (the default one before the prefixed, by prefix), then the
  attributes by name;
* in text ``&``, ``<``, ``>`` and the carriage return are escaped; in attributes ``&``, ``<``,
  ``"`` and tab, line feed, carriage return.

Everything that enters passes ``text`` or ``attribute``; both refuse characters that XML 1.0
cannot hold.
"""

import re
from collections.abc import Mapping

_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_ATTRIBUTE = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
_IN_TEXT = re.compile("[&<>\r]")
_IN_ATTRIBUTE = re.compile('[&<"\t\n\r]')
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class ForbiddenCharacterError(ValueError):
    """The text holds a character that XML 1.0 cannot (a control character, half a surrogate)."""


def allowed(value: str) -> bool:
    """Whether XML 1.0 can hold every character of ``value``."""
    return _FORBIDDEN.search(value) is None


def _checked(value: str) -> str:
    if bad := _FORBIDDEN.search(value):
        raise ForbiddenCharacterError(f"XML cannot hold U+{ord(bad[0]):04X} (at {bad.start()})")
    return value


def text(value: str) -> str:
    """``value`` as the text of an element.

    :raises ForbiddenCharacterError: when XML 1.0 cannot hold it.
    """
    return _IN_TEXT.sub(lambda found: _TEXT[found[0]], _checked(value))


def attribute(value: str) -> str:
    """``value`` as it stands between the quotes of an attribute.

    :raises ForbiddenCharacterError: when XML 1.0 cannot hold it.
    """
    return _IN_ATTRIBUTE.sub(lambda found: _ATTRIBUTE[found[0]], _checked(value))


def element(
    tag: str,
    content: str = "",
    /,
    *,
    namespaces: Mapping[str, str] | None = None,
    **attributes: str,
) -> str:
    """One element around ``content``, which is canonical already.

    :param namespaces: prefix -> URI, what this element declares; ``""`` is the default namespace.
    :param attributes: unprefixed attributes, unescaped.
    """
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{attribute(uri)}"'
        for prefix, uri in sorted((namespaces or {}).items())
    )
    written = "".join(f' {name}="{attribute(attributes[name])}"' for name in sorted(attributes))
    return f"<{tag}{declared}{written}>{content}</{tag}>"


def leaf(tag: str, value: str, /, **attributes: str) -> str:
    """An element that holds the text ``value``."""
    return element(tag, text(value), namespaces=None, **attributes)
