"""Which rows of its form a class of the invented school has: what it is taught.

Lower secondary classes are taught everything.  In grades 1 and 2 every second class learns a foreign language
early; nobody is taught an ethnic language.  An upper secondary class chose four subjects, one of the offers
below; every second one is offered a second foreign language, which about half of its pupils take.
"""

from dataclasses import dataclass
from random import Random

from hocba.domain.curriculum import GRADES, Subject, Trait, last_grade, level_of, subjects, traits
from hocba.domain.values import Level, SchoolYear

_OFFERS = (
    ("VATLI", "HOAHOC", "SINHHOC", "TIN"),
    ("DIALI", "GDKTPL", "TIN", "CN"),
    ("VATLI", "HOAHOC", "TIN", "CN"),
    ("DIALI", "GDKTPL", "AMNHAC", "MITHUAT"),
)
"""Four electives each."""

_OPTIONAL = {Level.TH: ("NN1",), Level.THCS: ("NN2",), Level.THPT: ("NN2",)}
"""The optional rows that the school teaches at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A class before it has people.

    :ivar subjects: the rows that its pupils may have.
    :ivar traits: the qualities and abilities that are assessed.
    """

    name: str
    grade: int
    level: Level
    subjects: tuple[Subject, ...]
    traits: tuple[Trait, ...]

    @property
    def is_last(self) -> bool:
        """Whether its pupils complete the level."""
        return self.grade == last_grade(self.level)

    def taken(self, chance: Random) -> tuple[Subject, ...]:
        """The rows of one pupil: at upper secondary level each decides about optional subjects himself."""
        return tuple(
            subject
            for subject in self.subjects
            if self.level is not Level.THPT
            or not subject.optional
            or subject.elective
            or chance.random() < 1 / 2
        )


def programmes(levels: tuple[Level, ...], classes: int, year: SchoolYear) -> tuple[Programme, ...]:
    """The classes of a school, ascending: 1A1, …, 12A3.

    :param classes: spread over the levels by how many grades they have, then over each level's grades.
    """
    found: list[Programme] = []
    for level, share in _shares(levels, classes).items():
        found += (
            Programme(
                name=f"{grade}A{number}",
                grade=grade,
                level=level,
                subjects=_subjects(level, grade, index, year),
                traits=tuple(each for each in traits(grade, year).values() if grade not in each.optional),
            )
            for index, (grade, number) in enumerate(_grades(level, share))
        )
    return tuple(found)


def _shares(levels: tuple[Level, ...], classes: int) -> dict[Level, int]:
    """How many classes each level has; all of them some, from three classes on."""
    every = [grade for level in levels for grade in GRADES[level]]
    shares = dict.fromkeys(levels, 0)
    for index in range(classes):
        shares[level_of(every[(2 * index + 1) * len(every) // (2 * classes)])] += 1
    return shares


def _grades(level: Level, classes: int) -> list[tuple[int, int]]:
    """Grade and number of each class, the grades filled evenly."""
    share, rest = divmod(classes, len(GRADES[level]))
    return [
        (grade, number)
        for index, grade in enumerate(GRADES[level])
        for number in range(1, share + (index < rest) + 1)
    ]


def _subjects(level: Level, grade: int, index: int, year: SchoolYear) -> tuple[Subject, ...]:
    is_every_second = index % 2 == 0
    offer = _OFFERS[index % len(_OFFERS)]
    return tuple(
        subject
        for subject in subjects(level, grade, year)
        if (subject.code in offer if subject.elective else not subject.optional)
        or (subject.code in _OPTIONAL[level] and (level is Level.THCS or is_every_second))
    )
