"""What authorities answer about revocation: read strictly, and never good by default."""

from datetime import timedelta
from hashlib import sha1

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp as library
from cryptography.x509.ocsp import OCSPCertStatus
from cryptography.x509.oid import ExtendedKeyUsageOID

from hocba.trust import MAX_GIVEN_BYTES, Problem, Revocation, Trust, TrustedPath, crl, ocsp, path_of
from hocba.trust.evidence import SKEW, Link, NotEvidenceError, Said, judged, links, must_be_current
from tests.pki import CRL_AT, REVOKED_AT, Holder, authority, holder, name_of, ocsp_answer, pki, responder
from tests.pki import crl as list_of

ONE = "CCCD:001185000001"
DAY = timedelta(days=1)
NONCE = bytes(range(32))


def link(leaf: Holder | None = None, issuer: Holder | None = None) -> Link:
    return Link((leaf or pki().person(ONE)).cert, (issuer or pki().intermediate).cert)


def one() -> Holder:
    return pki().person(ONE)


def refused(der: bytes, about: Link | None = None, nonce: bytes | None = None) -> str:
    with pytest.raises(NotEvidenceError) as why:
        ocsp.read(der, about or link(), nonce=nonce)
    return str(why.value)


# answers


@pytest.mark.parametrize("hash_", [hashes.SHA1(), hashes.SHA256()])
@pytest.mark.parametrize("charged", [False, True])
def test_an_answer_of_the_issuer_or_of_whom_it_charged_is_read(
    hash_: hashes.HashAlgorithm, charged: bool
) -> None:
    by = responder(pki().intermediate) if charged else None
    der = ocsp_answer(one(), pki().intermediate, by=by, hash_=hash_, nonce=NONCE)
    answer = ocsp.read(der, link(), nonce=NONCE)
    assert (answer.says(one().cert), answer.this_update, answer.until) == (
        Said(Revocation.GOOD),
        CRL_AT,
        CRL_AT + 7 * DAY,
    )
    assert answer.says(pki().revoked.cert).revocation is Revocation.NOT_CHECKED


def test_an_rsa_issuer_is_named_by_its_key_too() -> None:
    issuer = authority("CA RSA", pki().root, path_length=0, kind="rsa")
    leaf = holder("X", ONE, issuer)
    assert ocsp.read(ocsp_answer(leaf, issuer), link(leaf, issuer)).said.revocation is Revocation.GOOD


def test_a_revoked_one_says_since_when() -> None:
    answer = ocsp.read(ocsp_answer(one(), pki().intermediate, status=OCSPCertStatus.REVOKED), link())
    assert answer.says(one().cert) == Said(Revocation.REVOKED, REVOKED_AT)


def test_unknown_is_no_answer() -> None:
    der = ocsp_answer(one(), pki().intermediate, status=OCSPCertStatus.UNKNOWN)
    assert refused(der) == "the responder does not know the certificate"


def test_an_answer_about_another_certificate_or_of_another_issuer_is_none() -> None:
    other = ocsp_answer(pki().person("CCCD:001185000002"), pki().intermediate)
    assert refused(other) == "it is about another certificate"
    elsewhere = ocsp_answer(one(), pki().intermediate, named=pki().outsider.cert)
    assert refused(elsewhere) == "it is about another certificate"
    same_key = _answer_by_hash(b"another name", pki().intermediate)
    assert refused(same_key) == "it is about another certificate"
    strange_hash = ocsp_answer(one(), pki().intermediate, hash_=hashes.SHA384())
    assert refused(strange_hash) == "it is about another certificate"


def _answer_by_hash(name: bytes, issuer: Holder) -> bytes:
    """About the number of ``one``, of an issuer with that key but another name."""
    key_hash = x509.SubjectKeyIdentifier.from_public_key(issuer.cert.public_key()).digest
    builder = library.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=sha1(name).digest(), issuer_key_hash=key_hash,
        serial_number=one().cert.serial_number,
        algorithm=hashes.SHA1(), cert_status=OCSPCertStatus.GOOD, this_update=CRL_AT,
        next_update=CRL_AT + DAY, revocation_time=None, revocation_reason=None,
    )  # fmt: skip
    builder = builder.responder_id(library.OCSPResponderEncoding.HASH, issuer.cert)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_the_answer_by_hash_is_right_but_for_the_name() -> None:
    name = one().cert.issuer.public_bytes()
    assert ocsp.read(_answer_by_hash(name, pki().intermediate), link())


