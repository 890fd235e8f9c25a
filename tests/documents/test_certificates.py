"""Whose a certificate is."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID, ObjectIdentifier

from hocba.documents.certificates import UID, Certificate, IdentityRule, UnreadableCertificateError
from tests.documents import samples
from tests.pki import SINCE, UNTIL, Holder, holder, pki


def with_subject(*parts: tuple[ObjectIdentifier, str]) -> Holder:
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(pki().intermediate.cert.subject)
    key = pki().persons[samples.identity(1)].key

    built = (
        builder.public_key(key.public_key()).serial_number(7).not_valid_before(SINCE).not_valid_after(UNTIL)
    )
    return Holder(key=key, cert=built.sign(pki().intermediate.key, hashes.SHA256()))


def test_a_person_and_an_organisation_are_told_apart_by_the_uid() -> None:
    person, school = pki().person(samples.identity(1)).certificate, pki().school.certificate
    assert (person.identity, person.organisation, person.key) == ("CCCD:001185000001", False, "ec")
    assert (school.identity, school.organisation, school.key) == ("MST:0100000001", True, "rsa")
    assert school.name == "Trường THCS Thử Nghiệm"
    assert school.issuer_name == "CA Thử Nghiệm"
    assert school.subject == "UID=MST:0100000001,CN=Trường THCS Thử Nghiệm,O=Trường THCS Thử Nghiệm,C=VN"
    assert (school.not_before, school.not_after) == (SINCE, UNTIL)
    assert school.valid_at(SINCE)
    assert school.valid_at(UNTIL)


@pytest.mark.parametrize(
    ("parts", "identity"),
    [
        ([(NameOID.SERIAL_NUMBER, "CCCD:001185000001")], "CCCD:001185000001"),
        ([(NameOID.ORGANIZATION_IDENTIFIER, "VATVN-0100000001")], "MST:0100000001"),
        ([(NameOID.USER_ID, "MST:0100000001-001")], "MST:0100000001-001"),
        ([(NameOID.USER_ID, "CCCD:123")], ""),
        ([(NameOID.USER_ID, "CCCD:001185000001 ")], ""),
        ([(NameOID.USER_ID, "CMND:001185000001")], ""),
        ([(NameOID.COMMON_NAME, "CCCD:001185000001")], ""),
        ([(NameOID.USER_ID, "CCCD:001185000001"), (NameOID.USER_ID, "CCCD:001185000002")], ""),
        ([(NameOID.USER_ID, "CCCD:001185000001"), (NameOID.SERIAL_NUMBER, "MST:01")], ""),
        ([(NameOID.USER_ID, "CCCD:001185000001"), (NameOID.SERIAL_NUMBER, "CCCD:001185000001")],
         "CCCD:001185000001"),
    ],
)  # fmt: skip
def test_the_identity_is_the_one_that_the_subject_says(parts, identity: str) -> None:
    assert with_subject(*parts).certificate.identity == identity


def test_another_authoritys_way_is_data() -> None:
    der = with_subject((NameOID.USER_ID, "ID 001185000001")).der
    assert Certificate.load(der).identity == ""
    rules = (IdentityRule(UID, r"ID ([0-9]{12})", "CCCD"),)
    assert Certificate.load(der, rules).identity == "CCCD:001185000001"


def test_a_certificate_is_parsed_once() -> None:
    der = pki().school.der
    assert Certificate.load(der) is Certificate.load(bytes(bytearray(der)))


@pytest.mark.parametrize("der", [b"", b"x", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableCertificateError):
        Certificate.load(der)


def test_a_key_that_cannot_sign_here_is_refused() -> None:
    other = holder("X", samples.identity(1), pki().intermediate, key=ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(UnreadableCertificateError):
        Certificate.load(other.der)
