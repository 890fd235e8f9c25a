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
from typing import Any, assert_never
from uuid import UUID

from hocba.documents import canonical, profile
from hocba.documents.facts import Content, PlanRow
from hocba.documents.formats import nfc
from hocba.documents.parsing import UnreadableXmlError, parse
from hocba.documents.reading import UnreadableDataError, read_content
from hocba.documents.shape import DATA_ID, GENERAL_ID, ROW_ID, Field, Group, Part, Shape, Table, Texts
from hocba.domain.record import PrimarySummary, SubjectResult, TranscriptRecord
from hocba.domain.values import VIETNAM, Slot, Step

__all__ = [
    "Content",
    "IncompleteRecordError",
    "PlanRow",
    "UnreadableDataError",
    "UnreadableXmlError",
    "build",
    "describe",
    "number",
    "read",
    "write",
]

_CODE = re.compile(r"[A-Z][A-Z0-9]*", re.ASCII)


class IncompleteRecordError(ValueError):
    """No document can be made of the record.  Readiness should have said so before.

    :ivar tag: the element that is mandatory and empty, or cannot hold its value; empty when it is none.
    """

    def __init__(self, why: str, *, tag: str = "") -> None:
        super().__init__(f"{tag} {why}" if tag else why)
        self.tag = tag


def build(
    record: TranscriptRecord, plan: Sequence[Slot], *, lookup_code: UUID, created_at: datetime
) -> bytes:
    """The canonical data of one transcript; hashing these bytes is hashing their exclusive C14N.

    :param created_at: NGAY_TAO_HOC_BA, an aware time; written in whole seconds.
    :raises IncompleteRecordError: when a mandatory field is empty or a field cannot hold its value, the
        plan has no homeroom teacher, leader or school, or the record's profile does not know its level.
    """
    return write(_content(record, plan, lookup_code, created_at.astimezone(VIETNAM).replace(microsecond=0)))


def read(data: bytes) -> Content:
    """The facts in ``data``, the data alone or a whole ``HOC_BA`` file.  No signature is looked at.

    :raises UnreadableXmlError: when it is no XML that may come in.
    :raises UnreadableDataError: when it is no transcript of a known profile.
    """
    root = parse(data)
    element = root.find("DU_LIEU_HOC_BA") if root.tag == "HOC_BA" else root
    if element is None or element.tag != "DU_LIEU_HOC_BA":
        raise UnreadableDataError("no DU_LIEU_HOC_BA")
    return read_content(element)


def describe(
    record: TranscriptRecord, plan: Sequence[Slot], *, lookup_code: UUID, created_at: datetime
) -> Content:
    """What the document of ``record`` will say: what its profile has no place for is gone.

    :raises IncompleteRecordError: as ``build``.
    """
    return read(build(record, plan, lookup_code=lookup_code, created_at=created_at))


def _content(
    record: TranscriptRecord, plan: Sequence[Slot], lookup_code: UUID, created_at: datetime
) -> Content:
    homeroom, leader = _only(plan, Step.HOMEROOM_TEACHER), _only(plan, Step.LEADER)
    _only(plan, Step.ISSUE)
    rows = {result.subject for result in record.results}
    return Content(
        profile=record.profile,
        circular=_shape(record).circular,
        lookup_code=lookup_code,
        created_at=created_at,
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


def _shape(record: TranscriptRecord) -> Shape:
    try:
        shape = profile.shape_of(record.profile, record.school.level)
    except profile.UnknownProfileError as error:
        raise IncompleteRecordError(str(error)) from error
    if isinstance(record.summary, PrimarySummary) != shape.primary:
        raise IncompleteRecordError(f"the year is not summed up as {shape.level.value} does")
    return shape


def number(identity: str) -> str:
    """What follows the colon of ``CCCD:…`` or ``MST:…``."""
    return identity.partition(":")[2]


def write(content: Content) -> bytes:
    """``content`` as canonical bytes.

    :raises IncompleteRecordError: when a mandatory field is empty or a field cannot hold its value.
    """
    shape = profile.shape_of(content.profile, content.school.level)
    parts = [
        canonical.element("THONG_TIN_CHUNG", _fields(content, shape.general), Id=GENERAL_ID),
        *(canonical.element("QUA_TRINH_HOC_TAP", _fields(row, shape.history)) for row in content.history),
        canonical.element("TONG_KET", "".join(_part(content, shape, part) for part in shape.year)),
    ]
    if shape.holds_plan:
        rows = "".join(_plan_row(row, shape.plan) for row in content.plan)
        parts.append(canonical.element("KE_HOACH_KY", rows))
    return canonical.element("DU_LIEU_HOC_BA", "".join(parts), Id=DATA_ID).encode()


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


def _part(content: Content, shape: Shape, part: Part) -> str:
    """One part of TONG_KET."""
    summary, waived = content.summary, content.summary.unassessed
    match part:
        case Field():
            return _field(summary, part, waived=waived)
        case Group():
            facts = _getter(part.path)(summary) if part.path else summary
            return canonical.element(part.tag, _fields(facts, part.fields, waived=waived))
        case Texts():
            texts = _getter(part.path)(summary)
            return "".join(_leaf(part.tag, text, nfc) for text in texts if text)
        case Table():
            rows = "".join(_result(content, shape, part.row, row) for row in content.results)
            return canonical.element(part.tag, rows)
        case _:
            assert_never(part)


def _result(content: Content, shape: Shape, tag: str, row: SubjectResult) -> str:
    if not _CODE.fullmatch(row.subject):
        raise IncompleteRecordError("is no subject's code", tag="MA_MON_HOC")
    fields = _fields(row, shape.result, waived=row.exempt or content.summary.unassessed)
    if shape.holds_plan and (slot := content.row_slots.get(row.subject)):
        fields += canonical.leaf("GVBM", slot)
    return canonical.element(tag, fields, Id=ROW_ID + row.subject)


def _plan_row(row: PlanRow, fields: Iterable[Field]) -> str:
    subjects = "".join(canonical.leaf("MA_MON_HOC", subject) for subject in row.subjects)
    return canonical.element("KY", _fields(row, fields) + subjects)


@cache
def _getter(path: str) -> Callable[[object], Any]:
    return attrgetter(path)


def _fields(facts: object, fields: Iterable[Field], *, waived: bool = False) -> str:
    """The elements of ``facts`` in the profile's order; what is empty is left out."""
    return "".join([_field(facts, field, waived=waived) for field in fields])


def _field(facts: object, field: Field, *, waived: bool) -> str:
    value = _getter(field.path)(facts)
    if field.key:
        value = value.get(field.key)
    written = "" if value is None or value == "" else _leaf(field.tag, value, field.format.write)
    if not written and field.required and not (waived and field.waived):
        raise IncompleteRecordError("is mandatory and empty", tag=field.tag)
    return written


def _leaf(tag: str, value: object, write: Callable[[Any], str]) -> str:
    """The element of a value; nothing when there is nothing to write."""
    try:
        text = write(value)
        return canonical.leaf(tag, text) if text else ""
    except ValueError as error:  # no value of the format, a character that XML cannot hold
        raise IncompleteRecordError(f"cannot be written: {error}", tag=tag) from error
