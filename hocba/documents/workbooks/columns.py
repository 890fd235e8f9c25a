"""What a sheet is made of: columns and tables, and the columns that several sheets share.

The template, the reader and the error workbook all follow these tables (``sheets``).  A column has
a header in Vietnamese, the field of the line it fills, its kind, whether it must be filled in, and
the note that the template shows on the header.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hocba.documents.workbooks import cells
from hocba.documents.workbooks.cells import Kind
from hocba.documents.workbooks.problems import SheetKey

ERROR_HEADER = "Lỗi"
"""The column that an error workbook adds, and that reading passes over."""

PART = "."
"""A field ``qualities.YEU_NUOC`` is the entry YEU_NUOC of the line's mapping ``qualities``."""

_PLAIN = cells.text(200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a sheet.

    :ivar required: it must be filled in.
    :ivar emptied: but for a row that is there already: emptying it takes the row back.
    """

    header: str
    field: str
    kind: Kind = _PLAIN
    required: bool = False
    emptied: bool = False
    note: str = ""
    width: int = 16

    def of(self, line: Any) -> Any:
        """The value of this column in a line; its empty value where a mapping lacks it."""
        name, _, part = self.field.partition(PART)
        value = getattr(line, name)
        return value.get(part, self.kind.empty) if part else value


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

    def make(self, row: int, values: Mapping[str, Any]) -> Any:
        """The line of a row.

        :param values: of every column; what is empty in a mapping does not get into it.
        """
        given: dict[str, Any] = {"row": row}
        for field_, value in values.items():
            name, _, part = field_.partition(PART)
            if not part:
                given[name] = value
            elif value:
                given.setdefault(name, {})[part] = value
        return self.line(**given)


def code(header: str, field_: str, note: str, *, required: bool = True) -> Column:
    """What the school calls a pupil, a class, a member of staff."""
    return Column(header=header, field=field_, kind=cells.text(40), required=required, note=note)


def text(
    header: str, field_: str, limit: int, note: str = "", *, width: int = 22, required: bool = False
) -> Column:
    """One line of text."""
    return Column(
        header=header, field=field_, kind=cells.text(limit), note=note, width=width, required=required
    )


def paragraph(header: str, field_: str, note: str = "") -> Column:
    """Text that may have several lines."""
    return Column(header=header, field=field_, kind=cells.paragraph(2000), note=note, width=45)


def tick(header: str, field_: str, note: str) -> Column:
    """A cross or nothing."""
    return Column(header=header, field=field_, kind=cells.tick(), note=note, width=12)


def basis(header: str, field_: str) -> Column:
    """By which decision somebody signs for a person who no longer can."""
    note = "Văn bản giao người này ký thay người không còn ký được, ví dụ: Quyết định số 12/QĐ-THCS."
    return text(header, field_, 300, note, width=30)


PUPIL = (
    code("Mã học sinh", "student", "Mã học sinh như ở trang Học sinh."),
    Column(
        header="Họ và tên",
        field="full_name",
        note="Để dễ đối chiếu; dữ liệu lấy theo mã học sinh.",
        width=28,
    ),
)
"""The first columns of every sheet whose rows belong to a pupil."""
