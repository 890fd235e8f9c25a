"""The challenge that proves possession of a key, and what counts as its answer."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from hocba.documents import possession
from hocba.documents.phases import WrongSignature
from hocba.domain.values import SchoolYear
from tests.pki import Holder, holder, pki

ACCOUNT, SCHOOL = UUID(int=1), UUID(int=2)
AT = datetime(2026, 6, 1, 1, 2, 3, 456, tzinfo=UTC)


def made(of: Holder, **over: object) -> bytes:
    given = {"nonce": b"\x5f" * 32, "at": AT} | over
    return possession.challenge(ACCOUNT, of.certificate, SCHOOL, SchoolYear("2025-2026"), **given)


@pytest.fixture(scope="module")
def ec() -> Holder:
    return holder("Cô Mẫu", "CCCD:001099000001", pki().intermediate)


@pytest.fixture(scope="module")
def rsa() -> Holder:
    return holder("Thầy Mẫu", "CCCD:001099000002", pki().intermediate, kind="rsa")


def test_a_challenge_names_its_purpose_account_certificate_school_year_and_time(ec: Holder) -> None:
    assert made(ec).decode() == (
        "hocba-challenge:possession account=00000000-0000-0000-0000-000000000001"
        f" certificate={ec.certificate.fingerprint} school=00000000-0000-0000-0000-000000000002"
        f" year=2025-2026 nonce={'5f' * 32} at=2026-06-01T01:02:03Z"
    )


@pytest.mark.parametrize("nonce", [b"", b"x" * 31, b"x" * 33])
def test_a_nonce_has_32_bytes(ec: Holder, nonce: bytes) -> None:
    with pytest.raises(ValueError, match="no challenge"):
        made(ec, nonce=nonce)


def test_the_keys_own_signature_proves_it(ec: Holder, rsa: Holder) -> None:
    for each in (ec, rsa):
        raw = each.sign(made(each))
        kept = possession.prove(made(each), each.certificate, raw)
        assert possession.prove(made(each), each.certificate, kept) == kept


def test_rsassa_pss_proves_it_too(rsa: Holder) -> None:
    assert isinstance(rsa.key, RSAPrivateKey)
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    raw = rsa.key.sign(made(rsa), pss, hashes.SHA256())
    assert possession.prove(made(rsa), rsa.certificate, raw) == raw


def test_nothing_else_proves_it(ec: Holder, rsa: Holder) -> None:
    other = holder("Ai Khác", "CCCD:001099000003", pki().intermediate)
    for of, raw in (
        (ec, other.sign(made(ec))),
        (ec, ec.sign(made(ec, nonce=b"\x60" * 32))),
        (ec, b""),
        (rsa, rsa.sign(made(ec))),
        (rsa, b"\x00" * 256),
    ):
        with pytest.raises(WrongSignature):
            possession.prove(made(of), of.certificate, raw)
