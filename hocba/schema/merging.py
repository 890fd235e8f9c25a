"""How much work it is to see that fields of the same name can be merged.

GraphQL lets an operation name a field many times, in fragments or not, and validation compares
each of them with each other, and what is selected inside them too: 400 times ``viewer { username }``
are 80,000 comparisons and cost half a second, though they answer one field.  So what is repeated is
weighed first: for each response name, how often it is repeated times how many fields stand in it.
Fragments are weighed once and remembered.
"""

from collections.abc import Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

Names = dict[str, tuple[int, int]]
"""Response name -> how often it stands in a selection, and how many fields it and all inside it are."""


def comparisons(document: DocumentNode) -> int:
    """About how many comparisons merging takes; for documents whose fragments hold no circle."""
    weigher = _Weigher(document)
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            weigher.selection(each.selection_set)
        elif isinstance(each, FragmentDefinitionNode):
            weigher.fragment(each.name.value)
    return weigher.found


class _Weigher:
    def __init__(self, document: DocumentNode) -> None:
        self.found = 0
        self._names: dict[str, Names] = {}
        self._fragments: Mapping[str, FragmentDefinitionNode] = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }

    def selection(self, selections: SelectionSetNode | None) -> Names:
        """What stands in a selection; what its repeats cost is added up."""
        names: Names = {}
        self._gather(selections, names)
        self.found += sum((often - 1) * fields for often, fields in names.values())
        return names

    def fragment(self, name: str) -> Names:
        """What stands in a fragment."""
        if name not in self._names:
            fragment = self._fragments.get(name)
            self._names[name] = self.selection(fragment.selection_set) if fragment else {}
        return self._names[name]

    def _gather(self, selections: SelectionSetNode | None, names: Names) -> None:
        for each in selections.selections if selections else ():
            if isinstance(each, FieldNode):
                inside = self.selection(each.selection_set)
                response = each.alias.value if each.alias else each.name.value
                _add(names, response, 1, 1 + sum(fields for _, fields in inside.values()))
            elif isinstance(each, InlineFragmentNode):
                self._gather(each.selection_set, names)
            elif isinstance(each, FragmentSpreadNode):
                for response, (often, fields) in self.fragment(each.name.value).items():
                    _add(names, response, often, fields)


def _add(names: Names, response: str, often: int, fields: int) -> None:
    before = names.get(response, (0, 0))
    names[response] = (before[0] + often, before[1] + fields)
