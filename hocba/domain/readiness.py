"""What is missing before a transcript can be made (D1, D2): *Thông tin cần bổ sung*.

Checked is what would make the document invalid or its signing impossible: who the pupil is, who
signs, whether every row of the form has its results and each is of its kind, the year's summary,
the print configuration.  Nothing here computes a result: whether the marks add up is another
question.  The answer is a list, in the order of the form; empty means ready.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any

from hocba.domain.curriculum import GRADES, Subject, electives, last_grade, subjects
from hocba.domain.errors import Refusal
from hocba.domain.plan import MAX_COVERED
from hocba.domain.record import (
    UNKNOWN_DATE,
    Kind,
    Levels,
    Mark,
    Signatory,
    SubjectResult,
    Summary,
    TranscriptRecord,
)
from hocba.domain.values import Level

LEVELS = frozenset({"T", "K", "Đ", "CĐ"})
"""Learning result and conduct (TT 22/2021 Đ8, Đ9)."""

SUBJECT_LEVELS = frozenset({"Đ", "CĐ"})
"""A subject that is assessed by comment (TT 22/2021 Đ5.3)."""

_PERSONAL_ID = re.compile(r"[0-9]{12}")
_ORGANISATION = re.compile(r"MST:[0-9-]{8,14}")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOP, _DECIMALS = 10, 1


class Gap(StrEnum):
    """The kinds of missing data.  Clients match on them: add freely, never rename."""

    EMPTY = auto()
    FORMAT = auto()
    NOT_CONFIRMED = auto()
    NOT_ASSIGNED = auto()
    STAFF_ID = auto()
    ROW_MISSING = auto()
    ROW_UNKNOWN = auto()
    ELECTIVES = auto()
    MARK_EMPTY = auto()
    MARK_RANGE = auto()
    MARK_LEVEL = auto()
    COMMENT_EMPTY = auto()
    LEVEL_DOMAIN = auto()
    NEGATIVE = auto()
    TEXT = auto()
    TOO_MANY_SIGNERS = auto()
    LEVEL_UNSUPPORTED = auto()


class Place(StrEnum):
    """Where the data is mended."""

    SCHOOL = auto()
    CLASS = auto()
    STUDENT = auto()
    STAFF = auto()
    ASSIGNMENTS = auto()
    RESULTS = auto()
    SUMMARY = auto()
    PRINTING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that is missing or wrong.

    :ivar field: the field, such as ``student.birthplace``; ``hocba.words`` has its label.
    :ivar sentence_facts: what the sentence names besides the field.
    """

    code: Gap
    field: str
    where: Place
    sentence_facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def missing(record: TranscriptRecord, *, confirmed: bool = True) -> list[Missing]:
    """What keeps ``record`` from becoming a transcript; empty when nothing does.

    :param confirmed: whether the class's year end is confirmed (B5).
    """
    if record.school.level is Level.TH:
        # The record holds nothing of what TT 27/2020 assesses: qualities, abilities.
        return [_gap(Gap.LEVEL_UNSUPPORTED, "school.level", Place.SCHOOL)]
    if record.grade not in GRADES[record.school.level]:
        return [_gap(Gap.EMPTY, "class.grade", Place.CLASS)]
    checks = (_school, _class, _printing, _student, _rows, _teachers, _staff, _summary, _texts)
    found = [gap for check in checks for gap in check(record)]
    return found if confirmed else [_gap(Gap.NOT_CONFIRMED, "class.confirmed", Place.CLASS), *found]


def _gap(code: Gap, name: str, where: Place, /, **facts: object) -> Missing:
    return Missing(code=code, field=name, where=where, sentence_facts=facts)


def _empties(owner: Any, prefix: str, names: tuple[str, ...], where: Place) -> Iterator[Missing]:
    for name in names:
        if not getattr(owner, name).strip():
            yield _gap(Gap.EMPTY, f"{prefix}.{name}", where)


