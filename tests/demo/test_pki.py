from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import NameOID

from hocba.documents.certificates import Certificate
from hocba.testing.pki import Holder, make_pki
from hocba.trust import Problem, Trust, check

NOW = datetime(2026, 5, 25, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki():
    return make_pki(
        [
            Holder(label="co-mau", name="Nguyễn Thị Mẫu", identity="CCCD:001099000001"),
            Holder(label="truong", name="THCS Thử Nghiệm", identity="MST:0100000001", organisation=True),
        ],
        at=NOW,
    )


def test_everybody_is_known_by_the_identity_in_his_certificate(pki):
    teacher, school = (Certificate.load(pki.holders[label].der) for label in ("co-mau", "truong"))

    assert (teacher.identity, teacher.name, teacher.organisation) == (
        "CCCD:001099000001",
        "Nguyễn Thị Mẫu",
        False,
    )
    assert (school.identity, school.organisation) == ("MST:0100000001", True)


def test_each_certificate_was_issued_by_the_next_of_the_chain(pki):
    issuing, root = (x509.load_der_x509_certificate(each) for each in pki.chain)

    pki.holders["co-mau"].certificate.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert (
        root.not_valid_before_utc
        < NOW - timedelta(days=29)
        < NOW + timedelta(days=365)
        < root.not_valid_after_utc
    )


def test_a_pkcs12_file_opens_with_its_password_and_holds_the_chain(pki):
    loaded = pkcs12.load_pkcs12(pki.pkcs12("co-mau", "246810"), b"246810")

    assert loaded.cert.certificate == pki.holders["co-mau"].certificate
    assert loaded.key.public_key() == pki.holders["co-mau"].key.public_key()
    assert len(loaded.additional_certs) == 2
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12(pki.pkcs12("co-mau", "246810"), b"135791")


def test_the_lists_are_signed_and_name_who_is_revoked(pki):
    root_list, issuing_list = (x509.load_der_x509_crl(each) for each in pki.crls(at=NOW, revoked=["co-mau"]))

    assert root_list.is_signature_valid(pki.root.key.public_key())
    assert issuing_list.is_signature_valid(pki.issuing.key.public_key())
    assert [each.serial_number for each in issuing_list] == [pki.holders["co-mau"].certificate.serial_number]
    assert not list(root_list)


def test_what_servers_need_is_written(pki, tmp_path):
    pki.write(tmp_path / "pki", at=NOW)

    assert {each.name for each in (tmp_path / "pki").iterdir()} == {
        "root.pem",
        "chain.pem",
        "root.crl",
        "issuing.crl",
    }
    chain = x509.load_pem_x509_certificates((tmp_path / "pki" / "chain.pem").read_bytes())
    assert chain == [pki.issuing.certificate, pki.root.certificate]
    key = load_pem_private_key(pki.holders["truong"].key_pem, None)
    assert key.public_key() == pki.holders["truong"].certificate.public_key()
    assert chain[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "hocba demo issuing CA"


def test_the_product_believes_the_authority_and_not_a_revoked_certificate(pki):
    lists = tuple(x509.load_der_x509_crl(each) for each in pki.crls(at=NOW, revoked=["truong"]))
    believed = Trust(
        roots=(pki.root.certificate,),
        intermediates=(pki.issuing.certificate,),
        crls=lists,
        require_revocation=True,
    )
    teacher, school = (Certificate.load(pki.holders[label].der) for label in ("co-mau", "truong"))
    soon = NOW + timedelta(hours=1)

    assert check(teacher, soon, believed).trusted
    assert check(school, soon, believed).problem is Problem.REVOKED


def test_a_holder_may_have_a_key_on_an_elliptic_curve():
    pki = make_pki([Holder(label="gv", name="Lê Văn Ê", identity="CCCD:001099000002", elliptic=True)], at=NOW)

    certificate = Certificate.load(pki.holders["gv"].der)
    assert certificate.key == "ec"
    assert load_pem_private_key(pki.holders["gv"].key_pem, None).public_key() == certificate.public_key
