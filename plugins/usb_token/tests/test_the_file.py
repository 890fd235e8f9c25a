import hashlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.pkcs12 import Pkcs12File
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN


def test_the_file_signs_for_its_certificate(p12, signer):
    session = Pkcs12File(p12).open(hashlib.sha256(signer).hexdigest(), PIN)

    assert session.held.certificate == signer
    assert making.verifies(signer, b"x", session.sign(b"x"))


def test_an_elliptic_key_signs_too(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    der = making.certificate(key)
    path = write(tmp_path, key, der)

    value = Pkcs12File(path).open(hashlib.sha256(der).hexdigest(), PIN).sign(b"x")

    assert making.verifies(der, b"x", value)


def write(folder, key, der):
    path = folder / "key.p12"
    encryption = BestAvailableEncryption(PIN.encode())
    cert = x509.load_der_x509_certificate(der)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, cert, None, encryption))
    return path


def test_listing_needs_the_password_and_a_wrong_one_is_said(p12, signer):
    file = Pkcs12File(p12)

    assert [each.certificate for each in file.certificates(PIN)] == [signer]
    for wrong in ("9999", "", None):
        with pytest.raises(AgentError) as refused:
            file.certificates(wrong)
        assert refused.value.problem is Problem.PIN_INCORRECT


def test_another_certificate_is_not_in_the_file(p12):
    with pytest.raises(AgentError) as refused:
        Pkcs12File(p12).open("00" * 32, PIN)

    assert refused.value.problem is Problem.CERTIFICATE_NOT_ON_TOKEN


def test_a_file_that_is_none_is_said(tmp_path):
    (tmp_path / "text.p12").write_text("hello")
    for path in (tmp_path / "text.p12", tmp_path / "missing.p12"):
        with pytest.raises(AgentError) as refused:
            Pkcs12File(path).certificates(PIN)
        assert refused.value.problem is Problem.FILE_NOT_READABLE


@pytest.mark.filterwarnings("ignore")
def test_a_kind_of_key_that_no_transcript_knows_is_said(tmp_path):
    key = ed25519.Ed25519PrivateKey.generate()
    path = tmp_path / "key.p12"
    encryption = BestAvailableEncryption(PIN.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, _self_signed(key), None, encryption))

    with pytest.raises(AgentError) as refused:
        Pkcs12File(path).certificates(PIN)

    assert refused.value.problem is Problem.KEY_NOT_SUPPORTED


def _self_signed(key):
    name = x509.Name([])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, None)


def test_a_closed_session_signs_nothing(p12, signer):
    session = Pkcs12File(p12).open(hashlib.sha256(signer).hexdigest(), PIN)
    session.close()

    with pytest.raises(AgentError) as refused:
        session.sign(b"x")

    assert refused.value.problem is Problem.TOKEN_REMOVED


def test_signing_a_class_costs_little_more_than_the_keys_own_operations(p12, signer, rsa_key):
    session = Pkcs12File(p12).open(hashlib.sha256(signer).hexdigest(), PIN)

    def ours():
        for _ in range(45):
            session.sign(b"x" * 2000)

    def raw():
        for _ in range(45):
            rsa_key.sign(b"x" * 2000, padding.PKCS1v15(), hashes.SHA256())

    assert fastest(ours) < 1.5 * fastest(raw)


def fastest(work, times=10):
    def once():
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return min(once() for _ in range(times))
