"""The three protocols against the kit that vendors use; CSC v1 against a real service."""

from types import MappingProxyType

import pytest

from hocba.plugin_api import Secret, SecretName
from hocba.testing import SignerConformance
from plugins.remote_signing.tests.services import Loopback, ScriptedV2, bad
from plugins.remote_signing.tests.smartca import PERSON, SP_ID, SP_PASSWORD, SmartCa

PASSWORD = "canary-password-7c1f"


class TestCscV1(SignerConformance):
    module = "hocba_remote_signing"

    @pytest.fixture(autouse=True)
    def at_a_real_service(self, url):
        self.settings = {"base_url": url, "auth": "none", "credentials": "demo/{username}"}

    def http(self):
        return Loopback()

    def secrets(self):
        return {SecretName.USERNAME: Secret("co-mau")}


class TestCscV2(SignerConformance):
    module = "hocba_remote_signing"
    settings = MappingProxyType(
        {"base_url": "https://remote.example.vn", "protocol": "csc-v2", "asynchronous": "true"}
    )

    @pytest.fixture(autouse=True)
    def at_a_slow_service(self, pki):
        one = pki.holders["co-mau"]
        self.service = ScriptedV2(one.key, one.der, users={"co-mau": PASSWORD}, rings=5, works=2)

    def http(self):
        return self.service

    def secrets(self):
        return {SecretName.USERNAME: Secret("co-mau"), SecretName.PASSWORD: Secret(PASSWORD)}

    def press(self, *, yes):
        if not yes:
            self.service.faults["credentials/authorizeCheck"] = [bad(400, "access_denied")]


class TestSp769(SignerConformance):
    module = "hocba_remote_signing"
    settings = MappingProxyType(
        {
            "base_url": "https://gateway.smartca.example/sca/sp769",
            "protocol": "sp769",
            "sp_id": SP_ID,
            "sp_password": SP_PASSWORD,
        }
    )

    @pytest.fixture(autouse=True)
    def at_a_service(self, pki):
        one = pki.holders["co-mau"]
        self.service = SmartCa(one.key, one.der, chain=tuple(pki.chain))

    def http(self):
        return self.service

    def secrets(self):
        return {SecretName.USERNAME: Secret(PERSON)}

    def press(self, *, yes):
        self.service.pressed = "yes" if yes else "no"
