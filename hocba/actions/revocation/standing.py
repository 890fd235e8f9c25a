"""What is known of a path now, asking for it where somebody may wait."""

import logging
from datetime import datetime

from hocba.actions.house import House
from hocba.actions.revocation.asking import ask
from hocba.actions.revocation.knowing import Standing, known
from hocba.domain.trust import RevocationMode
from hocba.store import certificates
from hocba.trust import Revocation, TrustedPath
from hocba.trust.evidence import links

log = logging.getLogger(__name__)


async def standing(house: House, path: TrustedPath, *, waits: bool) -> Standing:
    """What is known of ``path`` now.

    :param waits: whether authorities are asked for what is not known; else a bell is rung for it.
    """
    now = house.clock()
    if house.settings.revocation is RevocationMode.OFF:
        return _given(house, path, now)
    found = await known(house, path, now)
    if found.revocation is Revocation.NOT_CHECKED:
        if waits:
            await ask(house, found.unknown)
            found = await known(house, path, now)
        else:
            await _ring(house, path)
    return found


def _given(house: House, path: TrustedPath, now: datetime) -> Standing:
    """What the operator's own lists say, and nothing else."""
    for step in path.steps:
        if step.at(now) is Revocation.REVOKED:
            return Standing(Revocation.REVOKED, step.revoked)
    return Standing(Revocation.NOT_CHECKED)


async def _ring(house: House, path: TrustedPath) -> None:
    """Wake whoever asks, for the next time."""
    (leaf, *_) = links(path.certificates)
    if row := await certificates.id_of(leaf.fingerprint):
        house.ring("refresh_revocation", row)
