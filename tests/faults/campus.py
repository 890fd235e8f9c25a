"""A small school at work over HTTP, whose programs can be killed one by one and started again.

The server, the agents and the worker are the installed programs.  Only the signing service is
ours, because it must say when it stands still.  Founding a school (sign in, pair, register,
create) takes seconds: it is done once, and a snapshot of its folder is opened for each test.
"""

import asyncio
import io
import json
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from hocba.demo import colleagues, journey
from hocba.demo import world as worlds
from hocba.demo.client import Client
from hocba.demo.colleagues import Colleague, Office
from hocba.demo.processes import Processes, free_port, program, wait_until_up
from hocba.demo.school import make_school, workbook
from hocba.demo.stages import Stages
from hocba.demo.world import SCHOOL, World
from hocba.settings import Settings
from hocba.testing import pki
from tests.faults.slow_service import SlowService
from tests.serving import served

PUPILS = 5
CHUNK = 2
"""Most items of one order at the service: a class is three orders."""

LEASE = 3
PATIENCE = 60.0
"""Seconds after which what should have happened has not."""

UNMEASURED = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
"""Whoever is killed tells no coverage, and measuring takes a third of a program's start."""

OVER = {"FINISHED", "EXPIRED", "CANCELLED"}
REQUEST = "id state items { state transcriptId refusal { code } }"
TEACHERS = "SUBJECT_TEACHERS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A school between two lives: its folder, and who is signed in with what.

    :ivar staff: code -> token and signing account.
    """

    folder: Path
    world: World
    url: str
    admin: str = ""
    authority: str = ""
    school_account: str = ""
    staff: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    transcripts: Sequence[str] = ()

    def moved(self, folder: Path) -> "Snapshot":
        """A copy of everything in ``folder``."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        url = self.url
        if url.startswith("sqlite"):
            url = f"sqlite://{folder / 'hocba.sqlite3'}"
        return replace(self, folder=folder, url=url)


@dataclass(slots=True)
class Campus:
    """The school, open."""

    world: World
    office: Office
    service: SlowService
    settings: Settings
    port: int
    transcripts: list[str]
    server: Process | None = None
    agents: dict[str, Process] = field(default_factory=dict)
    started: int = 0

    async def serve(self) -> None:
        """Start the server, always on the same port and database."""
        self.server = await self._start("server", "hocba", "serve", "--port", str(self.port))
        await wait_until_up(f"{self.world.url}/readyz", self.server)

    async def work(self) -> Process:
        """Start a worker."""
        return await self._start("worker", "hocba", "worker")

    async def agent(self, label: str, *, port: int | None = None) -> Process:
        """Start the agent of ``label``; ``port`` is where it finds the server."""
        path = self.world.agents / f"{label}.json"
        state = json.loads(path.read_text())
        state |= {"server": f"http://127.0.0.1:{port or self.port}", "p12": str(self.world.key_file(label))}
        path.write_text(json.dumps(state))
        command = ("hocba-agent", "run", "--yes", "--poll-seconds", "0.3", "--state", str(path))
        self.agents[label] = await self._start(f"agent-{label}", *command)
        return self.agents[label]

    async def all_agents(self) -> None:
        """Start every agent that does not run."""
        for path in self.world.agents.glob("*.json"):
            if path.stem not in self.agents:
                await self.agent(path.stem)

    async def kill(self, process: Process | None) -> None:
        """SIGKILL: nothing is tidied up."""
        assert process is not None
        assert process.returncode is None, "it had ended before it was killed"
        process.send_signal(signal.SIGKILL)
        await process.wait()

    def teachers(self, *, by_agent: bool) -> list[Colleague]:
        """Who teaches a subject of the class, and signs in this way."""
        teaching = sorted({line.staff for line in self.world.school.assignments})
        return [who for code in teaching if (who := self.office.staff[code]).by_agent is by_agent]

    async def begin(self, who: Colleague, step: str = TEACHERS) -> str:
        """Ask for his signature on everything; the request."""
        issue = step == "ISSUE"
        said = await who.client.mutate(
            "beginSigning",
            f"request {{ {REQUEST} }} refusal {{ code }} results {{ outcome refusal {{ code }} }}",
            transcriptIds=self.transcripts,
            step=step,
            accountId=self.office.school_account if issue else who.account,
            secrets=[] if issue else who.secrets,
        )
        assert said["request"], said
        request: str = said["request"]["id"]
        return request

    async def retry(self, who: Colleague, request: str) -> None:
        """The one retry, with the secret."""
        said = await who.client.mutate(
            "retrySigning",
            "refusal { code } results { refusal { code } }",
            requestId=request,
            secrets=who.secrets,
        )
        assert said["refusal"] is None, said
        assert {row["refusal"] for row in said["results"]} == {None}, said

    async def ended(self, who: Colleague, request: str) -> tuple[str, dict[str, int]]:
        """The state of a request once it is over, and how many of its items are in which."""
        document = f"query ($id: ID!) {{ signingRequest(id: $id) {{ {REQUEST} }} }}"
        async with asyncio.timeout(PATIENCE):
            while True:
                found = (await who.client.ask(document, id=request))["signingRequest"]
                if found["state"] in OVER:
                    break
                await asyncio.sleep(0.2)
        states = [item["state"] for item in found["items"]]
        return found["state"], {state: states.count(state) for state in sorted(set(states))}

    async def step(self, step: str) -> None:
        """Everybody who still has something to sign at ``step`` signs it, and nothing goes wrong."""
        await journey.sign_step(self.office, quiet(), step, step)

    def snapshot(self) -> Snapshot:
        """What is needed to open the school again."""
        office = self.office
        staff = {code: (_token(who.client), who.account) for code, who in office.staff.items()}
        return Snapshot(
            folder=self.world.folder,
            world=self.world,
            url=self.settings.database_url,
            admin=_token(office.admin),
            authority=_token(office.authority),
            school_account=office.school_account,
            staff=staff,
            transcripts=tuple(self.transcripts),
        )

    async def _start(self, name: str, command: str, *arguments: str) -> Process:
        self.started += 1
        pin = {"HOCBA_AGENT_PIN": self.world.pin}
        line = [program(command), *arguments]
        return await self.world.processes.start(f"{self.started:02d}-{name}", line, env=pin)


