"""Which sheets the workbook of a school has: those that every school has, and those of its levels.

Results stand on long sheets, a row for each pupil and subject: comments need room, subjects differ
between grades, and a row can be pointed at when it is wrong.  Secondary levels and primary ones assess
by other circulars and have sheets of their own; in a school of several levels the pupil's grade says
on which one his rows belong.
"""

from collections.abc import Collection, Iterator, Mapping

from hocba.documents.workbooks import assessed, primary_sheets, secondary_sheets, shared_sheets
from hocba.documents.workbooks.columns import Column, Table
from hocba.documents.workbooks.lists import ethnic_groups
from hocba.documents.workbooks.problems import SheetKey
from hocba.domain import regulations
from hocba.domain.curriculum import GRADES, Trait, ever_taught
from hocba.domain.regulations import Regulations
from hocba.domain.values import Level

ALL_LEVELS = tuple(Level)
SECONDARY = frozenset({Level.THCS, Level.THPT})
"""The levels that TT 22/2021 assesses; TT 27/2020 the others."""

Tables = Mapping[SheetKey, Table]

_made: dict[frozenset[Level], tuple[Regulations, Tables]] = {}


def tables(levels: Collection[Level]) -> Tables:
    """The sheets of a school with these levels, in the order of the template.

    They are made once for the regulations in force.
    """
    key, now = frozenset(levels), regulations.current()
    made_for, made = _made.get(key, (None, {}))
    if made_for is not now:
        made = {table.key: table for table in _tables(key)}
        _made[key] = (now, made)
    return made


def column_of(sheet: SheetKey, field_: str) -> Column:
    """The column of any school's sheet.

    :raises KeyError: when the sheet has no such field.
    """
    return tables(ALL_LEVELS)[sheet].column(field_)


def column_at(sheet: SheetKey, header: str) -> Column:
    """The column of any school's sheet below a header.

    :raises StopIteration: when the sheet has no such header.
    """
    return next(column for column in tables(ALL_LEVELS)[sheet].columns if column.header == header)


def _tables(levels: frozenset[Level]) -> Iterator[Table]:
    yield shared_sheets.students(ethnic_groups())
    yield shared_sheets.CLASSES
    yield shared_sheets.STAFF
    yield shared_sheets.assignments(assessed.subject(_subjects(levels)))
    if levels & SECONDARY:
        yield secondary_sheets.results(assessed.subject(_subjects(levels & SECONDARY)))
        yield secondary_sheets.summaries()
    if primary := levels - SECONDARY:
        yield primary_sheets.results(assessed.subject(_subjects(primary)))
        yield primary_sheets.summaries(_traits(primary))
    yield shared_sheets.EARLIER_YEARS
    yield shared_sheets.overrides(_rules(levels))
    yield shared_sheets.printing(primary=bool(primary))


def _subjects(levels: frozenset[Level]) -> Iterator[tuple[str, str]]:
    """Code and name of every subject of these levels in any year."""
    for level in ALL_LEVELS:
        if level in levels:
            yield from ((code, subject.name) for code, subject in ever_taught(level).items())


def _traits(levels: frozenset[Level]) -> tuple[Trait, ...]:
    """The qualities and abilities of these levels in any year; the newest table wins."""
    found: dict[str, Trait] = {}
    for level in levels:
        for grade in GRADES[level]:
            for table in reversed(regulations.current().traits.get(grade, ())):
                found |= table.rows
    return tuple(found.values())


def _rules(levels: frozenset[Level]) -> tuple[str, ...]:
    """The rules of every circular that assesses a grade of these levels."""
    found = {
        rule.value
        for level in levels
        for grade in GRADES[level]
        for rule_set in regulations.current().rule_sets.get(grade, ())
        for rule in rule_set.articles
    }
    return tuple(sorted(found, key=lambda rule: (rule[:3], int(rule[3:]))))
