"""Writes workbooks in the template's shape, empty or filled.

Codes, ids and names are text cells, so that zeros stay and nothing is taken for a formula; dates
are date cells shown as dd/mm/yyyy.  Every header carries its note; lists, dates and whole numbers are
checked by the spreadsheet while people type.  Required columns have an asterisk and another colour.
The bytes depend on nothing but the arguments.
"""

import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from hocba.documents.workbooks.cells import Shown
from hocba.documents.workbooks.columns import Column, Table
from hocba.documents.workbooks.problems import SheetKey
from hocba.documents.workbooks.reading import GUIDE, LISTS
from hocba.documents.workbooks.sheets import SECONDARY, tables
from hocba.domain.values import Level, SchoolYear

_PREPARED_ROWS = 5000
"""Rows below the header that have formats and checks in an empty template."""

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Text is text, and nothing goes to the disk."""

_DAY_FORMAT = "dd/mm/yyyy"

_GUIDE_LINES = (
    "Tệp này nhập dữ liệu của trường cho năm học {year}.",
    "Không đổi tên trang tính và tiêu đề cột. Cột có dấu * phải điền. Chú thích nằm ở ô tiêu đề.",
    "Trang tính không có hoặc bị ẩn thì dữ liệu đó giữ nguyên; cột bị bỏ thì trường đó giữ nguyên.",
    "Ô để trống trong một cột có mặt thì xóa giá trị cũ. Ô gộp nhiều dòng có giá trị cho mọi dòng của nó.",
    "Nhập lại cùng một tệp không tạo thêm gì. Dòng vắng mặt trong tệp không bị xóa khỏi hệ thống.",
    "Kết quả: mỗi dòng là một học sinh và một môn.",
    "Số định danh cá nhân và các mã là ô văn bản để giữ chữ số 0 ở đầu. Ngày ghi ngày/tháng/năm.",
    "Học sinh chưa có số định danh cá nhân vẫn nhập được; khi có số thì nhập lại để lập học bạ số.",
    "Học sinh chuyển đến: ghi các năm học ở trường khác vào trang Quá trình học tập.",
    "Người đã thôi việc không ký được: ghi người ký thay và căn cứ ký thay ở trang Lớp hoặc Phân công.",
    "Ngoại lệ: ghi lí do khi giá trị của nhà trường khác với quy tắc của thông tư.",
    "Học sinh đang có học bạ số còn hiệu lực thì dữ liệu không đổi; hãy hủy học bạ trước khi sửa.",
    "Quyền để trống không bị thu hồi; việc thu hồi quyền thực hiện trong phần quản lý người dùng.",
)
_SECONDARY_LINES = (
    "Trung học: môn tính điểm ghi 0–10 với một chữ số thập phân; môn nhận xét ghi Đ hoặc CĐ.",
    "Trung học: học tập và rèn luyện ghi T (Tốt), K (Khá), Đ (Đạt), CĐ (Chưa đạt).",
)
_PRIMARY_LINES = (
    "Tiểu học: mức đạt ghi T (Hoàn thành tốt), H (Hoàn thành), C (Chưa hoàn thành); điểm KTĐK là số nguyên.",
    "Tiểu học: phẩm chất và năng lực ghi T (Tốt), Đ (Đạt), C (Cần cố gắng).",
)


def template(levels: Collection[Level], year: SchoolYear) -> bytes:
    """The empty workbook that a school with these levels downloads."""
    return fill(levels, year, {})


def fill(levels: Collection[Level], year: SchoolYear, lines: Mapping[SheetKey, Sequence[Any]]) -> bytes:
    """The template with rows: what ``read`` gives back from it are the same lines.

    :param lines: the lines of each sheet that the levels have; their ``row`` is not looked at.
    """
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, OPTIONS) as book:
        book.set_properties({"title": f"Học bạ số {year}", "created": datetime(int(year[:4]), 9, 5)})  # noqa: DTZ001 -- a file property without zone
        formats = _formats(book)
        _write_guide(book, levels, year, formats)
        lists: list[tuple[str, ...]] = []
        for key, table in tables(levels).items():
            _write_table(book.add_worksheet(table.title), table, lines.get(key, ()), formats, lists)
        _write_lists(book, lists)
    return memory.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    head = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"}
    return {
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": _DAY_FORMAT}),
        "general": book.add_format({"num_format": "General"}),
        "score": book.add_format({"num_format": "0.0"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "optional": book.add_format({**head, "bg_color": "#DDEBF7"}),
        "required": book.add_format({**head, "bg_color": "#FCE4D6"}),
    }


def _write_guide(
    book: xlsxwriter.Workbook, levels: Collection[Level], year: SchoolYear, formats: Mapping[str, Any]
) -> None:
    sheet = book.add_worksheet(GUIDE)
    sheet.set_column(0, 0, 110)
    secondary = _SECONDARY_LINES if SECONDARY & set(levels) else ()
    primary = _PRIMARY_LINES if set(levels) - SECONDARY else ()
    for index, line in enumerate((*_GUIDE_LINES, *secondary, *primary)):
        sheet.write_string(index, 0, line.format(year=year), formats["wrap"])


def _write_table(
    sheet: Worksheet,
    table: Table,
    lines: Sequence[Any],
    formats: Mapping[str, Any],
    lists: list[tuple[str, ...]],
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    last = max(_PREPARED_ROWS, len(lines))
    for index, column in enumerate(table.columns):
        _write_head(sheet, index, column, formats)
        if check := _check(column, lists):
            sheet.data_validation(1, index, last, index, check)
    for row, line in enumerate(lines, start=1):
        for index, column in enumerate(table.columns):
            value = column.of(line)
            if value != column.kind.empty:
                write_cell(sheet, row, index, column.kind.show(value), formats)


def _write_head(sheet: Worksheet, index: int, column: Column, formats: Mapping[str, Any]) -> None:
    sheet.set_column(index, index, column.width, formats[column.kind.format])
    title = f"{column.header} *" if column.required else column.header
    sheet.write_string(0, index, title, formats["required" if column.required else "optional"])
    if column.note:
        sheet.write_comment(0, index, column.note, {"author": "hocba", "x_scale": 1.6})


def _check(column: Column, lists: list[tuple[str, ...]]) -> dict[str, Any] | None:
    """What the spreadsheet checks while somebody types; lists stand on a sheet of their own."""
    if column.kind.choices:
        if column.kind.choices not in lists:
            lists.append(column.kind.choices)
        letter = chr(ord("A") + lists.index(column.kind.choices))
        source = f"='{LISTS}'!${letter}$1:${letter}${len(column.kind.choices)}"
        return {"validate": "list", "source": source, "error_type": "warning"}
    if column.kind.format == "date":
        bounds = {"minimum": date(1900, 1, 1), "maximum": date(2100, 12, 31)}
        return {"validate": "date", "criteria": "between", **bounds, "error_type": "warning"}
    return None


def _write_lists(book: xlsxwriter.Workbook, lists: Sequence[Sequence[str]]) -> None:
    sheet = book.add_worksheet(LISTS)
    for index, choices in enumerate(lists):
        sheet.write_column(0, index, choices)
    sheet.hide()


def write_cell(sheet: Worksheet, row: int, index: int, value: Shown, formats: Mapping[str, Any]) -> None:
    """Write one value by its type; text is always text, whatever it begins with."""
    match value:
        case None | "":
            return
        case date():
            sheet.write_datetime(row, index, value, formats["date"])
        case Decimal():
            sheet.write_number(row, index, float(value), formats["score"])
        case int():
            sheet.write_number(row, index, value, formats["general"])
        case _:
            sheet.write_string(row, index, value, formats["text"])
