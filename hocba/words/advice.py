"""What helps after each refusal, Vietnamese and English."""

from collections.abc import Mapping

from hocba.domain.errors import Code

_RELOAD = ("Tải lại trang rồi thử lại.", "Load the page again and retry.")
_RETRY_LATER = ("Vui lòng thử lại sau ít phút.", "Please try again in a few minutes.")
_ASK_ADMIN = ("Liên hệ quản trị viên của trường.", "Ask the school's administrator.")
_SIGN_AGAIN = ("Thực hiện lại thao tác ký.", "Sign once more.")
_OTHER_CERTIFICATE = (
    "Chọn chứng thư số khác hoặc liên hệ nhà cung cấp chứng thư số.",
    "Choose another certificate or ask its issuer.",
)
_MEND_DATA = ("Bổ sung dữ liệu rồi tạo lại.", "Complete the data, then create again.")
_PROPOSE = (
    "Nếu dữ liệu sai, hãy đề nghị hủy học bạ và ghi rõ lý do.",
    "If the data is wrong, propose to cancel the transcript and say why.",
)

WHOLE_CODE = (
    "Gửi mã dưới dạng chuỗi, đủ cả các số 0 ở đầu; hệ thống không tự thêm.",
    "Send it as text with all its leading zeros: none is added to it.",
)
"""After a code or a personal id that a client sent and nobody has, or that cannot be one."""

