"""The template, what is read from it, and the error workbook."""

import io
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from hocba.documents.workbooks import (
    Problem,
    ProblemCode,
    Severity,
    SheetKey,
    Sheets,
    error_workbook,
    fill,
    read,
    template,
)
from hocba.documents.workbooks.cells import Unfit, as_text, fold
from hocba.documents.workbooks.columns import tables
from hocba.documents.workbooks.lines import (
    AssignmentLine,
    ClassLine,
    PrintingLine,
    ResultLine,
    StaffLine,
    StudentLine,
    SummaryLine,
)
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import Level, SchoolYear, Term

YEAR = SchoolYear("2025-2026")
MARCH = datetime(2014, 3, 9)  # noqa: DTZ001 -- cells have no zone
DATA = Path(__file__).parent / "data"

LINES = {
    SheetKey.STAFF: (
        StaffLine(
            row=2,
            code="007",
            full_name="Lê Thị Hòa",
            personal_id="048183000012",
            title="Giáo viên",
            username="hoa.lt",
            issuer=True,
            left_on=date(2026, 1, 31),
        ),
    ),
    SheetKey.CLASSES: (ClassLine(row=2, name="6A1", grade=6, homeroom="007", leader="007"),),
    SheetKey.STUDENTS: (
        StudentLine(
            row=2,
            code="0001",
            full_name="Đỗ Thị Mẫn",
            class_name="6A1",
            birth_date=date(2014, 3, 9),
            sex="Nữ",
            personal_id="048314000017",
        ),
    ),
    SheetKey.ASSIGNMENTS: (
        AssignmentLine(row=2, class_name="6A1", subject="TOAN", terms=(Term.I, Term.II), staff="007"),
        AssignmentLine(row=3, class_name="6A1", subject="HDTNHN", terms=(Term.II,), staff="007"),
    ),
    SheetKey.RESULTS: (
        ResultLine(
            row=2,
            student="0001",
            full_name="Đỗ Thị Mẫn",
            subject="TOAN",
            term1=Decimal("7.3"),
            term2=Decimal("10.0"),
            year=Decimal("9.1"),
            comment="Dòng một.\nDòng hai.",
        ),
        ResultLine(row=3, student="0001", subject="GDTC", term1="Đ", term2="CĐ", year="CĐ", reassessed="Đ"),
        ResultLine(row=4, student="0001", subject="NN2", exempt=True),
    ),
    SheetKey.SUMMARIES: (
        SummaryLine(
            row=2, student="0001", learning_year="T", absences=0, promoted=True, completed_level=False
        ),
    ),
    SheetKey.PRINTING: (PrintingLine(row=2, place="Phường An Hải", written_on=date(2026, 5, 29)),),
}


def sheet_of(title: str, *rows: tuple[object, ...]) -> bytes:
    """A workbook somebody made himself, with one sheet."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif cell is not None:
                    sheet.write(number, place, cell)
    return memory.getvalue()


def results_of(*cells: object, header: str = "HK I") -> Sheets:
    """The sheet *Kết quả* with one column of marks."""
    rows = [("0001", "Toán", cell) for cell in cells]
    return read(sheet_of("Kết quả", ("Mã học sinh", "Môn học", header), *rows))


def codes(sheets: Sheets) -> list[tuple[int, str, ProblemCode]]:
    """Row, column and code of every problem."""
    return [(problem.row, problem.header, problem.code) for problem in sheets.problems]


def opened(content: bytes) -> openpyxl.Workbook:
    """As another program reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def test_the_template_has_a_guide_and_every_sheet_with_its_headers():
    book = opened(template(Level.THCS, YEAR))

    assert book.sheetnames == [
        "Hướng dẫn",
        "Học sinh",
        "Lớp",
        "Nhân sự",
        "Phân công",
        "Kết quả",
        "Tổng kết",
        "Cấu hình in",
        "Danh mục",
    ]
    for table in tables(Level.THCS).values():
        heads = [cell.value for cell in book[table.title][1]]
        assert heads == [f"{c.header} *" if c.required else c.header for c in table.columns]
    assert "2025-2026" in book["Hướng dẫn"]["A1"].value
    assert book["Danh mục"].sheet_state == "hidden"


