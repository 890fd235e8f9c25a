"""Operations made by chance from the schema: plausible enough to be executed, odd enough to hurt."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
)

from hocba.schema import schema

TEXTS = (
    "", " ", "a", "6A1", "Trần", "2025-2026", "2024-2025", "T", "K", "Đ", "8.5", "11", "-1", "TOAN", "NGLL",
    "GV0001", "Sai điểm", "e\u0302\u0301", "\u202e\u200b", "\x1b[31m\r\n", "=1+1", "'; DROP TABLE student--",
    "%_\\",
    "x" * 300, "CCCD:001185000001", "MST:0100000001", "001214000001", "127.0.0.1", "https://a.example/",
    "AAECAw==", "{}", "ABCDEFGH", "fake-phone", "thcs", "\U0001f600", "9" * 25, "1e9", "NaN", "null",
)  # fmt: skip
VALUES: dict[str, Sequence[Any]] = {
    "Int": (0, 1, 2, 6, 50, 100, 101, -1, 2**31 - 1, -(2**31)),
    "Float": (0.0, -0.5, 8.25, 1e300),
    "Boolean": (True, False),
    "String": TEXTS,
    "Secret": (*TEXTS, "thay-giao", "mat-khau-dung", "hoa-phượng-đỏ-1975"),
    "Date": ("2026-05-31", "2014-03-08", "0001-01-01", "9999-12-31"),
    "DateTime": ("2026-06-01T08:00:00+07:00", "2030-01-01T00:00:00Z", "1970-01-01T00:00:00-12:00"),
}
DEPTH = 4


class Chance:
    """Makes one operation after the other."""

    def __init__(self, seed: int, ids: Sequence[str]) -> None:
        self._random = Random(seed)
        self._ids = (*ids, *TEXTS[:8], "VHJhbnNjcmlwdDp4")
        self._variables: dict[str, tuple[str, Any]] = {}

    def operations(self, each: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Name, text and variables: every query and mutation ``each`` times, in any order."""
        roots = [("query", schema._schema.query_type), ("mutation", schema._schema.mutation_type)]
        fields = [(kind, *item) for kind, root in roots if root for item in root.fields.items()] * each
        self._random.shuffle(fields)
        for kind, name, field in fields:
            self._variables = {}
            text = self._field(name, field, DEPTH)
            declared = ", ".join(f"${variable}: {type_}" for variable, (type_, _) in self._variables.items())
            values = {variable: value for variable, (_, value) in self._variables.items()}
            yield name, f"{kind} Do{f'({declared})' if declared else ''} {{ {text} }}", values

    def _field(self, name: str, field: GraphQLField, depth: int) -> str:
        given = []
        for argument, about in field.args.items():
            if isinstance(about.type, GraphQLNonNull) or self._random.random() < 0.5:
                variable = f"v{len(self._variables)}"
                self._variables[variable] = (str(about.type), self._value(about.type))
                given.append(f"{argument}: ${variable}")
        inside = self._selection(_named(field.type), depth - 1)
        return f"{name}({', '.join(given)}){inside}" if given else f"{name}{inside}"

    def _selection(self, kind: Any, depth: int) -> str:
        if isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
            kinds = schema._schema.get_possible_types(kind)
            parts = [f"... on {each.name}{self._selection(each, depth)}" for each in self._some(kinds)]
            return f" {{ __typename {' '.join(parts)} }}"
        if not isinstance(kind, GraphQLObjectType):
            return ""
        simple = [(name, each) for name, each in kind.fields.items() if _is_simple(each)]
        deep = [(name, each) for name, each in kind.fields.items() if not _is_simple(each)]
        chosen = self._some(simple) + (self._some(deep) if depth > 0 else [])
        return f" {{ __typename {' '.join(self._field(name, each, depth) for name, each in chosen)} }}"

    def _value(self, kind: Any) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type)
        return None if self._random.random() < 0.2 else self._present(kind)

    def _present(self, kind: Any) -> Any:
        if isinstance(kind, GraphQLList):
            return [self._value(kind.of_type) for _ in range(self._random.choice((0, 1, 1, 2, 3)))]
        if isinstance(kind, GraphQLInputObjectType):
            return {
                name: self._value(field.type)
                for name, field in kind.fields.items()
                if isinstance(field.type, GraphQLNonNull) or self._random.random() < 0.5
            }
        if isinstance(kind, GraphQLEnumType):
            return self._random.choice(list(kind.values))
        return self._random.choice(self._ids if kind.name == "ID" else VALUES[kind.name])

    def _some(self, of: Sequence[Any]) -> list[Any]:
        return [each for each in of if self._random.random() < 0.6]


def _named(kind: Any) -> Any:
    while isinstance(kind, (GraphQLList, GraphQLNonNull)):
        kind = kind.of_type
    return kind


def _is_simple(field: GraphQLField) -> bool:
    return not isinstance(_named(field.type), (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType))
