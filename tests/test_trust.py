"""Certificate paths and revocation, over given evidence only."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from hocba.domain.trust import SEALS, Policy
from hocba.trust import (
    MAX_PATH,
    MAX_SIGNATURES,
    Problem,
    Revocation,
    Trust,
    check,
    check_under,
    load_crls,
    load_pem,
    path_of,
)
from tests.pki import REVOKED_AT, Holder, authority, crl, holder, pki

AT = datetime(2026, 6, 1, tzinfo=UTC)
ID = "CCCD:001185000001"


def trust(*, above: tuple[Holder, ...] | None = None, lists: tuple[bytes, ...] = (), **how: object) -> Trust:
    between = (pki().intermediate,) if above is None else above
    crls = tuple(found for data in lists for found in load_crls(data))
    given = {"roots": (pki().root.cert,), "intermediates": tuple(a.cert for a in between), "crls": crls}
    return Trust(**(given | how))


def problem(leaf: Holder, given: Trust, at: datetime = AT) -> Problem | None:
    return check(leaf.certificate, at, given).problem


def test_a_path_leads_from_the_leaf_over_the_intermediate_to_the_root() -> None:
    verdict = check(pki().person(ID).certificate, AT, trust())
    assert verdict.trusted
    assert verdict.revocation is Revocation.NOT_CHECKED
    assert verdict.path == (
        "UID=CCCD:001185000001,CN=Người Thử 1,C=VN",
        "CN=CA Thử Nghiệm,C=VN",
        "CN=Root CA Thử Nghiệm,C=VN",
    )


def test_without_the_intermediate_or_the_root_there_is_no_path() -> None:
    leaf = pki().person(ID)
    assert problem(leaf, trust(above=())) is Problem.UNTRUSTED
    assert problem(leaf, trust(roots=(pki().outsider.cert,))) is Problem.UNTRUSTED
    assert problem(leaf, trust(roots=())) is Problem.UNTRUSTED


def test_an_issuer_of_the_same_name_with_another_key_is_not_believed() -> None:
    false = authority("CA Thử Nghiệm", authority("Root CA Thử Nghiệm"), path_length=0)
    assert problem(holder("X", ID, false), trust()) is Problem.UNTRUSTED
    assert problem(holder("X", ID, false), trust(above=(false,))) is Problem.UNTRUSTED


def test_a_person_cannot_issue() -> None:
    person = pki().person(ID)
    assert problem(holder("X", ID, person), trust(above=(pki().intermediate, person))) is Problem.UNTRUSTED


def test_the_path_length_is_kept() -> None:
    below = authority("CA Cấp Dưới", pki().intermediate, path_length=0)
    assert problem(holder("X", ID, below), trust(above=(pki().intermediate, below))) is Problem.UNTRUSTED
    wide = authority("CA Rộng", pki().root, path_length=1)
    under = authority("CA Dưới Rộng", wide, path_length=0)
    assert problem(holder("X", ID, under), trust(above=(wide, under))) is None


def test_an_authority_that_may_not_sign_certificates_is_not_believed() -> None:
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA Không Quyền")])
    for extension in (usage, None):
        builder = (
            x509.CertificateBuilder().subject_name(name).issuer_name(pki().root.cert.subject)
            .public_key(key.public_key()).serial_number(9)
            .not_valid_before(AT - timedelta(days=9)).not_valid_after(AT + timedelta(days=900))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        )  # fmt: skip
        if extension is not None:
            builder = builder.add_extension(extension, critical=True)
        one = Holder(key=key, cert=builder.sign(pki().root.key, hashes.SHA256()))
        leaf = holder("X", ID, one, since=AT - timedelta(days=1))
        assert problem(leaf, trust(above=(one,))) is Problem.UNTRUSTED


def test_an_unknown_critical_extension_is_refused() -> None:
    unknown = [(x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)]
    leaf = holder("X", ID, pki().intermediate, more=unknown)
    assert problem(leaf, trust()) is Problem.WRONG_USAGE
    strange = authority("CA Lạ", pki().root, path_length=0, more=unknown)
    assert problem(holder("X", ID, strange), trust(above=(strange,))) is Problem.UNTRUSTED


def test_a_certificate_signed_with_a_weak_hash_is_refused() -> None:
    leaf = holder("X", ID, pki().intermediate, hash_=hashes.SHA224())
    assert problem(leaf, trust()) is Problem.UNTRUSTED


def test_a_small_curve_is_weak() -> None:
    leaf = holder("X", ID, pki().intermediate, key=ec.generate_private_key(ec.SECP192R1()))
    assert problem(leaf, trust()) is Problem.WEAK


def test_what_the_certificate_is_for_decides() -> None:
    for usages, expected in (
        (("digital_signature",), None),
        (("content_commitment",), None),
        (("key_encipherment",), Problem.WRONG_USAGE),
    ):
        assert problem(holder("X", ID, pki().intermediate, usages=usages), trust()) is expected
    for purpose, expected in (
        (ExtendedKeyUsageOID.EMAIL_PROTECTION, None),
        (ObjectIdentifier("1.3.6.1.5.5.7.3.36"), None),
        (ExtendedKeyUsageOID.SERVER_AUTH, Problem.WRONG_USAGE),
        (ExtendedKeyUsageOID.TIME_STAMPING, Problem.WRONG_USAGE),
    ):
        more = [(x509.ExtendedKeyUsage([purpose]), False)]
        assert problem(holder("X", ID, pki().intermediate, more=more), trust()) is expected
    assert problem(pki().intermediate, trust()) is Problem.WRONG_USAGE


def test_every_certificate_of_the_path_must_have_been_valid_then() -> None:
    leaf = pki().person(ID)
    given = trust()
    assert problem(leaf, given, datetime(2024, 12, 31, tzinfo=UTC)) is Problem.NOT_VALID_THEN
    assert problem(leaf, given, datetime(2028, 1, 2, tzinfo=UTC)) is Problem.NOT_VALID_THEN
    assert problem(leaf, given, datetime(2028, 1, 1, tzinfo=UTC)) is None
    short = authority("CA Ngắn", pki().root, path_length=0, until=datetime(2026, 1, 1, tzinfo=UTC))
    old = holder("X", ID, short)
    assert problem(old, trust(above=(short,))) is Problem.NOT_VALID_THEN
    assert problem(old, trust(above=(short,)), datetime(2025, 12, 1, tzinfo=UTC)) is None


def test_a_path_is_found_once_for_each_leaf() -> None:
    given, leaf = trust(), pki().person(ID).certificate
    check(leaf, AT, given)
    built = path_of(leaf, given)
    check(leaf, AT, given)
    assert path_of(leaf, given) is built


def test_a_store_full_of_lookalikes_ends_in_bounded_work() -> None:
    lookalikes = tuple(
        authority("CA Thử Nghiệm", authority("CA Thử Nghiệm"), path_length=None) for _ in range(90)
    )
    false = holder("X", ID, authority("CA Thử Nghiệm"))
    assert len(lookalikes) > MAX_SIGNATURES
    assert problem(false, trust(above=lookalikes)) is Problem.UNTRUSTED


def test_a_path_longer_than_any_real_one_is_not_followed() -> None:
    chain = [authority("Gốc", path_length=None)]
    for number in range(MAX_PATH - 1):
        chain.append(authority(f"CA {number}", chain[-1], path_length=None))
    above = tuple(chain[1:])
    fits = holder("X", ID, chain[-2])
    too_long = holder("X", ID, chain[-1])
    assert problem(fits, trust(roots=(chain[0].cert,), above=above)) is None
    assert problem(too_long, trust(roots=(chain[0].cert,), above=above)) is Problem.UNTRUSTED


@dataclass(frozen=True)
class Bytes:
    """What claims to be a certificate."""

    der: bytes
    fingerprint: str = "00"


def test_bytes_that_are_no_certificate_are_not_trusted() -> None:
    assert check(Bytes(b"x"), AT, trust()).problem is Problem.UNTRUSTED


def test_a_use_with_roots_of_its_own_believes_nobody_else() -> None:
    """What is verified must lead to the roots of its slot; a school's, to those of either kind of school."""
    seal, person = pki().school, pki().person(ID)
    own = Trust(roots=(pki().root.cert,), intermediates=(pki().intermediate.cert,))
    other = Trust(roots=(pki().outsider.cert,))
    given = trust(policies={Policy.SEAL_PUBLIC: other, Policy.SEAL_PRIVATE: own, Policy.PERSON: other})
    assert check_under(seal.certificate, AT, given, SEALS).trusted
    assert check_under(seal.certificate, AT, given, (Policy.SEAL_PUBLIC,)).problem is Problem.UNTRUSTED
    assert check_under(person.certificate, AT, given, (Policy.PERSON,)).problem is Problem.UNTRUSTED
    assert check_under(person.certificate, AT, trust(), (Policy.PERSON,)).trusted
    gone = Trust(roots=own.roots, intermediates=own.intermediates, crls=load_crls(pki().crl))
    either = trust(policies={Policy.SEAL_PUBLIC: gone, Policy.SEAL_PRIVATE: own})
    assert check_under(pki().revoked.certificate, AT, either, SEALS).problem is Problem.REVOKED


