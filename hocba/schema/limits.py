"""How large an operation may be, found out before anything is done about it.

Fragments are counted once and remembered, so that a chain of fragments that doubles 24 times
costs 24 steps and not 16 million.  What is counted is what the operation says once its
fragments are put in; costs multiply with the pages asked for.  Variables are counted before anybody
looks at them: 100,000 ids are 200 ms of work, though none of them is anybody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from hocba.schema.errors import TooCostlyError
from hocba.schema.merging import comparisons

MAX_LENGTH = 60_000
MAX_TOKENS = 2_000
MAX_NESTING = 60
MAX_OPERATIONS = 10
MAX_FRAGMENTS = 50
MAX_VARIABLES = 50
MAX_DEPTH = 12
MAX_INTROSPECTION_DEPTH = 16
MAX_FIELDS = 1_000
MAX_ALIASES = 30
MAX_DIRECTIVES = 50
MAX_COMPARISONS = 12_000
MAX_COST = 60_000
MAX_VALUES = 20_000
MAX_VALUE_DEPTH = 30

DEFAULT_PAGE = 50
MAX_PAGE = 100

COSTLY = {
    **dict.fromkeys(("signIn", "changePassword", "enrolTotp", "createUser"), 6_000),
    **dict.fromkeys(("verifyTranscript", "importWorkbook"), 6_000),
    **dict.fromkeys(("upsertStudents", "upsertClasses", "upsertStaff", "upsertAssignments"), 6_000),
    **dict.fromkeys(("upsertResults", "upsertSummaries", "upsertPrimarySummaries"), 6_000),
    **dict.fromkeys(("upsertEarlierYears", "setOverrides"), 6_000),
}
"""Fields that keep a processor busy: at most ten of them in one operation."""

RATED = frozenset(
    {
        "signIn",
        "changePassword",
        "createUser",
        "beginPairing",
        "verifyTranscript",
        "importWorkbook",
        "__schema",
    }
)
"""Those that somebody could send without end: so many of them a minute (``Settings.rate_costly``)."""

MANY = {
    "slots": 14,
    "signatures": 14,
    "events": 20,
    "items": 100,
    "missing": 5,
    "traits": 15,
    "history": 9,
    "students": 1,
    "results": 50,
}
"""Lists without pages, and how many entries they usually have."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection adds up to."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    rated: int = 0

    def beside(self, other: "Size") -> "Size":
        """Both, one beside the other."""
        return Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.cost + other.cost,
            self.rated + other.rated,
        )


