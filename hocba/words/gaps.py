"""The sentences of *Thông tin cần bổ sung* (guide 2.1)."""

from collections.abc import Mapping

from hocba.domain.readiness import Gap

GAPS: Mapping[Gap, tuple[str, str]] = {
    Gap.EMPTY: ("Thiếu: {field}.", "Missing: {field}."),
    Gap.FORMAT: ("{field} chưa đúng: cần {expected}.", "{field} is not right: needs {expected}."),
    Gap.NOT_CONFIRMED: ("Lớp chưa xác nhận cuối năm.", "The class's year end is not confirmed."),
    Gap.NOT_ELIGIBLE: (
        "Chưa đủ điều kiện tạo học bạ số: chưa có {field}.",
        "Not eligible yet for a digital transcript: no {field}.",
    ),
    Gap.NOT_ASSIGNED: ("Chưa phân công: {field} {subject}.", "Not assigned: {field} {subject}."),
    Gap.STAFF_ID: (
        "{name}: mã số định danh cá nhân phải có 12 chữ số.",
        "{name}: the personal id must have 12 digits.",
    ),
    Gap.SIGNER_LEFT: (
        "{name} thôi việc ngày {found}: hãy ghi người ký thay và căn cứ ký thay.",
        "{name} left on {found}: name who signs instead, and by which decision.",
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
        "Môn {subject}, {field}: {found} phải là một trong các mức {expected}.",
        "{subject}, {field}: {found} must be one of {expected}.",
    ),
    Gap.TEST_RANGE: (
        "Môn {subject}, {field}: điểm {found} phải là số nguyên từ 0 đến 10.",
        "{subject}, {field}: {found} must be a whole number from 0 to 10.",
    ),
    Gap.TRAIT_EMPTY: ("{field}: thiếu mức đạt được của {subject}.", "{field}: no level for {subject}."),
    Gap.COMMENT_EMPTY: (
        "Môn {subject}: thiếu nhận xét của giáo viên.",
        "{subject}: the teacher's comment is missing.",
    ),
    Gap.LEVEL_DOMAIN: (
        "{about}{field}: {found} phải là một trong các mức {expected}.",
        "{about}{field}: {found} must be one of {expected}.",
    ),
    Gap.NEGATIVE: ("{field} không được âm.", "{field} must not be negative."),
    Gap.NOT_APPLICABLE: (
        "{about}{field}: phải để trống, hiện có {found}.",
        "{about}{field}: must be left empty, there is {found}.",
    ),
    Gap.RULE: (
        "{about}{field} đang là {found}; theo {article} (quy tắc {rule}) là {expected}.",
        "{about}{field} is {found}; by {article} (rule {rule}) it is {expected}.",
    ),
    Gap.TEXT: (
        "{field}: có ký tự không ghi được vào học bạ.",
        "{field}: holds a character that a transcript cannot hold.",
    ),
    Gap.TOO_MANY_SIGNERS: (
        "Có {found} giáo viên bộ môn; một học bạ có tối đa {expected}.",
        "There are {found} subject teachers; a transcript has at most {expected}.",
    ),
    Gap.ID_DIFFERS: (
        "Mã số định danh cá nhân không khớp giới tính hoặc năm sinh.",
        "The personal id does not agree with the sex or the year of birth.",
    ),
    Gap.ID_SHARED: (
        "Mã số định danh cá nhân này còn có ở học sinh khác của trường.",
        "Another pupil of the school has the same personal id.",
    ),
    Gap.NO_ISSUER: (
        "Chưa có ai được giao quyền ký phát hành.",
        "Nobody has the right to issue.",
    ),
    Gap.NOT_IN_LIST: ("{field} “{found}” không có trong danh mục.", "{field} “{found}” is not in the list."),
    Gap.ACCEPTED: (
        "{about}{field} là {found}, theo {article} ({rule}) là {expected}; được chấp nhận vì: “{reason}”.",
        "{about}{field} is {found}, by {article} ({rule}) it is {expected}; accepted because: “{reason}”.",
    ),
    Gap.RULES_UNKNOWN: (
        "Chưa có quy tắc đánh giá cho khối lớp và năm học này; kết quả không được đối chiếu.",
        "No rules of assessment are known for this grade and school year; the results were not compared.",
    ),
}
