"""The labels of our words, Vietnamese and English, by vocabulary.

Members of two vocabularies may be equal as strings (a role and a step), so each has its own map.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from hocba.domain.accounts import AccountState, CertificateState
from hocba.domain.organisations import OrganisationKind
from hocba.domain.permissions import Permission, Scope
from hocba.domain.readiness import Place
from hocba.domain.signing import ItemState, RequestState
from hocba.domain.trust import Concern
from hocba.domain.values import Level, Ownership, Role, Status, Step, Term

LABELS: Mapping[type[StrEnum], Mapping[Any, tuple[str, str]]] = {
    Level: {
        Level.TH: ("Tiểu học", "Primary school"),
        Level.THCS: ("Trung học cơ sở", "Lower secondary school"),
        Level.THPT: ("Trung học phổ thông", "Upper secondary school"),
    },
    Role: {
        Role.ADMIN: ("Quản trị viên", "Administrator"),
        Role.MANAGER: ("Cán bộ quản lý được phân quyền", "Manager"),
        Role.LEADER: ("Lãnh đạo ký duyệt (CBQL)", "School leader"),
        Role.HOMEROOM_TEACHER: ("Giáo viên chủ nhiệm", "Homeroom teacher"),
        Role.SUBJECT_TEACHER: ("Giáo viên bộ môn", "Subject teacher"),
        Role.ISSUER: ("Nhân sự ký phát hành", "Issuer"),
        Role.AUTHORITY: ("Cơ quan quản lý (Phòng/Sở)", "Education authority"),
    },
    OrganisationKind: {
        OrganisationKind.BO: ("Bộ Giáo dục và Đào tạo", "Ministry"),
        OrganisationKind.SO: ("Sở Giáo dục và Đào tạo", "Provincial department"),
        OrganisationKind.PHONG: ("Phòng Giáo dục và Đào tạo", "District office"),
        OrganisationKind.XA: ("UBND xã, phường, đặc khu", "Commune"),
    },
    Ownership: {
        Ownership.PUBLIC: ("Công lập", "Public"),
        Ownership.PRIVATE: ("Ngoài công lập", "Private"),
    },
    Permission: {
        Permission.SCHOOL_VIEW: ("Xem thông tin nhà trường", "See the school"),
        Permission.STAFF_VIEW: ("Xem danh sách cán bộ, giáo viên", "See the staff"),
        Permission.SCHOOL_DATA_WRITE: ("Nhập, sửa dữ liệu nhà trường", "Write the school's data"),
        Permission.PRINTING_SET: ("Cấu hình in học bạ", "Set what is printed"),
        Permission.YEAR_END_CONFIRM: ("Xác nhận hoàn thành tổng kết", "Confirm the year end"),
        Permission.PROFILE_VIEW: ("Xem đầy đủ hồ sơ học sinh", "See pupils' whole profiles"),
        Permission.SCHOOL_CERTIFICATE_VIEW: ("Xem chứng thư số nhà trường", "See the school's certificate"),
        Permission.SCHOOL_CERTIFICATE_REGISTER: (
            "Đăng ký chứng thư số nhà trường",
            "Register the school's certificate",
        ),
        Permission.SCHOOL_CERTIFICATE_COPY: (
            "Lấy chứng thư số năm học trước",
            "Take over last year's certificate",
        ),
        Permission.SCHOOL_CERTIFICATE_DECIDE: (
            "Duyệt chứng thư số nhà trường",
            "Decide on schools' certificates",
        ),
        Permission.ACCOUNT_REGISTER: ("Đăng ký tài khoản ký số của mình", "Register one's signing account"),
        Permission.ACCOUNT_VIEW: ("Xem tài khoản ký số", "See signing accounts"),
        Permission.ACCOUNT_DECIDE: ("Duyệt tài khoản ký số", "Decide on signing accounts"),
        Permission.ACCOUNT_COPY: ("Lấy tài khoản ký số năm trước", "Take over last year's signing accounts"),
        Permission.ISSUE_RIGHT_VIEW: ("Xem quyền ký phát hành", "See who may issue"),
        Permission.ISSUE_RIGHT_GRANT: ("Cấp, thu hồi quyền ký phát hành", "Grant the right to issue"),
        Permission.MISSING_DATA_VIEW: ("Xem thông tin còn thiếu", "See what is missing"),
        Permission.TRANSCRIPT_CREATE: ("Tạo học bạ số", "Create transcripts"),
        Permission.TRANSCRIPT_VIEW: ("Xem học bạ", "See transcripts"),
        Permission.TRANSCRIPT_EXPORT: ("Xuất dữ liệu học bạ", "Export transcripts"),
        Permission.TRANSCRIPT_SIGN: ("Ký học bạ theo kế hoạch ký", "Sign transcripts by the plan"),
        Permission.TRANSCRIPT_ISSUE: ("Ký phát hành học bạ", "Issue transcripts"),
        Permission.TRANSCRIPT_COMPLETE: ("Xác nhận hoàn thành học bạ", "Confirm completion"),
        Permission.CANCELLATION_PROPOSE: ("Đề nghị hủy học bạ (trả lại)", "Propose cancellation"),
        Permission.CANCELLATION_VIEW: ("Xem đề nghị hủy học bạ", "See proposed cancellations"),
        Permission.CANCELLATION_DECIDE: ("Duyệt hủy học bạ", "Decide on cancellations"),
        Permission.SUBMISSION_SEND: ("Gửi học bạ lên cổng", "Send transcripts to the portal"),
        Permission.PORTAL_VIEW: ("Tra cứu trên cổng", "Look up on the portal"),
        Permission.RECALL_CREATE: ("Tạo đề nghị thu hồi", "Create recall requests"),
        Permission.RECALL_SEND: ("Ký và gửi đề nghị thu hồi", "Sign and send recall requests"),
        Permission.RECALL_DECIDE: ("Duyệt đề nghị thu hồi", "Decide on recall requests"),
        Permission.USER_MANAGE: ("Quản lý người dùng", "Manage users"),
        Permission.ROLE_GRANT: ("Cấp vai trò, phân quyền", "Grant roles and permissions"),
        Permission.AUDIT_VIEW: ("Xem nhật ký hệ thống", "Read the audit log"),
        Permission.PROGRESS_VIEW: ("Theo dõi tiến độ ký", "Follow the progress of signing"),
        Permission.SYSTEM_VIEW: ("Xem trạng thái hệ thống", "See the system's state"),
    },
    Scope: {
        Scope.OWN: ("Của mình", "One's own"),
        Scope.CLASSES: ("Lớp được phân công", "The classes of the role"),
        Scope.SIGNED: ("Học bạ mọi người khác đã ký", "What all others have signed"),
        Scope.SCHOOL: ("Toàn trường", "The whole school"),
        Scope.AREA: ("Các trường trực thuộc", "The schools below"),
    },
    Step: {
        Step.SUBJECT_TEACHERS: ("Giáo viên bộ môn ký", "Subject teachers sign"),
        Step.HOMEROOM_TEACHER: ("Giáo viên chủ nhiệm ký", "Homeroom teacher signs"),
        Step.LEADER: ("Cán bộ quản lý ký", "School leader signs"),
        Step.ISSUE: ("Ký phát hành", "Issue"),
    },
    Term: {
        Term.I: ("Học kì I", "Term I"),
        Term.II: ("Học kì II", "Term II"),
    },
    Status: {
        Status.AWAITING_SIGNATURES: ("Chờ ký", "Awaiting signatures"),
        Status.RETURNED: ("Trả lại", "Returned"),
        Status.SIGNED: ("Hoàn thành ký", "Signed"),
        Status.COMPLETED: ("Đã xác nhận hoàn thành", "Completed"),
        Status.SUBMITTED: ("Đã gửi", "Submitted"),
        Status.REJECTED: ("Bị từ chối", "Rejected"),
        Status.ACCEPTED: ("Đã tiếp nhận", "Accepted"),
        Status.RECALL_PENDING: ("Chờ xử lý", "Recall pending"),
        Status.RECALLED: ("Đã thu hồi", "Recalled"),
        Status.CANCELLED: ("Đã hủy", "Cancelled"),
    },
    Concern: {
        Concern.ENDS_EARLY: ("Hết hạn trước thời hạn nộp học bạ", "Ends before the transcripts are due"),
        Concern.UNTRUSTED: ("Không do tổ chức được tin cậy cấp", "Not of an authority that is believed"),
        Concern.REVOKED: ("Đã bị thu hồi", "Revoked"),
        Concern.REVOCATION_UNKNOWN: ("Chưa rõ có bị thu hồi hay không", "Not known whether it is revoked"),
    },
    AccountState: {
        AccountState.UNPROVEN: ("Chờ ký xác nhận", "Awaiting proof of the key"),
        AccountState.PENDING: ("Đã đăng ký, chờ duyệt", "Awaiting approval"),
        AccountState.APPROVED: ("Đã duyệt tài khoản", "Approved"),
        AccountState.REFUSED: ("Từ chối duyệt", "Refused"),
        AccountState.CLOSED: ("Đã thay thế", "Replaced"),
        AccountState.WITHDRAWN: ("Đã thu hồi", "Withdrawn"),
    },
    CertificateState: {
        CertificateState.NOT_REGISTERED: ("Chưa đăng ký", "Not registered"),
        CertificateState.UNPROVEN: ("Chờ ký xác nhận", "Awaiting proof of the key"),
        CertificateState.PENDING: ("Chờ duyệt đăng ký", "Awaiting the authority's approval"),
        CertificateState.APPROVED: ("Đã duyệt", "Approved"),
        CertificateState.REFUSED: ("Từ chối duyệt", "Refused"),
        CertificateState.WITHDRAWN: ("Đã thu hồi", "Withdrawn"),
    },
    RequestState: {
        RequestState.WAITING: ("Chờ xác nhận ký số", "Waiting for the signer"),
        RequestState.WORKING: ("Đang ký", "Signing"),
        RequestState.NEEDS_SECRET: ("Cần nhập lại thông tin xác thực", "Needs a secret"),
        RequestState.NEEDS_LOGIN: ("Cần đăng nhập nhà cung cấp", "Needs a sign-in at the provider"),
        RequestState.EXPIRED: ("Hết hạn", "Expired"),
        RequestState.FINISHED: ("Đã xong", "Finished"),
        RequestState.CANCELLED: ("Đã hủy yêu cầu", "Cancelled"),
    },
    ItemState: {
        ItemState.OPEN: ("Chờ chuẩn bị", "Open"),
        ItemState.PREPARED: ("Sẵn sàng ký", "Prepared"),
        ItemState.ASKED: ("Chờ xác nhận ký số", "Waiting for the signer"),
        ItemState.ANSWERED: ("Đang kiểm tra chữ ký", "Being checked"),
        ItemState.DONE: ("Đã ký", "Signed"),
        ItemState.REFUSED: ("Không ký được", "Refused"),
        ItemState.EXPIRED: ("Hết hạn", "Expired"),
        ItemState.CANCELLED: ("Đã hủy", "Cancelled"),
    },
    Place: {
        Place.SCHOOL: ("Thông tin nhà trường", "School"),
        Place.CLASS: ("Lớp học", "Class"),
        Place.STUDENT: ("Hồ sơ học sinh", "Student profile"),
        Place.ASSIGNMENTS: ("Phân công giảng dạy", "Teaching assignments"),
        Place.STAFF: ("Hồ sơ cán bộ, giáo viên", "Staff"),
        Place.RESULTS: ("Kết quả học tập", "Results"),
        Place.SUMMARY: ("Tổng kết năm học", "Year summary"),
        Place.PRINTING: ("Cấu hình in học bạ", "Print configuration"),
    },
}

WAITS: Mapping[Status, tuple[str, str]] = {
    Status.RETURNED: (
        "Chờ quản trị viên duyệt hủy hoặc từ chối hủy.",
        "An administrator has to approve or refuse the cancellation.",
    ),
    Status.SIGNED: (
        "Chờ quản trị viên xác nhận hoàn thành.",
        "An administrator has to confirm that it is complete.",
    ),
}
"""What a transcript waits for when it does not wait for signatures."""

_STATES = {state.value for state in AccountState}

SCHOOL_CERTIFICATE: Mapping[AccountState, tuple[str, str]] = {
    **LABELS[AccountState],
    **{AccountState(state): words for state, words in LABELS[CertificateState].items() if state in _STATES},
}
"""What the guide calls the states of a school's certificate (C1), which are those of an account."""

YES_NO: Mapping[bool, tuple[str, str]] = {True: ("Có", "yes"), False: ("Không", "no")}
"""What stands for a mark that is set or not."""

NOTHING = ("để trống", "nothing")
"""What should stand in a field that must be empty."""
