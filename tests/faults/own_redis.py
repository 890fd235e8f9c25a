"""A Redis of our own, without a disk, which can be killed."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

from redis import Redis

from hocba.demo.processes import free_port
from hocba.jobs import make_broker
from tests.brokers import answers


class OwnRedis:
    """On a port of its own.  ``start`` after ``kill`` is the same address with an empty memory."""

    def __init__(self, folder: Path) -> None:
        self._port, self._folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: Process | None = None

    async def start(self) -> None:
        line = ("redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir")
        self._process = await asyncio.create_subprocess_exec(*line, str(self._folder), stdout=DEVNULL)
        async with asyncio.timeout(10):
            while not await asyncio.to_thread(answers, make_broker(self.url)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        with Redis.from_url(self.url) as client:
            client.flushdb()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()
