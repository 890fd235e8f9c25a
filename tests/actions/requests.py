"""Signing requests in tests: where they are, and one that waits for a person's phone."""

import asyncio
from collections import Counter
from datetime import timedelta

from hocba.actions import watching
from hocba.domain.signing import RequestState
from hocba.domain.values import Step
from hocba.plugin_api import (
    Order,
    Outcome,
    Pending,
)
from hocba.store.models import EventRow, SignatureRow, SigningItemRow, SigningRequestRow
from tests.actions.world import Phone, World

STEP = Step.SUBJECT_TEACHERS


async def states(request_id: object) -> Counter[tuple[str, str]]:
    rows = await SigningItemRow.filter(request_id=request_id).values_list("state", "code")
    return Counter((str(state), str(code)) for state, code in rows)


async def state(request_id: object) -> tuple[str, str]:
    row = await SigningRequestRow.get(id=request_id)
    return row.state, row.reason


async def one_each(world: World) -> None:
    """Every transcript has the teacher's signature once, and its event once."""
    signed = Counter(await SignatureRow.all().values_list("transcript_id", flat=True))
    assert signed == dict.fromkeys(world.transcripts, 1)
    assert await EventRow.filter(kind="SignatureAdded").count() == len(world.transcripts)


async def pending(phone: Phone, order: Order) -> Outcome:
    worlds_clock = phone.clock  # type: ignore[attr-defined]
    return Outcome(rest=Pending(b"ticket", timedelta(seconds=2), worlds_clock.now + timedelta(minutes=5)))


async def parked(world: World) -> object:
    """A request whose order waits for a person's phone."""
    world.phone.clock = world.clock  # type: ignore[attr-defined]
    world.phone.behave = pending
    teacher = world.school.teachers[0]
    begun = await world.begin(teacher, STEP)
    assert begun.request_id is not None
    async with asyncio.timeout(5):
        async for view in watching.request_states(world.house, teacher, begun.request_id):
            if view.state is RequestState.WAITING:
                break
    return begun.request_id
