"""What belongs to a pupil's year, row by row: results, summaries, years elsewhere, exceptions (B3, B6)."""

import strawberry
from strawberry import UNSET

from hocba.documents.workbooks import SheetKey
from hocba.schema.context import Info
from hocba.schema.docs import describe
from hocba.schema.upserts import UpsertPayload, YearInput, taken


@describe
@strawberry.input
class ResultInput:
    """A pupil in one subject: what is left out stays, null takes away.

    :ivar student: Mã học sinh.
    :ivar subject: Môn học, by code or name.
    :ivar term1: Học kì I: a score with at most one decimal, or Đ, CĐ; secondary schools.
    :ivar term2: Học kì II; secondary schools.
    :ivar year: Cả năm; in primary schools the level reached: T, H, C.
    :ivar reassessed: After re-assessment in summer; secondary schools.
    :ivar test: Điểm kiểm tra định kỳ, a whole number 0-10; primary schools.
    :ivar comment: Nhận xét.
    :ivar exempt: Miễn.
    """

    student: str
    subject: str
    term1: str | None = UNSET
    term2: str | None = UNSET
    year: str | None = UNSET
    reassessed: str | None = UNSET
    test: str | None = UNSET
    comment: str | None = UNSET
    exempt: bool | None = UNSET


@describe
@strawberry.input
class SummaryInput:
    """A secondary pupil's year as a whole: what is left out stays, null takes away.

    :ivar student: Mã học sinh.
    :ivar learning_term1: Kết quả học tập HK I: T, K, Đ, CĐ.
    :ivar learning_term2: Kết quả học tập HK II.
    :ivar learning_year: Kết quả học tập cả năm.
    :ivar learning_after: Kết quả học tập sau đánh giá lại.
    :ivar conduct_term1: Kết quả rèn luyện HK I: T, K, Đ, CĐ.
    :ivar conduct_term2: Kết quả rèn luyện HK II.
    :ivar conduct_year: Kết quả rèn luyện cả năm.
    :ivar conduct_after: Kết quả rèn luyện sau kì nghỉ hè.
    :ivar absences: Tổng số buổi nghỉ học.
    :ivar promoted: Được lên lớp.
    :ivar completed_level: Hoàn thành chương trình cấp học; grades 9 and 12.
    :ivar certificates: Chứng chỉ, one a line.
    :ivar contests: Kết quả tham gia các cuộc thi, one a line.
    :ivar awards: Khen thưởng.
    :ivar homeroom_comment: Nhận xét của giáo viên chủ nhiệm.
    :ivar summer_comment: Nhận xét sau rèn luyện hè.
    :ivar principal_approval: Phê duyệt của Hiệu trưởng.
    :ivar unassessed: A disabled pupil who is not assessed by the common requirements.
    """

    student: str
    learning_term1: str | None = UNSET
    learning_term2: str | None = UNSET
    learning_year: str | None = UNSET
    learning_after: str | None = UNSET
    conduct_term1: str | None = UNSET
    conduct_term2: str | None = UNSET
    conduct_year: str | None = UNSET
    conduct_after: str | None = UNSET
    absences: int | None = UNSET
    promoted: bool | None = UNSET
    completed_level: bool | None = UNSET
    certificates: str | None = UNSET
    contests: str | None = UNSET
    awards: str | None = UNSET
    homeroom_comment: str | None = UNSET
    summer_comment: str | None = UNSET
    principal_approval: str | None = UNSET
    unassessed: bool | None = UNSET


@describe
@strawberry.input
class TraitLevelInput:
    """The level of one quality or ability.

    :ivar code: Our code of it, as in PrimarySummary.traits.
    :ivar level: T, Đ, C; null takes it away.
    """

    code: str
    level: str | None


