"""A primary pupil's year as a whole (TT 27/2020), with the words of its letters."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Self

import strawberry

from hocba.domain import codes, record
from hocba.domain.curriculum import traits
from hocba.domain.regulations.shapes import TraitGroup
from hocba.domain.values import SchoolYear
from hocba.schema.docs import describe


@describe
@strawberry.type
class TraitLevel:
    """One quality or ability.

    :ivar code: Our code of it.
    :ivar name: Phẩm chất or năng lực, as the form prints it.
    :ivar group: quality, general (năng lực chung) or specific (năng lực đặc thù).
    :ivar level: T, Đ, C; null while nothing is entered.
    :ivar level_label: Tốt, Đạt, Cần cố gắng.
    """

    code: str
    name: str
    group: str
    level: str | None
    level_label: str | None


@describe
@strawberry.type
class PrimarySummary:
    """The year of a primary pupil.

    :ivar overall: Đánh giá kết quả giáo dục: HTXS, HTT, HT, CHT.
    :ivar overall_label: Its words.
    :ivar traits: Phẩm chất chủ yếu and năng lực cốt lõi, in the order of the form.
    :ivar qualities_comment: Nhận xét phẩm chất.
    :ivar general_abilities_comment: Nhận xét năng lực chung.
    :ivar specific_abilities_comment: Nhận xét năng lực đặc thù.
    :ivar absences_with_leave: Số ngày nghỉ có phép.
    :ivar absences_without_leave: Số ngày nghỉ không phép.
    :ivar height: Chiều cao, centimetres.
    :ivar weight: Cân nặng, kilograms.
    :ivar promoted: Được lên lớp.
    :ivar completed_grade: Hoàn thành chương trình lớp học.
    :ivar completed_level: Hoàn thành chương trình tiểu học; grade 5 only.
    :ivar completion: What the form prints about completion.
    :ivar awards: Khen thưởng.
    :ivar sudden_awards: Khen thưởng đột xuất.
    :ivar homeroom_comment: Nhận xét của giáo viên chủ nhiệm.
    :ivar unassessed: A disabled pupil whose levels are not assessed this year (TT 27/2020 Đ8).
    """

    overall: str | None
    overall_label: str | None
    traits: list[TraitLevel]
    qualities_comment: str
    general_abilities_comment: str
    specific_abilities_comment: str
    absences_with_leave: int | None
    absences_without_leave: int | None
    height: str | None
    weight: str | None
    promoted: bool | None
    completed_grade: bool | None
    completed_level: bool | None
    completion: str
    awards: str
    sudden_awards: str
    homeroom_comment: str
    unassessed: bool

    @classmethod
    def of(cls, row: record.PrimarySummary, grade: int, year: SchoolYear) -> Self:
        """From the record."""
        return cls(
            overall=row.overall,
            overall_label=codes.word("th-overall", row.overall) or None,
            traits=_traits(row, grade, year),
            height=_number(row.height),
            weight=_number(row.weight),
            **{name: getattr(row, name) for name in _PLAIN},
        )


_PLAIN = (
    "qualities_comment",
    "general_abilities_comment",
    "specific_abilities_comment",
    "absences_with_leave",
    "absences_without_leave",
    "promoted",
    "completed_grade",
    "completed_level",
    "completion",
    "awards",
    "sudden_awards",
    "homeroom_comment",
    "unassessed",
)


def _traits(row: record.PrimarySummary, grade: int, year: SchoolYear) -> list[TraitLevel]:
    found = []
    for code, trait in traits(grade, year).items():
        given: Mapping[str, str] = row.qualities if trait.group is TraitGroup.QUALITY else row.abilities
        level = given.get(code)
        found.append(
            TraitLevel(
                code=code,
                name=trait.name,
                group=trait.group.value,
                level=level,
                level_label=codes.word("th-trait-levels", level) or None,
            )
        )
    return found


def _number(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