def test_the_template_helps_while_people_type():
    page = opened(template(Level.THCS, YEAR))["Học sinh"]

    assert page["F1"].comment.text == "12 chữ số, giữ cả chữ số 0 ở đầu (ô kiểu văn bản)."
    assert page.column_dimensions["F"].width > page.column_dimensions["A"].width
    checks = {str(check.sqref): check.type for check in page.data_validations.dataValidation}
    assert checks == {"D2:D5001": "date", "E2:E5001": "list", "K2:K5001": "list", "T2:T5001": "date"}


def test_the_template_offers_the_subjects_of_the_level():
    def subjects(level: Level) -> set[object]:
        book = opened(template(level, YEAR))
        return {cell.value for column in book["Danh mục"].columns for cell in column}

    assert "Lịch sử và Địa lí" in subjects(Level.THCS)
    assert "Giáo dục quốc phòng và an ninh" in subjects(Level.THPT) - subjects(Level.THCS)


def test_the_same_template_has_the_same_bytes():
    assert template(Level.THCS, YEAR) == template(Level.THCS, YEAR)


def test_primary_schools_have_no_template():
    with pytest.raises(Refusal) as refusal:
        template(Level.TH, YEAR)

    assert refusal.value.code is Code.INVALID_VALUE


def test_an_empty_template_reads_as_nothing_and_without_problems():
    sheets = read(template(Level.THCS, YEAR))

    assert (sheets.students, sheets.results, sheets.problems) == ((), (), ())
    assert set(sheets.given) == set(SheetKey)


def test_what_is_written_is_read_back():
    sheets = read(fill(Level.THCS, YEAR, LINES))

    assert sheets.problems == ()
    assert {key: getattr(sheets, key.value) for key in SheetKey} == LINES


def test_codes_and_ids_are_text_cells_and_dates_are_dates():
    book = opened(fill(Level.THCS, YEAR, LINES))

    page = book["Học sinh"]
    assert (page["A2"].value, page["A2"].number_format) == ("0001", "@")
    assert (page["F2"].value, page["F2"].number_format) == ("048314000017", "@")
    assert (page["D2"].value, page["D2"].number_format) == (MARCH, "dd/mm/yyyy")
    assert (book["Kết quả"]["D2"].value, book["Kết quả"]["D2"].number_format) == (7.3, "0.0")


def test_headers_are_found_without_accents_case_spaces_and_below_a_title():
    content = sheet_of(
        "hoc  sinh",
        ("TRƯỜNG THCS HƯỚNG DƯƠNG",),
        (),
        ("ma hoc sinh", "HỌ VÀ TÊN(*)", unicodedata.normalize("NFD", "Lớp"), "Ngày  sinh"),
        ("1", "Vũ Tú", "6A1", "9/3/2014"),
    )

    assert read(content).students == (
        StudentLine(row=4, code="1", full_name="Vũ Tú", class_name="6A1", birth_date=date(2014, 3, 9)),
    )


def test_columns_may_stand_in_any_order_and_empty_rows_are_passed_over():
    content = sheet_of("Lớp", ("Khối", "Tên lớp"), (6, "6A1"), (None, "  "), ("7", "7A1"))

    assert read(content).classes == (
        ClassLine(row=2, name="6A1", grade=6),
        ClassLine(row=4, name="7A1", grade=7),
    )


def test_only_the_columns_that_are_there_are_given():
    sheets = read(sheet_of("Lớp", ("Tên lớp", "Khối"), ("6A1", 6)))

    assert sheets.given == {SheetKey.CLASSES: frozenset({"name", "grade"})}


def test_a_required_column_that_is_missing_is_named():
    sheets = read(sheet_of("Lớp", ("Tên lớp", "Sĩ số"), ("6A1", 44)))

    assert [(p.code, p.facts, p.severity) for p in sheets.problems] == [
        (ProblemCode.COLUMN_MISSING, {"name": "Khối"}, Severity.ERROR),
        (ProblemCode.COLUMN_UNKNOWN, {"name": "Sĩ số"}, Severity.WARNING),
    ]


def test_a_sheet_without_any_header_lacks_its_required_columns():
    sheets = read(sheet_of("Cấu hình in", ("Đà Nẵng",)))

    assert [p.facts["name"] for p in sheets.problems] == ["Địa danh", "Ngày ghi"]


