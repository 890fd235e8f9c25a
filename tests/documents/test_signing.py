"""Two phases: what is prepared, what is accepted back, what is assembled."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import algos, cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hocba.documents import content, signing
from hocba.documents.algorithms import Algorithm
from hocba.documents.layout import DS
from hocba.documents.signing import SlotSignature, WrongSignature
from hocba.documents.slots import covered_keys, role_of
from hocba.documents.verdict import Outcome
from hocba.documents.verify import verify_xml
from hocba.domain.values import SlotKey
from tests.documents import samples, signed
from tests.documents.forging import c14n, trust
from tests.pki import Holder, pki

GOLDEN = Path(__file__).parent / "golden"


def prepared(key: str, holder: Holder, **how: object) -> signing.Prepared:
    these = signed.small()
    values = {s.slot_key: s.value for s in these.signatures}
    hashes_ = signing.digests(these.data)
    return signing.prepare(SlotKey(key), these.plan, hashes_, values, holder.certificate, signed.FIRST, **how)


# prepare


def test_what_is_prepared_is_the_canonical_signed_info_of_the_file() -> None:
    root = etree.fromstring(signed.whole().xml)
    these = signed.whole()
    values = {s.slot_key: s.value for s in these.signatures}
    for one in these.signatures:
        made = signing.prepare(
            one.slot_key, these.plan, signing.digests(these.data), values, one.certificate, one.signing_time
        )
        found = next(s for s in root.iter(f"{{{DS}}}Signature") if s.get("Id") == f"ky-{one.slot_key}")
        assert made.tbs == c14n(found[0])
        assert made.algorithm == ("rsa-sha256" if one.certificate.key == "rsa" else "ecdsa-sha256")


def test_every_fragment_that_is_hashed_stands_in_the_file_as_it_was_hashed() -> None:
    xml = signed.whole().xml
    root = etree.fromstring(xml)
    ids = {e.get("Id"): e for e in root.iter() if isinstance(e.tag, str) and e.get("Id")}
    references = list(root.iter(f"{{{DS}}}Reference"))
    assert len(references) == 64
    assert all(c14n(ids[r.get("URI")[1:]]) in xml for r in references)


def test_signers_of_one_step_do_not_depend_on_each_other() -> None:
    these = signed.whole()
    one = these.of("gvbm-3")
    hashes_ = signing.digests(these.data)
    alone = signing.prepare("gvbm-3", these.plan, hashes_, {}, one.certificate, one.signing_time)
    values = {s.slot_key: s.value for s in these.signatures}
    assert alone == signing.prepare("gvbm-3", these.plan, hashes_, values, one.certificate, one.signing_time)


def test_what_must_be_covered_must_be_there() -> None:
    these = signed.small()
    certificate = pki().school.certificate
    with pytest.raises(ValueError, match="gvbm-1"):
        signing.prepare("gvcn", these.plan, signing.digests(these.data), {}, certificate, signed.FIRST)
    with pytest.raises(ValueError, match="diem-"):
        signing.prepare("gvbm-1", these.plan, {"thongtinchung": "x"}, {}, certificate, signed.FIRST)
    with pytest.raises(ValueError, match="no slot"):
        signing.prepare("gvbm-9", these.plan, {}, {}, certificate, signed.FIRST)
    naive = signed.FIRST.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"):
        signing.prepare("gvbm-1", these.plan, signing.digests(these.data), {}, certificate, naive)


def test_the_time_is_written_in_vietnamese_time_and_whole_seconds() -> None:
    time = datetime(2026, 6, 1, 1, 2, 3, 999, tzinfo=UTC)
    these = signed.transcript(plan=samples.short_plan(), times={"gvbm-1": time})
    assert these.xml.count(b"2026-06-01T08:02:03+07:00") == 3


def test_the_evidence_is_what_stands_behind_the_first_reference() -> None:
    these = signed.small()
    assert signing.evidence(these.data, "gvcn", these.plan) == these.data
    general = signing.evidence(these.data, "gvbm-1", these.plan)
    assert general == c14n(etree.fromstring(these.data)[0])
    hashes_ = signing.digests(these.data)
    assert set(hashes_) == {"data", "thongtinchung", *(f"diem-{code}" for code, _, _ in samples.SUBJECTS)}


@given(st.text("<>&\"'/ADIEM_TONG_KETTHONG_TIN_CHUNG Id=diem-x\r\n", max_size=60))
def test_markup_in_a_comment_does_not_move_a_fragments_end(text: str) -> None:
    rows = tuple(samples.result(*s, comment=text) for s in samples.SUBJECTS[:2])
    data = content.build(
        samples.record(results=rows), samples.plan(), lookup_code=samples.LOOKUP, created_at=samples.CREATED
    )
    root = etree.fromstring(data)
    fragments = {f"diem-{rows[0].subject}": root.find(".//DIEM_TONG_KET"), "thongtinchung": root[0]}

    for id_, element in fragments.items():
        assert signing.digests(data)[id_] == b64encode(sha256(c14n(element)).digest()).decode()


@given(st.integers(1, 27))
def test_the_issue_signature_reaches_every_other_one(teachers: int) -> None:
    first, *rest = samples.short_plan()
    plan = [*(replace(first, key=SlotKey(f"gvbm-{i}")) for i in range(1, teachers + 1)), *rest]
    reached, ahead = set(), {SlotKey("ky-phat-hanh")}
    while ahead:
        key = ahead.pop()
        reached.add(key)
        ahead |= set(covered_keys(plan, key))
    assert reached == {slot.key for slot in plan}


@pytest.mark.parametrize("key", ["gvbm-0", "gvbm-01", "gvbm-", "GVCN", "", "gvbm-1 "])
def test_a_key_of_no_role_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a slot"):
        role_of(key)


# complete


def in_cms(value: bytes, *, signed_attributes: bool = False) -> bytes:
    signer = {
        "version": "v3",
        "sid": cms.SignerIdentifier({"subject_key_identifier": b"x"}),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        "signature": value,
    }
    if signed_attributes:
        signer["signed_attrs"] = [cms.CMSAttribute({"type": "content_type", "values": ["data"]})]
    body = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "signer_infos": [signer],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": body}).dump()


def test_an_ecdsa_answer_is_taken_as_der_and_as_r_and_s() -> None:
    holder = pki().person(samples.identity(1))
    tbs = prepared("gvcn", holder).tbs
    der = holder.sign(tbs)
    plain = b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))
    assert signing.complete(tbs, holder.certificate, der) == plain
    assert signing.complete(tbs, holder.certificate, plain) == plain
    assert signing.complete(tbs, holder.certificate, in_cms(der)) == plain


def test_an_rsa_answer_is_taken_plain_and_in_a_cms() -> None:
    holder = pki().school
    tbs = prepared("ky-phat-hanh", holder).tbs
    value = holder.sign(tbs)
    assert signing.complete(tbs, holder.certificate, value) == value
    assert signing.complete(tbs, holder.certificate, in_cms(value)) == value


def test_a_cms_with_signed_attributes_signs_something_else() -> None:
    holder = pki().school
    tbs = prepared("ky-phat-hanh", holder).tbs
    with pytest.raises(WrongSignature):
        signing.complete(tbs, holder.certificate, in_cms(holder.sign(tbs), signed_attributes=True))


@pytest.mark.parametrize(
    "raw", [b"", b"\x30", b"\x30\x80", b"\0" * 64, b"\0" * 256, b"\x30\x82" + b"\xff" * 300]
)
@pytest.mark.parametrize("key", ["gvcn", "ky-phat-hanh"])
def test_bytes_that_are_no_signature_are_refused(raw: bytes, key: str) -> None:
    holder = pki().school if key == "ky-phat-hanh" else pki().person(samples.identity(1))
    with pytest.raises(WrongSignature):
        signing.complete(prepared(key, holder).tbs, holder.certificate, raw)


def test_the_signature_of_other_bytes_or_by_another_key_is_refused() -> None:
    one, two = pki().person(samples.identity(1)), pki().person(samples.identity(2))
    tbs = prepared("gvcn", one).tbs
    with pytest.raises(WrongSignature):
        signing.complete(tbs, one.certificate, one.sign(tbs + b" "))
    with pytest.raises(WrongSignature):
        signing.complete(tbs, one.certificate, two.sign(tbs))
    with pytest.raises(WrongSignature):
        signing.complete(b"<SignedInfo/>", one.certificate, one.sign(b"<SignedInfo/>"))


def test_pss_is_accepted_though_not_the_default() -> None:
    school, these = pki().school, signed.small()
    pss = Algorithm.RSA_PSS
    made = prepared("ky-phat-hanh", school, algorithm=pss)
    raw = school.key.sign(made.tbs, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    value = signing.complete(made.tbs, school.certificate, raw)
    last = SlotSignature(
        slot_key=SlotKey("ky-phat-hanh"),
        certificate=school.certificate,
        signing_time=signed.FIRST,
        value=value,
        algorithm=pss,
    )
    earlier = [replace(s, signing_time=s.signing_time) for s in these.signatures[:3]]
    late = replace(last, signing_time=earlier[-1].signing_time)
    made = signing.prepare(
        late.slot_key, these.plan, signing.digests(these.data),
        {s.slot_key: s.value for s in earlier}, school.certificate, late.signing_time, algorithm=pss,
    )  # fmt: skip
    raw = school.key.sign(made.tbs, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    late = replace(late, value=signing.complete(made.tbs, school.certificate, raw))
    xml = signing.assemble(these.data, these.plan, [*earlier, late])
    assert verify_xml(xml, trust=trust()).outcome is Outcome.PASSED


# assemble


def test_the_file_is_the_same_whatever_the_order_of_the_rows() -> None:
    these = signed.whole()
    assert signing.assemble(these.data, these.plan, reversed(these.signatures)) == these.xml
    rows = content.read(these.data).plan
    assert signing.assemble(these.data, rows, these.signatures) == these.xml


def test_a_signature_without_what_it_covers_makes_no_file() -> None:
    these = signed.small()
    with pytest.raises(ValueError, match="must cover"):
        signing.assemble(these.data, these.plan, these.signatures[1:])
    with pytest.raises(ValueError, match="no slot"):
        signing.assemble(these.data, these.plan[1:], these.signatures)
