"""Background work.  A job wakes an action; rows are the truth, a message is only a bell.

Messages carry a name and an id, nothing else.  Losing one loses nothing: the sweep finds what went
quiet, at start and every few seconds, and ringing twice does nothing twice.

Without a broker the jobs run inside the web server, on its own loop: one loop, one database
connection.  With Redis or RabbitMQ they run in ``hocba worker``, in as many processes as there are.
"""

import asyncio
import contextlib
import contextvars
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import dramatiq
from dramatiq import Broker, Worker
from dramatiq.asyncio import EventLoopThread, set_event_loop_thread
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Middleware
from pika.exceptions import AMQPError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from hocba.actions import revocation, signing
from hocba.actions.auditing import Linker
from hocba.actions.house import House
from hocba.actions.webhooks import Courier, Tell
from hocba.settings import must_be_spoken

log = logging.getLogger(__name__)

QUEUE = "hocba"
NAMESPACE = "hocba"
"""Under which our keys stand in a Redis that others use too."""

SWEEP_EVERY = 3.0
"""Seconds between two looks at what has gone quiet."""

THREADS = 4
"""Jobs at once in a process.  They wait for databases and vendors, or have a thread of their own."""

_IMPATIENT = {"connection_attempts": "1", "socket_timeout": "3", "stack_timeout": "5"}
"""How long RabbitMQ is waited for, in seconds: whoever waits longer waits in vain, the sweep rings again."""

TIME_LIMIT = 300_000
"""Milliseconds that a job may take: fifty seals on a slow machine, several times over."""


