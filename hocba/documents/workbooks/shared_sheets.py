"""The sheets that schools of every level have: pupils, classes, staff, teaching, other years, exceptions."""

from dataclasses import replace

from hocba.documents.workbooks import cells, days
from hocba.documents.workbooks.assessed import terms
from hocba.documents.workbooks.cells import Kind
from hocba.documents.workbooks.columns import PUPIL, Column, Table, basis, code, paragraph, text, tick
from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    EarlierYearLine,
    OverrideLine,
    PrintingLine,
    StaffLine,
    StudentLine,
)
from hocba.documents.workbooks.problems import SheetKey
from hocba.domain.values import Profile

_NAME = Column(
    header="Họ và tên",
    field="full_name",
    kind=cells.text(200),
    required=True,
    note="Họ, chữ đệm và tên như trong giấy khai sinh.",
    width=28,
)
_PERSONAL_ID = Column(
    header="Số định danh cá nhân",
    field="personal_id",
    kind=cells.personal_id(),
    note="12 chữ số, giữ cả chữ số 0 ở đầu (ô kiểu văn bản).",
    width=20,
)
_DAY = days.day()
_TAKEN_BACK = "Dòng đã nhập mà để trống thì được rút lại."
_TICK = "Ghi x nếu có. Để trống không thu hồi quyền đã cấp."

STAFF = Table(
    key=SheetKey.STAFF,
    title="Nhân sự",
    line=StaffLine,
    columns=(
        code("Mã nhân sự", "code", "Mã riêng của từng người trong trường."),
        _NAME,
        _PERSONAL_ID,
        text("Chức vụ", "title", 100, "Ví dụ: Hiệu trưởng, Phó Hiệu trưởng, Giáo viên."),
        Column(
            header="Tên đăng nhập",
            field="username",
            kind=cells.username(),
            note="Chữ thường không dấu, chữ số, dấu chấm. Mật khẩu không ghi ở đây.",
            width=20,
        ),
        tick("Quản trị viên", "admin", _TICK),
        tick("Cán bộ quản lý", "manager", _TICK),
        tick("Ký phát hành", "issuer", _TICK),
        Column(header="Ngày thôi việc", field="left_on", kind=_DAY, note="Ngày/tháng/năm."),
    ),
)

_STUDENTS = Table(
    key=SheetKey.STUDENTS,
    title="Học sinh",
    line=StudentLine,
    columns=(
        code("Mã học sinh", "code", "Mã học sinh trong cơ sở dữ liệu ngành; mỗi mã một học sinh."),
        _NAME,
        code("Lớp", "class_name", "Tên lớp như ở trang Lớp."),
        Column(header="Ngày sinh", field="birth_date", kind=_DAY, note="Ngày/tháng/năm."),
        Column(header="Giới tính", field="sex", kind=cells.choice(empty="", Nam="Nam", Nữ="Nữ"), width=10),
        replace(
            _PERSONAL_ID,
            note=f"{_PERSONAL_ID.note} Để trống khi chưa được cấp: học sinh chưa lập được học bạ số.",
        ),
        text("Số đăng bộ", "register_number", 60, "Số sổ đăng bộ PCGD."),
        text("Mã số hồ sơ học tập", "record_number", 40, "Mã số hồ sơ học tập suốt đời, nếu đã được cấp."),
        text("Nơi sinh", "birthplace", 300, "Ghi theo giấy khai sinh, kể cả tên tỉnh cũ.", width=30),
        text("Quê quán", "home_town", 300, width=30),
        text("Chỗ ở hiện nay", "address", 300, width=40),
        text("Dân tộc", "ethnicity", 60, width=14),
        text("Quốc tịch", "nationality", 60, width=14),
        text("Đối tượng", "policy_group", 200, "Đối tượng chính sách, nếu có.", width=20),
        text("Họ và tên cha", "father", 200),
        text("Nghề nghiệp cha", "father_occupation", 200),
        text("Họ và tên mẹ", "mother", 200),
        text("Nghề nghiệp mẹ", "mother_occupation", 200),
        text("Họ và tên người giám hộ", "guardian", 200),
        text("Nghề nghiệp người giám hộ", "guardian_occupation", 200),
        Column(
            header="Ngày vào lớp",
            field="since",
            kind=_DAY,
            note="Ngày nhập học hoặc chuyển đến trong năm học.",
        ),
    ),
)

