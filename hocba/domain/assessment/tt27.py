"""TT 27/2020/TT-BGDĐT: what follows from a primary pupil's year.

Functions of levels, test marks and of the circular's numbers (``Tt27Policy``); they know no record.

======  =======  ==================================================================================
TH-4    Đ9.2a    HTXS: all subjects T, all qualities and abilities T, all year-end tests ≥ 9;
                 HTT: the same with ≥ 7; HT: subjects T or H, qualities and abilities T or Đ, tests ≥ 5;
                 else CHT
TH-5    Đ13      Học sinh Xuất sắc: HTXS; Học sinh Tiêu biểu …: HTT, and recognised by the class
TH-6    Đ11      the grade is completed with HTXS, HTT or HT
======  =======  ==================================================================================
"""

from collections.abc import Collection
from decimal import Decimal

from hocba.domain.regulations.letters import TH_OVERALL, TH_SUBJECT_LEVELS, TH_TRAIT_LEVELS
from hocba.domain.regulations.policies import Tt27Policy

_EXCELLENT, _GOOD, _DONE, _NOT_DONE = TH_OVERALL
_SUBJECT_TOP, _, _SUBJECT_FAILED = TH_SUBJECT_LEVELS
_TRAIT_TOP, _, _TRAIT_FAILED = TH_TRAIT_LEVELS


def overall(
    policy: Tt27Policy, subjects: Collection[str], traits: Collection[str], tests: Collection[Decimal]
) -> str:
    """*Đánh giá kết quả giáo dục* (TH-4).

    :param subjects: the level of each subject; ``traits`` those of qualities and abilities; none missing.
    :param tests: the marks of the year-end tests.
    """
    if all(level == _SUBJECT_TOP for level in subjects) and all(level == _TRAIT_TOP for level in traits):
        if all(mark >= policy.excellent_test for mark in tests):
            return _EXCELLENT
        if all(mark >= policy.good_test for mark in tests):
            return _GOOD
    done = _SUBJECT_FAILED not in subjects and _TRAIT_FAILED not in traits
    return _DONE if done and all(mark >= policy.pass_test for mark in tests) else _NOT_DONE


def completes(level: str) -> bool:
    """Whether who reaches this overall level has completed the grade (TH-6)."""
    return level != _NOT_DONE


def title(policy: Tt27Policy, level: str | None) -> str | None:
    """The title that an overall level allows (TH-5); the second one also needs the class's recognition."""
    return {_EXCELLENT: policy.excellent_title, _GOOD: policy.outstanding_title}.get(level or "")
