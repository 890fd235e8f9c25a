"""The error workbook: the rows with what is wrong beside them."""

import pytest

from hocba.documents.workbooks import (
    Problem,
    ProblemCode,
    SheetKey,
    error_workbook,
    fill,
    read,
)
from tests.documents.books import LINES, MARCH, THCS, YEAR, opened, problem_at, sheet_of


def test_the_error_workbook_repeats_the_rows_with_what_is_wrong_beside_them():
    content = fill(THCS, YEAR, LINES)

    book = opened(
        error_workbook(
            content,
            [
                problem_at(2, "Họ và tên"),
                problem_at(2, "Lớp", ProblemCode.CLASS_UNKNOWN),
                problem_at(2, "Dân tộc", ProblemCode.ETHNICITY_UNKNOWN),
            ],
            THCS,
        )
    )

    page = book["Học sinh"]
    assert (page["V1"].value, page["V2"].value) == (
        "Lỗi",
        (
            "Họ và tên: Không được để trống.; Lớp: Không có lớp này trong năm học.;"
            " Dân tộc: Dân tộc không có trong danh mục."
        ),
    )
    colours = {name: page[name].fill.fgColor.rgb for name in ("A2", "B2", "C2", "L2")}
    assert colours == {"A2": "00000000", "B2": "FFFFC7CE", "C2": "FFFFC7CE", "L2": "FFFFEB9C"}
    assert (page["A2"].value, page["D2"].value) == ("0001", MARCH)
    assert "Lỗi" not in [cell.value for cell in book["Kết quả"][1]]


def test_a_row_that_was_left_out_is_orange_and_an_error_outshines_a_warning():
    problems = [
        problem_at(2, code=ProblemCode.FROZEN_DATA),
        problem_at(2, "Lớp", ProblemCode.ETHNICITY_UNKNOWN),
        problem_at(2, "Lớp", ProblemCode.CLASS_UNKNOWN),
    ]

    page = opened(error_workbook(fill(THCS, YEAR, LINES), problems, THCS))["Học sinh"]

    assert (page["A2"].fill.fgColor.rgb, page["C2"].fill.fgColor.rgb) == ("FFF8CBAD", "FFFFC7CE")


def test_an_error_workbook_can_be_read_again_and_marked_again():
    first = error_workbook(fill(THCS, YEAR, LINES), [problem_at(2, "Họ và tên")], THCS)

    assert read(first, THCS).problems == ()
    assert read(first, THCS).students == LINES[SheetKey.STUDENTS]
    page = opened(error_workbook(first, [problem_at(2, "Lớp", ProblemCode.CLASS_UNKNOWN)], THCS))["Học sinh"]
    assert page["V2"].value == "Lớp: Không có lớp này trong năm học."
    assert page.max_column == 22


def test_what_concerns_the_whole_file_stands_on_a_sheet_of_its_own():
    content = sheet_of("Sheet1", ("a",))

    book = opened(error_workbook(content, read(content, THCS).problems, THCS))

    assert book.sheetnames == ["Lỗi của tệp"]
    assert "Sheet1" in book["Lỗi của tệp"]["A1"].value


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_its_sentence_in_both_languages(code):
    names = (
        "name limit first last choices grade value expected year day slot"
        " unit stored shown found old new count classes"
    )
    problem = Problem(sheet=None, row=0, code=code, facts=dict.fromkeys(names.split(), "?"))

    assert problem.sentence().endswith((".", "?."))
    assert problem.sentence("en") != problem.sentence()
    assert problem.as_dict()["message"] == {"vi": problem.sentence(), "en": problem.sentence("en")}
