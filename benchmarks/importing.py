"""A school's workbook imported into a new database, in step with its size.

The measuring is ``benchmarks.import_school``, a process for each size.  Seconds by the clock: another
process reads the workbook.
"""

from collections.abc import Iterator

from benchmarks import import_school
from benchmarks.report import Goal, Line

MEASURE = "import: a school's workbook with all results"
_SMALL, _LARGE = 500, 5_000


def lines() -> Iterator[Line]:
    """The lines of this group."""
    small, large = import_school.run(_SMALL), import_school.run(_LARGE)
    yield Line(measure=MEASURE, who=f"hocba: {_SMALL:,} pupils", value=small["new"], unit="s")
    yield Line(
        measure=MEASURE,
        who=f"hocba: {_LARGE:,} pupils",
        value=large["new"],
        unit="s",
        goal=Goal("≤", import_school.SECONDS),
    )
    yield Line(
        measure=MEASURE,
        who="hocba: a pupil among more of them",
        value=large["new"] / _LARGE * 1000,
        ratio=large["new"] / _LARGE / (small["new"] / _SMALL),
        of="as long as among few",
        goal=Goal("≤", 1.05),
    )
    yield Line(
        measure=MEASURE, who=f"hocba: the same {_LARGE:,} once more", value=large["unchanged"], unit="s"
    )
    yield Line(
        measure=MEASURE,
        who=f"hocba: memory for {_LARGE:,} pupils",
        value=large["own"],
        unit="MB",
        goal=Goal("≤", import_school.MEGABYTES),
    )
