"""Marks and levels of a pupil's year (B3), as decimals in text, never as floats."""

from datetime import date
from decimal import Decimal
from typing import Self

import strawberry

from hocba.domain import record
from hocba.schema.docs import describe


@describe
@strawberry.type
class SubjectResult:
    """One row of the marks.  A primary pupil has the level he reached in ``year``, and perhaps a test.

    :ivar subject: The subject's code.
    :ivar name: Môn học/Hoạt động giáo dục.
    :ivar term1: Học kì I.
    :ivar term2: Học kì II.
    :ivar year: Cả năm.
    :ivar reassessed: Đánh giá lại, if there was one.
    :ivar test: Điểm kiểm tra định kỳ; primary schools only.
    :ivar comment: Nhận xét of the teacher.
    :ivar exempt: Miễn (TT 22/2021 Đ11).
    """

    subject: str
    name: str
    term1: str | None
    term2: str | None
    year: str | None
    reassessed: str | None
    test: str | None
    comment: str
    exempt: bool

    @classmethod
    def of(cls, row: record.SubjectResult) -> Self:
        """From the record."""
        return cls(
            subject=row.subject,
            name=row.name,
            term1=_mark(row.term1),
            term2=_mark(row.term2),
            year=_mark(row.year),
            reassessed=_mark(row.reassessed),
            test=_mark(row.test),
            comment=row.comment,
            exempt=row.exempt,
        )


@describe
@strawberry.type
class Levels:
    """Learning results or conduct: T, K, Đ, CĐ.

    :ivar term1: Học kì I.
    :ivar term2: Học kì II.
    :ivar year: Cả năm.
    :ivar after: After re-assessment or summer training.
    """

    term1: str | None
    term2: str | None
    year: str | None
    after: str | None

    @classmethod
    def of(cls, row: record.Levels) -> Self:
        """From the record."""
        return cls(term1=row.term1, term2=row.term2, year=row.year, after=row.after)


@describe
@strawberry.type
class Summary:
    """The year of a secondary pupil: page B of his form.

    :ivar learning: Kết quả học tập.
    :ivar conduct: Kết quả rèn luyện.
    :ivar absences: Tổng số buổi nghỉ học.
    :ivar promoted: Được lên lớp.
    :ivar completed_level: Hoàn thành chương trình cấp học; grades 9 and 12 only.
    :ivar certificates: Chứng chỉ.
    :ivar contests: Kết quả tham gia các cuộc thi.
    :ivar awards: Khen thưởng.
    :ivar homeroom_comment: Nhận xét của giáo viên chủ nhiệm.
    :ivar summer_comment: Nhận xét sau khi rèn luyện trong kì nghỉ hè.
    :ivar principal_approval: Phê duyệt của Hiệu trưởng.
    :ivar unassessed: A disabled pupil who is not assessed this year (TT 22/2021 Đ11).
    """

    learning: Levels
    conduct: Levels
    absences: int | None
    promoted: bool | None
    completed_level: bool | None
    certificates: list[str]
    contests: list[str]
    awards: str
    homeroom_comment: str
    summer_comment: str
    principal_approval: str
    unassessed: bool

    @classmethod
    def of(cls, row: record.Summary) -> Self:
        """From the record."""
        return cls(
            learning=Levels.of(row.learning),
            conduct=Levels.of(row.conduct),
            absences=row.absences,
            promoted=row.promoted,
            completed_level=row.completed_level,
            certificates=list(row.certificates),
            contests=list(row.contests),
            awards=row.awards,
            homeroom_comment=row.homeroom_comment,
            summer_comment=row.summer_comment,
            principal_approval=row.principal_approval,
            unassessed=row.unassessed,
        )


@describe
@strawberry.type
class HistoryRow:
    """One line of Quá trình học tập.

    :ivar school_year: Năm học.
    :ivar class_name: Lớp.
    :ivar school_name: Trường.
    :ivar since: Ngày nhập học or chuyển đến.
    """

    school_year: str
    class_name: str
    school_name: str
    since: date | None

    @classmethod
    def of(cls, row: record.HistoryRow) -> Self:
        """From the record."""
        return cls(
            school_year=row.year, class_name=row.class_name, school_name=row.school_name, since=row.since
        )


def _mark(mark: record.Mark) -> str | None:
    return str(mark) if isinstance(mark, Decimal) else mark
