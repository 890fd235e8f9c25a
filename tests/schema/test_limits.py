"""What clients really ask for is not too large; what is, is in ``tests/attacks/test_cost``."""

from typing import Any

from graphql import get_introspection_query

from hocba.schema import guard, limits, schema
from hocba.schema.context import Context
from tests.build import NOW


class _House:
    """As much of a house as reading the schema needs."""

    class settings:  # noqa: N801
        introspection = True

    @staticmethod
    def clock() -> Any:
        return NOW


async def test_what_a_front_end_asks_for_fits() -> None:
    """A class of 45 with everything that a screen shows."""
    guard.forget()
    document = guard._parse(
        "query($n: Int!) { viewer { username roles { role } } transcripts(first: $n) { totalCount"
        " pageInfo { hasNextPage endCursor } edges { cursor node { id studentName className status"
        " statusLabel openStep slots { key step stepLabel name title subjects signedAt }"
        " signatures { key step role signer signedAt"
        " certificate { fingerprint subject issuer notBefore notAfter } }"
        " canSign { ok refusal { code message } } } } } }"
    )
    limits.must_fit(document, {"n": 100})


async def test_the_introspection_of_graphiql_fits() -> None:
    guard.forget()
    context = Context(house=_House())  # type: ignore[arg-type]
    result = await schema.execute(
        get_introspection_query(input_value_deprecation=True), context_value=context
    )
    assert result.errors is None
    assert result.data
    assert result.data["__schema"]["queryType"]["name"] == "Query"