@describe
@strawberry.input
class PrimarySummaryInput:
    """A primary pupil's year as a whole: what is left out stays, null takes away.

    :ivar student: Mã học sinh.
    :ivar overall: Đánh giá kết quả giáo dục: HTXS, HTT, HT, CHT.
    :ivar qualities: Phẩm chất chủ yếu; those that are not named stay.
    :ivar abilities: Năng lực cốt lõi; those that are not named stay.
    :ivar qualities_comment: Nhận xét phẩm chất.
    :ivar general_abilities_comment: Nhận xét năng lực chung.
    :ivar specific_abilities_comment: Nhận xét năng lực đặc thù.
    :ivar absences_with_leave: Số ngày nghỉ có phép.
    :ivar absences_without_leave: Số ngày nghỉ không phép.
    :ivar height: Chiều cao, centimetres, at most one decimal.
    :ivar weight: Cân nặng, kilograms, at most one decimal.
    :ivar promoted: Được lên lớp.
    :ivar completed_grade: Hoàn thành chương trình lớp học.
    :ivar completed_level: Hoàn thành chương trình tiểu học; grade 5.
    :ivar completion: What the form prints about completion.
    :ivar awards: Khen thưởng.
    :ivar sudden_awards: Khen thưởng đột xuất.
    :ivar homeroom_comment: Nhận xét của giáo viên chủ nhiệm.
    :ivar unassessed: A disabled pupil whose levels are not assessed.
    """

    student: str
    overall: str | None = UNSET
    qualities: list[TraitLevelInput] | None = UNSET
    abilities: list[TraitLevelInput] | None = UNSET
    qualities_comment: str | None = UNSET
    general_abilities_comment: str | None = UNSET
    specific_abilities_comment: str | None = UNSET
    absences_with_leave: int | None = UNSET
    absences_without_leave: int | None = UNSET
    height: str | None = UNSET
    weight: str | None = UNSET
    promoted: bool | None = UNSET
    completed_grade: bool | None = UNSET
    completed_level: bool | None = UNSET
    completion: str | None = UNSET
    awards: str | None = UNSET
    sudden_awards: str | None = UNSET
    homeroom_comment: str | None = UNSET
    unassessed: bool | None = UNSET


@describe
@strawberry.input
class EarlierYearInput:
    """A school year that a pupil spent elsewhere, for Quá trình học tập.

    A year that was entered wrongly is taken back with className, schoolName and since null.

    :ivar student: Mã học sinh.
    :ivar year: Năm học, before the one of the rows.
    :ivar class_name: Lớp; required, but to take the year back.
    :ivar school_name: Tên trường; required, but to take the year back.
    :ivar since: Ngày nhập học hoặc chuyển đến, ISO.
    """

    student: str
    year: str
    class_name: str | None = UNSET
    school_name: str | None = UNSET
    since: str | None = UNSET


@describe
@strawberry.input
class OverrideInput:
    """Why a value of a pupil's year stands against a rule.

    :ivar student: Mã học sinh.
    :ivar rule: The rule's code, as what is missing names it.
    :ivar reason: Lí do; null or empty takes the reason back.
    """

    student: str
    rule: str
    reason: str | None = UNSET


@describe
@strawberry.input
class UpsertResultsInput(YearInput):
    """Enter results of any level.

    :ivar results: At most 200.
    """

    results: list[ResultInput]


@describe
@strawberry.input
class UpsertSummariesInput(YearInput):
    """Enter the years of secondary pupils as a whole.

    :ivar summaries: At most 200.
    """

    summaries: list[SummaryInput]


@describe
@strawberry.input
class UpsertPrimarySummariesInput(YearInput):
    """Enter the years of primary pupils as a whole.

    :ivar summaries: At most 200.
    """

    summaries: list[PrimarySummaryInput]


@describe
@strawberry.input
class UpsertEarlierYearsInput(YearInput):
    """Enter years that pupils spent elsewhere.

    :ivar years: At most 200.
    """

    years: list[EarlierYearInput]


@describe
@strawberry.input
class SetOverridesInput(YearInput):
    """Say why values stand against rules.

    :ivar overrides: At most 200.
    """

    overrides: list[OverrideInput]


@describe
@strawberry.type
class PupilUpserts:
    """Making and changing what belongs to a pupil's year."""

    @strawberry.mutation
    async def upsert_results(self, info: Info, input: UpsertResultsInput) -> UpsertPayload:
        """Enter results, row by row; never those that a live transcript holds (B3)."""
        return await taken(info, SheetKey.RESULTS, input.results, input)

    @strawberry.mutation
    async def upsert_summaries(self, info: Info, input: UpsertSummariesInput) -> UpsertPayload:
        """Enter secondary pupils' years as a whole, row by row (B3)."""
        return await taken(info, SheetKey.SUMMARIES, input.summaries, input)

    @strawberry.mutation
    async def upsert_primary_summaries(self, info: Info, input: UpsertPrimarySummariesInput) -> UpsertPayload:
        """Enter primary pupils' years as a whole, row by row (B3)."""
        return await taken(info, SheetKey.PRIMARY_SUMMARIES, input.summaries, input)

    @strawberry.mutation
    async def upsert_earlier_years(self, info: Info, input: UpsertEarlierYearsInput) -> UpsertPayload:
        """Enter years that pupils spent elsewhere, row by row."""
        return await taken(info, SheetKey.EARLIER_YEARS, input.years, input)

    @strawberry.mutation
    async def set_overrides(self, info: Info, input: SetOverridesInput) -> UpsertPayload:
        """Say why values stand against rules, row by row."""
        return await taken(info, SheetKey.OVERRIDES, input.overrides, input)
