"""Until when the transcripts of a school year are with the department: data, by school year.

A certificate that is to sign a year's transcripts must hold as long.
"""

from datetime import datetime, time

from hocba.domain import regulations
from hocba.domain.regulations.shapes import MonthDay
from hocba.domain.values import VIETNAM, SchoolYear


def submission(year: SchoolYear) -> datetime | None:
    """The last moment of the day on which everybody's transcripts of ``year`` are due.

    :returns: ``None`` when no regulation says it.
    """
    found = regulations.deadline(year)
    return None if found is None else _end(found.every, year)


def holds_through(not_after: datetime, year: SchoolYear) -> bool:
    """Whether a certificate that ends at ``not_after`` can sign until the transcripts of ``year`` are due."""
    due = submission(year)
    return due is None or due <= not_after


def _end(day: MonthDay, year: SchoolYear) -> datetime:
    return datetime.combine(day.within(int(year[5:])), time(23, 59, 59), VIETNAM)