class _Counter:
    """Counts the selections of one document."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._sizes: dict[str, Size | None] = {}
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }

    def selection(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for each in selections.selections if selections else ():
            size = size.beside(Size(directives=len(each.directives or ())))
            if isinstance(each, FieldNode):
                size = size.beside(self._field(each))
            elif isinstance(each, InlineFragmentNode):
                size = size.beside(self.selection(each.selection_set))
            elif isinstance(each, FragmentSpreadNode):
                size = size.beside(self._fragment(each.name.value))
            # Looked at on the way down too, so that nobody makes us go very deep.
            _must_fit(size, MAX_INTROSPECTION_DEPTH)
        return size

    def _field(self, node: FieldNode) -> Size:
        inside = self.selection(node.selection_set)
        name = node.name.value
        # Introspection asks for types of types of types: it has a limit of its own.
        allowed = MAX_INTROSPECTION_DEPTH - MAX_DEPTH if name in ("__schema", "__type") else 0
        return Size(
            depth=inside.depth + 1 - allowed,
            fields=inside.fields + 1,
            aliases=inside.aliases + (node.alias is not None),
            directives=inside.directives,
            cost=COSTLY.get(name, 1) + self._times(node) * inside.cost,
            rated=inside.rated + (name in RATED),
        )

    def _fragment(self, name: str) -> Size:
        if name not in self._sizes:
            self._sizes[name] = None
            fragment = self._fragments.get(name)
            self._sizes[name] = self.selection(fragment.selection_set) if fragment else Size()
        size = self._sizes[name]
        if size is None:
            raise TooCostlyError("a fragment holds itself")
        return size

    def _times(self, node: FieldNode) -> int:
        pages = [
            self._number(each.value) for each in node.arguments or () if each.name.value in ("first", "last")
        ]
        if pages:
            return max(1, *pages)
        inside = node.selection_set.selections if node.selection_set else ()
        if any(isinstance(each, FieldNode) and each.name.value in ("edges", "nodes") for each in inside):
            return DEFAULT_PAGE
        return MANY.get(node.name.value, 1)

    def _number(self, value: object) -> int:
        given = value.value if isinstance(value, IntValueNode) else None
        if isinstance(value, VariableNode):
            given = self._variables.get(value.name.value)
        try:
            size = int(given) if given is not None else DEFAULT_PAGE
        except (TypeError, ValueError):
            return DEFAULT_PAGE
        if size > MAX_PAGE:
            raise TooCostlyError(f"a page of more than {MAX_PAGE}")
        return size


def introspects(document: DocumentNode) -> bool:
    """Whether the operation asks for the schema itself."""
    roots: list[SelectionSetNode | None] = [
        each.selection_set
        for each in document.definitions
        if isinstance(each, (OperationDefinitionNode, FragmentDefinitionNode))
    ]
    while roots:
        selections = roots.pop()
        for each in selections.selections if selections else ():
            if isinstance(each, FieldNode) and each.name.value in ("__schema", "__type"):
                return True
            if isinstance(each, InlineFragmentNode):
                roots.append(each.selection_set)
    return False


def root_fields(document: DocumentNode) -> set[str]:
    """The names of everything that the document's operations ask for, at their roots."""
    fragments = {
        each.name.value: each.selection_set
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    open_ = [each.selection_set for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    found: set[str] = set()
    while open_:
        for each in open_.pop().selections:
            if isinstance(each, FieldNode):
                found.add(each.name.value)
            elif isinstance(each, InlineFragmentNode):
                open_.append(each.selection_set)
            elif isinstance(each, FragmentSpreadNode) and each.name.value in fragments:
                open_.append(fragments.pop(each.name.value))  # each once: none is followed in a circle
    return found


def must_fit(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """How many fields that are rated the document holds.  :raises TooCostlyError: when it is too large."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    fragments = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
    if len(operations) > MAX_OPERATIONS:
        raise TooCostlyError(f"more than {MAX_OPERATIONS} operations")
    if len(fragments) > MAX_FRAGMENTS:
        raise TooCostlyError(f"more than {MAX_FRAGMENTS} fragments")
    whole = Size()
    counter = _Counter(document, variables)
    for each in operations:
        if len(each.variable_definitions or ()) > MAX_VARIABLES:
            raise TooCostlyError(f"more than {MAX_VARIABLES} variables")
        if len(each.directives or ()) > MAX_DIRECTIVES:
            raise TooCostlyError(f"more than {MAX_DIRECTIVES} directives")
        size = counter.selection(each.selection_set)
        _must_fit(size)
        whole = whole.beside(size)
    for fragment in fragments:
        # Those that nothing uses would still be validated.
        _must_fit(counter.selection(fragment.selection_set), MAX_INTROSPECTION_DEPTH)
    if comparisons(document) > MAX_COMPARISONS:
        raise TooCostlyError("the same fields are repeated too often")
    if whole.aliases and introspects(document):
        # 29 times the fields of every type are 1.0 s of work; what reads the schema has no use for aliases.
        raise TooCostlyError("an alias in a question about the schema")
    return whole.rated


def values_must_fit(variables: Mapping[str, Any]) -> None:
    """:raises TooCostlyError: when the variables hold too many values, or nest them too deeply."""
    level: list[Any] = [variables]
    count = depth = 0
    while level:
        depth += 1
        inside: list[Any] = []
        for each in level:
            found = each.values() if isinstance(each, dict) else each
            count += len(found)
            inside.extend(value for value in found if isinstance(value, dict | list))
        if count > MAX_VALUES:
            raise TooCostlyError(f"more than {MAX_VALUES} values in the variables")
        if depth > MAX_VALUE_DEPTH:
            raise TooCostlyError("variables nested too deeply")
        level = inside


def _must_fit(size: Size, depth: int = MAX_DEPTH) -> None:
    for what, found, limit in (
        ("levels", size.depth, depth),
        ("fields", size.fields, MAX_FIELDS),
        ("aliases", size.aliases, MAX_ALIASES),
        ("directives", size.directives, MAX_DIRECTIVES),
        ("units of cost", size.cost, MAX_COST),
    ):
        if found > limit:
            raise TooCostlyError(f"more than {limit} {what}")
