"""Sealing: two phases, verified before it is embedded, the form's own bytes untouched."""

import statistics
import subprocess
import sys
import time
from hashlib import sha256

import orjson
import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hocba.documents.seal import BrokenSealStateError, WrongSignature, complete_seal, prepare_seal
from tests import pki
from tests.documents.forms import poppler
from tests.documents.seals import SEALED_AT, form, sealed, signed_xml

SCHOOL = pki.pki().school


def elliptic() -> pki.Holder:
    return pki.holder("Trường Khác", "MST:0100000002", pki.pki().intermediate, kind="ec")


def test_poppler_calls_the_seal_valid_and_the_whole_file_signed(tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed())
    said = poppler("pdfsig", path, "-nocert")
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert said.count("Signature #") == 1


def test_an_elliptic_seal_is_valid_too_whether_the_answer_is_der_or_r_s(tmp_path):
    by = elliptic()
    prepared = prepare_seal(form(), by.certificate, SEALED_AT)
    der = by.sign(prepared.tbs)
    plain = b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))
    path = tmp_path / "sealed.pdf"
    path.write_bytes(complete_seal(prepared.state, plain))
    assert path.read_bytes() == complete_seal(prepared.state, der)
    assert "Signature is Valid." in poppler("pdfsig", path, "-nocert")


def test_the_xml_comes_out_of_the_sealed_file_byte_for_byte(tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed())
    poppler("pdfdetach", path, "-save", "1", "-o", str(tmp_path / "out.xml"))
    assert (tmp_path / "out.xml").read_bytes() == signed_xml()


def test_the_seal_is_appended_and_the_form_stays_as_it_was():
    assert sealed().startswith(form())
    added = sealed()[len(form()) :]
    assert b"pdfaid" not in added
    assert b"/Producer" not in added
    assert b"/Version /2.0" not in added


def test_the_same_arguments_prepare_the_same_seal():
    assert prepare_seal(form(), SCHOOL.certificate, SEALED_AT) == prepare_seal(
        form(), SCHOOL.certificate, SEALED_AT
    )


def test_what_is_signed_are_the_attributes_that_pades_allows():
    prepared = prepare_seal(form(), SCHOOL.certificate, SEALED_AT)
    attributes = cms.CMSAttributes.load(prepared.tbs, strict=True)
    assert {a["type"].native for a in attributes} == {
        "content_type",
        "message_digest",
        "signing_certificate_v2",
    }
    assert attributes.dump(force=True) == prepared.tbs  # DER: the order of a SET
    assert prepared.digest == sha256(prepared.tbs).digest()


def test_another_process_completes_the_seal(tmp_path):
    prepared = prepare_seal(form(), SCHOOL.certificate, SEALED_AT)
    (tmp_path / "state").write_bytes(prepared.state)
    (tmp_path / "raw").write_bytes(SCHOOL.sign(prepared.tbs))
    code = (
        "import pathlib, sys; from hocba.documents.seal import complete_seal; p = pathlib.Path(sys.argv[1]);"
        "(p / 'out.pdf').write_bytes(complete_seal((p / 'state').read_bytes(), (p / 'raw').read_bytes()))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert (tmp_path / "out.pdf").read_bytes() == sealed()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
        lambda raw: raw[:0],
        lambda raw: raw[:-1],
        lambda raw: b"\x30\x82" + raw,
    ],
    ids=["one bit", "empty", "cut", "no CMS"],
)
def test_a_wrong_signature_is_refused(spoil):
    prepared = prepare_seal(form(), SCHOOL.certificate, SEALED_AT)
    with pytest.raises(WrongSignature):
        complete_seal(prepared.state, spoil(SCHOOL.sign(prepared.tbs)))


def test_another_key_is_refused():
    prepared = prepare_seal(form(), SCHOOL.certificate, SEALED_AT)
    other = pki.pki().persons["CCCD:001185000050"]
    with pytest.raises(WrongSignature):
        complete_seal(prepared.state, other.sign(prepared.tbs))


def test_a_signature_of_other_bytes_is_refused():
    prepared = prepare_seal(form(), SCHOOL.certificate, SEALED_AT)
    with pytest.raises(WrongSignature):
        complete_seal(prepared.state, SCHOOL.sign(prepared.digest))


def test_a_state_with_another_document_is_refused():
    prepared = prepare_seal(form(), SCHOOL.certificate, SEALED_AT)
    raw = SCHOOL.sign(prepared.tbs)
    changed = prepared.state.replace(b"/MediaBox", b"/mediaBox", 1)
    assert changed != prepared.state
    with pytest.raises(BrokenSealStateError):
        complete_seal(changed, raw)


@pytest.mark.parametrize("state", [b"", b"\0\0\0\2{}", b"\xff" * 50, b"\0\0\0\4null"])
def test_bytes_that_are_no_state_are_refused(state):
    with pytest.raises(BrokenSealStateError):
        complete_seal(state, b"x")


def test_a_state_holds_no_secret_and_says_its_certificate():
    state = prepare_seal(form(), SCHOOL.certificate, SEALED_AT).state
    length = int.from_bytes(state[:4], "big")
    assert set(orjson.loads(state[4 : 4 + length])) == {"certificate", "tbs", "start", "end"}


def test_it_is_still_pdf_a_3b(tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed())
    assert b"<pdfaid:part>3</pdfaid:part>" in poppler("pdfinfo", path, "-meta").encode()
    assert "PDF version:     1.7" in poppler("pdfinfo", path)


def test_sealing_costs_little():
    spent = []
    for _ in range(7):
        started = time.process_time()
        prepared = prepare_seal(form(), SCHOOL.certificate, SEALED_AT)
        raw = SCHOOL.sign(prepared.tbs)
        complete_seal(prepared.state, raw)
        spent.append(time.process_time() - started)
    assert statistics.median(spent) < 0.015  # seconds of CPU
