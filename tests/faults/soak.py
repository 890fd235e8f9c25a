"""Minutes of everything at once, by chance: ``python -m tests.faults.soak --minutes 5 --seed 7``.

People sign, click twice, hand back, retry and cancel; the vendor misbehaves, computers forget; the server,
the worker, Redis and the wire to PostgreSQL are killed and cut.  Then everything is let go on, and signed to
the end, and it must be true that each signature is there exactly once, that the events fold to the rows, that
the chain behind them is whole, and that every issued file verifies.

The seed repeats what was chosen; what comes of it also depends on when the programs get their turn.
"""

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from random import Random, SystemRandom

import httpx

from hocba.actions import assembling
from hocba.demo.client import ApiError
from hocba.demo.processes import program
from hocba.domain.signing import OPEN_REQUESTS, RequestState
from hocba.domain.values import Status
from hocba.store import papers, transcripts
from hocba.store.models import DocumentRow, SignatureRow, SigningItemRow, SigningRequestRow, TranscriptRow
from tests import conftest, postgres
from tests.faults import ground as grounds
from tests.faults import moves, proof, vendor_line
from tests.faults.ground import Ground
from tests.faults.moody import Diary, Moody
from tests.pki import pki

PUPILS = 5
AT_ONCE = 4
HEALS_IN = 180.0
"""Seconds within which everything is signed to the end, once nothing is harmed any more."""

EXPECTED = (ApiError, httpx.HTTPError, ValueError, RuntimeError)
"""What people meet while a server is away."""

FAILED = re.compile(r"(?:internal error [^:]*|task .* failed): (\w+)")
OF_A_CUT_WIRE = {
    "ConnectionDoesNotExistError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "ConnectionError",
    "InterfaceError",
}


async def harm(ground: Ground, diary: Diary, chance: Random, until: float) -> None:
    """Everything at once, until the time is over."""
    busy: set[asyncio.Task[None]] = set()
    computers = [
        asyncio.create_task(_computer(ground, diary, number, chance.random()))
        for number in range(len(ground.computers))
    ]
    while time.monotonic() < until:
        await ground.keep_up()
        there = await moves.reachable(ground)
        cell = moves.next_cell(diary.visited, there, chance)
        target = chance.choice(there[cell])
        diary.visited[cell] += 1
        diary.note(f"{cell[0]}: {cell[1]} {target.id}")
        move = {**moves.ON_TRANSCRIPTS, **moves.ON_REQUESTS, **moves.FAULTS}[cell[1]]
        work = _met(diary, cell[1], move(ground, target, chance))
        if cell[1] in moves.FAULTS:
            await work
        else:
            task = asyncio.create_task(work)
            busy.add(task)
            task.add_done_callback(partial(_over, diary, busy))
        if len(busy) >= AT_ONCE:
            await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(chance.random() * 0.1)
    for computer in computers:
        computer.cancel()
    await asyncio.wait([*busy, *computers], timeout=30)


