"""Changes of what is signed: each fails by the check that is there for it, and by no other."""

from base64 import b64encode
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba.documents import signing
from hocba.documents.layout import DS
from hocba.documents.reasons import Reason
from hocba.documents.verdict import Outcome
from hocba.documents.verify import verify_xml
from tests.documents import samples, signed
from tests.documents.attacks import SLOTS, TRUST, findings, row, set_text
from tests.documents.forging import c14n, edited, part, resigned, signature


def test_changed_data_breaks_every_signature_that_covers_it() -> None:
    xml = edited(signed.small().xml, lambda root: set_text(root.find(".//HO_VA_TEN"), "Nguyễn Văn Khác"))
    assert findings(xml) == [(Reason.DIGEST_MISMATCH, slot) for slot in SLOTS]


def test_a_changed_comment_does_not_break_the_teachers_who_did_not_sign_it() -> None:
    xml = edited(signed.small().xml, lambda root: set_text(root.find(".//NHAN_XET_GVCN"), "Khác"))
    assert findings(xml) == [(Reason.DIGEST_MISMATCH, slot) for slot in SLOTS[1:]]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_byte_of_the_data_is_found(data: st.DataObject) -> None:
    xml, signed_data = signed.small().xml, signed.small().data
    start = xml.index(signed_data)
    at = data.draw(st.integers(start, start + len(signed_data) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != xml[at]))
    changed = xml[:at] + bytes([byte]) + xml[at + 1 :]
    verdict = verify_xml(changed, trust=TRUST)
    if verdict.outcome is Outcome.PASSED:  # white space inside a tag says nothing
        assert c14n(etree.fromstring(changed)[0]) == signed_data
    else:
        assert verdict.outcome is Outcome.FAILED


def test_a_changed_value_is_found() -> None:
    value = signed.small().of("ky-phat-hanh").value
    forged = bytes([value[0] ^ 1]) + value[1:]
    xml = signed.small().xml.replace(b64encode(value), b64encode(forged))
    assert findings(xml) == [(Reason.SIGNATURE_INVALID, "ky-phat-hanh")]


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text[:-3] + chr(ord(text[-3]) + 1) + "==",  # other spare bits
        lambda text: text[:76] + "\n" + text[76:],
        lambda text: " " + text,
        lambda text: text.rstrip("="),
        lambda text: "Đ" + text,
    ],
)
def test_a_value_written_in_another_way_is_found(write) -> None:
    def write_so(root: etree._Element) -> None:
        value = part(root, "ky-phat-hanh", "ds:SignatureValue")
        assert value.text.endswith("==")
        value.text = write(value.text)

    assert findings(edited(signed.small().xml, write_so)) == [(Reason.SIGNATURE_INVALID, "ky-phat-hanh")]


def test_a_dropped_signature_is_missed_by_the_next_one() -> None:
    def drop(root: etree._Element) -> None:
        root.find(".//DANH_SACH_GVBM").remove(root.find(".//GVBM[@Id='gvbm-1']"))

    assert findings(edited(signed.small().xml, drop)) == [
        (Reason.INCOMPLETE, "gvbm-1"),
        (Reason.TARGET_MISPLACED, "gvcn"),
    ]


def test_swapped_signatures_are_found() -> None:
    def swap(root: etree._Element) -> None:
        one, two = (root.find(f".//GVBM[@Id='gvbm-{i}']") for i in (2, 4))
        first, second = one[-1], two[-1]
        one.append(second)
        two.append(first)

    found = findings(edited(signed.whole().xml, swap))
    assert (Reason.ID_WRONG, "gvbm-2") in found
    assert (Reason.REFERENCES_WRONG, "gvbm-4") in found


def test_signatures_in_another_order_are_found() -> None:
    def turn(root: etree._Element) -> None:
        teachers = root.find(".//DANH_SACH_GVBM")
        teachers.append(teachers[0])

    assert findings(edited(signed.whole().xml, turn)) == [(Reason.SLOTS_OUT_OF_ORDER, None)]


def test_a_signature_pasted_from_another_transcript_is_found() -> None:
    student = samples.record().student
    other = signed.transcript(
        plan=samples.short_plan(), record={"student": replace(student, full_name="Trần Văn Khác")}
    )
    mine = signed.small()
    pasted = [other.of("gvbm-1"), *mine.signatures[1:]]
    xml = signing.assemble(mine.data, mine.plan, pasted)
    theirs = other.xml[other.xml.index(b"<GVBM ") : other.xml.index(b"</GVBM></DANH")]
    ours = xml[xml.index(b"<GVBM ") : xml.index(b"</GVBM></DANH")]
    found = findings(xml.replace(ours, theirs))
    assert (Reason.DIGEST_MISMATCH, "gvbm-1") in found
    assert findings(xml)[0] == (Reason.SIGNATURE_INVALID, "gvbm-1")


