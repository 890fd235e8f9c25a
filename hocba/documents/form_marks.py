"""What every level's year pages print alike: a level's name, a mark, a row's teacher."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hocba.documents.facts import Content
from hocba.domain.record import Mark, SubjectResult
from hocba.domain.values import Level

LEVELS = {
    Level.TH: ("TIỂU HỌC", "TH"),
    Level.THCS: ("TRUNG HỌC CƠ SỞ", "THCS"),
    Level.THPT: ("TRUNG HỌC PHỔ THÔNG", "THPT"),
}
"""A level's title, and the suffix of its register number."""

EXEMPT = "Miễn"


def mark(value: Mark) -> str:
    """A mark as the form prints it: ``8,5``, ``10,0``, ``Đ``, or nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        digits = number(value)
        return digits if "," in digits else f"{digits},0"
    return value


def waived(content: Content, result: SubjectResult | None = None) -> str:
    """What stands where nothing was assessed: *Miễn* of an exempt row and of who is not assessed.

    TT 27/2020 Đ8, TT 22/2021 Đ11.

    :param result: a row; without one it is about the whole year.
    """
    return EXEMPT if content.summary.unassessed or (result is not None and result.exempt) else ""


def unassessed(content: Content) -> str:
    """By which article the year was not assessed; nothing when it was."""
    if not content.summary.unassessed:
        return ""
    article = "Điều 8" if content.school.level is Level.TH else "Điều 11"
    return f"Miễn đánh giá theo {article} Thông tư số {content.circular}"


def number(value: Decimal | None) -> str:
    """A number the Vietnamese way: ``24,5``, ``9``, or nothing."""
    return "" if value is None else format(value, "f").replace(".", ",")


def acting(basis: str) -> str:
    """What stands with a signature that is given for somebody else."""
    return f"Ký thay theo {basis}" if basis else ""


def teacher(content: Content, result: SubjectResult, signs: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """Who answers for a row, and his signature when he has signed; nobody where he has no slot."""
    slot = content.row_slots.get(result.subject, "")
    planned = next((row for row in content.plan if row.key == slot), None)
    return {
        "teacher": planned.name if planned else "",
        "basis": acting(planned.basis) if planned else "",
        "sign": signs.get(slot),
    }
