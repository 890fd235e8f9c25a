"""The template that a school fills in."""

from hocba.documents.workbooks import (
    fill,
    read,
    template,
)
from hocba.documents.workbooks.sheets import tables
from hocba.domain.values import Level
from tests.documents.books import LINES, MARCH, THCS, YEAR, opened


def test_the_template_has_a_guide_and_every_sheet_with_its_headers():
    book = opened(template(THCS, YEAR))

    assert book.sheetnames == [
        "Hướng dẫn",
        "Học sinh",
        "Lớp",
        "Nhân sự",
        "Phân công",
        "Kết quả",
        "Tổng kết",
        "Quá trình học tập",
        "Ngoại lệ",
        "Cấu hình in",
        "Danh mục",
    ]
    for table in tables(THCS).values():
        heads = [cell.value for cell in book[table.title][1]]
        assert heads == [f"{c.header} *" if c.required else c.header for c in table.columns]
    assert "2025-2026" in book["Hướng dẫn"]["A1"].value
    assert book["Danh mục"].sheet_state == "hidden"


def test_the_template_helps_while_people_type():
    page = opened(template(THCS, YEAR))["Học sinh"]

    assert page["F1"].comment.text == (
        "12 chữ số, giữ cả chữ số 0 ở đầu (ô kiểu văn bản)."
        " Để trống khi chưa được cấp: học sinh chưa lập được học bạ số."
    )
    assert page.column_dimensions["F"].width > page.column_dimensions["A"].width
    checks = {str(check.sqref): check.type for check in page.data_validations.dataValidation}
    assert checks == {"D2:D5001": "date", "E2:E5001": "list", "L2:L5001": "list", "U2:U5001": "date"}


def test_the_template_offers_the_subjects_of_the_level():
    def subjects(level: Level) -> set[object]:
        book = opened(template((level,), YEAR))
        return {cell.value for column in book["Danh mục"].columns for cell in column}

    assert "Lịch sử và Địa lí" in subjects(Level.THCS)
    assert "Giáo dục quốc phòng và an ninh" in subjects(Level.THPT) - subjects(Level.THCS)


def test_the_same_template_has_the_same_bytes():
    assert template(THCS, YEAR) == template(THCS, YEAR)


def test_an_empty_template_reads_as_nothing_and_without_problems():
    sheets = read(template(THCS, YEAR), THCS)

    assert (sheets.students, sheets.results, sheets.problems) == ((), (), ())
    assert set(sheets.given) == set(tables(THCS))


def test_what_is_written_is_read_back():
    sheets = read(fill(THCS, YEAR, LINES), THCS)

    assert sheets.problems == ()
    assert {key: sheets.lines(key) for key in LINES} == LINES


def test_codes_and_ids_are_text_cells_and_dates_are_dates():
    book = opened(fill(THCS, YEAR, LINES))

    page = book["Học sinh"]
    assert (page["A2"].value, page["A2"].number_format) == ("0001", "@")
    assert (page["F2"].value, page["F2"].number_format) == ("048314000017", "@")
    assert (page["D2"].value, page["D2"].number_format) == (MARCH, "dd/mm/yyyy")
    assert (book["Kết quả"]["D2"].value, book["Kết quả"]["D2"].number_format) == (7.3, "0.0")
