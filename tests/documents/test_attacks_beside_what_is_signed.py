"""What no reference covers, and what does not belong into the file: each found by its own check."""

from datetime import timedelta

import pytest
from lxml import etree

from hocba.documents import signing
from hocba.documents.reasons import Reason
from hocba.documents.verdict import Outcome
from hocba.documents.verify import verify_xml
from tests.documents import samples, signed
from tests.documents.attacks import SLOTS, TRUST, findings, set_text
from tests.documents.forging import c14n, edited, part, resigned, signature
from tests.pki import holder, pki


@pytest.mark.parametrize(
    "edit",
    [
        lambda r: part(r, "ky-phat-hanh", "ds:KeyInfo").set("Id", "khac"),
        lambda r: part(r, "ky-phat-hanh", "ds:SignatureValue").set("Id", "khac"),
        lambda r: part(r, "ky-phat-hanh", ".//x:QualifyingProperties").set("Target", "#khac"),
        lambda r: part(r, "ky-phat-hanh", ".//x:QualifyingProperties").getparent().set("Id", "khac"),
        lambda r: signature(r, "ky-phat-hanh").set("Id", "khac"),
    ],
)
def test_an_id_or_target_that_the_slot_does_not_prescribe_is_found(edit) -> None:
    assert findings(edited(signed.small().xml, edit)) == [(Reason.ID_WRONG, "ky-phat-hanh")]


def test_a_wrong_target_in_the_signed_time_object_is_found() -> None:
    edit = lambda r: part(r, "gvcn", ".//ds:SignatureProperty").set("Target", "#ky-cbql")  # noqa: E731
    assert findings(resigned(signed.small().xml, edit)) == [(Reason.ID_WRONG, "gvcn")]


def test_a_forged_subject_name_is_found() -> None:
    edit = lambda r: set_text(part(r, "gvcn", ".//ds:X509SubjectName"), "CN=Ai đó")  # noqa: E731
    assert findings(edited(signed.small().xml, edit)) == [(Reason.SUBJECT_WRONG, "gvcn")]


def test_another_certificate_for_the_same_key_is_found() -> None:
    one = pki().person(samples.identity(1))
    again = holder("Người Thử 1", samples.identity(1), pki().intermediate, key=one.key)
    edit = lambda r: set_text(part(r, "gvcn", ".//ds:X509Certificate"), again.certificate.b64)  # noqa: E731
    assert findings(edited(signed.small().xml, edit)) == [(Reason.CERTIFICATE_SUBSTITUTED, "gvcn")]


@pytest.mark.parametrize("text", ["AAAA", "MIIB", "====", "MII B", "Đ" * 8])
def test_a_certificate_that_is_none_is_found(text: str) -> None:
    edit = lambda r: set_text(part(r, "gvcn", ".//ds:X509Certificate"), text)  # noqa: E731
    assert findings(edited(signed.small().xml, edit)) == [(Reason.CERTIFICATE_UNREADABLE, "gvcn")]


def test_a_changed_date_beside_the_signature_is_found() -> None:
    edit = lambda r: set_text(r.find(".//GVCN/NGAY_KY"), "2026-05-01T08:00:00+07:00")  # noqa: E731
    assert findings(edited(signed.small().xml, edit)) == [(Reason.SHOWN_TIME_WRONG, "gvcn")]


def test_a_changed_personal_id_beside_the_signature_is_found() -> None:
    edit = lambda r: set_text(r.find(".//GVCN/SO_CCCD"), "001185000002")  # noqa: E731
    assert findings(edited(signed.small().xml, edit)) == [(Reason.SHOWN_ID_WRONG, "gvcn")]


def test_a_role_that_is_not_the_slots_is_found() -> None:
    edit = lambda r: set_text(part(r, "gvcn", ".//x:ClaimedRole"), "CBQL")  # noqa: E731
    assert findings(resigned(signed.small().xml, edit)) == [(Reason.ROLE_WRONG, "gvcn")]


def test_two_signing_times_that_differ_are_found() -> None:
    edit = lambda r: set_text(part(r, "gvcn", ".//ds:SigningTime"), "2026-06-01T09:00:00+07:00")  # noqa: E731
    assert findings(resigned(signed.small().xml, edit)) == [(Reason.TIMES_DIFFER, "gvcn")]


