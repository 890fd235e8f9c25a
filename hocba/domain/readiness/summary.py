"""The year as a whole: page B of the secondary form, items 2 to 6 of the primary one."""

from collections.abc import Iterator

from hocba.domain.curriculum import TraitGroup, last_grade, traits
from hocba.domain.readiness.gaps import Gap, Missing, Place, counts, empties, gap, unknowns
from hocba.domain.record import Levels, PrimarySummary, Summary, TranscriptRecord
from hocba.domain.regulations.letters import TH_OVERALL, YEAR_LEVELS
from hocba.domain.values import Level

_WHERE = Place.SUMMARY
_TRAIT_COMMENTS = ("qualities_comment", "general_abilities_comment", "specific_abilities_comment")
_BODY = ("height", "weight")
_DAYS = ("absences_with_leave", "absences_without_leave")


def summary(record: TranscriptRecord) -> Iterator[Missing]:
    """The year of the pupil, in the shape of his level."""
    facts = record.summary
    if isinstance(facts, PrimarySummary) != (record.school.level is Level.TH):
        yield gap(Gap.EMPTY, "summary", _WHERE)
        return
    if isinstance(facts, PrimarySummary):
        yield from _primary(record, facts)
    else:
        yield from _secondary(facts)
    yield from unknowns(facts, "summary", ("promoted",), _WHERE)
    yield from _completed_level(record)
    yield from empties(facts, "summary", ("homeroom_comment",), _WHERE)


def _completed_level(record: TranscriptRecord) -> Iterator[Missing]:
    completed = record.summary.completed_level
    last = record.grade == last_grade(record.school.level)
    if last and completed is None:
        yield gap(Gap.EMPTY, "summary.completed_level", _WHERE)
    if not last and completed is not None:
        yield gap(Gap.NOT_APPLICABLE, "summary.completed_level", _WHERE, found=completed)


def _secondary(facts: Summary) -> Iterator[Missing]:
    yield from _levels(facts.learning, "summary.learning", required=not facts.unassessed)
    yield from _levels(facts.conduct, "summary.conduct", required=not facts.unassessed)
    yield from counts(facts, "summary", ("absences",), _WHERE)


def _levels(levels: Levels, prefix: str, *, required: bool) -> Iterator[Missing]:
    for name in ("term1", "term2", "year", "after"):
        level = getattr(levels, name)
        if not level:
            if required and name != "after":
                yield gap(Gap.EMPTY, f"{prefix}.{name}", _WHERE)
        elif level not in YEAR_LEVELS:
            expected = ", ".join(YEAR_LEVELS)
            yield gap(Gap.LEVEL_DOMAIN, f"{prefix}.{name}", _WHERE, found=level, expected=expected)


def _primary(record: TranscriptRecord, facts: PrimarySummary) -> Iterator[Missing]:
    yield from counts(facts, "summary", (*_BODY, *_DAYS), _WHERE)
    if not facts.unassessed:
        yield from _traits(record, facts)
        yield from empties(facts, "summary", _TRAIT_COMMENTS, _WHERE)
    if facts.overall is None and not facts.unassessed:
        yield gap(Gap.EMPTY, "summary.overall", _WHERE)
    elif facts.overall is not None and facts.overall not in TH_OVERALL:
        expected = ", ".join(TH_OVERALL)
        yield gap(Gap.LEVEL_DOMAIN, "summary.overall", _WHERE, found=facts.overall, expected=expected)
    yield from unknowns(facts, "summary", ("completed_grade",), _WHERE)


def _traits(record: TranscriptRecord, facts: PrimarySummary) -> Iterator[Missing]:
    for trait in traits(record.grade, record.year).values():
        name = "qualities" if trait.group is TraitGroup.QUALITY else "abilities"
        if record.grade not in trait.optional and not getattr(facts, name).get(trait.code):
            yield gap(Gap.TRAIT_EMPTY, f"summary.{name}", _WHERE, subject=trait.name)
