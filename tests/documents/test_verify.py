"""What passes, what is indeterminate, and what a verdict says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hocba.documents import signing
from hocba.documents.reasons import INDETERMINATE, SENTENCES, Reason, sentence
from hocba.documents.verdict import Checked, Outcome
from hocba.documents.verify import verify_xml
from hocba.trust import Revocation, load_crls
from tests.documents import samples, signed
from tests.documents.forging import edited, trust
from tests.pki import crl, pki


def registered(these: signed.Signed) -> dict[str, str]:
    return {s.slot_key: s.certificate.fingerprint for s in these.signatures}


def test_a_whole_transcript_passes() -> None:
    verdict = verify_xml(signed.whole().xml, trust=trust())
    assert verdict.outcome is Outcome.PASSED
    assert verdict.reasons == ()
    assert [s.slot for s in verdict.signatures] == [slot.key for slot in signed.whole().plan]
    assert {s.integrity for s in verdict.signatures} == {Checked.YES}
    assert {s.trusted for s in verdict.signatures} == {Checked.YES}
    assert {s.revocation for s in verdict.signatures} == {Revocation.GOOD}
    assert {s.registered for s in verdict.signatures} == {Checked.NOT_CHECKED}
    assert verdict.organisation == "Trường THCS Thử Nghiệm"
    assert verdict.as_dict()["schoolRegister"] == "not_checked"


def test_the_verdict_shows_of_each_signature_what_the_law_wants_shown() -> None:
    last = verify_xml(signed.small().xml, trust=trust()).as_dict()["signatures"][-1]
    assert last["ca"] == "CA Thử Nghiệm"
    assert last["signer"] == "Trường THCS Thử Nghiệm"
    assert last["signing_time"] == "2026-06-01T08:03:00+07:00"
    assert last["integrity"] == last["valid_then"] == "yes"
    assert last["identity"] == "MST:0100000001"


def test_a_file_without_the_stylesheet_instruction_passes() -> None:
    xml = signed.small().xml
    head = xml.index(b"<?xml-stylesheet")
    plain = xml[:head] + xml[xml.index(b"<HOC_BA>") :]
    assert verify_xml(plain, trust=trust()).outcome is Outcome.PASSED


def test_a_file_written_again_by_another_program_passes_when_nothing_of_it_changed() -> None:
    again = edited(signed.small().xml, list)
    assert again != signed.small().xml
    assert verify_xml(again, trust=trust()).outcome is Outcome.PASSED


def test_a_text_that_speaks_of_namespaces_is_only_a_text() -> None:
    summary = samples.record().summary
    changed = replace(summary, homeroom_comment='a xmlns="urn:x" xsi:type="b" <!-- c -->')
    these = signed.transcript(plan=samples.short_plan(), record={"summary": changed})
    assert verify_xml(these.xml, trust=trust()).outcome is Outcome.PASSED


def test_the_registered_certificates_are_enough_without_a_root() -> None:
    these = signed.small()
    verdict = verify_xml(these.xml, trust=None, registered=registered(these))
    assert verdict.outcome is Outcome.PASSED
    assert {s.registered for s in verdict.signatures} == {Checked.YES}
    assert {s.trusted for s in verdict.signatures} == {Checked.NOT_CHECKED}


def test_without_root_and_register_the_answer_is_indeterminate() -> None:
    verdict = verify_xml(signed.small().xml, trust=None)
    assert verdict.outcome is Outcome.INDETERMINATE
    assert verdict.codes == (Reason.NO_TRUST,)


def test_without_lists_revocation_is_not_checked_and_the_file_passes() -> None:
    verdict = verify_xml(signed.small().xml, trust=trust(crls=(), require_revocation=False))
    assert verdict.outcome is Outcome.PASSED
    assert {s.as_dict()["revocation"] for s in verdict.signatures} == {"not_checked"}


def test_required_and_missing_lists_make_it_indeterminate() -> None:
    verdict = verify_xml(signed.small().xml, trust=trust(crls=()))
    assert verdict.outcome is Outcome.INDETERMINATE
    assert set(verdict.codes) == {Reason.REVOCATION_UNKNOWN}


@pytest.mark.parametrize("signatures", [0, 1, 2, 3])
def test_a_file_with_some_slots_unsigned_is_incomplete(signatures: int) -> None:
    these = signed.small()
    xml = signing.assemble(these.data, these.plan, these.signatures[:signatures])
    verdict = verify_xml(xml, trust=trust())
    assert verdict.outcome is Outcome.INDETERMINATE
    assert [(f.code, f.slot) for f in verdict.reasons] == [
        (Reason.INCOMPLETE, slot.key) for slot in these.plan[signatures:]
    ]
    assert len(verdict.signatures) == signatures


def test_a_certificate_revoked_after_the_signing_time_was_good_then() -> None:
    these = signed.small()
    gone = pki().school
    late = crl(
        pki().intermediate, [gone], revoked_at=these.of("ky-phat-hanh").signing_time + timedelta(days=1)
    )
    lists = load_crls(late) + load_crls(pki().root_crl)
    assert verify_xml(these.xml, trust=trust(crls=lists)).outcome is Outcome.PASSED


def test_a_revocation_at_the_signing_time_fails() -> None:
    lists = load_crls(crl(pki().intermediate, [pki().school])) + load_crls(pki().root_crl)
    verdict = verify_xml(signed.small().xml, trust=trust(crls=lists))
    assert verdict.outcome is Outcome.FAILED
    assert [(f.code, f.slot) for f in verdict.reasons] == [(Reason.CERTIFICATE_REVOKED, "ky-phat-hanh")]
    assert verdict.signatures[-1].revocation is Revocation.REVOKED


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(Reason)
    assert all(vi.endswith(".") and en.endswith(".") for vi, en in SENTENCES.values())
    assert sentence(Reason.INCOMPLETE) == "Học bạ chưa đủ chữ ký."
    assert sentence(Reason.INCOMPLETE, "en") == "Not everybody has signed yet."
    assert Reason.DIGEST_MISMATCH not in INDETERMINATE