@pytest.mark.parametrize("slot", SLOTS[1:])
def test_a_signing_time_before_that_of_a_covered_signature_is_found(slot: str) -> None:
    times = {slot: signed.FIRST - timedelta(hours=1)}
    these = signed.transcript(plan=samples.short_plan(), times=times)
    assert findings(these.xml) == [(Reason.TIMES_OUT_OF_ORDER, slot)]


def test_equal_signing_times_are_in_order() -> None:
    times = dict.fromkeys(SLOTS, signed.FIRST)
    these = signed.transcript(plan=samples.short_plan(), times=times)
    assert verify_xml(these.xml, trust=TRUST).outcome is Outcome.PASSED


XSI = "http://www.w3.org/2001/XMLSchema-instance"
TWICE = b'<?xml-stylesheet type="text/xsl" href="hocba-2.0.xslt"?><HOC_BA>'


def _hidden_declaration(xml: bytes) -> bytes:
    return xml.replace(b"<TONG_KET>", b'<TONG_KET xmlns:la="urn:la">')


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace("Ánh Dương<".encode(), "Ánh<!-- x --> Dương<".encode()),
        lambda xml: xml.replace("Ánh Dương<".encode(), "Ánh<?x y?> Dương<".encode()),
        lambda xml: xml.replace(b"<HOC_BA>", b"<HOC_BA><!-- x -->"),
        lambda xml: xml.replace(b"<HOC_BA>", b"<!-- x --><HOC_BA>"),
        lambda xml: xml + b"<!-- x -->",
        lambda xml: xml + b"<?x y?>",
        lambda xml: xml.replace(b"hocba-2.0.xslt", b"khac.xslt"),
        lambda xml: xml.replace(b"<?xml-stylesheet", b"<?xml-other"),
        lambda xml: xml.replace(b"<HOC_BA>", TWICE),
        lambda xml: xml.replace(b"<HOC_BA>", b"<HOC_BA>\n"),
        lambda xml: xml.replace(b"</SO_CCCD><Signature", b"</SO_CCCD> <Signature"),
        lambda xml: xml.replace(b"</KeyInfo>", b"</KeyInfo>\n"),
        lambda xml: xml.replace(b"<HOC_BA>", f'<HOC_BA xmlns:i="{XSI}" i:schemaLocation="x y">'.encode()),
        lambda xml: xml.replace(b"<HOC_BA>", f'<HOC_BA xmlns:xsi="{XSI}">'.encode()),
        lambda xml: xml.replace(b"<HOC_BA>", b"<HOC_BA xmlns:la='urn:la'>"),
        _hidden_declaration,
    ],
)  # fmt: skip
def test_anything_foreign_is_found(change) -> None:
    changed = change(signed.small().xml)
    assert changed != signed.small().xml
    assert findings(changed) == [(Reason.UNEXPECTED_NODE, None)]


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace("Ánh Dương<".encode(), "Ánh<!-- x --> Dương<".encode()),
        lambda xml: xml.replace(b"<HOC_BA>", b"<HOC_BA>\n"),
        _hidden_declaration,
    ],
)
def test_no_signature_would_have_noticed(change) -> None:
    changed = change(signed.small().xml)
    before, after = (etree.fromstring(xml) for xml in (signed.small().xml, changed))
    assert c14n(before.find("DU_LIEU_HOC_BA")) == c14n(after.find("DU_LIEU_HOC_BA"))
    assert findings(changed) == [(Reason.UNEXPECTED_NODE, None)]


def test_white_space_where_teachers_would_stand_is_found() -> None:
    these = signed.small()
    xml = signing.assemble(these.data, these.plan, ()).replace(b"<DANH_SACH_GVBM>", b"<DANH_SACH_GVBM> ")
    assert findings(xml) == [(Reason.UNEXPECTED_NODE, None)]


def test_an_id_that_occurs_twice_is_found() -> None:
    def double(root: etree._Element) -> None:
        part(root, "ky-phat-hanh", "ds:KeyInfo").set("Id", "data")

    assert findings(edited(signed.small().xml, double)) == [(Reason.DUPLICATE_ID, None)]
