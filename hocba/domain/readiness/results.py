"""The rows of the form: every one that must be there, and each of them whole."""

from collections.abc import Iterator

from hocba.domain.curriculum import Subject, electives, form
from hocba.domain.errors import Refusal
from hocba.domain.marks import fits
from hocba.domain.plan import teachers_sign
from hocba.domain.readiness.gaps import Gap, Missing, Place, gap, warning
from hocba.domain.record import Kind, SubjectResult, TranscriptRecord
from hocba.domain.regulations.letters import SUBJECT_LEVELS
from hocba.domain.values import Level

_MOMENTS = ("term1", "term2", "year")


def rows(record: TranscriptRecord) -> Iterator[Missing]:
    """The rows of the year page.

    A year before the curriculum knows no row.  What a test mark or a level of primary schools can be is
    said by the rules (``hocba.domain.assessment``: TH-1, TH-2).
    """
    expected = form(record.school.level, record.grade, record.year)
    there = {row.subject for row in record.results}
    if not record.summary.unassessed:
        for subject in expected.values():
            if not subject.optional and subject.code not in there:
                yield gap(Gap.ROW_MISSING, "result", Place.RESULTS, subject=subject.name)
    yield from _electives(record, sum(expected[code].elective for code in there if code in expected))
    for row in record.results:
        if row.subject not in expected:
            yield gap(Gap.ROW_UNKNOWN, "result", Place.RESULTS, subject=row.name)
        else:
            yield from _row(record, row, expected[row.subject])


def _electives(record: TranscriptRecord, found: int) -> Iterator[Missing]:
    try:
        chosen = electives(record.school.level, record.grade, record.year)
    except Refusal:
        return
    if found != chosen:
        yield gap(Gap.ELECTIVES, "result.electives", Place.RESULTS, expected=chosen, found=found)


def _row(record: TranscriptRecord, row: SubjectResult, subject: Subject) -> Iterator[Missing]:
    if record.school.level is Level.TH:
        found = [name for name, lacks in (("level", row.year), ("test", row.test)) if lacks is None]
        empty = [name for name in found if name == "level" or subject.test]
    else:
        empty = [name for name in _MOMENTS if getattr(row, name) is None]
        yield from _marks(row)
    if row.exempt or record.summary.unassessed:
        return
    for name in empty:
        yield gap(Gap.MARK_EMPTY, f"result.{name}", Place.RESULTS, subject=row.name)
    if not row.comment.strip():
        # The official document of primary schools has no place for it, the teachers' own form has.
        said = gap if teachers_sign(record) else warning
        yield said(Gap.COMMENT_EMPTY, "result.comment", Place.RESULTS, subject=row.name)


def _marks(row: SubjectResult) -> Iterator[Missing]:
    for name in (*_MOMENTS, "reassessed"):
        mark = getattr(row, name)
        if mark is None or fits(mark, row.kind):
            continue
        facts = {"subject": row.name, "found": str(mark)}
        if row.kind is Kind.SCORE:
            yield gap(Gap.MARK_RANGE, f"result.{name}", Place.RESULTS, **facts)
        else:
            expected = ", ".join(SUBJECT_LEVELS)
            yield gap(Gap.MARK_LEVEL, f"result.{name}", Place.RESULTS, **facts, expected=expected)
