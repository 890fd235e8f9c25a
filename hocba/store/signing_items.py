"""The items of signing requests: read whole, moved in groups.

Every move is an UPDATE that names the states it starts from, so that whoever comes second moves
nothing.  An item that has become final gives up its bytes and its place in
UNIQUE(purpose, object, slot, active).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from hocba.domain.signing import ItemState, Purpose
from hocba.domain.values import SlotKey
from hocba.store.models import SigningItemRow
from hocba.store.reads import sql

_COLUMNS = (
    "id",
    "request_id",
    "position",
    "purpose",
    "object_id",
    "slot_key",
    "state",
    "signing_time",
    "prepared_until",
    "code",
)

FINAL: Mapping[str, Any] = {"active": None, "tbs": None, "prepared": None, "answer": None}
"""What a final item is left with."""

ACTIVE = (ItemState.OPEN, ItemState.PREPARED, ItemState.ASKED, ItemState.ANSWERED)
"""The states of an item that still moves."""

UNANSWERED = (ItemState.OPEN, ItemState.PREPARED, ItemState.ASKED)
"""The states of an item nobody has answered for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to sign.  The bytes are ``None`` unless they were asked for."""

    id: UUID
    request_id: UUID
    position: int
    purpose: Purpose
    object_id: UUID
    slot_key: SlotKey
    state: ItemState
    signing_time: datetime | None
    prepared_until: datetime | None
    code: str
    tbs: bytes | None = field(default=None, repr=False)
    prepared: bytes | None = field(default=None, repr=False)
    answer: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The bytes prepared for an item."""

    item: UUID
    signing_time: datetime
    tbs: bytes = field(repr=False)
    prepared: bytes | None = field(default=None, repr=False)


async def load(request_id: UUID, *bytes_: str, limit: int | None = None, **where: Any) -> list[Item]:
    """The items of a request, in their order.  One statement.

    :param bytes_: which of ``tbs``, ``prepared`` and ``answer`` to bring along.
    :param where: as Tortoise filters.
    """
    query = SigningItemRow.filter(request_id=request_id, **where).order_by("position")
    if limit is not None:
        query = query.limit(limit)
    return [_item(row) for row in await query.values(*_COLUMNS, *bytes_)]


async def lock(ids: Collection[UUID], state: ItemState) -> set[UUID]:
    """Those of ``ids`` that are in ``state``, locked in id order until the transaction ends."""
    text = "SELECT id FROM signing_item WHERE id IN (:ids...) AND state = :state ORDER BY id"
    if sql.dialect() == "postgres":
        text += " FOR UPDATE"
    return {sql.id_(row["id"]) for row in await sql.select(text, ids=ids, state=state.value)}


async def write_made(made: Sequence[Made], state: ItemState, *, until: datetime) -> None:
    """Put what was prepared into locked items and move them to ``state``."""
    await _many(
        "UPDATE signing_item SET tbs = {}, prepared = {} WHERE id = {}",
        [(each.tbs, each.prepared, each.item) for each in made],
    )
    for moment in {each.signing_time for each in made}:
        at_once = [each.item for each in made if each.signing_time == moment]
        await SigningItemRow.filter(id__in=at_once).update(
            state=state, signing_time=moment, prepared_until=until
        )


async def write_answers(request_id: UUID, values: Mapping[UUID, bytes]) -> None:
    """Write down raw values for items that were asked for; anything else is left as it is."""
    await _many(
        "UPDATE signing_item SET answer = {}, state = 'answered'"
        " WHERE id = {} AND request_id = {} AND state = 'asked'",
        [(value, item, request_id) for item, value in values.items()],
    )


async def finish(ids: Collection[UUID]) -> None:
    """These are signed."""
    if ids:
        await SigningItemRow.filter(id__in=list(ids)).update(state=ItemState.DONE, code="", **FINAL)


async def refuse(codes: Mapping[UUID, str], *, among: Sequence[ItemState] = ACTIVE) -> None:
    """These are not signed, and why; only those that are in one of the states ``among``."""
    for code in set(codes.values()):
        ids = [item for item, why in codes.items() if why == code]
        await SigningItemRow.filter(id__in=ids, state__in=among).update(
            state=ItemState.REFUSED, code=code, **FINAL
        )


async def end(request_id: UUID, state: ItemState, code: str, *, among: Sequence[ItemState]) -> int:
    """Every item of a request in one of the states ``among`` ends as ``state``."""
    return await SigningItemRow.filter(request_id=request_id, state__in=among).update(
        state=state, code=code, **FINAL
    )


async def moving(slots: Mapping[UUID, str], purposes: Collection[Purpose]) -> dict[UUID, UUID]:
    """Object -> the request in which an item for it still moves.  One statement.

    :param slots: the objects, and which slot of each is meant.
    """
    rows = await SigningItemRow.filter(
        object_id__in=list(slots), purpose__in=list(purposes), active=True
    ).values("object_id", "slot_key", "request_id")
    return {row["object_id"]: row["request_id"] for row in rows if row["slot_key"] == slots[row["object_id"]]}


async def _many(text: str, values: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each of ``values``, inside the caller's transaction."""
    if not values:
        return
    connection = get_connection("default")
    if connection.capabilities.dialect == "postgres":
        marks = [f"${n + 1}" for n in range(len(values[0]))]
        await connection.execute_many(text.format(*marks), [list(row) for row in values])
        return
    plain = [[str(value) if isinstance(value, UUID) else value for value in row] for row in values]
    await connection.execute_many(text.format(*["?"] * len(values[0])), plain)


def _item(row: dict[str, Any]) -> Item:
    return Item(
        **{
            **row,
            "purpose": Purpose(row["purpose"]),
            "slot_key": SlotKey(row["slot_key"]),
            "state": ItemState(row["state"]),
        }
    )
