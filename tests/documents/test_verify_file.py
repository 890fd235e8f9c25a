"""XML and PDF are told apart by what they are."""

import pytest

from hocba.documents.reasons import Reason
from hocba.documents.verdict import Outcome
from hocba.documents.verify_file import lookup_code, verify_file
from tests.documents import samples, seals, signed
from tests.documents.forging import trust


@pytest.mark.parametrize("second_opinion", [False, True])
def test_an_xml_file_passes(second_opinion: bool) -> None:
    verdict = verify_file(signed.small().xml, trust(), second_opinion=second_opinion)
    assert verdict.outcome is Outcome.PASSED


def test_an_xml_file_with_a_byte_order_mark_passes() -> None:
    assert verify_file(b"\xef\xbb\xbf" + signed.small().xml, trust()).outcome is Outcome.PASSED


@pytest.mark.parametrize("second_opinion", [False, True])
def test_a_sealed_pdf_passes(second_opinion: bool) -> None:
    verdict = verify_file(seals.sealed(), trust(), second_opinion=second_opinion)
    assert verdict.outcome is Outcome.PASSED
    assert len(verdict.signatures) == 4


@pytest.mark.parametrize("data", [b"", b"khong", b"<a/>", b"%PDF-1.7", b"<HOC_BA>" * 3])
def test_what_names_no_transcript_has_no_code(data: bytes) -> None:
    assert lookup_code(data) is None


def test_the_code_is_read_off_a_file_with_a_byte_order_mark() -> None:
    assert lookup_code(b"\xef\xbb\xbf" + signed.small().xml) == samples.LOOKUP


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04", b"\0" * 2000])
def test_another_file_is_refused(data: bytes) -> None:
    verdict = verify_file(data, trust())
    assert verdict.outcome is Outcome.FAILED
    assert verdict.codes == (Reason.UNREADABLE_FILE,)


def test_what_the_second_judge_refuses_does_not_pass() -> None:
    asked = []

    def refuses(xml: bytes) -> list[str]:
        asked.append(xml)
        return ["ky-gvcn: InvalidDigest"]

    xml = signed.small().xml
    verdict = verify_file(xml, trust(), second_opinion=True, judge=refuses)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.codes == (Reason.JUDGES_DISAGREE,)
    assert verdict.reasons[0].detail == "ky-gvcn: InvalidDigest"
    assert verify_file(xml, trust(), judge=refuses).outcome is Outcome.PASSED
    assert asked == [xml]


def test_the_second_judge_is_not_asked_of_what_failed_already() -> None:
    asked: list[bytes] = []
    verdict = verify_file(b"<a/>", trust(), second_opinion=True, judge=asked.append)
    assert verdict.codes == (Reason.NOT_A_TRANSCRIPT,)
    assert asked == []
