"""PostgreSQL goes wrong in the middle: a connection ends, none is left, two collide, a commit is unknown.

Each time nobody helps but the sweep, and the person by one retry; then all is there, once.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from hocba.actions import signing
from hocba.domain.signing import RequestState
from hocba.domain.values import Step
from hocba.plugin_api import Order, Outcome
from hocba.settings import Settings
from hocba.store.models import SignatureRow, SigningItemRow, SigningRequestRow
from tests import conftest
from tests.actions import world as worlds
from tests.actions.world import SECRETS, Phone, World, says_yes
from tests.faults import proof
from tests.faults.failing import DEADLOCK, DISK_FULL, SERIALIZATION, TERMINATED, failing
from tests.faults.proxy import FULL, Proxy, between

pytestmark = pytest.mark.skipif(not conftest.POSTGRES, reason="PostgreSQL only")

CLASS = 4

FAILURES = {
    "terminated": TERMINATED,
    "deadlock": DEADLOCK,
    "serialization": SERIALIZATION,
    "disk full": DISK_FULL,
}

MOMENTS = {
    "begin": ("INSERT", "signing_item", "TRUE"),
    "prepare": ("UPDATE", "signing_item", "NEW.state = 'asked'"),
    "answer": ("UPDATE", "signing_item", "NEW.state = 'answered'"),
    "signature": ("INSERT", "signature", "TRUE"),
    "event": ("INSERT", "event", "NEW.kind = 'SignatureAdded'"),
    "settle": ("UPDATE", "signing_item", "NEW.state = 'done'"),
    "close": ("UPDATE", "signing_request", "NEW.state = 'finished'"),
}
"""At which statement it happens."""

COMMITS = {
    "begin": b'INSERT INTO "signing_item"',
    "prepare": b"UPDATE signing_item SET tbs",
    "answer": b"UPDATE signing_item SET answer",
    "settle": b"INSERT INTO signature",
}
"""What the transaction has said before, whose commit is carried and whose answer is lost."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A school whose database lies behind a wire of ours."""

    world: World
    proxy: Proxy


@pytest.fixture
async def behind(settings: Settings) -> AsyncIterator[Behind]:
    url = urlsplit(settings.database_url)
    async with between(url.port or 5432) as (proxy, port):
        user = f"{url.netloc.rpartition('@')[0]}@" if "@" in url.netloc else ""
        ours = replace(settings, database_url=url._replace(netloc=f"{user}127.0.0.1:{port}").geturl())
        async with conftest.connected(ours) as context:
            await context.db().execute_script(conftest.EMPTY)
            yield Behind(await worlds.make(ours, students=CLASS), proxy)


@pytest.fixture
def quietly(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert "mat-khau-dung" not in caplog.text


async def begin(world: World) -> bool:
    """The teacher's click, and all that it starts; whether he was told of a failure."""
    try:
        await world.begin(world.school.teachers[0], Step.SUBJECT_TEACHERS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return True
    finally:
        await world.house.tasks.idle()
    return False


async def goes_on(world: World) -> None:
    """The sweep, a second click when he was told of a failure, and one retry for what expired."""
    world.clock.forward(minutes=1)
    for _ in range(2):
        await signing.sweep(world.house)
        await world.house.tasks.idle()
        while world.rings:
            name, id_ = world.rings.pop()
            assert name == "settle"
            await signing.settle(world.house, id_)
    request = await SigningRequestRow.get_or_none(person_id=world.school.teachers[0].id)
    if request is None:
        assert not await begin(world)
    elif request.state == RequestState.EXPIRED:
        await signing.retry(world.house, world.school.teachers[0], request.id, SECRETS)
        await world.house.tasks.idle()


async def cut(proxy: Proxy) -> None:
    """Cut every connection, and wait until the pool has noticed: what comes now comes on a new one."""
    proxy.cut()
    async with asyncio.timeout(5):
        while True:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await SigningRequestRow.all().count()
                return
            await asyncio.sleep(0.01)


async def all_is_there_once() -> None:
    assert await SignatureRow.all().count() == CLASS
    assert await SigningItemRow.filter(state="done").count() == CLASS
    assert {*await SigningRequestRow.all().values_list("state", flat=True)} == {RequestState.FINISHED}
    await proof.exactly_once(whole=False, pupils=CLASS)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_statement_that_fails_once_loses_nothing(
    behind: Behind, settings: Settings, quietly: None, moment: str, failure: str
) -> None:
    with failing(settings, *MOMENTS[moment], times=1, code=FAILURES[failure]):
        told = await begin(behind.world)
        assert told == (moment == "begin")
        await goes_on(behind.world)

    await all_is_there_once()


@pytest.mark.parametrize("commit", COMMITS)
async def test_a_commit_whose_answer_is_lost_is_done_once(behind: Behind, quietly: None, commit: str) -> None:
    await cut(behind.proxy)
    behind.proxy.tripwire = [COMMITS[commit], b"COMMIT;"]

    await begin(behind.world)
    assert behind.proxy.tripped.is_set(), "nobody said what was waited for"
    await goes_on(behind.world)

    await all_is_there_once()


async def test_a_database_without_a_free_connection_loses_nothing(behind: Behind, quietly: None) -> None:
    world, proxy = behind.world, behind.proxy

    async def full(phone: Phone, order: Order) -> Outcome:
        proxy.closed = FULL
        proxy.cut()
        return await says_yes(phone, order)

    world.phone.behave = full
    await begin(world)
    with pytest.raises(asyncpg.TooManyConnectionsError):
        await SigningItemRow.all().count()
    proxy.closed, world.phone.behave = None, says_yes

    assert await SigningItemRow.filter(state="asked").count() == CLASS
    await goes_on(world)

    await all_is_there_once()


async def test_a_transaction_that_cannot_begin_gives_its_connection_back(behind: Behind) -> None:
    """As often as the pool has connections, and once more."""
    for _ in range(6):
        behind.proxy.tripwire = [b"BEGIN"]
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            async with asyncio.timeout(5), in_transaction():
                raise AssertionError("it has begun")
        assert await SigningItemRow.all().count() == 0

    assert not await begin(behind.world)
    await all_is_there_once()


async def test_a_connection_that_breaks_when_it_is_given_back_is_not_used_again(behind: Behind) -> None:
    """After the commit a pool tidies its connection up, and that fails."""
    behind.proxy.tripwire = [b"COMMIT", b"UNLISTEN"]
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        async with in_transaction():
            await SigningItemRow.all().count()
    assert behind.proxy.tripped.is_set()

    assert not await begin(behind.world)
    await all_is_there_once()