def _school(record: TranscriptRecord) -> Iterator[Missing]:
    names = ("code", "name", "department_code", "department", "commune", "province")
    yield from _empties(record.school, "school", names, Place.SCHOOL)
    if not _ORGANISATION.fullmatch(record.school.identity):
        yield _gap(Gap.FORMAT, "school.identity", Place.SCHOOL, expected="MST:0123456789")


def _class(record: TranscriptRecord) -> Iterator[Missing]:
    if not record.class_name.strip():
        yield _gap(Gap.EMPTY, "class.name", Place.CLASS)
    if record.homeroom is None:
        yield _gap(Gap.EMPTY, "class.homeroom", Place.CLASS)
    if record.leader is None:
        yield _gap(Gap.EMPTY, "class.leader", Place.CLASS)
    elif not record.leader.title.strip():
        yield _gap(Gap.EMPTY, "class.leader_title", Place.STAFF)


def _printing(record: TranscriptRecord) -> Iterator[Missing]:
    yield from _empties(record.printing, "printing", ("place",), Place.PRINTING)
    if record.printing.written_on == UNKNOWN_DATE:
        yield _gap(Gap.EMPTY, "printing.written_on", Place.PRINTING)


def _student(record: TranscriptRecord) -> Iterator[Missing]:
    student = record.student
    names = ("full_name", "code", "birthplace", "address", "ethnicity", "register_number")
    yield from _empties(student, "student", names, Place.STUDENT)
    if not _PERSONAL_ID.fullmatch(student.personal_id):
        yield _gap(Gap.FORMAT, "student.personal_id", Place.STUDENT, expected="0-9 × 12")
    if student.birth_date == UNKNOWN_DATE:
        yield _gap(Gap.EMPTY, "student.birth_date", Place.STUDENT)
    if student.sex not in {"Nam", "Nữ"}:
        yield _gap(Gap.FORMAT, "student.sex", Place.STUDENT, expected="Nam/Nữ")
    if not (student.mother.name.strip() or student.guardian.name.strip()):
        yield _gap(Gap.EMPTY, "student.relatives", Place.STUDENT)


def _curriculum(record: TranscriptRecord) -> tuple[dict[str, Subject], int]:
    try:
        rows = subjects(record.school.level, record.grade, record.year)
        chosen = electives(record.school.level, record.grade, record.year)
    except Refusal:  # a year before the curriculum of 2018: no row of it is known
        return {}, 0
    return {row.code: row for row in rows}, chosen


def _rows(record: TranscriptRecord) -> Iterator[Missing]:
    expected, chosen = _curriculum(record)
    there = {row.subject for row in record.results}
    for subject in expected.values():
        if not subject.optional and subject.code not in there:
            yield _gap(Gap.ROW_MISSING, "result", Place.RESULTS, subject=subject.name)
    found = sum(expected[code].elective for code in there if code in expected)
    if found != chosen:
        yield _gap(Gap.ELECTIVES, "result.electives", Place.RESULTS, expected=chosen, found=found)
    for row in record.results:
        if row.subject not in expected:
            yield _gap(Gap.ROW_UNKNOWN, "result", Place.RESULTS, subject=row.name)
        elif not row.exempt:
            yield from _marks(row)


def _marks(row: SubjectResult) -> Iterator[Missing]:
    marks = {"term1": row.term1, "term2": row.term2, "year": row.year, "reassessed": row.reassessed}
    for name, mark in marks.items():
        if mark is None and name != "reassessed":
            yield _gap(Gap.MARK_EMPTY, f"result.{name}", Place.RESULTS, subject=row.name)
        elif mark is not None and not _fits(mark, row.kind):
            code = Gap.MARK_RANGE if row.kind is Kind.SCORE else Gap.MARK_LEVEL
            yield _gap(code, f"result.{name}", Place.RESULTS, subject=row.name, found=str(mark))
    if not row.comment.strip():
        yield _gap(Gap.COMMENT_EMPTY, "result.comment", Place.RESULTS, subject=row.name)


