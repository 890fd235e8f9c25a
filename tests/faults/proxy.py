"""A wire to a server that can be cut: at once, for good, or just after a commit was carried.

What is carried is looked at, not understood: ``tripwire`` is a list of words that the client says one
after the other.  After the last one the server's answer is waited for and lost with the connection, so that
the client cannot know what became of what it said.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

PIECE = 1 << 16

FULL = b"SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0"
FULL = b"E" + (len(FULL) + 4).to_bytes(4, "big") + FULL
"""What PostgreSQL says when it has no connection left."""

TLS_WANTED = (80877103).to_bytes(4, "big")
"""How a client of PostgreSQL begins that would like to speak TLS: it is told no, and goes on without."""


class Proxy:
    """Carries bytes to ``port`` and back.

    :ivar closed: what newcomers are told before they are hung up on; ``None`` when they are let in.
    :ivar tripwire: what the client must say, in this order on one connection, to be cut.
    :ivar tripped: set when somebody was cut by it.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._carried: set[asyncio.Task[None]] = set()
        self.closed: bytes | None = None
        self.tripwire: Sequence[bytes] = ()
        self.tripped = asyncio.Event()

    def cut(self) -> None:
        """Every connection ends, in the middle of a word."""
        for task in self._carried:
            task.cancel()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._carried.add(task)
        there = None
        try:
            if self.closed is not None:
                await _turn_away(reader, writer, self.closed)
                return
            back, there = await asyncio.open_connection("127.0.0.1", self._port)
            await self._talk(reader, writer, back, there)
        except (OSError, asyncio.CancelledError):
            return
        finally:
            self._carried.discard(task)
            for each in filter(None, (writer, there)):
                each.close()

    async def _talk(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        back: asyncio.StreamReader,
        there: asyncio.StreamWriter,
    ) -> None:
        down = asyncio.create_task(_pump(back, writer))
        up = asyncio.create_task(self._up(reader, there, down))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            if down.cancelling():
                await asyncio.wait({up, down})
                await back.read(PIECE)
        finally:
            for each in (up, down):
                each.cancel()
            await asyncio.wait({up, down})

    async def _up(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, down: asyncio.Task[None]
    ) -> None:
        """Until the tripwire is said; the answer to its last word is not carried ``down`` any more."""
        said = 0
        with suppress(OSError):
            while not down.cancelling() and (piece := await reader.read(PIECE)):
                said = self._heard(piece, said)
                if 0 < len(self.tripwire) == said:
                    down.cancel()
                    self.tripwire = ()
                    self.tripped.set()
                writer.write(piece)
                await writer.drain()

    def _heard(self, piece: bytes, said: int) -> int:
        for word in self.tripwire[said:]:
            place = piece.find(word)
            if place < 0:
                break
            said, piece = said + 1, piece[place + len(word) :]
        return said


async def _turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, why: bytes) -> None:
    if (await reader.read(PIECE)).endswith(TLS_WANTED):
        writer.write(b"N")
        await reader.read(PIECE)
    writer.write(why)
    await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def between(port: int) -> AsyncIterator[tuple[Proxy, int]]:
    """A proxy to ``port``, and the port at which it listens."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.carry, "127.0.0.1", 0)
    try:
        yield proxy, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        proxy.cut()
        await asyncio.sleep(0)
