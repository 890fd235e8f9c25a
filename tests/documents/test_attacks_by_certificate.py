"""Certificates of others, of the wrong kind, too early, too late, too weak: each fails by its own check."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from hocba.documents.reasons import Reason
from tests.documents import samples, signed
from tests.documents.attacks import findings
from tests.documents.forging import trust
from tests.pki import Holder, authority, holder, pki


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
