"""A secondary pupil's record against TT 22/2021.

Each rule looks at the values that were supplied and at no result of ours, and speaks only when all that it
needs is there and of its kind; what is missing is for ``hocba.domain.readiness`` to say.  So one wrong value
is found where it stands and makes no other one wrong: promotion, for one, is judged by the levels supplied.

Where a level rests on a reading of the circular that nobody has verified, and the other reading gives what
was supplied, it is a warning only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hocba.domain.assessment import tt22
from hocba.domain.assessment.findings import Bench, Finding
from hocba.domain.assessment.titles import contradictions
from hocba.domain.curriculum import last_grade
from hocba.domain.marks import fits
from hocba.domain.record import Kind, Levels, Mark, SubjectResult, Summary
from hocba.domain.regulations.letters import YEAR_LEVELS
from hocba.domain.regulations.policies import Tt22Policy
from hocba.domain.regulations.rules import Rule, Severity

_FAIL = YEAR_LEVELS[-1]
_PASSING = ", ".join(YEAR_LEVELS[:-1])
_MOMENTS = ("term1", "term2", "year")
_MARKS = (*_MOMENTS, "reassessed")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    bench: Bench
    policy: Tt22Policy
    summary: Summary


def check(bench: Bench, policy: Tt22Policy, summary: Summary) -> Iterator[Finding]:
    """What contradicts the circular, in the order of the form."""
    case = _Case(bench=bench, policy=policy, summary=summary)
    yield from _exemptions(case)
    if summary.unassessed:  # Đ11: nothing else of this year follows the common requirements
        return
    for of in (_years, _learning, _conduct, _reassessment, _promotion, _titles):
        yield from of(case)


def _exemptions(case: _Case) -> Iterator[Finding]:
    """TR-14: what is exempt has no marks.  TR-13: who is exempt from practice is assessed in theory."""
    for row in case.bench.rows:
        if not row.exempt:
            continue
        if row.subject in case.policy.practical:
            yield case.bench.finding(
                Rule.TR_13, "result.exempt", supplied=True, expected=False, subject=row.name
            )
        for name in _MARKS:
            if (mark := getattr(row, name)) is not None:
                yield case.bench.finding(Rule.TR_14, f"result.{name}", mark, None, subject=row.name)


def _years(case: _Case) -> Iterator[Finding]:
    """TR-2, TR-4: the year of each subject follows from its terms."""
    for row in case.bench.counted:
        if not all(fits(mark, row.kind) for mark in (row.term1, row.term2, row.year)):
            continue
        expected = tt22.year_mark(case.policy, row.term1, row.term2)
        if row.year != expected:
            rule = Rule.TR_2 if row.kind is Kind.SCORE else Rule.TR_4
            yield case.bench.finding(rule, "result.year", row.year, expected, subject=row.name)


def _learning(case: _Case) -> Iterator[Finding]:
    """TR-5, TR-6: the learning result of both terms and of the year follows from the marks."""
    for moment in _MOMENTS:
        supplied = getattr(case.summary.learning, moment)

        def mark_of(row: SubjectResult, moment: str = moment) -> Mark:
            mark: Mark = getattr(row, moment)
            return mark

        if supplied in YEAR_LEVELS:
            yield from _level(case, f"summary.learning.{moment}", supplied, mark_of)


def _level(
    case: _Case,
    field: str,
    supplied: str | None,
    mark_of: Callable[[SubjectResult], Mark],
    rule: Rule | None = None,
) -> Iterator[Finding]:
    """Whether a learning result follows from marks; by TR-5 or TR-6, or by ``rule``."""
    expected = _learnt(case, case.policy, mark_of)
    if expected in (None, supplied):
        return
    others = {_learnt(case, other, mark_of) for other in case.bench.readings(case.policy)}
    plain = tt22.unadjusted(case.policy, list(map(mark_of, _counting(case, case.policy))))
    yield case.bench.finding(
        rule or (Rule.TR_5 if plain == expected else Rule.TR_6),
        field,
        supplied,
        expected,
        severity=Severity.WARNING if supplied in others else None,
        unverified=not others <= {expected},
    )


def _learnt(case: _Case, policy: Tt22Policy, mark_of: Callable[[SubjectResult], Mark]) -> str | None:
    rows = _counting(case, policy)
    marks = [mark_of(row) for row in rows]
    judged = case.bench.whole and all(fits(mark, row.kind) for row, mark in zip(rows, marks, strict=True))
    return tt22.learning(policy, marks) if judged else None


def _counting(case: _Case, policy: Tt22Policy) -> list[SubjectResult]:
    return case.bench.counting(optional=policy.optional_counts)


def _conduct(case: _Case) -> Iterator[Finding]:
    """TR-7: the year's conduct by the table.  TR-9: summer training is for who failed in conduct."""
    levels = case.summary.conduct
    if all(level in YEAR_LEVELS for level in (levels.term1, levels.term2, levels.year)):
        assert levels.term1
        assert levels.term2
        expected = tt22.conduct(case.policy, levels.term1, levels.term2)
        if levels.year != expected:
            yield case.bench.finding(Rule.TR_7, "summary.conduct.year", levels.year, expected)
    if levels.after in YEAR_LEVELS and levels.year in YEAR_LEVELS and levels.year != _FAIL:
        yield case.bench.finding(Rule.TR_9, "summary.conduct.after", levels.after, None)


