"""A primary pupil's record against TT 27/2020.

As for secondary pupils: each rule looks at what was supplied, and speaks only when all that it needs is there
and of its kind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hocba.domain.assessment import tt27
from hocba.domain.assessment.findings import Bench, Finding
from hocba.domain.assessment.titles import contradictions
from hocba.domain.curriculum import TraitGroup, last_grade, traits
from hocba.domain.marks import TOP, is_test_mark
from hocba.domain.names import tidy
from hocba.domain.record import PrimarySummary
from hocba.domain.regulations.letters import TH_OVERALL, TH_SUBJECT_LEVELS, TH_TRAIT_LEVELS
from hocba.domain.regulations.policies import Tt27Policy
from hocba.domain.regulations.rules import Rule, Severity
from hocba.domain.values import Level

_COMPLETED = re.compile(r"(chưa |không )?hoàn thành chương trình (lớp \d+|tiểu học)")
_PROMOTED = re.compile(r"(chưa |không )?được lên lớp")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    bench: Bench
    policy: Tt27Policy
    summary: PrimarySummary


def check(bench: Bench, policy: Tt27Policy, summary: PrimarySummary) -> Iterator[Finding]:
    """What contradicts the circular, in the order of the form."""
    case = _Case(bench=bench, policy=policy, summary=summary)
    for of in (_exemptions, _subjects, _tests, _traits):
        yield from of(case)
    if summary.unassessed:  # Đ8: no level of this year is assessed
        return
    for of in (_overall, _completion, _completion_text, _titles):
        yield from of(case)


def _exemptions(case: _Case) -> Iterator[Finding]:
    """TH-7: who is not assessed, or exempt from a subject, has no levels there."""
    if case.summary.unassessed and case.summary.overall:
        yield case.bench.finding(Rule.TH_7, "summary.overall", case.summary.overall, None)
    for row in case.bench.rows:
        if row.exempt and row.year is not None:
            yield case.bench.finding(Rule.TH_7, "result.level", row.year, None, subject=row.name)
        if row.exempt and row.test is not None:
            yield case.bench.finding(Rule.TH_7, "result.test", row.test, None, subject=row.name)


def _subjects(case: _Case) -> Iterator[Finding]:
    """TH-1: the level of a subject is T, H or C; of an exempt one too, the document can hold no other."""
    for row in case.bench.rows:
        if row.year is not None and row.year not in TH_SUBJECT_LEVELS:
            expected = ", ".join(TH_SUBJECT_LEVELS)
            yield case.bench.finding(Rule.TH_1, "result.level", row.year, expected, subject=row.name)


def _tests(case: _Case) -> Iterator[Finding]:
    """TH-2: the mark of a periodic test is whole, 0-10, and stands only where there is a test."""
    for row in case.bench.rows:
        if row.test is None:
            continue
        if not case.bench.form[row.subject].test:
            yield case.bench.finding(Rule.TH_2, "result.test", row.test, None, subject=row.name)
        elif not is_test_mark(row.test):
            yield case.bench.finding(Rule.TH_2, "result.test", row.test, f"0–{TOP}", subject=row.name)


def _traits(case: _Case) -> Iterator[Finding]:
    """TH-3: the level of a quality or ability is T, Đ or C."""
    known = traits(case.bench.record.grade, case.bench.record.year)
    expected = ", ".join(TH_TRAIT_LEVELS)
    for field, given in (("qualities", case.summary.qualities), ("abilities", case.summary.abilities)):
        for code, level in given.items():
            trait = known.get(code)
            if trait is None or (trait.group is TraitGroup.QUALITY) != (field == "qualities"):
                yield case.bench.finding(Rule.TH_3, f"summary.{field}", level, None, subject=code)
            elif level and level not in TH_TRAIT_LEVELS:
                yield case.bench.finding(Rule.TH_3, f"summary.{field}", level, expected, subject=trait.name)


def _overall(case: _Case) -> Iterator[Finding]:
    """TH-4: the overall result follows from subjects, qualities, abilities and tests."""
    supplied = case.summary.overall
    expected = _followed(case, case.policy)
    if supplied not in TH_OVERALL or expected in (None, supplied):
        return
    others = {_followed(case, other) for other in case.bench.readings(case.policy)}
    yield case.bench.finding(
        Rule.TH_4,
        "summary.overall",
        supplied,
        expected,
        severity=Severity.WARNING if supplied in others else None,
        unverified=not others <= {expected},
    )


def _followed(case: _Case, policy: Tt27Policy) -> str | None:
    """The overall result; nothing while something that it follows from is missing or of no kind."""
    rows = case.bench.counting(optional=policy.optional_counts)
    levels = [row.year for row in rows if row.year in TH_SUBJECT_LEVELS]
    marked = [row for row in rows if case.bench.form[row.subject].test]
    tests = [row.test for row in marked if row.test is not None and is_test_mark(row.test)]
    found = _trait_levels(case)
    if not case.bench.whole or found is None or len(levels) < len(rows) or len(tests) < len(marked):
        return None
    return tt27.overall(policy, [str(level) for level in levels], found, tests)


def _trait_levels(case: _Case) -> list[str] | None:
    """The levels of all qualities and abilities; nothing while one is missing."""
    grade = case.bench.record.grade
    given = {**case.summary.qualities, **case.summary.abilities}
    found = []
    for trait in traits(grade, case.bench.record.year).values():
        level = given.get(trait.code)
        if level in TH_TRAIT_LEVELS:
            found.append(level)
        elif level or grade not in trait.optional:
            return None
    return found


def _completion(case: _Case) -> Iterator[Finding]:
    """TH-6: who reaches HT completes the grade, moves up, and in grade 5 completes primary school.

    Whether somebody moves up who has not completed the grade is the principal's decision: a reason.
    """
    summary = case.summary
    completed = summary.completed_grade
    if summary.overall in TH_OVERALL and completed is not None:
        expected = tt27.completes(summary.overall)
        if completed != expected:
            yield case.bench.finding(Rule.TH_6, "summary.completed_grade", completed, expected)
    if completed is None:
        return
    if summary.promoted not in (None, completed):
        yield case.bench.finding(Rule.TH_6, "summary.promoted", summary.promoted, completed)
    last = case.bench.record.grade == last_grade(Level.TH)
    if last and summary.completed_level not in (None, completed):
        yield case.bench.finding(Rule.TH_6, "summary.completed_level", summary.completed_level, completed)


def _completion_text(case: _Case) -> Iterator[Finding]:
    """TH-6: item 6 of the form says in words what the marks beside it say."""
    summary, text = case.summary, tidy(case.summary.completion).casefold()
    marks = ((_COMPLETED, summary.completed_grade), (_PROMOTED, summary.promoted))
    for pattern, marked in marks:
        found = pattern.search(text)
        if found and marked is not None and marked == bool(found[1]):
            words = found[0].removeprefix(found[1] or "")
            expected = (words if marked else f"chưa {words}").capitalize()
            yield case.bench.finding(
                Rule.TH_6, "summary.completion", summary.completion, expected, severity=Severity.WARNING
            )


def _titles(case: _Case) -> Iterator[Finding]:
    """TH-5: a title follows from the overall result; that of HTXS is given, the other the class grants."""
    policy, summary = case.policy, case.summary
    follows = tt27.title(policy, summary.overall)
    titles = (policy.excellent_title, policy.outstanding_title)
    found = contradictions(summary.awards, titles, (follows,) if follows else ())
    for supplied, expected in found:
        if supplied or expected == policy.excellent_title:
            yield case.bench.finding(Rule.TH_5, "summary.awards", supplied, expected)