def _fits(mark: Mark, kind: Kind) -> bool:
    if kind is Kind.COMMENT:
        return mark in SUBJECT_LEVELS
    if not isinstance(mark, Decimal) or not mark.is_finite():
        return False
    return 0 <= mark <= _TOP and mark == round(mark, _DECIMALS)


def _teachers(record: TranscriptRecord) -> Iterator[Missing]:
    names = {row.subject: row.name for row in record.results}
    for code, subject in _curriculum(record)[0].items():
        if not subject.optional:
            names.setdefault(code, subject.name)
    for code, name in names.items():
        if code not in record.teachers:
            yield _gap(Gap.NOT_ASSIGNED, "assignment", Place.ASSIGNMENTS, subject=name)


def _staff(record: TranscriptRecord) -> Iterator[Missing]:
    shown = {row.subject for row in record.results}
    signers: dict[Any, Signatory] = {
        who.person: who for code, who in record.teachers.items() if code in shown
    }
    if len(signers) > MAX_COVERED:
        facts = {"expected": MAX_COVERED, "found": len(signers)}
        yield _gap(Gap.TOO_MANY_SIGNERS, "assignment", Place.ASSIGNMENTS, **facts)
    signers.update((who.person, who) for who in (record.homeroom, record.leader) if who)
    for who in signers.values():
        if not who.name.strip():
            yield _gap(Gap.EMPTY, "staff.full_name", Place.STAFF)
        if not _PERSONAL_ID.fullmatch(who.personal_id):
            yield _gap(Gap.STAFF_ID, "staff.personal_id", Place.STAFF, name=who.name)


def _summary(record: TranscriptRecord) -> Iterator[Missing]:
    summary = record.summary
    if not isinstance(summary, Summary):
        return
    yield from _levels(summary.learning, "summary.learning")
    yield from _levels(summary.conduct, "summary.conduct")
    if summary.absences is None:
        yield _gap(Gap.EMPTY, "summary.absences", Place.SUMMARY)
    elif summary.absences < 0:
        yield _gap(Gap.NEGATIVE, "summary.absences", Place.SUMMARY)
    if summary.promoted is None:
        yield _gap(Gap.EMPTY, "summary.promoted", Place.SUMMARY)
    if record.grade == last_grade(record.school.level) and summary.completed_level is None:
        yield _gap(Gap.EMPTY, "summary.completed_level", Place.SUMMARY)
    yield from _empties(summary, "summary", ("homeroom_comment",), Place.SUMMARY)


def _levels(levels: Levels, prefix: str) -> Iterator[Missing]:
    for name in ("term1", "term2", "year", "after"):
        level = getattr(levels, name)
        if not level:
            if name != "after":
                yield _gap(Gap.EMPTY, f"{prefix}.{name}", Place.SUMMARY)
        elif level not in LEVELS:
            yield _gap(Gap.LEVEL_DOMAIN, f"{prefix}.{name}", Place.SUMMARY, found=level)


_PLACES = {
    "school": Place.SCHOOL,
    "student": Place.STUDENT,
    "history": Place.STUDENT,
    "results": Place.RESULTS,
    "summary": Place.SUMMARY,
    "printing": Place.PRINTING,
    "teachers": Place.STAFF,
    "homeroom": Place.STAFF,
    "leader": Place.STAFF,
}


def _texts(record: TranscriptRecord) -> Iterator[Missing]:
    seen: set[str] = set()
    for path, text in _walk("", record):
        if path not in seen and _NOT_XML.search(text):
            seen.add(path)
            yield _gap(Gap.TEXT, path, _PLACES.get(path.partition(".")[0], Place.CLASS))


def _walk(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text of a record, with its path: ``student.father.name``."""
    if isinstance(value, str):
        yield path, value
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from _walk(f"{path}.{each.name}".lstrip("."), getattr(value, each.name))
    elif isinstance(value, tuple):
        for each_value in value:
            yield from _walk(path, each_value)
    elif isinstance(value, dict):
        yield from _walk(path, tuple(value.values()))
