"""A life that ends at its n-th moment: a process of its own signs a small class, and dies there.

A moment is whatever may leave rows, bells and the world outside in another state than before: each
statement, each commit, each bell, each order at the vendor, before and after it has signed.  Each is
written down before it happens, so that a life without an end says which moments there are, and one with
an end at which of them it ended.  Nothing of this is known to the code that is tried: the drivers'
connections are ours, and so are the vendor and the bell.
"""

import asyncio
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hocba.actions import agents, signing
from hocba.actions.agents import AgentActor, AgentJob
from hocba.actions.house import House, Limits, Tasks
from hocba.domain.people import Actor
from hocba.domain.values import Step, TranscriptId
from hocba.plugin_api import Item, Order, Outcome, Pending, Signed
from hocba.plugins import Plugins
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.trust import Trust
from tests import build
from tests.actions.agents import values
from tests.actions.world import Clock, Phone, Token, World
from tests.faults.watched import watched
from tests.pki import Holder

END = "the end"
PATIENCE = 60
"""Seconds after which a life should have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who signs what, and how: all that a new process must know.

    :ivar way: ``remote``, ``parked`` (the telephone rings, and a job asks) or ``agent``.
    :ivar keys: fingerprint -> PEM of key and certificate.
    :ivar folder: where moments, orders and signatures are written down.
    """

    settings: Settings
    way: str
    step: Step
    signer: Actor
    school: build.School
    transcripts: tuple[TranscriptId, ...]
    accounts: Mapping[UUID, UUID]
    school_account: UUID
    keys: Mapping[str, bytes]
    folder: Path
    agent: AgentActor | None = None


class Moments:
    """Counts, and kills the process at one of them.

    :ivar last: the number of the moment to die at, from 1; 0 for never.
    """

    def __init__(self, file: Path, last: int = 0) -> None:
        self._file, self._count = file, 0
        self.last = last

    def __call__(self, what: str) -> None:
        self._count += 1
        with self._file.open("a") as file:
            file.write(f"{what}\n")
        if self._count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


class OurVendor(Phone):
    """A telephone that outlives us: what it was asked for and what it signed lies in its own files."""

    def __init__(self, folder: Path, moment: Callable[[str], None], *, rings: bool) -> None:
        super().__init__()
        self._folder, self._moment = folder, moment
        self.behave = _rings if rings else _signs
        self.on_poll = self._asked

    def sign(self, order: Order) -> Outcome:
        self._moment("the vendor has not signed")
        outcome = Outcome([self.signed(order, item) for item in order.items])
        self._moment("the vendor has signed")
        return outcome

    def signed(self, order: Order, item: Item) -> Signed:
        with (self._folder / "signed").open("a") as file:
            file.write(f"{item.reference}\n")
        return super().signed(order, item)

    def park(self, order: Order) -> Outcome:
        (self._folder / order.transaction).write_bytes(pickle.dumps(order))
        until = build.NOW + timedelta(minutes=4)
        return Outcome(rest=Pending(order.transaction.encode(), poll_after=timedelta(0), expires_at=until))

    async def _asked(self, resume: bytes) -> Outcome:
        return self.sign(pickle.loads((self._folder / resume.decode()).read_bytes()))


async def _signs(phone: Phone, order: Order) -> Outcome:
    assert isinstance(phone, OurVendor)
    return phone.sign(order)


async def _rings(phone: Phone, order: Order) -> Outcome:
    assert isinstance(phone, OurVendor)
    return phone.park(order)


def world_of(plan: Plan, clock: Clock, moment: Callable[[str], None]) -> World:
    """The school again, in whatever process this is.  Its bells are heard at once."""
    vendor = OurVendor(plan.folder, moment, rings=plan.way == "parked")
    vendor.holders = {name: _holder(pem) for name, pem in plan.keys.items()}
    tasks = Tasks()

    def ring(name: str, id: UUID) -> None:
        moment(f"the bell {name}")
        tasks.start(_JOBS[name](house, id), name=name)

    house = House(
        settings=plan.settings,
        secrets=Secrets.load(plan.settings.secrets_file),
        plugins=Plugins(signers={vendor.key: vendor, Token.key: Token()}, portals={}, states=()),
        trust=lambda: Trust(roots=()),
        ring=ring,
        clock=clock,
        tasks=tasks,
        limits=Limits(pause=timedelta(milliseconds=1)),
    )
    return World(
        house=house,
        clock=clock,
        phone=vendor,
        school=plan.school,
        transcripts=list(plan.transcripts),
        rings=[],
        accounts=dict(plan.accounts),
        school_account=plan.school_account,
    )


def _holder(pem: bytes) -> Holder:
    key: Any = load_pem_private_key(pem, None)
    return Holder(key=key, cert=x509.load_pem_x509_certificate(pem))


async def _settle(house: House, id: UUID) -> None:
    await signing.settle(house, id)


async def _prepare_seals(house: House, id: UUID) -> None:
    while await signing.prepare_some(house, id):
        continue


async def _poll(house: House, id: UUID) -> None:
    while await signing.poll(house, id):
        continue


_JOBS: Mapping[str, Callable[[House, UUID], Coroutine[Any, Any, None]]] = {
    "settle": _settle,
    "prepare_seals": _prepare_seals,
    "poll_signing": _poll,
}


async def sign(world: World, plan: Plan) -> None:
    """Sign whatever ``plan`` says is still to be signed, to the end, if nothing comes between."""
    await world.begin(plan.signer, plan.step)
    await world.house.tasks.idle()
    if plan.agent is not None:
        await answer(world, plan)


async def answer(world: World, plan: Plan) -> None:
    """What the agent does, as long as it gets anything to do."""
    assert plan.agent is not None
    while job := await _job(world, plan):
        (own,) = plan.agent.certificates
        holder = world.phone.holders[own]
        await agents.answer(world.house, plan.agent, job.request_id, values(job, holder))
        await world.house.tasks.idle()


async def _job(world: World, plan: Plan) -> AgentJob | None:
    """What there is to sign, also when it is only rendered because it is asked for."""
    assert plan.agent is not None
    if job := await agents.take_job(world.house, plan.agent):
        return job
    await world.house.tasks.idle()
    return await agents.take_job(world.house, plan.agent)


async def _live(plan: Plan, last: int) -> None:
    moment = Moments(plan.folder / "moments", last)
    async with watched(plan.settings, moment):
        world = world_of(plan, Clock(), moment)
        await sign(world, plan)
        moment(END)


def live(plan: Plan, last: int) -> None:
    """A whole life, in a process that is there for nothing else."""
    asyncio.run(_live(plan, last))


def lived(plan: Plan, last: int = 0) -> list[str]:
    """The moments of a life that ends at the moment ``last``, or by itself.

    Two lives may differ by a look at the rows more or less: one that has come to its end first is whole.
    """
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    process = processes.Process(target=live, args=(plan, last))
    process.start()
    process.join(PATIENCE)
    moments = (plan.folder / "moments").read_text().splitlines()
    died = bool(last) and len(moments) == last
    assert died or moments[-1] == END
    assert process.exitcode == (-signal.SIGKILL if died else 0)
    process.close()
    return moments
