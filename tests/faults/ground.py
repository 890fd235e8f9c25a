"""A small school on the real programs, all of whose outside can fail: for trials that go on for minutes.

``hocba serve`` and ``hocba worker`` run as processes of their own; between them and PostgreSQL lies a wire
of ours, the broker is a Redis of our own, the vendor is at the other end of a line.  Whoever ends by himself
is started again, as a supervisor would, and noted down.
"""

import base64
import os
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from hocba import database
from hocba.actions.auditing import Linker
from hocba.actions.house import utc_now
from hocba.demo.client import Client
from hocba.demo.processes import Processes, free_port, program, wait_until_up
from hocba.domain.people import Actor
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.store import chain
from hocba.store.chain import START, Head
from hocba.store.models import SigningAccountRow
from hocba.testing import FakeVendor
from hocba.testing.vendor import CODE
from tests import api, conftest
from tests.actions import world as worlds
from tests.actions.agents import paired
from tests.actions.world import World
from tests.faults import vendor_line
from tests.faults.campus import UNMEASURED
from tests.faults.own_redis import OwnRedis
from tests.faults.proxy import Proxy, between
from tests.pki import Holder

ROOT = Path(__file__).parents[2]
PUSHED = "usb-token"
LEASE = "2"
PATIENCE = 20
"""Seconds after which people and computers hang up."""

TAKE = "mutation { takeAgentJob { requestId items { reference tbs } } }"


@dataclass(slots=True, kw_only=True)
class Ground:
    """The school, its programs and its outside.

    :ivar settings: of the database itself, beside the wire.
    :ivar screens: where everybody is signed in.
    :ivar ended: programs that ended though nobody killed them.
    :ivar head: the chain of the history when nothing had been harmed.
    """

    settings: Settings
    world: World
    vendor: FakeVendor
    processes: Processes
    port: int
    proxy: Proxy | None
    redis: OwnRedis | None
    screens: dict[UUID, Client] = field(default_factory=dict)
    computers: list[tuple[Client, Holder]] = field(default_factory=list)
    running: dict[str, Process] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    head: Head = START
    started: int = 0

    @property
    def programs(self) -> tuple[str, ...]:
        return ("serve", "worker") if self.redis else ("serve",)

    async def start(self, name: str) -> None:
        self.started += 1
        line = [program("hocba"), name, *(["--port", str(self.port)] if name == "serve" else [])]
        self.running[name] = await self.processes.start(f"{self.started:03d}-{name}", line)
        if name == "serve":
            await wait_until_up(f"http://127.0.0.1:{self.port}/readyz", self.running[name])

    async def kill(self, name: str) -> None:
        """SIGKILL, and start it again."""
        process = self.running[name]
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()
        await self.start(name)

    async def keep_up(self) -> None:
        """Start again whatever has ended by itself."""
        for name in self.programs:
            if (code := self.running[name].returncode) is not None:
                self.ended.append(f"{name} ended with code {code}: see log {self.started:03d}")
                await self.start(name)

    def secrets(self, who: Actor | None) -> list[dict[str, str]]:
        """What the vendor asks somebody for; the school's own are asked for when it is nobody."""
        holder = self.world.holders[who.id] if who else self.world.school_holder
        assert holder is not None
        given = {"USERNAME": holder.certificate.fingerprint, "PASSWORD": CODE, "OTP": "1234"}
        return [{"name": name, "value": value} for name, value in given.items()]

    async def ask_computer(self, client: Client, holder: Holder, chance: Random) -> bool:
        """One agent asks for a job and does it, sometimes badly; whether it got one."""
        job = (await client.ask(TAKE))["takeAgentJob"]
        if job is None:
            return False
        if chance.random() < 0.1:
            return True  # it forgets what it was given
        if chance.random() < 0.05:
            code = "USER_CANCELLED"
            await client.mutate(
                "declineSigning", "results { outcome }", requestId=job["requestId"], code=code
            )
            return True
        answers = [self._answer(item, holder, wrong=chance.random() < 0.05) for item in job["items"]]
        await client.mutate(
            "answerSigning", "results { outcome }", requestId=job["requestId"], answers=answers
        )
        return True

    def _answer(self, item: Mapping[str, str], holder: Holder, *, wrong: bool) -> dict[str, str]:
        value = b"\1" * 256 if wrong else holder.sign(base64.b64decode(item["tbs"]))
        return {"reference": item["reference"], "value": base64.b64encode(value).decode()}


