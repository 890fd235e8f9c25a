"""What each refusal says, Vietnamese and English.  Facts stand in braces."""

from collections.abc import Mapping

from hocba.domain.errors import Code

SENTENCES: Mapping[Code, tuple[str, str]] = {
    Code.NOT_PERMITTED: (
        "Bạn không có quyền thực hiện thao tác này (cần quyền: {needs}).",
        "You may not do this (permission needed: {needs}).",
    ),
    Code.NOT_FOUND: ("Không tìm thấy.", "Not found."),
    Code.NO_ENDPOINT: (
        "Chưa có nơi nào nhận lời nhắc.",
        "Nothing here takes reminders.",
    ),
    Code.NOT_YOUR_OWN: (
        "Không được tự quyết định cho chính mình.",
        "Nobody decides on his own request, account or rights.",
    ),
    Code.NOT_DELEGABLE: (
        "Quyền này không được phân cho người khác: {permission}.",
        "This permission cannot be delegated: {permission}.",
    ),
    Code.NOT_YOUR_TURN: (
        "Chưa đến lượt ký của bạn; đang chờ bước: {open_step}.",
        "It is not your turn; the open step is: {open_step}.",
    ),
    Code.ALREADY_SIGNED: ("Học bạ đã được ký ở bước này.", "This step is signed already."),
    Code.NOT_A_SIGNER: (
        "Bạn không có tên trong kế hoạch ký ở bước này.",
        "You are not a signer of this transcript at this step.",
    ),
    Code.WRONG_STATUS: (
        "Không thực hiện được khi học bạ ở trạng thái “{status}”.",
        "Not possible while the transcript is “{status}”.",
    ),
    Code.NOT_FULLY_SIGNED: (
        "Học bạ chưa ký xong, còn thiếu {missing} chữ ký.",
        "The transcript is not fully signed: {missing} signatures are missing.",
    ),
    Code.REASON_REQUIRED: ("Phải ghi lý do.", "A reason is required."),
    Code.ALREADY_EXISTS: ("Đã tồn tại.", "It exists already."),
    Code.STALE: (
        "Dữ liệu vừa được người khác thay đổi.",
        "Somebody else has just changed this.",
    ),
    Code.RECALL_FIRST: (
        "Học bạ đã gửi lên cổng, phải thu hồi trước.",
        "The transcript was submitted: it must be recalled first.",
    ),
    Code.OPEN_SUBMISSION: (
        "Học bạ đang trong một lần gửi chưa kết thúc.",
        "The transcript is in a submission that is still open.",
    ),
    Code.YEAR_NOT_CONFIRMED: (
        "Lớp {class_name} chưa xác nhận cuối năm.",
        "The year end of class {class_name} is not confirmed.",
    ),
    Code.MISSING_DATA: (
        "Chưa đủ điều kiện tạo học bạ số: còn thiếu {count} thông tin.",
        "The transcript cannot be made yet: {count} pieces of information are missing.",
    ),
    Code.NOT_WRITABLE: (
        "Mẫu học bạ số không ghi được dữ liệu của học sinh này (thẻ {tag}).",
        "The transcript's format cannot hold the data of this pupil (element {tag}).",
    ),
    Code.TOO_MANY_SIGNERS: (
        "Có {signers} giáo viên bộ môn; một học bạ có tối đa {limit}.",
        "There are {signers} subject teachers; a transcript has at most {limit}.",
    ),
    Code.LIVE_TRANSCRIPT: (
        "Đã có học bạ chưa hủy của năm học này.",
        "There is a transcript of this school year that is not cancelled.",
    ),
    Code.STUDENT_LEFT: (
        "Học sinh đã được đưa ra khỏi lớp của năm học.",
        "The pupil was taken out of his class of the year.",
    ),
    Code.YEAR_CONFIRMED: (
        "Lớp đã xác nhận cuối năm.",
        "The year end of the class is confirmed.",
    ),
    Code.ACCOUNT_NOT_APPROVED: (
        "Tài khoản ký số chưa được duyệt.",
        "The signing account is not approved.",
    ),
    Code.ACCOUNT_NOT_YOURS: (
        "Tài khoản ký số này không phải của bạn.",
        "This signing account is not yours.",
    ),
    Code.ACCOUNT_WRONG_KIND: (
        "Loại tài khoản ký số không dùng được cho bước này.",
        "This kind of signing account does not serve this step.",
    ),
    Code.ACCOUNT_WRONG_STATE: (
        "Tài khoản ký số đang ở trạng thái “{state}”, không cho phép thao tác này.",
        "The signing account is “{state}”: that does not allow this.",
    ),
    Code.ACCOUNT_NOT_PROVEN: (
        "Người đăng ký chưa ký xác nhận là giữ khóa của chứng thư số này.",
        "Whoever registered it has not proved yet that he holds the certificate's key.",
    ),
    Code.ACCOUNT_EXISTS: (
        "Năm học {year} đã có tài khoản ký số đã duyệt hoặc đang chờ duyệt.",
        "There is an account for {year} that is approved or awaits approval.",
    ),
    Code.NO_ROLE_THIS_YEAR: (
        "Người này không có phân công hay vai trò nào trong năm học {year}.",
        "This person has no assignment and no role in {year}.",
    ),
    Code.NOTHING_TO_COPY: (
        "Năm học {year} không có chứng thư số nào đã duyệt để lấy lại.",
        "There is no certificate that was approved in {year}.",
    ),
    Code.CERTIFICATE_ENDS_EARLY: (
        "Chứng thư số hết hạn ngày {until}, trước hạn nộp học bạ của năm học ({due}).",
        "The certificate ends on {until}, before the year's transcripts are due ({due}).",
    ),
    Code.SIGNER_UNKNOWN: (
        "Không có nhà cung cấp ký số này.",
        "There is no such signing provider.",
    ),
    Code.SIGNER_UNAVAILABLE: (
        "Nhà cung cấp ký số tạm thời không phục vụ.",
        "The signing provider is not available.",
    ),
    Code.SIGNER_REFUSED: (
        "Nhà cung cấp ký số từ chối yêu cầu.",
        "The signing provider refused the request.",
    ),
    Code.SIGNER_LOGIN_FAILED: (
        "Thông tin thẻ không tồn tại hoặc không đúng.",
        "The provider does not know these credentials.",
    ),
    Code.SECRET_REQUIRED: (
        "Cần nhập thông tin đăng nhập ký số.",
        "The signing credentials are needed.",
    ),
    Code.PIN_INCORRECT: ("Mã PIN không đúng.", "The PIN is wrong."),
    Code.PIN_LOCKED: ("Thiết bị ký đã bị khóa PIN.", "The token's PIN is locked."),
    Code.USER_CANCELLED: ("Người ký đã hủy xác nhận.", "The signer cancelled."),
    Code.TOKEN_REMOVED: ("Thiết bị ký đã bị rút ra.", "The token was removed."),
    Code.CERTIFICATE_NOT_ON_TOKEN: (
        "Không thấy chứng thư số đã đăng ký trên thiết bị.",
        "The registered certificate is not on the token.",
    ),
    Code.CERTIFICATE_NOT_VALID: (
        "Chứng thư số chưa có hiệu lực hoặc đã hết hạn.",
        "The certificate is not valid yet or has expired.",
    ),
    Code.CERTIFICATE_REVOKED: (
        "Chứng thư số đã bị thu hồi (từ {since}).",
        "The certificate is revoked (since {since}).",
    ),
    Code.CERTIFICATE_REVOCATION_UNKNOWN: (
        "Chưa kiểm tra được chứng thư số có bị thu hồi hay không ({issuer} không trả lời).",
        "Whether the certificate is revoked could not be found out ({issuer} gave no answer).",
    ),
    Code.CERTIFICATE_WRONG_KIND: (
        "Chứng thư số không đúng loại (cá nhân hoặc tổ chức).",
        "The certificate is of the wrong kind (person or organisation).",
    ),
    Code.CERTIFICATE_WRONG_IDENTITY: (
        "Chứng thư số không mang đúng mã định danh của người ký.",
        "The certificate does not carry the signer's identity.",
    ),
    Code.CERTIFICATE_UNTRUSTED: (
        "Chứng thư số không do tổ chức được tin cậy cấp.",
        "The certificate was not issued by a trusted authority.",
    ),
    Code.SIGNATURE_WRONG: ("Chữ ký số không đúng.", "The signature is wrong."),
    Code.ITEM_EXPIRED: (
        "Yêu cầu ký này đã hết hạn.",
        "The time to sign this has run out.",
    ),
    Code.ITEM_CLOSED: (
        "Yêu cầu ký này đã kết thúc.",
        "Signing this has ended already.",
    ),
    Code.REQUEST_CLOSED: ("Yêu cầu ký đã kết thúc.", "The signing request has ended."),
    Code.NOTHING_TO_RETRY: ("Không còn gì để ký lại.", "There is nothing left to sign again."),
    Code.JUDGES_DISAGREE: (
        "Chữ ký không qua được lần kiểm tra độc lập thứ hai.",
        "A second, independent check did not accept the signatures.",
    ),
    Code.SIGN_IN_FAILED: (
        "Tên đăng nhập hoặc mật khẩu không đúng.",
        "The user name or the password is wrong.",
    ),
    Code.TOO_MANY_ATTEMPTS: ("Thử sai quá nhiều lần.", "Too many attempts."),
    Code.PASSWORD_WEAK: ("Mật khẩu chưa đủ mạnh.", "The password is too weak."),
    Code.PASSWORD_KEPT: (
        "Người này là quản trị viên đã có mật khẩu; quản trị viên khác không đặt lại được.",
        "An ADMIN who has a password keeps it: another ADMIN cannot replace it.",
    ),
    Code.PASSWORD_REUSED: (
        "Mật khẩu mới phải khác mật khẩu hiện tại.",
        "The new password must not be the one you have.",
    ),
    Code.PASSWORD_CHANGE_REQUIRED: (
        "Bạn đang dùng mật khẩu được cấp: phải đổi mật khẩu trước khi làm việc khác.",
        "Your password was made for you: change it before anything else.",
    ),
    Code.SECOND_FACTOR_REQUIRED: (
        "Cần mã xác thực hai bước.",
        "The code of your second factor is needed.",
    ),
    Code.SECOND_FACTOR_WRONG: (
        "Mã xác thực hai bước không đúng hoặc đã được dùng.",
        "The code of the second factor is wrong, or was used before.",
    ),
    Code.SECOND_FACTOR_NOT_OFFERED: (
        "Chưa có khóa xác thực hai bước nào để xác nhận, hoặc khóa đã quá hạn.",
        "There is no second factor to confirm, or it was offered too long ago.",
    ),
    Code.SCHOOL_NOT_YOURS: (
        "Bạn không làm việc ở trường có mã này.",
        "There is no school of yours with this code.",
    ),
    Code.LEVEL_NOT_TAUGHT: (
        "Trường không có cấp học này: {level}.",
        "The school does not have this level: {level}.",
    ),
    Code.USERNAME_TAKEN: (
        "Tên đăng nhập đã có người dùng.",
        "Somebody has this user name already.",
    ),
    Code.IDENTITY_UNKNOWN: (
        "Không có tài khoản đang hoạt động ứng với danh tính này.",
        "No active account belongs to this identity.",
    ),
    Code.IDENTITY_PROVIDER_FAILED: (
        "Đăng nhập qua nhà cung cấp định danh không thành công.",
        "Signing in at the identity provider did not succeed.",
    ),
    Code.PAIRING_UNKNOWN: ("Mã ghép nối không đúng.", "The pairing code is not known."),
    Code.PAIRING_EXPIRED: ("Mã ghép nối đã hết hạn.", "The pairing code has expired."),
    Code.TOO_MANY_AGENTS: (
        "Đã ghép nối tối đa số máy tính cho phép.",
        "As many computers are paired as may be.",
    ),
    Code.AGENT_NOT_PAIRED: (
        "Chưa ghép nối máy tính nào của bạn có chứng thư số này: hãy ghép nối bằng lệnh hocba-agent pair.",
        "No computer of yours that holds this certificate is paired: pair it with hocba-agent pair.",
    ),
    Code.SUPERVISION_WRONG_ORDER: (
        "{parent} không quản lý trực tiếp {child}.",
        "{parent} does not stand right above {child}.",
    ),
    Code.SUPERVISION_OVERLAPS: (
        "Trong thời gian đó đã có cơ quan quản lý trực tiếp khác (từ {since}).",
        "Another authority stands right above it in that time (from {since}).",
    ),
    Code.FILE_UNKNOWN: ("Không tìm thấy tệp.", "The file is not known."),
    Code.FILE_TOO_LARGE: ("Tệp quá lớn.", "The file is too large."),
    Code.FILE_NOT_READABLE: ("Không đọc được tệp.", "The file cannot be read."),
    Code.IMPORT_HAS_ERRORS: (
        "Tệp nhập còn lỗi, chưa ghi gì vào hệ thống.",
        "The import has errors; nothing was written.",
    ),
    Code.FROZEN_DATA: (
        "Dữ liệu đã khóa vì đang có học bạ chưa hủy.",
        "The data is frozen by a transcript that is not cancelled.",
    ),
    Code.EXPORT_NOT_ALLOWED: (
        "Không xuất được học bạ ở trạng thái “{status}”.",
        "A transcript that is “{status}” cannot be exported.",
    ),
    Code.INVALID_VALUE: ("Giá trị không hợp lệ: {field}.", "Invalid value: {field}."),
    Code.CHARACTER_NOT_ALLOWED: (
        "Có ký tự không được phép (xuống dòng, ký tự điều khiển): {field}.",
        "A character that is not allowed (line break, control character): {field}.",
    ),
}
