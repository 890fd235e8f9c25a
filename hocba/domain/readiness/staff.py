"""Who signs: every subject has its teacher where subject teachers sign, and every signer an identity."""

from collections.abc import Iterator

from hocba.domain.curriculum import form
from hocba.domain.identity import PERSONAL_ID
from hocba.domain.plan import MAX_COVERED, teachers_sign
from hocba.domain.readiness.gaps import Gap, Missing, Place, gap
from hocba.domain.record import UNKNOWN_DATE, Signatory, TranscriptRecord
from hocba.domain.values import PersonId


def teachers(record: TranscriptRecord) -> Iterator[Missing]:
    """Each subject of the pupil, and each one that he must have, has a responsible teacher."""
    if not teachers_sign(record):
        return
    names = {row.subject: row.name for row in record.results}
    if not record.summary.unassessed:
        for code, subject in form(record.school.level, record.grade, record.year).items():
            if not subject.optional:
                names.setdefault(code, subject.name)
    for code, name in names.items():
        if code not in record.teachers:
            yield gap(Gap.NOT_ASSIGNED, "assignment", Place.ASSIGNMENTS, subject=name)


def signers(record: TranscriptRecord) -> Iterator[Missing]:
    """Whoever signs has a name and a personal id, which his certificate must carry, and is still there.

    Who left before the day that stands on the transcript could not sign it: somebody acts for him.
    """
    found: dict[PersonId, Signatory] = {}
    if teachers_sign(record):
        shown = {row.subject for row in record.results}
        found = {who.person: who for code, who in record.teachers.items() if code in shown}
        if len(found) > MAX_COVERED:
            facts = {"expected": MAX_COVERED, "found": len(found)}
            yield gap(Gap.TOO_MANY_SIGNERS, "assignment", Place.ASSIGNMENTS, **facts)
    found |= {who.person: who for who in (record.homeroom, record.leader) if who}
    for who in found.values():
        if not who.name.strip():
            yield gap(Gap.EMPTY, "staff.full_name", Place.STAFF)
        if not PERSONAL_ID.fullmatch(who.personal_id):
            yield gap(Gap.STAFF_ID, "staff.personal_id", Place.STAFF, name=who.name)
        if who.left_on and UNKNOWN_DATE != record.printing.written_on >= who.left_on:
            day = f"{who.left_on:%d/%m/%Y}"
            yield gap(Gap.SIGNER_LEFT, "staff.left_on", Place.ASSIGNMENTS, name=who.name, found=day)
