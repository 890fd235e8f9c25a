"""What is not an answer says that it is none, and nothing of what is inside.

Secrets in the wrong places: ``tests/attacks/test_canaries``.
"""

import pytest

from hocba.schema.people import reads
from tests.actions.world import World
from tests.api import Api

CANARY = "CANARY-5f3a-chim-hoang-yen"


async def test_a_bug_is_masked_and_the_log_says_where_without_its_text(
    asks: Api, here: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> object:
        raise RuntimeError(f"{CANARY} in /srv/hocba SELECT * FROM student")

    monkeypatch.setattr(reads, "sessions", broken)
    said = await asks.post("{ sessions { id } }", who=here.school.leader)
    (error,) = said["errors"]
    assert error["message"] == "Something went wrong here."
    assert error["extensions"]["code"] == "INTERNAL"
    assert set(error["extensions"]) == {"code", "errorId"}
    assert error["extensions"]["errorId"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "people.py" in caplog.text
    assert CANARY not in caplog.text


async def test_what_does_not_fit_says_which_variable(asks: Api, here: World) -> None:
    said = await asks.post(
        "query($n: Int) { students(first: $n) { totalCount } }", {"n": "ba"}, who=here.school.admin
    )
    (error,) = said["errors"]
    assert error["message"] == "The variable $n does not fit its type."
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({CANARY: "1", "sessionId": "2"}, ": RevokeSessionInput has no such field"),
        ({"sessionId": None}, " at .sessionId: it is needed"),
        ({"sessionId": {"at .id": CANARY}}, " at .sessionId"),
        ({}, ": RevokeSessionInput needs sessionId"),
        (f"x has invalid value at .{CANARY}: ", ""),
        (None, ": it is needed"),
    ],
)
async def test_what_does_not_fit_says_where_and_nothing_that_was_sent(
    asks: Api, here: World, given: object, why: str
) -> None:
    query = "mutation($i: RevokeSessionInput!) { revokeSession(input: $i) { outcome } }"
    said = await asks.post(query, {"i": given}, who=here.school.admin)
    assert [each["message"] for each in said["errors"]] == [f"The variable $i does not fit its type{why}."]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "{ auditLog(filter: {actorIds: 1}) { totalCount } }",
            "Expected value of type 'AuditFilter' not to include unknown field 'actorIds'.",
        ),
        (
            "{ users(filter: {role: ADMINS}) { totalCount } }",
            "Value 'ADMINS' does not exist in 'Role' enum.",
        ),
    ],
)
async def test_what_does_not_fit_suggests_no_names(asks: Api, query: str, said: str) -> None:
    answer = await asks.post(query)
    assert [each["message"] for each in answer["errors"]] == [said]


async def test_the_schema_is_shown_to_administrators_only(asks: Api, here: World) -> None:
    for query in (
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Query") { name } }',
        "{ ...f } fragment f on Query { ... { __schema { queryType { name } } } }",
    ):
        for who in (None, here.school.leader):
            said = await asks.post(query, who=who)
            assert said["errors"][0]["message"] == "the schema is shown to administrators"
        assert "errors" not in await asks.post(query, who=here.school.admin)
