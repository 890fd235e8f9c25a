import pytest

from hocba.domain.assessment.titles import claims


@pytest.mark.parametrize(
    "awards",
    [
        "Học sinh Giỏi",
        "HỌC SINH GIỎI",
        " học  sinh giỏi ",
        "Học sinh giỏi cả năm",
        "Học sinh giỏi năm học 2025-2026",
        "Danh hiệu: Học sinh Giỏi",
        "Đạt danh hiệu “Học sinh Giỏi”",
        "Giấy khen. Học sinh Giỏi",
        "Giấy khen\nHọc sinh Giỏi",
    ],
)
def test_a_part_of_the_text_that_says_the_title_claims_it(awards):
    assert claims(awards, "Học sinh Giỏi")


@pytest.mark.parametrize(
    "awards",
    [
        "",
        "Giải Nhì học sinh giỏi cấp huyện",
        "Học sinh giỏi cấp tỉnh môn Toán",
        "Học sinh giỏi Toán",
        "Học sinh Xuất sắc",
        "Đội tuyển học sinh giỏi",
    ],
)
def test_prizes_and_praise_do_not(awards):
    assert not claims(awards, "Học sinh Giỏi")


def test_marks_of_letters_do_not_matter():
    assert claims("Ho\u0323c sinh Gio\u0309i", "Học sinh Giỏi")