def test_nobody_signs_who_was_not_charged() -> None:
    twin = authority("CA Thử Nghiệm", authority("Root CA Thử Nghiệm"), path_length=0)
    nobody = "nobody signed it who may"
    by = {
        "another authority of the same name": twin,
        "somebody whom another authority charged": responder(pki().outsider),
        "somebody without a charge": holder("X", "", pki().intermediate),
        "a charge for something else": responder(
            pki().intermediate,
            more=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), False)],
        ),
        "a charge that had ended": responder(pki().intermediate, until=CRL_AT - DAY),
        "a charge for a key that may not sign": responder(pki().intermediate, usages=("key_encipherment",)),
        "a charge for a small key": responder(
            pki().intermediate, key=ec.generate_private_key(ec.SECP192R1())
        ),
        "a charge that is signed weakly": responder(pki().intermediate, hash_=hashes.SHA224()),
    }
    produced = {
        who: _produced(ocsp_answer(one(), pki().intermediate, by=signer), signer)
        for who, signer in by.items()
    }
    assert {who: refused(der) for who, der in produced.items()} == dict.fromkeys(by, nobody)
    assert ocsp.read(ocsp_answer(one(), pki().intermediate, by=responder(pki().intermediate)), link())


def _produced(der: bytes, signer: Holder) -> bytes:
    """The library writes the time of now into it; the certificates of these tests hold then too."""
    assert signer.cert.not_valid_before_utc < library.load_der_ocsp_response(der).produced_at_utc
    return der


def test_a_changed_answer_is_none() -> None:
    der = bytearray(ocsp_answer(one(), pki().intermediate))
    der[-3] ^= 1
    assert refused(bytes(der)) in {"nobody signed it who may", "it is no answer that can be read"}


@pytest.mark.parametrize("der", [b"", b"x", b"<html>", b"\x30\x03\x0a\x01\x00", b"\x30\x80" * 400])
def test_garbage_is_no_answer(der: bytes) -> None:
    refused(der)


def test_a_responder_that_cannot_says_nothing() -> None:
    der = library.OCSPResponseBuilder.build_unsuccessful(library.OCSPResponseStatus.TRY_LATER)
    assert refused(der.public_bytes(serialization.Encoding.DER)) == "the responder says TRY_LATER"


def test_the_number_that_was_sent_comes_back_or_none_does() -> None:
    theirs = ocsp_answer(one(), pki().intermediate, nonce=bytes(32))
    assert refused(theirs, nonce=NONCE) == "it answers another request"
    assert ocsp.read(ocsp_answer(one(), pki().intermediate), link(), nonce=NONCE)
    assert ocsp.read(theirs, link())  # read again, from where it was kept


def test_an_answer_without_an_end_holds_for_an_hour() -> None:
    answer = ocsp.read(ocsp_answer(one(), pki().intermediate, lasts=None), link())
    assert answer.until == CRL_AT + ocsp.WITHOUT_NEXT_UPDATE


def test_an_answer_ends_with_whom_it_was_signed_by() -> None:
    ends = CRL_AT + 200 * DAY
    by = responder(pki().intermediate, until=ends)
    answer = ocsp.read(ocsp_answer(one(), pki().intermediate, by=by, lasts=900 * DAY), link())
    assert answer.until == ends


def test_the_request_names_the_certificate_and_carries_the_number() -> None:
    asked = library.load_der_ocsp_request(ocsp.request(link(), NONCE))
    assert asked.serial_number == one().cert.serial_number
    assert asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE


# lists


def test_a_list_says_who_is_revoked_and_who_is_not() -> None:
    found = crl.read(pki().crl, pki().intermediate.cert)
    assert found.says(pki().revoked.cert) == Said(Revocation.REVOKED, REVOKED_AT)
    assert found.says(one().cert) == Said(Revocation.GOOD)
    assert (found.this_update, found.until) == (CRL_AT, CRL_AT + 30 * DAY)


def test_a_list_made_after_a_certificates_end_does_not_speak_of_it() -> None:
    ended = holder("X", ONE, pki().intermediate, until=CRL_AT - DAY)
    assert crl.read(pki().crl, pki().intermediate.cert).says(ended.cert).revocation is Revocation.NOT_CHECKED


def _list(*, extension: x509.ExtensionType | None = None, critical: bool = True, **how: object) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(pki().intermediate.cert.subject)
    builder = builder.last_update(CRL_AT).next_update(CRL_AT + DAY)
    if extension is not None:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(pki().intermediate.key, how.get("hash_") or hashes.SHA256()).public_bytes(
        serialization.Encoding.DER
    )


@pytest.mark.parametrize("critical", [True, False])
@pytest.mark.parametrize(
    "extension",
    [
        x509.DeltaCRLIndicator(7),
        x509.IssuingDistributionPoint(
            full_name=None, relative_name=None, only_contains_user_certs=True, only_contains_ca_certs=False,
            only_some_reasons=None, indirect_crl=False, only_contains_attribute_certs=False,
        ),
    ],
)  # fmt: skip
def test_a_part_or_a_difference_is_no_list(extension: x509.ExtensionType, critical: bool) -> None:
    with pytest.raises(NotEvidenceError, match="not the whole list"):
        crl.read(_list(extension=extension, critical=critical), pki().intermediate.cert)


