"""School years and times as clients write them: refused here when they cannot be one."""

from datetime import MAXYEAR, datetime

from hocba.domain.values import SchoolYear, is_school_year
from hocba.schema.context import Info, asking_of
from hocba.schema.errors import BadUserInputError


def named_year(given: str | None) -> SchoolYear | None:
    """The school year that a client named, if it named one.

    :raises BadUserInputError: when it is none.
    """
    if given is not None and not is_school_year(given):
        raise BadUserInputError("a school year is written like 2025-2026")
    return None if given is None else SchoolYear(given)


def year_read(info: Info, given: str | None) -> SchoolYear:
    """The year to read: the one named, else the request's.

    :raises BadUserInputError: when what was named is none.
    """
    return named_year(given) or asking_of(info).year


def year_written(info: Info, given: str | None) -> SchoolYear:
    """The year to write to, as it was named.  A new school has none yet: there it must be.

    Whether it is one the action says, after whether one may write at all.
    """
    return SchoolYear(given or asking_of(info).year)


def with_zone(given: datetime | None) -> datetime | None:
    """A time that a client named.  :raises BadUserInputError: without a zone, or far from ours."""
    if given is None:
        return None
    if given.tzinfo is None:
        raise BadUserInputError("a time has a zone, like 2026-05-31T17:00:00+07:00")
    if not 1 < given.year < MAXYEAR:
        raise BadUserInputError("that time is too far away")
    return given
