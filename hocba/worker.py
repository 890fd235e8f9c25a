"""``hocba worker``: run the jobs in processes of their own.

Needs a broker that others reach (``HOCBA_BROKER_URL``).  Each process has one event loop, one
database pool and one house; it sweeps like the web server does, so that either may be away.  Let
a supervisor start it again when it ends.
"""

import contextlib
import logging
import multiprocessing
import signal
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

from dramatiq import Broker, Worker
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.middleware import AsyncIO, Middleware

from hocba import database
from hocba.actions import building
from hocba.actions.house import House
from hocba.jobs import THREADS, Jobs, keep_sweeping, make_broker
from hocba.quiet import keep_quiet
from hocba.settings import Settings

log = logging.getLogger(__name__)


class NoBrokerError(Exception):
    """Without ``broker_url`` the jobs run inside the web server, and a worker has nothing to do."""


def run(settings: Settings, *, processes: int = 1) -> None:
    """Work until told to stop (SIGTERM, SIGINT).

    :raises NoBrokerError: when the settings name no broker.
    :raises RegulationError: when the operator's regulations do not fit.
    """
    if settings.broker_url is None:
        raise NoBrokerError
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=_work, args=(settings,)) for _ in range(processes - 1)]
    for other in others:
        other.start()
    try:
        _work(settings)
    finally:
        for other in others:
            other.terminate()
            other.join()


def _work(settings: Settings) -> None:
    keep_quiet()
    building.install_regulations(settings)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    jobs = Jobs(make_broker(settings.broker_url))
    with at_work(settings, jobs):
        stop.wait()


@contextlib.contextmanager
def at_work(settings: Settings, jobs: Jobs) -> Iterator[None]:
    """Take messages from the broker until the end of the block."""
    jobs.broker.add_middleware(AsyncIO())
    jobs.broker.add_middleware(_AtHome(settings, jobs))
    worker = Worker(jobs.broker, worker_threads=THREADS, worker_timeout=100)
    worker.start()
    log.info("the worker is ready")
    try:
        yield
    finally:
        worker.stop()
        jobs.close()


class _AtHome(Middleware):
    """Opens the database and the house on the worker's loop, and closes them."""

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        self._settings = settings
        self._jobs = jobs
        self._house: House | None = None

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Open.  The loop is there: ``AsyncIO`` came first."""
        _on_loop(self._open())

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Close.  The loop is still there: ``AsyncIO`` goes last."""
        _on_loop(self._close())

    async def _open(self) -> None:
        await database.open_(self._settings)
        self._house = building.build(self._settings, ring=self._jobs.ring)
        self._jobs.serve(self._house)
        self._house.tasks.start(keep_sweeping(self._house), name="sweep")

    async def _close(self) -> None:
        if self._house is not None:
            await self._house.close()
        await database.close()


def _on_loop(work: Coroutine[Any, Any, None]) -> None:
    loop = get_event_loop_thread()
    assert loop is not None
    loop.run_coroutine(work)
