"""How uvicorn runs the application: what it takes, and how long it waits for it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than clients keep theirs, or they meet a closed one."""

GRACE = 5
"""Seconds that calls may still take when the server is told to stop; whoever watches a request never ends."""

HEAD_SECONDS = 15.0
"""Seconds in which the head of a request must have come."""


class PatientForAWhile(H11Protocol):
    """Hangs up on whoever connects and says nothing, or says it a byte at a time."""

    _hanging_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest, while it is a part of a head."""
        super().data_received(data)
        self._wait()

    def on_response_complete(self) -> None:
        """Wait for the rest of the next head, when a part of it has come already."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if not self._is_in_a_head():
            self._stop_waiting()
        elif self._hanging_up is None:
            self._hanging_up = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _is_in_a_head(self) -> bool:
        """Whether the first request, or a part of another one, has come, and not its whole head."""
        return self.conn.their_state is h11.IDLE and (self.cycle is None or bool(self.conn.trailing_data[0]))

    def _stop_waiting(self) -> None:
        if self._hanging_up is not None:
            self._hanging_up.cancel()
            self._hanging_up = None

    def _hang_up(self) -> None:
        self._hanging_up = None
        if self._is_in_a_head():
            self.transport.close()


OPTIONS: Mapping[str, Any] = {
    # Our own log says what happens; uvicorn's would keep query strings.
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,  # who is believed is a setting of ours
    "http": PatientForAWhile,
    "ws": "websockets-sansio",
    "ws_max_size": 1 << 20,
    "ws_per_message_deflate": False,  # a small frame would be a large one inside
    "timeout_keep_alive": KEEP_ALIVE,
    "timeout_graceful_shutdown": GRACE,
}
"""For ``uvicorn.run`` and ``uvicorn.Config``."""
