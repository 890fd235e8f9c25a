"""The signed data of a transcript: ``<DU_LIEU_HOC_BA Id="data">``, written and read.

``build`` makes the canonical bytes from a record and its signing plan; ``read`` gives the facts
back, from those bytes or from a whole file::

    record + plan ── describe ──> Content ── write ──> bytes ── read ──> the same Content

Everything that the printed form shows comes out of a ``Content``, never out of the database: the
XML is the original.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from hocba.documents import canonical, profile
from hocba.documents.facts import Content, PlanRow
from hocba.documents.formats import VIETNAM, nfc
from hocba.documents.parsing import UnreadableXmlError, parse
from hocba.documents.profile import PROFILE, Field
from hocba.documents.reading import UnreadableDataError, read_content
from hocba.domain.record import HistoryRow, Levels, SubjectResult, Summary, TranscriptRecord
from hocba.domain.values import Slot, SlotKey, Step

__all__ = [
    "PROFILE",
    "Content",
    "IncompleteRecordError",
    "PlanRow",
    "UnreadableDataError",
    "UnreadableXmlError",
    "build",
    "describe",
    "read",
    "write",
]

_CODE = re.compile(r"[A-Z][A-Z0-9]*", re.ASCII)


class IncompleteRecordError(ValueError):
    """A mandatory field is empty, or a code cannot be an Id.  Readiness should have said so before."""


def build(
    record: TranscriptRecord, plan: Sequence[Slot], *, lookup_code: UUID, created_at: datetime
) -> bytes:
    """The canonical data of one transcript; hashing these bytes is hashing their exclusive C14N.

    :param created_at: NGAY_TAO_HOC_BA, an aware time; written in whole seconds.
    :raises IncompleteRecordError: when a mandatory field is empty.
    """
    return write(describe(record, plan, lookup_code=lookup_code, created_at=created_at))


def read(data: bytes) -> Content:
    """The facts in ``data``, the data alone or a whole ``HOC_BA`` file.  No signature is looked at.

    :raises UnreadableXmlError: when it is no XML that may come in.
    :raises UnreadableDataError: when it is no transcript of this profile.
    """
    root = parse(data)
    element = root.find("DU_LIEU_HOC_BA") if root.tag == "HOC_BA" else root
    if element is None or element.tag != "DU_LIEU_HOC_BA":
        raise UnreadableDataError("no DU_LIEU_HOC_BA")
    return read_content(element)


def describe(
    record: TranscriptRecord, plan: Sequence[Slot], *, lookup_code: UUID, created_at: datetime
) -> Content:
    """What the document of ``record`` will say.

    :raises IncompleteRecordError: when the plan has no homeroom teacher, leader or school.
    """
    homeroom, leader = _only(plan, Step.HOMEROOM_TEACHER), _only(plan, Step.LEADER)
    _only(plan, Step.ISSUE)
    if not isinstance(record.summary, Summary):
        raise IncompleteRecordError(f"{PROFILE} does not say what a primary pupil's year is")
    rows = {result.subject for result in record.results}
    return Content(
        profile=PROFILE,
        circular=profile.CIRCULARS[record.school.level],
        lookup_code=lookup_code,
        created_at=created_at.astimezone(VIETNAM).replace(microsecond=0),
        year=record.year,
        grade=record.grade,
        class_name=record.class_name,
        school=record.school,
        student=record.student,
        history=record.history,
        results=record.results,
        row_slots={s: slot.key for slot in plan for s in slot.subjects if s in rows},
        summary=record.summary,
        printing=record.printing,
        homeroom_name=homeroom.name,
        homeroom_id=number(homeroom.identity),
        leader_name=leader.name,
        leader_id=number(leader.identity),
        leader_title=leader.title,
        plan=tuple(_row(slot) for slot in plan),
    )


def number(identity: str) -> str:
    """What follows the colon of ``CCCD:…`` or ``MST:…``."""
    return identity.partition(":")[2]


def write(content: Content) -> bytes:
    """``content`` as canonical bytes.

    :raises IncompleteRecordError: when a mandatory field is empty.
    :raises hocba.documents.canonical.ForbiddenCharacterError: for text that XML cannot hold.
    """
    parts = [
        canonical.element("THONG_TIN_CHUNG", _fields(content, profile.GENERAL), Id=profile.GENERAL_ID),
        *map(_history, content.history),
        canonical.element("TONG_KET", _summary(content)),
        canonical.element("KE_HOACH_KY", "".join(map(_plan_row, content.plan))),
    ]
    return canonical.element("DU_LIEU_HOC_BA", "".join(parts), Id=profile.DATA_ID).encode()


def _only(plan: Sequence[Slot], step: Step) -> Slot:
    slots = [slot for slot in plan if slot.step is step]
    if len(slots) != 1:
        raise IncompleteRecordError(f"the plan has {len(slots)} slots of {step.slot_role}")
    return slots[0]


def _row(slot: Slot) -> PlanRow:
    return PlanRow(
        key=slot.key,
        role=slot.step.slot_role,
        name=slot.name,
        identity=slot.identity,
        title=slot.title,
        subjects=slot.subjects,
        basis=slot.basis,
    )


def _history(row: HistoryRow) -> str:
    return canonical.element("QUA_TRINH_HOC_TAP", _fields(row, profile.HISTORY))


def _summary(content: Content) -> str:
    summary = content.summary
    assert isinstance(summary, Summary)
    rows = "".join(_result(row, content.row_slots.get(row.subject)) for row in content.results)
    return "".join(
        (
            _levels("KET_QUA_HOC_TAP", summary.learning),
            _levels("KET_QUA_REN_LUYEN", summary.conduct),
            _fields(summary, profile.SUMMARY),
            _repeated(summary),
            _fields(summary, profile.REMARKS),
            canonical.element("BANG_DIEM", rows),
        )
    )


def _levels(tag: str, levels: Levels) -> str:
    return canonical.element(tag, _fields(levels, profile.LEVELS))


def _repeated(summary: Summary) -> str:
    return "".join(
        canonical.leaf(tag, nfc(value))
        for tag, path in profile.REPEATED
        for value in getattr(summary, path)
        if value
    )


def _result(row: SubjectResult, slot: SlotKey | None) -> str:
    if not _CODE.fullmatch(row.subject):
        raise IncompleteRecordError(f"not a subject code: {row.subject!r}")
    teacher = canonical.leaf("GVBM", slot) if slot else ""
    fields = _fields(row, profile.RESULT) + teacher
    return canonical.element("DIEM_TONG_KET", fields, Id=profile.ROW_ID + row.subject)


def _plan_row(row: PlanRow) -> str:
    subjects = "".join(canonical.leaf("MA_MON_HOC", subject) for subject in row.subjects)
    return canonical.element("KY", _fields(row, profile.PLAN) + subjects)


@cache
def _getter(path: str) -> Callable[[object], Any]:
    return attrgetter(path)


def _fields(facts: object, fields: Iterable[Field]) -> str:
    """The elements of ``facts`` in the profile's order; what is empty is left out."""
    return "".join(_field(facts, field) for field in fields)


def _field(facts: object, field: Field) -> str:
    value = _getter(field.path)(facts)
    written = "" if value is None or value == "" else field.format.write(value)
    if written:
        return canonical.leaf(field.tag, written)
    if field.required:
        raise IncompleteRecordError(f"{field.tag} is mandatory and empty")
    return ""
