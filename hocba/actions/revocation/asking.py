"""Ask the authorities, and keep what they answer."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import urlsplit

from hocba.actions.authorities import Held
from hocba.actions.house import House
from hocba.actions.revocation.knowing import key_of
from hocba.plugin_api import SignerError
from hocba.store import revocations
from hocba.store.revocations import NewEvidence, OutdatedError
from hocba.trust import Revocation
from hocba.trust.evidence import Kind, Link, NotEvidenceError, judged

log = logging.getLogger(__name__)

QUICK: tuple[Kind, ...] = ("ocsp", "crl")
"""While somebody waits: the short answer first."""

THRIFTY: tuple[Kind, ...] = ("crl", "ocsp")
"""In time: one list for all whom an authority issued."""


async def ask(house: House, path: Sequence[Link]) -> None:
    """Ask about each of ``path``, at the same time, and wait for ``Limits.authority`` at most.

    A long list still comes in when nobody waits for it any more, for the next one.

    :raises RuntimeError: inside a transaction, which would stay open meanwhile.
    """
    if revocations.is_in_transaction():
        raise RuntimeError("an authority is asked inside a transaction")
    patience = house.limits.authority.total_seconds()
    try:
        async with asyncio.timeout(patience), asyncio.TaskGroup() as together:
            for link in path:
                together.create_task(cover(house, link, QUICK, patience=patience / 3))
    except TimeoutError:
        log.warning("revocation: no authority answered in time")


async def cover(
    house: House, link: Link, kinds: Sequence[Kind], *, anew: bool = False, patience: float | None = None
) -> None:
    """Ask about one certificate, by one kind after the other, until something is known of it.

    :param anew: also where something is known: it runs out soon.
    :param patience: seconds after which the next kind is asked beside one that keeps silent.
    """
    before = {kind: house.authorities.held.get(key_of(link, kind)) for kind in kinds}
    for kind in kinds:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await _asked(house, link, kind, anew=anew)
        if _has_news(house, link, before, anew=anew):
            return
    for kind in kinds:
        await house.authorities.landed(key_of(link, kind))


async def _asked(house: House, link: Link, kind: Kind, *, anew: bool) -> None:
    held = house.authorities.held.get(key_of(link, kind))
    known = held is not None and _says_something(house, link, held)
    if house.authorities.addresses(link, kind) and (anew or not known):
        work = partial(_fetch, house, link, kind)
        await house.authorities.once(key_of(link, kind), work, now=house.clock())


def _has_news(house: House, link: Link, before: Mapping[Kind, Held | None], *, anew: bool) -> bool:
    """Whether something is known now; something else than before, when it was asked for anew."""
    for kind, was in before.items():
        held = house.authorities.held.get(key_of(link, kind))
        if held and (held is not was or not anew) and _says_something(house, link, held):
            return True
    return False


def _says_something(house: House, link: Link, held: Held) -> bool:
    return judged(link.certificate, [held.evidence], house.clock()).revocation is not Revocation.NOT_CHECKED


async def _fetch(house: House, link: Link, kind: Kind) -> bool:
    """Ask at each address until one answers; whether one did."""
    for url in house.authorities.addresses(link, kind):
        try:
            await _kept(house, link, kind, url)
        except (SignerError, NotEvidenceError) as error:
            # Neither the path, which may name a certificate, nor anything that was answered.
            log.warning("revocation (%s) at %s: %s", kind, urlsplit(url).hostname, error)
        except OutdatedError:
            log.warning("revocation (%s) at %s: older than what is known", kind, urlsplit(url).hostname)
        except Exception:
            log.exception("revocation (%s) at %s failed", kind, urlsplit(url).hostname)
        else:
            return True
    return False


async def _kept(house: House, link: Link, kind: Kind, url: str) -> None:
    now = house.clock()
    found = await house.authorities.ask(link, kind, url, now)
    row = await revocations.keep(
        NewEvidence(
            kind=kind,
            about=link.about(kind),
            url=url[:500],
            der=found.der,
            this_update=found.this_update,
            until=found.until,
            fetched_at=now,
        )
    )
    house.authorities.held[key_of(link, kind)] = Held(row, found)