def test_a_list_of_another_issuer_or_signed_weakly_is_none() -> None:
    twin = authority("CA Thử Nghiệm")
    for der in (list_of(twin), pki().root_crl, _list(hash_=hashes.SHA224())):
        with pytest.raises(NotEvidenceError, match="not the whole list"):
            crl.read(der, pki().intermediate.cert)
    assert crl.read(_list(), pki().intermediate.cert)


@pytest.mark.parametrize("der", [b"", b"x", b"<html>", b"\x30\x80" * 400])
def test_garbage_is_no_list(der: bytes) -> None:
    with pytest.raises(NotEvidenceError, match="no revocation list"):
        crl.read(der, pki().intermediate.cert)


# times


def test_what_is_of_the_future_or_has_run_out_is_not_current() -> None:
    found = crl.read(pki().crl, pki().intermediate.cert)
    must_be_current(found, found.this_update - SKEW)
    must_be_current(found, found.until)
    for now, why in (
        (found.this_update - SKEW - timedelta(seconds=1), "of the future"),
        (found.until + timedelta(seconds=1), "run out"),
    ):
        with pytest.raises(NotEvidenceError, match=why):
            must_be_current(found, now)
    backwards = crl.read(list_of(pki().intermediate, lasts=timedelta(0)), pki().intermediate.cert)
    with pytest.raises(NotEvidenceError, match="before it begins"):
        must_be_current(backwards, CRL_AT)


def test_good_only_while_something_in_force_says_so() -> None:
    cert, found = one().cert, crl.read(pki().crl, pki().intermediate.cert)
    assert judged(cert, [], CRL_AT).revocation is Revocation.NOT_CHECKED
    assert judged(cert, [found], CRL_AT).revocation is Revocation.GOOD
    assert judged(cert, [found], found.until + DAY).revocation is Revocation.NOT_CHECKED
    assert judged(cert, [found], found.this_update - DAY).revocation is Revocation.NOT_CHECKED


def test_revoked_wins_over_good_and_does_not_run_out() -> None:
    gone = ocsp.read(ocsp_answer(one(), pki().intermediate, status=OCSPCertStatus.REVOKED), link())
    good = crl.read(pki().crl, pki().intermediate.cert)
    for known in ([good, gone], [gone, good], [gone]):
        assert judged(one().cert, known, gone.until + DAY) == Said(Revocation.REVOKED, REVOKED_AT)
    assert judged(one().cert, [good, gone], REVOKED_AT - DAY).revocation is Revocation.NOT_CHECKED


def test_a_revocation_of_tomorrow_is_not_one_of_today() -> None:
    later = CRL_AT + 2 * DAY
    status = OCSPCertStatus.REVOKED
    gone = ocsp.read(ocsp_answer(one(), pki().intermediate, status=status, revoked_at=later), link())
    assert judged(one().cert, [gone], CRL_AT + DAY).revocation is Revocation.GOOD
    assert judged(one().cert, [gone], later) == Said(Revocation.REVOKED, later)


# paths over what a vendor gave


def test_intermediates_that_came_along_help_but_are_never_roots() -> None:
    leaf, given = one().certificate, (pki().intermediate.der,)
    bare = Trust(roots=(pki().root.cert,))
    assert path_of(leaf, bare) is Problem.UNTRUSTED
    found = path_of(leaf, bare, given)
    assert isinstance(found, TrustedPath)
    assert [each.issuer for each in links(found.certificates)] == [pki().intermediate.cert, pki().root.cert]
    stranger = Trust(roots=(pki().outsider.cert,))
    assert path_of(leaf, stranger, (*given, pki().root.der)) is Problem.UNTRUSTED


def test_what_came_along_may_be_anything() -> None:
    leaf, bare = one().certificate, Trust(roots=(pki().root.cert,))
    noise = (b"x", bytes(MAX_GIVEN_BYTES + 1), pki().outsider.der)
    assert isinstance(path_of(leaf, bare, (*noise, pki().intermediate.der)), TrustedPath)
    weak = authority("CA Yếu", pki().root, path_length=0, key=ec.generate_private_key(ec.SECP192R1()))
    under = holder("X", ONE, weak)
    assert path_of(under.certificate, bare, (weak.der,)) is Problem.UNTRUSTED
    crowd = tuple(authority(f"CA {name_of(str(n))}").der for n in range(8))
    assert path_of(leaf, bare, (*crowd, pki().intermediate.der)) is Problem.UNTRUSTED  # the ninth is not read
