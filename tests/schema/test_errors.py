"""What a client typed stays with him: canary secrets go through every path and are nowhere."""

import logging
from typing import Any

import pytest

from hocba.schema.people import reads
from hocba.settings import Settings
from tests.actions.world import World
from tests.api import Api

CANARY = "CANARY-5f3a-chim-hoang-yen"

PATHS: dict[str, tuple[str, dict[str, Any]]] = {
    "the right place": (
        "mutation($i: SignInInput!) { signIn(input: $i) { token refusal { message help } } }",
        {"i": {"username": "ai-do", "password": CANARY}},
    ),
    "a literal": (f'mutation {{ signIn(input: {{username: "a", password: "{CANARY}"}}) {{ token }} }}', {}),
    "a literal of the wrong kind": (f'mutation {{ signIn(input: "{CANARY}") {{ token }} }}', {}),
    "a literal in a field that is not there": (
        f'mutation {{ signIn(input: {{username: "a", pasword: "{CANARY}"}}) {{ token }} }}',
        {},
    ),
    "an unknown argument": (f'{{ viewer(pin: "{CANARY}") {{ username }} }}', {}),
    "an unterminated text": (f'{{ viewer(pin: "{CANARY}', {}),
    "text after the end": (f'{{ __typename }} "{CANARY}"', {}),
    "a field that is not there": (
        "mutation($i: SignInInput!) { signIn(input: $i) { token } }",
        {"i": {"username": "a", "password": CANARY, "pin": CANARY}},
    ),
    "a list where one is wanted": (
        "mutation($i: SignInInput!) { signIn(input: $i) { token } }",
        {"i": [{"username": CANARY, "password": [CANARY]}, {"username": CANARY}]},
    ),
    "a missing field": (
        "mutation($i: SignInInput!) { signIn(input: $i) { token } }",
        {"i": {"password": CANARY}},
    ),
    "a number where a secret is wanted": (
        "mutation($i: SignInInput!) { signIn(input: $i) { token } }",
        {"i": {"username": "a", "password": {"value": CANARY}}},
    ),
    "an enum that does not know it": (
        "mutation($i: ProviderSignInInput!) { providerSignIn(input: $i) { certificates { reference } } }",
        {"i": {"signer": "fake-phone", "secrets": [{"name": CANARY, "value": CANARY}]}},
    ),
    "a vendor that repeats it": (
        "mutation($i: ProviderSignInInput!) { providerSignIn(input: $i) { refusal { code message } } }",
        {
            "i": {
                "signer": "fake-phone",
                "secrets": [
                    {"name": "USERNAME", "value": "thay-giao"},
                    {"name": "PASSWORD", "value": CANARY},
                ],
            }
        },
    ),
    "a signing account": (
        (
            "mutation($i: RegisterSigningAccountInput!)"
            " { registerSigningAccount(input: $i) { refusal { code } } }"
        ),
        {
            "i": {
                "signer": "fake-phone",
                "reference": "x",
                "secrets": [
                    {"name": "USERNAME", "value": "thay-giao"},
                    {"name": "PASSWORD", "value": CANARY},
                ],
            }
        },
    ),
    "a change of password": (
        "mutation($i: ChangePasswordInput!) { changePassword(input: $i) { outcome refusal { message } } }",
        {"i": {"oldPassword": CANARY, "newPassword": CANARY + "-2"}},
    ),
    "a one-time code at signing in": (
        "mutation($i: SignInInput!) { signIn(input: $i) { token refusal { message } } }",
        {"i": {"username": "ai-do", "password": CANARY, "otp": CANARY, "schoolCode": CANARY}},
    ),
    "a one-time code": (
        "mutation($i: ConfirmTotpInput!) { confirmTotp(input: $i) { refusal { message } } }",
        {"i": {"otp": CANARY}},
    ),
    "a one-time code as a literal": (
        f'mutation {{ confirmTotp(input: {{otp: "{CANARY}"}}) {{ outcome }} }}',
        {},
    ),
    "a password to set up a phone": (
        "mutation($i: EnrolTotpInput!) { enrolTotp(input: $i) { refusal { message } } }",
        {"i": {"password": CANARY}},
    ),
    "a name for a user": (
        "mutation($i: CreateUserInput!) { createUser(input: $i) { refusal { message } } }",
        {"i": {"personId": CANARY, "username": CANARY}},
    ),
    "a device code": (
        "mutation($i: ClaimPairingInput!) { claimPairing(input: $i) { refusal { message } } }",
        {"i": {"deviceCode": CANARY}},
    ),
    "a pairing code": (
        "mutation($i: ConfirmPairingInput!) { confirmPairing(input: $i) { refusal { message } } }",
        {"i": {"code": CANARY}},
    ),
}


@pytest.mark.parametrize("path", PATHS, ids=str)
async def test_a_secret_is_repeated_nowhere(
    asks: Api, here: World, settings: Settings, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("tortoise.db_client").setLevel(logging.INFO)
    query, variables = PATHS[path]
    headers = await asks.headers(here.school.leader)
    caplog.clear()
    answer = await asks.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    assert CANARY not in answer.text
    assert CANARY not in caplog.text
    assert not any(CANARY in repr(record.__dict__) for record in caplog.records)
    for file in settings.data_dir.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file


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
