"""What a client asked for, so that the root resolver fetches that and nothing else."""

from collections.abc import Iterator

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from hocba.schema.context import Info


def asks(info: Info, *paths: str) -> bool:
    """Whether one of these dotted paths stands below the field: ``edges.node.slots``.

    ``@skip`` and ``@include`` are not looked at: at worst something is fetched in vain.
    """
    found = asked(info)
    return any(path in found for path in paths)


def asked(info: Info) -> frozenset[str]:
    """Every dotted path below the field that is being answered."""
    raw = info._raw_info  # noqa: SLF001 -- Strawberry's own form of it converts every argument
    return frozenset(
        path for node in raw.field_nodes for path in _paths(info, node.selection_set, "", frozenset())
    )


def _paths(
    info: Info, selections: SelectionSetNode | None, prefix: str, seen: frozenset[str]
) -> Iterator[str]:
    for each in selections.selections if selections else ():
        if isinstance(each, FieldNode):
            yield (path := prefix + each.name.value)
            yield from _paths(info, each.selection_set, path + ".", frozenset())
        elif isinstance(each, InlineFragmentNode):
            yield from _paths(info, each.selection_set, prefix, seen)
        elif isinstance(each, FragmentSpreadNode) and (name := each.name.value) not in seen:
            fragment = info._raw_info.fragments[name]  # noqa: SLF001
            yield from _paths(info, fragment.selection_set, prefix, seen | {name})