# revocation


def test_a_revoked_certificate_is_refused_from_that_moment_on() -> None:
    given = trust(lists=(pki().crl, pki().root_crl), require_revocation=True)
    revoked = check(pki().revoked.certificate, REVOKED_AT, given)
    assert (revoked.problem, revoked.revocation) == (Problem.REVOKED, Revocation.REVOKED)
    assert problem(pki().revoked, given, REVOKED_AT - timedelta(seconds=1)) is None
    good = check(pki().person(ID).certificate, AT, given)
    assert (good.problem, good.revocation) == (None, Revocation.GOOD)


def test_a_revoked_authority_revokes_what_it_issued() -> None:
    gone = crl(pki().root, [pki().intermediate])
    assert problem(pki().person(ID), trust(lists=(pki().crl, gone))) is Problem.REVOKED


def test_silence_is_never_good() -> None:
    leaf = pki().person(ID)
    assert check(leaf.certificate, AT, trust()).revocation is Revocation.NOT_CHECKED
    required = trust(require_revocation=True)
    assert problem(leaf, required) is Problem.REVOCATION_UNKNOWN
    half = trust(lists=(pki().crl,), require_revocation=True)
    assert problem(leaf, half) is Problem.REVOCATION_UNKNOWN
    assert check(leaf.certificate, AT, half).revocation is Revocation.GOOD


