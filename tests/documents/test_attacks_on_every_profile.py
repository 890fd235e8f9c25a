"""The attacks of the other modules, in short, on every profile at every level."""

from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba.documents import signing
from hocba.documents.judge import second_opinion
from hocba.documents.layout import DS, XADES
from hocba.documents.reasons import Reason
from hocba.documents.verdict import Outcome
from hocba.documents.verify import verify_xml
from tests.documents import levels, samples
from tests.documents.attacks import TRUST, findings, row, set_text
from tests.documents.forging import c14n, edited, part, resigned, signature
from tests.pki import holder, pki

EVERY = pytest.mark.parametrize("name", levels.NAMES)
Edit = Callable[[etree._Element], object]


def keys(name: str) -> list[str]:
    return [slot.key for slot in levels.whole(name).plan]


@EVERY
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_of_the_data_is_found(name: str, data: st.DataObject) -> None:
    xml, signed_data = levels.whole(name).xml, levels.whole(name).data
    start = xml.index(signed_data)
    at = data.draw(st.integers(start, start + len(signed_data) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != xml[at]))
    changed = xml[:at] + bytes([byte]) + xml[at + 1 :]
    verdict = verify_xml(changed, trust=TRUST)
    if verdict.outcome is Outcome.PASSED:  # white space inside a tag says nothing
        assert c14n(etree.fromstring(changed)[0]) == signed_data
    else:
        assert verdict.outcome is Outcome.FAILED


@EVERY
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_raises_or_passes_unseen(name: str, data: st.DataObject) -> None:
    xml = levels.whole(name).xml
    start = data.draw(st.integers(0, len(xml) - 1))
    length = data.draw(st.integers(0, 40))
    filling = data.draw(
        st.binary(max_size=40) | st.sampled_from([xml[i : i + 60] for i in range(0, 9000, 60)])
    )
    changed = xml[:start] + filling + xml[start + length :]
    if verify_xml(changed, trust=TRUST).outcome is Outcome.PASSED:
        assert c14n(etree.fromstring(changed)) == c14n(etree.fromstring(xml))


@EVERY
def test_a_changed_name_breaks_every_signature(name: str) -> None:
    xml = edited(levels.whole(name).xml, lambda r: set_text(r.find(".//HO_VA_TEN"), "Nguyễn Văn Khác"))
    assert findings(xml) == [(Reason.DIGEST_MISMATCH, key) for key in keys(name)]
    assert len(second_opinion(xml)) == len(keys(name))


@EVERY
def test_a_changed_value_is_found_by_its_own_slot_and_by_the_next(name: str) -> None:
    value = levels.whole(name).of("cbql").value
    forged = bytes([value[0] ^ 1]) + value[1:]
    xml = levels.whole(name).xml.replace(b64encode(value), b64encode(forged))
    assert findings(xml) == [
        (Reason.SIGNATURE_INVALID, "cbql"),
        (Reason.DIGEST_MISMATCH, "ky-phat-hanh"),
    ]


@EVERY
@pytest.mark.parametrize(("dropped", "missed_by"), [("GVCN", "cbql"), ("CBQL", "ky-phat-hanh")])
def test_a_dropped_signature_is_missed_by_the_next_one(name: str, dropped: str, missed_by: str) -> None:
    def drop(root: etree._Element) -> None:
        root[1].remove(root[1].find(dropped))

    assert findings(edited(levels.whole(name).xml, drop)) == [
        (Reason.INCOMPLETE, dropped.lower()),
        (Reason.TARGET_MISPLACED, missed_by),
    ]


@EVERY
def test_swapped_signatures_are_found(name: str) -> None:
    def swap(root: etree._Element) -> None:
        one, two = root[1].find("GVCN"), root[1].find("CBQL")
        first, second = one[-1], two[-1]
        one.append(second)
        two.append(first)

    found = findings(edited(levels.whole(name).xml, swap))
    assert (Reason.ID_WRONG, "gvcn") in found
    assert (Reason.ID_WRONG, "cbql") in found


@EVERY
def test_a_signature_pasted_from_another_transcript_is_found(name: str) -> None:
    mine = levels.whole(name)
    student = replace(levels.record(name).student, full_name="Trần Văn Khác")
    other = levels.transcript(name, {"student": student})
    for key in ("gvcn", "ky-phat-hanh"):
        pasted = [other.of(key) if s.slot_key == key else s for s in mine.signatures]
        assert findings(signing.assemble(mine.data, mine.plan, pasted))[0] == (Reason.SIGNATURE_INVALID, key)

    def paste(root: etree._Element) -> None:
        theirs = etree.fromstring(other.xml)[1].find("GVCN")
        root[1].replace(root[1].find("GVCN"), theirs)

    assert (Reason.DIGEST_MISMATCH, "gvcn") in findings(edited(mine.xml, paste))


