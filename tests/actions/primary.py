"""The school of ``build`` as a primary school: a confirmed class of grade 4, everything entered."""

from decimal import Decimal
from functools import partial

from hocba.domain.curriculum import Subject, subjects
from hocba.domain.values import Level, Profile, SchoolYear, Term
from hocba.store import ids
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EnrolmentRow,
    PrimarySummaryRow,
    PrintConfigurationRow,
    ResultRow,
    SchoolRow,
    SummaryRow,
)
from tests import build
from tests.domain import facts

GRADE = 4


async def into_primary(made: build.School, *, profile: Profile) -> None:
    """Make the lower secondary school ``made`` a primary one, before its transcripts are made.

    Its first teacher teaches everything but English, where ``profile`` has subject teachers sign.
    """
    form = subjects(Level.TH, GRADE, SchoolYear(build.YEAR))
    await SchoolRow.filter(id=made.id).update(levels="th", name="Trường Tiểu học Hoa Sen")
    await ClassRow.filter(id=made.class_id).update(grade=GRADE, name="4A")
    await PrintConfigurationRow.filter(school_id=made.id).update(primary_profile=profile.value)
    await AssignmentRow.filter(class_id=made.class_id).delete()
    for subject in form:
        teacher = made.teachers[1] if subject.code == "NN1" else made.teachers[0]
        await AssignmentRow.bulk_create(
            AssignmentRow(
                id=ids.new(), class_id=made.class_id, subject=subject.code, term=term, person_id=teacher.id
            )
            for term in Term
        )
    for enrolment in await EnrolmentRow.filter(class_id=made.class_id):
        await ResultRow.filter(enrolment_id=enrolment.id).delete()
        await SummaryRow.filter(enrolment_id=enrolment.id).delete()
        await ResultRow.bulk_create([_result(enrolment, subject) for subject in form if not subject.optional])
        await _summary(enrolment)


INTO = {profile: partial(into_primary, profile=profile) for profile in Profile}
"""The change for each profile, always the same one."""


def _result(enrolment: EnrolmentRow, subject: Subject) -> ResultRow:
    known = facts.primary_row(subject.code, GRADE)
    return ResultRow(
        id=ids.new(),
        enrolment_id=enrolment.id,
        subject=subject.code,
        year=known.year,
        test="" if known.test is None else str(known.test),
        comment="Có tiến bộ.",
    )


async def _summary(enrolment: EnrolmentRow) -> None:
    year = facts.primary_summary(GRADE)
    await PrimarySummaryRow.create(
        id=ids.new(),
        enrolment_id=enrolment.id,
        overall=year.overall,
        qualities=dict(year.qualities),
        abilities=dict(year.abilities),
        qualities_comment=year.qualities_comment,
        general_abilities_comment=year.general_abilities_comment,
        specific_abilities_comment=year.specific_abilities_comment,
        absences_with_leave=1,
        absences_without_leave=0,
        height=str(year.height or Decimal(130)),
        weight=str(year.weight or Decimal(29)),
        promoted=True,
        completed_grade=True,
        homeroom_comment="Chăm ngoan.",
    )
