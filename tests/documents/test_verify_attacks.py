"""Every attack fails, by the check that is there for it and by no other."""

from base64 import b64encode
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba.documents import content, signing
from hocba.documents.layout import DS, XADES
from hocba.documents.reasons import Reason
from hocba.documents.verdict import Outcome
from hocba.documents.verify import verify_xml
from hocba.domain.values import Slot, SlotKey, Step
from tests.documents import samples, signed
from tests.documents.forging import c14n, edited, part, resigned, signature, trust
from tests.pki import Holder, authority, holder, pki

SLOTS = ("gvbm-1", "gvcn", "cbql", "ky-phat-hanh")
TRUST = trust()


def findings(xml: bytes, **how: object) -> list[tuple[Reason, str | None]]:
    verdict = verify_xml(xml, **({"trust": TRUST} | how))
    assert verdict.outcome is Outcome.FAILED
    return [(finding.code, finding.slot) for finding in verdict.reasons]


def row(root: etree._Element, code: str) -> etree._Element:
    return next(r for r in root.iter("DIEM_TONG_KET") if r.findtext("MA_MON_HOC") == code)


def plan_row(root: etree._Element, key: str) -> etree._Element:
    return next(r for r in root.iter("KY") if r.findtext("MA") == key)


def set_text(element: etree._Element, text: str) -> None:
    element.text = text


# what is signed


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


# references, by somebody who holds the keys


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


UNSIGNED = f"{{{XADES}}}UnsignedProperties"
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


# what no reference covers


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


# foreign things


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


# wrapping: what was signed is moved aside, something else takes its place


def _forge(data: etree._Element) -> etree._Element:
    forged = deepcopy(data)
    forged.find(".//CA_NAM").text = "10.0"
    return forged


def _wrap_beside(root: etree._Element) -> None:
    data = root[0]
    root.insert(0, _forge(data))


def _wrap_in_object(root: etree._Element) -> None:
    data = root[0]
    root.replace(data, _forge(data))
    etree.SubElement(signature(root, "gvbm-1"), f"{{{DS}}}Object").append(data)


def _wrap_in_time(root: etree._Element) -> None:
    data = root[0]
    root.replace(data, _forge(data))
    part(root, "gvbm-1", ".//ds:SignatureProperty").append(data)


def _wrap_in_unsigned_properties(root: etree._Element) -> None:
    data = root[0]
    root.replace(data, _forge(data))
    place = part(root, "gvbm-1", ".//x:QualifyingProperties")
    etree.SubElement(place, f"{{{XADES}}}UnsignedProperties").append(data)


def _wrap_the_root(root: etree._Element) -> None:
    whole = deepcopy(root)
    root[0].find(".//CA_NAM").text = "10.0"
    root.append(whole)


def _wrap_a_row(root: etree._Element) -> None:
    toan = row(root, "TOAN")
    forged = _forge(toan)
    forged.set("Id", "diem-TOAN2")
    toan.addprevious(forged)
    row(root, "HDTNHN").append(toan)


@pytest.mark.parametrize(
    "edit",
    [_wrap_beside, _wrap_in_object, _wrap_in_time, _wrap_in_unsigned_properties, _wrap_the_root, _wrap_a_row],
)
def test_wrapping_breaks_the_schema(edit) -> None:
    assert findings(edited(signed.small().xml, edit)) == [(Reason.SCHEMA_INVALID, None)]


