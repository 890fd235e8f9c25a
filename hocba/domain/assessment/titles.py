"""Which titles the text of *Khen thưởng* claims.

The field is free text: titles stand among contests, certificates of merit and praise.  A title is claimed
by a part of the text that says nothing else: ``Học sinh Giỏi``, ``Danh hiệu Học sinh Giỏi năm học 2025``;
not by ``Giải Nhì kì thi học sinh giỏi cấp huyện``.  ``HS`` stands for ``Học sinh``.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from hocba.domain.names import tidy

_PARTS = re.compile(r"[;,.\n]")


def claims(awards: str, title: str) -> bool:
    """Whether ``awards`` gives the pupil ``title``."""
    return bool(awards) and any(_of(title).fullmatch(tidy(part).casefold()) for part in _PARTS.split(awards))


def contradictions(
    awards: str, titles: Sequence[str], follow: Sequence[str]
) -> Iterator[tuple[str | None, str | None]]:
    """What ``awards`` says and what it should: each title that does not follow, or that the best is missing.

    :param titles: those that the circular knows, also that no longer exist.
    :param follow: those that the year gives, the best first.
    """
    best = follow[0] if follow else None
    claimed = [title for title in titles if claims(awards, title)]
    wrong = [title for title in claimed if title not in follow]
    yield from ((title, best) for title in wrong)
    if best and not wrong and best not in claimed:
        yield claimed[0] if claimed else None, best


@cache
def _of(title: str) -> re.Pattern[str]:
    words = re.escape(tidy(title).casefold()).replace(r"học\ sinh", r"(?:học\ sinh|hs)")
    return re.compile(rf"(?:(?:khen thưởng|đạt|danh hiệu):? )*“?\"?{words}\"?”?(?: (?:năm học|cả năm)\b.*)?")