@asynccontextmanager
async def opened(
    folder: Path, *, pupils: int, chance: Random, vendor: FakeVendor, before: Any, on_postgres: bool
) -> AsyncIterator[Ground]:
    """The school at work in ``folder``.

    :param vendor: gets everybody's card.
    :param before: as ``vendor_line.answering`` has it.
    """
    async with AsyncExitStack() as stack:
        settings = await _settings(stack, folder, on_postgres=on_postgres)
        await database.migrate(settings)
        await stack.enter_async_context(conftest.connected(settings))
        world = await worlds.make(settings, students=pupils, signer=vendor_line.KEY)
        world.house = replace(world.house, secrets=Secrets.load(settings.secrets_file), clock=utc_now)
        assert world.school_holder is not None
        vendor.cards = world.phone.holders
        line = await stack.enter_async_context(vendor_line.answering(vendor, before))
        vendor_line.install(folder)
        proxy, url = None, settings.database_url
        if on_postgres:
            there = urlsplit(url)
            proxy, at = await stack.enter_async_context(between(there.port or 5432))
            user = f"{there.netloc.rpartition('@')[0]}@" if "@" in there.netloc else ""
            url = there._replace(netloc=f"{user}127.0.0.1:{at}").geturl()
        redis = await _redis(stack, folder)
        ground = Ground(
            settings=settings,
            world=world,
            vendor=vendor,
            processes=Processes(folder, _environment(settings, url, folder, line, redis)),
            port=free_port(),
            proxy=proxy,
            redis=redis,
        )
        ground.processes.env = {**ground.processes.env, "HOCBA_PUBLIC_URL": f"http://127.0.0.1:{ground.port}"}
        stack.push_async_callback(_leave, ground)
        await _screens(ground)
        await _computers(ground, chance)
        while await Linker().round():
            continue
        ground.head = await chain.head()
        for name in ground.programs:
            await ground.start(name)
        yield ground


async def _settings(stack: AsyncExitStack, folder: Path, *, on_postgres: bool) -> Settings:
    url = f"sqlite://{folder / 'hocba.sqlite3'}"
    if on_postgres:
        schema = f"hocba_soak_{os.getpid()}"
        await conftest.execute(f"CREATE SCHEMA {schema}")
        stack.push_async_callback(conftest.execute, f"DROP SCHEMA {schema} CASCADE")
        url = f"{conftest.POSTGRES_URL}?schema={schema}"
    return Settings(database_url=url, data_dir=folder, secrets_file=folder / "secrets.json")


async def _redis(stack: AsyncExitStack, folder: Path) -> OwnRedis | None:
    if shutil.which("redis-server") is None:
        return None
    redis = OwnRedis(folder)
    await redis.start()
    stack.push_async_callback(redis.kill)
    return redis


def _environment(
    settings: Settings, url: str, folder: Path, line: int, redis: OwnRedis | None
) -> dict[str, str]:
    return {
        "HOCBA_DATABASE_URL": url,
        "HOCBA_DATA_DIR": str(folder),
        "HOCBA_SECRETS_FILE": str(settings.secrets_file),
        "HOCBA_LEASE_SECONDS": LEASE,
        "HOCBA_BROKER_URL": redis.url if redis else "",
        "HOCBA_PLUGIN_FAKE_VENDOR__PORT": str(line),
        "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))),
        **UNMEASURED,
    }


async def _screens(ground: Ground) -> None:
    """Everybody is signed in."""
    school = ground.world.school
    for who in {*school.teachers, school.leader, school.issuer, school.admin, school.other_admin}:
        token = await api.token(ground.world.house, who.id)
        ground.screens[who.id] = _client(ground.port, token)


def _client(port: int, token: str) -> Client:
    client = Client(f"http://127.0.0.1:{port}")
    client._http.timeout = PATIENCE  # type: ignore[assignment]
    client._http.headers["Authorization"] = f"Bearer {token}"
    return client


async def _computers(ground: Ground, chance: Random) -> None:
    """One teacher has a token, and by chance the school too."""
    world, teacher = ground.world, ground.world.school.teachers[-1]
    pairs = [(teacher, world.holders[teacher.id], world.accounts[teacher.id])]
    if chance.random() < 0.5:
        assert world.school_holder is not None
        pairs.append((world.school.issuer, world.school_holder, world.school_account))  # type: ignore[arg-type]
    for who, holder, account in pairs:
        await SigningAccountRow.filter(id=account).update(signer_key=PUSHED)
        _, token = await paired(world, who, holder)
        ground.computers.append((_client(ground.port, token), holder))


async def _leave(ground: Ground) -> None:
    for client in (*ground.screens.values(), *(client for client, _ in ground.computers)):
        await client.__aexit__()
    await ground.processes.stop()
