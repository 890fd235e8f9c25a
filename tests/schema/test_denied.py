"""What every operation of the schema is asked with: an operation without a line fails.

Who is denied what stands in ``tests.schema.test_policy``.
"""

import sqlite3
from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType

from hocba.domain.values import Step
from hocba.schema import schema
from hocba.settings import Settings
from tests.actions.world import World
from tests.api import Api, gid

PUBLIC = {"signIn", "signInWays", "beginPairing", "claimPairing"}
"""What nobody needs to be signed in for."""


def rows() -> dict[str, dict[str, Any]]:
    """Mutation of school data -> an input with one row: they name things by the school's own codes."""
    person = {"code": "N1", "fullName": "Vũ Tú"}
    year = {"student": "N1", "year": "2024-2025", "className": "5A", "schoolName": "Nơi khác"}
    return {
        "upsertStudents": {"students": [{**person, "className": "6A1"}]},
        "upsertClasses": {"classes": [{"name": "6A1", "grade": 6}]},
        "upsertStaff": {"staff": [person]},
        "upsertAssignments": {
            "assignments": [{"className": "6A1", "subject": "TOAN", "terms": ["I"], "staff": "N1"}]
        },
        "upsertResults": {"results": [{"student": "N1", "subject": "TOAN"}]},
        "upsertSummaries": {"summaries": [{"student": "N1"}]},
        "upsertPrimarySummaries": {"summaries": [{"student": "N1"}]},
        "upsertEarlierYears": {"years": [year]},
        "setOverrides": {"overrides": [{"student": "N1", "rule": "TR-5", "reason": "Vì."}]},
    }


