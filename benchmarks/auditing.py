"""The chain over the history: linked, and verified again, beside SHA-256 over the same bytes alone.

On a new SQLite file; by the clock, one process.  ``HOCBA_BENCHMARK_EVENTS=1000000`` measures with as many.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from benchmarks.report import Goal, Line
from hocba import database
from hocba.actions import auditing
from hocba.domain.events import SignatureAdded
from hocba.domain.values import PersonId, SchoolId, SlotKey
from hocba.settings import Settings
from hocba.store import chain, events, ids
from hocba.store.events import Happened

MEASURE = "audit: the chain over the history of everything"
_EVENTS = int(os.environ.get("HOCBA_BENCHMARK_EVENTS", "50000"))
_MILLION = 1_000_000


def lines() -> Iterator[Line]:
    """The lines of this group."""
    linked, verified, hashed = asyncio.run(_measure(_EVENTS))
    each = _MILLION / _EVENTS
    about = f"of {_EVENTS:,} events, as if a million"
    yield Line(measure=MEASURE, who=f"SHA-256 alone {about}", value=hashed * each, unit="s")
    yield Line(
        measure=MEASURE,
        who=f"hocba: verified {about}",
        value=verified * each,
        unit="s",
        goal=Goal("≤", 60),
    )
    yield Line(
        measure=MEASURE,
        who="hocba: one event verified",
        value=verified / _EVENTS * 1000,
        ratio=verified / hashed,
        of="as long as its SHA-256",
    )
    yield Line(
        measure=MEASURE, who=f"hocba: linked {about}", value=linked * each, unit="s", goal=Goal("≤", 180)
    )


async def _measure(count: int) -> tuple[float, float, float]:
    """Seconds for linking, for verifying, and for the hashes alone."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite://{Path(folder) / 'history.sqlite3'}")
        await database.migrate(settings)
        await database.open_(settings)
        try:
            for begun in range(0, count, 1000):
                await events.append([_happened() for _ in range(min(1000, count - begun))])
            linker = auditing.Linker()
            begun_at = time.perf_counter()
            while await linker.round():
                continue
            linked = time.perf_counter()
            verdict = await auditing.verify()
            verified = time.perf_counter()
            assert verdict.passed, verdict
            assert verdict.checked == count
            return linked - begun_at, verified - linked, await _hashed()
        finally:
            await database.close()


async def _hashed() -> float:
    """Seconds that the hashes of the same bytes take."""
    spent = 0.0
    async for rows in chain.links(0, batch=5000):
        written = [chain.canonical(row) for row in rows]
        begun, hash_ = time.perf_counter(), chain.GENESIS
        for each in written:
            hash_ = sha256(hash_ + each).digest()
        spent += time.perf_counter() - begun
    return spent


def _happened() -> Happened:
    return Happened(
        aggregate="transcript",
        aggregate_id=ids.new(),
        version=1,
        event=SignatureAdded(slot=SlotKey("gvbm-1"), certificate="ab" * 32),
        by=PersonId(ids.new()),
        school=SchoolId(ids.new()),
        at=datetime.now(UTC),
    )
