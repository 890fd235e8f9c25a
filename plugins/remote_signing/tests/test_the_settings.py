import subprocess
import sys
from datetime import timedelta

import pytest

from hocba.plugin_api import Kind, SecretName
from hocba_remote_signing.service import Auth, services


def test_without_a_service_there_is_no_signer(signers_for):
    assert signers_for(None) == ()


def test_one_service_is_csc_v1(signers_for):
    (signer,) = signers_for(None, base_url="https://remote.example.vn/", title="Example CA")

    assert (signer.key, signer.title) == ("csc-v1", "Example CA")
    assert signer.kinds == {Kind.PERSON, Kind.ORGANISATION}
    assert signer.capabilities.secrets == (SecretName.USERNAME, SecretName.PASSWORD)
    assert signer.capabilities.max_batch == 50
    assert not signer.capabilities.pushed


def test_several_services_are_as_many_signers(signers_for):
    signers = signers_for(
        None,
        services="acme, other-ca",
        base_url="https://first.example.vn",
        acme_base_url="https://acme.example.vn",
        acme_max_batch="20",
        other_ca_base_url="https://other.example.vn",
        other_ca_auth="none",
        other_ca_asks_for="pin",
    )

    assert [signer.key for signer in signers] == ["csc-v1", "csc-acme", "csc-other-ca"]
    assert signers[1].capabilities.max_batch == 20
    assert signers[2].capabilities.secrets == (SecretName.PIN,)


def test_everything_can_be_set():
    (service,) = services(
        {
            "base_url": "https://remote.example.vn/adss/service/ras/csc/v1",
            "auth": "none",
            "credentials": "demo/{username}",
            "patience": "90",
            "asks_for": "PIN, otp",
        }
    )

    assert service.base_url == "https://remote.example.vn/adss/service/ras"
    assert service.auth is Auth.NONE
    assert service.patience == timedelta(seconds=90)
    assert service.secrets == (SecretName.USERNAME, SecretName.PIN, SecretName.OTP)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"services": "acme"}, "acme_base_url is missing"),
        ({"base_url": "remote.example.vn"}, "base_url:"),
        ({"base_url": "https://x", "auth": "s3cret"}, "auth:"),
        ({"base_url": "https://x", "max_batch": "0"}, "max_batch:"),
        ({"base_url": "https://x", "patience": "soon"}, "patience:"),
        ({"base_url": "https://x", "asks_for": "fingerprint"}, "asks_for:"),
        ({"services": "a,a", "a_base_url": "https://x"}, "services:"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(settings, named):
    with pytest.raises(ValueError, match=named) as refused:
        services(settings)

    assert "s3cret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_the_plugin_imports_no_http_library():
    program = (
        "import sys, hocba_remote_signing\n"
        "print(sorted({'httpx', 'requests', 'aiohttp', 'urllib3'} & set(sys.modules)))\n"
    )

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"