def _missing(root: etree._Element) -> None:
    info = part(root, "gvbm-1", "ds:SignedInfo")
    info.remove(info[3])


def _extra(root: etree._Element) -> None:
    info = part(root, "gvbm-1", "ds:SignedInfo")
    more = deepcopy(info[2])
    more.set("URI", "#data")
    info.insert(3, more)


def _turned(root: etree._Element) -> None:
    info = part(root, "gvbm-1", "ds:SignedInfo")
    info.insert(2, info[3])


def _untyped(root: etree._Element) -> None:
    del part(root, "gvbm-1", "ds:SignedInfo")[-1].attrib["Type"]


def _whole_document(root: etree._Element) -> None:
    part(root, "gvbm-1", "ds:SignedInfo")[2].set("URI", "")


def _outside(root: etree._Element) -> None:
    part(root, "gvbm-1", "ds:SignedInfo")[2].set("URI", "http://127.0.0.1:9/x")


@pytest.mark.parametrize("edit", [_missing, _extra, _turned, _untyped, _whole_document, _outside])
def test_references_that_the_slot_does_not_prescribe_are_found(edit) -> None:
    assert findings(resigned(signed.small().xml, edit)) == [(Reason.REFERENCES_WRONG, "gvbm-1")]


def test_a_homeroom_teacher_who_covers_no_teacher_is_found() -> None:
    def uncover(root: etree._Element) -> None:
        info = part(root, "gvcn", "ds:SignedInfo")
        info.remove(info[3])

    assert findings(resigned(signed.small().xml, uncover)) == [(Reason.REFERENCES_WRONG, "gvcn")]


def test_a_row_under_another_rows_id_is_found() -> None:
    def swap_ids(root: etree._Element) -> None:
        row(root, "TOAN").set("Id", "diem-LSDL")
        row(root, "LSDL").set("Id", "diem-TOAN")

    assert findings(resigned(signed.small().xml, swap_ids)) == [(Reason.TARGET_MISPLACED, "gvbm-1")]


def test_the_two_objects_in_the_other_order_are_found() -> None:
    def turn(root: etree._Element) -> None:
        one = signature(root, "gvcn")
        one.append(one[3])

    assert findings(edited(signed.small().xml, turn)) == [(Reason.TARGET_MISPLACED, "gvcn")]


SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


def _add_transform(root: etree._Element) -> None:
    transforms = part(root, "gvcn", "ds:SignedInfo")[2][0]
    transforms.insert(0, deepcopy(transforms[0]))
    transforms[0].set("Algorithm", "http://www.w3.org/2000/09/xmldsig#enveloped-signature")


@pytest.mark.parametrize(
    "edit",
    [
        lambda r: part(r, "gvcn", "ds:SignedInfo/ds:CanonicalizationMethod").set("Algorithm", C14N),
        lambda r: part(r, "gvcn", "ds:SignedInfo/ds:SignatureMethod").set("Algorithm", DS + "rsa-sha1"),
        lambda r: part(r, "gvcn", "ds:SignedInfo/ds:SignatureMethod").set("Algorithm", DS + "hmac-sha1"),
        lambda r: part(r, "gvcn", "ds:SignedInfo")[2][1].set("Algorithm", SHA1),
        lambda r: part(r, "gvcn", "ds:SignedInfo")[2][0][0].set("Algorithm", C14N),
        lambda r: part(r, "gvcn", ".//x:CertDigest")[0].set("Algorithm", SHA1),
        _add_transform,
    ],
)
def test_a_forbidden_algorithm_is_found(edit) -> None:
    assert findings(resigned(signed.small().xml, edit)) == [(Reason.ALGORITHM_FORBIDDEN, "gvcn")]


def test_the_algorithm_of_another_kind_of_key_verifies_nothing() -> None:
    uri = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    edit = lambda r: part(r, "gvcn", "ds:SignedInfo/ds:SignatureMethod").set("Algorithm", uri)  # noqa: E731
    assert findings(resigned(signed.small().xml, edit)) == [(Reason.SIGNATURE_INVALID, "gvcn")]
