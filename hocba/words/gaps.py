"""The sentences of *Thông tin cần bổ sung* (guide 2.1)."""

from collections.abc import Mapping

from hocba.domain.readiness import Gap

GAPS: Mapping[Gap, tuple[str, str]] = {
    Gap.EMPTY: ("Thiếu: {field}.", "Missing: {field}."),
    Gap.FORMAT: ("{field} chưa đúng: cần {expected}.", "{field} is not right: needs {expected}."),
    Gap.NOT_CONFIRMED: ("Lớp chưa xác nhận cuối năm.", "The class's year end is not confirmed."),
    Gap.NOT_ASSIGNED: ("Chưa phân công: {field} {subject}.", "Not assigned: {field} {subject}."),
    Gap.STAFF_ID: (
        "{name}: mã số định danh cá nhân phải có 12 chữ số.",
        "{name}: the personal id must have 12 digits.",
    ),
    Gap.ROW_MISSING: ("Chưa có kết quả môn {subject}.", "No result for the subject {subject}."),
    Gap.ROW_UNKNOWN: (
        "Môn {subject} không thuộc chương trình của khối lớp.",
        "The subject {subject} is not in the grade's curriculum.",
    ),
    Gap.ELECTIVES: (
        "Cần đúng {expected} môn học lựa chọn, hiện có {found}.",
        "Exactly {expected} elective subjects are needed, there are {found}.",
    ),
    Gap.MARK_EMPTY: ("Môn {subject}: thiếu kết quả {field}.", "{subject}: no result for {field}."),
    Gap.MARK_RANGE: (
        "Môn {subject}, {field}: điểm {found} phải từ 0 đến 10, tối đa một chữ số thập phân.",
        "{subject}, {field}: {found} must be a score from 0 to 10 with at most one decimal.",
    ),
    Gap.MARK_LEVEL: (
        "Môn {subject}, {field}: mức {found} phải là Đ hoặc CĐ.",
        "{subject}, {field}: {found} must be Đ or CĐ.",
    ),
    Gap.COMMENT_EMPTY: (
        "Môn {subject}: thiếu nhận xét của giáo viên.",
        "{subject}: the teacher's comment is missing.",
    ),
    Gap.LEVEL_DOMAIN: (
        "{field}: {found} phải là T, K, Đ hoặc CĐ.",
        "{field}: {found} must be T, K, Đ or CĐ.",
    ),
    Gap.NEGATIVE: ("{field} không được âm.", "{field} must not be negative."),
    Gap.TEXT: (
        "{field}: có ký tự không ghi được vào học bạ.",
        "{field}: holds a character that a transcript cannot hold.",
    ),
    Gap.TOO_MANY_SIGNERS: (
        "Có {found} giáo viên bộ môn; một học bạ có tối đa {expected}.",
        "There are {found} subject teachers; a transcript has at most {expected}.",
    ),
    Gap.LEVEL_UNSUPPORTED: (
        "Chưa hỗ trợ tạo học bạ cho cấp học này.",
        "Transcripts of this level cannot be made yet.",
    ),
}
