"""Several years of one pupil as one booklet to look at."""

from dataclasses import replace
from uuid import UUID

import pytest

from hocba.documents.form import FormYear, MixedYearsError, render_years
from hocba.domain.values import SchoolYear
from tests.documents.forms import AT, content, pages, poppler, primary, signers, upper


def code(number: int) -> UUID:
    return UUID(int=number)


def year(grade: int, *, draft: bool = False) -> FormYear:
    """A year of primary school, signed by everybody unless it is a draft."""
    made = primary(grade, 2020 + grade, lookup_code=code(grade))
    made = replace(made, student=replace(made.student, address=f"Nhà số {grade}"))
    return FormYear(content=made, signers=() if draft else signers(made), draft=draft)


def booklet(*years: FormYear) -> bytes:
    return render_years(years, at=AT)


def test_the_years_stand_in_order_behind_the_newest_ones_cover(tmp_path):
    read = pages(booklet(year(3), year(1), year(2)), tmp_path)
    assert len(read) == 2 + 3 * 2 + 1
    assert f"Mã tra cứu: {code(3)}" in read[0]
    assert "Nhà số 3" in read[1]
    assert [f"Lớp: {grade}A" in read[at] for at, grade in ((2, 1), (4, 2), (6, 3))] == [True] * 3
    assert all(f"Mã tra cứu: {code(1)} Trang" in page for page in read[2:4])
    assert all(f"Mã tra cứu: {code(2)} Trang" in page for page in read[4:6])


def test_each_page_says_that_it_is_only_to_look_at(tmp_path):
    read = pages(booklet(year(1), year(2)), tmp_path)
    assert all("BẢN XEM" in page for page in read)
    assert "Bản xem gộp, năm học 2021-2022, 2022-2023: không đóng dấu số" in read[0]
    assert "CHƯA PHÁT HÀNH" not in " ".join(read)


def test_a_year_that_is_not_issued_says_so_on_its_own_pages(tmp_path):
    read = pages(booklet(year(1), year(2, draft=True)), tmp_path)
    assert ["CHƯA PHÁT HÀNH" in page for page in read] == [False] * 4 + [True] * 2 + [False]


def test_the_signers_of_each_year_are_listed_with_its_original(tmp_path):
    last = pages(booklet(year(1), year(2)), tmp_path)[-1]
    for grade in (1, 2):
        assert f"DANH SÁCH CHỮ KÍ SỐ, NĂM HỌC {2020 + grade}-{2021 + grade}" in last
        assert f"Bản gốc của năm học này là tệp XML {code(grade)}.xml, không đính kèm" in last


def test_nothing_is_attached_and_nothing_is_signed(tmp_path):
    path = tmp_path / "years.pdf"
    path.write_bytes(booklet(year(1), year(2)))
    assert "0 embedded files" in poppler("pdfdetach", path, "-list")
    assert "does not contain any signatures" in poppler("pdfsig", path)
    assert b"<pdfaid:part>3</pdfaid:part>" in path.read_bytes()


def test_a_booklet_of_drafts_has_no_list_of_signers(tmp_path):
    read = pages(booklet(year(1, draft=True), year(2, draft=True)), tmp_path)
    assert len(read) == 6
    assert "DANH SÁCH CHỮ KÍ SỐ" not in " ".join(read)


def test_secondary_years_make_a_booklet_too(tmp_path):
    newest = content(lookup_code=code(9))
    before = replace(newest, year=SchoolYear("2024-2025"), grade=8, class_name="8A1", lookup_code=code(8))
    read = pages(booklet(FormYear(content=newest), FormYear(content=before)), tmp_path)
    assert ["Lớp: 8A1" in page for page in read] == [False, False, True, True, False, False]


def test_a_booklet_has_the_years_of_one_level():
    lower = FormYear(content=content())
    with pytest.raises(MixedYearsError, match="one level"):
        booklet(lower, FormYear(content=upper(year=SchoolYear("2026-2027"))))
    with pytest.raises(MixedYearsError, match="one level"):
        booklet()


def test_a_booklet_has_each_year_once():
    with pytest.raises(MixedYearsError, match="once"):
        booklet(year(2), year(2))


def test_the_same_years_give_the_same_bytes():
    assert booklet(year(1), year(2)) == booklet(year(2), year(1))
