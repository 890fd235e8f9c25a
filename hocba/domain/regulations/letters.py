"""The letters that levels are written in, the best first.

The rules compute with them, so data may change the words that stand for a letter and not the letters.
"""

from collections.abc import Mapping

YEAR_LEVELS = ("T", "K", "Đ", "CĐ")
"""Learning result and conduct (TT 22/2021 Đ8, Đ9): Tốt, Khá, Đạt, Chưa đạt."""

SUBJECT_LEVELS = ("Đ", "CĐ")
"""A subject that is assessed by comment (TT 22/2021 Đ5.3)."""

TH_SUBJECT_LEVELS = ("T", "H", "C")
"""A subject in primary schools (TT 27/2020 Đ7.1a)."""

TH_TRAIT_LEVELS = ("T", "Đ", "C")
"""A quality or ability (TT 27/2020 Đ7.2)."""

TH_OVERALL = ("HTXS", "HTT", "HT", "CHT")
"""The year in primary schools (TT 27/2020 Đ9.2a)."""

LISTS: Mapping[str, tuple[str, ...]] = {
    "year-levels": YEAR_LEVELS,
    "subject-levels": SUBJECT_LEVELS,
    "th-subject-levels": TH_SUBJECT_LEVELS,
    "th-trait-levels": TH_TRAIT_LEVELS,
    "th-overall": TH_OVERALL,
}
"""The code lists that give these letters their words."""
