"""Messages on their way out: written down first, then sent until somebody has taken them.

``put`` writes a row for each endpoint that wants such messages, in the transaction of what happened:
when that is undone, nothing was said.  The ``Courier`` sends, woken by the sweep: for each endpoint one
message after the other, all endpoints at the same time, so that a slow one holds up nobody else.

A row is claimed by counting its try before it is made.  Whoever dies with it leaves it to be tried again
after ``CLAIM``: a message comes at least once, under the same id.  Nothing is sent inside a transaction.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from hocba.actions import handles
from hocba.actions.house import House
from hocba.domain.messages import GONE, DeliveryState, Endpoint, MessageKind, next_try, signature
from hocba.outbound import Limits, Outbound
from hocba.plugin_api import Http, SignerError
from hocba.store import ids
from hocba.store.chain import Row
from hocba.store.models import WebhookDeliveryRow
from hocba.store.reads import sql

log = logging.getLogger(__name__)

ANSWERS = Limits(patience=timedelta(seconds=15), kinds=frozenset({"*"}))
"""Whatever an endpoint says besides its status is not looked at."""

CLAIM = timedelta(seconds=60)
"""How long a process may take for one try; longer than any call takes."""

KEPT = timedelta(days=90)
NEWS = timedelta(days=1)
"""What happened longer ago is nothing to tell any more."""

MAX_ANSWER = 60


def wants(house: House, kind: MessageKind) -> list[Endpoint]:
    """The endpoints that take messages of ``kind``."""
    return [each for each in house.settings.webhooks.values() if kind in each.kinds]


async def put(
    house: House, kind: MessageKind, messages: Sequence[Mapping[str, Any]], *, school: UUID, now: datetime
) -> None:
    """Write ``messages`` down for every endpoint that wants them, inside the caller's transaction.

    :param messages: the ``data`` of each: ids, codes and counts.
    """
    endpoints = wants(house, kind)
    if not endpoints or not messages:
        return
    off = await _off([each.name for each in endpoints])
    rows = [
        _row(each.name, kind, school, _body(kind, data, now), now, off=each.name in off)
        for data in messages
        for each in endpoints
    ]
    await WebhookDeliveryRow.bulk_create(rows)


async def replay(ids_: Sequence[UUID], endpoint: str | None, *, now: datetime) -> int:
    """Send again, under the same ids: these messages, or all that failed at an endpoint.

    What an endpoint refused for good is forgotten with it.
    """
    failed = WebhookDeliveryRow.filter(state=DeliveryState.FAILED, endpoint=endpoint or "")
    chosen = WebhookDeliveryRow.filter(id__in=list(ids_)) if ids_ else failed
    return await chosen.update(
        state=DeliveryState.WAITING, attempts=0, next_at=now, answer="", delivered_at=None
    )


class Tell:
    """Tells endpoints what became of transcripts, from the events as they are linked: each once."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, events: list[Row]) -> None:
        """Write a message down for each transcript that was issued just now."""
        now = self._house.clock()
        if not wants(self._house, MessageKind.TRANSCRIPT_SIGNED):
            return
        for event in events:
            if event["kind"] == "Sealed" and now - sql.time(event["at"]) < NEWS:
                transcript = handles.encode("Transcript", sql.id_(event["aggregate_id"]))
                school = sql.id_(event["school_id"])
                data = {"transcriptId": transcript, "schoolId": handles.encode("School", school)}
                await put(self._house, MessageKind.TRANSCRIPT_SIGNED, [data], school=school, now=now)


