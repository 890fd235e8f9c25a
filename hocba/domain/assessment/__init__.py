"""Whether what a school supplied follows from the circular that the pupil's cohort is assessed by.

::

    record ──grade, school year──> rule set (data) ──its rules──> findings
             TH-scope, TR-12                                      ERROR     keeps a transcript from being made
                                                                  WARNING   a person should look
                                                                  overridden: a reason stands against it

Nothing is ever recomputed silently: a value that does not follow stays as it was supplied, and is named with
the rule, its article, what was supplied and what follows.  The rules as sentences are in
``hocba.domain.assessment.tt22`` and ``.tt27``; where they stand and their numbers are data
(``hocba.domain.regulations``), and so is what nobody has compared with the original yet.
"""

from hocba.domain import regulations
from hocba.domain.assessment import primary, secondary
from hocba.domain.assessment.findings import Bench, Finding
from hocba.domain.curriculum import GRADES, form
from hocba.domain.record import PrimarySummary, Summary, TranscriptRecord
from hocba.domain.regulations.policies import Tt22Policy, Tt27Policy
from hocba.domain.regulations.rules import Rule, Severity
from hocba.domain.regulations.shapes import RuleSet
from hocba.domain.values import Level, SchoolYear

__all__ = ["Finding", "Rule", "Severity", "assess", "rule_set"]

_SCOPES = {
    True: (Rule.TH_SCOPE, "TT 27/2020/TT-BGDĐT Đ2"),
    False: (Rule.TR_12, "TT 22/2021/TT-BGDĐT Đ21.1"),
}


def rule_set(grade: int, year: SchoolYear) -> RuleSet | None:
    """The rule set of a grade in a school year; nothing when nobody has said one."""
    return regulations.newest(regulations.current().rule_sets, grade, year)


def assess(record: TranscriptRecord) -> list[Finding]:
    """Where ``record`` contradicts its circular, in the order of the form."""
    rules = rule_set(record.grade, record.year)
    if rules is None or rules.policy is None:
        return [_unknown(record, rules)]
    bench = Bench.of(record, rules, form(record.school.level, record.grade, record.year))
    match rules.policy, record.summary:
        case Tt27Policy() as policy, PrimarySummary() as summary:
            return list(primary.check(bench, policy, summary))
        case Tt22Policy() as policy, Summary() as summary:
            return list(secondary.check(bench, policy, summary))
        case _:  # a summary of the other levels: readiness says that this level's own is missing
            return []


def _unknown(record: TranscriptRecord, rules: RuleSet | None) -> Finding:
    """No rules are known of this year: nothing could be checked."""
    rule, article = _SCOPES[record.grade in GRADES[Level.TH]]
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        field="year",
        supplied=record.year,
        expected=rules.circular if rules else None,
        article=article,
        overridden=record.overrides.get(rule, "").strip(),
    )
