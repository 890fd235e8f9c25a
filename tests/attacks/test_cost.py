"""What would keep the server busy is refused before it does: in less than 100 ms of processor time."""

import json
import sys
import time
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import httpx

from hocba.schema import guard, merging
from tests.attacks.conftest import Target, codes

TRACED = 2.5
"""Coverage looks at every line here."""

MAX_SECONDS = 0.1 * (TRACED if sys.gettrace() else 1)
"""The server's time and the client's, both of this process.  What grows too fast takes seconds."""


def chain(length: int) -> str:
    links = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(length))
    return f"{{ ...f0 }} {links} fragment f{length} on Query {{ __typename }}"


OPERATIONS = {
    "10,000 aliases": "{" + " ".join(f"a{n}: __typename" for n in range(10_000)) + "}",
    "40 aliases": "{" + " ".join(f"a{n}: __typename" for n in range(40)) + "}",
    "20,000 directives": "{ __typename " + "@skip(if: false) " * 20_000 + "}",
    "60 directives": "{ __typename " + "@skip(if: false) " * 60 + "}",
    "50,000 repeated fields": "{" + " __typename" * 50_000 + "}",
    "1,100 repeated fields": "{" + " __typename" * 1_100 + "}",
    "depth 14": "{ node(id: 1) { ... on Class " + "{ a" * 13 + " }" * 13 + " } }",
    "depth 600": "{ a " * 600 + "}" * 600,
    "depth 50,000": "{a" * 29_000,
    "lists 600 deep": "{ a(b: " + "[" * 900 + "]" * 900 + ") }",
    "a chain of fragments that doubles 24 times": chain(24),
    "a chain of 60 fragments": chain(60),
    "a fragment that holds itself": "{ ...f } fragment f on Query { ...f }",
    "two fragments that hold each other": (
        "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }"
    ),
    "unused fragments that hold themselves": "{ __typename } fragment f on Query { __typename ...f }",
    "20,000 variables": "query(" + " ".join(f"$v{n}: Int" for n in range(20_000)) + ") { __typename }",
    "60 variables": "query(" + " ".join(f"$v{n}: Int" for n in range(60)) + ") { __typename }",
    "20 operations": " ".join(f"query q{n} {{ __typename }}" for n in range(20)),
    "40 sign-ins": "mutation($i: SignInInput!) {"
    + " ".join(f"a{n}: signIn(input: $i) {{ token }}" for n in range(20))
    + "}",
    "first: 100000": "{ transcripts(first: 100000) { edges { node { slots { key name title } } } } }",
    "many pages at once": "{"
    + " ".join(
        f"a{n}: transcripts(first: 100) {{ edges {{ node {{ slots {{ key name title step }} }} }} }}"
        for n in range(28)
    )
    + "}",
    "the same field of an object 390 times": "{" + " viewer { username }" * 390 + "}",
    "the same fields in 49 fragments": "{"
    + " ".join(f"...f{n}" for n in range(49))
    + "}"
    + " ".join(
        f"fragment f{n} on Query {{ viewer {{ username person {{ id code fullName title leftOn }} }} }}"
        for n in range(49)
    ),
    "29 times all fields of the schema": "{ __schema { types {"
    + " ".join(f"a{n}: fields {{ args {{ name }} type {{ name }} }}" for n in range(29))
    + "} } }",
    "a circle through the schema": "{ __schema { types "
    + "{ fields { type " * 8
    + "{ name }"
    + " } }" * 8
    + " } }",
    "a megabyte of nothing": "{ __typename }" + " " * 1_000_000,
}
"""What one request asks; COST_EXCEEDED."""

FILTER = "query($v: [ID!]) { transcripts(filter: {ids: $v}) { edges { node { id } } } }"
CONFIRM = "mutation($v: ConfirmYearEndInput!) { confirmYearEnd(input: $v) { results { outcome } } }"
COUNT = "query($v: Int) { students(first: $v) { edges { node { id } } } }"

VARIABLES: dict[str, tuple[str, str, list[str]]] = {
    "150,000 ids": (FILTER, json.dumps(["x"] * 150_000), ["COST_EXCEEDED"]),
    "150,000 ids to be changed": (CONFIRM, json.dumps({"classIds": ["x"] * 150_000}), ["COST_EXCEEDED"]),
    "60,000 unknown fields": (CONFIRM, json.dumps({f"k{n}": 1 for n in range(60_000)}), ["COST_EXCEEDED"]),
    "15,000 ids that are none": (FILTER, json.dumps([None] * 15_000), ["BAD_USER_INPUT"] * 51),
    "501 ids": (FILTER, json.dumps(["x"] * 501), ["BAD_USER_INPUT"]),
    "lists in lists, 900 deep": (FILTER, "[" * 900 + "]" * 900, ["COST_EXCEEDED"]),
    "objects in objects, 900 deep": (CONFIRM, '{"a":' * 900 + "1" + "}" * 900, ["COST_EXCEEDED"]),
    "lists in lists, 100,000 deep": (FILTER, "[" * 100_000, ["BAD_USER_INPUT"]),
    "a number of 900,000 digits": (COUNT, "9" * 900_000, ["BAD_USER_INPUT"]),
    "a number that is too large": (COUNT, str(2**40), ["COST_EXCEEDED"]),
    "a number beyond all numbers": (COUNT, "1e400", ["BAD_USER_INPUT"]),
    "half a character": (COUNT, '"\\ud800"', ["BAD_USER_INPUT"]),
    "an id of 900,000 characters": (FILTER, json.dumps(["x" * 900_000]), []),
}
"""Operation, its variable as JSON, and the codes of the answer."""

