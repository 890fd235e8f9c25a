"""What can be wrong in a workbook, cell by cell and row by row.

A problem is a value, never an exception: reading goes on and lists them all.  Its code is stable;
the sentence is chosen by the code and the language.  Severities:

- ERROR: nothing of the file is taken until it is mended.
- REFUSED: this row is left out, the others are taken (a pupil with a live transcript).
- WARNING: the row is taken; a person should look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

SHOWN = 60
"""Characters of a wrong value that a problem repeats."""


class SheetKey(StrEnum):
    """The sheets of the template, in the order in which they are taken."""

    STAFF = auto()  # Nhân sự
    CLASSES = auto()  # Lớp
    STUDENTS = auto()  # Học sinh
    ASSIGNMENTS = auto()  # Phân công
    RESULTS = auto()  # Kết quả
    SUMMARIES = auto()  # Tổng kết
    PRINTING = auto()  # Cấu hình in


class Severity(StrEnum):
    """What a problem does to its row."""

    ERROR = auto()
    REFUSED = auto()
    WARNING = auto()


class ProblemCode(StrEnum):
    """The names that clients match on.  Add freely; never rename or reuse."""

    # the file and its sheets
    NO_KNOWN_SHEET = auto()
    SHEET_UNKNOWN = auto()
    COLUMN_MISSING = auto()
    COLUMN_UNKNOWN = auto()
    COLUMN_TWICE = auto()
    # one cell
    REQUIRED = auto()
    TOO_LONG = auto()
    CHARACTER_NOT_ALLOWED = auto()
    DATE_INVALID = auto()
    NUMBER_INVALID = auto()
    MARK_INVALID = auto()
    LEVEL_INVALID = auto()
    CHOICE_INVALID = auto()
    PERSONAL_ID_INVALID = auto()
    USERNAME_INVALID = auto()
    SUBJECT_UNKNOWN = auto()
    # between rows, and between the file and the school
    DUPLICATE = auto()
    TWO_TEACHERS = auto()
    CLASS_UNKNOWN = auto()
    STAFF_UNKNOWN = auto()
    STUDENT_UNKNOWN = auto()
    STUDENT_NOT_ENROLLED = auto()
    GRADE_INVALID = auto()
    SUBJECT_NOT_OF_GRADE = auto()
    MARK_NOT_A_SCORE = auto()
    MARK_NOT_A_LEVEL = auto()
    EXEMPT_WITH_MARKS = auto()
    USERNAME_TAKEN = auto()
    ADMIN_ONLY = auto()
    NOT_TO_ONESELF = auto()
    FROZEN_DATA = auto()
    # what a person should look at
    PERSONAL_ID_PADDED = auto()
    PERSONAL_ID_DIFFERS = auto()
    PERSONAL_ID_TWICE = auto()
    ETHNICITY_UNKNOWN = auto()
    NAME_DIFFERS = auto()
    YEAR_MARK_DIFFERS = auto()
    COMPLETION_NOT_EXPECTED = auto()


_WORDS: Mapping[ProblemCode, tuple[str, str]] = {
    ProblemCode.NO_KNOWN_SHEET: (
        "Tệp không có trang tính nào của mẫu. Hãy tải tệp mẫu và nhập lại.",
        "The file has none of the template's sheets. Download the template and fill it in.",
    ),
    ProblemCode.SHEET_UNKNOWN: (
        "Trang tính “{name}” không thuộc mẫu nên được bỏ qua.",
        "The sheet “{name}” is not part of the template and was left out.",
    ),
    ProblemCode.COLUMN_MISSING: (
        "Thiếu cột bắt buộc “{name}”.",
        "The required column “{name}” is missing.",
    ),
    ProblemCode.COLUMN_UNKNOWN: (
        "Cột “{name}” không thuộc mẫu nên được bỏ qua.",
        "The column “{name}” is not part of the template and was left out.",
    ),
    ProblemCode.COLUMN_TWICE: (
        "Cột “{name}” xuất hiện hai lần.",
        "The column “{name}” is there twice.",
    ),
    ProblemCode.REQUIRED: ("Không được để trống.", "This must be filled in."),
    ProblemCode.TOO_LONG: (
        "Dài quá {limit} ký tự.",
        "This is longer than {limit} characters.",
    ),
    ProblemCode.CHARACTER_NOT_ALLOWED: (
        "Có ký tự không hiển thị được; hãy gõ lại.",
        "There is a character that cannot be shown; type the text again.",
    ),
    ProblemCode.DATE_INVALID: (
        "Ngày không hợp lệ; hãy ghi dạng ngày/tháng/năm, ví dụ 05/09/2013.",
        "This is no date; write day/month/year, for example 05/09/2013.",
    ),
    ProblemCode.NUMBER_INVALID: (
        "Phải là số nguyên từ {first} đến {last}.",
        "This must be a whole number from {first} to {last}.",
    ),
    ProblemCode.MARK_INVALID: (
        "Phải là điểm từ 0 đến 10 với một chữ số thập phân, hoặc mức Đ, CĐ.",
        "This must be a score from 0 to 10 with one decimal, or a level Đ, CĐ.",
    ),
    ProblemCode.LEVEL_INVALID: (
        "Mức đánh giá phải là T, K, Đ hoặc CĐ.",
        "The level must be T, K, Đ or CĐ.",
    ),
    ProblemCode.CHOICE_INVALID: (
        "Chỉ nhận một trong các giá trị: {choices}.",
        "Only one of these is accepted: {choices}.",
    ),
    ProblemCode.PERSONAL_ID_INVALID: (
        "Số định danh cá nhân phải gồm đúng 12 chữ số.",
        "A personal id has exactly 12 digits.",
    ),
    ProblemCode.USERNAME_INVALID: (
        "Tên đăng nhập gồm 3–100 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới, @.",
        "A user name has 3-100 characters: plain lower-case letters, digits, dot, hyphen, underscore, @.",
    ),
    ProblemCode.SUBJECT_UNKNOWN: (
        "Không có môn học hoặc hoạt động giáo dục này trong danh mục.",
        "There is no such subject in the list.",
    ),
    ProblemCode.DUPLICATE: (
        "Trùng với dòng {first}.",
        "This repeats row {first}.",
    ),
    ProblemCode.TWO_TEACHERS: (
        "Dòng {first} đã phân công giáo viên khác cho môn này của lớp trong cùng học kì.",
        "Row {first} gives this subject of the class to another teacher in the same term.",
    ),
    ProblemCode.CLASS_UNKNOWN: (
        "Không có lớp này trong năm học.",
        "The school year has no such class.",
    ),
    ProblemCode.STAFF_UNKNOWN: (
        "Không có nhân sự mang mã này.",
        "Nobody of the staff has this code.",
    ),
    ProblemCode.STUDENT_UNKNOWN: (
        "Không có học sinh mang mã này.",
        "No pupil has this code.",
    ),
    ProblemCode.STUDENT_NOT_ENROLLED: (
        "Học sinh chưa được xếp lớp trong năm học.",
        "The pupil is in no class of the school year.",
    ),
    ProblemCode.GRADE_INVALID: (
        "Cấp học của trường không có khối {grade}.",
        "The school's level has no grade {grade}.",
    ),
    ProblemCode.SUBJECT_NOT_OF_GRADE: (
        "Môn này không thuộc chương trình của khối {grade}.",
        "This subject is not taught in grade {grade}.",
    ),
    ProblemCode.MARK_NOT_A_SCORE: (
        "Môn này đánh giá bằng điểm số: cần điểm từ 0 đến 10, không phải mức.",
        "This subject is assessed by scores: a score from 0 to 10 is needed, not a level.",
    ),
    ProblemCode.MARK_NOT_A_LEVEL: (
        "Môn này đánh giá bằng nhận xét: chỉ nhận Đ hoặc CĐ.",
        "This subject is assessed by comments: only Đ or CĐ is accepted.",
    ),
    ProblemCode.EXEMPT_WITH_MARKS: (
        "Đã ghi Miễn thì không ghi điểm hoặc mức.",
        "Who is exempt has no marks.",
    ),
    ProblemCode.USERNAME_TAKEN: (
        "Tên đăng nhập này đã thuộc về người khác.",
        "Somebody else has this user name.",
    ),
    ProblemCode.ADMIN_ONLY: (
        "Chỉ Quản trị viên được đặt tên đăng nhập và cấp quyền.",
        "Only an administrator may set user names and grant roles.",
    ),
    ProblemCode.NOT_TO_ONESELF: (
        "Không ai được tự cấp quyền Ký phát hành cho mình.",
        "Nobody may grant himself the right to issue.",
    ),
    ProblemCode.FROZEN_DATA: (
        "Học sinh đang có học bạ số còn hiệu lực nên dữ liệu không đổi; hãy hủy học bạ trước khi sửa.",
        "A live transcript holds this data, so it was not changed; cancel the transcript first.",
    ),
    ProblemCode.PERSONAL_ID_PADDED: (
        "Số định danh bị mất chữ số 0 ở đầu, đã bổ sung thành {value}. Hãy kiểm tra.",
        "The personal id had lost its leading zero and was read as {value}. Please check.",
    ),
    ProblemCode.PERSONAL_ID_DIFFERS: (
        "Số định danh không khớp với giới tính hoặc năm sinh.",
        "The personal id does not fit the sex or the year of birth.",
    ),
    ProblemCode.PERSONAL_ID_TWICE: (
        "Số định danh này đã ghi cho người khác.",
        "Somebody else has this personal id.",
    ),
    ProblemCode.ETHNICITY_UNKNOWN: (
        "Dân tộc không có trong danh mục.",
        "This ethnic group is not in the list.",
    ),
    ProblemCode.NAME_DIFFERS: (
        "Họ và tên khác với hồ sơ của mã học sinh này ({name}); có thể bị lệch dòng.",
        "The name differs from the profile of this code ({name}); rows may have been shifted.",
    ),
    ProblemCode.YEAR_MARK_DIFFERS: (
        "Kết quả cả năm khác với kết quả tính theo TT 22/2021 ({expected}).",
        "The year's result differs from what TT 22/2021 gives ({expected}).",
    ),
    ProblemCode.COMPLETION_NOT_EXPECTED: (
        "Chỉ lớp cuối cấp mới ghi hoàn thành chương trình cấp học.",
        "Only the last grade says whether the level was completed.",
    ),
}

_WARNINGS = frozenset(
    {
        ProblemCode.SHEET_UNKNOWN,
        ProblemCode.COLUMN_UNKNOWN,
        ProblemCode.PERSONAL_ID_PADDED,
        ProblemCode.PERSONAL_ID_DIFFERS,
        ProblemCode.PERSONAL_ID_TWICE,
        ProblemCode.ETHNICITY_UNKNOWN,
        ProblemCode.NAME_DIFFERS,
        ProblemCode.YEAR_MARK_DIFFERS,
        ProblemCode.COMPLETION_NOT_EXPECTED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong at one place of a workbook.

    :ivar sheet: ``None`` for what concerns the whole file.
    :ivar row: as the spreadsheet counts, from 1.
    :ivar header: the column's header in the template; empty for the whole row.
    :ivar value: what the cell holds, shortened.
    """

    sheet: SheetKey | None
    row: int
    code: ProblemCode
    header: str = ""
    value: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """What it does to its row."""
        if self.code is ProblemCode.FROZEN_DATA:
            return Severity.REFUSED
        return Severity.WARNING if self.code in _WARNINGS else Severity.ERROR

    def sentence(self, language: str = "vi") -> str:
        """What to tell the person, in Vietnamese or English (``en``)."""
        return _WORDS[self.code][language == "en"].format(**self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a report, with both sentences."""
        return {
            "sheet": self.sheet.value if self.sheet else None,
            "row": self.row,
            "column": self.header,
            "code": self.code.value,
            "severity": self.severity.value,
            "value": self.value[:SHOWN],
            "message": {"vi": self.sentence(), "en": self.sentence("en")},
        }
