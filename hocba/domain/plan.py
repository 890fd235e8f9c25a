"""The signing plan: who signs a transcript, in what order, and for what.

One slot is one person at one step.  A teacher of three subjects of the class signs once (guide
2.2), so his slot names the three; the slots of subject teachers are numbered in the order in which
the form first shows a subject of theirs.  The last slot is the school's and belongs to nobody.

Only the profile ``hocba-2.0`` has a subject-teacher step; the official one of primary schools
(``moet-th-1.0``) begins with the homeroom teacher.
"""

from hocba.domain.errors import Code, Refusal
from hocba.domain.record import Signatory, TranscriptRecord
from hocba.domain.values import PersonId, Profile, Slot, SlotKey, Step

MAX_COVERED = 27
"""Signatures that one signature may cover: a verifier in secure mode resolves 30 references, and
three are the data, the time and the properties."""

HOMEROOM_KEY = SlotKey("gvcn")
LEADER_KEY = SlotKey("cbql")
ISSUE_KEY = SlotKey("ky-phat-hanh")


def teachers_sign(record: TranscriptRecord) -> bool:
    """Whether the transcript of ``record`` has the step of the subject teachers."""
    return record.profile is Profile.HOCBA


def signing_plan(record: TranscriptRecord) -> tuple[Slot, ...]:
    """The slots of ``record``, in the order of the steps.

    A signer who is not assigned yet has no slot: ``hocba.domain.readiness`` says who is missing.

    :raises Refusal: TOO_MANY_SIGNERS when the homeroom teacher's signature would have to cover
        more than ``MAX_COVERED`` others.
    """
    slots = _subject_teachers(record) if teachers_sign(record) else []
    if len(slots) > MAX_COVERED:
        raise Refusal(Code.TOO_MANY_SIGNERS, signers=len(slots), limit=MAX_COVERED)
    if record.homeroom:
        slots.append(_slot(HOMEROOM_KEY, Step.HOMEROOM_TEACHER, record.homeroom))
    if record.leader:
        slots.append(_slot(LEADER_KEY, Step.LEADER, record.leader))
    slots.append(_school(record))
    return tuple(slots)


def _subject_teachers(record: TranscriptRecord) -> list[Slot]:
    teachers: dict[PersonId, Signatory] = {}
    taught: dict[PersonId, list[str]] = {}
    for row in record.results:
        if teacher := record.teachers.get(row.subject):
            teachers.setdefault(teacher.person, teacher)
            taught.setdefault(teacher.person, []).append(row.subject)
    return [
        _slot(SlotKey(f"gvbm-{number}"), Step.SUBJECT_TEACHERS, teachers[person], tuple(codes))
        for number, (person, codes) in enumerate(taught.items(), start=1)
    ]


def _slot(key: SlotKey, step: Step, who: Signatory, subjects: tuple[str, ...] = ()) -> Slot:
    return Slot(
        key=key,
        step=step,
        signer=who.person,
        name=who.name,
        identity=f"CCCD:{who.personal_id}",
        title=who.title,
        subjects=subjects,
        basis=who.basis,
    )


def _school(record: TranscriptRecord) -> Slot:
    school = record.school
    return Slot(key=ISSUE_KEY, step=Step.ISSUE, signer=None, name=school.name, identity=school.identity)
