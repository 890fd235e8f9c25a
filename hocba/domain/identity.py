"""Ids of persons and organisations, and what a personal id says about who holds it (NĐ 137/2015 Đ13).

A personal id has twelve digits: three for the place where the birth was registered, one for sex and century
(0/1 for men and women born in the 1900s, 2/3 in the 2000s, …), two for the year of birth, six at random.  It
may be determined anew, and a birth date may have been corrected: a difference is for a person to look at.
"""

import re
from datetime import date

PERSONAL_ID = re.compile(r"[0-9]{12}")
"""Số định danh cá nhân."""

ORGANISATION_ID = re.compile(r"MST:[0-9]{10}(-[0-9]{3})?")
"""A tax code has 10 digits, a dependent unit's 3 more (Luật Quản lý thuế 38/2019 Đ30)."""


def agrees(personal_id: str, sex: str, birth_date: date) -> bool:
    """Whether a personal id says this sex and this year of birth.

    :param personal_id: twelve digits.
    :param sex: ``Nam`` or ``Nữ``; empty when nobody has entered it.
    """
    century, female = divmod(int(personal_id[3]), 2)
    year = 1900 + 100 * century + int(personal_id[4:6])
    return sex in ("", "Nữ" if female else "Nam") and year == birth_date.year
