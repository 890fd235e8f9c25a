"""The wire between a teacher's computer and the server: what is said on it can be caught and lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PIECE = 1 << 16


class Wire:
    """Carries bytes to ``port`` and back, until it hears the word it waits for.

    :ivar word: what is caught; the connection that says it then hears nothing more.
    :ivar caught: set when the word was said.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.word: bytes | None = None
        self.caught = asyncio.Event()
        self._mended = asyncio.Event()

    def mend(self) -> None:
        """What was caught is lost; everything else is carried again."""
        self.word = None
        self._mended.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.close()
            return
        up = asyncio.create_task(self._up(reader, back))
        down = asyncio.create_task(_pump(there, writer))
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if self.caught.is_set() and not self._mended.is_set():
            await self._mended.wait()
        for task in (up, down):
            task.cancel()
        await asyncio.wait({up, down})
        for each in (writer, back):
            each.close()
            with suppress(OSError):
                await each.wait_closed()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                if self.word is not None and self.word in piece:
                    self.caught.set()
                    return
                writer.write(piece)
                await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def laid(port: int) -> AsyncIterator[tuple[Wire, int]]:
    """A wire to ``port``, and the port at its other end."""
    wire = Wire(port)
    carrying: set[asyncio.Task[None]] = set()

    def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(wire.carry(reader, writer))
        carrying.add(task)
        task.add_done_callback(carrying.discard)

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    try:
        yield wire, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        wire.mend()
        if carrying:
            await asyncio.wait(set(carrying), timeout=10)
