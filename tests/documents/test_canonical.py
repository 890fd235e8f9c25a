import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hocba.documents import canonical
from hocba.documents.canonical import ForbiddenCharacterError

ALLOWED = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff")
    .filter(lambda c: c in "\t\n\r" or c >= " ")
)  # fmt: skip
SPECIAL = st.text(st.sampled_from("&<>\"'\r\n\t ]é\U0001f600\x7f\x85\u2028"))


def c14n(fragment: str) -> str:
    return etree.tostring(etree.fromstring(fragment), method="c14n", exclusive=True).decode()


@given(ALLOWED | SPECIAL, ALLOWED | SPECIAL)
def test_what_is_written_is_its_own_exclusive_c14n(text: str, value: str) -> None:
    written = canonical.element("A", canonical.leaf("B", text), Zet=value, Id="a", b=value)
    assert c14n(written) == written
    parsed = etree.fromstring(written)
    assert (parsed[0].text or "") == text
    assert parsed.get("Zet") == value


def test_namespaces_stand_before_attributes_and_the_default_one_first() -> None:
    written = canonical.element(
        "x:A", canonical.leaf("B", ""), namespaces={"x": "urn:x"}, b="1", a="2", Z="3"
    )
    assert written == '<x:A xmlns:x="urn:x" Z="3" a="2" b="1"><B></B></x:A>'
    assert c14n(written) == written
    both = canonical.element("A", "<x:B></x:B>", namespaces={"x": "urn:x", "": "urn:a"})
    assert both == '<A xmlns="urn:a" xmlns:x="urn:x"><x:B></x:B></A>'


@pytest.mark.parametrize(
    "bad", ["\0", "\x08", "\x0b", "\x0c", "\x1f", chr(0xD800), chr(0xDFFF), "\ufffe", "\uffff"]
)
def test_a_character_that_xml_cannot_hold_is_refused(bad: str) -> None:
    for written in (canonical.text, canonical.attribute):
        with pytest.raises(ForbiddenCharacterError):
            written(f"a{bad}b")
    assert not canonical.allowed(bad)


def test_markup_in_text_and_attributes_is_escaped_each_in_its_way() -> None:
    assert canonical.text('<a href="x">&\'\r\n\t') == '&lt;a href="x"&gt;&amp;\'&#xD;\n\t'
    assert canonical.attribute('<a href="x">&\'\r\n\t') == "&lt;a href=&quot;x&quot;>&amp;'&#xD;&#xA;&#x9;"
