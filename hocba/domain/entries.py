"""What people enter, by one rule each: texts that are kept and shown, days, school years, ids.

A text is in NFC, on one line, without spaces at its ends.  Characters that show nothing (zero-width
space, soft hyphen, byte order mark), which copied texts carry, are taken out; what steers a
terminal, a log or the direction of writing is refused, inside a text line breaks and tabs too.
"""

import unicodedata
from datetime import date

from hocba.domain.errors import Code, Refusal
from hocba.domain.identity import ORGANISATION_ID, PERSONAL_ID
from hocba.domain.names import nfc
from hocba.domain.values import SchoolYear, is_school_year

MAX_REASON = 1000
"""Characters of a reason."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""Between them lies every day that a school writes down."""

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def bare(text: str) -> str:
    """``text`` in NFC, without the characters that show nothing."""
    return nfc(text.translate(_INVISIBLE))


def steers(text: str) -> bool:
    """Whether ``text`` holds a control character, a line break, or a code that is no character."""
    return not text.isprintable() and any(unicodedata.category(char) in _STEERING for char in text)


def text(given: str, *, field: str, limit: int, required: bool = True) -> str:
    """``given`` as it is kept.

    :param field: what ``hocba.words`` calls it.
    :param limit: how many characters it may have.
    :raises Refusal: CHARACTER_NOT_ALLOWED, INVALID_VALUE when it is too long, or empty and required.
    """
    kept = bare(given).strip()
    if steers(kept):
        raise Refusal(Code.CHARACTER_NOT_ALLOWED, field=field)
    if len(kept) > limit or (required and not kept):
        raise Refusal(Code.INVALID_VALUE, field=field, limit=limit)
    return kept


def reason(given: str, *, required: bool = True) -> str:
    """Why somebody does something, as it is kept.

    :raises Refusal: as ``text``; REASON_REQUIRED when it is empty and required.
    """
    kept = text(given, field="reason", limit=MAX_REASON, required=False)
    if required and not kept:
        raise Refusal(Code.REASON_REQUIRED, field="reason")
    return kept


def is_day(given: date) -> bool:
    """Whether a school can have written this day down."""
    return FIRST_DAY <= given <= LAST_DAY


def day(given: date, *, field: str) -> date:
    """``given``, when a school can have written it down.  :raises Refusal: INVALID_VALUE."""
    if not is_day(given):
        raise Refusal(Code.INVALID_VALUE, field=field)
    return given


def organisation_id(given: str) -> str:
    """``MST:`` and a tax code, as a school's certificate carries it.  :raises Refusal: INVALID_VALUE."""
    if not ORGANISATION_ID.fullmatch(given):
        raise Refusal(Code.INVALID_VALUE, field="school.identity")
    return given


def personal_id(given: str) -> str:
    """The 12 digits of a person (NĐ 137/2015 Đ13).  :raises Refusal: INVALID_VALUE."""
    if not PERSONAL_ID.fullmatch(given):
        raise Refusal(Code.INVALID_VALUE, field="staff.personal_id")
    return given


def school_year(given: str) -> SchoolYear:
    """``given``, when it is a school year.  :raises Refusal: INVALID_VALUE."""
    if not is_school_year(given):
        raise Refusal(Code.INVALID_VALUE, field="year")
    return SchoolYear(given)
