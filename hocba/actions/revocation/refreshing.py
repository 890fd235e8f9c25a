"""Ask in time: before what is known of the certificates of living accounts runs out.

The sweep looks every few minutes, in every process, and rings for one certificate of each authority
that is to be asked; whoever hears the bell asks for all that this certificate needs.  A list serves
everybody whom its authority issued.  What another process asked meanwhile is seen in the rows.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hocba.actions.authorities import Needed
from hocba.actions.house import House
from hocba.actions.revocation.asking import THRIFTY, cover
from hocba.actions.revocation.knowing import KINDS, key_of
from hocba.documents.certificates import Certificate
from hocba.domain.trust import RevocationMode
from hocba.store import certificates, ids, revocations
from hocba.store.certificates import Watched
from hocba.store.revocations import Ends, Key
from hocba.trust import TrustedPath, path_of
from hocba.trust.evidence import Link, links
from hocba.trust.revocation import Step

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
"""How often a process looks."""

AGAIN = timedelta(hours=12)
"""How old an answer may get that is still in force: an authority may have revoked meanwhile."""

EARLY, EARLIEST = timedelta(minutes=20), timedelta(days=1)
"""How long before its end an answer is replaced: a fifth of its life, between these."""

BATCH = 200
"""Certificates whose paths are looked for in one go."""

BELLS = 200
"""Most bells of one round."""


async def sweep(house: House) -> None:
    """Ring for what runs out soon, if it is time to look."""
    watch, now = house.authorities.watch, house.clock()
    if not _asks(house) or (watch.next_at is not None and now < watch.next_at):
        return
    watch.next_at = now + EVERY
    used = await certificates.in_use(now)
    await _learn(house, used)
    needs = {each.id: watch.needs.get(each.fingerprint, ()) for each in used}
    ends = await revocations.ends({key for every in needs.values() for need in every for key in need.keys})
    rung: set[Key] = set()
    for id_, every in needs.items():
        # The first key is what is asked for first: a list is the same for all of its authority.
        due = {need.keys[0] for need in every if _is_due(house, need, ends, now)} - rung
        if due and len(rung) < BELLS:
            rung |= due
            house.ring("refresh_revocation", id_)


async def refresh(house: House, certificate_id: UUID) -> None:
    """Ask for what is to be known of a certificate and runs out soon; beside whoever calls."""
    if _asks(house):
        house.tasks.start(_refresh(house, certificate_id), name=f"revocation of {certificate_id}")


async def _refresh(house: House, certificate_id: UUID) -> None:
    found = (await certificates.with_chains([certificate_id])).get(certificate_id)
    path = await asyncio.to_thread(_path, house, *found) if found else None
    if path is None:
        return
    wanted = [
        (link, need)
        for link, step in zip(links(path.certificates), path.steps, strict=True)
        if (need := _need(house, link, step)).keys
    ]
    ends = await revocations.ends({key for _, need in wanted for key in need.keys})
    for link, need in wanted:
        if _is_due(house, need, ends, house.clock()):
            await cover(house, link, THRIFTY, anew=True)


def _asks(house: House) -> bool:
    return house.settings.revocation is not RevocationMode.OFF and house.authorities.can_ask


async def _learn(house: House, used: Sequence[Watched]) -> None:
    """What each certificate needs, unless it is remembered for these roots."""
    watch, trust = house.authorities.watch, house.trust()
    if watch.trust is not trust:
        watch.trust = trust
        watch.needs.clear()
    new = {each.id: each.fingerprint for each in used if each.fingerprint not in watch.needs}
    todo = list(new)
    for first in range(0, len(todo), BATCH):
        found = await certificates.with_chains(todo[first : first + BATCH])
        for id_, (der, chain) in found.items():
            watch.needs[new[id_]] = await asyncio.to_thread(_needs, house, der, chain)


def _needs(house: House, der: bytes, chain: Sequence[bytes]) -> tuple[Needed, ...]:
    path = _path(house, der, chain)
    if path is None:
        return ()
    every = [_need(house, *pair) for pair in zip(links(path.certificates), path.steps, strict=True)]
    return tuple(need for need in every if need.keys)


def _path(house: House, der: bytes, chain: Sequence[bytes]) -> TrustedPath | None:
    found = path_of(Certificate.load(der), house.trust(), chain)
    return found if isinstance(found, TrustedPath) else None


def _need(house: House, link: Link, step: Step) -> Needed:
    keys = tuple(key_of(link, kind) for kind in KINDS if house.authorities.addresses(link, kind))
    return Needed(keys=keys, given_until=step.silent_until)


def _is_due(house: House, need: Needed, ends: Ends, now: datetime) -> bool:
    """Whether nothing is known of it that lasts: neither a list nor an answer, nor the operator's own."""
    if need.given_until is not None and now < need.given_until - EARLIEST:
        return False
    return all(_runs_out(house, key, ends, now) for key in need.keys)


def _runs_out(house: House, key: Key, ends: Ends, now: datetime) -> bool:
    if key not in ends:
        return True
    row, until = ends[key]
    asked = max(filter(None, (ids.moment(row), house.authorities.asked.get(key))), default=now)
    early = min(max((until - asked) / 5, EARLY), EARLIEST)
    return until - early <= now or asked + AGAIN <= now
