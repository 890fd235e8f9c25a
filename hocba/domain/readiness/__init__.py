"""What is missing before a transcript can be made (D1, D2): *Thông tin cần bổ sung*.

Checked is what would make the document invalid or its signing impossible: who the pupil is, who signs,
whether every row of the form has its results and each is of its kind, the year's summary, the print
configuration.  Besides, what contradicts the pupil's circular (``hocba.domain.assessment``): an error, unless
a reason stands against the rule: then it is a warning that shows the reason to whoever makes the transcript.
Nothing is computed here and nothing is mended.

The answer is a list, in the order of the form; empty means ready.  Warnings are for a person to look at and
never keep a transcript from being made.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from hocba.domain.assessment import Finding, assess
from hocba.domain.curriculum import GRADES
from hocba.domain.readiness import cover, results, staff, summary, texts
from hocba.domain.readiness.gaps import Gap, Missing, Place, gap, warning
from hocba.domain.record import TranscriptRecord
from hocba.domain.regulations.rules import FIXED, SCOPES, Rule, Severity

__all__ = ["Gap", "Missing", "Place", "Readiness", "Severity", "missing", "review"]

_CHECKS = (
    cover.school,
    cover.class_,
    cover.printing,
    cover.student,
    results.rows,
    staff.teachers,
    staff.signers,
    summary.summary,
)
_VALUES = {Rule.TH_1: Gap.MARK_LEVEL, Rule.TH_2: Gap.TEST_RANGE, Rule.TH_3: Gap.LEVEL_DOMAIN}
"""The rules about what a value can be, as gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What was found about one record.

    :ivar missing: keeps it from becoming a transcript.
    :ivar warnings: does not.
    """

    missing: tuple[Missing, ...] = ()
    warnings: tuple[Missing, ...] = ()


def missing(record: TranscriptRecord, *, confirmed: bool = True) -> list[Missing]:
    """What keeps ``record`` from becoming a transcript; empty when nothing does.

    :param confirmed: whether the class's year end is confirmed (B5).
    """
    return list(review(record, confirmed=confirmed).missing)


def review(
    record: TranscriptRecord,
    *,
    confirmed: bool = True,
    shared_ids: Collection[str] = (),
    has_issuer: bool = True,
) -> Readiness:
    """What keeps ``record`` from becoming a transcript, and what a person should look at besides.

    :param confirmed: as in ``missing``.
    :param shared_ids: personal ids that several pupils of the school and year have, when that is known.
    :param has_issuer: whether somebody may issue, when that is known; he is needed at the last step only.
    """
    if record.grade not in GRADES[record.school.level]:
        return Readiness(missing=(gap(Gap.EMPTY, "class.grade", Place.CLASS),))
    found = list(_found(record, shared_ids))
    if not confirmed:
        found.insert(0, gap(Gap.NOT_CONFIRMED, "class.confirmed", Place.CLASS))
    if not has_issuer:
        found.append(warning(Gap.NO_ISSUER, "school.issuer", Place.STAFF))
    return Readiness(
        missing=tuple(each for each in found if each.severity is Severity.ERROR),
        warnings=tuple(each for each in found if each.severity is Severity.WARNING),
    )


def _found(record: TranscriptRecord, shared_ids: Collection[str]) -> Iterator[Missing]:
    for check in _CHECKS:
        yield from check(record)
    yield from map(_of, assess(record))
    yield from cover.doubts(record, shared_ids)
    yield from texts.texts(record)


def _of(finding: Finding) -> Missing:
    """A finding as one thing to mend."""
    return Missing(
        code=_code(finding),
        field=finding.field,
        where=Place.RESULTS if finding.field.startswith("result.") else Place.SUMMARY,
        sentence_facts={
            "rule": finding.rule,
            "article": finding.article,
            "subject": finding.subject,
            "found": finding.supplied,
            "expected": finding.expected,
            "unverified": finding.unverified,
        }
        | ({"reason": finding.overridden} if finding.overridden else {}),
        severity=Severity.WARNING if finding.overridden else finding.severity,
    )


def _code(finding: Finding) -> Gap:
    if finding.overridden:
        return Gap.ACCEPTED
    if finding.rule in SCOPES:
        return Gap.RULES_UNKNOWN
    if finding.rule in FIXED:
        return Gap.NOT_APPLICABLE if finding.expected is None else _VALUES[finding.rule]
    return Gap.RULE
