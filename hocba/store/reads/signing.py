"""Signing requests with their items, and the computers that are paired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hocba.domain.people import Actor
from hocba.domain.signing import Purpose
from hocba.domain.values import Step
from hocba.store.models import (
    AgentRow,
    SigningAccountRow,
    SigningItemRow,
    SigningRequestRow,
    TranscriptRow,
)
from hocba.store.reads.pages import Order, Page, Slice, take

NEWEST = Order(columns=("created_at", "id"), descending=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to sign.

    :ivar state: of ``hocba.domain.signing.ItemState``.
    :ivar code: why it was refused; empty otherwise.
    """

    id: UUID
    position: int
    purpose: str
    transcript_id: UUID | None
    student_name: str
    slot_key: str
    state: str
    code: str
    tbs: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The proof that a request asked for is there.

    :ivar changed: whether the school's certificate was registered in place of another one.
    """

    of_school: bool
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody intends to sign.

    :ivar proof: of a request for a proof, once that is there.
    """

    id: UUID
    person_id: UUID
    account_id: UUID
    signer_key: str
    purpose: str
    step: Step | None
    state: str
    reason: str
    expires_at: datetime | None
    created_at: datetime
    changed_at: datetime
    items: tuple[Item, ...]
    proof: Proof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A paired computer."""

    id: UUID
    name: str
    paired_at: datetime
    seen_at: datetime


_REQUEST = (
    "id",
    "person_id",
    "account_id",
    "signer_key",
    "purpose",
    "step",
    "state",
    "reason",
    "expires_at",
    "created_at",
    "changed_at",
)
_ITEM = ("id", "request_id", "position", "purpose", "object_id", "slot_key", "state", "code")
_OF_TRANSCRIPT = frozenset({"slot", "seal"})


async def request(actor: Actor, id: UUID, *, items: bool = True, tbs: bool = False) -> Request | None:
    """One of the actor's own requests.  One statement, three with items; one more for a proof."""
    rows = await SigningRequestRow.filter(id=id, person_id=actor.id).values(*_REQUEST)
    return (await _with_items(rows, items=items, tbs=tbs))[0] if rows else None


async def requests(actor: Actor, page: Page, *, items: bool = False) -> Slice[Request]:
    """The actor's own requests, newest first.  One statement, three with items; one more for proofs."""
    rows = await take(SigningRequestRow.filter(person_id=actor.id), NEWEST, page, _REQUEST)
    return rows.of(await _with_items(rows.rows, items=items, tbs=False))


async def is_proof(id: UUID | None) -> bool:
    """Whether a request asks for the proof of an account's key.  One statement."""
    return id is not None and await SigningRequestRow.filter(id=id, purpose=Purpose.CHALLENGE).exists()


async def fingerprint(id: UUID) -> tuple[object, ...]:
    """What changes whenever a request moves: cheap to ask for again and again.  Two statements."""
    states = await SigningItemRow.filter(request_id=id).order_by("position").values_list("state", flat=True)
    rows = await SigningRequestRow.filter(id=id).values_list("state", "changed_at")
    return (*states, *rows)


async def agents(actor: Actor) -> list[Agent]:
    """The actor's paired computers.  One statement."""
    rows = (
        await AgentRow.filter(person_id=actor.id, revoked_at__isnull=True)
        .order_by("paired_at")
        .values("id", "name", "paired_at", "seen_at")
    )
    return [Agent(**row) for row in rows]


async def _with_items(rows: Sequence[Any], *, items: bool, tbs: bool) -> list[Request]:
    found: dict[UUID, list[Item]] = {row["id"]: [] for row in rows}
    if items and found:
        columns = (*_ITEM, "tbs") if tbs else _ITEM
        held = (
            await SigningItemRow.filter(request_id__in=list(found))
            .order_by("request_id", "position")
            .values(*columns)
        )
        objects = {row["object_id"] for row in held if row["purpose"] in _OF_TRANSCRIPT}
        names = await _names(objects)
        for row in held:
            found[row["request_id"]].append(_item(row, names))
    proofs = await _proofs([row["account_id"] for row in rows if row["purpose"] == Purpose.CHALLENGE])
    return [
        Request(
            **{name: row[name] for name in _REQUEST},
            items=tuple(found[row["id"]]),
            proof=proofs.get(row["account_id"]) if row["purpose"] == Purpose.CHALLENGE else None,
        )
        for row in rows
    ]


async def _proofs(accounts: Sequence[UUID]) -> dict[UUID, Proof]:
    """Account -> its proof, where there is one."""
    if not accounts:
        return {}
    proven = SigningAccountRow.filter(id__in=list(accounts), proven_at__isnull=False)
    return {
        row["id"]: Proof(of_school=row["person_id"] is None, changed=bool(row["reason"]))
        for row in await proven.values("id", "person_id", "reason")
    }


async def _names(transcripts: set[UUID]) -> dict[UUID, str]:
    rows = (
        await TranscriptRow.filter(id__in=list(transcripts)).values("id", "student_name")
        if transcripts
        else []
    )
    return {row["id"]: row["student_name"] for row in rows}


def _item(row: Any, names: dict[UUID, str]) -> Item:
    transcript = row["object_id"] if row["purpose"] in _OF_TRANSCRIPT else None
    return Item(
        id=row["id"],
        position=row["position"],
        purpose=row["purpose"],
        transcript_id=transcript,
        student_name=names.get(row["object_id"], ""),
        slot_key=row["slot_key"],
        state=row["state"],
        code=row["code"],
        tbs=row.get("tbs"),
    )