async def found(folder: Path, url: str = "") -> Snapshot:
    """Found a school, up to its transcripts, and close it again.

    :param url: of the database; a SQLite file in ``folder`` when left out.
    """
    worlds.prepare_folder(folder)
    school = make_school(seed=11, classes=1, students=PUPILS)
    authorities = pki.make_pki(worlds.holders(school), at=datetime.now(UTC))
    authorities.write(folder / "pki", at=datetime.now(UTC))
    shutil.copy(folder / "pki" / "chain.pem", folder / "ca.pem")
    book = workbook(school)
    (folder / "school.xlsx").write_bytes(book)
    nothing = Processes(folder / "logs", {})
    world = World(
        folder=folder, school=school, book=book, authorities=authorities, pin="12345678",
        password="hoa-phượng-đỏ", url="", processes=nothing,
    )  # fmt: skip
    worlds.write_keys(world)
    url = url or f"sqlite://{folder / 'hocba.sqlite3'}"
    async with opened(Snapshot(folder=folder, world=world, url=url)) as campus:
        office = campus.office
        await office.admin.sign_in("operator", world.password)
        await office.authority.sign_in("officer", world.password)
        await journey.bring_in(office, quiet())
        await colleagues.sign_everybody_in(office)
        await colleagues.pair_agents(office, run=False)
        await campus.all_agents()
        await colleagues.register_accounts(office)
        campus.transcripts = await journey.create(office, quiet())
        return campus.snapshot()


@asynccontextmanager
async def opened(
    snapshot: Snapshot, *, lease: int = LEASE, broker: str = "", serve: bool = True
) -> AsyncIterator[Campus]:
    """The school at work, its server running; everything is ended afterwards."""
    service = SlowService(snapshot.world.authorities)
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(served(service.app()))
        port = free_port()
        world = _world(snapshot, port, int(base.rpartition(":")[2]), lease, broker)
        stack.push_async_callback(world.processes.stop)
        stack.callback(service.stop_waiting)
        office = _office(stack, snapshot, world)
        settings = Settings(database_url=snapshot.url, data_dir=snapshot.folder)
        campus = Campus(world, office, service, settings, port, list(snapshot.transcripts))
        if not snapshot.staff:
            await worlds.bootstrap(world)
        if serve:
            await campus.serve()
        yield campus


def _world(snapshot: Snapshot, port: int, service: int, lease: int, broker: str) -> World:
    file = worlds.write_settings(snapshot.folder, service)
    with file.open("a") as settings:
        settings.write(f"max_batch = {CHUNK}\n")
    url = f"http://127.0.0.1:{port}"
    env = {
        "HOCBA_SETTINGS_FILE": str(file),
        "HOCBA_PUBLIC_URL": url,
        "HOCBA_DATABASE_URL": snapshot.url,
        "HOCBA_LEASE_SECONDS": str(lease),
        "HOCBA_BROKER_URL": broker,
        **UNMEASURED,
    }
    processes = Processes(snapshot.folder / "logs", env)
    return replace(snapshot.world, folder=snapshot.folder, url=url, processes=processes)


def _office(stack: AsyncExitStack, snapshot: Snapshot, world: World) -> Office:
    """Everybody at his screen again, with the session he had."""

    def client(token: str) -> Client:
        made = Client(world.url)
        if token:
            made._http.headers["Authorization"] = token
        return made

    office = Office(world, client(snapshot.admin), client(snapshot.authority))
    stack.push_async_callback(_go_home, office)
    office.school_account = snapshot.school_account
    for line in world.school.staff:
        if line.code in snapshot.staff:
            token, account = snapshot.staff[line.code]
            who = Colleague(line, client(token), world.signs_by_agent(line), account)
            office.staff[line.code] = who
    return office


async def _go_home(office: Office) -> None:
    for client in (office.admin, office.authority, *(who.client for who in office.staff.values())):
        await client.__aexit__()


def _token(client: Client) -> str:
    return client.headers["Authorization"]


def quiet() -> Stages:
    """Stages of a journey that nobody looks at."""
    return Stages(console=Console(file=io.StringIO()))


async def until(what: Any) -> None:
    """Wait until ``what()`` says yes."""
    async with asyncio.timeout(PATIENCE):
        while not await what():  # noqa: ASYNC110 -- another process does it
            await asyncio.sleep(0.05)


__all__ = ["CHUNK", "PUPILS", "SCHOOL", "TEACHERS", "Campus", "Snapshot", "found", "opened", "until"]
