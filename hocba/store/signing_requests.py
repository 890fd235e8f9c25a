"""Signing requests by plain statements, where a class waits for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hocba.domain.accounts import Account
from hocba.domain.signing import OPEN_REQUESTS, ItemState, RequestState
from hocba.domain.values import PersonId, SchoolId, Step
from hocba.store import certificates
from hocba.store.reads import sql
from hocba.store.signing_items import ACTIVE

AT_REST: Mapping[str, Any] = {
    "resume": None,
    "poll_after": None,
    "expires_at": None,
    "lease_owner": "",
    "lease_until": None,
}
"""What a request that has ended is left with."""

_REST = ", ".join(f"{name} = :{name}" for name in AT_REST)
_CLOSE = f"""
    UPDATE signing_request SET reason = COALESCE(NULLIF(:reason, ''), reason), changed_at = :at, {_REST},
        state = CASE WHEN EXISTS (
            SELECT 1 FROM signing_item WHERE request_id = :id AND state = :expired_item
        ) THEN :expired ELSE :finished END
    WHERE id = :id AND state IN (:open...)
        AND NOT EXISTS (SELECT 1 FROM signing_item WHERE request_id = :id AND state IN (:active...))
"""  # noqa: S608 -- names of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose signature is asked for, what for, where, and with which account."""

    id: UUID
    purpose: str
    person: PersonId
    school: SchoolId
    step: Step | None
    account: Account


async def asked(id: UUID) -> Asked | None:
    """A request with its account as it is now.  One statement."""
    rows = await sql.select(
        f"SELECT {certificates.ACCOUNT}, r.person_id AS asked, r.school_id AS asked_at, r.purpose, r.step"  # noqa: S608 -- names of ours
        " FROM signing_request r JOIN signing_account a ON a.id = r.account_id"
        " JOIN certificate c ON c.id = a.certificate_id WHERE r.id = :id",
        id=id,
    )
    for row in rows:
        return Asked(
            id=id,
            purpose=row["purpose"],
            person=PersonId(sql.id_(row["asked"])),
            school=SchoolId(sql.id_(row["asked_at"])),
            step=Step(row["step"]) if row["step"] else None,
            account=certificates.account_of(row),
        )
    return None


async def lock(id: UUID) -> Step | None:
    """Keep a request as it is until the transaction ends.  :returns: its step."""
    rows = await sql.lock("SELECT step FROM signing_request WHERE id = :id", id=id)
    return Step(rows[0]["step"]) if rows and rows[0]["step"] else None


async def close(id: UUID, *, reason: str, at: datetime) -> None:
    """End a locked request if no item of it moves: EXPIRED when one of them is, else FINISHED."""
    await sql.change(
        _CLOSE,
        id=id,
        reason=reason,
        at=at,
        expired_item=ItemState.EXPIRED.value,
        expired=RequestState.EXPIRED.value,
        finished=RequestState.FINISHED.value,
        open=OPEN_REQUESTS,
        active=ACTIVE,
        **AT_REST,
    )