ADVICE: Mapping[Code, tuple[str, str]] = {
    Code.NOT_PERMITTED: _ASK_ADMIN,
    Code.NOT_FOUND: _RELOAD,
    Code.NO_ENDPOINT: (
        "Đề nghị người vận hành khai báo nơi nhận thông báo (webhook).",
        "Ask the operator to name an endpoint for messages (webhook).",
    ),
    Code.NOT_YOUR_OWN: ("Đề nghị một quản trị viên khác xử lý.", "Another administrator has to decide."),
    Code.NOT_DELEGABLE: (
        "Chọn trong các quyền được phép phân (permissions, delegable).",
        "Choose among those that may be delegated (permissions, delegable).",
    ),
    Code.NOT_YOUR_TURN: (
        "Chờ các bước trước ký xong; xem tiến độ ký để biết còn chờ ai.",
        "Wait for the earlier steps; the progress of signing shows who is missing.",
    ),
    Code.ALREADY_SIGNED: ("Không cần làm gì thêm.", "Nothing more is needed."),
    Code.NOT_A_SIGNER: _ASK_ADMIN,
    Code.WRONG_STATUS: _RELOAD,
    Code.NOT_FULLY_SIGNED: (
        "Xem tiến độ ký để biết còn chờ ai.",
        "The progress of signing shows who is missing.",
    ),
    Code.REASON_REQUIRED: ("Ghi lý do rồi gửi lại.", "Write the reason and send again."),
    Code.ALREADY_EXISTS: _RELOAD,
    Code.STALE: _RELOAD,
    Code.RECALL_FIRST: ("Tạo yêu cầu thu hồi trước.", "Make a recall request first."),
    Code.OPEN_SUBMISSION: ("Chờ cổng trả kết quả.", "Wait for the portal's answer."),
    Code.YEAR_NOT_CONFIRMED: (
        "Xác nhận cuối năm cho lớp rồi tạo học bạ.",
        "Confirm the class's year end, then create the transcripts.",
    ),
    Code.MISSING_DATA: _MEND_DATA,
    Code.NOT_WRITABLE: (
        "Sửa dữ liệu ứng với thẻ ấy; nếu dữ liệu đúng, báo cho đơn vị vận hành.",
        "Mend the data behind that element; if it is right, tell the operator.",
    ),
    Code.TOO_MANY_SIGNERS: (
        "Phân công lại để mỗi môn có một giáo viên phụ trách.",
        "Assign one responsible teacher per subject.",
    ),
    Code.LIVE_TRANSCRIPT: _PROPOSE,
    Code.STUDENT_LEFT: (
        "Khôi phục học sinh vào lớp, kèm lý do, rồi gửi lại.",
        "Restore him to his class, with a reason, and send again.",
    ),
    Code.YEAR_CONFIRMED: (
        "Hủy xác nhận cuối năm của lớp khi chưa có học bạ, rồi gửi lại.",
        "Undo the confirmation while the class has no transcripts, and send again.",
    ),
    Code.ACCOUNT_NOT_APPROVED: (
        "Chờ duyệt, hoặc liên hệ người duyệt tài khoản ký số.",
        "Wait for the approval or ask whoever approves signing accounts.",
    ),
    Code.ACCOUNT_NOT_YOURS: ("Chọn tài khoản ký số của mình.", "Choose your own signing account."),
    Code.ACCOUNT_WRONG_KIND: (
        "Ký phát hành dùng chứng thư số của trường; các bước khác dùng của cá nhân.",
        "Issuing takes the school's certificate, the other steps a person's.",
    ),
    Code.ACCOUNT_WRONG_STATE: _RELOAD,
    Code.ACCOUNT_NOT_PROVEN: (
        "Người đăng ký xác nhận trên thiết bị hoặc điện thoại của mình, hoặc thử ký lại, hoặc đăng ký lại.",
        "Whoever registered it confirms on his device or phone, tries again, or registers again.",
    ),
    Code.ACCOUNT_EXISTS: (
        "Dùng tài khoản của năm học này, hoặc thu hồi tài khoản đó trước.",
        "Use this year's account, or withdraw it first.",
    ),
    Code.NO_ROLE_THIS_YEAR: (
        "Phân công giảng dạy, chủ nhiệm hoặc cấp vai trò cho người này trước.",
        "Assign the person classes or give a role first.",
    ),
    Code.NOTHING_TO_COPY: ("Đăng ký chứng thư số mới.", "Register a certificate."),
    Code.CERTIFICATE_ENDS_EARLY: (
        "Gia hạn chứng thư số rồi đăng ký lại.",
        "Renew the certificate, then register it anew.",
    ),
    Code.SIGNER_UNKNOWN: ("Chọn nhà cung cấp khác.", "Choose another provider."),
    Code.SIGNER_UNAVAILABLE: _RETRY_LATER,
    Code.SIGNER_REFUSED: ("Liên hệ nhà cung cấp ký số.", "Ask the signing provider."),
    Code.SIGNER_LOGIN_FAILED: (
        "Kiểm tra tên đăng nhập và mật khẩu của nhà cung cấp.",
        "Check the provider's user name and password.",
    ),
    Code.SECRET_REQUIRED: ("Nhập đủ các mục được yêu cầu.", "Fill in every field that is asked for."),
    Code.PIN_INCORRECT: (
        "Nhập lại PIN; nhập sai nhiều lần sẽ khóa thiết bị.",
        "Enter the PIN again; too many wrong ones lock the token.",
    ),
    Code.PIN_LOCKED: ("Liên hệ nhà cung cấp để mở khóa.", "Ask the provider to unlock it."),
    Code.USER_CANCELLED: _SIGN_AGAIN,
    Code.TOKEN_REMOVED: ("Cắm thiết bị rồi ký lại.", "Put the token in and sign once more."),
    Code.CERTIFICATE_NOT_ON_TOKEN: (
        "Cắm đúng thiết bị đã đăng ký, hoặc đăng ký lại.",
        "Put in the registered token, or register again.",
    ),
    Code.CERTIFICATE_NOT_VALID: _OTHER_CERTIFICATE,
    Code.CERTIFICATE_REVOKED: _OTHER_CERTIFICATE,
    Code.CERTIFICATE_REVOCATION_UNKNOWN: (
        "Thử lại sau ít phút; nếu vẫn vậy, báo cho đơn vị vận hành kiểm tra kết nối đến tổ chức chứng thực.",
        "Try again in a few minutes; if it stays so, the operator looks at the way to the authority.",
    ),
    Code.CERTIFICATE_WRONG_KIND: _OTHER_CERTIFICATE,
    Code.CERTIFICATE_WRONG_IDENTITY: (
        "Kiểm tra mã định danh trong hồ sơ và trong chứng thư số.",
        "Compare the identity in the profile with that in the certificate.",
    ),
    Code.CERTIFICATE_UNTRUSTED: _OTHER_CERTIFICATE,
    Code.SIGNATURE_WRONG: _SIGN_AGAIN,
    Code.ITEM_EXPIRED: _SIGN_AGAIN,
    Code.ITEM_CLOSED: _RELOAD,
    Code.REQUEST_CLOSED: ("Tạo yêu cầu ký mới.", "Begin a new signing request."),
    Code.NOTHING_TO_RETRY: _RELOAD,
    Code.JUDGES_DISAGREE: (
        "Báo cho đơn vị vận hành; học bạ chưa được phát hành.",
        "Tell the operator; the transcript was not issued.",
    ),
    Code.SIGN_IN_FAILED: ("Kiểm tra rồi đăng nhập lại.", "Check them and sign in again."),
    Code.TOO_MANY_ATTEMPTS: _RETRY_LATER,
    Code.PASSWORD_WEAK: (
        "Chọn mật khẩu từ {limit} ký tự, không dễ đoán, không chỉ có chữ số, không chứa tên đăng nhập.",
        "Choose {limit} characters or more that are hard to guess, not digits only, without the user name.",
    ),
    Code.PASSWORD_KEPT: (
        "Người vận hành hệ thống đặt lại mật khẩu cho quản trị viên.",
        "The operator of the system resets an ADMIN's password.",
    ),
    Code.PASSWORD_REUSED: ("Chọn mật khẩu khác.", "Choose another one."),
    Code.PASSWORD_CHANGE_REQUIRED: ("Đổi mật khẩu rồi làm tiếp.", "Change the password, then go on."),
    Code.SECOND_FACTOR_REQUIRED: (
        "Nhập mã trên điện thoại, hoặc một mã khôi phục; nếu chưa cài đặt, hãy cài đặt xác thực hai bước.",
        "Enter the code that your phone shows, or a recovery code; without a second factor, set it up.",
    ),
    Code.SECOND_FACTOR_WRONG: (
        "Chờ mã tiếp theo; nếu mất điện thoại, dùng mã khôi phục hoặc nhờ quản trị viên đặt lại.",
        "Wait for the next code; without the phone use a recovery code, or ask an administrator.",
    ),
    Code.SECOND_FACTOR_NOT_OFFERED: (
        "Cài đặt xác thực hai bước lại từ đầu.",
        "Set the second factor up once more.",
    ),
    Code.SCHOOL_NOT_YOURS: (
        "Kiểm tra mã trường, hoặc để trống để vào trường của mình.",
        "Check the school's code, or leave it out to go to your own.",
    ),
    Code.LEVEL_NOT_TAUGHT: ("Chọn cấp học khác.", "Choose another level."),
    Code.USERNAME_TAKEN: ("Chọn tên đăng nhập khác.", "Choose another user name."),
    Code.IDENTITY_UNKNOWN: _ASK_ADMIN,
    Code.IDENTITY_PROVIDER_FAILED: (
        "Đăng nhập lại từ đầu; nếu vẫn không được, dùng tên đăng nhập và mật khẩu.",
        "Begin again; if it does not help, use your user name and password.",
    ),
    Code.PAIRING_UNKNOWN: (
        "Xem lại mã trên máy tính cần ghép nối.",
        "Look at the code on the computer once more.",
    ),
    Code.PAIRING_EXPIRED: ("Lấy mã mới trên máy tính.", "Get a new code on the computer."),
    Code.TOO_MANY_AGENTS: ("Gỡ một máy tính cũ trước.", "Remove an old computer first."),
    Code.AGENT_NOT_PAIRED: (
        "Cắm USB Token, chạy hocba-agent pair trên máy tính đó, xác nhận mã hiện ra, rồi ký lại.",
        "Put the token in, run hocba-agent pair on that computer, confirm the code it shows, then sign.",
    ),
    Code.SUPERVISION_WRONG_ORDER: (
        "Thứ tự: Bộ, Sở, rồi Phòng hoặc xã, rồi trường.",
        "The order is: Bộ, Sở, then Phòng or xã, then schools.",
    ),
    Code.SUPERVISION_OVERLAPS: (
        "Ghi ngày kết thúc của quan hệ quản lý cũ trước.",
        "Give the earlier one its end first.",
    ),
    Code.FILE_UNKNOWN: ("Tải tệp lên lại.", "Upload the file again."),
    Code.FILE_TOO_LARGE: ("Chia tệp thành nhiều phần.", "Split the file."),
    Code.FILE_NOT_READABLE: (
        "Dùng tệp mẫu của hệ thống (xlsx).",
        "Use the template of this system (xlsx).",
    ),
    Code.IMPORT_HAS_ERRORS: (
        "Sửa theo cột Lỗi trong tệp trả về rồi nhập lại.",
        "Mend what the column Lỗi of the returned file says and import again.",
    ),
    Code.FROZEN_DATA: _PROPOSE,
    Code.EXPORT_NOT_ALLOWED: _RELOAD,
    Code.INVALID_VALUE: ("Sửa giá trị rồi gửi lại.", "Mend the value and send again."),
    Code.CHARACTER_NOT_ALLOWED: (
        "Viết trên một dòng, chỉ dùng chữ, số và dấu câu.",
        "Write it on one line, with letters, digits and punctuation only.",
    ),
}
