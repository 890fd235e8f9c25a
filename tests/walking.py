"""The steps of a walk through everything, over HTTP, with the real application and its jobs.

An empty database; the school from its workbook; every member of staff signs in, registers a way to
sign and is approved; each signs at his step by a simulated phone; the school issues; the export
verifies against the root.  Only the phone is simulated.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from hocba import app, jobs
from hocba.actions import bootstrap, organisations
from hocba.actions.house import House
from hocba.demo.school import DemoSchool, workbook
from hocba.documents.verdict import Outcome
from hocba.documents.verify_file import verify_file
from hocba.domain.organisations import OrganisationKind
from hocba.domain.values import Role
from hocba.plugin_api import Secret
from hocba.plugins import Plugins
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.trust import Trust, load_crls, load_pem
from tests.actions.world import Clock, Phone
from tests.api import Api
from tests.pki import holder, pki
from tests.serving import served

PASSWORD = "hoa-phượng-đỏ-1975"
SECRETS = [{"name": "USERNAME", "value": "ai"}, {"name": "PASSWORD", "value": "mat-khau-dung"}]
STEPS = ("SUBJECT_TEACHERS", "HOMEROOM_TEACHER", "LEADER", "ISSUE")


@dataclass
class Walk:
    """The application being walked through, and who is signed in."""

    asks: Api
    phone: Phone
    school: DemoSchool
    trust: Trust
    staff: dict[str, UUID] = field(default_factory=dict)

    async def sign_in(self, username: str, password: str) -> UUID:
        said = await self.asks.do("signIn", "token refusal { code }", username=username, password=password)
        assert said["token"], (username, said)
        self.asks.http.cookies.clear()
        key = uuid4()
        self.asks.tokens[key] = said["token"]
        return key

    async def results(self, name: str, who: UUID, **given: Any) -> list[dict[str, Any]]:
        said = await self.asks.do(name, "results { id outcome refusal { code message } }", who, **given)
        assert {row["outcome"] for row in said["results"]} == {"DONE"}, said
        found: list[dict[str, Any]] = said["results"]
        return found


@asynccontextmanager
async def walking(settings: Settings, school: DemoSchool) -> AsyncIterator[Walk]:
    """The application, before anything is in its database."""
    phone = Phone()
    trust = Trust(
        roots=load_pem(pki().root.der),
        intermediates=load_pem(pki().intermediate.der),
        crls=(*load_crls(pki().crl), *load_crls(pki().root_crl)),
    )
    work = jobs.Jobs(jobs.make_broker(None))
    house = House(
        settings=settings,
        secrets=Secrets.random(),
        plugins=Plugins(signers={phone.key: phone}, portals={}, states=()),
        trust=lambda: trust,
        ring=work.ring,
        clock=Clock(),
    )
    made = app.assemble(house, work)
    async with served(made, lifespan="on") as base, httpx.AsyncClient(base_url=base, timeout=60) as http:
        yield Walk(Api(house, http), phone, school, trust)


async def play(walk: Walk) -> zipfile.ZipFile:
    """The whole year; what was exported, which our verifier and the second judge pass."""
    admin, officer = await begin_school(walk)
    await bring_in(walk, admin)
    await sign_everybody_in(walk, admin)
    school_account = await register(walk, admin, officer)
    ids = await create(walk, admin)
    for step in STEPS:
        await sign(walk, step, school_account)
    await walk.results("completeTranscripts", admin, transcriptIds=ids)
    done = await walk.asks.ask("{ transcripts(filter: {status: COMPLETED}) { totalCount } }", admin)
    assert done["transcripts"]["totalCount"] == len(walk.school.eligible)
    return await check_export(walk, admin, ids)


async def begin_school(walk: Walk) -> tuple[UUID, UUID]:
    """What the operator does in the shell."""
    facts, now = walk.school.school, walk.asks.house.clock()
    await bootstrap.add_school(
        bootstrap.NewSchool(
            code=facts.code, name=facts.name, levels=walk.school.levels, identity=facts.identity,
            department_code=facts.department_code, department=facts.department,
            commune=facts.commune, province=facts.province,
        ),
        now=now,
    )  # fmt: skip
    await organisations.add("SO", "Sở GDĐT", OrganisationKind.SO, now=now)
    await organisations.supervise("SO", facts.code, now=now)
    for username, role, where in (
        ("quan.tri", Role.ADMIN, {"school": facts.code}), ("so", Role.AUTHORITY, {"organisation": "SO"}),
    ):  # fmt: skip
        new = bootstrap.NewUser(
            username=username, full_name="Người Quản Trị", role=role, code=username.upper(), **where
        )
        await bootstrap.add_user(new, Secret(PASSWORD), now=now)
    return await walk.sign_in("quan.tri", PASSWORD), await walk.sign_in("so", PASSWORD)


async def bring_in(walk: Walk, admin: UUID) -> None:
    headers = await walk.asks.headers(admin)
    sent = await walk.asks.http.post("/files", content=workbook(walk.school), headers=headers)
    said = await walk.asks.do(
        "importWorkbook",
        "report { committed problems { message } } refusal { code }",
        admin,
        uploadId=sent.json()["uploadId"],
        schoolYear=walk.school.year,
    )
    assert said["report"]["committed"], said


async def sign_everybody_in(walk: Walk, admin: UUID) -> None:
    edges = (await walk.asks.ask("{ staff(first: 100) { edges { node { id code } } } }", admin))["staff"][
        "edges"
    ]
    codes = {person.code for person in walk.school.staff}
    wanted = {edge["node"]["id"]: edge["node"]["code"] for edge in edges if edge["node"]["code"] in codes}
    said = await walk.asks.do(
        "issueInitialPasswords", "results { id username password }", admin, personIds=list(wanted)
    )
    for row in said["results"]:
        key = walk.staff[wanted[row["id"]]] = await walk.sign_in(row["username"], row["password"])
        chosen = {"oldPassword": row["password"], "newPassword": f"{row['password']}-{row['password']}"}
        assert await walk.asks.do("changePassword", "outcome", key, **chosen) == {"outcome": "DONE"}
    assert len(walk.staff) == len(walk.school.staff)


async def register(walk: Walk, admin: UUID, officer: UUID) -> str:
    """Everybody's account and the school's; approved by those who may.  The school's account."""
    given = {"signer": walk.phone.key, "secrets": SECRETS}
    for person in walk.school.staff:
        made = holder(person.full_name, f"CCCD:{person.personal_id}", pki().intermediate)
        walk.phone.holders = {made.certificate.fingerprint: made, **walk.phone.holders}
        offered = await walk.asks.do(
            "providerSignIn", "certificates { reference }", walk.staff[person.code], **given
        )
        said = await walk.asks.do(
            "registerSigningAccount",
            "account { state stateLabel } request { id } refusal { code }",
            walk.staff[person.code],
            **given,
            reference=offered["certificates"][0]["reference"],
        )
        assert said["account"] == {"state": "UNPROVEN", "stateLabel": "Chờ ký xác nhận"}, said
        await finished(walk, walk.staff[person.code], said["request"]["id"])
        own = await walk.asks.ask("{ mySigningAccount { state stateLabel } }", walk.staff[person.code])
        assert own["mySigningAccount"] == {"state": "PENDING", "stateLabel": "Đã đăng ký, chờ duyệt"}
    seal = holder(walk.school.school.name, walk.school.school.identity, pki().intermediate, kind="rsa")
    walk.phone.holders[seal.certificate.fingerprint] = seal
    said = await walk.asks.do(
        "registerSchoolCertificate",
        "account { id } request { id } refusal { code }",
        admin,
        **given,
        reference=seal.certificate.fingerprint,
    )
    await finished(walk, admin, said["request"]["id"])
    school_account: str = said["account"]["id"]
    await walk.results("approveSigningAccounts", admin, filter={"state": ["PENDING"]})
    await walk.results("approveSchoolCertificates", officer, accountIds=[school_account])
    issuer = await walk.asks.ask("{ viewer { person { id } } }", next(iter(walk.staff.values())))
    await walk.results("grantIssueRight", admin, personIds=[issuer["viewer"]["person"]["id"]])
    return school_account


