"""The workbook of what pupils lack: *Tải thông tin thiếu* (D1).

One row for each thing, in the order of the form, so that it can be sorted by where it is mended.
"""

import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import xlsxwriter

from hocba.documents.workbooks.writing import OPTIONS

_WIDTHS = (10, 16, 28, 30, 70, 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLine:
    """One thing that one pupil lacks, in words."""

    class_name: str
    code: str
    full_name: str
    field: str
    sentence: str
    place: str


def missing_workbook(title: str, headers: MissingLine, lines: Sequence[MissingLine]) -> bytes:
    """The workbook, its rows in the order given; without rows it has its headers alone.

    :param title: the name of the sheet, at most 31 characters of it.
    :param headers: what stands above each column.
    """
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, OPTIONS) as book:
        sheet = book.add_worksheet(title.translate(_FORBIDDEN)[:31])
        bold = book.add_format({"bold": True, "border": 1, "bg_color": "#FCE4D6", "text_wrap": True})
        plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for column, (width, header) in enumerate(zip(_WIDTHS, astuple(headers), strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, header, bold)
        for row, line in enumerate(lines, start=1):
            for column, text in enumerate(astuple(line)):
                sheet.write_string(row, column, text, plain)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(lines), len(_WIDTHS) - 1)
    return memory.getvalue()


_FORBIDDEN = str.maketrans("[]:*?/\\'", "--------")
"""What the name of a sheet may not have."""
