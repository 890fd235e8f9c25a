"""What an action that goes outside is handed.

One ``House`` is made where the process is put together and given along as an argument: the
settings, the keys, the plugins, the roots that are believed, a bell for jobs, the time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from hocba.actions.authorities import Authorities
from hocba.actions.notices import Notices
from hocba.plugins import Plugins
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.trust import Trust

if TYPE_CHECKING:
    from hocba.actions.identity_provider import Provider

log = logging.getLogger(__name__)


class Tasks:
    """The asyncio tasks that outlive the call that started them.

    An event loop holds its tasks weakly, so somebody must hold them; and at shutdown they are
    cancelled and waited for, so that each lets go of what it has.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run ``work`` beside everything else."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def idle(self) -> None:
        """Wait until nothing runs, not even what was started meanwhile."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def cancel(self) -> None:
        """Stop everything and wait until it has stopped."""
        for task in self._running:
            task.cancel()
        await self.idle()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Only the type: an error's text may quote what it was given.
            log.error("task %s failed: %s", task.get_name(), type(error).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long the house waits for others.

    :ivar sign_in: for a vendor to answer a sign-in, a list of certificates or a poll.
    :ivar order: for a vendor to answer an order; a person looks for his phone meanwhile.
    :ivar lease: how long a process that died is waited for.
    :ivar authority: for an authority to say whether a certificate is revoked.
    :ivar tries: how often an order is sent again when the vendor does not answer.
    :ivar pause: before the second try; doubled before each further one.
    """

    sign_in: timedelta = timedelta(seconds=30)
    order: timedelta = timedelta(minutes=14)
    lease: timedelta = timedelta(seconds=30)
    authority: timedelta = timedelta(seconds=15)
    tries: int = 3
    pause: timedelta = timedelta(seconds=1)


def utc_now() -> datetime:
    """The time, UTC-aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a running process is made of, as far as actions need it.

    :ivar trust: the roots and revocation lists that are believed now.
    :ivar authorities: what they said of revocation, and how they are asked.
    :ivar ring: wakes a job (``poll_signing``, ``settle``, ``prepare_seals``, ``refresh_revocation``) for an
        id; may be lost.
    :ivar notices: tells who watches a signing request in this process that it moved.
    :ivar identity_provider: where people may sign in too, if anywhere.
    :ivar at_close: what else ends with the process.
    :ivar owner: names this process in leases.
    """

    settings: Settings
    secrets: Secrets
    plugins: Plugins
    trust: Callable[[], Trust]
    ring: Callable[[str, UUID], None]
    clock: Callable[[], datetime] = utc_now
    tasks: Tasks = field(default_factory=Tasks)
    notices: Notices = field(default_factory=Notices)
    authorities: Authorities = field(default_factory=Authorities)
    limits: Limits = field(default_factory=Limits)
    identity_provider: "Provider | None" = None
    at_close: tuple[Callable[[], Awaitable[None]], ...] = ()
    owner: str = field(default_factory=lambda: uuid4().hex)

    def is_pushed(self, signer_key: str) -> bool:
        """Whether the answers of this signer come from an agent."""
        signer = self.plugins.signers.get(signer_key)
        return signer is not None and signer.capabilities.pushed

    async def close(self) -> None:
        """Stop what runs beside, and let go of what was opened."""
        await self.tasks.cancel()
        for close in self.at_close:
            await close()
