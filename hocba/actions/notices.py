"""Tell whoever waits in this process that something moved.

Nothing is carried but the fact: who is told reads the rows.  Processes do not tell each other, so
whoever waits also looks by himself from time to time.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID


class Notices:
    """Who waits for which id."""

    def __init__(self) -> None:
        self._waiting: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

    def tell(self, id: UUID) -> None:
        """Wake everybody who waits for ``id``."""
        for event in self._waiting.get(id, ()):
            event.set()

    @contextmanager
    def waiting(self, id: UUID) -> Iterator[asyncio.Event]:
        """An event that ``tell`` sets; the one who waits clears it."""
        event = asyncio.Event()
        self._waiting[id].add(event)
        try:
            yield event
        finally:
            self._waiting[id].discard(event)
            if not self._waiting[id]:
                del self._waiting[id]


async def moved(event: asyncio.Event, *, at_most: timedelta) -> None:
    """Wait for ``event``, but not for ever, and clear it."""
    try:
        async with asyncio.timeout(at_most.total_seconds()):
            await event.wait()
    except TimeoutError:
        return
    finally:
        event.clear()
