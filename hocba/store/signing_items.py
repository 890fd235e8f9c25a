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

from hocba.domain.signing import ItemState, Purpose
from hocba.domain.values import SlotKey
from hocba.store.models import SigningItemRow
from hocba.store.reads import sql

_COLUMNS = "id, position, purpose, object_id, slot_key, state, signing_time, prepared_until, code"

FINAL: Mapping[str, Any] = {"active": None, "tbs": None, "prepared": None, "answer": None}
"""What a final item is left with."""

_END = (
    "UPDATE signing_item SET state = :state, code = :code,"
    " active = NULL, tbs = NULL, prepared = NULL, answer = NULL"
)

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


async def load(
    request_id: UUID,
    *bytes_: str,
    purpose: Purpose | None = None,
    states: Collection[ItemState] = (),
    only: Collection[UUID] | None = None,
    fresh: datetime | None = None,
    limit: int = -1,
) -> list[Item]:
    """The items of a request, in their order.  One statement.

    :param bytes_: which of ``tbs``, ``prepared`` and ``answer`` to bring along.
    :param states: only those in one of these states.
    :param fresh: only those whose bytes live longer than that.
    """
    narrowed = {
        " AND purpose = :purpose": purpose,
        " AND state IN (:states...)": states or None,
        " AND id IN (:only...)": only,
        " AND prepared_until > :fresh": fresh,
        " ORDER BY position": True,
        " LIMIT :limit": None if limit < 0 else limit,
    }
    text = f"SELECT {', '.join((_COLUMNS, *bytes_))} FROM signing_item WHERE request_id = :request"  # noqa: S608 -- names of ours
    rows = await sql.select(
        text + "".join(each for each, value in narrowed.items() if value is not None),
        request=request_id,
        purpose=purpose,
        states=states,
        only=only,
        fresh=fresh,
        limit=limit,
    )
    return [_item(request_id, row) for row in rows]


async def lock(ids: Collection[UUID], state: ItemState) -> set[UUID]:
    """Those of ``ids`` that are in ``state``, locked in id order until the transaction ends."""
    text = "SELECT id FROM signing_item WHERE id IN (:ids...) AND state = :state ORDER BY id"
    rows = await sql.lock(text, ids=ids, state=state)
    return {sql.id_(row["id"]) for row in rows}


async def claim(ids: Collection[UUID], *, until: datetime) -> None:
    """Keep locked open items for whoever renders them."""
    if ids:
        await sql.change(
            "UPDATE signing_item SET prepared_until = :until WHERE id IN (:ids...)", until=until, ids=ids
        )


async def write_made(made: Sequence[Made], state: ItemState, *, until: datetime) -> None:
    """Put what was prepared into locked items and move them to ``state``."""
    await sql.for_each(
        "UPDATE signing_item SET tbs = {}, prepared = {}, signing_time = {}, state = {}, prepared_until = {}"
        " WHERE id = {}",
        [(each.tbs, each.prepared, each.signing_time, state.value, until, each.item) for each in made],
    )


async def write_answers(request_id: UUID, values: Mapping[UUID, bytes]) -> None:
    """Write down raw values for items that were asked for; anything else is left as it is."""
    await sql.for_each(
        "UPDATE signing_item SET answer = {}, state = 'answered'"
        " WHERE id = {} AND request_id = {} AND state = 'asked'",
        [(value, item, request_id) for item, value in values.items()],
    )


async def finish(ids: Collection[UUID]) -> None:
    """These are signed."""
    if ids:
        await sql.change(f"{_END} WHERE id IN (:ids...)", state=ItemState.DONE, code="", ids=ids)


async def refuse(codes: Mapping[UUID, str], *, among: Sequence[ItemState] = ACTIVE) -> None:
    """These are not signed, and why; only those that are in one of the states ``among``."""
    for code in set(codes.values()):
        ids = [item for item, why in codes.items() if why == code]
        await sql.change(
            f"{_END} WHERE id IN (:ids...) AND state IN (:among...)",
            state=ItemState.REFUSED,
            code=code,
            ids=ids,
            among=among,
        )


async def end(request_id: UUID, state: ItemState, code: str, *, among: Sequence[ItemState]) -> int:
    """Every item of a request in one of the states ``among`` ends as ``state``."""
    return await sql.change(
        f"{_END} WHERE request_id = :request AND state IN (:among...)",
        state=state,
        code=code,
        request=request_id,
        among=among,
    )


async def moving(slots: Mapping[UUID, str], purposes: Collection[Purpose]) -> dict[UUID, UUID]:
    """Object -> the request in which an item for it still moves.  One statement.

    :param slots: the objects, and which slot of each is meant.
    """
    rows = await SigningItemRow.filter(
        object_id__in=list(slots), purpose__in=list(purposes), active=True
    ).values("object_id", "slot_key", "request_id")
    return {row["object_id"]: row["request_id"] for row in rows if row["slot_key"] == slots[row["object_id"]]}


def _item(request_id: UUID, row: Mapping[str, Any]) -> Item:
    signed_at, until = row["signing_time"], row["prepared_until"]
    return Item(
        id=sql.id_(row["id"]),
        request_id=request_id,
        position=row["position"],
        purpose=Purpose(row["purpose"]),
        object_id=sql.id_(row["object_id"]),
        slot_key=SlotKey(row["slot_key"]),
        state=ItemState(row["state"]),
        signing_time=None if signed_at is None else sql.time(signed_at),
        prepared_until=None if until is None else sql.time(until),
        code=row["code"],
        tbs=row.get("tbs"),
        prepared=row.get("prepared"),
        answer=row.get("answer"),
    )
