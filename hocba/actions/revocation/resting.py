"""What was known of a certificate at a moment: the rows on which a signature of then rests."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hocba.actions.house import House
from hocba.actions.revocation.knowing import KINDS, key_of, row_of
from hocba.documents.certificates import Certificate
from hocba.store import certificates, revocations
from hocba.store.revocations import KeptEvidence, Key
from hocba.trust import Revocation, TrustedPath, path_of
from hocba.trust.evidence import Link, judged, links


@dataclass(frozen=True, slots=True, kw_only=True)
class Rests:
    """One certificate of the path, from the leaf on.

    :ivar certificate: its fingerprint.
    :ivar revocation: what the rows said of that moment.
    :ivar rows: the newest of each kind that was known then.
    """

    certificate: str
    revocation: Revocation
    rows: tuple[KeptEvidence, ...]


async def evidence(house: House, certificate_id: UUID, at: datetime) -> list[Rests]:
    """What authorities had answered about a registered certificate by ``at``.  Three statements.

    What the operator's own lists said is not among it: they are files.
    """
    found = (await certificates.with_chains([certificate_id])).get(certificate_id)
    if found is None:
        return []
    der, chain = found
    path = path_of(Certificate.load(der), house.trust(), chain)
    if not isinstance(path, TrustedPath):
        return []
    every = links(path.certificates)
    rows = await revocations.known_at({link.about(kind) for link in every for kind in KINDS}, at)
    ders = await revocations.bytes_of([row.id for row in rows.values()])
    return await asyncio.to_thread(lambda: [_rests(link, rows, ders, at) for link in every])


def _rests(link: Link, rows: Mapping[Key, KeptEvidence], ders: Mapping[UUID, bytes], at: datetime) -> Rests:
    known = {key: rows[key] for kind in KINDS if (key := key_of(link, kind)) in rows}
    read = [row_of(key, ders[row.id], link) for key, row in known.items()]
    said = judged(link.certificate, [each for each in read if each], at)
    return Rests(certificate=link.fingerprint, revocation=said.revocation, rows=tuple(known.values()))