def test_a_column_that_is_there_twice_is_an_error():
    sheets = read(sheet_of("Lớp", ("Tên lớp", "Khối", "khoi"), ("6A1", 6, 7)))

    assert codes(sheets) == [(1, "", ProblemCode.COLUMN_TWICE)]
    assert sheets.classes[0].grade == 6


def test_unknown_sheets_are_said_and_a_file_without_known_ones_is_an_error():
    sheets = read(sheet_of("Sheet1", ("a",)))

    assert [(p.sheet, p.code, p.severity) for p in sheets.problems] == [
        (None, ProblemCode.SHEET_UNKNOWN, Severity.WARNING),
        (None, ProblemCode.NO_KNOWN_SHEET, Severity.ERROR),
    ]


def test_marks_are_read_as_people_write_them():
    sheets = results_of(7.5, "7,5", "7.5", 7, "10", 0, "đ", "Đạt", "Chưa đạt", "CĐ", 7.300000000000001)

    assert sheets.problems == ()
    assert [line.term1 for line in sheets.results] == [
        *map(Decimal, ("7.5", "7.5", "7.5", "7.0", "10.0", "0.0")),
        "Đ",
        "Đ",
        "CĐ",
        "CĐ",
        Decimal("7.3"),
    ]


@pytest.mark.parametrize(
    "wrong", [10.1, -1, "7,55", 8.25, "giỏi", "NaN", "1e1000", True, date(2026, 7, 5), "T"]
)
def test_what_is_no_mark_is_named_and_the_row_goes_on_without_it(wrong):
    sheets = results_of(wrong)

    assert codes(sheets) == [(2, "HK I", ProblemCode.MARK_INVALID)]
    assert sheets.results == (ResultLine(row=2, student="0001", subject="TOAN"),)


def test_levels_are_letters_or_words_of_the_circular():
    def levels(*cells: str) -> Sheets:
        rows = [(str(n), cell) for n, cell in enumerate(cells)]
        return read(sheet_of("Tổng kết", ("Mã học sinh", "Học tập cả năm"), *rows))

    good = levels("T", "khá", "ĐẠT", "chưa đạt", "k")
    assert [line.learning_year for line in good.summaries] == ["T", "K", "Đ", "CĐ", "K"]
    assert good.problems == ()
    assert codes(levels("Giỏi", "A")) == [
        (2, "Học tập cả năm", ProblemCode.LEVEL_INVALID),
        (3, "Học tập cả năm", ProblemCode.LEVEL_INVALID),
    ]


def students_of(header: str, *cells: object) -> Sheets:
    rows = [(str(n), "Vũ Tú", "6A1", cell) for n, cell in enumerate(cells)]
    return read(sheet_of("Học sinh", ("Mã học sinh", "Họ và tên", "Lớp", header), *rows))


def test_dates_come_as_cells_or_as_text():
    good = students_of("Ngày sinh", date(2014, 3, 9), "09/03/2014", "9-3-2014", "2014-03-09", "9.3.2014")

    assert {line.birth_date for line in good.students} == {date(2014, 3, 9)}
    assert good.problems == ()


@pytest.mark.parametrize("wrong", ["31/02/2014", "2014", 41707, "03/09/14", "mai", "01/01/1899"])
def test_what_is_no_date_is_named(wrong):
    assert codes(students_of("Ngày sinh", wrong)) == [(2, "Ngày sinh", ProblemCode.DATE_INVALID)]


def test_a_personal_id_keeps_its_zero_and_gets_it_back_from_a_number_with_a_warning():
    sheets = students_of("Số định danh cá nhân", "048314000017", 48314000017, "048 314 000 017", 1314000017)

    assert [line.personal_id for line in sheets.students] == [
        "048314000017",
        "048314000017",
        "048314000017",
        "001314000017",
    ]
    assert [(p.row, p.code, p.severity) for p in sheets.problems] == [
        (3, ProblemCode.PERSONAL_ID_PADDED, Severity.WARNING),
        (5, ProblemCode.PERSONAL_ID_PADDED, Severity.WARNING),
    ]