def test_a_list_that_had_run_out_at_the_moment_says_nothing_good() -> None:
    old = crl(pki().intermediate, at=AT - timedelta(days=40), lasts=timedelta(days=30))
    leaf = pki().person(ID).certificate
    assert check(leaf, AT, trust(lists=(old,))).revocation is Revocation.NOT_CHECKED
    stale = crl(pki().intermediate, [pki().revoked], at=AT - timedelta(days=40), lasts=timedelta(days=1))
    assert problem(pki().revoked, trust(lists=(stale,))) is Problem.REVOKED


def test_a_list_made_after_the_certificates_end_may_have_dropped_it() -> None:
    ended = holder("X", ID, pki().intermediate, until=datetime(2026, 6, 15, tzinfo=UTC))
    late = crl(pki().intermediate, at=datetime(2026, 7, 1, tzinfo=UTC))
    assert check(ended.certificate, AT, trust(lists=(late,))).revocation is Revocation.NOT_CHECKED


def test_a_list_by_somebody_else_says_nothing() -> None:
    false = crl(authority("CA Thử Nghiệm"), [pki().person(ID)])
    verdict = check(pki().person(ID).certificate, AT, trust(lists=(false,)))
    assert (verdict.problem, verdict.revocation) == (None, Revocation.NOT_CHECKED)


def test_an_authority_that_may_not_sign_lists_says_nothing_by_one() -> None:
    silent = authority("CA Không Danh Sách", pki().root, path_length=0, usages=("key_cert_sign",))
    leaf = holder("X", ID, silent).certificate
    given = trust(above=(silent,), lists=(crl(silent),))
    assert check(leaf, AT, given).revocation is Revocation.NOT_CHECKED


def test_a_part_of_a_list_says_nothing() -> None:
    part = x509.IssuingDistributionPoint(
        full_name=None, relative_name=None, only_contains_user_certs=False, only_contains_ca_certs=True,
        only_some_reasons=None, indirect_crl=False, only_contains_attribute_certs=False,
    )  # fmt: skip
    builder = x509.CertificateRevocationListBuilder().issuer_name(pki().intermediate.cert.subject)
    builder = builder.last_update(AT).next_update(AT + timedelta(days=30)).add_extension(part, critical=True)
    data = builder.sign(pki().intermediate.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    verdict = check(pki().person(ID).certificate, AT, trust(lists=(data,)))
    assert verdict.revocation is Revocation.NOT_CHECKED


def test_the_invalidity_date_counts_when_it_lies_before_the_revocation() -> None:
    one = pki().person("CCCD:001185000002")
    entry = (
        x509.RevokedCertificateBuilder().serial_number(one.cert.serial_number).revocation_date(AT)
        .add_extension(x509.InvalidityDate(AT - timedelta(days=10)), critical=False).build()
    )  # fmt: skip
    builder = x509.CertificateRevocationListBuilder().issuer_name(pki().intermediate.cert.subject)
    builder = builder.last_update(AT).next_update(AT + timedelta(days=30)).add_revoked_certificate(entry)
    data = builder.sign(pki().intermediate.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    given = trust(lists=(data,))
    assert problem(one, given, AT - timedelta(days=9)) is Problem.REVOKED
    assert problem(one, given, AT - timedelta(days=11)) is None


# loading


def test_certificates_and_lists_are_read_in_pem_and_der() -> None:
    two = pki().root.pem + pki().intermediate.pem
    assert load_pem(two) == (pki().root.cert, pki().intermediate.cert)
    assert load_pem(pki().root.der) == (pki().root.cert,)
    (one,) = load_crls(pki().crl)
    pem = one.public_bytes(serialization.Encoding.PEM)
    assert load_crls(pem + b"text between\n" + pem) == (one, one)


@pytest.mark.parametrize("data", [b"", b"x", b"-----BEGIN CERTIFICATE-----\n"])
def test_what_is_neither_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the library's words
        load_pem(data)
    with pytest.raises(ValueError):  # noqa: PT011
        load_crls(data)
