"""Canaries: secrets of a kind that is found wherever one of them is, and where to look for them."""

import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)

from hocba.schema import schema

CANARY = re.compile(rb"CANARY-\d+-chim-hoang-yen")
MUTATIONS = schema._schema.mutation_type
assert MUTATIONS is not None


class Canaries:
    """Makes canaries, and remembers where each was let go."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.places: dict[bytes, str] = {}

    def new(self, place: str) -> str:
        canary = f"CANARY-{next(self._numbers)}-chim-hoang-yen"
        self.places[canary.encode()] = place
        return canary

    def found_in(self, content: bytes) -> set[str]:
        """Where those were let go that are in ``content``."""
        return {self.places.get(each, "?") for each in CANARY.findall(content)}


class Ear(logging.Handler):
    """Everything that the log says at any level, and everything that its records carry."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter())
        self.heard: list[bytes] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{self.format(record)} {record.__dict__!r}".encode())


def in_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder, the database with its journal among them."""
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.name, file.read_bytes()


def in_rows(database: Path) -> Iterator[tuple[str, bytes]]:
    """Every row of every table: what a page of the file holds compressed or split is whole here."""
    connection = sqlite3.connect(database)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        for row in connection.execute(f'SELECT * FROM "{name}"'):
            yield name, b" ".join(each if isinstance(each, bytes) else str(each).encode() for each in row)
    connection.close()


def takers() -> dict[str, GraphQLInputObjectType]:
    """The mutations that take a secret, and their inputs."""
    found = {}
    for name, field in MUTATIONS.fields.items():
        given = field.args.get("input")
        kind = _bare(given.type) if given else None
        if isinstance(kind, GraphQLInputObjectType) and _holds_secret(kind):
            found[name] = kind
    return found


def filled(kind: GraphQLInputType, secret: Any) -> Any:
    """A value of a kind, with ``secret`` wherever a secret may stand."""
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(bare, GraphQLList):
        return [filled(bare.of_type, secret)]
    if isinstance(bare, GraphQLInputObjectType):
        return {
            name: filled(field.type, secret)
            for name, field in bare.fields.items()
            if is_required_input_field(field) or _holds_secret(_bare(field.type))
        }
    if isinstance(bare, GraphQLEnumType):
        return next(iter(bare.values))
    simple = {"Int": 1, "Float": 1.0, "Boolean": True, "Secret": secret, "Date": "2026-01-01"}
    return simple.get(bare.name, "x")


def written(kind: GraphQLInputType, value: Any) -> str:
    """A value as a literal of an operation."""
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(bare, GraphQLList):
        return f"[{', '.join(written(bare.of_type, each) for each in value)}]"
    if isinstance(bare, GraphQLInputObjectType):
        fields = (f"{name}: {written(bare.fields[name].type, each)}" for name, each in value.items())
        return f"{{{', '.join(fields)}}}"
    return str(value) if isinstance(bare, GraphQLEnumType) else json.dumps(value)


def _bare(kind: Any) -> Any:
    while isinstance(kind, (GraphQLList, GraphQLNonNull)):
        kind = kind.of_type
    return kind


def _holds_secret(kind: Any) -> bool:
    if isinstance(kind, GraphQLInputObjectType):
        return any(_holds_secret(_bare(field.type)) for field in kind.fields.values())
    return kind.name == "Secret"
