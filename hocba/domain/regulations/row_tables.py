"""Readers of the tables that are lists of rows: curricula, qualities, codes, portals; and of deadlines."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from hocba.domain.record import Kind
from hocba.domain.regulations.about import ABOUT, by_grade, school_year, undated
from hocba.domain.regulations.letters import LISTS
from hocba.domain.regulations.nodes import Node
from hocba.domain.regulations.shapes import (
    CodeList,
    Curriculum,
    Deadline,
    Entry,
    MonthDay,
    Portal,
    Subject,
    Trait,
    TraitGroup,
    Traits,
)
from hocba.domain.values import GRADES, Level

C = TypeVar("C", Entry, Subject, Trait)

_PRIMARY = {"test": Kind.SCORE, "level": Kind.COMMENT}
_SECONDARY = {"score": Kind.SCORE, "comment": Kind.COMMENT}


def curriculum(node: Node) -> Curriculum:
    """``[[curriculum]]``: the rows of the form."""
    node.only(*ABOUT, "electives", "rows")
    about = by_grade(node)
    primary = {grade in GRADES[Level.TH] for grade in about.since}
    if len(primary) > 1:
        node.fail("since: primary and secondary grades have different forms")
    assessed = _PRIMARY if True in primary else _SECONDARY
    table = Curriculum(
        about=about,
        rows=_by_code(node, (_subject(row, assessed) for row in node.rows("rows"))),
        electives=node.get("electives", int, default=0),
    )
    if not 0 <= table.electives <= sum(row.elective for row in table.rows.values()):
        node.fail("electives: there are not so many elective rows")
    return table


def traits(node: Node) -> Traits:
    """``[[traits]]``: qualities and abilities."""
    node.only(*ABOUT, "rows")
    return Traits(about=by_grade(node), rows=_by_code(node, map(_trait, node.rows("rows"))))


def code_list(node: Node) -> CodeList:
    """``[[list]]``: codes and names."""
    node.only("id", "source", "unverified", "note", "since", "entries")
    since = _day(node, "since")
    entries = _by_code(node, (_entry(row, since) for row in node.rows("entries")))
    table = CodeList(about=undated(node), entries=tuple(entries.values()))
    letters = LISTS.get(table.about.id)
    if letters and tuple(entries) != letters:
        node.fail(f"entries: the codes must be {', '.join(letters)}")
    return table


def portal(node: Node) -> Portal:
    """``[[portal]]``: our codes -> a portal's."""
    node.only("id", "source", "unverified", "note", "subjects")
    levels = node.table("subjects")
    levels.only(*Level)
    named = {Level(name): levels.table(name) for name in levels.facts}
    return Portal(
        about=undated(node),
        subjects={level: {code: of.text(code) for code in of.facts} for level, of in named.items()},
    )


def deadline(node: Node) -> Deadline:
    """``[[deadline]]``: until which day a school year's transcripts are due."""
    node.only("id", "source", "unverified", "note", "since", "every", "reassessed")
    return Deadline(
        about=undated(node),
        since=school_year(node, "since"),
        every=_month_day(node, "every"),
        reassessed=_month_day(node, "reassessed"),
    )


def _month_day(node: Node, name: str) -> MonthDay:
    """``MM-DD``, of any year: not 29 February."""
    given = node.text(name)
    try:
        found = date.fromisoformat(f"2001-{given}")
    except ValueError:
        node.fail(f"{name}: is no day, such as 06-30")
    return MonthDay(found.month, found.day)


def _subject(node: Node, assessed: Mapping[str, Kind]) -> Subject:
    node.only("code", "name", "assessed", "optional", "elective")
    elective = node.get("elective", bool, default=False)
    return Subject(
        code=node.text("code"),
        name=node.text("name"),
        kind=node.choice("assessed", assessed),
        test=node.text("assessed") == "test",
        optional=elective or node.get("optional", bool, default=False),
        elective=elective,
    )


def _trait(node: Node) -> Trait:
    node.only("code", "name", "group", "optional")
    grades = node.get("optional", list, default=[])
    if not all(type(grade) is int for grade in grades):
        node.fail("optional: must be a list of grades")
    return Trait(
        code=node.text("code"),
        name=node.text("name"),
        group=node.choice("group", {group.value: group for group in TraitGroup}),
        optional=frozenset(grades),
    )


def _entry(node: Node, since: date | None) -> Entry:
    node.only("code", "name", "ours", "since", "until")
    return Entry(
        code=node.text("code"),
        name=node.text("name"),
        ours=node.text("ours", ""),
        since=_day(node, "since") or since,
        until=_day(node, "until"),
    )


def _by_code(node: Node, rows: Iterable[C]) -> Mapping[str, C]:
    found: dict[str, C] = {}
    for row in rows:
        if row.code in found:
            node.fail(f"{row.code}: stands there twice")
        found[row.code] = row
    return found


def _day(node: Node, name: str) -> date | None:
    return node.get(name, date) if name in node.facts else None