CLASSES = Table(
    key=SheetKey.CLASSES,
    title="Lớp",
    line=ClassLine,
    columns=(
        code("Tên lớp", "name", "Ví dụ: 6A1. Mỗi tên một lớp trong năm học."),
        Column(header="Khối", field="grade", kind=cells.whole(1, 12), required=True, width=8),
        code("Giáo viên chủ nhiệm", "homeroom", "Mã nhân sự của giáo viên chủ nhiệm.", required=False),
        basis("Căn cứ ký thay GVCN", "homeroom_basis"),
        code("Lãnh đạo ký", "leader", "Mã nhân sự của lãnh đạo ký học bạ của lớp.", required=False),
        basis("Căn cứ ký thay lãnh đạo", "leader_basis"),
    ),
)

EARLIER_YEARS = Table(
    key=SheetKey.EARLIER_YEARS,
    title="Quá trình học tập",
    line=EarlierYearLine,
    columns=(
        *PUPIL,
        Column(
            header="Năm học",
            field="year",
            kind=days.school_year(),
            required=True,
            note="Năm học ở trường khác, ví dụ 2023-2024.",
            width=12,
        ),
        replace(code("Lớp", "class_name", f"Lớp đã học năm ấy. {_TAKEN_BACK}"), emptied=True),
        Column(
            header="Tên trường",
            field="school_name",
            kind=cells.text(200),
            required=True,
            emptied=True,
            note="Tên trường, kể cả tỉnh hoặc thành phố.",
            width=40,
        ),
        Column(
            header="Ngày nhập học", field="since", kind=_DAY, note="Ngày nhập học hoặc chuyển đến trường ấy."
        ),
    ),
)

_PLACE = text("Địa danh", "place", 200, "Ví dụ: Phường An Hải.", width=30, required=True)
_WRITTEN_ON = Column(header="Ngày ghi", field="written_on", kind=_DAY, required=True, note="Ngày/tháng/năm.")
_PROFILE = Column(
    header="Mẫu học bạ tiểu học",
    field="primary_profile",
    kind=cells.choice(empty="", **{Profile.MOET_TH.value: "", Profile.HOCBA.value: Profile.HOCBA.value}),
    note="Để trống: theo mẫu của Bộ, giáo viên bộ môn không ký. hocba-2.0: giáo viên bộ môn cùng ký.",
    width=20,
)


def students(ethnic_groups: tuple[str, ...]) -> Table:
    """*Học sinh*; the names of ethnic groups are offered, others accepted."""
    offered = cells.text(60, *ethnic_groups)
    columns = (
        replace(each, kind=offered) if each.field == "ethnicity" else each for each in _STUDENTS.columns
    )
    return replace(_STUDENTS, columns=tuple(columns))


def assignments(subject: Kind) -> Table:
    """*Phân công* with the subjects of the school's levels."""
    return Table(
        key=SheetKey.ASSIGNMENTS,
        title="Phân công",
        line=AssignmentLine,
        columns=(
            code("Lớp", "class_name", "Tên lớp như ở trang Lớp."),
            Column(header="Môn học", field="subject", kind=subject, required=True, width=34),
            Column(
                header="Học kì",
                field="terms",
                kind=terms(),
                required=True,
                note="I, II hoặc Cả năm. Giáo viên của học kì II ký kết quả cả năm.",
                width=10,
            ),
            code("Mã nhân sự", "staff", "Mã nhân sự của giáo viên."),
            basis("Căn cứ ký thay", "basis"),
        ),
    )


def overrides(rules: tuple[str, ...]) -> Table:
    """*Ngoại lệ*: why a value stands against a rule of the circulars in force."""
    rule = cells.choice(empty="", **{rule: rule for rule in rules})
    return Table(
        key=SheetKey.OVERRIDES,
        title="Ngoại lệ",
        line=OverrideLine,
        columns=(
            *PUPIL,
            Column(
                header="Quy tắc",
                field="rule",
                kind=rule,
                required=True,
                note="Mã của quy tắc, như trong danh sách thông tin thiếu.",
                width=12,
            ),
            replace(
                paragraph(
                    "Lí do", "reason", f"Vì sao giá trị của nhà trường khác với quy tắc. {_TAKEN_BACK}"
                ),
                required=True,
                emptied=True,
                kind=cells.paragraph(1000),
            ),
        ),
    )


def printing(*, primary: bool) -> Table:
    """*Cấu hình in*; a primary school may choose the form of its transcripts."""
    columns = (_PLACE, _WRITTEN_ON, _PROFILE) if primary else (_PLACE, _WRITTEN_ON)
    return Table(key=SheetKey.PRINTING, title="Cấu hình in", line=PrintingLine, columns=columns)
