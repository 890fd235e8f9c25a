"""A teacher signs a class of 45 and it is stored: the job with its rows (goal 2).

``python -m benchmarks.signing_job [postgres://…]``

The limit is the raw RSA-2048 signature.  The whole way is measured, from the intent to the finished
request, and the part that the goal speaks of: load, prepare, sign, verify, and write signatures,
events and states in one transaction.  The signer stands in this process and signs in no time but
the key's own; every stored signature was verified, or it would not be there.
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tortoise.context import TortoiseContext

from benchmarks.report import Goal, Line
from hocba import database
from hocba.actions.signing import asking, orders
from hocba.app import GC_THRESHOLDS
from hocba.domain.people import Actor
from hocba.domain.values import Step
from hocba.plugin_api import Login, Outcome
from hocba.settings import Settings
from hocba.store import certificates
from hocba.store.models import SignatureRow, SigningAccountRow, SigningRequestRow
from tests.actions import world as worlds
from tests.actions.world import SECRETS, World
from tests.pki import Holder, holder, pki

CLASS = 45
clock = time.process_time
MEASURE = "job: one teacher's signatures on a class of 45, stored"


def lines(database_url: str | None = None) -> Iterator[Line]:
    """The lines of this group: for one signature, CPU time; wall-clock time when a server does a part."""
    global clock  # noqa: PLW0603 -- one clock for one run
    clock = time.perf_counter if database_url else time.process_time
    job, whole = asyncio.run(_measure(database_url))
    yield Line(measure=MEASURE, who="limit: raw RSA-2048 sign", value=job.limit)
    yield Line(
        measure=MEASURE,
        who="hocba: load, prepare, sign, verify, store",
        value=job.spent,
        ratio=job.ratio,
        of="of the limit's rate",
        goal=Goal("≥", 0.5),
    )
    yield Line(
        measure=MEASURE,
        who="hocba: the same, with its request from begin to end",
        value=whole.spent,
        ratio=whole.ratio,
        of="of the limit's rate",
    )


class _Rounds:
    """Each round beside the limit, measured before and after it: the machine may be busy."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder
        self._rounds: list[tuple[float, float]] = []

    async def add(self, round_: Awaitable[float]) -> None:
        """Measure one more."""
        before = _raw(self._holder)
        spent = await round_
        self._rounds.append(((before + _raw(self._holder)) / 2, spent))

    @property
    def limit(self) -> float:
        """What a raw signature takes."""
        return median(limit for limit, _ in self._rounds)

    @property
    def spent(self) -> float:
        """What a signature of ours takes."""
        return median(spent for _, spent in self._rounds)

    @property
    def ratio(self) -> float:
        """Our rate as a part of the limit's."""
        return median(limit / spent for limit, spent in self._rounds)


async def _measure(database_url: str | None) -> tuple[_Rounds, _Rounds]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=database_url or f"sqlite://{folder}/job.sqlite3",
            data_dir=Path(folder),
            secrets_file=Path(folder) / "secrets.json",
        )
        async with TortoiseContext() as context:
            await context.init(config=database.config(settings))
            await context.generate_schemas()
            world = await worlds.make(settings, students=CLASS)
            first, *teachers = world.school.teachers
            for teacher in world.school.teachers:
                await _give_rsa_key(world, teacher)
            await world.sign(first, Step.SUBJECT_TEACHERS)  # everything is warm
            job, whole = _Rounds(world.holders[first.id]), _Rounds(world.holders[first.id])
            with _collected_as_served():
                for teacher in teachers[:3]:
                    await whole.add(_whole(world, teacher))
                for teacher in teachers[3:]:
                    await job.add(_job(world, teacher))
            assert await SignatureRow.all().count() == CLASS * len(world.school.teachers)
    return job, whole


@contextmanager
def _collected_as_served() -> Iterator[None]:
    """Garbage is looked for as rarely as in the server, where a remote signer is driven."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _give_rsa_key(world: World, teacher: Actor) -> None:
    made = holder("Người Ký", teacher.identity, pki().intermediate, kind="rsa")
    world.holders[teacher.id] = made
    await SigningAccountRow.filter(id=world.accounts[teacher.id]).delete()
    world.accounts[teacher.id] = await worlds.account(world, made, teacher.id)


async def _whole(world: World, teacher: Actor) -> float:
    begun = clock()
    await world.sign(teacher, Step.SUBJECT_TEACHERS)
    return _each(begun)


async def _job(world: World, teacher: Actor) -> float:
    """The part of ``_whole`` that the driver does between two sign-ins."""
    world.phone.behave = _nobody_at_home
    written = await world.begin(teacher, Step.SUBJECT_TEACHERS)
    await world.house.tasks.cancel()
    world.phone.behave = worlds.says_yes
    request = await SigningRequestRow.get(id=written.request_id)
    account = await certificates.account(request.account_id)
    assert account is not None
    begun = clock()
    items = await asking.next_round(world.house, request, account)
    await orders.give(world.house, request, account, world.phone, Login(SECRETS), items)
    return _each(begun)


async def _nobody_at_home(*_: object) -> Outcome:
    raise AssertionError("the driver is stopped before it asks")


def _raw(of: Holder) -> float:
    begun = clock()
    for _ in range(CLASS):
        of.sign(b"x" * 3000)
    return _each(begun)


def _each(begun: float) -> float:
    """Milliseconds for one signature of the class."""
    return (clock() - begun) * 1000 / CLASS


if __name__ == "__main__":
    for line in lines(sys.argv[1] if sys.argv[1:] else None):
        ratio = f"  {line.ratio:.2f} {line.of}" if line.ratio else ""
        print(f"{line.who:<55} {line.value:7.3f} ms{ratio}")