@pytest.mark.parametrize("wrong", ["48314000017", "0483140000171", "04831400001x", 483, "٠٤٨٣١٤٠٠٠٠١٧"])
def test_a_personal_id_has_twelve_digits(wrong):
    sheets = students_of("Số định danh cá nhân", wrong)

    assert codes(sheets) == [(2, "Số định danh cá nhân", ProblemCode.PERSONAL_ID_INVALID)]
    assert sheets.students[0].personal_id == ""


def test_text_is_composed_single_spaced_and_without_invisible_characters():
    loose = unicodedata.normalize("NFD", "  Nguyễn \u00a0 Thị\u200b Ánh ")

    assert students_of("Nơi sinh", loose).students[0].birthplace == "Nguyễn Thị Ánh"


def test_characters_that_turn_text_around_are_refused():
    sheets = students_of("Nơi sinh", "Huế\u202e gnàv")

    assert codes(sheets) == [(2, "Nơi sinh", ProblemCode.CHARACTER_NOT_ALLOWED)]


def test_text_that_is_too_long_is_named():
    sheets = students_of("Quốc tịch", "x" * 61)

    assert codes(sheets) == [(2, "Quốc tịch", ProblemCode.TOO_LONG)]
    assert sheets.problems[0].sentence() == "Dài quá 60 ký tự."


def test_a_required_cell_that_is_empty_is_named():
    sheets = read(sheet_of("Lớp", ("Tên lớp", "Khối"), (None, 6)))

    assert codes(sheets) == [(2, "Tên lớp", ProblemCode.REQUIRED)]


def test_subjects_are_found_by_name_or_code():
    rows = [("6A1", name, "Cả năm", "1") for name in ("Ngữ văn", "NGUVAN", "ngu van", "Ngữ Văn ")]
    header = ("Lớp", "Môn học", "Học kì", "Mã nhân sự")
    good = read(sheet_of("Phân công", header, *rows))
    bad = read(sheet_of("Phân công", header, ("6A1", "Thiên văn", "3", "1")))

    assert {line.subject for line in good.assignments} == {"NGUVAN"}
    assert codes(bad) == [
        (2, "Môn học", ProblemCode.SUBJECT_UNKNOWN),
        (2, "Học kì", ProblemCode.CHOICE_INVALID),
    ]


def test_user_names_are_plain():
    header = ("Mã nhân sự", "Họ và tên", "Tên đăng nhập")
    rows = (("1", "An", "An.NV"), ("2", "An", "án"), ("3", "An", "a b"))
    sheets = read(sheet_of("Nhân sự", header, *rows))

    assert [line.username for line in sheets.staff] == ["an.nv", "", ""]
    assert [problem.code for problem in sheets.problems] == [ProblemCode.USERNAME_INVALID] * 2


def test_cells_that_look_like_formulas_are_text_when_read_and_when_written():
    cells = ("=1+1", "+84 905", "-5", "@SUM(A1)", "=cmd|'/c calc'!A0")
    lines = tuple(
        StudentLine(row=n, code=f"{n}", full_name="Vũ Tú", class_name="6A1", father_occupation=cell)
        for n, cell in enumerate(cells, start=2)
    )
    content = fill(Level.THCS, YEAR, {SheetKey.STUDENTS: lines})

    assert [line.father_occupation for line in read(content).students] == list(cells)
    page = opened(content)["Học sinh"]
    marked = opened(error_workbook(content, [problem_at(2)]))["Học sinh"]
    for number, cell in enumerate(cells, start=2):
        for each in (page, marked):
            assert (each.cell(number, 15).value, each.cell(number, 15).data_type) == (cell, "s")


def test_an_old_excel_file_is_read_too():
    sheets = read((DATA / "school.xls").read_bytes())

    assert sheets.problems == ()
    assert sheets.students == (
        StudentLine(
            row=2,
            code="HS0001",
            full_name="Đỗ Thị Mẫn",
            class_name="6A1",
            birth_date=date(2014, 3, 9),
            sex="Nữ",
            personal_id="048314000017",
        ),
    )
    assert sheets.results == (
        ResultLine(
            row=2,
            student="HS0001",
            subject="NGUVAN",
            term1=Decimal("7.5"),
            term2=Decimal("8.5"),
            year=Decimal("8.2"),
            comment="Chăm chỉ.",
        ),
    )


