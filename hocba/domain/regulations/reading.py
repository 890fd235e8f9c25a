"""From the text of a TOML file to its tables, each checked as far as it can be alone."""

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal

from hocba.domain.regulations import row_tables, rule_tables
from hocba.domain.regulations.nodes import Node, RegulationError
from hocba.domain.regulations.shapes import CodeList, Curriculum, Deadline, Portal, RuleSet, Traits

Table = Curriculum | Traits | RuleSet | CodeList | Portal | Deadline
Tables = Mapping[tuple[str, str], Table]
"""(kind, id) -> table; the kinds are the top-level names of the files."""

_READERS: Mapping[str, Callable[[Node], Table]] = {
    "curriculum": row_tables.curriculum,
    "traits": row_tables.traits,
    "rules": rule_tables.rule_set,
    "list": row_tables.code_list,
    "portal": row_tables.portal,
    "deadline": row_tables.deadline,
}


def read(name: str, text: str) -> Tables:
    """The tables of one file.

    :param name: what the file is called in errors.
    :raises RegulationError: when it is no TOML, or a table is not what its kind must be.
    """
    try:
        # Numbers with a point become Decimal: a mark is never a float.
        given = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RegulationError(f"{name}: is not TOML: {error}") from None
    root = Node(name, given)
    root.only(*_READERS)
    found: dict[tuple[str, str], Table] = {}
    for kind in given:
        for node in root.rows(kind):
            table = _READERS[kind](Node(f"{name}: {kind} {node.text('id')}", node.facts))
            if (kind, table.about.id) in found:
                root.fail(f"{kind} {table.about.id}: stands there twice")
            found[kind, table.about.id] = table
    return found