def _reassessment(case: _Case) -> Iterator[Finding]:
    """TR-10: failed subjects of who failed the year are assessed again; the result follows anew."""
    learning, conduct = case.summary.learning, case.summary.conduct
    if learning.year not in YEAR_LEVELS or learning.after not in (None, *YEAR_LEVELS):
        return
    again = [row for row in case.bench.counted if fits(row.reassessed, row.kind)]
    failed = learning.year == _FAIL
    for row in again:
        if not (failed and tt22.may_be_reassessed(case.policy, row.year)):
            yield case.bench.finding(Rule.TR_10, "result.reassessed", row.reassessed, None, subject=row.name)
    if again and failed:
        yield from _level(case, "summary.learning.after", learning.after, _last_mark, Rule.TR_10)
        if conduct.year == _FAIL:  # a person decides
            yield case.bench.finding(
                Rule.TR_10, "summary.conduct.year", conduct.year, _PASSING, severity=Severity.WARNING
            )
    elif learning.after is not None:
        yield case.bench.finding(Rule.TR_10, "summary.learning.after", learning.after, None)


def _last_mark(row: SubjectResult) -> Mark:
    return row.year if row.reassessed is None else row.reassessed


def _promotion(case: _Case) -> Iterator[Finding]:
    """TR-8: moving up; of the last grade also whether the level is completed."""
    summary, record = case.summary, case.bench.record
    learnt, behaved = _last_level(summary.learning), _last_level(summary.conduct)
    if learnt not in YEAR_LEVELS or behaved not in YEAR_LEVELS or summary.absences is None:
        return
    assert learnt
    assert behaved
    expected = tt22.moves_up(case.policy, learnt, behaved, summary.absences)
    if summary.promoted not in (None, expected):
        yield case.bench.finding(Rule.TR_8, "summary.promoted", summary.promoted, expected)
    last = record.grade == last_grade(record.school.level) and case.policy.completed_as_promoted
    if last and summary.completed_level not in (None, expected):
        doubtful = case.bench.rules.values["completed_as_promoted"].unverified
        yield case.bench.finding(
            Rule.TR_8,
            "summary.completed_level",
            summary.completed_level,
            expected,
            severity=Severity.WARNING if doubtful else None,
            unverified=doubtful,
        )


def _last_level(levels: Levels) -> str | None:
    return levels.after or levels.year


def _titles(case: _Case) -> Iterator[Finding]:
    """TR-11: a title follows from the year before re-assessment, exists, and is given when it is deserved."""
    policy, summary = case.policy, case.summary
    marks = [row.year for row in _counting(case, policy)]
    follow = tt22.titles(policy, summary.learning.year, summary.conduct.year, marks)
    titles = (policy.excellent_title, policy.good_title, *policy.abolished_titles)
    for supplied, expected in contradictions(summary.awards, titles, follow):
        yield case.bench.finding(Rule.TR_11, "summary.awards", supplied, expected)
