"""How much memory the server takes for a school of 2,000, from the workbook to an exported class.

Resident memory of ``hocba serve``, and of the server together with the processes that it starts (one
reads the workbook), looked at every 20 ms: the most that was seen in each part.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.report import Goal, Line
from benchmarks.school_year import PUPILS, play, running_school

MEASURE = f"memory: hocba serve and what it starts, for a school of {PUPILS:,}, at most"
_EVERY = 0.02
_MB = 1 << 20


@dataclass(slots=True)
class Watch:
    """The most that was seen, in bytes, part by part."""

    server: psutil.Process
    peaks: dict[str, int] = field(default_factory=dict)
    part: str = ""

    def begin(self, part: str) -> None:
        """What is seen from now on belongs to ``part``."""
        self.part = part

    def look(self) -> None:
        """Look once."""
        seen = self.server.memory_info().rss
        for child in self.server.children(recursive=True):
            try:
                seen += child.memory_info().rss
            except psutil.NoSuchProcess:  # it has ended meanwhile
                continue
        self.peaks[self.part] = max(seen, self.peaks.get(self.part, 0))


def lines() -> Iterator[Line]:
    """The lines of this group."""
    begun = time.perf_counter()
    peaks = asyncio.run(_measure())
    seconds = time.perf_counter() - begun
    for part, peak in peaks.items():
        yield Line(measure=MEASURE, who=f"hocba: {part}", value=peak / _MB, unit="MB")
    most = max(peaks.values()) / _MB
    yield Line(measure=MEASURE, who="hocba: all of it", value=most, unit="MB", goal=Goal("≤", 300))
    yield Line(measure=MEASURE, who="how long it took, by the clock", value=seconds, unit="s")


async def _measure() -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        async with running_school(Path(folder) / "school") as world:
            watch = Watch(_server())
            watch.begin("started")
            watch.look()
            async with _looking(watch):
                await play(world, begin=watch.begin)
    return watch.peaks


def _server() -> psutil.Process:
    """The one of our child processes that serves."""
    return next(child for child in psutil.Process().children() if "serve" in child.cmdline())


@asynccontextmanager
async def _looking(watch: Watch) -> AsyncIterator[None]:
    async def look() -> None:
        while True:
            watch.look()
            await asyncio.sleep(_EVERY)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