@pytest.mark.parametrize("name", levels.NEW)
def test_the_signatures_of_another_profile_are_found(name: str) -> None:
    (other,) = (each for each in levels.NEW if each != name)
    mine, theirs = levels.whole(name), etree.fromstring(levels.whole(other).xml)

    def paste(root: etree._Element) -> None:
        for role in ("GVCN", "CBQL", "KY_PHAT_HANH"):
            root[1].replace(root[1].find(role), deepcopy(theirs[1].find(role)))

    assert {code for code, _ in findings(edited(mine.xml, paste))} >= {Reason.DIGEST_MISMATCH}


# wrapping


def _forge(data: etree._Element) -> etree._Element:
    forged = deepcopy(data)
    forged.find(".//HO_VA_TEN").text = "Nguyễn Văn Khác"
    return forged


def _beside(root: etree._Element) -> None:
    root.insert(0, _forge(root[0]))


def _in_object(root: etree._Element) -> None:
    data = root[0]
    root.replace(data, _forge(data))
    etree.SubElement(signature(root, "gvcn"), f"{{{DS}}}Object").append(data)


def _in_time(root: etree._Element) -> None:
    data = root[0]
    root.replace(data, _forge(data))
    part(root, "gvcn", ".//ds:SignatureProperty").append(data)


def _in_unsigned_properties(root: etree._Element) -> None:
    data = root[0]
    root.replace(data, _forge(data))
    place = part(root, "gvcn", ".//x:QualifyingProperties")
    etree.SubElement(place, f"{{{XADES}}}UnsignedProperties").append(data)


def _the_root(root: etree._Element) -> None:
    whole = deepcopy(root)
    root[0].find(".//HO_VA_TEN").text = "Nguyễn Văn Khác"
    root.append(whole)


def _a_row(root: etree._Element) -> None:
    toan = row(root, "TOAN")
    forged = deepcopy(toan)
    forged.set("Id", "diem-TOAN2")
    forged[1].text = "Khác"
    toan.addprevious(forged)
    root.find(".//DIEM_TONG_KET[last()]").append(toan)


def _a_plan(root: etree._Element) -> None:
    """A second plan, or one where the profile has none."""
    plan = etree.fromstring(levels.whole(levels.TH).xml).find(".//KE_HOACH_KY")
    root[0].append(plan)


def _a_teacher_in_the_row(root: etree._Element) -> None:
    set_text(etree.SubElement(row(root, "TOAN"), "GVBM"), "gvbm-1")


@EVERY
@pytest.mark.parametrize(
    "edit",
    [
        _beside, _in_object, _in_time, _in_unsigned_properties, _the_root, _a_row, _a_plan,
        _a_teacher_in_the_row,
        lambda r: etree.SubElement(r, "LA"),
        lambda r: r.set("la", "x"),
        lambda r: r[1].append(deepcopy(r[1].find("GVCN"))),
        lambda r: r[1].insert(0, etree.Element("DANH_SACH_GVBM")),
        lambda r: set_text(r.find(".//NGAY_SINH"), "31/02/2016"),
        lambda r: r[0][0].remove(r[0][0].find("SO_CCCD_GIAO_VIEN_CHU_NHIEM")),
    ],
)  # fmt: skip
def test_wrapping_and_what_is_not_of_the_shape_break_the_schema(name: str, edit: Edit) -> None:
    assert findings(edited(levels.whole(name).xml, edit)) == [(Reason.SCHEMA_INVALID, None)]


@EVERY
def test_an_id_that_occurs_twice_is_found(name: str) -> None:
    def double(root: etree._Element) -> None:
        part(root, "ky-phat-hanh", "ds:KeyInfo").set("Id", "data")

    assert findings(edited(levels.whole(name).xml, double)) == [(Reason.DUPLICATE_ID, None)]


