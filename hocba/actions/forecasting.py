"""Which registered certificates will not serve until a year's transcripts are due.

They end before, are revoked, or nothing is known of their revocation.  Nobody is asked here: what is
known is read, in a fixed number of statements, however many accounts there are.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hocba.actions.house import House
from hocba.actions.revocation import Standing
from hocba.actions.revocation.knowing import judge, read
from hocba.documents.certificates import Certificate
from hocba.domain import deadlines
from hocba.domain.people import Actor
from hocba.domain.trust import Concern, Policy, RevocationMode, seal_policy
from hocba.domain.values import SchoolYear
from hocba.store.reads import forecast as reads
from hocba.store.reads.forecast import Registered
from hocba.store.reads.organisations import Schools
from hocba.trust import Revocation, TrustedPath, path_of
from hocba.trust.evidence import links

Paths = Mapping[UUID, TrustedPath | None]
"""Account -> its path, or nothing where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """An account whose certificate will not serve, and why.

    :ivar revoked_since: when it is known to be revoked.
    """

    account: Registered
    concerns: tuple[Concern, ...]
    revoked_since: datetime | None


async def forecast(
    house: House,
    actor: Actor,
    supervised: Schools,
    year: SchoolYear,
    *,
    until: datetime | None = None,
) -> list[Forecast]:
    """The accounts of ``year`` that ``actor`` looks after and should worry about, first to end in front.

    Three statements at most.

    :param until: how long they should hold; until the year's transcripts are due when left out.
    """
    accounts = await reads.registered(actor, supervised, year)
    until = until or deadlines.submission(year)
    paths = await asyncio.to_thread(_paths, house, accounts) if house.trust().roots else {}
    standings = await _standings(house, paths)
    found = [_judged(each, until, paths, standings.get(each.id)) for each in accounts]
    return [each for each in found if each.concerns]


def _judged(account: Registered, until: datetime | None, paths: Paths, standing: Standing | None) -> Forecast:
    concerns = []
    if until is not None and account.not_after < until:
        concerns.append(Concern.ENDS_EARLY)
    if account.id in paths and paths[account.id] is None:
        concerns.append(Concern.UNTRUSTED)
    if standing is not None and standing.revocation is Revocation.REVOKED:
        concerns.append(Concern.REVOKED)
    if standing is not None and standing.revocation is Revocation.NOT_CHECKED:
        concerns.append(Concern.REVOCATION_UNKNOWN)
    since = standing.since if standing else None
    return Forecast(account=account, concerns=tuple(concerns), revoked_since=since)


def _paths(house: House, accounts: Sequence[Registered]) -> Paths:
    trust, found = house.trust(), {}
    for each in accounts:
        policy = Policy.PERSON if each.person_id else seal_policy(each.ownership)
        path = path_of(Certificate.load(each.der), trust.under(policy), each.chain)
        found[each.id] = path if isinstance(path, TrustedPath) else None
    return found


async def _standings(house: House, paths: Paths) -> dict[UUID, Standing]:
    """What is known of each path now; nothing where nobody asks for revocation."""
    if house.settings.revocation is RevocationMode.OFF:
        return {}
    now = house.clock()
    chains = {id_: (path, links(path.certificates)) for id_, path in paths.items() if path}
    await read(house.authorities, {link for _, every in chains.values() for link in every})
    return {id_: judge(house.authorities, path.steps, every, now) for id_, (path, every) in chains.items()}
