"""What a school was called, and where it stood, on a day: a past year keeps what was so then.

::

    former, by until:    A until 2023-07-01      B until 2026-01-01      now: C
    asked for a day:     ── A ──────────────────┤── B ──────────────────┤── C ──>
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from hocba.domain.values import SchoolYear
from hocba.store import ids
from hocba.store.models import FormerSchoolRow, SchoolRow
from hocba.store.record_rows import Row

PRINTED = ("name", "department_code", "department", "commune", "province")
"""What a transcript prints of its school, and a school may change."""

Former = Mapping[UUID, Sequence[Row]]
"""School -> what held before, oldest first."""


async def keep(school: SchoolRow, since: date) -> None:
    """Write down what held of ``school`` until ``since``, before it changes; the transaction is the caller's.

    What held from that day on is forgotten: it is what changes.
    """
    later = FormerSchoolRow.filter(school_id=school.id, until__gte=since)
    first = await later.order_by("until").first()
    if first is None:
        held = {name: getattr(school, name) for name in PRINTED}
        await FormerSchoolRow.create(id=ids.new(), school_id=school.id, until=since, **held)
        return
    await later.exclude(id=first.id).delete()
    await FormerSchoolRow.filter(id=first.id).update(until=since)


async def load(schools: Collection[UUID]) -> Former:
    """What held of these schools before.  One statement."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await FormerSchoolRow.filter(school_id__in=schools).order_by("until").values():
        found[row["school_id"]].append(row)
    return found


def on(day: date, school: Row, former: Former) -> Row:
    """``school`` as it was on ``day``."""
    then = next((row for row in former.get(school["id"], ()) if row["until"] > day), None)
    return {**school, **{name: then[name] for name in PRINTED}} if then else school


def day_of(year: SchoolYear, printing: Row | None) -> date:
    """The day that stands on a year's transcripts; where nobody has said, the end of the year, 31 May."""
    return printing["written_on"] if printing else date(int(year[5:]), 5, 31)
