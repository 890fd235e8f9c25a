"""The programs that the demo runs beside itself: the server, the agents, the remote signing service."""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def program(name: str) -> str:
    """The path of an installed command of this environment."""
    return str(Path(sys.executable).with_name(name))


class Processes:
    """Child processes that end with us, each with its own log file."""

    def __init__(self, logs: Path, env: Mapping[str, str]) -> None:
        self._logs = logs
        self.env: Mapping[str, str] = {**os.environ, **env}
        self._running: list[asyncio.subprocess.Process] = []

    async def start(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str] | None = None
    ) -> asyncio.subprocess.Process:
        """Start ``command`` in the background; what it prints goes to ``<name>.log``."""
        with (self._logs / f"{name}.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *command,
                env={**self.env, **(env or {})},
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
            )
        self._running.append(process)
        return process

    async def run(
        self, command: Sequence[str], *, env: Mapping[str, str] | None = None, typed: str = ""
    ) -> str:
        """Run ``command`` to its end and return what it printed.

        :raises RuntimeError: when it fails.
        """
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**self.env, **(env or {})},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate(typed.encode())
        if process.returncode:
            raise RuntimeError(f"{Path(command[0]).name} {' '.join(command[1:3])}: {said.decode()[-2000:]}")
        return said.decode()

    async def stop(self) -> None:
        """End them all: first politely."""
        for process in self._running:
            if process.returncode is None:
                process.terminate()
        for process in self._running:
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()


async def wait_until_up(url: str, process: asyncio.subprocess.Process, *, seconds: float = 30) -> None:
    """Wait until ``url`` answers.

    :raises RuntimeError: when ``process`` ends or the time is over.
    """
    async with httpx.AsyncClient(timeout=2) as http:
        for _ in range(int(seconds / 0.1)):
            if process.returncode is not None:
                raise RuntimeError(f"the server ended with code {process.returncode}: see its log")
            try:
                if (await http.get(url)).status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise RuntimeError(f"{url} does not answer after {seconds:.0f} s")
