"""Every profile at every level from end to end: signed by all, judged, shown, kept as golden."""

from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from hocba.documents import content, signing
from hocba.documents.certificates import Certificate
from hocba.documents.form import render
from hocba.documents.formats import read_moment
from hocba.documents.judge import second_opinion
from hocba.documents.layout import DS
from hocba.documents.parsing import parse
from hocba.documents.preview import to_html
from hocba.documents.reasons import Reason
from hocba.documents.signing import SlotSignature
from hocba.documents.verdict import Checked, Outcome
from hocba.documents.verify import verify_xml
from hocba.documents.verify_file import lookup_code, verify_file
from hocba.domain.values import Slot, SlotKey
from tests.documents import forms, levels, samples, seals, signed
from tests.documents.forging import c14n, edited, trust
from tests.pki import Holder, holder, pki

EVERY = pytest.mark.parametrize("name", levels.NAMES)
GOLDEN = Path(__file__).parent / "golden"
GOLDENS = {
    levels.MOET_TH: "moet-th-3.xml",
    levels.TH: "th-10.xml",
    levels.THCS: "thcs-13.xml",
    levels.THPT: "thpt-13.xml",
}


def references(xml: bytes) -> dict[str, list[str]]:
    """Slot -> what its signature covers besides its own parts."""
    return {
        one.get("Id").removeprefix("ky-"): [r.get("URI")[1:] for r in one.iter(f"{{{DS}}}Reference")][:-2]
        for one in etree.fromstring(xml).iter(f"{{{DS}}}Signature")
    }


@EVERY
def test_a_whole_transcript_passes_and_the_second_judge_agrees(name: str) -> None:
    these = levels.whole(name)
    verdict = verify_xml(these.xml, trust=trust())
    assert verdict.outcome is Outcome.PASSED, verdict.reasons
    assert verdict.profile == levels.shape_of(name).profile
    assert [s.slot for s in verdict.signatures] == [slot.key for slot in these.plan]
    assert {s.integrity for s in verdict.signatures} == {Checked.YES}
    assert verdict.organisation == "Trường THCS Thử Nghiệm"  # as the certificate names it
    assert verdict.as_dict()["schoolRegister"] == "not_checked"
    assert second_opinion(these.xml) == []
    assert verify_file(these.xml, trust(), second_opinion=True).outcome is Outcome.PASSED


def test_in_the_official_profile_three_sign_all_of_the_data() -> None:
    assert references(levels.whole(levels.MOET_TH).xml) == {
        "gvcn": ["data"],
        "cbql": ["data", "ky-gvcn-value"],
        "ky-phat-hanh": ["data", "ky-cbql-value"],
    }


def test_in_our_profile_of_primary_schools_teachers_sign_their_rows_first() -> None:
    said = references(levels.whole(levels.TH).xml)
    assert said["gvbm-1"] == ["thongtinchung", "diem-TV", "diem-TOAN"]
    assert said["gvcn"] == ["data", *(f"ky-gvbm-{number}-value" for number in range(1, 8))]


@EVERY
def test_the_file_asks_for_its_profiles_stylesheet_and_lists_teachers_only_where_they_sign(name: str) -> None:
    shape, xml = levels.shape_of(name), levels.whole(name).xml
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet {shape.instruction}?>\n<HOC_BA>'
    assert xml.startswith(head.encode())
    assert f'href="{shape.profile}.xslt"'.encode() in xml
    assert (b"<DANH_SACH_GVBM>" in xml) == shape.holds_plan


@EVERY
@pytest.mark.parametrize("signatures", [0, 1, 2])
def test_a_file_with_some_slots_unsigned_is_incomplete(name: str, signatures: int) -> None:
    these = levels.whole(name)
    xml = signing.assemble(these.data, these.plan, these.signatures[:signatures])
    verdict = verify_xml(xml, trust=trust())
    assert verdict.outcome is Outcome.INDETERMINATE
    assert [(f.code, f.slot) for f in verdict.reasons] == [
        (Reason.INCOMPLETE, slot.key) for slot in these.plan[signatures:]
    ]


# the sealed form


