"""Watch a signing request move.

In the process that moves it a notice comes at once; other processes say nothing, so the rows are
looked at every second as well.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hocba.actions.house import House
from hocba.actions.notices import moved
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.signing import ItemState, Purpose, RequestState
from hocba.domain.values import Step
from hocba.store import signing_items
from hocba.store.models import SigningRequestRow

LOOK = timedelta(seconds=1)
"""How old what a watcher has seen may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One item, as a person sees it.  ``code`` says why it was refused."""

    id: UUID
    purpose: Purpose
    object_id: UUID
    state: ItemState
    code: Code | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A signing request, as a person sees it.

    :ivar reason: why it stands where it stands: a code, or the secrets that a vendor wants.
    """

    id: UUID
    state: RequestState
    step: Step | None
    reason: str
    expires_at: datetime | None
    items: tuple[ItemView, ...]

    def count(self, *states: ItemState) -> int:
        """How many items are in one of ``states``."""
        return sum(item.state in states for item in self.items)


async def request_states(house: House, actor: Actor, request_id: UUID) -> AsyncIterator[RequestView]:
    """The actor's own request now, and each time it has moved, until it has ended.

    :raises Refusal: NOT_FOUND for anybody else's.
    """
    with house.notices.waiting(request_id) as news:
        seen: RequestView | None = None
        while seen is None or not seen.state.closed:
            now = await view(actor, request_id)
            if now != seen:
                seen = now
                yield now
            if not now.state.closed:
                await moved(news, at_most=LOOK)


async def view(actor: Actor, request_id: UUID) -> RequestView:
    """The actor's own request.  Two statements.

    :raises Refusal: NOT_FOUND for anybody else's.
    """
    request = await SigningRequestRow.get_or_none(id=request_id, person_id=actor.id, school_id=actor.school)
    if request is None:
        raise Refusal(Code.NOT_FOUND)
    items = await signing_items.load(request_id)
    return RequestView(
        id=request.id,
        state=RequestState(request.state),
        step=request.step,
        reason=request.reason,
        expires_at=request.expires_at,
        items=tuple(
            ItemView(
                id=item.id,
                purpose=item.purpose,
                object_id=item.object_id,
                state=item.state,
                code=Code(item.code) if item.code else None,
            )
            for item in items
        ),
    )
