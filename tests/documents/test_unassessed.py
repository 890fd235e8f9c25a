"""A pupil who is not assessed (TT 27/2020 Đ8, TT 22/2021 Đ11): what the XML, the page and the form say."""

from dataclasses import replace

import pytest

from hocba.documents import content
from hocba.documents.form import render
from hocba.documents.preview import to_html
from hocba.domain.plan import signing_plan
from hocba.domain.record import Levels, TranscriptRecord
from hocba.domain.values import Level
from tests.documents import levels, signed
from tests.documents.forms import AT, pages

ARTICLES = {
    levels.MOET_TH: "Miễn đánh giá theo Điều 8 Thông tư số 27/2020/TT-BGDĐT",
    levels.TH: "Miễn đánh giá theo Điều 8 Thông tư số 27/2020/TT-BGDĐT",
    levels.THCS: "Miễn đánh giá theo Điều 11 Thông tư số 22/2021/TT-BGDĐT",
    levels.THPT: "Miễn đánh giá theo Điều 11 Thông tư số 22/2021/TT-BGDĐT",
}
EMPTY = {"term1": None, "term2": None, "year": None, "test": None}
TRAITS = 15
TERMS = 3


def unassessed(name: str) -> TranscriptRecord:
    """Of whom nothing is assessed but his first subject."""
    record = levels.record(name)
    first, *others = record.results
    rows = (first, *(replace(row, **EMPTY) for row in others))
    changed = {"overall": None, "qualities": {}, "abilities": {}}
    if record.school.level is not Level.TH:
        changed = {"learning": Levels(), "conduct": Levels()}
    return replace(record, results=rows, summary=replace(record.summary, unassessed=True, **changed))


def cells(record: TranscriptRecord) -> int:
    """How many places have nothing to show."""
    rows = len(record.results) - 1
    return rows + TRAITS if record.school.level is Level.TH else TERMS * (rows + 2)


def xml(record: TranscriptRecord) -> bytes:
    plan = signing_plan(record)
    return signed.Signed(levels.data_of(record, plan), plan, []).xml


def pdf_text(record: TranscriptRecord, tmp_path) -> str:
    made = content.read(levels.data_of(record))
    return " ".join(pages(render(made, [], xml=None, at=AT), tmp_path))


@pytest.mark.parametrize("name", levels.NAMES)
def test_the_printed_form_says_of_each_place_that_nothing_was_assessed(name, tmp_path):
    record = unassessed(name)

    text = pdf_text(record, tmp_path)

    assert text.count(ARTICLES[name]) == 1
    assert text.replace(ARTICLES[name], "").count("Miễn") == cells(record)


@pytest.mark.parametrize("name", levels.NAMES)
def test_the_page_says_the_same(name):
    record = unassessed(name)

    page = to_html(xml(record))

    assert page.count(ARTICLES[name]) == 1
    assert page.replace(ARTICLES[name], "").count("Miễn") == cells(record)


@pytest.mark.parametrize("name", [levels.TH, levels.THCS, levels.THPT])
def test_the_teachers_own_profile_says_it_in_the_xml_the_official_one_by_what_it_leaves_out(name):
    assert b"<KHONG_DANH_GIA>true</KHONG_DANH_GIA>" in xml(unassessed(name))

    official = content.read(levels.data_of(unassessed(levels.MOET_TH)))
    assert official.summary.unassessed
    assert b"KHONG_DANH_GIA" not in xml(unassessed(levels.MOET_TH))


@pytest.mark.parametrize("name", levels.NAMES)
def test_an_ordinary_pupils_form_and_page_never_say_it(name, tmp_path):
    record = levels.record(name)

    assert "Miễn" not in pdf_text(record, tmp_path)
    assert "Miễn" not in to_html(xml(record))


@pytest.mark.parametrize("name", levels.NAMES)
def test_an_exempt_row_says_it_for_itself_alone(name, tmp_path):
    record = levels.record(name)
    first, *others = record.results
    record = replace(record, results=(replace(first, **EMPTY, exempt=True), *others))
    expected = 1 if record.school.level is Level.TH else TERMS

    assert pdf_text(record, tmp_path).count("Miễn") == expected
    assert to_html(xml(record)).count("Miễn") == expected
