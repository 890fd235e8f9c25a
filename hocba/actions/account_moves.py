"""What every change of a signing account shares: who holds it still meanwhile, and its history.

Whoever changes accounts holds their holders first, persons in the order of their ids and then the
school, so that of two who approve, prove, withdraw or carry over at once the second sees what the
first did.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hocba.domain.accounts import Account, AccountClosed, AccountState
from hocba.domain.values import PersonId, SchoolYear
from hocba.store import certificates, events
from hocba.store.events import Happened
from hocba.store.models import SigningAccountRow
from hocba.store.reads import sql

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

AGGREGATE = "signing_account"
"""What the history calls us."""


async def hold(school: UUID, persons: Iterable[UUID | None]) -> None:
    """Keep these holders' accounts for ourselves until the transaction ends; ``None`` is the school."""
    holders = set(persons)
    wanted = [person for person in holders if person]
    if wanted:
        await sql.lock("SELECT id FROM person WHERE id IN (:ids...) ORDER BY id", ids=wanted)
    if None in holders:
        await sql.lock("SELECT id FROM school WHERE id = :id", id=school)


async def of_ids(ids: Collection[UUID], school: UUID) -> list[Account]:
    """These accounts of a school, in the order of their ids."""
    rows = SigningAccountRow.filter(id__in=list(ids), school_id=school).order_by("id")
    return await certificates.accounts(await rows.values())


async def loaded(ids: Collection[UUID], school: UUID) -> list[Account]:
    """As ``of_ids``, once their holders are held: what they are stays so until the transaction ends."""
    await hold(school, {account.person for account in await of_ids(ids, school)})
    return await of_ids(ids, school)


async def of_holder(
    school: UUID, person: UUID | None, year: SchoolYear, states: Collection[AccountState] = ()
) -> list[Account]:
    """The accounts of one holder and year, the newest first."""
    whose: dict[str, Any] = {"person_id": person} if person else {"person_id__isnull": True}
    narrowed = {"state__in": list(states)} if states else {}
    rows = SigningAccountRow.filter(school_id=school, year=year, **whose, **narrowed)
    return await certificates.accounts(await rows.order_by("-requested_at", "-id").values())


async def close(successor: Account, state: AccountState, *, by: PersonId, at: datetime) -> list[Account]:
    """Close what stands where ``successor`` now stands; what was closed."""
    there = await of_holder(successor.school, successor.person, successor.year, [state])
    replaced = [each for each in there if each.id != successor.id]
    if replaced:
        closed = SigningAccountRow.filter(id__in=[each.id for each in replaced])
        await closed.update(state=AccountState.CLOSED, closed_at=at)
        await record([(each, AccountClosed(successor.id)) for each in replaced], by=by, at=at)
    return replaced


async def record(
    happened: Sequence[tuple[Account, "DataclassInstance"]], *, by: PersonId, at: datetime
) -> None:
    """Write into the history what happened to accounts whose holders are held, each once."""
    versions = await _versions([account.id for account, _ in happened])
    await events.append(
        [
            Happened(
                aggregate=AGGREGATE,
                aggregate_id=account.id,
                version=versions.get(account.id, 0) + 1,
                event=event,
                by=by,
                school=account.school,
                at=at,
            )
            for account, event in happened
        ]
    )


async def _versions(ids: Collection[UUID]) -> dict[UUID, int]:
    rows = await sql.select(
        "SELECT aggregate_id, MAX(version) AS version FROM event WHERE aggregate_id IN (:ids...)"
        " GROUP BY aggregate_id",
        ids=ids,
    )
    return {sql.id_(row["aggregate_id"]): int(row["version"]) for row in rows}
