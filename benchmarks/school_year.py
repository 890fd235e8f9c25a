"""A school of 2,000 over HTTP, as the demo plays it: imported, created; one class signed and exported.

The server is a process of its own; only the people of the one class sign in, some with the agent, the
others by the remote signing service.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from rich.console import Console

from hocba.demo import colleagues, journey
from hocba.demo.client import ApiError, Client
from hocba.demo.colleagues import Colleague, Office
from hocba.demo.run import STEPS
from hocba.demo.school import make_school
from hocba.demo.stages import Stages
from hocba.demo.world import World, make_world

PUPILS, CLASSES = 2_000, 45
_POLL = 0.25
_PATIENCE = 120.0
"""Seconds after which a signing request that is not over is given up."""

_UNDER_WAY = {"WAITING", "WORKING"}
_REQUEST = "request { id state } refusal { code message } results { outcome refusal { code } }"


@asynccontextmanager
async def running_school(folder: Path) -> AsyncIterator[World]:
    """The school's server and what goes with it, before the first request."""
    school = make_school(seed=7, students=PUPILS, classes=CLASSES)
    async with make_world(folder, school, port=None) as world:
        yield world


async def play(world: World, *, begin: Callable[[str], None]) -> None:
    """Everything.

    :param begin: is told the name of each part when it begins.
    """
    stages = Stages(console=Console(quiet=True))
    async with colleagues.open_office(world) as office:
        begin("workbook imported")
        await journey.bring_in(office, stages)
        begin("2,000 transcripts created")
        await journey.create(office, stages)
        begin("14 people signed in, accounts approved")
        class_id = await _sign_people_in(office)
        await colleagues.pair_agents(office)
        await colleagues.register_accounts(office)
        begin("a class of 45 signed by all but the school")
        *personal, (issue, _) = STEPS
        for step, _ in personal:
            await _all_sign(office, class_id, step)
        begin("the class issued: signed, printed, sealed")
        await _all_sign(office, class_id, issue)
        begin("the class exported")
        await _export(office, class_id)


async def _sign_people_in(office: Office) -> str:
    """Those who sign for the first class of grade 9, and the ISSUER; the id of the class."""
    school = office.world.school
    class_ = next(line for line in school.classes if line.name == "9A1")
    codes = {line.staff for line in school.assignments if line.class_name == class_.name}
    codes |= {class_.homeroom, class_.leader, *(line.code for line in school.staff if line.issuer)}
    people = [
        person["id"] async for person in office.admin.pages("staff", "id code") if person["code"] in codes
    ]
    answer = await office.admin.mutate(
        "issueInitialPasswords", "results { username password }", personIds=people
    )
    lines = {line.username: line for line in school.staff}
    for row in answer["results"]:
        line, client = lines[row["username"]], Client(office.world.url)
        await client.sign_in_first(row["username"], row["password"], secrets.token_urlsafe(12))
        office.staff[line.code] = Colleague(line, client, office.world.signs_by_agent(line))
    found = await office.admin.ask(
        "query ($name: String!) { classes(filter: {name: $name}) { edges { node { id name } } } }",
        name=class_.name,
    )
    ids = {edge["node"]["name"]: edge["node"]["id"] for edge in found["classes"]["edges"]}
    return str(ids[class_.name])


async def _signers(office: Office, class_id: str, step: str) -> list[Colleague]:
    """Whose signature the class waits for at ``step``."""
    document = (
        "query ($class: ID!) {"
        f" signable(step: {step}, filter: {{classId: $class}}, first: 1) {{ edges {{ cursor }} }} }}"
    )
    people = list(office.staff.values())
    found = await asyncio.gather(*(who.client.ask(document, **{"class": class_id}) for who in people))
    return [who for who, data in zip(people, found, strict=True) if data["signable"]["edges"]]


async def _all_sign(office: Office, class_id: str, step: str) -> None:
    signers = await _signers(office, class_id, step)
    await asyncio.gather(*(_sign(office, who, class_id, step) for who in signers))


async def _sign(office: Office, who: Colleague, class_id: str, step: str) -> None:
    """One person signs all of the class that waits for him.

    :raises ApiError: when the request does not end well.
    """
    issue = step == "ISSUE"
    answer = await who.client.mutate(
        "beginSigning",
        _REQUEST,
        filter={"classId": class_id},
        step=step,
        accountId=office.school_account if issue else who.account,
        secrets=[] if issue else who.secrets,
    )
    request: dict[str, Any] = answer["request"] or {"state": answer["refusal"]}
    async with asyncio.timeout(_PATIENCE):
        while request["state"] in _UNDER_WAY:
            await asyncio.sleep(_POLL)
            document = "query ($id: ID!) { signingRequest(id: $id) { id state items { state } } }"
            request = (await who.client.ask(document, id=request["id"]))["signingRequest"]
    states = {item["state"] for item in request.get("items", ())}
    if request["state"] != "FINISHED" or states - {"DONE"}:
        raise ApiError(f"{step} ended with {request['state']}, {states}")


async def _export(office: Office, class_id: str) -> None:
    answer = await office.admin.mutate(
        "exportTranscripts", "export { url } results { outcome }", filter={"classId": class_id}
    )
    await office.admin.download(answer["export"]["url"], BytesIO())
