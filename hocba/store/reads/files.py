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


async def exported(export_id: UUID, person: UUID) -> list[UUID]:
    """The transcripts of an export that this person asked for; none of another's.  One statement."""
    found = await ExportRow.filter(id=export_id, person_id=person).values_list("transcript_ids", flat=True)
    return [UUID(each) for each in found[0]] if found else []
