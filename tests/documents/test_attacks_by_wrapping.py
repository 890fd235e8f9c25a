"""Wrapping: what was signed is moved aside something else takes its place; and plans that lie."""

from copy import deepcopy

import pytest
from lxml import etree

from hocba.documents import content, signing
from hocba.documents.layout import DS, XADES
from hocba.documents.reasons import Reason
from hocba.documents.verify import verify_xml
from hocba.domain.values import Slot, SlotKey, Step
from tests.documents import samples, signed
from tests.documents.attacks import TRUST, UNSIGNED, findings, plan_row, row, set_text
from tests.documents.forging import edited, part, resigned, signature


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
