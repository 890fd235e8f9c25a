"""Whatever the bytes are, the verifier answers with a verdict."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba.documents.reasons import Reason
from hocba.documents.verdict import Outcome
from hocba.documents.verify import verify_xml
from tests.documents import signed
from tests.documents.attacks import TRUST, findings
from tests.documents.forging import c14n

EMPTY = (
    b"<HOC_BA><DU_LIEU_HOC_BA><THONG_TIN_CHUNG><PHIEN_BAN>hocba-2.0</PHIEN_BAN></THONG_TIN_CHUNG>"
    b"</DU_LIEU_HOC_BA></HOC_BA>"
)


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", Reason.NOT_XML),
        (b"\xff\xfe\x00", Reason.NOT_XML),
        (b"<HOC_BA>", Reason.NOT_XML),
        (b'<!DOCTYPE HOC_BA SYSTEM "file:///etc/passwd"><HOC_BA/>', Reason.NOT_XML),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><HOC_BA>&x;</HOC_BA>', Reason.NOT_XML),
        (b"<HOC_BA>&x;</HOC_BA>", Reason.NOT_XML),
        (b"<HOC_BA>" * 100_000, Reason.NOT_XML),
        (b"<a>" * 200 + b"</a>" * 200, Reason.NOT_XML),
        (b"<a>" + b"<b/>" * 100_000 + b"</a>", Reason.NOT_XML),
        (b"<a>" + b"x" * 3_000_000 + b"</a>", Reason.NOT_XML),
        ("<HOC_BA></HOC_BA>".encode("utf-16"), Reason.NOT_XML),
        (b"<a/>", Reason.NOT_A_TRANSCRIPT),
        (b"<HOC_BA/>", Reason.PROFILE_UNKNOWN),
        (EMPTY, Reason.SCHEMA_INVALID),
    ],
)  # fmt: skip
def test_what_is_no_transcript_is_refused_by_name(xml: bytes, code: Reason) -> None:
    assert findings(xml) == [(code, None)]


def test_an_entity_bomb_is_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY a0 "x">{entities}]><HOC_BA>&a11;</HOC_BA>'
    assert findings(bomb.encode()) == [(Reason.NOT_XML, None)]


def test_a_profile_that_nobody_knows_is_said_with_those_that_are_known() -> None:
    xml = signed.small().xml.replace(b"<PHIEN_BAN>hocba-2.0<", b"<PHIEN_BAN>hocba-9.9<")
    (finding,) = verify_xml(xml, trust=TRUST).reasons
    assert finding.code is Reason.PROFILE_UNKNOWN
    assert finding.detail == "known: moet-th-1.0, hocba-2.0"


def test_a_level_that_the_profile_does_not_know_is_not_of_its_shape() -> None:
    xml = signed.small().xml.replace(b"<PHIEN_BAN>hocba-2.0<", b"<PHIEN_BAN>moet-th-1.0<")
    (finding,) = verify_xml(xml, trust=TRUST).reasons
    assert finding.code is Reason.SCHEMA_INVALID
    assert finding.detail == "a level that the profile does not know"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise(xml: bytes) -> None:
    assert verify_xml(xml, trust=TRUST).outcome is Outcome.FAILED


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_to_a_real_file_raises_or_passes_unseen(data: st.DataObject) -> None:
    xml = signed.small().xml
    start = data.draw(st.integers(0, len(xml) - 1))
    length = data.draw(st.integers(0, 40))
    filling = data.draw(
        st.binary(max_size=40) | st.sampled_from([xml[i : i + 60] for i in range(0, 9000, 60)])
    )
    changed = xml[:start] + filling + xml[start + length :]
    verdict = verify_xml(changed, trust=TRUST)
    if verdict.outcome is Outcome.PASSED:
        assert c14n(etree.fromstring(changed)) == c14n(etree.fromstring(xml))
