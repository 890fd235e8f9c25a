"""`hocba trust check`: what the server would make of a certificate."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from hocba.actions.certificate_report import report
from hocba.cli import main
from hocba.settings import Settings
from tests.actions.authority import Authority, asking, authority
from tests.pki import Holder, crl, holder, pki

NOW = datetime(2026, 7, 2, tzinfo=UTC)


@pytest.fixture
async def ca() -> AsyncIterator[Authority]:
    async with authority() as made:
        made.made = NOW - timedelta(hours=1)
        yield made


@pytest.fixture
def believing(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """The variables of an operator who believes the test's root."""
    (tmp_path / "ca.pem").write_bytes(pki().root.pem + pki().intermediate.pem)
    (tmp_path / "crl").write_bytes(crl(pki().intermediate, [pki().revoked], lasts=timedelta(days=900)))
    return {
        "HOCBA_TRUST_FILE": str(tmp_path / "ca.pem"),
        "HOCBA_CRL_FILES": str(tmp_path / "crl"),
        "HOCBA_SETTINGS_FILE": "",
    }


def check(one: Holder, env: dict[str, str], tmp_path: Path, *arguments: str) -> tuple[int, str]:
    (tmp_path / "one.pem").write_bytes(one.pem)
    done = CliRunner().invoke(main, ["trust", "check", *arguments, str(tmp_path / "one.pem")], env=env)
    return done.exit_code, done.output


def test_the_path_the_uses_and_the_given_lists_are_shown(believing: dict[str, str], tmp_path: Path) -> None:
    code, said = check(pki().person("CCCD:001185000001"), believing, tmp_path)
    assert code == 0
    for line in (
        "identity     CCCD:001185000001",
        "person       believed (1 roots)",
        "                 CN=Root CA Thử Nghiệm,C=VN",
        "             crl_files: good until",
        f"             whose SHA-256 is {pki().root.certificate.fingerprint}",
    ):
        assert line in said


def test_a_revoked_one_and_a_stranger_fail(believing: dict[str, str], tmp_path: Path) -> None:
    code, said = check(pki().revoked, believing, tmp_path)
    assert (code, "crl_files: revoked since 2026-02-01T00:00:00+00:00" in said) == (1, True)
    code, said = check(holder("X", "CCCD:001185000001", pki().outsider), believing, tmp_path)
    assert (code, "person       untrusted (1 roots)" in said) == (1, True)
    (tmp_path / "ca.pem").write_bytes(b"nothing")
    code, said = check(pki().revoked, believing, tmp_path)
    assert (code, "cannot be read" in said) == (1, True)


async def test_the_authorities_are_asked_when_that_is_wanted(
    settings: Settings, ca: Authority, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_bytes(pki().root.pem)
    given = asking(settings, ca, trust={}, trust_file=tmp_path / "ca.pem")
    one, other = pki().person("CCCD:001185000001"), pki().person("CCCD:001185000002")
    ca.knows(one, other)
    ca.revoke(other, NOW - timedelta(minutes=1))
    data = one.pem + pki().intermediate.pem
    quiet = await report(given, data, ask=False, now=NOW)
    assert (quiet.passed, ca.paths) == (True, [])
    assert f"             ocsp {ca.url('/ocsp')}: not asked" in quiet.lines
    asked = await report(given, data, ask=True, now=NOW)
    assert asked.passed
    assert any(line.startswith(f"             ocsp {ca.url('/ocsp')}: good, of") for line in asked.lines)
    gone = await report(given, other.pem + pki().intermediate.pem, ask=True, now=NOW)
    assert not gone.passed
    assert any(f"ocsp {ca.url('/ocsp')}: revoked since" in line for line in gone.lines)
