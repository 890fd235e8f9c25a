"""Long remarks on the form: nothing is lost, and a row that goes over a page's end says there what it is."""

from dataclasses import replace

import pytest

from hocba.documents.content import Content
from hocba.documents.form import render
from tests.documents import forms
from tests.documents.forms import AT, pages, primary, signers, upper

SENTENCE = "Em đã tiến bộ rõ rệt trong học tập, biết giúp đỡ bạn bè, hăng hái phát biểu. "
FORMS = {"THCS": forms.content, "THPT": upper, "TH": primary}
LONG, LONGER_THAN_A_PAGE = 12, 60
"""Sentences of a remark."""


def remarked(made: Content, sentences: int) -> Content:
    """A remark in each row, whose first and last word tell which row it is."""
    rows = (
        replace(row, comment=f"đầu{number}. {SENTENCE * sentences}hết{number}.")
        for number, row in enumerate(made.results)
    )
    return replace(made, results=tuple(rows))


@pytest.fixture
def sheets(tmp_path):
    """Render, and read the text of each page back."""
    return lambda made: pages(render(made, signers(made), xml=None, at=AT), tmp_path)


def page_of(sheets: list[str], word: str) -> int:
    (found,) = (number for number, page in enumerate(sheets) if word in page)
    return found


@pytest.mark.parametrize("sentences", [LONG, LONGER_THAN_A_PAGE])
@pytest.mark.parametrize("level", FORMS)
def test_a_row_that_goes_on_says_its_name_on_each_of_its_pages(sheets, level, sentences):
    made = remarked(FORMS[level](), sentences)

    read = sheets(made)

    expected = {
        (page, row.name.split()[-1])
        for number, row in enumerate(made.results)
        for page in range(page_of(read, f"đầu{number}.") + 1, page_of(read, f"hết{number}.") + 1)
    }
    said = {
        (number, before.split()[-1])
        for number, page in enumerate(read)
        for before in page.split(" (tiếp)")[:-1]
    }
    assert expected
    # The teacher's line alone may come on the page behind the last word.
    behind = {
        (page_of(read, f"hết{number}.") + 1, row.name.split()[-1]) for number, row in enumerate(made.results)
    }
    assert expected <= said <= expected | behind


@pytest.mark.parametrize("level", FORMS)
def test_the_heading_stands_on_every_page_of_the_table_and_no_word_is_lost(sheets, level):
    made = remarked(FORMS[level](), LONG)

    read = sheets(made)

    last = page_of(read, f"hết{len(made.results) - 1}.")
    assert last > page_of(read, "đầu0.") + 1
    heading = "đạt được KTĐK" if level == "TH" else "Điểm trung bình môn"
    assert [page for page in read[page_of(read, "đầu0.") : last + 1] if heading not in page] == []
    words = " ".join(read).split()
    assert words.count("hăng") == LONG * len(made.results)


@pytest.mark.parametrize("level", FORMS)
def test_usual_remarks_never_go_on(sheets, level):
    assert "(tiếp)" not in " ".join(sheets(remarked(FORMS[level](), 3)))
