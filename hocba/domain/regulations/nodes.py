"""A table of a TOML file on its way to a frozen fact: every value is asked for by name and type.

What does not fit is a ``RegulationError`` that names the file, the table and the value, so that whoever
wrote the file can mend it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from hocba.domain.names import nfc

T = TypeVar("T")

_WORDS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


class RegulationError(ValueError):
    """A file of regulations cannot be used; says where and why."""


@dataclass(frozen=True, slots=True)
class Node:
    """One table, and where it stands: ``primary.toml: curriculum th-3: rows 4``."""

    where: str
    facts: Mapping[str, Any]

    def fail(self, why: str) -> NoReturn:
        """:raises RegulationError: always, in the name of this table."""
        raise RegulationError(f"{self.where}: {why}")

    def only(self, *names: str) -> None:
        """:raises RegulationError: when the table has a name that is not among ``names``."""
        if unknown := sorted(self.facts.keys() - set(names)):
            self.fail(f"{unknown[0]}: there is no such name here")

    def get(self, name: str, type_: type[T], default: T | None = None) -> T:
        """The value ``name``.

        :param default: when it is left out; without one it must be there.
        :raises RegulationError: when it is missing or of another type.
        """
        value = self.facts.get(name, default)
        if value is None:
            self.fail(f"{name}: is missing")
        if type(value) is not type_:
            self.fail(f"{name}: must be {_WORDS.get(type_, type_.__name__)}")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """A text in NFC; empty only where ``default`` is.

        :raises RegulationError: as ``get``.
        """
        found = nfc(self.get(name, str, default)).strip()
        return found if found or default == "" else self.fail(f"{name}: is empty")

    def choice(self, name: str, choices: Mapping[str, T], default: str | None = None) -> T:
        """One of ``choices``.

        :raises RegulationError: when it is none of them.
        """
        found = self.text(name, default)
        return choices[found] if found in choices else self.fail(f"{name}: must be {' or '.join(choices)}")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts.

        :raises RegulationError: as ``get``, or when something else is in the list.
        """
        found = self.get(name, list)
        if not all(isinstance(each, str) and each.strip() for each in found):
            self.fail(f"{name}: must be a list of texts")
        return tuple(map(nfc, found))

    def number(self, name: str) -> Decimal:
        """A number.

        :raises RegulationError: when it is none, or not finite.
        """
        found = self.facts.get(name)
        if isinstance(found, bool) or not isinstance(found, int | Decimal) or not Decimal(found).is_finite():
            self.fail(f"{name}: must be a number")
        return Decimal(found)

    def table(self, name: str, default: Mapping[str, Any] | None = None) -> "Node":
        """The table under ``name``.

        :raises RegulationError: as ``get``.
        """
        return Node(f"{self.where}: {name}", self.get(name, dict, None if default is None else dict(default)))

    def rows(self, name: str) -> tuple["Node", ...]:
        """The tables in the list ``name``; at least one.

        :raises RegulationError: as ``get``, or when the list is empty or holds anything else.
        """
        found = self.get(name, list)
        if not found or not all(isinstance(each, dict) for each in found):
            self.fail(f"{name}: must be a list of tables")
        return tuple(Node(f"{self.where}: {name} {at}", each) for at, each in enumerate(found, start=1))
