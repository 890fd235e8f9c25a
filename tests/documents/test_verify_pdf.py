"""The verdict on a PDF: the seal, the XML inside, and that the two belong together."""

import json
import random
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from hocba.documents.content import read
from hocba.documents.form import render
from hocba.documents.reasons import Reason
from hocba.documents.seal import verify_pdf
from hocba.documents.verdict import Outcome
from hocba.trust import Trust
from tests import pki
from tests.documents import samples, signed
from tests.documents.forms import signers
from tests.documents.seals import SEALED_AT, form, seal, sealed, signed_xml


@cache
def trust() -> Trust:
    made = pki.pki()
    return Trust(roots=(made.root.cert,), intermediates=(made.intermediate.cert,))


def verdict(pdf: bytes):
    return verify_pdf(pdf, trust=trust())


def test_a_sealed_transcript_passes():
    said = verdict(sealed())
    assert said.outcome is Outcome.PASSED, said.reasons
    assert said.reasons == ()
    assert [s.slot for s in said.signatures] == ["gvbm-1", "gvcn", "cbql", "ky-phat-hanh"]
    assert said.organisation == "Trường THCS Thử Nghiệm"
    assert json.loads(json.dumps(said.as_dict()))["outcome"] == "passed"


def test_with_the_register_it_passes_without_a_root():
    registered = {s.slot_key: s.certificate.fingerprint for s in signed.small().signatures}
    assert verify_pdf(sealed(), trust=None, registered=registered).outcome is Outcome.PASSED


def test_without_a_root_nobody_can_say():
    said = verify_pdf(sealed(), trust=None)
    assert said.outcome is Outcome.INDETERMINATE
    assert said.codes == (Reason.NO_TRUST,)


def test_a_changed_byte_fails():
    at = sealed().index(b"/MediaBox")
    said = verdict(sealed()[:at] + b"/mediaBox" + sealed()[at + 9 :])
    assert said.outcome is Outcome.FAILED
    assert said.codes == (Reason.SEAL_DIGEST_WRONG,)


def test_an_appended_revision_fails():
    said = verdict(sealed() + form()[-200:])
    assert said.outcome is Outcome.FAILED


def test_a_cut_file_fails():
    assert verdict(sealed()[:-500]).codes == (Reason.PDF_UNREADABLE,)


def test_another_schools_seal_fails():
    other = pki.holder("Trường Khác", "MST:0100000002", pki.pki().intermediate)
    said = verdict(seal(form(), other))
    assert said.outcome is Outcome.FAILED
    assert said.codes == (Reason.SEAL_CERTIFICATE_DIFFERS, Reason.CERTIFICATE_WRONG_IDENTITY)


def test_a_second_certificate_of_the_same_school_fails_too():
    again = pki.holder("Trường THCS Thử Nghiệm", samples.SCHOOL_ID, pki.pki().intermediate)
    assert verdict(seal(form(), again)).codes == (Reason.SEAL_CERTIFICATE_DIFFERS,)


def test_a_seal_that_nobody_trusts_fails():
    stranger = pki.holder("Trường THCS Thử Nghiệm", samples.SCHOOL_ID, pki.pki().outsider)
    said = verdict(seal(form(), stranger))
    assert said.codes == (Reason.SEAL_CERTIFICATE_DIFFERS, Reason.CERTIFICATE_UNTRUSTED)


def test_a_seal_older_than_the_issue_fails():
    said = verdict(seal(form(), at=SEALED_AT - timedelta(hours=2)))
    assert said.codes == (Reason.TIMES_OUT_OF_ORDER,)


def test_a_seal_after_the_certificates_end_fails():
    said = verdict(seal(form(), at=datetime(2029, 1, 1, tzinfo=UTC)))
    assert Reason.CERTIFICATE_NOT_VALID_THEN in said.codes
    assert said.outcome is Outcome.FAILED


def test_another_xml_under_a_right_seal_fails():
    changed = signed_xml().replace(b"<CA_NAM>8.8</CA_NAM>", b"<CA_NAM>9.8</CA_NAM>", 1)
    assert changed != signed_xml()
    said = verdict(seal(form(changed)))
    assert said.outcome is Outcome.FAILED
    assert Reason.DIGEST_MISMATCH in said.codes


def test_something_else_than_xml_inside_fails():
    said = verdict(seal(form(b"hello")))
    assert said.outcome is Outcome.FAILED
    assert Reason.NOT_XML in said.codes


def test_an_issued_transcript_without_its_seal_fails():
    said = verdict(form())
    assert said.outcome is Outcome.FAILED
    assert said.codes == (Reason.SEAL_MISSING,)


def test_a_draft_is_incomplete_and_no_more():
    plan = samples.short_plan()
    half = signed.Signed(signed.small().data, plan, signed.sign(signed.small().data, plan, until=2)).xml
    content = read(half)
    draft = render(content, signers(content)[:2], xml=half, at=signed.FIRST, draft=True)
    said = verdict(draft)
    assert said.outcome is Outcome.INDETERMINATE
    assert set(said.codes) == {Reason.INCOMPLETE}


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n%%EOF", b"\xff" * 100])
def test_what_is_no_pdf_fails_and_raises_nothing(pdf):
    assert verdict(pdf).codes == (Reason.PDF_UNREADABLE,)


def test_no_bytes_raise_or_pass():
    chance = random.Random(7)
    start = sealed().index(b"/Contents <")
    end = sealed().index(b">", start)
    for _ in range(60):
        data = bytearray(sealed())
        at = chance.choice((chance.randrange(start), chance.randrange(end, len(data))))
        data[at] ^= chance.randrange(1, 256)
        assert verdict(bytes(data)).outcome is Outcome.FAILED