class Jobs:
    """Our actors, declared on one broker.  No module-level broker, no order of imports."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._house: House | None = None
        self._context = contextvars.copy_context()
        self._bells = ThreadPoolExecutor(1, "bells")
        work = (self._poll_signing, self._settle, self._prepare_seals, self._refresh_revocation)
        self._actors = {job.__name__.lstrip("_"): self._actor(job) for job in work}

    def serve(self, house: House) -> None:
        """Work for ``house``, with the database that is open here."""
        self._house = house
        self._context = contextvars.copy_context()

    def ring(self, name: str, id: UUID) -> None:
        """Wake the job ``name`` for ``id``.  A bell that cannot be rung is no reason to fail."""
        self._send(name, id)

    def close(self) -> None:
        """Let go of the broker, once every bell has been rung."""
        self._bells.shutdown()
        self.broker.close()

    def _send(self, name: str, id: UUID, *, after: float = 0) -> None:
        if isinstance(self.broker, StubBroker):
            self._enqueue(name, id, after)
        else:
            # A broker that is away must not stop the loop that rings.
            self._bells.submit(self._enqueue, name, id, after)

    def _enqueue(self, name: str, id: UUID, after: float) -> None:
        try:
            delay = int(after * 1000) or None
            self._actors[name].send_with_options(args=(str(id),), delay=delay)
        except (dramatiq.DramatiqError, RedisError, AMQPError, OSError) as error:
            log.warning("the bell %s was not heard: %s", name, type(error).__name__)

    def _actor(self, job: Callable[[UUID], Awaitable[None]]) -> dramatiq.Actor[[str], None]:
        async def run(id: str) -> None:
            # In a context of its own: transactions are kept in it.
            work: Coroutine[Any, Any, None] = _as_coroutine(job(UUID(id)))
            await asyncio.create_task(work, context=self._context.copy())

        name = getattr(job, "__name__", "").lstrip("_")
        declare = dramatiq.actor(
            broker=self.broker,
            actor_name=name,
            queue_name=QUEUE,
            max_retries=5,
            min_backoff=1_000,
            max_backoff=60_000,
            time_limit=TIME_LIMIT,
        )
        return declare(run)

    async def _poll_signing(self, id: UUID) -> None:
        """Ask a vendor how an order is going, and wake up again when it is time to ask next."""
        due = await signing.poll(self._at_home, id)
        if due is not None:
            self._send("poll_signing", id, after=max((due - datetime.now(UTC)).total_seconds(), 0.05))

    async def _settle(self, id: UUID) -> None:
        await signing.settle(self._at_home, id)

    async def _prepare_seals(self, id: UUID) -> None:
        """Render and prepare seals, as long as there are any to prepare."""
        while await signing.prepare_some(self._at_home, id):
            continue

    async def _refresh_revocation(self, id: UUID) -> None:
        """Ask authorities about a certificate, beside this job."""
        await revocation.refresh(self._at_home, id)

    @property
    def _at_home(self) -> House:
        if self._house is None:
            raise RuntimeError("these jobs serve no house yet")
        return self._house


def make_broker(url: str | None) -> Broker:
    """The broker that the settings name: none is one inside this process.

    :param url: ``redis://…``, ``rediss://…``, ``amqp://…`` or ``amqps://…``.
    :raises SettingsError: for any other.
    """
    if url is None:
        return StubBroker()
    must_be_spoken(url)
    if url.startswith("amqp"):
        return _rabbitmq(url)
    # One try: the sweep rings again, and whoever waits here waits in vain.
    client = Redis.from_url(url, socket_connect_timeout=3, socket_timeout=10, retry=Retry(NoBackoff(), 0))
    broker: Broker = RedisBroker(client=client, namespace=NAMESPACE)  # type: ignore[no-untyped-call]
    return broker


def _rabbitmq(url: str) -> Broker:
    """RabbitMQ, with as little patience as Redis unless the address says otherwise."""
    parts = urlsplit(url)
    query = {**_IMPATIENT, **dict(parse_qsl(parts.query))}
    broker: Broker = RabbitmqBroker(url=parts._replace(query=urlencode(query)).geturl())
    return broker


@contextlib.asynccontextmanager
async def running(jobs: Jobs, house: House) -> AsyncIterator[None]:
    """Around a web server's life: sweep, run the jobs here unless workers do, then stop it all."""
    jobs.serve(house)
    worker = None
    if isinstance(jobs.broker, StubBroker):
        jobs.broker.add_middleware(_HostLoopMiddleware(asyncio.get_running_loop()))
        worker = Worker(jobs.broker, worker_threads=THREADS, worker_timeout=100)
        await asyncio.to_thread(worker.start)
    house.tasks.start(keep_sweeping(house), name="sweep")
    try:
        yield
    finally:
        if worker is not None:
            await asyncio.to_thread(worker.stop, 5_000)
        await house.close()
        await asyncio.to_thread(jobs.close)


async def keep_sweeping(house: House) -> None:
    """Sweep now and every few seconds, until cancelled."""
    linker, courier = Linker(Tell(house)), Courier(house)
    try:
        while True:
            for work in (
                partial(signing.sweep, house),
                partial(revocation.sweep, house),
                linker.round,
                courier.round,
            ):
                await _swept(work)
            await asyncio.sleep(SWEEP_EVERY)
    finally:
        await courier.aclose()


async def _swept(work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except Exception:
        log.exception("a sweep failed; it is tried again")


async def _as_coroutine(work: Awaitable[None]) -> None:
    await work


class _HostLoop(EventLoopThread):
    """Runs actors on a loop that runs already: one loop, one database connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        threading.Thread.__init__(self)
        self.loop = loop
        self.interrupt_check_ival = 0.1
        self.logger = log

    def start(self, *, timeout: float | None = None) -> None:
        """It runs already."""

    def stop(self) -> None:
        """It is not ours to stop."""

    def join(self, timeout: float | None = None) -> None:
        """Nothing to wait for."""


class _HostLoopMiddleware(Middleware):
    """Gives Dramatiq the loop of the web server."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Lend the loop."""
        set_event_loop_thread(_HostLoop(self._loop))

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Take it back."""
        set_event_loop_thread(None)
