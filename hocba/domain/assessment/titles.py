"""Which titles the text of *Khen thưởng* claims.

The field is free text: titles stand among contests, certificates of merit and praise.  A title is claimed
by a part of the text that says nothing else: ``Học sinh Giỏi``, ``Danh hiệu Học sinh Giỏi năm học 2025``;
not by ``Giải Nhì kì thi học sinh giỏi cấp huyện``.
"""

import re
from functools import cache

from hocba.domain.names import tidy

_PARTS = re.compile(r"[;,.\n]")


def claims(awards: str, title: str) -> bool:
    """Whether ``awards`` gives the pupil ``title``."""
    return bool(awards) and any(_of(title).fullmatch(tidy(part).casefold()) for part in _PARTS.split(awards))


@cache
def _of(title: str) -> re.Pattern[str]:
    words = re.escape(tidy(title).casefold())
    return re.compile(rf"(?:(?:khen thưởng|đạt|danh hiệu):? )*“?\"?{words}\"?”?(?: (?:năm học|cả năm)\b.*)?")
