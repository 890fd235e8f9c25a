"""What is known already: the operator's own lists, and the rows, of which each is read once."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from hocba.actions.authorities import Authorities, Held
from hocba.actions.house import House
from hocba.store import revocations
from hocba.store.revocations import Key
from hocba.trust import Revocation, TrustedPath, crl, ocsp
from hocba.trust.evidence import Evidence, Kind, Link, NotEvidenceError, Said, judged, links
from hocba.trust.revocation import Step

log = logging.getLogger(__name__)

KINDS: tuple[Kind, ...] = ("crl", "ocsp")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a whole path.

    :ivar revocation: revoked when any certificate of it is, good when all of them are.
    :ivar since: from when it is revoked.
    :ivar unknown: of which nothing is known that is in force.
    """

    revocation: Revocation
    since: datetime | None = None
    unknown: tuple[Link, ...] = ()


async def known(house: House, path: TrustedPath, at: datetime) -> Standing:
    """What is known of ``path`` at ``at``.  One statement, and one more for rows not read before."""
    found = links(path.certificates)
    await read(house.authorities, found)
    return judge(house.authorities, path.steps, found, at)


def judge(authorities: Authorities, steps: Sequence[Step], path: Sequence[Link], at: datetime) -> Standing:
    """What the lists given and the rows read say of ``path``."""
    unknown = []
    for step, link in zip(steps, path, strict=True):
        said = _said(authorities, step, link, at)
        if said.revocation is Revocation.REVOKED:
            return Standing(Revocation.REVOKED, said.since)
        if said.revocation is Revocation.NOT_CHECKED:
            unknown.append(link)
    return Standing(Revocation.NOT_CHECKED if unknown else Revocation.GOOD, unknown=tuple(unknown))


async def read(authorities: Authorities, path: Collection[Link]) -> None:
    """Read the newest rows about these that were not read yet.  One or two statements."""
    about = {key_of(link, kind): link for link in path for kind in KINDS}
    rows = await revocations.newest({name for _, name in about})
    new = {
        row: key
        for key, row in rows.items()
        if key in about and (key not in authorities.held or authorities.held[key].row != row)
    }
    if not new:
        return
    for row, der in (await revocations.bytes_of(new)).items():
        key = new[row]
        if evidence := await asyncio.to_thread(row_of, key, der, about[key]):
            authorities.held[key] = Held(row, evidence)


def key_of(link: Link, kind: Kind) -> Key:
    """Under what this kind of evidence about ``link`` is kept."""
    return kind, link.about(kind)


def row_of(key: Key, der: bytes, link: Link) -> Evidence | None:
    """A row, its signature checked again."""
    try:
        return crl.read(der, link.issuer) if key[0] == "crl" else ocsp.read(der, link)
    except NotEvidenceError:
        log.error("a row of %s evidence says nothing any more", key[0])  # noqa: TRY400 -- no trace is needed
        return None


def _said(authorities: Authorities, step: Step, link: Link, at: datetime) -> Said:
    """What the operator's lists and the authority's answers say, the worst of it."""
    given = step.at(at)
    if given is Revocation.REVOKED:
        return Said(given, step.revoked)
    held = [authorities.held.get(key_of(link, kind)) for kind in KINDS]
    said = judged(link.certificate, [each.evidence for each in held if each], at)
    return Said(given) if said.revocation is Revocation.NOT_CHECKED else said
