"""What checking a record against a circular says, and the bench that says it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar, cast

from hocba.domain.record import SubjectResult, TranscriptRecord
from hocba.domain.regulations.policies import Policy
from hocba.domain.regulations.rules import FIXED, Rule, Severity
from hocba.domain.regulations.shapes import RuleSet, Subject

P = TypeVar("P", bound=Policy)

Value = str | Decimal | int | bool | None
"""What stands in a field, or what should: a mark, a letter, a number, yes or no, nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place where what was supplied is not what follows.

    :ivar field: the field, such as ``summary.learning.year``.
    :ivar expected: what follows by the rule from the other values that were supplied.
    :ivar article: circular and article: ``TT 22/2021/TT-BGDĐT Đ9.2``.
    :ivar subject: the name of the subject, quality or ability, when it is about one.
    :ivar unverified: the rule, or the reading of it that this rests on, was not compared with the original.
    :ivar overridden: the reason that stands against the rule; empty when none does.
    """

    rule: Rule
    severity: Severity
    field: str
    supplied: Value
    expected: Value
    article: str
    subject: str = ""
    unverified: bool = False
    overridden: str = ""

    @property
    def blocks(self) -> bool:
        """Whether no transcript is made until it is mended or a reason is given."""
        return self.severity is Severity.ERROR and not self.overridden


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A record, the form of its grade, and the rule set that it is judged by.

    :ivar rows: the rows of the record that the form has.
    :ivar counted: those that count: not exempt.
    :ivar whole: no row that the form demands is missing.
    """

    record: TranscriptRecord
    rules: RuleSet
    form: Mapping[str, Subject]
    rows: Sequence[SubjectResult]
    counted: Sequence[SubjectResult]
    whole: bool

    @classmethod
    def of(cls, record: TranscriptRecord, rules: RuleSet, form: Mapping[str, Subject]) -> "Bench":
        """Lay the record beside its form."""
        rows = [row for row in record.results if row.subject in form]
        there = {row.subject for row in rows}
        return cls(
            record=record,
            rules=rules,
            form=form,
            rows=rows,
            counted=[row for row in rows if not row.exempt],
            whole=all(subject.optional or code in there for code, subject in form.items()),
        )

    def counting(self, *, optional: bool) -> list[SubjectResult]:
        """The rows that count among all subjects; electives do, optional ones where ``optional`` says so."""
        form = self.form
        return [
            row
            for row in self.counted
            if optional or form[row.subject].elective or not form[row.subject].optional
        ]

    def readings(self, policy: P) -> Iterator[P]:
        """``policy`` as it would be if one point that is not verified were to be read the other way."""
        for name, said in self.rules.values.items():
            if said.unverified and isinstance(said.value, bool):
                yield replace(cast("Any", policy), **{name: not said.value})

    def finding(
        self,
        rule: Rule,
        field: str,
        supplied: Value,
        expected: Value,
        *,
        subject: str = "",
        severity: Severity | None = None,
        unverified: bool = False,
    ) -> Finding:
        """A contradiction, with its article and the reason that stands against it.

        :param severity: instead of the one that the rule set gives the rule.
        """
        stands = self.rules.articles[rule]
        return Finding(
            rule=rule,
            severity=severity or stands.severity,
            field=field,
            supplied=supplied,
            expected=expected,
            article=f"{self.rules.circular} {stands.article}",
            subject=subject,
            unverified=unverified or stands.unverified,
            overridden="" if rule in FIXED else self.record.overrides.get(rule, "").strip(),
        )
