"""The regulations in force: what depends on a circular, a form or a school year, as data.

::

    packaged *.toml ──read──┐
                            ├── laid on top, by kind and id ──> Regulations, in force in this process
    the operator's *.toml ──┘

A new circular or school year is a new table and no new code: a table says from which school year it holds
in which grade, and the newest one that has begun is taken.  A file of the operator
(``HOCBA_REGULATIONS_DIR``) adds tables, or replaces one of the same kind and id; one that does not fit is a
``RegulationError`` at the start, and nothing of it is in force.

The domain is pure and reads no files but these: they are shipped inside the package like its code, never
change while it runs and are read once, so whoever calls cannot tell them from constants.  The operator's
files are read at the edge (``hocba.actions.building``) and come in as texts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeVar

from hocba.domain.regulations.nodes import RegulationError
from hocba.domain.regulations.reading import Tables, read
from hocba.domain.regulations.rules import Article, PolicyValue
from hocba.domain.regulations.shapes import CodeList, Curriculum, Deadline, Portal, RuleSet, Traits
from hocba.domain.values import SchoolYear

__all__ = ["RegulationError", "Regulations", "current", "deadline", "doubts", "install", "newest", "packaged"]

T = TypeVar("T", Curriculum, Traits, RuleSet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulations:
    """Every table in force.

    :ivar curricula: grade -> its tables, the newest first; ``traits`` and ``rule_sets`` likewise.
    :ivar lists: id -> code list; ``portals`` likewise.
    :ivar deadlines: until when transcripts are due, the newest first.
    """

    tables: Tables
    curricula: Mapping[int, tuple[Curriculum, ...]]
    traits: Mapping[int, tuple[Traits, ...]]
    rule_sets: Mapping[int, tuple[RuleSet, ...]]
    lists: Mapping[str, CodeList]
    portals: Mapping[str, Portal]
    deadlines: tuple[Deadline, ...]


def newest(tables: Mapping[int, tuple[T, ...]], grade: int, year: SchoolYear) -> T | None:
    """The table of ``grade`` that holds in ``year``: the last one that has begun, unless it has ended."""
    for table in tables.get(grade, ()):
        if table.about.since[grade] <= year:
            return table if table.about.until is None or year <= table.about.until else None
    return None


def deadline(year: SchoolYear) -> Deadline | None:
    """Until when the transcripts of ``year`` are due: the last one that has begun."""
    return next((each for each in current().deadlines if each.since <= year), None)


def current() -> Regulations:
    """What is in force in this process: what was installed, else what is packaged."""
    return _in_force[-1] if _in_force else packaged()


def install(files: Mapping[str, str]) -> Regulations:
    """Lay these files on top of the packaged ones, in the order of their names, and put that into force.

    :param files: name -> text; without any, the packaged regulations are in force again.
    :raises RegulationError: when one of them does not fit; then nothing changes.
    """
    laid = _assemble(_lay(files, packaged().tables)) if files else packaged()
    _in_force[:] = [laid]
    return laid


@cache
def packaged() -> Regulations:
    """The regulations that are shipped."""
    found = (each for each in resources.files(__name__).iterdir() if each.name.endswith(".toml"))
    return _assemble(_lay({each.name: each.read_text(encoding="utf-8") for each in found}, {}))


def doubts(regulations: Regulations) -> Iterator[tuple[str, str, str]]:
    """Everything that nobody has compared with the original: what, its source, what is not verified."""
    for (kind, id_), table in sorted(regulations.tables.items()):
        about = table.about
        if about.unverified:
            yield f"{kind} {id_}", about.source, about.note
        if isinstance(table, RuleSet):
            for name, said in _said(table):
                if said.unverified:
                    yield f"{kind} {id_}: {name}", f"{table.circular} {said.article}", said.note


_in_force: list[Regulations] = []


def _said(table: RuleSet) -> Iterator[tuple[str, Article | PolicyValue]]:
    yield from table.articles.items()
    yield from table.values.items()


def _lay(files: Mapping[str, str], below: Tables) -> Tables:
    tables = dict(below)
    for name in sorted(files):
        tables |= read(name, files[name])
    return tables


def _assemble(tables: Tables) -> Regulations:
    every = tables.values()
    return Regulations(
        tables=tables,
        curricula=_by_grade(each for each in every if isinstance(each, Curriculum)),
        traits=_by_grade(each for each in every if isinstance(each, Traits)),
        rule_sets=_by_grade(each for each in every if isinstance(each, RuleSet)),
        lists={each.about.id: each for each in every if isinstance(each, CodeList)},
        portals={each.about.id: each for each in every if isinstance(each, Portal)},
        deadlines=_deadlines(each for each in every if isinstance(each, Deadline)),
    )


def _deadlines(tables: Iterable[Deadline]) -> tuple[Deadline, ...]:
    found = sorted(tables, key=lambda each: each.since, reverse=True)
    if len({each.since for each in found}) < len(found):
        raise RegulationError("two deadlines begin in the same school year")
    return tuple(found)


def _by_grade(tables: Iterable[T]) -> Mapping[int, tuple[T, ...]]:
    found: dict[int, dict[SchoolYear, T]] = {}
    for table in tables:
        for grade, since in table.about.since.items():
            other = found.setdefault(grade, {}).setdefault(since, table)
            if other is not table:
                ids = f"{other.about.id} and {table.about.id}"
                raise RegulationError(f"{ids}: two tables of grade {grade} begin in {since}")
    return {grade: tuple(of[since] for since in sorted(of, reverse=True)) for grade, of in found.items()}