class Courier:
    """Sends what waits.  One in each process that sweeps; it remembers which endpoints it is at."""

    def __init__(self, house: House, http: Http | None = None) -> None:
        """:param http: instead of the house's own way out."""
        self._house = house
        self._endpoints = house.settings.webhooks
        self._outbound = None if http else Outbound(house.settings, ANSWERS)
        self._http: Any = http or self._outbound
        self._at: set[str] = set()
        self._tidied: datetime | None = None

    async def round(self) -> None:
        """Go to every endpoint for which something waits, unless somebody is there; wait for none."""
        if not self._endpoints:
            return
        now = self._house.clock()
        for name in await self._waited_for(now):
            if name in self._endpoints and name not in self._at:
                self._at.add(name)
                self._house.tasks.start(self._serve(self._endpoints[name]), name=f"webhook {name}")
        if self._tidied is None or now - self._tidied > timedelta(hours=1):
            self._tidied = now
            old = WebhookDeliveryRow.filter(created_at__lt=now - KEPT)
            await old.exclude(state=DeliveryState.WAITING).delete()

    async def aclose(self) -> None:
        """Let go of every connection."""
        if self._outbound:
            await self._outbound.aclose()

    async def _waited_for(self, now: datetime) -> list[str]:
        rows = await sql.select(
            "SELECT DISTINCT endpoint FROM webhook_delivery WHERE state = :waiting AND next_at <= :now",
            waiting=DeliveryState.WAITING.value,
            now=now,
        )
        return [row["endpoint"] for row in rows]

    async def _serve(self, endpoint: Endpoint) -> None:
        """One message after the other, as long as there is one whose time has come."""
        try:
            while row := await self._next(endpoint.name):
                if await self._claim(row):
                    await self._settle(row, await self._sent(endpoint, row))
        finally:
            self._at.discard(endpoint.name)

    async def _next(self, endpoint: str) -> WebhookDeliveryRow | None:
        due = WebhookDeliveryRow.filter(
            state=DeliveryState.WAITING, next_at__lte=self._house.clock(), endpoint=endpoint
        )
        return await due.order_by("next_at", "id").first()

    async def _claim(self, row: WebhookDeliveryRow) -> bool:
        """Count the try before it is made; ``False`` when another process was faster."""
        now = self._house.clock()
        mine = await WebhookDeliveryRow.filter(
            id=row.id, state=DeliveryState.WAITING, attempts=row.attempts, next_at__lte=now
        ).update(attempts=row.attempts + 1, next_at=now + CLAIM)
        row.attempts += 1
        return bool(mine)

    async def _sent(self, endpoint: Endpoint, row: WebhookDeliveryRow) -> str:
        """The status that came back, or why there was none."""
        now, id_ = self._house.clock(), f"msg_{row.id.hex}"
        headers = {
            "content-type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature(endpoint.secrets, id_, now, row.body),
        }
        try:
            answer = await self._http.post(endpoint.url, body=row.body.encode(), headers=headers)
        except SignerError as error:
            return str(error).rpartition(": ")[2][:MAX_ANSWER]
        return str(answer.status)

    async def _settle(self, row: WebhookDeliveryRow, answer: str) -> None:
        """Write down what came of a try, unless somebody else has tried since."""
        now = self._house.clock()
        mine = WebhookDeliveryRow.filter(id=row.id, state=DeliveryState.WAITING, attempts=row.attempts)
        if re.fullmatch("2[0-9][0-9]", answer):
            await mine.update(state=DeliveryState.DELIVERED, answer=answer, next_at=None, delivered_at=now)
        elif answer == str(GONE):
            waiting = WebhookDeliveryRow.filter(endpoint=row.endpoint, state=DeliveryState.WAITING)
            await waiting.update(state=DeliveryState.FAILED, answer=answer, next_at=None)
            log.warning("webhook %s is gone: nothing more is sent to it until it is replayed", row.endpoint)
        elif again := next_try(row.attempts, now):
            await mine.update(answer=answer, next_at=again)
        else:
            await mine.update(state=DeliveryState.FAILED, answer=answer, next_at=None)


async def _off(endpoints: Sequence[str]) -> set[str]:
    """Those of ``endpoints`` that said they are gone."""
    gone = WebhookDeliveryRow.filter(
        state=DeliveryState.FAILED, answer=str(GONE), endpoint__in=list(endpoints)
    )
    return {str(each) for each in await gone.distinct().values_list("endpoint", flat=True)}


def _row(
    endpoint: str, kind: MessageKind, school: UUID, body: str, now: datetime, *, off: bool
) -> WebhookDeliveryRow:
    return WebhookDeliveryRow(
        id=ids.new(),
        endpoint=endpoint,
        school_id=school,
        kind=kind,
        body=body,
        state=DeliveryState.FAILED if off else DeliveryState.WAITING,
        next_at=None if off else now,
        answer=str(GONE) if off else "",
        created_at=now,
    )


def _body(kind: MessageKind, data: Mapping[str, Any], now: datetime) -> str:
    return orjson.dumps({"type": kind, "timestamp": now, "data": data}).decode()