def arguments(world: World) -> dict[str, tuple[str, dict[str, Any]]]:
    """Operation -> the rest of its document, and its variables, about that world's objects."""
    transcript = gid("Transcript", world.transcripts[0])
    student = gid("Student", world.school.students[0])
    class_id = gid("Class", world.school.class_id)
    person = gid("Person", world.school.leader.id)
    account = gid("SigningAccount", world.accounts[world.school.leader.id])
    school_account = gid("SigningAccount", world.school_account or UUID(int=0))
    transcripts = {"transcriptIds": [transcript]}
    delegated = {"personIds": [person], "permissions": ["ACCOUNT_DECIDE"]}
    return {
        # queries: what stands in the parentheses and behind them
        "viewer": ("{ username }", {}),
        "permissions": ("{ permission }", {}),
        "sessions": ("{ id }", {}),
        "signInWays": ("{ password }", {}),
        "users": ("{ edges { node { username } } }", {}),
        "staff": ("{ edges { node { id } } }", {}),
        "school": ("{ id }", {}),
        "schools": ("{ id }", {}),
        "organisations": ("{ id }", {}),
        "supervisedSchools": ("{ totalCount edges { node { id } } }", {}),
        "schoolYears": ("", {}),
        "classes": (f'(filter: {{ids: ["{class_id}"]}}) {{ totalCount edges {{ node {{ id }} }} }}', {}),
        "assignments": (f'(filter: {{classId: "{class_id}"}}) {{ edges {{ node {{ id }} }} }}', {}),
        "printConfiguration": ("{ place }", {}),
        "students": (f'(filter: {{classId: "{class_id}"}}) {{ totalCount edges {{ node {{ id }} }} }}', {}),
        "student": (f'(id: "{student}") {{ id fullName profile {{ personalId }} results {{ year }} }}', {}),
        "signingPlan": (f'(studentIds: ["{student}"]) {{ slots {{ name }} refusal {{ code }} }}', {}),
        "workbookTemplate": ("", {}),
        "mySigningAccounts": ("{ id }", {}),
        "mySigningAccount": ("{ id }", {}),
        "signingAccounts": (f'(filter: {{personIds: ["{person}"]}}) {{ edges {{ node {{ id }} }} }}', {}),
        "schoolCertificate": ("{ current { id } }", {}),
        "certificateForecast": ("{ edges { node { accountId } } }", {}),
        "certificateRequests": ("{ edges { node { id } } }", {}),
        "issuers": ("{ fullName }", {}),
        "signers": ("{ key }", {}),
        "plugins": ("{ key }", {}),
        "agents": ("{ id }", {}),
        "transcripts": (
            f'(filter: {{ids: ["{transcript}"]}}) {{ totalCount edges {{ node {{ id }} }} }}',
            {},
        ),
        "transcript": (f'(id: "{transcript}") {{ id html content }}', {}),
        "booklet": (f'(transcriptId: "{transcript}") {{ url schoolYears }}', {}),
        "signable": (f'(step: ISSUE, filter: {{ids: ["{transcript}"]}}) {{ edges {{ node {{ id }} }} }}', {}),
        "cancellationProposals": ("{ edges { node { id } } }", {}),
        "signingRequest": (f'(id: "{gid("SigningRequest", UUID(int=7))}") {{ id }}', {}),
        "signingRequests": ("{ edges { node { id } } }", {}),
        "progress": (f'(filter: {{classIds: ["{class_id}"]}}) {{ students }}', {}),
        "verifyTranscript": (f'(uploadId: "{gid("Upload", UUID(int=7))}") {{ refusal {{ code }} }}', {}),
        "myWork": ("{ step }", {}),
        "progressBySchool": ("{ edges { node { code } } }", {}),
        "auditLog": (f'(filter: {{objectId: "{transcript}"}}) {{ edges {{ node {{ id }} }} }}', {}),
        "accessLog": (f'(objectId: "{student}") {{ edges {{ node {{ id }} }} }}', {}),
        "webhookDeliveries": ("{ edges { node { id } } }", {}),
        "node": (f'(id: "{transcript}") {{ __typename }}', {}),
        "events": (f'(id: "{transcript}") {{ kind }}', {}),
        # mutations: the selection, and the input
        "signIn": ("token", {"username": "nobody", "password": "nothing at all"}),
        "signOut": ("signedOut", {}),
        "revokeSession": ("outcome refusal { code }", {"sessionId": gid("Session", UUID(int=7))}),
        "changePassword": ("outcome", {"oldPassword": "wrong", "newPassword": "a new long one"}),
        "enrolTotp": ("secret refusal { code }", {"password": "wrong"}),
        "confirmTotp": ("outcome refusal { code }", {"otp": "123456"}),
        "issueInitialPasswords": ("results { outcome refusal { code } password }", {"personIds": [person]}),
        "createUser": ("user { username } refusal { code }", {"personId": person}),
        "setUserActive": ("results { outcome refusal { code } }", {"personIds": [person], "active": False}),
        "unlockUser": ("results { outcome refusal { code } }", {"personIds": [person]}),
        "resetSecondFactor": ("results { outcome refusal { code } }", {"personIds": [person]}),
        "importWorkbook": ("refusal { code }", {"uploadId": gid("Upload", UUID(int=7))}),
        **{name: ("results { outcome refusal { code } }", given) for name, given in rows().items()},
        "removeStudents": (
            "results { outcome refusal { code } }",
            {"studentIds": [student], "reason": "sai"},
        ),
        "restoreStudents": (
            "results { outcome refusal { code } }",
            {"studentIds": [student], "reason": "sai"},
        ),
        "setPrintConfiguration": ("outcome refusal { code }", {"place": "Hà Nội", "writtenOn": "2026-05-29"}),
        "confirmYearEnd": ("results { outcome refusal { code } }", {"classIds": [class_id]}),
        "reopenYearEnd": ("results { outcome refusal { code } }", {"classIds": [class_id]}),
        "providerSignIn": ("refusal { code }", {"signer": "fake-token"}),
        "registerSigningAccount": ("refusal { code }", {"signer": "fake-token", "reference": "x"}),
        "registerSchoolCertificate": ("refusal { code }", {"signer": "fake-token", "reference": "x"}),
        "approveSigningAccounts": ("results { outcome refusal { code } }", {"accountIds": [account]}),
        "refuseSigningAccounts": (
            "results { outcome refusal { code } }",
            {"accountIds": [account], "reason": "no"},
        ),
        "approveSchoolCertificates": (
            "results { outcome refusal { code } }",
            {"accountIds": [school_account]},
        ),
        "refuseSchoolCertificates": (
            "results { outcome refusal { code } }",
            {"accountIds": [school_account], "reason": "no"},
        ),
        "withdrawSigningAccounts": (
            "results { outcome refusal { code } }",
            {"accountIds": [account], "reason": "no"},
        ),
        "copySigningAccounts": ("results { outcome refusal { code } }", {"accountIds": [account]}),
        "copySchoolCertificate": ("outcome refusal { code }", {"schoolYear": "2025-2026"}),
        "grantIssueRight": ("results { outcome refusal { code } }", {"personIds": [person]}),
        "withdrawIssueRight": ("results { outcome refusal { code } }", {"personIds": [person]}),
        "grantPermissions": ("results { outcome refusal { code } }", delegated),
        "withdrawPermissions": ("results { outcome refusal { code } }", delegated),
        "beginPairing": ("code refusal { code }", {"name": "máy", "certificates": []}),
        "lookUpPairing": ("refusal { code }", {"code": "ABCDEFGH"}),
        "confirmPairing": ("refusal { code }", {"code": "ABCDEFGH"}),
        "claimPairing": ("refusal { code }", {"deviceCode": "x"}),
        "revokeAgent": ("outcome refusal { code }", {"agentId": gid("Agent", UUID(int=7))}),
        "takeAgentJob": ("{ requestId }", {}),
        "answerSigning": (
            "results { outcome }",
            {"requestId": gid("SigningRequest", UUID(int=7)), "answers": [{"reference": "x", "value": ""}]},
        ),
        "declineSigning": (
            "results { outcome }",
            {"requestId": gid("SigningRequest", UUID(int=7)), "code": "USER_CANCELLED"},
        ),
        "createTranscripts": ("results { outcome refusal { code } }", {"studentIds": [student]}),
        "proposeCancellation": ("results { outcome refusal { code } }", {**transcripts, "reason": "sai"}),
        "approveCancellations": ("results { outcome refusal { code } }", transcripts),
        "refuseCancellations": ("results { outcome refusal { code } }", transcripts),
        "completeTranscripts": ("results { outcome refusal { code } }", transcripts),
        "reopenTranscripts": ("results { outcome refusal { code } }", transcripts),
        "exportTranscripts": ("export { url } results { outcome refusal { code } }", transcripts),
        "remind": ("refusal { code } results { outcome refusal { code } }", {"classIds": [class_id]}),
        "beginSigning": (
            "request { id } refusal { code } results { outcome refusal { code } }",
            {**transcripts, "step": "LEADER", "accountId": account},
        ),
        "continueSigning": ("refusal { code }", {"requestId": gid("SigningRequest", UUID(int=7))}),
        "retrySigning": ("refusal { code }", {"requestId": gid("SigningRequest", UUID(int=7))}),
        "cancelSigning": ("refusal { code }", {"requestId": gid("SigningRequest", UUID(int=7))}),
    }