def _over(diary: Diary, busy: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
    busy.discard(task)
    if not task.cancelled() and (error := task.exception()):
        diary.broken.append(error if isinstance(error, Exception) else RuntimeError(repr(error)))


async def _met(diary: Diary, name: str, work: Awaitable[None]) -> None:
    try:
        await work
    except EXPECTED as error:
        diary.failed[name] += 1
        diary.note(f"  {name}: {type(error).__name__} {error}"[:300])


async def _computer(ground: Ground, diary: Diary, number: int, seed: float) -> None:
    chance = Random(seed)
    while True:
        await _met(diary, "agent", _ask(ground, number, chance))
        await asyncio.sleep(0.5)


async def _ask(ground: Ground, number: int, chance: Random) -> None:
    await ground.ask_computer(*ground.computers[number], chance)


class Calm(Random):
    """Nothing goes wrong by chance."""

    def random(self) -> float:
        return 1.0


async def heal(ground: Ground, diary: Diary) -> None:
    """Let everything go on, and sign whatever waits, to the end."""
    if ground.proxy is not None:
        ground.proxy.closed, ground.proxy.tripwire = None, ()
    async with asyncio.timeout(HEALS_IN):
        while not await _all_signed():
            await ground.keep_up()
            ground.vendor.press()
            for number in range(len(ground.computers)):
                await _met(diary, "agent", _ask(ground, number, Calm()))
            for request in await moves.requests():
                move = _mending(request.state)
                if move:
                    await _met(diary, "mending", move(ground, request, Calm()))
            for transcript in await moves.everything():
                if transcript.status is Status.AWAITING_SIGNATURES:
                    await _met(diary, "mending", moves.sign(ground, transcript, Calm()))
                    break
            await asyncio.sleep(0.5)


def _mending(state: RequestState) -> moves.Move | None:
    if state in {RequestState.NEEDS_SECRET, RequestState.NEEDS_LOGIN}:
        return moves.go_on
    return moves.retry if state is RequestState.EXPIRED else None


async def _all_signed() -> bool:
    waits = await TranscriptRow.filter(status=Status.AWAITING_SIGNATURES).exists()
    moving = await SigningItemRow.filter(active=True).exists()
    return not (waits or moving or await SigningRequestRow.filter(state__in=OPEN_REQUESTS).exists())


async def prove(ground: Ground, diary: Diary, folder: Path) -> str:
    """What must hold after whatever has happened."""
    if diary.broken:
        raise ExceptionGroup("what nobody expected", diary.broken)
    made = await TranscriptRow.all().count()
    await proof.exactly_once(whole=False, pupils=made)
    asked = await SigningRequestRow.filter(signer_key=vendor_line.KEY).values_list("id", flat=True)
    remote = SigningItemRow.filter(state="done", request_id__in=asked)
    heard = {str(each) for each in await remote.values_list("id", flat=True)}
    assert heard <= ground.vendor.signed.keys(), "signed by nobody"
    assert ground.ended == [], ground.ended
    assert _strange(folder) == set()
    since = ("--from", str(ground.head.position), "--expect", ground.head.hash.hex())
    audit = await ground.processes.run([program("hocba"), "audit", "verify", *since])
    files = await _files(folder)
    authorities = folder / "ca.pem"
    authorities.write_bytes(pki().root.pem + pki().intermediate.pem)
    await ground.processes.run([program("hocba"), "verify", "--ca", str(authorities), *map(str, files)])
    signatures = await SignatureRow.all().count()
    return f"{made} transcripts, {signatures} signatures, {len(files)} files verified; {audit.strip()}"


def _strange(folder: Path) -> set[str]:
    """What the programs met that no cut wire explains."""
    met = {name for log in folder.glob("*.log") for name in FAILED.findall(log.read_text(errors="replace"))}
    return met - OF_A_CUT_WIRE


async def _files(folder: Path) -> list[Path]:
    """Every issued PDF and its XML."""
    documents = {row.transcript_id: bytes(row.content) for row in await DocumentRow.all()}
    facts = {each.id: each for each in await transcripts.load(documents)}
    found, signed = await papers.load(documents), await papers.signatures(documents)
    written = []
    for id_, content in documents.items():
        xml = assembling.whole(found[id_].data, facts[id_].slots, signed[id_])
        for suffix, data in ((".pdf", content), (".xml", xml)):
            path = folder / f"{id_}{suffix}"
            path.write_bytes(data)
            written.append(path)
    return written


def shown(ground: Ground, diary: Diary) -> str:
    """What was done, and which cells nobody came to."""
    actions = Counter[str]()
    for (_, action), times in diary.visited.items():
        actions[action] += times
    cells = moves.cells(ground)
    empty = sorted(cells - diary.visited.keys())
    lines = [
        "actions: " + ", ".join(f"{name} {times}" for name, times in actions.most_common()),
        "met no answer: " + ", ".join(f"{name} {times}" for name, times in diary.failed.most_common()),
        "the vendor: " + ", ".join(f"{name} {times}" for name, times in diary.vendor.most_common()),
        f"cells: {len(cells) - len(empty)} of {len(cells)}",
        *(f"  never: {state} x {action}" for state, action in empty),
    ]
    return "\n".join(lines)


async def run(seed: int, minutes: float, folder: Path, *, on_postgres: bool) -> tuple[str, int]:
    """A whole trial.  :returns: what to print, and how many cells stayed empty."""
    chance = Random(seed)
    diary = Diary(folder / "diary")
    vendor = Moody(Random(chance.random()), diary)
    opening = grounds.opened(
        folder, pupils=PUPILS, chance=chance, vendor=vendor, before=vendor.before, on_postgres=on_postgres
    )
    async with opening as ground:
        await harm(ground, diary, chance, time.monotonic() + minutes * 60)
        print(shown(ground, diary), flush=True)  # noqa: T201
        vendor.be_good()
        await heal(ground, diary)
        said = await prove(ground, diary, folder)
        return said, len(moves.cells(ground) - diary.visited.keys())


async def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--database", choices=["sqlite", "postgres"])
    given = parser.parse_args()
    there = await postgres.answers(conftest.POSTGRES_URL)
    on_postgres = there if given.database is None else given.database == "postgres"
    database = "postgres" if on_postgres else "sqlite"
    again = f"--minutes {given.minutes:g} --seed {given.seed} --database {database}"
    folder = Path(tempfile.mkdtemp(prefix="hocba-soak-"))
    print(f"seed {given.seed} on {database}", flush=True)  # noqa: T201
    try:
        said, empty = await run(given.seed, given.minutes, folder, on_postgres=on_postgres)
    except BaseException:
        print(f"FAILED; diary and logs are in {folder}; again: python -m tests.faults.soak {again}")  # noqa: T201
        raise
    print(said)  # noqa: T201
    shutil.rmtree(folder)
    return 1 if empty and given.minutes >= 5 else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
