"""Files that are no workbooks, or too much of one: each is refused, quickly, with a code."""

import io
import struct
import zipfile
from pathlib import Path
from random import Random

import pytest
import xlsxwriter

from hocba.documents.workbooks import ProblemCode, isolated, read, template
from hocba.documents.workbooks.opening import (
    MAX_ENTRIES,
    MAX_PACKED,
    MAX_RATIO,
    MAX_UNPACKED,
    open_workbook,
)
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import SchoolYear
from tests.documents.books import THCS

GOOD = template(THCS, SchoolYear("2025-2026"))
OLD = (Path(__file__).parent / "data" / "school.xls").read_bytes()


def refused(content: bytes) -> Code:
    """The code with which ``content`` is refused."""
    with pytest.raises(Refusal) as refusal:
        read(content, THCS)
    return refusal.value.code


def rewritten(base: bytes = GOOD, **changed: bytes) -> bytes:
    """``base`` with entries replaced or added; ``__`` stands for a slash, ``_`` for a point."""
    replaced = {name.replace("__", "/").replace("_", "."): content for name, content in changed.items()}
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as old, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, replaced.pop(name, None) or old.read(name))
        for name, content in replaced.items():
            new.writestr(name, content)
    return memory.getvalue()


def one_sheet(*cells: tuple[int, int, str]) -> bytes:
    """A sheet *Học sinh* with a few cells."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Học sinh")
        for row, column, text in cells:
            sheet.write_string(row, column, text)
    return memory.getvalue()


def test_what_is_rewritten_without_change_is_still_read():
    assert read(rewritten(), THCS).problems == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"PK\x03\x04" + b"\x00" * 200,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000,
        b"%PDF-1.7\n",
        b"<html><table></table></html>",
        "Mã học sinh,Họ và tên\n".encode(),
        GOOD[: len(GOOD) // 2],
        GOOD[:-30],
        OLD[: len(OLD) // 2],
    ],
)
def test_what_is_no_workbook_is_not_readable(content):
    assert refused(content) is Code.FILE_NOT_READABLE


def test_a_zip_of_something_else_is_not_readable():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert refused(memory.getvalue()) is Code.FILE_NOT_READABLE


def test_a_file_that_is_too_large_is_refused_before_it_is_opened():
    assert refused(GOOD + b"\x00" * MAX_PACKED) is Code.FILE_TOO_LARGE


def test_a_bomb_that_unpacks_to_too_much_is_refused():
    assert refused(rewritten(xl__bomb_bin=b"\x00" * (MAX_UNPACKED + 1))) is Code.FILE_TOO_LARGE


def test_a_bomb_within_the_size_is_refused_for_its_ratio():
    content = rewritten(xl__bomb_bin=b"\x00" * (len(GOOD) * MAX_RATIO * 2))

    assert len(content) * MAX_RATIO < MAX_UNPACKED
    assert refused(content) is Code.FILE_NOT_READABLE


def test_a_bomb_that_lies_about_its_size_is_refused():
    size = 30_000_000
    content = rewritten(xl__bomb_bin=b"\x00" * size)
    lie = content.replace(struct.pack("<L", size), struct.pack("<L", 1000))

    assert lie != content
    assert refused(lie) is Code.FILE_NOT_READABLE


def test_a_file_of_too_many_parts_is_refused():
    parts = {f"xl__part{number}_xml": b"<a/>" for number in range(MAX_ENTRIES)}

    assert refused(rewritten(**parts)) is Code.FILE_NOT_READABLE


def test_an_entry_whose_bytes_were_changed_is_refused():
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        start = archive.getinfo("xl/workbook.xml").header_offset + 60
    broken = bytearray(GOOD)
    broken[start] ^= 0xFF

    assert refused(bytes(broken)) is Code.FILE_NOT_READABLE


def test_a_lone_cell_in_the_last_corner_does_not_fill_the_memory():
    content = one_sheet((0, 0, "Mã học sinh"), (1_048_575, 16_383, "x"))

    assert len(content) < 10_000
    assert refused(content) is Code.FILE_NOT_READABLE


SPELLED = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PLAIN = one_sheet((0, 0, "x"))


def repeated(rows: int) -> bytes:
    """One text of 30,000 letters, kept once and shown in 20 cells of each row."""
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 20 + b"</row>"
    random = Random(1)
    text = "".join(random.choice("ốạđêfghi") for _ in range(30_000)).encode()
    return rewritten(
        PLAIN,
        xl__sharedStrings_xml=b"<sst %b><si><t>%b</t></si></sst>" % (SPELLED, text),
        xl__worksheets__sheet1_xml=b"<worksheet %b><sheetData>%b</sheetData></worksheet>"
        % (SPELLED, row * rows),
    )


def test_one_long_text_in_very_many_cells_does_not_fill_the_memory():
    content = repeated(rows=2000)

    assert len(content) < 100_000
    assert 2 * isolated.MEMORY < 30_000 * 20 * 2000
    assert refused(content) is Code.FILE_NOT_READABLE
    assert [problem.code for problem in read(repeated(rows=1), THCS).problems][:1] == [
        ProblemCode.COLUMN_MISSING
    ]


def test_more_text_than_a_school_has_is_refused():
    assert refused(repeated(rows=isolated.MAX_TEXT // (30_000 * 20) + 1)) is Code.FILE_NOT_READABLE


def test_a_sheet_with_too_many_cells_is_refused_and_the_largest_is_read():
    columns = isolated.MAX_CELLS // 60_000
    within = one_sheet((0, 0, "Mã học sinh"), (59_000, columns - 1, "x"))
    beyond = one_sheet((0, 0, "Mã học sinh"), (60_000, columns, "x"))

    assert read(within, THCS).students == ()
    assert refused(beyond) is Code.FILE_NOT_READABLE


def test_entities_are_not_expanded():
    shared = b"<sst %b><si><t>%b</t></si></sst>"
    declared = b'<!DOCTYPE sst [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]>'
    plain = rewritten(PLAIN, xl__sharedStrings_xml=shared % (SPELLED, b"Lo"))
    laughing = rewritten(PLAIN, xl__sharedStrings_xml=declared + shared % (SPELLED, b"Lo&b;"))

    assert [raw.rows for raw in open_workbook(plain)] == [[["Lo"]]]
    assert refused(laughing) is Code.FILE_NOT_READABLE


def test_the_reader_apart_writes_what_it_read_as_json():
    cells = isolated.read_cells(OLD)

    assert [(title, hidden) for title, hidden, _ in cells] == [("HỌC SINH", False), ("Kết quả", False)]
    assert cells[0][2][1] == ["HS0001", "Đỗ Thị Mẫn", "6A1", ["2014-03-09"], "nữ", "048314000017"]
    assert cells[1][2][1][2:5] == [7.5, "8,5", 8.2]
