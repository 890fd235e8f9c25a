"""The second judge alone: what it refuses without our verifier."""

from copy import deepcopy

import pytest
from lxml import etree

from hocba.documents import signing
from hocba.documents.judge import second_opinion
from tests.documents import samples, signed
from tests.documents.forging import edited, part, resigned
from tests.pki import holder, pki


def test_it_has_nothing_against_a_whole_transcript() -> None:
    assert second_opinion(signed.whole().xml) == []


def test_it_judges_the_signatures_that_are_there() -> None:
    these = signed.small()
    assert second_opinion(signing.assemble(these.data, these.plan, these.signatures[:2])) == []
    assert second_opinion(signing.assemble(these.data, these.plan, ())) == ["no signature"]


@pytest.mark.parametrize("xml", [b"", b"<a/>", b"<HOC_BA>", b"<!DOCTYPE a><a/>", b"\0"])
def test_what_is_no_transcript_is_refused(xml: bytes) -> None:
    assert len(second_opinion(xml)) == 1


def test_another_certificate_for_the_same_key_is_refused() -> None:
    one = pki().person(samples.identity(1))
    again = holder("Người Thử 1", samples.identity(1), pki().intermediate, key=one.key).certificate.b64

    def swap(root: etree._Element) -> None:
        part(root, "gvcn", ".//ds:X509Certificate").text = again

    assert second_opinion(edited(signed.small().xml, swap)) == ["ky-gvcn: InvalidDigest"]


def test_a_signature_of_something_else_is_refused() -> None:
    def other(root: etree._Element) -> None:
        part(root, "cbql", "ds:SignedInfo")[2].set("URI", "#thongtinchung")

    assert second_opinion(resigned(signed.small().xml, other)) == ["ky-cbql: does not sign this transcript"]


def test_a_reference_with_more_transforms_is_refused() -> None:
    def more(root: etree._Element) -> None:
        transforms = part(root, "cbql", "ds:SignedInfo")[2][0]
        transforms.append(deepcopy(transforms[0]))

    assert second_opinion(resigned(signed.small().xml, more)) == ["ky-cbql: InvalidInput"]


def test_a_forbidden_digest_is_refused() -> None:
    def weak(root: etree._Element) -> None:
        part(root, "cbql", "ds:SignedInfo")[2][1].set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")

    assert second_opinion(resigned(signed.small().xml, weak)) == ["ky-cbql: InvalidInput"]


def test_an_id_that_occurs_twice_is_refused() -> None:
    def double(root: etree._Element) -> None:
        part(root, "ky-phat-hanh", "ds:KeyInfo").set("Id", "data")

    assert second_opinion(edited(signed.small().xml, double)) == ["an Id occurs twice"]
