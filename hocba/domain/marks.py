"""What a mark can be."""

from decimal import Decimal

from hocba.domain.record import Kind, Mark
from hocba.domain.regulations.letters import SUBJECT_LEVELS

TOP = 10
_DECIMALS = 1


def fits(mark: Mark, kind: Kind) -> bool:
    """Whether a mark is one of its kind (TT 22/2021 Đ5.3): 0-10 with at most one decimal, or Đ, CĐ."""
    if kind is Kind.COMMENT:
        return mark in SUBJECT_LEVELS
    if not isinstance(mark, Decimal) or not mark.is_finite():
        return False
    return 0 <= mark <= TOP and mark == round(mark, _DECIMALS)


def is_test_mark(mark: Decimal) -> bool:
    """Whether a mark is one of a periodic test in primary schools: a whole number 0-10 (TT 27/2020 Đ7.1d)."""
    return mark.is_finite() and 0 <= mark <= TOP and mark == mark.to_integral_value()
