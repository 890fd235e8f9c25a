"""The people of the demo, each at a screen of his own: sign in, register a way to sign, pair a computer."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from hocba.demo.client import ApiError, Client
from hocba.demo.processes import program
from hocba.demo.world import SCHOOL, World
from hocba.documents.workbooks.lines import StaffLine

REMOTE, AGENT = "csc-v1", "usb-token"
_REGISTERED = "account { id } request { id } refusal { code message }"
_UNDER_WAY = {"WAITING", "WORKING"}
_POLL = 0.1
_PATIENCE = 120.0
"""Seconds after which a key that does not sign is given up."""

_CODE = re.compile(r"Mã ghép nối: ([0-9A-Z-]+)")


@dataclass(slots=True)
class Colleague:
    """A member of staff at his own screen.

    :ivar account: the id of his signing account, once he has one.
    """

    line: StaffLine
    client: Client
    by_agent: bool
    account: str = ""

    @property
    def secrets(self) -> list[dict[str, str]]:
        """What he types when the remote service asks."""
        return [] if self.by_agent else [{"name": "USERNAME", "value": self.line.code}]

    @property
    def signer(self) -> str:
        """How he signs."""
        return AGENT if self.by_agent else REMOTE


@dataclass(slots=True)
class Office:
    """Everybody who is signed in, by staff code; the first ADMIN and the authority's officer.

    :ivar not_eligible: the pupils who lack a personal id, once transcripts were created.
    """

    world: World
    admin: Client
    authority: Client
    staff: dict[str, Colleague] = field(default_factory=dict)
    school_account: str = ""
    not_eligible: list[dict[str, Any]] = field(default_factory=list)

    @property
    def issuer(self) -> Colleague:
        """Who operates the school's certificate."""
        return next(each for each in self.staff.values() if each.line.issuer)


@asynccontextmanager
async def open_office(world: World) -> AsyncIterator[Office]:
    """Sign the ADMIN and the officer in; close every connection afterwards."""
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(Client(world.url))
        authority = await stack.enter_async_context(Client(world.url))
        await admin.sign_in("operator", world.password)
        await authority.sign_in("officer", world.password)
        office = Office(world, admin, authority)
        yield office
        for colleague in office.staff.values():
            await colleague.client.__aexit__()


async def sign_everybody_in(office: Office) -> None:
    """ADMIN gives each a first password; each signs in with it and chooses one of his own."""
    people = [person async for person in office.admin.pages("staff", "id code")]
    lines = {line.code: line for line in office.world.school.staff}
    answer = await office.admin.mutate(
        "issueInitialPasswords",
        "results { id outcome username password refusal { message } }",
        personIds=[person["id"] for person in people if person["code"] in lines],
    )
    by_username = {line.username: line for line in lines.values()}
    await asyncio.gather(
        *(_sign_in(office, by_username[row["username"]], row["password"]) for row in answer["results"])
    )


async def _sign_in(office: Office, line: StaffLine, password: str) -> None:
    client = Client(office.world.url)
    await client.sign_in_first(line.username, password, secrets.token_urlsafe(12))
    office.staff[line.code] = Colleague(line, client, office.world.signs_by_agent(line))


async def pair_agents(office: Office, *, run: bool = True) -> None:
    """Pair a computer for each who has a token, and one with the school's token for the ISSUER.

    :param run: whether the agents are left running.
    """
    world = office.world
    with_token = [each for each in office.staff.values() if each.by_agent]
    await asyncio.gather(
        *(_pair(world, each.client, each.line.code, run=run) for each in with_token),
        _pair(world, office.issuer.client, SCHOOL, run=run),
    )


async def _pair(world: World, client: Client, label: str, *, run: bool) -> None:
    """Run ``hocba-agent pair``, type its code as the signed-in person, and let the agent run if asked to."""
    state = world.agents / f"{label}.json"
    agent, pin = program("hocba-agent"), {"HOCBA_AGENT_PIN": world.pin}
    pairing = await asyncio.create_subprocess_exec(
        agent, "pair", "--server", world.url, "--name", f"Máy của {label}",
        "--p12", str(world.key_file(label)), "--state", str(state),
        env={**world.processes.env, **pin}, stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert pairing.stdout is not None
    said = ""
    while not (found := _CODE.search(said)):
        line = await pairing.stdout.readline()
        if not line:
            raise ApiError(f"the agent of {label} showed no code: {said}")
        said += line.decode()
    answer = await client.mutate("confirmPairing", "refusal { message }", code=found[1])
    if answer["refusal"]:
        raise ApiError(answer["refusal"])
    if await pairing.wait():
        raise ApiError(f"the agent of {label} was not paired")
    if run:
        command = [agent, "run", "--yes", "--poll-seconds", "0.5", "--state", str(state)]
        await world.processes.start(f"agent-{label}", command, env=pin)


async def register_accounts(office: Office) -> None:
    """Everybody registers his own certificate and proves that he holds its key; ADMIN approves all.

    The school's goes to the authority.
    """
    await asyncio.gather(*(_register(each) for each in office.staff.values()))
    await office.admin.mutate_all(
        "approveSigningAccounts", accountIds=[each.account for each in office.staff.values()]
    )
    issuer = office.issuer.client
    reference = await _reference(issuer, AGENT, [], organisation=True)
    answer = await issuer.mutate(
        "registerSchoolCertificate",
        _REGISTERED,
        signer=AGENT,
        reference=reference,
        reason="",
    )
    office.school_account = await _proven(issuer, answer)
    await office.authority.mutate_all("approveSchoolCertificates", accountIds=[office.school_account])


async def _register(colleague: Colleague) -> None:
    reference = await _reference(colleague.client, colleague.signer, colleague.secrets, organisation=False)
    answer = await colleague.client.mutate(
        "registerSigningAccount",
        _REGISTERED,
        signer=colleague.signer,
        reference=reference,
        secrets=colleague.secrets,
    )
    colleague.account = await _proven(colleague.client, answer)


async def _reference(
    client: Client, signer: str, secrets: Sequence[Mapping[str, str]], *, organisation: bool
) -> str:
    """The certificate to choose among those offered: the only one of its kind."""
    offered = await client.mutate(
        "providerSignIn",
        "certificates { reference organisation } refusal { code message }",
        signer=signer,
        secrets=list(secrets),
    )
    fitting = [each for each in offered["certificates"] if each["organisation"] is organisation]
    if not fitting:
        raise ApiError(f"{signer} offers no certificate: {offered['refusal']}")
    reference: str = fitting[0]["reference"]
    return reference


async def _proven(client: Client, answer: Mapping[str, dict[str, Any]]) -> str:
    """The account, once its key has signed the challenge: the agent and the service do so by themselves.

    :raises ApiError: when they do not.
    """
    if answer["refusal"]:
        raise ApiError(answer["refusal"])
    document = "query ($id: ID!) { signingRequest(id: $id) { state items { state refusal { code } } } }"
    async with asyncio.timeout(_PATIENCE):
        while True:
            found = (await client.ask(document, id=answer["request"]["id"]))["signingRequest"]
            if found["state"] not in _UNDER_WAY:
                break
            await asyncio.sleep(_POLL)
    if [item["state"] for item in found["items"]] != ["DONE"]:
        raise ApiError(f"the key of an account was not proved: {found}")
    account: str = answer["account"]["id"]
    return account