LITERALS: dict[str, tuple[str, list[str]]] = {
    "a number of 5,000 digits": (
        f"{{ students(first: {'9' * 5_000}) {{ totalCount }} }}",
        ["BAD_USER_INPUT"],
    ),
    "1,900 numbers for ids": (
        f"{{ transcripts(filter: {{ids: [{'1 ' * 1_900}]}}) {{ totalCount }} }}",
        ["BAD_USER_INPUT"],
    ),
    "400 filters in one": (
        f"{{ transcripts(filter: {{{'grade: 6 ' * 400}}}) {{ totalCount }} }}",
        ["BAD_USER_INPUT"] * 101,
    ),
    "600 unknown arguments": (
        f"{{ viewer({' '.join(f'a{n}: 1' for n in range(600))}) {{ username }} }}",
        ["BAD_USER_INPUT"] * 101,
    ),
    "990 unknown fields": ("{" + " ".join(f"f{n}" for n in range(990)) + "}", ["BAD_USER_INPUT"] * 101),
    "600 unknown fragments": ("{" + " ".join(f"...f{n}" for n in range(600)) + "}", ["BAD_USER_INPUT"] * 101),
    "50 unused variables": (
        f"query({' '.join(f'$v{n}: Int' for n in range(50))}) {{ __typename }}",
        ["BAD_USER_INPUT"] * 50,
    ),
    "a type of 55 lists": (f"query($v: {'[' * 55}Int{']' * 55}) {{ __typename }}", ["BAD_USER_INPUT"]),
    "999 times the same name": ("{" + " __typename" * 999 + "}", ["COST_EXCEEDED"]),
    "a text of 59,000 characters": (
        f'{{ students(filter: {{name: "{"a" * 59_000}"}}) {{ edges {{ node {{ id }} }} }} }}',
        [],
    ),
    "58 fragments in each other": ("{" + "...{" * 58 + "__typename" + "}" * 58 + "}", []),
}
"""Operation, and the codes of its answer."""


def asked(query: str, variable: str = "null", operation: str | None = None) -> bytes:
    """A request's body; the variable is written as it is, be it JSON or not."""
    name = json.dumps(operation)
    return f'{{"query":{json.dumps(query)},"operationName":{name},"variables":{{"v":{variable}}}}}'.encode()


REQUESTS: dict[str, tuple[bytes, list[str]]] = {
    **{
        name: (asked(query, operation="q0" if "operations" in name else None), ["COST_EXCEEDED"])
        for name, query in OPERATIONS.items()
    },
    **{name: (asked(query, variable), said) for name, (query, variable, said) in VARIABLES.items()},
    **{name: (asked(query), said) for name, (query, said) in LITERALS.items()},
    "100,000 times the same key": (b'{"query":"{",' + b'"a":1,' * 100_000 + b'"b":2}', ["BAD_USER_INPUT"]),
    "100,000 lists begun": (b"[" * 100_000, ["BAD_USER_INPUT"]),
    "a megabyte of text": (b'"' + b"a" * 1_000_000 + b'"', ["BAD_USER_INPUT"]),
}


async def test_what_is_too_large_is_refused_cheaply(target: Target) -> None:
    admin = await target.admin()
    wrong: dict[str, Any] = {}
    for attack, (body, expected) in REQUESTS.items():
        # The quickest of three: what shares the core with us slows down even the process's own time.
        spent, answer = min([await new(target, body, admin) for _ in range(3)], key=itemgetter(0))
        if codes(answer) != expected:
            wrong[attack] = answer.text[:300]
        elif spent > MAX_SECONDS:
            wrong[attack] = f"{spent:.3f} s"
        elif expected and any((answer.json().get("data") or {}).values()):
            wrong[attack] = "executed"
    assert wrong == {}


async def new(target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[float, httpx.Response]:
    """Seconds of processor time that a request takes when nothing is remembered of it, and its answer."""
    guard.forget()
    begun = time.process_time()
    answer = await target.send(body, **headers)
    return time.process_time() - begun, answer


def test_what_is_repeated_is_weighed_with_what_stands_in_it() -> None:
    def weight(text: str) -> int:
        return merging.comparisons(guard._parse(text))

    assert weight("{ a b c { d } }") == 0
    assert weight("{ a a a }") == 2 * 3
    assert weight("{ x: a x: a }") == 2
    assert weight("{ a { b c } a { b } }") == 1 * (3 + 2)
    assert weight("{ a { b b } }") == 2
    assert weight("{ ...f ...f } fragment f on Query { a { b } }") == 1 * 4
    assert weight("{ ... { a } ...g } fragment g on Query { ...h a } fragment h on Query { a }") == 2 + 2 * 3
    assert weight("{ ...nowhere }") == 0


async def test_a_front_end_may_put_its_fragments_together(target: Target) -> None:
    """Thirty parts of a screen, each with a fragment of its own that names the same fields."""
    spread = " ".join(f"...f{n}" for n in range(30))
    fragments = " ".join(f"fragment f{n} on Transcript {{ id status statusLabel }}" for n in range(30))
    query = f"{{ transcripts {{ edges {{ node {{ {spread} }} }} }} }} {fragments}"
    answer = await target.send(asked(query), **await target.admin())
    assert codes(answer) == []
    nodes: Any = answer.json()["data"]["transcripts"]["edges"]
    assert len(nodes) == 3
