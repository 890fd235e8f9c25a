"""Code lists: ethnic groups, sexes, provinces, the words of levels, and what portals call our subjects.

The lists are data (``hocba.domain.regulations``); an entry may hold only between two days.
"""

from datetime import date

from hocba.domain import regulations
from hocba.domain.regulations.shapes import Entry
from hocba.domain.values import Level


def entries(list_: str, on: date | None = None) -> tuple[Entry, ...]:
    """The entries of a list, in its order.

    :param on: only those that hold on this day; without it, all.
    :raises KeyError: when there is no such list.
    """
    every = regulations.current().lists[list_].entries
    return every if on is None else tuple(entry for entry in every if entry.holds_on(on))


def names(list_: str, on: date | None = None) -> tuple[str, ...]:
    """The names of a list, in its order; see ``entries``."""
    return tuple(entry.name for entry in entries(list_, on))


def word(list_: str, code: str | None) -> str:
    """What people read for ``code``: ``Hoàn thành tốt`` for HTT; the code itself when the list lacks it."""
    return next((entry.name for entry in entries(list_) if entry.code == code), code or "")


def portal_subject(portal: str, level: Level, code: str) -> str:
    """What a portal calls a subject of ours; our own code when nobody has said.

    :raises KeyError: when there is no such portal.
    """
    return regulations.current().portals[portal].subjects.get(level, {}).get(code, code)
