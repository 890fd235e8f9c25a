"""The columns of every sheet: the one place that says what a workbook holds.

The template, the reader and the error workbook all follow these tables.  A column has a header in
Vietnamese, the field of the line it fills, its kind, whether it must be filled in, and the note
that the template shows on the header.

Results stand on one long sheet, a row for each pupil and subject: comments need room, subjects
differ between grades, and a row can be pointed at when it is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from hocba.documents.workbooks import cells
from hocba.documents.workbooks.cells import Kind
from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    PrintingLine,
    ResultLine,
    StaffLine,
    StudentLine,
    SummaryLine,
)
from hocba.documents.workbooks.lists import ethnic_groups
from hocba.documents.workbooks.problems import SheetKey
from hocba.domain.curriculum import ever_taught
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import Level

ERROR_HEADER = "Lỗi"
"""The column that an error workbook adds, and that reading passes over."""


_PLAIN = cells.text(200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a sheet."""

    header: str
    field: str
    kind: Kind = _PLAIN
    required: bool = False
    note: str = ""
    width: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet: its title, the type of its lines, its columns in order."""

    key: SheetKey
    title: str
    line: type[Any]
    columns: tuple[Column, ...]

    def column(self, field_: str) -> Column:
        """The column that fills ``field_``.

        :raises KeyError: when no column does.
        """
        for column in self.columns:
            if column.field == field_:
                return column
        raise KeyError(field_)


def _code(header: str, field_: str, note: str, *, required: bool = True) -> Column:
    return Column(header=header, field=field_, kind=cells.text(40), required=required, note=note)


def _text(header: str, field_: str, limit: int, note: str = "", *, width: int = 22) -> Column:
    return Column(header=header, field=field_, kind=cells.text(limit), note=note, width=width)


def _paragraph(header: str, field_: str, note: str = "") -> Column:
    return Column(header=header, field=field_, kind=cells.paragraph(2000), note=note, width=45)


_STUDENT_CODE = _code("Mã học sinh", "code", "Mã học sinh trong cơ sở dữ liệu ngành; mỗi mã một học sinh.")
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
_TICK = "Ghi x nếu có. Để trống không thu hồi quyền đã cấp."

_STAFF = Table(
    key=SheetKey.STAFF,
    title="Nhân sự",
    line=StaffLine,
    columns=(
        _code("Mã nhân sự", "code", "Mã riêng của từng người trong trường."),
        _NAME,
        _PERSONAL_ID,
        _text("Chức vụ", "title", 100, "Ví dụ: Hiệu trưởng, Phó Hiệu trưởng, Giáo viên."),
        Column(
            header="Tên đăng nhập",
            field="username",
            kind=cells.username(),
            note="Chữ thường không dấu, chữ số, dấu chấm. Mật khẩu không ghi ở đây.",
            width=20,
        ),
        Column(header="Quản trị viên", field="admin", kind=cells.tick(), note=_TICK),
        Column(header="Cán bộ quản lý", field="manager", kind=cells.tick(), note=_TICK),
        Column(header="Ký phát hành", field="issuer", kind=cells.tick(), note=_TICK),
        Column(header="Ngày thôi việc", field="left_on", kind=cells.day(), note="Ngày/tháng/năm."),
    ),
)

_STUDENTS = Table(
    key=SheetKey.STUDENTS,
    title="Học sinh",
    line=StudentLine,
    columns=(
        _STUDENT_CODE,
        _NAME,
        _code("Lớp", "class_name", "Tên lớp như ở trang Lớp."),
        Column(header="Ngày sinh", field="birth_date", kind=cells.day(), note="Ngày/tháng/năm."),
        Column(header="Giới tính", field="sex", kind=cells.choice(empty="", Nam="Nam", Nữ="Nữ"), width=10),
        _PERSONAL_ID,
        _text("Số đăng bộ", "register_number", 60, "Số sổ đăng bộ PCGD."),
        _text("Nơi sinh", "birthplace", 300, "Ghi theo giấy khai sinh, kể cả tên tỉnh cũ.", width=30),
        _text("Quê quán", "home_town", 300, width=30),
        _text("Chỗ ở hiện nay", "address", 300, width=40),
        Column(header="Dân tộc", field="ethnicity", kind=cells.text(60), width=14),
        _text("Quốc tịch", "nationality", 60, width=14),
        _text("Đối tượng", "policy_group", 200, "Đối tượng chính sách, nếu có.", width=20),
        _text("Họ và tên cha", "father", 200),
        _text("Nghề nghiệp cha", "father_occupation", 200),
        _text("Họ và tên mẹ", "mother", 200),
        _text("Nghề nghiệp mẹ", "mother_occupation", 200),
        _text("Họ và tên người giám hộ", "guardian", 200),
        _text("Nghề nghiệp người giám hộ", "guardian_occupation", 200),
        Column(
            header="Ngày vào lớp",
            field="since",
            kind=cells.day(),
            note="Ngày nhập học hoặc chuyển đến trong năm học.",
        ),
    ),
)

_CLASSES = Table(
    key=SheetKey.CLASSES,
    title="Lớp",
    line=ClassLine,
    columns=(
        _code("Tên lớp", "name", "Ví dụ: 6A1. Mỗi tên một lớp trong năm học."),
        Column(header="Khối", field="grade", kind=cells.whole(1, 12), required=True, width=8),
        _code("Giáo viên chủ nhiệm", "homeroom", "Mã nhân sự của giáo viên chủ nhiệm.", required=False),
        _code("Lãnh đạo ký", "leader", "Mã nhân sự của lãnh đạo ký học bạ của lớp.", required=False),
    ),
)

_PRINTING = Table(
    key=SheetKey.PRINTING,
    title="Cấu hình in",
    line=PrintingLine,
    columns=(
        Column(header="Địa danh", field="place", required=True, note="Ví dụ: Phường An Hải.", width=30),
        Column(
            header="Ngày ghi", field="written_on", kind=cells.day(), required=True, note="Ngày/tháng/năm."
        ),
    ),
)

_PUPIL_OF_A_ROW = (
    _code("Mã học sinh", "student", "Mã học sinh như ở trang Học sinh."),
    Column(
        header="Họ và tên",
        field="full_name",
        note="Để dễ đối chiếu; dữ liệu lấy theo mã học sinh.",
        width=28,
    ),
)


def _levels(what: str, prefix: str) -> tuple[Column, ...]:
    moments = (("HK I", "term1"), ("HK II", "term2"), ("cả năm", "year"), ("sau đánh giá lại", "after"))
    note = "T (Tốt), K (Khá), Đ (Đạt), CĐ (Chưa đạt)."
    return tuple(
        Column(header=f"{what} {moment}", field=f"{prefix}_{name}", kind=cells.level(), note=note, width=12)
        for moment, name in moments
    )


_SUMMARIES = Table(
    key=SheetKey.SUMMARIES,
    title="Tổng kết",
    line=SummaryLine,
    columns=(
        *_PUPIL_OF_A_ROW,
        *_levels("Học tập", "learning"),
        *_levels("Rèn luyện", "conduct"),
        Column(
            header="Tổng số buổi nghỉ",
            field="absences",
            kind=cells.whole(0, 400),
            note="Cả năm, có phép và không phép; mỗi ngày tính một buổi.",
        ),
        Column(header="Được lên lớp", field="promoted", kind=cells.yes_no(), width=12),
        Column(
            header="Hoàn thành cấp học",
            field="completed_level",
            kind=cells.yes_no(),
            note="Chỉ ghi với khối 9 và khối 12.",
        ),
        _paragraph("Chứng chỉ", "certificates", "Mỗi chứng chỉ một dòng trong ô."),
        _paragraph("Kết quả cuộc thi", "contests", "Mỗi cuộc thi một dòng trong ô."),
        _paragraph("Khen thưởng", "awards"),
        _paragraph("Nhận xét của GVCN", "homeroom_comment"),
        _paragraph("Nhận xét sau rèn luyện hè", "summer_comment"),
        _paragraph("Phê duyệt của Hiệu trưởng", "principal_approval"),
    ),
)


def _assignments(subject: Kind) -> Table:
    return Table(
        key=SheetKey.ASSIGNMENTS,
        title="Phân công",
        line=AssignmentLine,
        columns=(
            _code("Lớp", "class_name", "Tên lớp như ở trang Lớp."),
            Column(header="Môn học", field="subject", kind=subject, required=True, width=34),
            Column(
                header="Học kì",
                field="terms",
                kind=cells.terms(),
                required=True,
                note="I, II hoặc Cả năm. Giáo viên của học kì II ký kết quả cả năm.",
                width=10,
            ),
            _code("Mã nhân sự", "staff", "Mã nhân sự của giáo viên."),
        ),
    )


def _results(subject: Kind) -> Table:
    score = "Điểm 0–10 một chữ số thập phân; môn nhận xét ghi Đ hoặc CĐ."

    def mark(header: str, field_: str, note: str = score) -> Column:
        return Column(header=header, field=field_, kind=cells.mark(), note=note, width=10)

    return Table(
        key=SheetKey.RESULTS,
        title="Kết quả",
        line=ResultLine,
        columns=(
            *_PUPIL_OF_A_ROW,
            Column(header="Môn học", field="subject", kind=subject, required=True, width=34),
            mark("HK I", "term1"),
            mark("HK II", "term2"),
            mark("Cả năm", "year"),
            mark("Sau đánh giá lại", "reassessed", "Chỉ ghi khi có đánh giá lại trong hè."),
            _paragraph("Nhận xét", "comment", "Nhận xét sự tiến bộ, ưu điểm nổi bật, hạn chế chủ yếu."),
            Column(header="Miễn", field="exempt", kind=cells.tick(), note="Ghi x khi được miễn.", width=8),
        ),
    )


@cache
def tables(level: Level) -> Mapping[SheetKey, Table]:
    """The sheets of a level's workbook, in the order of the template.

    :raises Refusal: INVALID_VALUE for primary schools: their form has other results (TT 27/2020)
        than the ones these sheets hold (TT 22/2021).
    """
    if level is Level.TH:
        raise Refusal(Code.INVALID_VALUE, field="level", value=level.value)
    subject = _subject(level)
    ordered = (
        _offering(_STUDENTS, "ethnicity", ethnic_groups()),
        _CLASSES,
        _STAFF,
        _assignments(subject),
        _results(subject),
        _SUMMARIES,
        _PRINTING,
    )
    return {table.key: table for table in ordered}


def _offering(table: Table, field_: str, choices: tuple[str, ...]) -> Table:
    columns = (
        replace(each, kind=replace(each.kind, choices=choices)) if each.field == field_ else each
        for each in table.columns
    )
    return replace(table, columns=tuple(columns))


def _subject(level: Level) -> Kind:
    """Every subject of the level, by name and by code, over all of its grades."""
    names = {code: subject.name for code, subject in ever_taught(level).items()}
    codes = {cells.fold(written): code for code, name in names.items() for written in (code, name)}
    return cells.subject(codes, names)
