"""A teacher signs a class of 45 and it is stored: the job with its rows (goal 2).

``python -m benchmarks.signing_job [postgres://…]``

The limit is the raw RSA-2048 signature.  The whole way is measured, from the intent to the finished
request, and the part that the goal speaks of: load, prepare, sign, verify, and write signatures,
events and states in one transaction.  The signer stands in this process and signs in no time but
the key's own; every stored signature was verified, or it would not be there.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tortoise.context import TortoiseContext

from benchmarks.report import Goal, Line
from hocba import database
from hocba.actions.signing import asking, orders
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
    raw, job, whole = asyncio.run(_measure(database_url))
    yield Line(measure=MEASURE, who="limit: raw RSA-2048 sign", value=raw)
    yield Line(
        measure=MEASURE,
        who="hocba: load, prepare, sign, verify, store",
        value=job,
        ratio=raw / job,
        of="of the limit's rate",
        goal=Goal("≥", 0.5),
    )
    yield Line(
        measure=MEASURE,
        who="hocba: the same, with its request from begin to end",
        value=whole,
        ratio=raw / whole,
        of="of the limit's rate",
    )


async def _measure(database_url: str | None) -> tuple[float, float, float]:
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
            whole = [await _whole(world, teacher) for teacher in teachers[:4]]
            job, raw = [], []
            for teacher in teachers[4:]:
                job.append(await _job(world, teacher))
                raw.append(_raw(world.holders[first.id]))
            assert await SignatureRow.all().count() == CLASS * len(world.school.teachers)
    return median(raw), median(job), median(whole)


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
