"""What signing needs of a transcript besides its facts: the signed data, and who has signed."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hocba.domain.values import PersonId, SlotKey
from hocba.store.models import CertificateRow, SignatureRow, TranscriptRow
from hocba.store.reads import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The signed data of a transcript.

    :ivar packed: the canonical bytes, as they are stored.
    """

    id: UUID
    packed: bytes = field(repr=False)

    @property
    def data(self) -> bytes:
        """The canonical bytes."""
        return zlib.decompress(self.packed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A stored signature.  ``certificate`` is DER.

    :ivar algorithm: what it was made with, by the name that plugins use: ``ecdsa-sha256``.
    """

    slot_key: SlotKey
    person: PersonId
    certificate_id: UUID
    certificate: bytes = field(repr=False)
    signing_time: datetime
    algorithm: str
    value: bytes = field(repr=False)


async def load(ids: Iterable[UUID]) -> dict[UUID, Paper]:
    """The papers of these transcripts.  One statement."""
    rows = await TranscriptRow.filter(id__in=list(ids)).values("id", "content")
    return {row["id"]: Paper(id=row["id"], packed=bytes(row["content"])) for row in rows}


async def titles(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What a person reads of each of these transcripts before he agrees.  One statement."""
    rows = await sql.select(
        "SELECT t.id, t.student_name, t.year, c.name FROM transcript t JOIN class c ON c.id = t.class_id"
        " WHERE t.id IN (:ids...)",
        ids=list(ids),
    )
    return {sql.id_(row["id"]): title(row["student_name"], row["name"], row["year"]) for row in rows}


def title(student: str, class_name: str, year: str) -> str:
    """What a person reads of a transcript."""
    return f"{student}, {class_name}, {year}"


async def years(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The school year of each of these transcripts.  One statement."""
    rows = await TranscriptRow.filter(id__in=list(ids)).values("id", "year")
    return {row["id"]: row["year"] for row in rows}


async def signatures(ids: Iterable[UUID]) -> Mapping[UUID, list[Signature]]:
    """What is signed on each of these transcripts.  Two statements."""
    rows = await SignatureRow.filter(transcript_id__in=list(ids)).values()
    wanted = {row["certificate_id"] for row in rows}
    ders = (
        {
            row["id"]: bytes(row["der"])
            for row in await CertificateRow.filter(id__in=wanted).values("id", "der")
        }
        if wanted
        else {}
    )
    found: defaultdict[UUID, list[Signature]] = defaultdict(list)
    for row in rows:
        found[row["transcript_id"]].append(
            Signature(
                slot_key=SlotKey(row["slot_key"]),
                person=PersonId(row["person_id"]),
                certificate_id=row["certificate_id"],
                certificate=ders[row["certificate_id"]],
                signing_time=row["signing_time"],
                algorithm=row["algorithm"],
                value=bytes(row["value"]),
            )
        )
    return found