def sealed(name: str, by: Holder | None = None) -> bytes:
    """The form of one of ``levels.NAMES`` with its XML inside, sealed by the school or by somebody else."""
    xml = levels.whole(name).xml
    written = content.read(xml)
    return seals.seal(render(written, forms.signers(written), xml=xml, at=signed.FIRST), by)


@EVERY
def test_the_sealed_form_passes(name: str) -> None:
    these = levels.whole(name)
    pdf = sealed(name)
    said = verify_file(pdf, trust(require_revocation=False), second_opinion=True)
    assert said.outcome is Outcome.PASSED, said.reasons
    assert [s.slot for s in said.signatures] == [slot.key for slot in these.plan]
    known = verify_file(pdf, trust(require_revocation=False), plan=these.plan)
    assert known.school_register is Checked.YES
    assert lookup_code(pdf) == lookup_code(these.xml) == samples.LOOKUP


@EVERY
def test_another_schools_seal_fails(name: str) -> None:
    other = holder("Trường Khác", "MST:0100000002", pki().intermediate)
    codes = verify_file(sealed(name, other), trust(require_revocation=False)).codes
    official = [] if levels.shape_of(name).holds_plan else [Reason.CERTIFICATE_WRONG_IDENTITY]
    assert list(codes) + official == [Reason.SEAL_CERTIFICATE_DIFFERS, Reason.CERTIFICATE_WRONG_IDENTITY]


# the plan of the school's register


@EVERY
def test_the_registers_plan_says_whose_certificate_issued_it(name: str) -> None:
    these = levels.whole(name)
    verdict = verify_xml(these.xml, trust=trust(), plan=these.plan)
    assert verdict.outcome is Outcome.PASSED
    assert verdict.school_register is Checked.YES


def _another_school(plan: tuple[Slot, ...]) -> list[Slot]:
    return [*plan[:-1], replace(plan[-1], identity="MST:0999999999")]


def test_a_school_that_is_not_the_registers_is_found_only_with_the_register() -> None:
    these = levels.whole(levels.MOET_TH)
    verdict = verify_xml(these.xml, trust=trust(), plan=_another_school(these.plan))
    assert verdict.outcome is Outcome.FAILED
    assert [(f.code, f.slot) for f in verdict.reasons] == [
        (Reason.CERTIFICATE_WRONG_IDENTITY, "ky-phat-hanh")
    ]
    assert verdict.school_register is Checked.NO
    other = holder("Trường Khác", "MST:0999999999", pki().intermediate)
    forged = levels.transcript(levels.MOET_TH, holders={"ky-phat-hanh": other})
    offline = verify_xml(forged.xml, trust=trust())
    assert (offline.outcome, offline.organisation) == (Outcome.PASSED, "Trường Khác")
    assert offline.school_register is Checked.NOT_CHECKED


def _other_homeroom(plan: tuple[Slot, ...]) -> list[Slot]:
    return [replace(s, identity=samples.identity(9)) if s.key == "gvcn" else s for s in plan]


@EVERY
@pytest.mark.parametrize(
    "change", [_other_homeroom, lambda plan: plan[1:], lambda plan: plan[::-1], lambda _: ()]
)
def test_a_plan_that_is_not_the_registers_is_found(name: str, change) -> None:
    these = levels.whole(name)
    verdict = verify_xml(these.xml, trust=trust(), plan=change(these.plan))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.codes == (Reason.PLAN_DIFFERS,)
    assert verdict.signatures == ()


def test_the_school_of_a_plan_inside_the_data_is_compared_with_the_registers() -> None:
    these = levels.whole(levels.TH)
    verdict = verify_xml(these.xml, trust=trust(), plan=_another_school(these.plan))
    assert verdict.codes == (Reason.PLAN_DIFFERS,)


# golden files


def kept(xml: bytes) -> tuple[bytes, list[SlotSignature]]:
    """What a database would have kept of a file."""
    root = etree.fromstring(xml)
    signatures = [
        SlotSignature(
            slot_key=SlotKey(s.get("Id").removeprefix("ky-")),
            certificate=Certificate.load(b64decode(s.findtext(f".//{{{DS}}}X509Certificate"))),
            signing_time=read_moment(s.findtext(f".//{{{DS}}}SigningTime")),
            value=b64decode(s.findtext(f"{{{DS}}}SignatureValue")),
        )
        for s in root.iter(f"{{{DS}}}Signature")
    ]
    return c14n(root[0]), signatures


