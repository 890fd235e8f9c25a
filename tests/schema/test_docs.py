"""What docs/api.md shows a client is what the API takes."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from hocba.domain.errors import Code

PAGE = Path("docs/api.md").read_text(encoding="utf-8")
OPERATIONS = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)
SCHEMA = build_schema(Path("schema.graphql").read_text(encoding="utf-8"))


def test_the_page_shows_operations() -> None:
    assert len(OPERATIONS) > 15


@pytest.mark.parametrize("operation", OPERATIONS, ids=range(len(OPERATIONS)))
def test_every_operation_of_the_page_is_valid(operation: str) -> None:
    assert validate(SCHEMA, parse(operation)) == []


def test_every_mutation_and_query_that_the_page_names_exists() -> None:
    types = (SCHEMA.query_type, SCHEMA.mutation_type)
    fields = {name for type_ in types if type_ for name in type_.fields}
    named = set(re.findall(r"`([a-z]+[A-Z][A-Za-z]+)(?:\([a-z]+\))?`", PAGE))
    elsewhere = {
        "totalCount",
        "uploadId",
        "errorId",
        "retryAfter",
        "loginUrl",
        "oidcUrl",
        "idempotencyKey",
        "schoolCode",
        "schoolYear",
        "operationName",
        "schoolRegister",
    }
    assert named - elsewhere - fields <= {"errorWorkbookUrl", "statusLabel"}


def test_every_refusal_that_the_page_names_exists() -> None:
    words = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE))
    known = set(Code.__members__) | {
        value for type_ in SCHEMA.type_map.values() for value in getattr(type_, "values", ())
    }
    errors = {"FORBIDDEN", "BAD_USER_INPUT", "COST_EXCEEDED", "RATE_LIMITED"}
    assert words - errors <= known
