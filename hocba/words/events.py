"""What users read of events, of who read what, and of messages: every kind that is ever stored."""

from collections.abc import Mapping
from enum import StrEnum

from hocba.domain.access import AccessKind
from hocba.domain.messages import DeliveryState, MessageKind
from hocba.words import Lang

EVENTS: Mapping[str, tuple[str, str]] = {
    # transcripts
    "Created": ("Tạo học bạ", "The transcript was created"),
    "SignatureAdded": ("Ký số", "A signature was added"),
    "Sealed": ("Đóng dấu, phát hành", "The transcript was sealed and issued"),
    "CancelProposed": ("Đề nghị hủy (trả lại)", "Cancellation was proposed"),
    "CancelRefused": ("Từ chối hủy", "Cancellation was refused"),
    "Cancelled": ("Hủy học bạ", "The transcript was cancelled"),
    "Completed": ("Xác nhận hoàn thành", "Completion was confirmed"),
    "Reopened": ("Bỏ xác nhận hoàn thành", "Completion was undone"),
    # the school's data
    "YearConfirmed": ("Xác nhận kết thúc năm học", "The year end was confirmed"),
    "YearReopened": ("Bỏ xác nhận kết thúc năm học", "The year end was reopened"),
    "SchoolDataChanged": ("Thay đổi dữ liệu nhà trường", "School data was changed"),
    "StudentLeft": ("Học sinh rời lớp", "The pupil left the class"),
    "StudentRestored": ("Khôi phục học sinh vào lớp", "The pupil was restored to the class"),
    "PrintConfigured": ("Thay đổi cấu hình in", "The print configuration was set"),
    "WorkbookImported": ("Nhập dữ liệu từ tệp", "A workbook was imported"),
    "FileUploaded": ("Tải tệp lên", "A file was uploaded"),
    "ExportRequested": ("Xuất dữ liệu", "Data was exported"),
    # signing accounts
    "AccountRequested": ("Đăng ký tài khoản ký số", "A signing account was registered"),
    "AccountProven": ("Xác thực quyền giữ khóa", "Possession of the key was proven"),
    "AccountCarriedOver": ("Lấy dữ liệu năm học trước", "Last year's account was taken over"),
    "AccountApproved": ("Duyệt tài khoản ký số", "A signing account was approved"),
    "AccountRefused": ("Từ chối tài khoản ký số", "A signing account was refused"),
    "AccountClosed": ("Thay thế tài khoản ký số", "A signing account was replaced"),
    "AccountWithdrawn": ("Thu hồi tài khoản ký số", "A signing account was withdrawn"),
    "AgentPaired": ("Ghép nối máy tính ký số", "A signing computer was paired"),
    "AgentRevoked": ("Hủy ghép nối máy tính ký số", "A signing computer was unpaired"),
    # people and rights
    "IssueRightGranted": ("Cấp quyền ký phát hành", "The issue right was granted"),
    "IssueRightWithdrawn": ("Thu hồi quyền ký phát hành", "The issue right was withdrawn"),
    "RoleGranted": ("Cấp vai trò", "A role was granted"),
    "PermissionsGranted": ("Phân quyền cho cán bộ", "Permissions were delegated"),
    "PermissionsWithdrawn": ("Thu hồi quyền đã phân", "Delegated permissions were withdrawn"),
    "PasswordIssued": ("Cấp mật khẩu ban đầu", "An initial password was issued"),
    "PasswordChanged": ("Đổi mật khẩu", "The password was changed"),
    "SessionRevoked": ("Kết thúc phiên đăng nhập", "A session was ended"),
    "UserCreated": ("Tạo tài khoản đăng nhập", "A user was created"),
    "UserShutOut": ("Khóa tài khoản đăng nhập", "A user was shut out"),
    "UserLetIn": ("Mở lại tài khoản đăng nhập", "A user was let in again"),
    "UserUnlocked": ("Mở khóa đăng nhập", "A user was unlocked"),
    "SecondFactorTurnedOn": ("Bật xác thực hai lớp", "The second factor was turned on"),
    "SecondFactorReset": ("Đặt lại xác thực hai lớp", "The second factor was reset"),
    "RecoveryCodeUsed": ("Dùng mã khôi phục", "A recovery code was used"),
    "IdentityLinked": ("Liên kết tài khoản định danh", "An identity elsewhere was linked"),
    "Reminded": ("Nhắc ký số", "Somebody was reminded to sign"),
    # the installation
    "SchoolAdded": ("Thêm trường", "A school was added"),
    "SchoolChanged": ("Thay đổi thông tin trường", "A school was changed"),
    "OrganisationAdded": ("Thêm cơ quan quản lý", "An authority was added"),
    "SupervisionSet": ("Thay đổi quan hệ quản lý", "Supervision was set"),
}
"""Kind -> Vietnamese, English."""


def event_label(kind: str, lang: Lang = "vi") -> str:
    """What users call an event of this kind; the kind itself when we have no word for it."""
    words = EVENTS.get(kind)
    return words[0 if lang == "vi" else 1] if words else kind


RECORDS: Mapping[StrEnum, tuple[str, str]] = {
    AccessKind.STUDENT: ("Xem hồ sơ, kết quả học sinh", "The pupil's profile or results were read"),
    AccessKind.TRANSCRIPT: ("Xem học bạ", "The transcript was read"),
    AccessKind.FILE: ("Tải tệp học bạ", "A file of the transcript was downloaded"),
    MessageKind.REMINDER: ("Nhắc ký số", "Reminder to sign"),
    MessageKind.TRANSCRIPT_SIGNED: ("Học bạ đã ký xong", "Transcript signed by all"),
    DeliveryState.WAITING: ("Chờ gửi", "Waiting"),
    DeliveryState.DELIVERED: ("Đã gửi", "Delivered"),
    DeliveryState.FAILED: ("Gửi không thành công", "Failed"),
}
"""Of who read what, and of messages."""


def record_label(member: StrEnum, lang: Lang = "vi") -> str:
    """What users call one of these."""
    return RECORDS[member][0 if lang == "vi" else 1]