@EVERY
@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"<TONG_KET>", b"<TONG_KET><!-- x -->"),
        lambda xml: xml.replace(b".xslt", b"-khac.xslt"),
        lambda xml: xml.replace(b"<DANH_SACH_THONG_TIN_KY>", b"<DANH_SACH_THONG_TIN_KY>\n"),
        lambda xml: xml.replace(b"<TONG_KET>", b'<TONG_KET xmlns:la="urn:la">'),
    ],
)
def test_foreign_things_are_found(name: str, change: Callable[[bytes], bytes]) -> None:
    assert findings(change(levels.whole(name).xml)) == [(Reason.UNEXPECTED_NODE, None)]


@EVERY
def test_the_stylesheet_of_another_profile_is_foreign(name: str) -> None:
    mine = levels.shape_of(name).profile
    other = next(each for each in type(mine) if each != mine)
    xml = levels.whole(name).xml.replace(f"{mine}.xslt".encode(), f"{other}.xslt".encode())
    assert findings(xml) == [(Reason.UNEXPECTED_NODE, None)]


@EVERY
def test_white_space_where_signatures_would_stand_is_found(name: str) -> None:
    these = levels.whole(name)
    empty = signing.assemble(these.data, these.plan, ())
    last = b"</DANH_SACH_GVBM>" if levels.shape_of(name).holds_plan else b"</DANH_SACH_THONG_TIN_KY>"
    assert findings(empty.replace(last, b" " + last)) == [(Reason.UNEXPECTED_NODE, None)]


# by somebody who holds keys


@EVERY
def test_references_that_the_slot_does_not_prescribe_are_found(name: str) -> None:
    def uncover(root: etree._Element) -> None:
        info = part(root, "cbql", "ds:SignedInfo")
        info.remove(info[3])

    def general_only(root: etree._Element) -> None:
        part(root, "cbql", "ds:SignedInfo")[2].set("URI", "#thongtinchung")

    for edit in (uncover, general_only):
        assert findings(resigned(levels.whole(name).xml, edit)) == [(Reason.REFERENCES_WRONG, "cbql")]
    assert second_opinion(resigned(levels.whole(name).xml, general_only)) == [
        "ky-cbql: does not sign this transcript"
    ]


@EVERY
def test_another_certificate_is_found(name: str) -> None:
    stranger = holder("Người Thử 1", samples.identity(1), pki().outsider)
    for other, code in (
        (pki().person(samples.identity(2)), Reason.CERTIFICATE_WRONG_IDENTITY),
        (pki().school, Reason.CERTIFICATE_WRONG_KIND),
        (stranger, Reason.CERTIFICATE_UNTRUSTED),
    ):
        assert findings(levels.transcript(name, holders={"gvcn": other}).xml) == [(code, "gvcn")]
    leader = pki().person(samples.identity(50))
    issued = levels.transcript(name, holders={"ky-phat-hanh": leader})
    assert findings(issued.xml) == [(Reason.CERTIFICATE_WRONG_KIND, "ky-phat-hanh")]


@EVERY
def test_a_certificate_that_is_not_the_registered_one_is_found(name: str) -> None:
    these = levels.whole(name)
    registered = {s.slot_key: s.certificate.fingerprint for s in these.signatures} | {"cbql": "00" * 32}
    assert findings(these.xml, trust=None, registered=registered) == [
        (Reason.CERTIFICATE_NOT_REGISTERED, "cbql")
    ]


@EVERY
def test_another_certificate_for_the_same_key_is_found(name: str) -> None:
    one = pki().person(samples.identity(1))
    again = holder("Người Thử 1", samples.identity(1), pki().intermediate, key=one.key).certificate.b64

    def swap(root: etree._Element) -> None:
        part(root, "gvcn", ".//ds:X509Certificate").text = again

    assert findings(edited(levels.whole(name).xml, swap)) == [(Reason.CERTIFICATE_SUBSTITUTED, "gvcn")]


@EVERY
def test_what_is_shown_beside_a_signature_is_what_was_signed(name: str) -> None:
    xml = levels.whole(name).xml
    time = edited(xml, lambda r: set_text(r[1].find("CBQL/NGAY_KY"), "2026-05-01T08:00:00+07:00"))
    assert findings(time) == [(Reason.SHOWN_TIME_WRONG, "cbql")]
    who = edited(xml, lambda r: set_text(r[1].find("CBQL/SO_CCCD"), "001185000002"))
    assert findings(who) == [(Reason.SHOWN_ID_WRONG, "cbql")]
    subject = edited(xml, lambda r: set_text(part(r, "cbql", ".//ds:X509SubjectName"), "CN=Ai đó"))
    assert findings(subject) == [(Reason.SUBJECT_WRONG, "cbql")]
