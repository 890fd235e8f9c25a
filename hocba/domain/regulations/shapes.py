"""The shapes of the tables: what a circular, a form or a code list says, as frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hocba.domain.record import Kind
from hocba.domain.regulations.policies import Policy
from hocba.domain.regulations.rules import Article, PolicyValue, Rule
from hocba.domain.values import Level, SchoolYear


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where a table comes from and when it holds.

    :ivar id: its name; a table of the same kind and name replaces it.
    :ivar source: the circular, decision or form.
    :ivar unverified: nobody has compared it with the original yet.
    :ivar note: what exactly is not verified.
    :ivar since: grade -> the first school year in which it holds there.
    :ivar until: the last school year, when it has ended.
    """

    id: str
    source: str
    unverified: bool = False
    note: str = ""
    since: Mapping[int, SchoolYear]
    until: SchoolYear | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One row of the form.

    :ivar code: our stable code; portals map it to theirs.
    :ivar kind: how it is assessed (TT 22/2021 Đ5.3); in primary schools ``SCORE`` where it has a test.
    :ivar test: primary schools: the year has a mark of the periodic test (TT 27/2020 Đ7.1b).
    :ivar optional: a transcript without the row is complete.
    :ivar elective: one of those of which ``electives`` says how many a pupil takes; always optional.
    """

    code: str
    name: str
    kind: Kind
    test: bool = False
    optional: bool = False
    elective: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """The rows of some grades' form, in its order.

    :ivar rows: code -> row.
    :ivar electives: how many of the elective ones each pupil takes.
    """

    about: About
    rows: Mapping[str, Subject]
    electives: int = 0


class TraitGroup(StrEnum):
    """What primary schools assess besides subjects (TT 27/2020, appendix 1)."""

    QUALITY = "quality"  # phẩm chất chủ yếu
    GENERAL = "general"  # năng lực cốt lõi: chung
    SPECIFIC = "specific"  # năng lực cốt lõi: đặc thù


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One quality or ability.

    :ivar optional: the grades whose transcripts are complete without it.
    """

    code: str
    name: str
    group: TraitGroup
    optional: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """The qualities and abilities of some grades' form, in its order; code -> trait."""

    about: About
    rows: Mapping[str, Trait]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """How a circular assesses some grades.

    :ivar circular: as users read it: ``TT 22/2021/TT-BGDĐT``.
    :ivar articles: where each rule stands.
    :ivar policy: the numbers of the rules; ``None`` for a circular whose rules are not known here.
    :ivar values: the same numbers, each with its article.
    """

    about: About
    circular: str
    articles: Mapping[Rule, Article]
    policy: Policy | None
    values: Mapping[str, PolicyValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a code list.

    :ivar ours: what it is called in our code, where that differs.
    :ivar since: the first day on which it holds.
    :ivar until: the last one.
    """

    code: str
    name: str
    ours: str = ""
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on ``day``."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A list of codes and names, in its own order."""

    about: About
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day that comes back every year."""

    month: int
    day: int

    def within(self, year: int) -> date:
        """That day in a calendar year."""
        return date(year, self.month, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Until which day a school year's transcripts are due, in the calendar year in which it ends.

    :ivar since: the first school year for which it holds.
    :ivar every: for everybody's.
    :ivar reassessed: for those of pupils who are assessed again in the summer.
    """

    about: About
    since: SchoolYear
    every: MonthDay
    reassessed: MonthDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """What a portal calls our subjects; level -> our code -> its code."""

    about: About
    subjects: Mapping[Level, Mapping[str, str]]
