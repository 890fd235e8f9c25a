"""docs/functions.md knows every operation of the API, and every function that our words refer to."""

import re

from graphql import build_schema

from tests.docs.pages import ROOT, quoted, rows

TABLE = rows("docs/functions.md", "function")
CITED = re.compile(r"\(([A-D][0-9]+(?:[-–, ]+[A-D][0-9]+)*)\b")


def test_every_operation_of_the_api_has_its_row_and_no_other_is_named() -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
    types = (schema.query_type, schema.mutation_type, schema.subscription_type)
    there = {name for type_ in types if type_ for name in type_.fields}
    assert {name for *_, operations in TABLE for name in quoted(operations)} == there


def test_every_function_that_is_referred_to_has_its_row() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "hocba").rglob("*.py")]
    cited = {
        code for text in texts for codes in CITED.findall(text) for code in re.findall(r"[A-D][0-9]+", codes)
    }
    assert len(cited) > 15
    assert cited <= {function for function, *_ in TABLE}