@EVERY
def test_the_golden_file_is_made_again_bit_for_bit(name: str) -> None:
    golden = (GOLDEN / GOLDENS[name]).read_bytes()
    data, signatures = kept(golden)
    facts = content.read(golden)
    assert content.write(facts) == data
    assert signing.assemble(data, facts.plan, signatures) == golden
    assert len(signatures) == int(GOLDENS[name].removesuffix(".xml").rpartition("-")[2])


@EVERY
def test_the_golden_record_makes_the_golden_data(name: str) -> None:
    record = levels.record(name)
    plan = samples.plan() if name == levels.THCS else None
    assert levels.data_of(record, plan) == kept((GOLDEN / GOLDENS[name]).read_bytes())[0]


@EVERY
def test_the_golden_file_verifies(name: str) -> None:
    golden = (GOLDEN / GOLDENS[name]).read_bytes()
    registered = {s.slot_key: s.certificate.fingerprint for s in kept(golden)[1]}
    assert verify_xml(golden, trust=None, registered=registered).outcome is Outcome.PASSED
    changed = edited(golden, lambda root: root.find(".//HO_VA_TEN").set("x", "y"))
    assert verify_xml(changed, trust=None, registered=registered).outcome is Outcome.FAILED


# the page for people


@EVERY
def test_the_page_shows_every_text_of_the_transcript(name: str) -> None:
    these = levels.whole(name)
    page = to_html(these.xml)
    data = parse(these.xml)[0]
    hidden = {
        "PHIEN_BAN", "THONG_TU", "MA_SO_GIAO_DUC", "MA_TRUONG", "MA_CAP_HOC", "MA_KHOI", "NGAY_TAO_HOC_BA",
        "SO_CCCD_GIAM_HIEU_KY_HOC_BA", "SO_CCCD_GIAO_VIEN_CHU_NHIEM", "MA_MON_HOC", "KIEU_DANH_GIA", "GVBM",
        "MA", "VAI_TRO", "MA_DINH_DANH", "CHUC_VU", "DUOC_LEN_LOP", "HOAN_THANH_CHUONG_TRINH",
        "DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC",
    }  # fmt: skip
    shown = etree.fromstring(
        page.replace("<br>", "").replace('content="width', 'x="width'), etree.HTMLParser()
    )
    said = " ".join(shown.itertext())
    for element in data.iter():
        if len(element) or element.tag in hidden:
            continue
        words = {"T": "Tốt"}.get(element.text, element.text) if element.tag == "CA_NAM" else element.text
        assert words in said or words.replace(".", ",") in said, element.tag


@EVERY
def test_the_page_lists_who_has_signed_and_who_has_not(name: str) -> None:
    these = levels.whole(name)
    half = signing.assemble(these.data, these.plan, these.signatures[:1])
    assert to_html(half).count("Chưa ký") == len(these.plan) - 1
    assert to_html(these.xml).count("Chưa ký") == 0
    assert to_html(these.xml).count("+07:00") == len(these.plan)


def test_the_page_of_a_primary_school_follows_its_form() -> None:
    page = to_html(levels.whole(levels.MOET_TH).xml)
    heads = [
        "TIỂU HỌC", "QUÁ TRÌNH HỌC TẬP", "2024-2025", "NĂM HỌC 2025-2026", "134,5 cm", "31 kg",
        "1. Các môn học và hoạt động giáo dục", "2. Những phẩm chất chủ yếu", "3. Những năng lực cốt lõi",
        "3.1. Những năng lực chung", "3.2. Những năng lực đặc thù", "4. Đánh giá kết quả giáo dục",
        "5. Khen thưởng", "6. Hoàn thành chương trình lớp học / chương trình tiểu học", "CHỮ KÝ SỐ",
    ]  # fmt: skip
    places = [page.index(head) for head in heads]
    assert places == sorted(places)
    assert "Học kì I" not in page