@pytest.mark.parametrize(
    "edit",
    [
        lambda r: etree.SubElement(r, "LA"),
        lambda r: r.set("la", "x"),
        lambda r: r.find(".//GVCN").set("Id", "gvcn"),
        lambda r: etree.SubElement(part(r, "gvcn", ".//x:QualifyingProperties"), UNSIGNED),
        lambda r: etree.SubElement(part(r, "gvcn", ".//ds:X509Data"), f"{{{DS}}}X509Certificate"),
        lambda r: etree.SubElement(part(r, "gvcn", "ds:KeyInfo"), f"{{{DS}}}KeyValue"),
        lambda r: r.find(".//DANH_SACH_THONG_TIN_KY").append(deepcopy(r.find(".//GVCN"))),
        lambda r: set_text(r.find(".//GIOI_TINH"), "Khác"),
        lambda r: set_text(r.find(".//CA_NAM"), "11"),
        lambda r: set_text(r.find(".//NGAY_SINH"), "31/02/2011"),
        lambda r: set_text(r.findall(".//NGAY_TRANG_THAI_CHUYEN_DEN")[-1], "01/01/0000"),
        lambda r: set_text(part(r, "gvcn", ".//x:SigningTime"), "2026-06-01T01:00:00Z"),
        lambda r: set_text(part(r, "gvcn", ".//x:Identifier"), "urn:other"),
        lambda r: r.find(".//THONG_TIN_CHUNG").remove(r.find(".//HO_VA_TEN")),
        lambda r: set_text(part(r, "gvcn", "ds:SignedInfo/ds:SignatureMethod"), "x"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_profiles_shape_is_found(edit) -> None:
    assert findings(edited(signed.small().xml, edit)) == [(Reason.SCHEMA_INVALID, None)]


# the plan


def _second_slot_of_one_key(root: etree._Element) -> None:
    plan_row(root, "gvbm-1").addnext(deepcopy(plan_row(root, "gvbm-1")))


def _issue_before_the_leader(root: etree._Element) -> None:
    plan_row(root, "cbql").addprevious(plan_row(root, "ky-phat-hanh"))


def _nobody_issues(root: etree._Element) -> None:
    root.find(".//KE_HOACH_KY").remove(plan_row(root, "ky-phat-hanh"))
    root.find(".//DANH_SACH_THONG_TIN_KY").remove(root.find(".//KY_PHAT_HANH"))


def _turn_the_plan(root: etree._Element) -> None:
    plan_row(root, "gvcn").addprevious(plan_row(root, "cbql"))


@pytest.mark.parametrize(
    "edit",
    [
        _second_slot_of_one_key,
        _turn_the_plan,
        _issue_before_the_leader,
        _nobody_issues,
        lambda r: set_text(plan_row(r, "gvcn").find("VAI_TRO"), "CBQL"),
        lambda r: set_text(plan_row(r, "gvbm-1").find("MA_DINH_DANH"), "MST:0100000001"),
        lambda r: set_text(plan_row(r, "ky-phat-hanh").find("MA_DINH_DANH"), samples.identity(1)),
        lambda r: set_text(row(r, "TOAN").find("GVBM"), "gvbm-2"),
        lambda r: plan_row(r, "gvbm-1").remove(plan_row(r, "gvbm-1").find("MA_MON_HOC")),
        lambda r: set_text(r.find(".//TEN_GIAM_HIEU_KY_HOC_BA"), "Người Khác"),
        lambda r: set_text(r.find(".//SO_CCCD_GIAO_VIEN_CHU_NHIEM"), "001185000002"),
    ],
)
def test_a_plan_that_contradicts_the_transcript_is_found(edit) -> None:
    assert findings(resigned(signed.small().xml, edit)) == [(Reason.PLAN_INVALID, None)]


def test_more_teachers_than_one_signature_may_cover_are_found() -> None:
    first, *rest = samples.short_plan()
    more = [
        Slot(
            key=SlotKey(f"gvbm-{i}"),
            step=Step.SUBJECT_TEACHERS,
            signer=None,
            name="X",
            identity=first.identity,
        )
        for i in range(2, 29)
    ]
    plan = (first, *more, *rest)
    data = content.build(samples.record(), plan, lookup_code=samples.LOOKUP, created_at=samples.CREATED)
    assert findings(signing.assemble(data, plan, ())) == [(Reason.PLAN_INVALID, None)]
    fewer = (first, *more[:-1], *rest)
    data = content.build(samples.record(), fewer, lookup_code=samples.LOOKUP, created_at=samples.CREATED)
    verdict = verify_xml(signing.assemble(data, fewer, ()), trust=TRUST)
    assert set(verdict.codes) == {Reason.INCOMPLETE}


def test_a_signature_that_nobody_planned_is_found() -> None:
    def add(root: etree._Element) -> None:
        block = root.find(".//GVBM[@Id='gvbm-1']")
        text = etree.tostring(block, encoding="unicode").replace("gvbm-1", "gvbm-2")
        block.addnext(etree.fromstring(text))

    assert findings(edited(signed.small().xml, add)) == [(Reason.SLOT_UNPLANNED, "gvbm-2")]


# certificates


def by(key: str, other: Holder) -> bytes:
    """The small transcript with the slot ``key`` signed by ``other``."""
    return signed.transcript(plan=samples.short_plan(), holders={key: other}).xml


def test_another_persons_certificate_is_found() -> None:
    assert findings(by("gvcn", pki().person(samples.identity(2)))) == [
        (Reason.CERTIFICATE_WRONG_IDENTITY, "gvcn")
    ]


def test_another_schools_certificate_is_found() -> None:
    other = holder("Trường Khác", "MST:0999999999", pki().intermediate)
    assert findings(by("ky-phat-hanh", other)) == [(Reason.CERTIFICATE_WRONG_IDENTITY, "ky-phat-hanh")]


def test_a_person_cannot_issue_and_a_school_cannot_be_a_teacher() -> None:
    assert findings(by("ky-phat-hanh", pki().person(samples.identity(50)))) == [
        (Reason.CERTIFICATE_WRONG_KIND, "ky-phat-hanh")
    ]
    assert findings(by("gvcn", pki().school)) == [(Reason.CERTIFICATE_WRONG_KIND, "gvcn")]


def test_a_certificate_that_is_not_the_registered_one_is_found() -> None:
    these = signed.small()
    registered = {s.slot_key: s.certificate.fingerprint for s in these.signatures}
    registered["gvcn"] = "00" * 32
    assert findings(these.xml, trust=None, registered=registered) == [
        (Reason.CERTIFICATE_NOT_REGISTERED, "gvcn")
    ]
    del registered["gvcn"]
    assert findings(these.xml, registered=registered) == [(Reason.CERTIFICATE_NOT_REGISTERED, "gvcn")]


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 5, 31, tzinfo=UTC)),
        (datetime(2026, 6, 2, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_certificate_that_was_not_valid_at_the_signing_time_is_found(since, until) -> None:
    late = holder("Người Thử 1", samples.identity(1), pki().intermediate, since=since, until=until)
    these = signed.transcript(plan=samples.short_plan(), holders={"gvcn": late})
    registered = {s.slot_key: s.certificate.fingerprint for s in these.signatures}
    expected = [(Reason.CERTIFICATE_NOT_VALID_THEN, "gvcn")]
    assert findings(these.xml, trust=None, registered=registered) == expected
    assert findings(these.xml) == expected


def test_a_certificate_of_a_stranger_is_found() -> None:
    stranger = holder("Người Thử 1", samples.identity(1), pki().outsider)
    assert findings(by("gvcn", stranger)) == [(Reason.CERTIFICATE_UNTRUSTED, "gvcn")]


def test_a_certificate_for_other_uses_is_found() -> None:
    tls = [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)]
    one = holder("Người Thử 1", samples.identity(1), pki().intermediate, more=tls)
    two = holder("Người Thử 1", samples.identity(1), pki().intermediate, usages=("key_encipherment",))
    for other in (one, two):
        assert findings(by("gvcn", other)) == [(Reason.CERTIFICATE_WRONG_USAGE, "gvcn")]


def test_a_weak_key_is_found_with_and_without_a_root() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    weak = holder("Người Thử 1", samples.identity(1), pki().intermediate, key=key)
    these = signed.transcript(plan=samples.short_plan(), holders={"gvcn": weak})
    registered = {s.slot_key: s.certificate.fingerprint for s in these.signatures}
    expected = [(Reason.CERTIFICATE_WEAK, "gvcn")]
    assert findings(these.xml, trust=None, registered=registered) == expected
    assert findings(these.xml) == expected


def test_an_authority_that_had_expired_is_found() -> None:
    old = authority("CA Cũ", pki().root, path_length=0, until=datetime(2026, 1, 1, tzinfo=UTC))
    one = holder("Người Thử 1", samples.identity(1), old)
    given = trust(intermediates=(pki().intermediate.cert, old.cert), require_revocation=False)
    assert findings(by("gvcn", one), trust=given) == [(Reason.CERTIFICATE_NOT_VALID_THEN, "gvcn")]


# whatever the bytes


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


def test_a_transcript_of_a_profile_we_do_not_check_is_indeterminate() -> None:
    xml = signed.small().xml.replace(b"<PHIEN_BAN>hocba-2.0<", b"<PHIEN_BAN>moet-th-1.0<")
    verdict = verify_xml(xml, trust=TRUST)
    assert verdict.outcome is Outcome.INDETERMINATE
    assert verdict.codes == (Reason.PROFILE_NOT_SUPPORTED,)


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
