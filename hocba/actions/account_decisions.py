"""Signing accounts that somebody decides on: approved, refused, withdrawn (C1, C2, C6).

Approving a successor closes the old account at that very moment, and what was prepared with the old
one before may still be completed.  Withdrawing acts at once: nothing is signed with it any more, not
even what was prepared, and open requests with it end.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import account_moves, signing
from hocba.actions.house import House
from hocba.actions.outcomes import Outcome, Result, done, in_order, refused, unchanged
from hocba.domain import entries
from hocba.domain.accounts import (
    Account,
    AccountApproved,
    AccountRefused,
    AccountState,
    AccountWithdrawn,
    may_decide,
    may_withdraw,
)
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import Role
from hocba.store.models import RoleGrantRow, SigningAccountRow


async def decide(
    actor: Actor, account_ids: Sequence[UUID], *, approve: bool, reason: str = "", now: datetime
) -> list[Result]:
    """Approve or refuse accounts that wait.

    A refusal needs a reason (``entries.reason``).  Nobody decides on his own account.
    """
    results: dict[UUID, Result] = {}
    async with in_transaction():
        accounts = await account_moves.loaded(account_ids, actor.school)
        admins = await _admins(actor, accounts, now)
        for account in accounts:
            results[account.id] = await _decided(
                account, actor, approve=approve, reason=reason, admins=admins, now=now
            )
    return in_order(account_ids, results)


async def withdraw(
    house: House, actor: Actor, account_ids: Sequence[UUID], *, reason: str, now: datetime
) -> list[Result]:
    """End accounts at once, with every open request that would sign with them: a lost token.

    It needs a reason (``entries.reason``).  ADMIN withdraws anybody's, a person his own.
    """
    results: dict[UUID, Result] = {}
    async with in_transaction():
        for account in await account_moves.loaded(account_ids, actor.school):
            results[account.id] = await _withdrawn(account, actor, reason=reason, now=now)
    ended = [id_ for id_, result in results.items() if result.outcome is not Outcome.REFUSED]
    await signing.stop(house, ended, Code.ACCOUNT_NOT_APPROVED)
    return in_order(account_ids, results)


async def _decided(
    account: Account, actor: Actor, *, approve: bool, reason: str, admins: set[UUID], now: datetime
) -> Result:
    wanted = AccountState.APPROVED if approve else AccountState.REFUSED
    try:
        may_decide(account, actor, owner_is_admin=account.person in admins)
        why = "" if approve else entries.reason(reason)
    except Refusal as refusal:
        return _unless(account, wanted, refusal)
    if approve:
        await account_moves.close(account, AccountState.APPROVED, by=actor.id, at=now)
    await SigningAccountRow.filter(id=account.id).update(
        state=wanted, decided_by=actor.id, decided_at=now, **({} if approve else {"reason": why})
    )
    event = AccountApproved() if approve else AccountRefused(why)
    await account_moves.record([(account, event)], by=actor.id, at=now)
    return done(account.id)


async def _withdrawn(account: Account, actor: Actor, *, reason: str, now: datetime) -> Result:
    try:
        may_withdraw(account, actor)
        why = entries.reason(reason)
    except Refusal as refusal:
        return _unless(account, AccountState.WITHDRAWN, refusal)
    await SigningAccountRow.filter(id=account.id).update(
        state=AccountState.WITHDRAWN, closed_at=now, reason=why
    )
    await account_moves.record([(account, AccountWithdrawn(why))], by=actor.id, at=now)
    return done(account.id)


def _unless(account: Account, wanted: AccountState, refusal: Refusal) -> Result:
    """Refused, unless the only reason is that it is so already."""
    again = refusal.code is Code.ACCOUNT_WRONG_STATE and account.state is wanted
    return unchanged(account.id) if again else refused(account.id, refusal)


async def _admins(actor: Actor, accounts: Sequence[Account], now: datetime) -> set[UUID]:
    """Which owners are ADMIN: nobody but another ADMIN or the authority decides on theirs."""
    owners = [account.person for account in accounts if account.person]
    rows = await RoleGrantRow.filter(
        school_id=actor.school, person_id__in=owners, role=Role.ADMIN, valid_from__lte=now
    ).values("person_id", "valid_to")
    return {row["person_id"] for row in rows if row["valid_to"] is None or row["valid_to"] > now}
