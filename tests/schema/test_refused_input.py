"""What is wrong in an input is refused, named by the input's own field, and nothing is written."""

import ast
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from hocba.domain.accounts import AccountState
from hocba.schema import schema
from hocba.schema.refusals import INPUTS
from hocba.settings import Settings
from hocba.store.models import PrintConfigurationRow, SigningAccountRow, TranscriptRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.conftest import POSTGRES
from tests.schema.test_denied import contents

NOT_OF_AN_INPUT = {
    "grade", "school.identity", "school.since", "organisation.code", "organisation.name",
    "staff.code", "staff.full_name", "staff.personal_id", "staff.title",
}  # fmt: skip
"""What refusals name besides: it comes from the data or from the operator, not from a client."""

NAMING = {"Refusal", "errors.Refusal", "text", "entries.text", "entries.day"}
"""What is called with the name of a field."""

RED = "Sai \x1b[31mđiểm"
LINES = "Sai điểm\r\nToán"
LONG = "a" * 1001


def cases(world: World) -> list[tuple[str, dict[str, Any], str, str]]:
    """Mutation, what it is asked with, the refusal's code, the field it is about."""
    pending = {"accountIds": [gid("SigningAccount", world.accounts[world.school.leader.id])]}
    school = {"accountIds": [gid("SigningAccount", world.school_account or UUID(int=0))]}
    transcripts = {"transcriptIds": [gid("Transcript", world.transcripts[0])]}
    printed = {"place": "Huế", "writtenOn": "2026-05-31"}
    registered = {"signer": "fake-phone", "reference": "x"}
    teacher = {"personIds": [gid("Person", world.school.homeroom.id)]}
    invalid, sign = "INVALID_VALUE", "CHARACTER_NOT_ALLOWED"
    return [
        ("setPrintConfiguration", {**printed, "schoolYear": "2025"}, invalid, "schoolYear"),
        *(
            ("setPrintConfiguration", {**printed, "place": place}, code, "place")
            for place, code in (("", invalid), ("a" * 201, invalid), ("Hu\aế", sign), ("Hu\nế", sign))
        ),
        *(
            ("setPrintConfiguration", {**printed, "writtenOn": day}, invalid, "writtenOn")
            for day in ("0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31")
        ),
        ("setPrintConfiguration", {**printed, "primaryProfile": "HOCBA"}, invalid, "primaryProfile"),
        ("importWorkbook", {"uploadId": "x", "schoolYear": "2025"}, invalid, "schoolYear"),
        (
            "upsertStaff",
            {"staff": [{"code": "1", "fullName": "x"}], "schoolYear": "2025"},
            invalid,
            "schoolYear",
        ),
        (
            "createTranscripts",
            {"studentIds": [gid("Student", world.school.students[0])], "schoolYear": "2025"},
            invalid,
            "schoolYear",
        ),
        ("registerSigningAccount", {**registered, "schoolYear": "2025"}, invalid, "schoolYear"),
        ("registerSchoolCertificate", {**registered, "schoolYear": "2025"}, invalid, "schoolYear"),
        *(
            (name, {**about, "reason": reason}, code, "reason")
            for name, about in (
                ("registerSchoolCertificate", registered),
                ("refuseSigningAccounts", pending),
                ("refuseSchoolCertificates", school),
                ("proposeCancellation", transcripts),
                ("refuseCancellations", {"transcriptIds": [gid("Transcript", world.transcripts[1])]}),
            )
            for reason, code in ((RED, sign), (LINES, sign), (LONG, invalid))
        ),
        *(
            (name, {**about, "reason": " \r\n"}, "REASON_REQUIRED", "reason")
            for name, about in (
                ("refuseSigningAccounts", pending),
                ("refuseSchoolCertificates", school),
                ("proposeCancellation", transcripts),
            )
        ),
        ("grantIssueRight", {**teacher, "until": "2026-05-31T00:00:00+07:00"}, invalid, "until"),
        (
            "grantPermissions",
            {**teacher, "permissions": ["ACCOUNT_DECIDE"], "until": "2026-05-31T00:00:00+07:00"},
            invalid,
            "until",
        ),
        ("grantPermissions", {**teacher, "permissions": ["USER_MANAGE"]}, "NOT_DELEGABLE", "permissions"),
        ("grantPermissions", {**teacher, "permissions": []}, invalid, "permissions"),
        ("withdrawPermissions", {**teacher, "permissions": []}, invalid, "permissions"),
        ("beginPairing", {"name": " ", "certificates": []}, invalid, "name"),
        ("beginPairing", {"name": "MÁY", "certificates": ["bGE="]}, invalid, "certificates"),
    ]


def fields(mutation: str, kind: str) -> set[str]:
    """What the Input, or the Payload, of a mutation holds."""
    mutations = schema._schema.mutation_type
    assert mutations is not None
    field = mutations.fields[mutation]
    type_ = field.type if kind == "Payload" else field.args["input"].type
    return set(get_named_type(type_).fields)


def refusal_of(payload: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = payload["results"][0]["refusal"] if "results" in payload else payload["refusal"]
    return found


@pytest.mark.skipif(POSTGRES, reason="looks into the SQLite file")
async def test_a_refusal_names_the_field_as_the_input_does_and_nothing_is_written(
    asks: Api, here: World, settings: Settings
) -> None:
    admin = here.school.admin
    who = {"refuseSchoolCertificates": await build.authority(here.school.id)}
    await SigningAccountRow.all().update(state=AccountState.PENDING, decided_at=None, decided_by=None)
    returned = {"transcriptIds": [gid("Transcript", here.transcripts[1])], "reason": "Sai điểm"}
    await asks.do("proposeCancellation", "results { outcome }", here.school.leader, **returned)
    before = contents(settings)
    for name, given, code, field in cases(here):
        selection = "refusal { code path }"
        if "results" in fields(name, "Payload"):
            selection = f"results {{ {selection} }}"
        payload = await asks.do(name, selection, who.get(name, admin), **given)
        assert refusal_of(payload) == {"code": code, "path": [field]}, (name, given)
        assert field in fields(name, "Input")
    assert contents(settings) == before


def test_every_field_that_a_refusal_names_has_its_name_in_an_input() -> None:
    named = {
        keyword.value.value
        for path in Path("hocba").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in NAMING
        for keyword in node.keywords
        if keyword.arg == "field" and isinstance(keyword.value, ast.Constant)
    }
    assert named == set(INPUTS) | NOT_OF_AN_INPUT
    inputs = [kind for kind in schema._schema.type_map.values() if isinstance(kind, GraphQLInputObjectType)]
    assert set(INPUTS.values()) <= {name for kind in inputs for name in kind.fields}


async def test_what_people_write_is_kept_composed_and_trimmed(asks: Api, here: World) -> None:
    admin = here.school.admin
    given = {"place": " Phu\u031bo\u031b\u0300ng\u200b An Ha\u0309i\n", "writtenOn": "2026-05-31"}
    assert (await asks.do("setPrintConfiguration", "outcome", admin, **given))["outcome"] == "DONE"
    row = await PrintConfigurationRow.get(school_id=here.school.id, year=build.YEAR)
    assert row.place == "Phường An Hải"
    about = {
        "transcriptIds": [gid("Transcript", here.transcripts[0])],
        "reason": "\tSai\u00ad điê\u0309m\r\n",
    }
    said = await asks.do("proposeCancellation", "results { transcript { proposal } }", admin, **about)
    assert said["results"][0]["transcript"]["proposal"] == "Sai điểm"
    assert (await TranscriptRow.get(id=here.transcripts[0])).proposal == "Sai điểm"
