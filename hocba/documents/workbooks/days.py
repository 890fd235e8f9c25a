"""Dates and school years, in every way that people and spreadsheets write them.

::

    a date cell                      also with a time, which is passed over
    1/6/2014  01-06-2014  1.6.2014   day first, as in Vietnam
    2014-06-01  2014/6/1             ISO
    ngày 1 tháng 6 năm 2014          as on certificates
    41791                            the number that a date cell becomes when its format is lost

A number counts as a date only where no year could be meant: from 1950 on, which is 18264.
"""

import re
from datetime import date, datetime, timedelta

from hocba.documents.workbooks.cells import Cell, Kind, Unfit, as_text
from hocba.documents.workbooks.problems import ProblemCode
from hocba.domain import entries
from hocba.domain.names import search_key
from hocba.domain.values import is_school_year

_FORMS = (
    (re.compile(r"([0-9]{1,2}) ?[/.-] ?([0-9]{1,2}) ?[/.-] ?([0-9]{4})"), (3, 2, 1)),
    (re.compile(r"([0-9]{4})[/-]([0-9]{1,2})[/-]([0-9]{1,2})"), (1, 2, 3)),
    (re.compile(r"(?:ngay )?([0-9]{1,2}),? thang ([0-9]{1,2}),? nam ([0-9]{4})"), (3, 2, 1)),
)
_TIME = re.compile(r"[ t][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[ap]m)?$")
_SERIAL = re.compile(r"([0-9]{5})(\.[0-9]+)?")
_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of spreadsheets, as counted from 1 March 1900 on."""

_FIRST_SERIAL = (date(1950, 1, 1) - _DAY_ZERO).days


def day() -> Kind:
    """A date from 1900 to 2100."""
    return Kind(parse=_parse, show=lambda value: value, empty=None, format="date")


def _parse(cell: Cell) -> date:
    found = cell.date() if isinstance(cell, datetime) else cell
    if not isinstance(found, date):
        found = None if isinstance(cell, bool) else _written(search_key(as_text(cell)))
    if found is None or not entries.is_day(found):
        raise Unfit(ProblemCode.DATE_INVALID)
    return found


def _written(text: str) -> date | None:
    if serial := _SERIAL.fullmatch(text):
        days = int(serial[1])
        return _DAY_ZERO + timedelta(days=days) if days >= _FIRST_SERIAL else None
    text = _TIME.sub("", text)
    for form, order in _FORMS:
        if found := form.fullmatch(text):
            year, month, day_ = (int(found[group]) for group in order)
            try:
                return date(year, month, day_)
            except ValueError:
                return None
    return None


def school_year() -> Kind:
    """A school year, ``2023-2024``; a slash or a longer dash will do."""

    def parse(cell: Cell) -> str:
        years = re.fullmatch(r"([0-9]{4}) ?[-/\u2013\u2014] ?([0-9]{4})", as_text(cell))
        found = f"{years[1]}-{years[2]}" if years else ""
        if not is_school_year(found):
            raise Unfit(ProblemCode.YEAR_INVALID)
        return found

    return Kind(parse=parse, show=str)