async def create(walk: Walk, admin: UUID) -> list[str]:
    classes = (await walk.asks.ask("{ classes { edges { node { id } } } }", admin))["classes"]["edges"]
    document = "{ students { edges { node { id code readiness { ready refusal { code } } } } } }"
    before = (await walk.asks.ask(document, admin))["students"]["edges"]
    assert {edge["node"]["readiness"]["refusal"]["code"] for edge in before} == {"YEAR_NOT_CONFIRMED"}
    assert len(before) == len(walk.school.students)
    await walk.results("confirmYearEnd", admin, classIds=[edge["node"]["id"] for edge in classes])
    after = [edge["node"] for edge in (await walk.asks.ask(document, admin))["students"]["edges"]]
    ready = [node["id"] for node in after if node["readiness"] == {"ready": True, "refusal": None}]
    waiting = {node["code"] for node in after if node["id"] not in ready}
    assert waiting == {line.code for line in walk.school.students} - {
        line.code for line in walk.school.eligible
    }
    said = await walk.asks.do(
        "createTranscripts",
        "results { outcome transcript { id statusLabel } refusal { code } }",
        admin,
        studentIds=[node["id"] for node in after],
    )
    made = [row["transcript"] for row in said["results"] if row["transcript"]]
    assert [each["statusLabel"] for each in made] == ["Chờ ký"] * len(ready)
    assert [row["outcome"] for row in said["results"]].count("REFUSED") == len(waiting)
    return [each["id"] for each in made]