def fields(kind: GraphQLObjectType | None) -> list[str]:
    assert kind is not None
    return sorted(kind.fields)


QUERIES = fields(schema._schema.query_type)
MUTATIONS = fields(schema._schema.mutation_type)


def document(name: str, rest: str) -> str:
    if name in QUERIES:
        return f"{{ {name}{rest} }}"
    if name in ("signOut", "takeAgentJob"):
        selection = rest if rest.startswith("{") else f"{{ {rest} }}"
        return f"mutation {{ {name} {selection} }}"
    kind = name[0].upper() + name[1:] + "Input!"
    return f"mutation Do($input: {kind}) {{ {name}(input: $input) {{ {rest} }} }}"


async def ask(asks: Api, world: World, name: str, who: object) -> dict[str, Any]:
    rest, given = arguments(world)[name]
    variables = {"input": given} if given else {}
    return await asks.post(document(name, rest), variables, who=who)  # type: ignore[arg-type]


def contents(settings: Settings) -> dict[str, list[Any]]:
    """Everything in the database but sessions, which are opened to ask."""
    connection = sqlite3.connect(settings.database_url.removeprefix("sqlite://"))
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {
        name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
        for name in names
        if name not in ("session", "user", "throttle")
    }
    connection.close()
    return found


def codes(value: Any) -> set[str]:
    """Every refusal's code in an answer."""
    if isinstance(value, list):
        return {code for each in value for code in codes(each)}
    if not isinstance(value, dict):
        return set()
    own = {value["code"]} if isinstance(value.get("code"), str) else set()
    return own | {code for each in value.values() for code in codes(each)}


def test_every_operation_has_its_line(here: World) -> None:
    assert set(arguments(here)) == {*QUERIES, *MUTATIONS}


async def test_the_same_school_sees_what_the_stranger_does_not(asks: Api, here: World) -> None:
    """The requests above are right: whoever may, gets an answer."""
    said = await ask(asks, here, "transcript", here.school.admin)
    assert said["data"]["transcript"]["id"] == gid("Transcript", here.transcripts[0])
    said = await ask(asks, here, "students", here.school.admin)
    assert said["data"]["students"]["totalCount"] == 3
    said = await ask(asks, here, "events", here.school.admin)
    assert said["data"]["events"] == [{"kind": "Created"}]
    await here.sign_until(Step.LEADER)
    said = await ask(asks, here, "beginSigning", here.school.leader)
    assert codes(said) == {"SECRET_REQUIRED"}
