"""A class of the invented school as records, the way the product's store would give them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import cycle
from uuid import NAMESPACE_OID, uuid5

from hocba.demo.school import DemoSchool, make_school
from hocba.documents.workbooks.lines import ResultLine, StudentLine, SummaryLine
from hocba.domain.curriculum import Subject, subjects
from hocba.domain.record import (
    UNKNOWN_DATE,
    HistoryRow,
    Levels,
    Printing,
    Relative,
    Signatory,
    StudentFacts,
    SubjectResult,
    Summary,
    TranscriptRecord,
)
from hocba.domain.values import Level, PersonId

CLASS_SIZE = 45
_CLASS, _GRADE = "9A1", 9
_MOMENTS = ("term1", "term2", "year", "after")


@cache
def school() -> DemoSchool:
    """The invented school: four classes of 45."""
    return make_school(seed=7, classes=4, students=4 * CLASS_SIZE)


def records(sentences: int = 1) -> list[TranscriptRecord]:
    """The class 9A1: ten subject teachers, 13 subjects.

    :param sentences: how many remarks stand in each row; those of other pupils are added.
    """
    remarks = _remarks()
    return [_record(pupil, remarks, sentences) for pupil in school().students if pupil.class_name == _CLASS]


def _remarks() -> Mapping[str, Iterator[str]]:
    """Subject -> everybody's remarks in it, without end."""
    said: dict[str, list[str]] = {}
    for line in school().results:
        said.setdefault(line.subject, []).append(line.comment)
    return {subject: cycle(remarks) for subject, remarks in said.items()}


def _record(pupil: StudentLine, remarks: Mapping[str, Iterator[str]], sentences: int) -> TranscriptRecord:
    staff = {line.code: line for line in school().staff}
    signatories = {
        code: Signatory(
            person=PersonId(uuid5(NAMESPACE_OID, code)),
            name=line.full_name,
            personal_id=line.personal_id,
            title=line.title,
        )
        for code, line in staff.items()
    }
    class_ = next(line for line in school().classes if line.name == _CLASS)
    printing = school().printing[0]
    return TranscriptRecord(
        year=school().year,
        grade=_GRADE,
        class_name=_CLASS,
        school=school().school,
        student=_student(pupil),
        history=_history(pupil),
        results=_results(pupil, remarks, sentences),
        summary=_summary(next(line for line in school().summaries if line.student == pupil.code)),
        printing=Printing(place=printing.place, written_on=printing.written_on or UNKNOWN_DATE),
        teachers={
            line.subject: signatories[line.staff]
            for line in school().assignments
            if line.class_name == _CLASS  # the last line of a subject is that of term II
        },
        homeroom=signatories[class_.homeroom],
        leader=signatories[class_.leader],
    )


def _student(pupil: StudentLine) -> StudentFacts:
    return StudentFacts(
        full_name=pupil.full_name,
        code=pupil.code,
        personal_id=pupil.personal_id,
        birth_date=pupil.birth_date or UNKNOWN_DATE,
        sex=pupil.sex,
        birthplace=pupil.birthplace,
        home_town=pupil.home_town,
        address=pupil.address,
        ethnicity=pupil.ethnicity,
        nationality=pupil.nationality,
        policy_group=pupil.policy_group,
        father=Relative(name=pupil.father, occupation=pupil.father_occupation),
        mother=Relative(name=pupil.mother, occupation=pupil.mother_occupation),
        guardian=Relative(name=pupil.guardian, occupation=pupil.guardian_occupation),
        register_number=pupil.register_number,
    )


def _history(pupil: StudentLine) -> tuple[HistoryRow, ...]:
    return (
        HistoryRow(
            year=school().year, class_name=_CLASS, school_name=school().school.name, since=pupil.since
        ),
    )


def _results(
    pupil: StudentLine, remarks: Mapping[str, Iterator[str]], sentences: int
) -> tuple[SubjectResult, ...]:
    form = {subject.code: subject for subject in subjects(Level.THCS, _GRADE, school().year)}
    own = {line.subject: line for line in school().results if line.student == pupil.code}
    return tuple(
        _result(own[code], subject, [next(remarks[code]) for _ in range(sentences - 1)])
        for code, subject in form.items()
        if code in own
    )


def _result(line: ResultLine, subject: Subject, more: Sequence[str]) -> SubjectResult:
    return SubjectResult(
        subject=line.subject,
        name=subject.name,
        kind=subject.kind,
        term1=line.term1,
        term2=line.term2,
        year=line.year,
        reassessed=line.reassessed,
        comment=" ".join((line.comment, *more)),
        exempt=line.exempt,
    )


def _summary(line: SummaryLine) -> Summary:
    return Summary(
        learning=_levels(line, "learning"),
        conduct=_levels(line, "conduct"),
        absences=line.absences,
        promoted=line.promoted,
        completed_level=line.completed_level,
        certificates=tuple(line.certificates.splitlines()),
        contests=tuple(line.contests.splitlines()),
        awards=line.awards,
        homeroom_comment=line.homeroom_comment,
        summer_comment=line.summer_comment,
        principal_approval=line.principal_approval,
    )


def _levels(line: SummaryLine, what: str) -> Levels:
    return Levels(**{moment: getattr(line, f"{what}_{moment}") or None for moment in _MOMENTS})
