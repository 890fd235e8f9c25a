"""Last year's signing accounts taken over into this year: *Lấy dữ liệu năm trước* (C4, C7).

What was approved last year, and whose certificate holds until this year's transcripts are due, is
approved this year by whoever approved it then.  What does not hold is said one by one.  The right to
issue is never taken over, and nobody takes over his own account.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import account_moves, certificate_checks
from hocba.actions.house import House
from hocba.actions.outcomes import Result, done, in_order, refused, unchanged
from hocba.documents.certificates import Certificate
from hocba.domain import deadlines, entries
from hocba.domain.accounts import (
    Account,
    AccountCarriedOver,
    AccountState,
    may_carry_over,
    may_copy,
    must_fit,
)
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import VIETNAM, SchoolYear, year_before
from hocba.store import certificates, ids
from hocba.store.models import PersonRow, SchoolRow, SigningAccountRow
from hocba.store.reads import duties


async def carry_over(
    house: House, actor: Actor, account_ids: Sequence[UUID], year: SchoolYear, *, now: datetime
) -> list[Result]:
    """Take these accounts of last year's over into ``year``.

    :returns: for each account of last year; ``made`` is this year's.
    :raises Refusal: NOT_PERMITTED before anything else; INVALID_VALUE for the year.
    """
    may_copy(actor, for_school=False)
    entries.school_year(year)
    asked = await account_moves.of_ids(account_ids, actor.school)
    persons = [account.person for account in asked if account.person]
    why_not = await _do_not_hold(house, asked, await _identities(persons), year, now)
    results: dict[UUID, Result] = {}
    async with in_transaction():
        sources = await account_moves.loaded(account_ids, actor.school)
        busy = await duties.of(actor.school, year, persons, now)
        for source in sources:
            if source.person and source.year == year_before(year):
                wish = _Wish(actor, source, year, source.person in busy, why_not.get(source.id))
                results[source.id] = await _carried(wish, now)
    return in_order(account_ids, results)


async def carry_over_school(house: House, actor: Actor, year: SchoolYear, *, now: datetime) -> Result:
    """Take last year's certificate of the school over into ``year`` (C4).

    :raises Refusal: NOT_PERMITTED before anything else; INVALID_VALUE for the year; NOTHING_TO_COPY
        when the school had none that was approved.
    """
    may_copy(actor, for_school=True)
    entries.school_year(year)
    ended = (AccountState.APPROVED, AccountState.WITHDRAWN)
    before = await account_moves.of_holder(actor.school, None, year_before(year), ended)
    # The approved one, if there is one; else why the last one is not.
    source = next((each for each in before if each.state is AccountState.APPROVED), next(iter(before), None))
    if source is None:
        raise Refusal(Code.NOTHING_TO_COPY, year=year_before(year))
    identity = (await SchoolRow.get(id=actor.school)).identity
    why_not = await _do_not_hold(house, [source], {None: identity}, year, now)
    async with in_transaction():
        (current,) = await account_moves.loaded([source.id], actor.school)
        wish = _Wish(actor, current, year, has_role=True, why_not=why_not.get(source.id))
        return await _carried(wish, now)


@dataclass(frozen=True, slots=True)
class _Wish:
    """One account of last year's that ``actor`` wants in ``year``.

    :ivar why_not: what stands against its certificate.
    """

    actor: Actor
    source: Account
    year: SchoolYear
    has_role: bool
    why_not: Refusal | None


async def _carried(wish: _Wish, now: datetime) -> Result:
    source = wish.source
    this_year = await account_moves.of_holder(source.school, source.person, wish.year)
    try:
        there = may_carry_over(source, wish.actor, wish.year, this_year, has_role=wish.has_role)
    except Refusal as refusal:
        return refused(source.id, refusal)
    if there is not None:
        return unchanged(source.id, made=there.id)
    if wish.why_not is not None:
        return refused(source.id, wish.why_not)
    return done(source.id, made=await _written(wish.actor, source, wish.year, now))


async def _do_not_hold(
    house: House,
    sources: Sequence[Account],
    identities: Mapping[UUID | None, str],
    year: SchoolYear,
    now: datetime,
) -> dict[UUID, Refusal]:
    """Account -> what stands against its certificate; authorities may be asked, so in no transaction."""

    async def look(source: Account) -> Refusal | None:
        try:
            await _must_hold(house, source, identities.get(source.person, ""), year, now)
        except Refusal as refusal:
            return refusal
        return None

    said = await asyncio.gather(*map(look, sources))
    return {source.id: refusal for source, refusal in zip(sources, said, strict=True) if refusal}


async def _must_hold(house: House, source: Account, identity: str, year: SchoolYear, now: datetime) -> None:
    """The certificate is still the holder's, may still be used, and will be when transcripts are due.

    :raises Refusal: SIGNER_UNKNOWN, CERTIFICATE_WRONG_IDENTITY, CERTIFICATE_WRONG_KIND,
        CERTIFICATE_ENDS_EARLY, and as ``certificate_checks.must_hold``.
    """
    house.plugins.signer(source.signer_key)
    certificate, of_school = Certificate.load(source.certificate), source.person is None
    organisation = certificate.organisation
    must_fit(certificate.identity, expected=identity, organisation=organisation, for_school=of_school)
    school = source.school if of_school else None
    await certificate_checks.must_hold(house, certificate, at=now, school=school, waits=True)
    due = deadlines.submission(year)
    if due is not None and certificate.not_after < due:
        until = certificate.not_after.astimezone(VIETNAM)
        raise Refusal(Code.CERTIFICATE_ENDS_EARLY, until=f"{until:%d/%m/%Y}", due=f"{due:%d/%m/%Y}")


async def _written(actor: Actor, source: Account, year: SchoolYear, now: datetime) -> UUID:
    row = await SigningAccountRow.create(
        id=ids.new(),
        school_id=source.school,
        person_id=source.person,
        year=year,
        signer_key=source.signer_key,
        vendor_reference=source.vendor_reference,
        certificate_id=source.certificate_id,
        state=AccountState.APPROVED,
        requested_by=actor.id,
        requested_at=now,
        decided_by=source.decided_by,
        decided_at=now,
        copied_from=source.id,
    )
    account = await certificates.account(row.id)
    assert account is not None
    carried = AccountCarriedOver(source.signer_key, source.fingerprint, source.id, source.decided_by)
    await account_moves.record([(account, carried)], by=actor.id, at=now)
    return account.id


async def _identities(persons: Sequence[UUID]) -> dict[UUID | None, str]:
    rows = await PersonRow.filter(id__in=list(persons)).values("id", "personal_id")
    return {row["id"]: f"CCCD:{row['personal_id']}" if row["personal_id"] else "" for row in rows}
