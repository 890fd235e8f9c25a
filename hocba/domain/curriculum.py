"""What a transcript of a grade holds: the rows of the form, in the order of the form.

The curriculum is data with a version (``hocba.domain.regulations``): each table says from which school year
it holds, and the newest one that has begun is taken.  A later circular adds a table and changes no code.
"""

from collections.abc import Mapping

from hocba.domain import regulations
from hocba.domain.errors import Code, Refusal
from hocba.domain.regulations.shapes import Curriculum, Subject, Trait, TraitGroup
from hocba.domain.values import GRADES, Level, SchoolYear

__all__ = [
    "GRADES",
    "Subject",
    "Trait",
    "TraitGroup",
    "electives",
    "ever_taught",
    "form",
    "last_grade",
    "level_of",
    "subjects",
    "traits",
]


def level_of(grade: int) -> Level:
    """The level that a grade belongs to: a school may have several.

    :raises Refusal: INVALID_VALUE when there is no such grade.
    """
    for level, grades in GRADES.items():
        if grade in grades:
            return level
    raise Refusal(Code.INVALID_VALUE, field="grade", value=grade)


def last_grade(level: Level) -> int:
    """The grade whose transcripts say whether the level was completed (5, 9, 12)."""
    return GRADES[level][-1]


def subjects(level: Level, grade: int, year: SchoolYear) -> tuple[Subject, ...]:
    """The rows of a grade's form in a school year, in the form's order.

    :raises Refusal: INVALID_VALUE when the level has no such grade or no curriculum that year.
    """
    return tuple(_curriculum(level, grade, year).rows.values())


def form(level: Level, grade: int, year: SchoolYear) -> Mapping[str, Subject]:
    """The same rows by their codes; empty when there are none."""
    table = _found(level, grade, year)
    return table.rows if table else {}


def ever_taught(level: Level) -> Mapping[str, Subject]:
    """Every row that a grade of the level has had in any year, by its code; the newest wins."""
    found: dict[str, Subject] = {}
    for grade in GRADES[level]:
        for table in reversed(regulations.current().curricula.get(grade, ())):
            found |= table.rows
    return found


def electives(level: Level, grade: int, year: SchoolYear) -> int:
    """How many of the elective subjects each pupil takes (upper secondary: 4).

    :raises Refusal: as ``subjects``.
    """
    return _curriculum(level, grade, year).electives


def traits(grade: int, year: SchoolYear) -> Mapping[str, Trait]:
    """The qualities and abilities of a grade's form, in its order; empty where it has none."""
    table = regulations.newest(regulations.current().traits, grade, year)
    return table.rows if table else {}


def _curriculum(level: Level, grade: int, year: SchoolYear) -> Curriculum:
    table = _found(level, grade, year)
    if table is None:
        raise Refusal(Code.INVALID_VALUE, field="grade", value=grade)
    return table


def _found(level: Level, grade: int, year: SchoolYear) -> Curriculum | None:
    if grade not in GRADES[level]:
        return None
    return regulations.newest(regulations.current().curricula, grade, year)