def problem_at(row: int, header: str = "", code: ProblemCode = ProblemCode.REQUIRED) -> Problem:
    return Problem(sheet=SheetKey.STUDENTS, row=row, header=header, code=code)


def test_the_error_workbook_repeats_the_rows_with_what_is_wrong_beside_them():
    content = fill(Level.THCS, YEAR, LINES)

    book = opened(
        error_workbook(
            content,
            [
                problem_at(2, "Họ và tên"),
                problem_at(2, "Lớp", ProblemCode.CLASS_UNKNOWN),
                problem_at(2, "Dân tộc", ProblemCode.ETHNICITY_UNKNOWN),
            ],
        )
    )

    page = book["Học sinh"]
    assert (page["U1"].value, page["U2"].value) == (
        "Lỗi",
        (
            "Họ và tên: Không được để trống.; Lớp: Không có lớp này trong năm học.;"
            " Dân tộc: Dân tộc không có trong danh mục."
        ),
    )
    colours = {name: page[name].fill.fgColor.rgb for name in ("A2", "B2", "C2", "K2")}
    assert colours == {"A2": "00000000", "B2": "FFFFC7CE", "C2": "FFFFC7CE", "K2": "FFFFEB9C"}
    assert (page["A2"].value, page["D2"].value) == ("0001", MARCH)
    assert "Lỗi" not in [cell.value for cell in book["Kết quả"][1]]


def test_a_row_that_was_left_out_is_orange_and_an_error_outshines_a_warning():
    problems = [
        problem_at(2, code=ProblemCode.FROZEN_DATA),
        problem_at(2, "Lớp", ProblemCode.ETHNICITY_UNKNOWN),
        problem_at(2, "Lớp", ProblemCode.CLASS_UNKNOWN),
    ]

    page = opened(error_workbook(fill(Level.THCS, YEAR, LINES), problems))["Học sinh"]

    assert (page["A2"].fill.fgColor.rgb, page["C2"].fill.fgColor.rgb) == ("FFF8CBAD", "FFFFC7CE")


def test_an_error_workbook_can_be_read_again_and_marked_again():
    first = error_workbook(fill(Level.THCS, YEAR, LINES), [problem_at(2, "Họ và tên")])

    assert read(first).problems == ()
    assert read(first).students == LINES[SheetKey.STUDENTS]
    page = opened(error_workbook(first, [problem_at(2, "Lớp", ProblemCode.CLASS_UNKNOWN)]))["Học sinh"]
    assert page["U2"].value == "Lớp: Không có lớp này trong năm học."
    assert page.max_column == 21


def test_what_concerns_the_whole_file_stands_on_a_sheet_of_its_own():
    content = sheet_of("Sheet1", ("a",))

    book = opened(error_workbook(content, read(content).problems))

    assert book.sheetnames == ["Lỗi của tệp"]
    assert "Sheet1" in book["Lỗi của tệp"]["A1"].value


ANY_CELL = st.one_of(
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.sampled_from(["1/1/2014", "٣", "²", "1_0", "½", "0x10", "Infinity", "-0", "١٢/٠٣/٢٠١٤"]),
)


@given(ANY_CELL)
def test_no_cell_whatever_breaks_a_column(cell):
    for table in tables(Level.THPT).values():
        for column in table.columns:
            try:
                column.kind.parse(cell)
            except Unfit as unfit:
                problem = Problem(sheet=table.key, row=2, code=unfit.code, facts=unfit.facts)
                assert problem.sentence()
                assert problem.sentence("en")


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.integers(-(10**9), 10**9))
def test_a_whole_number_is_shown_without_a_point(number):
    assert as_text(float(number)) == str(number)


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_its_sentence_in_both_languages(code):
    names = ("name", "limit", "first", "last", "choices", "grade", "value", "expected")
    problem = Problem(sheet=None, row=0, code=code, facts=dict.fromkeys(names, "?"))

    assert problem.sentence().endswith((".", "?."))
    assert problem.sentence("en") != problem.sentence()
    assert problem.as_dict()["message"] == {"vi": problem.sentence(), "en": problem.sentence("en")}
