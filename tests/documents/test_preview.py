"""The page for people: made by the shipped stylesheet, reaching nothing outside."""

import pytest
from lxml import etree

from hocba.documents.parsing import UnreadableXmlError
from hocba.documents.preview import compiled, stylesheet, to_html
from tests.documents.seals import signed_xml

HEAD = (
    b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
)
TAIL = b"</xsl:template></xsl:stylesheet>"


def test_the_page_shows_the_transcript():
    page = to_html(signed_xml())
    assert "Nguyễn Ánh Dương" in page
    assert "Hoạt động trải nghiệm, hướng nghiệp" in page
    assert "8,8" in page


def test_text_of_the_transcript_stays_text():
    evil = signed_xml().replace("Ngoan, lễ phép".encode(), b"&lt;script&gt;alert(1)&lt;/script&gt;")
    page = to_html(evil)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_stylesheet_asks_for_nothing():
    source = stylesheet()
    assert b"document(" not in source
    assert b"xsl:import" not in source
    assert b"xsl:include" not in source


@pytest.mark.parametrize("where", ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x.xml"])
def test_document_is_refused(where):
    transform = compiled(HEAD + f"<xsl:copy-of select=\"document('{where}')\"/>".encode() + TAIL)
    with pytest.raises(etree.XSLTApplyError):
        transform(etree.fromstring(b"<a/>"))


def test_nothing_is_written(tmp_path):
    target = tmp_path / "written.txt"
    source = HEAD.replace(
        b" xmlns:xsl", b' xmlns:e="http://exslt.org/common" extension-element-prefixes="e" xmlns:xsl'
    )
    transform = compiled(source + f'<e:document href="{target}">x</e:document>'.encode() + TAIL)
    with pytest.raises(etree.XSLTApplyError):
        transform(etree.fromstring(b"<a/>"))
    assert not target.exists()


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"\xff\xfe<\0a\0/\0>\0",
    ],
)
def test_what_may_not_come_in_does_not(xml):
    with pytest.raises(UnreadableXmlError):
        to_html(xml)
