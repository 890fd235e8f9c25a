"""What every table says about itself, read."""

from collections.abc import Mapping

from hocba.domain.regulations.nodes import Node
from hocba.domain.regulations.shapes import About
from hocba.domain.values import GRADES, SchoolYear, is_school_year

ABOUT = ("id", "source", "unverified", "note", "since", "until")
"""The names that say where a table comes from and when it holds."""

_GRADES = {str(grade): grade for grades in GRADES.values() for grade in grades}


def undated(node: Node) -> About:
    """Of a table that is not bound to school years."""
    unverified, note = doubt(node)
    return About(id=node.text("id"), source=node.text("source"), unverified=unverified, note=note, since={})


def by_grade(node: Node) -> About:
    """Of a table that holds in some grades, in each from a school year on."""
    since = node.table("since")
    since.only(*_GRADES)
    if not since.facts:
        since.fail("must name a grade")
    unverified, note = doubt(node)
    return About(
        id=node.text("id"),
        source=node.text("source"),
        unverified=unverified,
        note=note,
        since=_years(since),
        until=school_year(node, "until") if "until" in node.facts else None,
    )


def doubt(node: Node) -> tuple[bool, str]:
    """``unverified`` and ``note``: what is not verified must be said."""
    unverified, note = node.get("unverified", bool, default=False), node.text("note", "")
    if unverified and not note:
        node.fail("note: must say what is not verified")
    return unverified, note


def _years(node: Node) -> Mapping[int, SchoolYear]:
    return {_GRADES[grade]: school_year(node, grade) for grade in node.facts}


def school_year(node: Node, name: str) -> SchoolYear:
    """The school year under ``name``.  :raises RegulationError: when it is none."""
    found = node.text(name)
    return SchoolYear(found) if is_school_year(found) else node.fail(f"{name}: is no school year")
