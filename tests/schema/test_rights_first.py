"""Whoever may not do a thing is told so, whatever else is wrong with what he sent.

A subject teacher, who may read the class, sends what nobody could: he learns nothing of it.
"""

from typing import Any

import pytest

from hocba.schema import schema
from hocba.settings import Settings
from tests.actions.world import World
from tests.api import Api, gid
from tests.conftest import POSTGRES
from tests.schema.test_denied import codes, contents, rows

ANYBODYS = {
    "signIn", "signOut", "revokeSession", "changePassword", "enrolTotp", "confirmTotp",
    "beginPairing", "lookUpPairing",
    "confirmPairing", "claimPairing", "revokeAgent", "providerSignIn", "registerSigningAccount",
}  # fmt: skip
"""What whoever is signed in, or nobody, may do with what is his own."""

OWN_REQUESTS = {
    "continueSigning", "retrySigning", "cancelSigning", "takeAgentJob", "answerSigning", "declineSigning",
}  # fmt: skip
"""What names a request of one's own: anybody else's is not found."""


def wrong(world: World) -> dict[str, dict[str, Any]]:
    """Mutation -> an input with which it would be refused to anybody."""
    transcripts = {"transcriptIds": [gid("Transcript", world.transcripts[0])]}
    class_ids = {"classIds": [gid("Class", world.school.class_id)]}
    account = {"accountIds": [gid("SigningAccount", world.accounts[world.school.leader.id])]}
    assert world.school_account is not None
    school = {"accountIds": [gid("SigningAccount", world.school_account)]}
    reason, year = {"reason": "\x1b[31m"}, {"schoolYear": "2025"}
    return {
        "issueInitialPasswords": {"personIds": ["nobody"]},
        "createUser": {"personId": "nobody", "username": "\x1b"},
        "setUserActive": {"personIds": ["nobody"], "active": False},
        "unlockUser": {"personIds": ["nobody"]},
        "resetSecondFactor": {"personIds": ["nobody"]},
        "importWorkbook": {"uploadId": "none", **year},
        **{name: {**given, **year} for name, given in rows().items()},
        "removeStudents": {"studentIds": ["nobody"], "leftOn": "0001-01-01", **reason, **year},
        "restoreStudents": {"studentIds": ["nobody"], **reason, **year},
        "setPrintConfiguration": {"place": "", "writtenOn": "0001-01-01", **year},
        "confirmYearEnd": class_ids,
        "reopenYearEnd": class_ids,
        "registerSchoolCertificate": {"signer": "none", "reference": "none", **reason, **year},
        "approveSigningAccounts": account,
        "refuseSigningAccounts": {**account, **reason},
        "withdrawSigningAccounts": {**account, **reason},
        "copySigningAccounts": {**account, **year},
        "copySchoolCertificate": year,
        "approveSchoolCertificates": school,
        "refuseSchoolCertificates": {**school, **reason},
        "grantIssueRight": {"personIds": ["nobody"], "until": "2020-01-01T00:00:00Z"},
        "withdrawIssueRight": {"personIds": ["nobody"]},
        "grantPermissions": {
            "personIds": ["nobody"],
            "permissions": ["ROLE_GRANT"],
            "until": "2020-01-01T00:00:00Z",
        },
        "withdrawPermissions": {"personIds": ["nobody"], "permissions": []},
        "createTranscripts": {"studentIds": [gid("Student", world.school.students[0])], **year},
        "proposeCancellation": {**transcripts, **reason},
        "approveCancellations": transcripts,
        "refuseCancellations": {**transcripts, **reason},
        "completeTranscripts": transcripts,
        "reopenTranscripts": transcripts,
        "exportTranscripts": transcripts,
        "remind": class_ids,
        "beginSigning": {**transcripts, "step": "ISSUE", "accountId": "none"},
    }


def test_every_mutation_has_its_line(here: World) -> None:
    mutations = schema._schema.mutation_type
    assert mutations is not None
    assert set(wrong(here)) | ANYBODYS | OWN_REQUESTS == set(mutations.fields)


@pytest.mark.skipif(POSTGRES, reason="looks into the SQLite file")
async def test_rights_come_before_anything_else(asks: Api, here: World, settings: Settings) -> None:
    teacher, manager = here.school.teachers[3], here.school.manager
    before = contents(settings)
    for name, given in wrong(here).items():
        # A teacher of the class hands back what he signs; a manager reads it and does not.
        who = manager if name == "proposeCancellation" else teacher
        selection = "results { refusal { code } }"
        if name in (
            "createUser",
            "importWorkbook",
            "setPrintConfiguration",
            "registerSchoolCertificate",
            "copySchoolCertificate",
        ):
            selection = "refusal { code }"
        assert codes(await asks.do(name, selection, who, **given)) == {"NOT_PERMITTED"}, name
    assert contents(settings) == before
