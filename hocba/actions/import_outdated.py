"""Live transcripts that keep what rows changed: a name of the staff, who signs for a class, what is printed.

A pupil's own rows are left out while he has a live transcript; these rows are taken, because others need
them, and the transcripts that were made keep what they say.  Each row that changes such a thing is named
with how many they are, and the report names them all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from hocba.actions.import_rows import Merge
from hocba.documents.workbooks import Problem, ProblemCode
from hocba.domain.values import GRADES, Level, StudentId
from hocba.store import school

_OF_STAFF = frozenset({"full_name", "personal_id", "title"})
"""What a transcript says of whoever signs it."""

_OF_CLASS = frozenset({"homeroom_id", "leader_id", "homeroom_basis", "leader_basis"})
_OF_YEAR = frozenset({"place", "written_on"})
_SHOWN = 5
"""Classes that a sentence names."""


async def find(work: Merge) -> list[Problem]:
    """A warning for each row; whose transcripts they are is remembered in ``work.outdated``."""
    if not work.data.live or not work.touched:
        return []
    people = {
        of[1] for (_, _, of), columns in work.touched.items() if of[0] == "person" and columns & _OF_STAFF
    }
    signed = await school.signed_by(work.data.id, work.data.year, people) if people else {}
    pupils = {live.id: pupil for pupil, live in work.data.live.items()}
    signs = {person: {pupils[id_] for id_ in ids if id_ in pupils} for person, ids in signed.items()}
    return list(_warnings(work, signs))


def _warnings(work: Merge, signs: Mapping[UUID, set[StudentId]]) -> Iterator[Problem]:
    names = {row["id"]: name for name, row in work.data.classes.rows.items()}
    for (sheet, row, of), columns in work.touched.items():
        keeping = set(_keeping(work, of, columns, signs))
        if keeping:
            work.outdated.update(keeping)
            count = Counter(names.get(work.data.live[pupil].class_id, "?") for pupil in keeping)
            facts = {"count": len(keeping), "classes": _listed(count)}
            code = ProblemCode.TRANSCRIPTS_KEEP
            yield Problem(sheet=sheet, row=row, code=code, facts=facts)


def _keeping(
    work: Merge, of: tuple[str, UUID], columns: frozenset[str], signs: Mapping[UUID, set[StudentId]]
) -> Iterable[StudentId]:
    """The pupils whose live transcripts say what a row changes."""
    live, (aggregate, id_) = work.data.live, of
    match aggregate:
        case "person" if columns & _OF_STAFF:
            return signs.get(id_, ())
        case "class" if columns & _OF_CLASS or any(each.startswith("assignment.") for each in columns):
            return [pupil for pupil, each in live.items() if each.class_id == id_]
        case "print_configuration" if columns & _OF_YEAR:
            return live
        case "print_configuration":
            rows = work.data.classes.rows.values()
            primary = {row["id"] for row in rows if row["grade"] in GRADES[Level.TH]}
            return [pupil for pupil, each in live.items() if each.class_id in primary]
    return ()


def _listed(count: Mapping[str, int]) -> str:
    """``6A1: 40, 6A2: 39, …``."""
    shown = [f"{name}: {count[name]}" for name in sorted(count)]
    return ", ".join(shown[:_SHOWN] + ["…"] * (len(shown) > _SHOWN))