async def sign(walk: Walk, step: str, school_account: str) -> None:
    """Everybody who has something to sign at ``step`` signs it."""
    signers = 0
    for who in walk.staff.values():
        document = f"{{ signable(step: {step}) {{ edges {{ node {{ id }} }} }} mySigningAccount {{ id }} }}"
        found = await walk.asks.ask(document, who)
        if not (edges := found["signable"]["edges"]):
            continue
        begun = await walk.asks.do(
            "beginSigning",
            "request { id } refusal { code message } results { outcome refusal { code } }",
            who,
            transcriptIds=[edge["node"]["id"] for edge in edges],
            step=step,
            accountId=school_account if step == "ISSUE" else found["mySigningAccount"]["id"],
            secrets=SECRETS,
        )
        assert begun["request"], begun
        await finished(walk, who, begun["request"]["id"])
        signers += 1
    assert signers >= 1


async def finished(walk: Walk, who: UUID, request: str) -> None:
    document = "query($id: ID!) { signingRequest(id: $id) { state items { state refusal { code } } } }"
    async with asyncio.timeout(60):
        while True:
            found = (await walk.asks.ask(document, who, id=request))["signingRequest"]
            if found["state"] not in ("WAITING", "WORKING"):
                break
            await asyncio.sleep(0.05)
    assert found["state"] == "FINISHED"
    assert {item["state"] for item in found["items"]} == {"DONE"}


async def check_export(walk: Walk, admin: UUID, ids: list[str]) -> zipfile.ZipFile:
    said = await walk.asks.do("exportTranscripts", "export { url }", admin, transcriptIds=ids)
    answer = await walk.asks.http.get(said["export"]["url"], headers=await walk.asks.headers(admin))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    documents = [name for name in archive.namelist() if name.endswith((".xml", ".pdf"))]
    assert len(documents) == 2 * len(ids)
    for name in documents:
        verdict = verify_file(archive.read(name), walk.trust, second_opinion=True)
        assert verdict.outcome is Outcome.PASSED, (name, verdict.codes)
    assert json.loads(archive.read("manifest.json"))
    return archive
