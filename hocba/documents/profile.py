"""The profiles that there are, and which of them a document is of.

| profile | level | tables |
|---|---|---|
| ``moet-th-1.0`` | TH | ``hocba.documents.profile_moet``, the official specification |
| ``hocba-2.0`` | TH, THCS, THPT | ``hocba.documents.profile_hocba``, ours |

A document says it itself: PHIEN_BAN and MA_CAP_HOC, in THONG_TIN_CHUNG.
"""

import re

from lxml import etree

from hocba.documents import profile_hocba, profile_moet
from hocba.documents.formats import LEVEL
from hocba.documents.shape import Shape
from hocba.domain.values import Level, Profile

SHAPES = (profile_moet.TH, profile_hocba.TH, profile_hocba.THCS, profile_hocba.THPT)
"""One for each profile and level."""

_BY_NAME = {(shape.profile, shape.level): shape for shape in SHAPES}
_BY_TEXT = {(shape.profile.value, LEVEL.write(shape.level)): shape for shape in SHAPES}
_SAID = re.compile(rb"<PHIEN_BAN>([^<]*)</PHIEN_BAN>.*?<MA_CAP_HOC>([^<]*)</MA_CAP_HOC>", re.DOTALL)


class UnknownProfileError(ValueError):
    """There is no such profile, or not for this level."""


def shape_of(profile: Profile, level: Level) -> Shape:
    """The documents of ``profile`` at ``level``.

    :raises UnknownProfileError: when the profile does not know the level.
    """
    if (profile, level) not in _BY_NAME:
        raise UnknownProfileError(f"no {level.value} in {profile}")
    return _BY_NAME[profile, level]


def of_data(data: bytes) -> Shape:
    """The shape of canonical data, as ``hocba.documents.content.build`` makes it.

    :raises UnknownProfileError: when it is of none.
    """
    said = _SAID.search(data)  # markup in text is escaped: the first one is the element itself
    shape = _BY_TEXT.get((said[1].decode(), said[2].decode())) if said else None
    if shape is None:
        raise UnknownProfileError("data of no known profile")
    return shape


def of_file(root: etree._Element) -> Shape | None:
    """The shape that the data of a whole file says it has, if it is a known one."""
    data = root.find("DU_LIEU_HOC_BA")
    return None if data is None else of_element(data)


def of_element(data: etree._Element) -> Shape | None:
    """The shape that an element ``DU_LIEU_HOC_BA`` says it has, if it is a known one."""
    version = data.findtext("THONG_TIN_CHUNG/PHIEN_BAN")
    level = data.findtext("THONG_TIN_CHUNG/MA_CAP_HOC")
    return _BY_TEXT.get((version or "", level or ""))
