"""Messages on their way to the operator's endpoints: what became of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from hocba.domain.messages import DeliveryState
from hocba.store.models import WebhookDeliveryRow
from hocba.store.reads.pages import Order, Page, Slice, take

NEWEST = Order(columns=("id",), descending=True)
_COLUMNS = (
    "id",
    "endpoint",
    "school_id",
    "kind",
    "state",
    "attempts",
    "next_at",
    "answer",
    "created_at",
    "delivered_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one endpoint."""

    id: UUID
    endpoint: str
    school_id: UUID | None
    kind: str
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    answer: str
    created_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which messages are wanted; what is empty asks for nothing."""

    states: Sequence[DeliveryState] = ()
    kinds: Sequence[str] = ()
    endpoint: str = ""


async def deliveries(
    wanted: DeliveryFilter, page: Page, *, schools: Collection[UUID] | None
) -> Slice[Delivery]:
    """Messages, newest first.  One statement.

    :param schools: only about these; ``None`` for all.
    """
    about = Q() if schools is None else Q(school_id__in=list(schools))
    found = await take(WebhookDeliveryRow.filter(about & _filter(wanted)), NEWEST, page, _COLUMNS)
    return found.map(_delivery)


async def newest(wanted: DeliveryFilter, most: int) -> tuple[Delivery, ...]:
    """The newest so many, about every school.  One statement."""
    return (await deliveries(wanted, Page(size=most), schools=None)).rows


def _filter(wanted: DeliveryFilter) -> Q:
    found = Q()
    if wanted.states:
        found &= Q(state__in=list(wanted.states))
    if wanted.kinds:
        found &= Q(kind__in=list(wanted.kinds))
    if wanted.endpoint:
        found &= Q(endpoint=wanted.endpoint)
    return found


def _delivery(row: Any) -> Delivery:
    return Delivery(
        **{name: row[name] for name in _COLUMNS if name != "state"}, state=DeliveryState(row["state"])
    )
