"""What people read about a problem: the sentence in Vietnamese, and in English."""

from collections.abc import Mapping

from hocba.documents.workbooks.problem_codes import ProblemCode

WORDS: Mapping[ProblemCode, tuple[str, str]] = {
    ProblemCode.NO_KNOWN_SHEET: (
        "Tệp không có trang tính nào của mẫu. Hãy tải tệp mẫu và nhập lại.",
        "The file has none of the template's sheets. Download the template and fill it in.",
    ),
    ProblemCode.SHEET_UNKNOWN: (
        "Trang tính “{name}” không thuộc mẫu nên được bỏ qua.",
        "The sheet “{name}” is not part of the template and was left out.",
    ),
    ProblemCode.SHEET_HIDDEN: (
        "Trang tính “{name}” bị ẩn nên được bỏ qua; hãy bỏ ẩn nếu cần nhập.",
        "The sheet “{name}” is hidden and was left out; show it if it is meant to be read.",
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
    ProblemCode.MEASURE_INVALID: (
        "Phải là số từ {first} đến {last} ({unit}), nhiều nhất một chữ số thập phân.",
        "This must be a number from {first} to {last} ({unit}) with at most one decimal.",
    ),
    ProblemCode.NOT_ROUNDED: (
        "Ô chứa {stored} dù Excel có thể chỉ hiện {shown}: hãy làm tròn trong tệp, ví dụ =ROUND(…;1).",
        "The cell holds {stored}, though Excel may show {shown}: round it in the file, as by =ROUND(…,1).",
    ),
    ProblemCode.YEAR_INVALID: (
        "Năm học phải gồm hai năm liền nhau, ví dụ 2023-2024.",
        "A school year is two years in a row, for example 2023-2024.",
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
        "Số định danh cá nhân phải gồm đúng 12 chữ số, kể cả các số 0 ở đầu.",
        "A personal id has exactly 12 digits, leading zeros among them.",
    ),
    ProblemCode.CODE_INCOMPLETE: (
        "Mã thiếu số 0 ở đầu: nhà trường có mã {name}.",
        "The code lacks its leading zeros: the school has {name}.",
    ),
    ProblemCode.USERNAME_INVALID: (
        "Tên đăng nhập gồm 3–100 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới, @.",
        "A user name has 3-100 characters: plain lower-case letters, digits, dot, hyphen, underscore, @.",
    ),
    ProblemCode.SUBJECT_UNKNOWN: (
        "Không có môn học hoặc hoạt động giáo dục này trong danh mục.",
        "There is no such subject in the list.",
    ),
    ProblemCode.TRAIT_UNKNOWN: (
        "Không có phẩm chất hoặc năng lực mang mã {name}.",
        "No quality or ability has the code {name}.",
    ),
    ProblemCode.NOT_OF_LEVEL: (
        "Cấp học của học sinh không có mục này ({name}).",
        "The pupil's level does not have this ({name}).",
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
    ProblemCode.OTHER_SHEET: (
        "Học sinh học khối {grade}: hãy ghi dòng này ở trang “{name}”.",
        "The pupil is in grade {grade}: this row belongs on the sheet “{name}”.",
    ),
    ProblemCode.MARK_NOT_A_SCORE: (
        "Môn này đánh giá bằng điểm số: cần điểm từ 0 đến 10, không phải mức.",
        "This subject is assessed by scores: a score from 0 to 10 is needed, not a level.",
    ),
    ProblemCode.MARK_NOT_A_LEVEL: (
        "Môn này đánh giá bằng nhận xét: chỉ nhận Đ hoặc CĐ.",
        "This subject is assessed by comments: only Đ or CĐ is accepted.",
    ),
    ProblemCode.TEST_NOT_EXPECTED: (
        "Môn này ở khối {grade} không có điểm kiểm tra định kì cuối năm (TT 27/2020 Đ7).",
        "In grade {grade} this subject has no test at the end of the year (TT 27/2020 Đ7).",
    ),
    ProblemCode.EXEMPT_WITH_MARKS: (
        "Đã ghi Miễn thì không ghi điểm hoặc mức.",
        "Who is exempt has no marks.",
    ),
    ProblemCode.YEAR_NOT_EARLIER: (
        "Phải là một năm học trước năm học {year}.",
        "This must be a school year before {year}.",
    ),
    ProblemCode.RULE_NOT_OF_GRADE: (
        "Quy tắc này không áp dụng cho khối {grade}; các quy tắc được ghi ngoại lệ: {choices}.",
        "This rule does not apply to grade {grade}; a reason may stand against: {choices}.",
    ),
    ProblemCode.RULE_FIXED: (
        "Không lí do nào được ghi cho quy tắc này; các quy tắc được ghi ngoại lệ: {choices}.",
        "No reason stands against this rule; a reason may stand against: {choices}.",
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
    ProblemCode.STUDENT_LEFT: (
        "Học sinh đã được đưa ra khỏi lớp trong năm học nên dòng này được bỏ qua; hãy khôi phục nếu nhầm.",
        "The pupil was taken out of his class, so this row was left out; restore him if that is wrong.",
    ),
    ProblemCode.CLASS_CONFIRMED: (
        "Lớp đã xác nhận cuối năm nên không đổi khối; hãy hủy xác nhận trước.",
        "The class's year end is confirmed, so its grade was not changed; undo the confirmation first.",
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
        "Số định danh này đã ghi cho người có mã {name}.",
        "Somebody else, with the code {name}, has this personal id.",
    ),
    ProblemCode.PERSONAL_ID_ABSENT: (
        "Chưa có số định danh cá nhân: vẫn được nhận, nhưng học sinh chưa đủ điều kiện tạo học bạ số.",
        "There is no personal id: the data is taken, but the pupil cannot have a digital transcript yet.",
    ),
    ProblemCode.RECORD_NUMBER_TWICE: (
        "Mã số hồ sơ học tập này đã ghi cho học sinh {name}.",
        "The pupil {name} has this record number already.",
    ),
    ProblemCode.PUPIL_TWICE: (
        "Trùng họ tên và ngày sinh với học sinh mã {name}; hãy kiểm tra có phải cùng một người.",
        "Name and birth date are those of the pupil {name}; check whether they are one person.",
    ),
    ProblemCode.BIRTH_YEAR_UNLIKELY: (
        "Năm sinh {found} khó phù hợp với khối {grade} năm học {year}; hãy kiểm tra.",
        "The year of birth {found} hardly fits grade {grade} of {year}; please check.",
    ),
    ProblemCode.CODE_COMPLETED: (
        "Mã bị mất chữ số 0 ở đầu, được hiểu là {name}. Hãy kiểm tra.",
        "The code had lost its leading zeros and was read as {name}. Please check.",
    ),
    ProblemCode.SIGNER_LEFT: (
        "{name} thôi việc ngày {day} ({slot}): hãy ghi người ký thay và căn cứ ký thay.",
        "{name} left on {day} ({slot}): name who signs instead, and by which decision.",
    ),
    ProblemCode.ETHNICITY_UNKNOWN: (
        "Dân tộc không có trong danh mục.",
        "This ethnic group is not in the list.",
    ),
    ProblemCode.GRADE_CHANGED: (
        "Khối của lớp đổi từ {old} sang {new}: hãy rà soát phân công và kết quả đã nhập theo khối cũ.",
        "The class goes from grade {old} to {new}: look at the assignments and results of the old grade.",
    ),
    ProblemCode.TRANSCRIPTS_KEEP: (
        "{count} học bạ đã tạo giữ giá trị cũ ({classes}); muốn đổi thì phải hủy và tạo lại.",
        "{count} transcripts keep the old value ({classes}); to change them, cancel and make them anew.",
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
