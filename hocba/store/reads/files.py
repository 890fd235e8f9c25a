"""Files that are downloaded: who asked for them, and what is in them."""

from dataclasses import dataclass
from uuid import UUID

from hocba.store.models import DocumentRow, ExportRow, ImportRow, TranscriptRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPdf:
    """The sealed PDF of a transcript, and the pupil's name for the file's."""

    content: bytes
    student_name: str


async def error_workbook(import_id: UUID, person: UUID) -> bytes | None:
    """The error workbook of an import, for whoever imported.  One statement."""
    found = await ImportRow.filter(id=import_id, person_id=person).values_list("error_workbook", flat=True)
    return bytes(found[0]) if found and found[0] else None


async def sealed_pdf(transcript_id: UUID) -> SealedPdf | None:
    """The sealed PDF of a transcript.  Two statements."""
    found = await DocumentRow.filter(transcript_id=transcript_id).values_list("content", flat=True)
    names = await TranscriptRow.filter(id=transcript_id).values_list("student_name", flat=True)
    if not found:
        return None
    return SealedPdf(content=bytes(found[0]), student_name=str(names[0]))


async def export_exists(export_id: UUID, person: UUID) -> bool:
    """Whether this person asked for this export.  One statement."""
    return await ExportRow.filter(id=export_id, person_id=person).exists()
